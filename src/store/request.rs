//! Requests that may come twice, by the key that whoever asks gave them: what they
//! were, and how they were answered.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

use super::{Result, Tx, stored};

const KNOWN: &str = "SELECT digest, answer FROM request WHERE source = $1 AND key = $2";
const KEEP: &str = "INSERT INTO request (source, key, digest, answer, at) \
    VALUES ($1, $2, $3, $4, $5)";
const FORGET: &str = "DELETE FROM request WHERE at < $1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[KNOWN, KEEP, FORGET];

/// How long a request may come again: over a weekend that nobody looked.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The digest of all that was asked.
    pub digest: Vec<u8>,
    /// How it was answered.
    pub answer: String,
}

impl Tx {
    /// The request that `source` called `key`, if it came before.
    pub async fn request(&mut self, source: &str, key: &str) -> Result<Option<Request>> {
        let query = sqlx::query(KNOWN).bind(source).bind(key);
        let Some(row) = query.fetch_optional(&mut *self.inner).await? else { return Ok(None) };
        Ok(Some(Request { digest: row.try_get(0)?, answer: row.try_get(1)? }))
    }

    /// Keeps how a request was answered, and forgets what is too old to come again.
    pub async fn keep_request(
        &mut self,
        source: &str,
        key: &str,
        (digest, answer): (&[u8], &str),
        now: Timestamp,
    ) -> Result<()> {
        let old = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        sqlx::query(FORGET).bind(stored(old)).execute(&mut *self.inner).await?;
        let query = sqlx::query(KEEP).bind(source).bind(key).bind(digest);
        self.change_one(query.bind(answer).bind(stored(now))).await
    }
}
