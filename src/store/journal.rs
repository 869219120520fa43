//! The journal: every fact and decision, append only.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant, stored};
use crate::domain::effect::{Entry, What};
use crate::domain::ids::{Address, CaseNumber, MessageId, PersonId};

const WRITE: &str = "INSERT INTO journal (case_row, at, what, message_id, owner, recipient, due, \
    rule, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const OF_CASE: &str = "SELECT id, case_row, at, what, message_id, owner, recipient, due, rule, \
    reason FROM journal WHERE case_row = $1 ORDER BY id";
const AFTER: &str = "SELECT id, case_row, at, what, message_id, owner, recipient, due, rule, \
    reason FROM journal WHERE id > $1 ORDER BY id LIMIT $2";

const END: &str = "SELECT COALESCE(MAX(id), 0) FROM journal";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[WRITE, OF_CASE, AFTER, END];

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place in the whole journal.
    pub id: i64,
    /// The case, unless the message was filed without one.
    pub case: Option<CaseNumber>,
    /// What it says.
    pub entry: Entry,
}

impl Tx {
    /// Writes an entry down, of a case or of a message that belongs to none.
    pub async fn write_journal(&mut self, case: Option<CaseNumber>, entry: &Entry) -> Result<()> {
        let query = sqlx::query(WRITE)
            .bind(case.map(CaseNumber::row))
            .bind(stored(entry.at))
            .bind(entry.what.name())
            .bind(entry.message.as_ref().map(MessageId::as_str))
            .bind(entry.owner.as_ref().map(PersonId::as_str))
            .bind(entry.to.as_ref().map(Address::as_str))
            .bind(entry.due.map(stored))
            .bind(&entry.rule)
            .bind(&entry.reason);
        self.change_one(query).await?;
        // A reason may quote what somebody wrote, so it stays in the store.
        let named = case.map_or_else(String::new, |case| format!("{case} "));
        tracing::info!(
            case = case.map(tracing::field::display),
            person = entry.owner.as_ref().map(PersonId::as_str),
            message_id = entry.message.as_ref().map(MessageId::as_str),
            "{named}{}",
            entry.what.name()
        );
        Ok(())
    }

    /// Everything that is written of a case, oldest first.
    pub async fn journal_of(&mut self, case: CaseNumber) -> Result<Vec<Line>> {
        let rows = sqlx::query(OF_CASE).bind(case.row()).fetch_all(&mut *self.inner).await?;
        rows.iter().map(line).collect()
    }

    /// The last line that was written so far; 0 where none was.
    pub async fn journal_end(&mut self) -> Result<i64> {
        Ok(sqlx::query(END).fetch_one(&mut *self.inner).await?.try_get(0)?)
    }

    /// What was written after the line `id`, oldest first.
    pub async fn journal_after(&mut self, id: i64, most: i64) -> Result<Vec<Line>> {
        let rows = sqlx::query(AFTER).bind(id).bind(most).fetch_all(&mut *self.inner).await?;
        rows.iter().map(line).collect()
    }
}

pub(super) fn line(row: &SqliteRow) -> Result<Line> {
    let id: i64 = row.try_get("id")?;
    let senseless = |column| Error::Senseless { table: "journal", key: id, column };
    let at = |micros: i64, column| -> Result<Timestamp> { instant(micros, "journal", id, column) };
    let text = |column| row.try_get::<Option<String>, _>(column);
    let due: Option<i64> = row.try_get("due")?;
    let entry = Entry {
        at: at(row.try_get("at")?, "at")?,
        what: What::called(row.try_get("what")?).ok_or(senseless("what"))?,
        message: text("message_id")?.as_deref().and_then(MessageId::parse),
        owner: text("owner")?.map(PersonId::new),
        to: text("recipient")?.as_deref().and_then(Address::parse),
        due: due.map(|micros| at(micros, "due")).transpose()?,
        rule: text("rule")?,
        reason: row.try_get("reason")?,
    };
    let case: Option<i64> = row.try_get("case_row")?;
    Ok(Line { id, case: case.map(CaseNumber::from_row), entry })
}
