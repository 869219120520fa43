//! What nobody has to answer, and what could not be read, with the reason.

use serde::{Deserialize, Serialize};

use super::instant;
use crate::domain::policy::Policy;
use crate::store::{self, Tx};

/// The most rows of each sort that one answer lists, newest first.
pub const MOST: usize = 200;

/// One message without a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// When it came, in RFC 3339.
    pub at: String,
    /// Who wrote it, or which source it came from.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// What it was judged to be.
    pub kind: String,
    /// Why nobody owes an answer.
    pub reason: String,
    /// The Message-ID by which `owed needs-answer` is told of it.
    pub message_id: Option<String>,
}

/// The newest messages that belong to no case, newest first.
pub async fn rows(tx: &mut Tx, policy: &Policy) -> store::Result<Vec<Row>> {
    let mut filed = tx.filed(i64::try_from(MOST).unwrap_or(i64::MAX)).await?;
    filed.sort_by_key(|filed| std::cmp::Reverse(filed.at));
    let rows = filed.into_iter().map(|filed| Row {
        at: instant(filed.at, &policy.roster.zone),
        from: filed.from,
        subject: filed.subject,
        kind: filed.kind,
        reason: filed.reason,
        message_id: filed.message_id,
    });
    Ok(rows.collect())
}
