//! Senders of whom a person said, against the judgement, whether their mail
//! needs an answer.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Tx, instant, stored};
use crate::domain::ids::Address;

const REMEMBER: &str = "INSERT INTO exception (sender, needed, reason, by_whom, at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sender) DO UPDATE SET needed = excluded.needed, \
    reason = excluded.reason, by_whom = excluded.by_whom, at = excluded.at";
const FORGET: &str = "DELETE FROM exception WHERE sender = $1";
const ALL: &str = "SELECT id, sender, needed, reason, by_whom, at FROM exception ORDER BY sender";
const FOR: &str = "SELECT id, sender, needed, reason, by_whom, at FROM exception \
    WHERE sender IN ($1, $2) ORDER BY LENGTH(sender) DESC LIMIT 1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[REMEMBER, FORGET, ALL, FOR];

/// What is remembered of a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// An address, or an `@` and a domain.
    pub sender: String,
    /// Whether their mail needs an answer.
    pub needed: bool,
    /// Why, in words.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Tx {
    /// Remembers something of a sender, instead of what was remembered before.
    pub async fn remember(&mut self, exception: &Exception) -> Result<()> {
        let query = sqlx::query(REMEMBER)
            .bind(&exception.sender)
            .bind(exception.needed)
            .bind(&exception.reason)
            .bind(&exception.by)
            .bind(stored(exception.at));
        self.change_one(query).await
    }

    /// Forgets what is remembered of a sender; whether there was something.
    pub async fn forget_exception(&mut self, sender: &str) -> Result<bool> {
        let query = sqlx::query(FORGET).bind(sender);
        Ok(query.execute(&mut *self.inner).await?.rows_affected() > 0)
    }

    /// All that is remembered, by sender.
    pub async fn exceptions(&mut self) -> Result<Vec<Exception>> {
        sqlx::query(ALL).fetch_all(&mut *self.inner).await?.iter().map(exception).collect()
    }

    /// What is remembered of whoever writes from `address`: of the address
    /// itself, else of its domain.
    pub async fn exception_for(&mut self, address: &Address) -> Result<Option<Exception>> {
        let query = sqlx::query(FOR).bind(address.as_str()).bind(format!("@{}", address.domain()));
        let row = query.fetch_optional(&mut *self.inner).await?;
        row.as_ref().map(exception).transpose()
    }
}

fn exception(row: &SqliteRow) -> Result<Exception> {
    let key = row.try_get("id")?;
    Ok(Exception {
        sender: row.try_get("sender")?,
        needed: row.try_get("needed")?,
        reason: row.try_get("reason")?,
        by: row.try_get("by_whom")?,
        at: instant(row.try_get("at")?, "exception", key, "at")?,
    })
}
