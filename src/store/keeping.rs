//! Small things to keep: keys and marks, by name.

use sqlx::Row;

use super::{Result, Tx};

const KEPT: &str = "SELECT value FROM keeping WHERE name = $1";
const KEEP: &str = "INSERT INTO keeping (name, value) VALUES ($1, $2) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[KEPT, KEEP];

impl Tx {
    /// What is kept under `name`.
    pub async fn kept(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let row = sqlx::query(KEPT).bind(name).fetch_optional(&mut *self.inner).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Keeps `value` under `name`.
    pub async fn keep(&mut self, name: &str, value: &[u8]) -> Result<()> {
        self.change_one(sqlx::query(KEEP).bind(name).bind(value)).await
    }
}
