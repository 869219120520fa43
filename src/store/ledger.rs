//! What the ledger of a contact is read from.

use jiff::Timestamp;
use sqlx::Row;

use super::journal::line;
use super::{Result, Tx, stored};
use crate::domain::ids::{Address, CaseNumber};
use crate::domain::ledger::Ledger;

/// How many of a contact's cases are looked at, newest first.
const CASES: i64 = 50;
/// How many lines of their journals.
const LINES: i64 = 200;

const MARKS: &str = "SELECT j.id, j.case_row, j.at, j.what, j.message_id, j.owner, j.recipient, \
    j.due, j.rule, j.reason FROM (SELECT id FROM cases WHERE contact_address = $1 AND id <> $2 \
    ORDER BY id DESC LIMIT $3) c JOIN journal j ON j.case_row = c.id \
    WHERE j.what IN ('answered', 'promise-kept', 'promise-broken', 'chased', 'check-in-ok', \
    'check-in-not-ok') \
    ORDER BY j.id DESC LIMIT $4";
const OVERDUE: &str = "SELECT COUNT(*) FROM (SELECT id FROM cases WHERE contact_address = $1 \
    AND id <> $2 ORDER BY id DESC LIMIT $3) c JOIN obligation o ON o.case_row = c.id \
    WHERE o.state = 'open' AND o.enforced AND o.kind <> 'resolution' AND o.due <= $4";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[MARKS, OVERDUE];

impl Tx {
    /// How it went with a contact lately, beside this case.
    pub async fn ledger_beside(
        &mut self,
        case: CaseNumber,
        contact: &Address,
        now: Timestamp,
    ) -> Result<Ledger> {
        let marks = sqlx::query(MARKS);
        let marks = marks.bind(contact.as_str()).bind(case.row()).bind(CASES).bind(LINES);
        let marks = marks.fetch_all(&mut *self.inner).await?;
        let marks = marks.iter().map(line).collect::<Result<Vec<_>>>()?;
        let overdue = sqlx::query(OVERDUE);
        let overdue = overdue.bind(contact.as_str()).bind(case.row()).bind(CASES).bind(stored(now));
        let overdue: i64 = overdue.fetch_one(&mut *self.inner).await?.try_get(0)?;
        let overdue = u32::try_from(overdue).unwrap_or(u32::MAX);
        Ok(Ledger::of(marks.iter().map(|line| &line.entry), overdue))
    }
}
