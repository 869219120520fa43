//! The database file: opened, brought up to date, and handed out in
//! transactions.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, Sqlite, SqlitePool};

use super::{Error, Result};

/// The schema, step by step; a released step never changes.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("sqlite/0001_first.sql")),
    (2, "promises", include_str!("sqlite/0002_promises.sql")),
    (3, "people", include_str!("sqlite/0003_people.sql")),
    (4, "days", include_str!("sqlite/0004_days.sql")),
    (5, "out", include_str!("sqlite/0005_out.sql")),
    (6, "exceptions", include_str!("sqlite/0006_exceptions.sql")),
    (7, "sending", include_str!("sqlite/0007_sending.sql")),
    (8, "threads", include_str!("sqlite/0008_threads.sql")),
    (9, "owing", include_str!("sqlite/0009_owing.sql")),
    (10, "jobs", include_str!("sqlite/0010_jobs.sql")),
    (11, "after jobs", include_str!("sqlite/0011_after_jobs.sql")),
    (12, "requests", include_str!("sqlite/0012_requests.sql")),
    (13, "receipts", include_str!("sqlite/0013_receipts.sql")),
    (14, "tally", include_str!("sqlite/0014_tally.sql")),
    (15, "orders", include_str!("sqlite/0015_orders.sql")),
    (16, "put right", include_str!("sqlite/0016_put_right.sql")),
];

const READERS: u32 = 4;

/// Reads one state of the database, whoever writes meanwhile.
const COPY: &str = "VACUUM INTO ?1";

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// Makes the file for its owner alone: it holds everybody's mail, and the key of
/// our Message-IDs. The files beside it get the same mode.
async fn make_private(path: &Path) {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    // Where there is one, its mode is its owner's choice; what else is wrong,
    // SQLite finds and says next.
    let _present = options.open(path).await;
}

/// What the database says of a file that it cannot make sense of.
fn damage(error: &Error) -> Option<String> {
    let (Error::Database(failed) | Error::Schema(MigrateError::Execute(failed))) = error else {
        return None;
    };
    let said = failed.as_database_error()?;
    let code: i32 = said.code()?.parse().ok()?;
    // The low byte is the kind (sqlite.org/rescode.html): corrupt, or no database.
    [11, 26].contains(&(code & 0xff)).then(|| said.message().to_owned())
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
        Self::open_file(path).await.map_err(|error| match damage(&error) {
            Some(reason) => Error::Damaged { path: path.display().to_string(), reason },
            None => error,
        })
    }

    async fn open_file(path: &Path) -> Result<Self> {
        make_private(path).await;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let writer = pool(1).connect_with(options.clone()).await?;
        migrate(&writer).await?;
        Ok(Self { writer, readers: pool(READERS).connect_with(options).await? })
    }

    /// Copies what the database file at `path` holds at this moment to a file `copy`, in the
    /// place of what is there. It may be in use.
    pub async fn copy(path: &Path, copy: &Path) -> Result<()> {
        if let (Ok(from), Ok(to)) = (path.canonicalize(), copy.canonicalize())
            && from == to
        {
            return Err(Error::OntoItself(copy.display().to_string()));
        }
        if std::fs::metadata(copy).is_ok_and(|there| !there.is_file()) {
            return Err(Error::NoFile(copy.display().to_string()));
        }
        let mut new = copy.as_os_str().to_owned();
        new.push(".new");
        let new = Path::new(&new);
        let copied = copy_whole(path, new, copy).await;
        if copied.is_err() {
            // What is left of it would be taken for a copy.
            let _gone = tokio::fs::remove_file(new).await;
        }
        copied
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

/// Connections that are given away only between transactions. After a full disk
/// or a failed read, `SQLite` has ended the transaction by itself; the driver's
/// ROLLBACK then fails, and its connection would refuse every further BEGIN.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
}

async fn copy_whole(path: &Path, new: &Path, copy: &Path) -> Result<()> {
    let _left_over = tokio::fs::remove_file(new).await;
    make_private(new).await;
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = options.connect().await?;
    let written = sqlx::query(COPY).bind(new.to_str()).execute(&mut connection).await;
    connection.close().await?;
    written?;
    let kept = async {
        tokio::fs::File::open(new).await?.sync_all().await?;
        tokio::fs::rename(new, copy).await
    };
    kept.await.map_err(|error| Error::NotKept { path: copy.display().to_string(), error })
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

    use super::super::{
        absence, alarm, case, contact, conversation, digest, exception, filed, inbound, job,
    };
    use super::super::{
        journal, keeping, ledger, listing, message, outbox, owing, request, sending, tally,
    };
    use super::*;

    #[tokio::test]
    async fn every_statement_fits_the_schema() {
        let store = Store::in_memory().await.unwrap();
        let all = [
            absence::STATEMENTS,
            alarm::STATEMENTS,
            &[COPY],
            case::STATEMENTS,
            contact::STATEMENTS,
            conversation::STATEMENTS,
            digest::STATEMENTS,
            exception::STATEMENTS,
            filed::STATEMENTS,
            inbound::STATEMENTS,
            job::STATEMENTS,
            journal::STATEMENTS,
            keeping::STATEMENTS,
            ledger::STATEMENTS,
            listing::STATEMENTS,
            message::STATEMENTS,
            outbox::STATEMENTS,
            owing::STATEMENTS,
            request::STATEMENTS,
            sending::STATEMENTS,
            tally::STATEMENTS,
        ];
        for statement in all.concat() {
            let prepared = store.writer.prepare(statement.into_sql_str()).await;
            assert!(prepared.is_ok(), "{statement}\n{prepared:?}");
        }
    }

    /// What takes as long as there are cases or mails, on purpose.
    const LOOKS_AT_ALL: &[&str] = &["INSERT INTO alarm", "SELECT o.case_row FROM obligation o"];

    #[tokio::test]
    async fn what_sends_and_wakes_looks_at_what_waits_and_not_at_all_there_is() {
        let store = Store::in_memory().await.unwrap();
        let hot = [alarm::STATEMENTS, outbox::STATEMENTS, owing::STATEMENTS, sending::STATEMENTS];
        let hot = hot.concat();
        let is_hot = |s: &&str| !LOOKS_AT_ALL.iter().any(|known| s.starts_with(known));
        for statement in hot.into_iter().filter(is_hot) {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let rows = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&store.writer).await;
            for row in rows.unwrap() {
                let step: String = sqlx::Row::get(&row, "detail");
                // `notice_told` holds all that a reader was ever told.
                let all = step.starts_with("SCAN ") && !step.contains(" USING INDEX ");
                assert!(!all && !step.contains("notice_told"), "{step} in {statement}");
            }
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_no_longer_full_when_there_is_space_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("owed.db")).await.unwrap();
        let keep = async |name: &str| {
            let mut tx = store.write().await?;
            tx.keep(name, &vec![7; 1 << 20]).await?;
            tx.commit().await
        };
        // The limit is the connection's own; a later one has the whole disk again.
        sqlx::query("PRAGMA max_page_count = 1").execute(&store.writer).await.unwrap();
        let full = keep("first").await.unwrap_err().to_string();
        assert!(full.contains("full"), "{full}");
        keep("second").await.unwrap();
    }

    #[tokio::test]
    async fn a_new_database_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("owed.db")).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.keep("something", b"secret").await.unwrap();
        tx.commit().await.unwrap();
        for name in ["owed.db", "owed.db-wal", "owed.db-shm"] {
            let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
