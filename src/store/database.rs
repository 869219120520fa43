//! The database file: opened, brought up to date, and handed out in
//! transactions.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlSafeStr, Sqlite, SqlitePool};

use super::Result;

/// The schema, step by step; a released step never changes.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "first", include_str!("sqlite/0001_first.sql"))];

const READERS: u32 = 4;

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A transaction: all of it becomes durable, or none.
#[derive(Debug)]
pub struct Tx {
    pub(super) inner: sqlx::Transaction<'static, Sqlite>,
}

impl Store {
    /// Opens the database file at `path`, makes it where there is none, and
    /// brings its schema up to date.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone());
        let writer = writer.await?;
        migrate(&writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS).min_connections(0);
        Ok(Self { writer, readers: readers.connect_with(options).await? })
    }

    /// A database in memory, for rehearsals; its one connection does all.
    pub async fn in_memory() -> Result<Self> {
        let options = SqliteConnectOptions::from_str("sqlite::memory:")?.foreign_keys(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        migrate(&pool).await?;
        Ok(Self { writer: pool.clone(), readers: pool })
    }

    /// A transaction that may write. It holds the one writer until it ends.
    pub async fn write(&self) -> Result<Tx> {
        let begin = "BEGIN IMMEDIATE".into_sql_str();
        Ok(Tx { inner: self.writer.begin_with(begin).await? })
    }

    /// A transaction that only reads, beside whatever is written.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx { inner: self.readers.begin().await? })
    }

    /// Ends all connections, in order.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Tx {
    /// Makes everything in it durable.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
}

async fn migrate(pool: &SqlitePool) -> Result<()> {
    let steps = MIGRATIONS.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Ok(Migrator::with_migrations(steps.collect()).run(pool).await?)
}

#[cfg(test)]
mod tests {
    use sqlx::Executor;

    use super::super::{alarm, case, inbound, journal, keeping, listing, message, outbox};
    use super::*;

    #[tokio::test]
    async fn every_statement_fits_the_schema() {
        let store = Store::in_memory().await.unwrap();
        let all = [
            alarm::STATEMENTS,
            case::STATEMENTS,
            inbound::STATEMENTS,
            journal::STATEMENTS,
            keeping::STATEMENTS,
            listing::STATEMENTS,
            message::STATEMENTS,
            outbox::STATEMENTS,
        ];
        for statement in all.concat() {
            let prepared = store.writer.prepare(statement.into_sql_str()).await;
            assert!(prepared.is_ok(), "{statement}\n{prepared:?}");
        }
    }
}
