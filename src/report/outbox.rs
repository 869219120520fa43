//! Mails to contacts that may have arrived, and wait for a person to decide.

use serde::{Deserialize, Serialize};

use super::instant;
use crate::domain::policy::Policy;
use crate::store::{self, Tx};

/// The most rows that one answer lists, oldest first.
const MOST: i64 = 200;

/// One mail that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The number by which `owed outbox` is told of it.
    pub mail: i64,
    /// Its case.
    pub case: Option<String>,
    /// To whom.
    pub to: String,
    /// When it was made, in RFC 3339.
    pub at: String,
    /// Why nobody knows whether it arrived.
    pub remark: String,
}

/// All that wait, oldest first.
pub async fn rows(tx: &mut Tx, policy: &Policy) -> store::Result<Vec<Row>> {
    let all = tx.held(MOST).await?.into_iter().map(|held| Row {
        mail: held.mail,
        case: held.case.map(|case| case.to_string()),
        to: held.to,
        at: instant(held.at, &policy.roster.zone),
        remark: held.remark,
    });
    Ok(all.collect())
}
