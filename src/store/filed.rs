//! What belongs to no case: messages that nobody has to answer, and those that
//! could not be read, each with its reason.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Tx, instant};

const FILED: &str = "SELECT m.at, m.from_name, m.from_address, m.subject, m.kind, m.reason, \
    m.message_id FROM message m \
    WHERE m.case_row IS NULL AND m.direction <> 'outbound' AND m.kind <> 'order' \
    ORDER BY m.at DESC LIMIT $1";
const SET_ASIDE: &str = "SELECT q.at, i.source, q.reason FROM quarantine q \
    JOIN inbound i ON i.id = q.inbound ORDER BY q.inbound DESC LIMIT $1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[FILED, SET_ASIDE];

/// A message that nobody owes anything to, or that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// When it came.
    pub at: Timestamp,
    /// Who wrote it, or where it came from.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// What it was judged to be.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// Its Message-ID.
    pub message_id: Option<String>,
}

impl Tx {
    /// The newest messages that belong to no case, with those that could not be
    /// read, newest first.
    pub async fn filed(&mut self, most: i64) -> Result<Vec<Filed>> {
        let rows = sqlx::query(FILED).bind(most).fetch_all(&mut *self.inner).await?;
        let aside = sqlx::query(SET_ASIDE).bind(most).fetch_all(&mut *self.inner).await?;
        let all = rows.iter().map(filed).chain(aside.iter().map(set_aside));
        let mut all = all.collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|filed| std::cmp::Reverse(filed.at));
        Ok(all)
    }
}

pub(super) fn filed(row: &SqliteRow) -> Result<Filed> {
    let (name, address): (String, String) =
        (row.try_get("from_name")?, row.try_get("from_address")?);
    Ok(Filed {
        at: instant(row.try_get("at")?, "message", 0, "at")?,
        from: if name.is_empty() { address } else { format!("{name} <{address}>") },
        subject: row.try_get("subject")?,
        kind: row.try_get("kind")?,
        reason: row.try_get("reason")?,
        message_id: row.try_get("message_id")?,
    })
}

pub(super) fn set_aside(row: &SqliteRow) -> Result<Filed> {
    Ok(Filed {
        at: instant(row.try_get("at")?, "quarantine", 0, "at")?,
        from: row.try_get("source")?,
        subject: String::new(),
        kind: "malformed".to_owned(),
        reason: row.try_get("reason")?,
        message_id: None,
    })
}
