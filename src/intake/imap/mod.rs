//! Mailboxes read by IMAP, which they are never changed by.
//!
//! [`watch()`] holds one folder of one mailbox on a connection of its own; a
//! mailbox is two of them, inbox and Sent. Folders are opened read-only
//! (EXAMINE) and mails are peeked at, so that nobody's unread mark is touched.
//! What was read is a cursor of UIDVALIDITY and UID; sequence numbers are never
//! used, for they change while one looks.

mod fault;
mod knock;
mod session;
mod tls;
mod watch;
mod wire;

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use super::Chance;
use crate::config::settings::Imap;

pub use knock::knock;
pub use watch::watch;

/// A mailbox to read.
pub struct Mailbox {
    /// Where it is and whose.
    pub settings: Imap,
    /// Its password, resolved.
    pub password: SecretString,
    /// On the very first run, mails that came before this are not read.
    pub since: Option<Timestamp>,
    /// Of a larger mail only so many bytes are taken: enough for a verdict.
    pub max_message: usize,
    /// How patient to be.
    pub pace: Pace,
    /// Randomness, so that many mailboxes do not return all at once.
    pub chance: Chance,
}

/// Which folder of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What came in.
    Inbox,
    /// What its owner sent.
    Sent,
}

/// How long things may take and how often they are done.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// For a connection to come about, encrypted.
    pub connect: Duration,
    /// For an answer to a command.
    pub answer: Duration,
    /// For one mail.
    pub fetch: Duration,
    /// After how long IDLE is renewed, whatever was heard, with a look at the
    /// folder each time.
    pub renew: Duration,
    /// How often to look where the server does not tell of mail.
    pub poll: Duration,
    /// The first pause before connecting again; it doubles.
    pub first_pause: Duration,
    /// The longest pause, and the one after what only a person can mend.
    pub last_pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            answer: Duration::from_mins(1),
            fetch: Duration::from_mins(10),
            renew: Duration::from_secs(290),
            poll: Duration::from_mins(1),
            first_pause: Duration::from_secs(1),
            last_pause: Duration::from_mins(5),
        }
    }
}
