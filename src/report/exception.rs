//! What people said, against the judgement, of senders.

use serde::{Deserialize, Serialize};

use super::instant;
use crate::domain::policy::Policy;
use crate::store::{self, Tx};

/// What is remembered of one sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// An address, or an `@` and a domain.
    pub sender: String,
    /// Whether their mail needs an answer.
    pub needs_answer: bool,
    /// Why, in words.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When, in RFC 3339.
    pub at: String,
}

/// All that is remembered, by sender.
pub async fn rows(tx: &mut Tx, policy: &Policy) -> store::Result<Vec<Row>> {
    let all = tx.exceptions().await?.into_iter().map(|exception| Row {
        sender: exception.sender,
        needs_answer: exception.needed,
        reason: exception.reason,
        by: exception.by,
        at: instant(exception.at, &policy.roster.zone),
    });
    Ok(all.collect())
}
