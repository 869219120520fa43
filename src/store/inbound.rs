//! Mail as it came: its bytes, and whether it has been taken up.

use jiff::Timestamp;
use sqlx::Row;

use super::{Error, Result, Tx, instant, stored};
use crate::domain::rule::Channel;

const ACCEPT: &str = "INSERT INTO inbound (position, source, at, envelope, proof, raw, channel) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (position) DO NOTHING RETURNING id";
const QUEUE: &str = "INSERT INTO pending (inbound) VALUES ($1)";
const PENDING: &str = "SELECT i.id, i.source, i.at, i.envelope, i.proof, p.attempts, i.channel, \
    p.looks FROM pending p JOIN inbound i ON i.id = p.inbound \
    WHERE p.not_before IS NULL OR p.not_before <= $1 ORDER BY p.inbound LIMIT $2";
const RAW: &str = "SELECT raw FROM inbound WHERE id = $1";
const TRY: &str = "UPDATE pending SET attempts = attempts + 1 WHERE inbound = $1";
const LEFT_OVER: &str = "UPDATE pending SET attempts = 1 WHERE attempts = 0 AND inbound IN (\
    SELECT inbound FROM pending ORDER BY inbound LIMIT $1)";
const PUT_OFF: &str = "UPDATE pending SET not_before = $2, looks = looks + 1 WHERE inbound = $1";
const TAKEN: &str = "DELETE FROM pending WHERE inbound = $1";
const QUARANTINE: &str = "INSERT INTO quarantine (inbound, at, reason) VALUES ($1, $2, $3)";
const CURSOR: &str = "SELECT position FROM source_cursor WHERE source = $1";
const ADVANCE: &str = "INSERT INTO source_cursor (source, position) VALUES ($1, $2) \
    ON CONFLICT (source) DO UPDATE SET position = excluded.position";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[ACCEPT, QUEUE, PENDING, RAW, TRY, LEFT_OVER, PUT_OFF, TAKEN, QUARANTINE, CURSOR, ADVANCE];

/// A mail as it is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Inbound<'a> {
    /// Where it stands at its source; the same position is the same mail.
    pub position: Option<&'a str>,
    /// Where it came from, in words.
    pub source: &'a str,
    /// When it was accepted.
    pub at: Timestamp,
    /// Whom it was delivered to, separated by spaces.
    pub envelope: &'a str,
    /// What its source proves, as the engine writes it.
    pub proof: i64,
    /// How it came.
    pub channel: Channel,
    /// Its bytes.
    pub raw: &'a [u8],
}

/// A mail that is durable and not yet taken up; its bytes are fetched apart, so
/// that many small mails or one long one take the same memory.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its key.
    pub id: i64,
    /// Where it came from, in words.
    pub source: String,
    /// When it was accepted.
    pub at: Timestamp,
    /// Whom it was delivered to, separated by spaces.
    pub envelope: String,
    /// What its source proves, as the engine wrote it.
    pub proof: i64,
    /// How it came.
    pub channel: Channel,
    /// How often it was tried.
    pub attempts: i64,
    /// How often its signature was looked at in vain.
    pub looks: i64,
}

impl Tx {
    /// Keeps a mail; `None` where its position is known already.
    pub async fn accept(&mut self, mail: Inbound<'_>) -> Result<Option<i64>> {
        let row = sqlx::query(ACCEPT)
            .bind(mail.position)
            .bind(mail.source)
            .bind(stored(mail.at))
            .bind(mail.envelope)
            .bind(mail.proof)
            .bind(mail.raw)
            .bind(mail.channel.name())
            .fetch_optional(&mut *self.inner)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let id: i64 = row.try_get(0)?;
        sqlx::query(QUEUE).bind(id).execute(&mut *self.inner).await?;
        Ok(Some(id))
    }

    /// The oldest mails not yet taken up, but for those that are put off beyond `now`.
    pub async fn pending(&mut self, now: Timestamp, most: i64) -> Result<Vec<Pending>> {
        let query = sqlx::query(PENDING).bind(stored(now)).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter()
            .map(|row| {
                let id = row.try_get(0)?;
                Ok(Pending {
                    id,
                    source: row.try_get(1)?,
                    at: instant(row.try_get(2)?, "inbound", id, "at")?,
                    envelope: row.try_get(3)?,
                    proof: row.try_get(4)?,
                    attempts: row.try_get(5)?,
                    channel: Channel::called(row.try_get(6)?).unwrap_or(Channel::Email),
                    looks: row.try_get(7)?,
                })
            })
            .collect()
    }

    /// The bytes of a mail.
    pub async fn raw(&mut self, id: i64) -> Result<Vec<u8>> {
        Ok(sqlx::query(RAW).bind(id).fetch_one(&mut *self.inner).await?.try_get(0)?)
    }

    /// Notes that a mail is about to be tried, so that one which ends the
    /// process is recognised the next time.
    pub async fn try_pending(&mut self, id: i64) -> Result<()> {
        self.change_one(sqlx::query(TRY).bind(id)).await
    }

    /// Marks the oldest mails that are not taken up: one of them stood in the
    /// way, so each is tried alone.
    pub async fn mark_left_over(&mut self, oldest: i64) -> Result<()> {
        sqlx::query(LEFT_OVER).bind(oldest).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// Puts a mail off until then, after a look at its signature that told nothing.
    pub async fn put_off(&mut self, id: i64, until: Timestamp) -> Result<()> {
        self.change_one(sqlx::query(PUT_OFF).bind(id).bind(stored(until))).await
    }

    /// Notes that a mail was taken up.
    pub async fn taken_up(&mut self, id: i64) -> Result<()> {
        self.change_one(sqlx::query(TAKEN).bind(id)).await
    }

    /// Puts a mail aside with a reason; it is no longer tried.
    pub async fn quarantine(&mut self, id: i64, at: Timestamp, reason: &str) -> Result<()> {
        self.taken_up(id).await?;
        let query = sqlx::query(QUARANTINE).bind(id).bind(stored(at)).bind(reason);
        self.change_one(query).await
    }

    /// How far a source was read.
    pub async fn cursor(&mut self, source: &str) -> Result<Option<String>> {
        let row = sqlx::query(CURSOR).bind(source).fetch_optional(&mut *self.inner).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Remembers how far a source was read.
    pub async fn advance(&mut self, source: &str, position: &str) -> Result<()> {
        self.change_one(sqlx::query(ADVANCE).bind(source).bind(position)).await
    }

    /// Runs a statement that changes exactly one row.
    pub(super) async fn change_one(
        &mut self,
        query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> Result<()> {
        let changed = query.execute(&mut *self.inner).await?.rows_affected();
        if changed == 1 { Ok(()) } else { Err(Error::Conflict) }
    }
}
