//! What the ledger of a contact is read from.

use jiff::Timestamp;
use sqlx::Row;

use super::journal::line;
use super::{Line, Result, Tx, stored};
use crate::domain::ids::Address;

/// How many of a contact's cases are looked at, newest first.
const CASES: i64 = 50;
/// How many lines of their journals.
const LINES: i64 = 200;

const MARKS: &str = "SELECT j.id, j.case_row, j.at, j.what, j.message_id, j.owner, j.recipient, \
    j.due, j.rule, j.reason FROM (SELECT id FROM cases WHERE contact_address = $1 \
    ORDER BY id DESC LIMIT $2) c JOIN journal j ON j.case_row = c.id \
    WHERE j.what IN ('answered', 'promise-kept', 'promise-broken', 'chased') \
    ORDER BY j.id DESC LIMIT $3";
const OVERDUE: &str = "SELECT COUNT(*) FROM (SELECT id FROM cases WHERE contact_address = $1 \
    ORDER BY id DESC LIMIT $2) c JOIN obligation o ON o.case_row = c.id \
    WHERE o.state = 'open' AND o.enforced AND o.kind <> 'resolution' AND o.due <= $3";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[MARKS, OVERDUE];

impl Tx {
    /// What was written lately of how it went with a contact, newest first.
    pub async fn marks_of(&mut self, contact: &Address) -> Result<Vec<Line>> {
        let query = sqlx::query(MARKS).bind(contact.as_str()).bind(CASES).bind(LINES);
        query.fetch_all(&mut *self.inner).await?.iter().map(line).collect()
    }

    /// How much a contact waits for that is overdue.
    pub async fn overdue_of(&mut self, contact: &Address, now: Timestamp) -> Result<u32> {
        let query = sqlx::query(OVERDUE).bind(contact.as_str()).bind(CASES).bind(stored(now));
        let count: i64 = query.fetch_one(&mut *self.inner).await?.try_get(0)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
