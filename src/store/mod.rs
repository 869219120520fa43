//! All SQL, and nowhere else.
//!
//! A [`Store`] hands out transactions; every statement is a method of [`Tx`]
//! named by a verb of the domain, and its text is a constant beside it, so that
//! a test can prepare each one. Absence is `None`, a lost race is
//! [`Error::Conflict`], and a row that makes no sense names its table and key.
//!
//! One connection writes, because `SQLite` has one writer; reading goes on beside
//! it. Whatever gates an acknowledgement or a sending is synced to the disk.

use jiff::Timestamp;

mod absence;
mod alarm;
mod case;
mod contact;
mod conversation;
mod database;
mod digest;
mod exception;
mod filed;
mod inbound;
mod job;
mod journal;
mod keeping;
mod ledger;
mod listing;
mod message;
mod outbox;
mod owing;
mod request;
mod sending;
mod tally;

pub use absence::Absence;
pub use alarm::Alarm;
pub use case::Loaded;
pub use contact::Contact;
pub use database::{Store, Tx};
pub use digest::{Decision, Sorted, Telling};
pub use exception::Exception;
pub use filed::Filed;
pub use inbound::{Inbound, Pending};
pub use job::{Jobs, ListedJob};
pub use journal::Line;
pub use listing::{End, Overview, Owed, Place, Reply};
pub use message::{Known, Recorded};
pub use outbox::{
    About, Audience, Fate, Outage, Received, Sealed, Timing, UNREADABLE, UNSAID, UNWRITTEN,
    Unsealed,
};
pub use owing::Owing;
pub use sending::{Became, Choice, Held, Lost, Mail, Record, UNDELIVERED};
pub use tally::Tally;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database said no.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The file is no database, or is damaged.
    #[error(
        "{path} is damaged, or is no database at all ({reason}): keep it, and put the last backup \
         in its place; without one move it away, and owed begins with an empty one and takes in \
         again what its mailboxes still hold"
    )]
    Damaged {
        /// The file.
        path: String,
        /// The database's words.
        reason: String,
    },
    /// A copy is to be what it is a copy of.
    #[error("{0} is the database itself: name another file")]
    OntoItself(String),
    /// A copy would take the place of a device or a folder.
    #[error("{0} is no file: name one that may be written anew")]
    NoFile(String),
    /// A copy was made, and could not be kept.
    #[error("{path} could not be written: {error}")]
    NotKept {
        /// Where the copy was to be.
        path: String,
        /// Why it is not.
        error: std::io::Error,
    },
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// Somebody else changed the same case first: load it and step again.
    #[error("somebody else changed the same case first")]
    Conflict,
    /// A row holds what owed never writes.
    #[error("a row of {table} (key {key}) makes no sense in column {column}")]
    Senseless {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: i64,
        /// The column.
        column: &'static str,
    },
}

/// What store methods return.
pub type Result<T> = std::result::Result<T, Error>;

/// An instant as it is stored.
fn stored(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// The instant that is stored in a column, or which row makes no sense.
fn instant(micros: i64, table: &'static str, key: i64, column: &'static str) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| Error::Senseless { table, key, column })
}
