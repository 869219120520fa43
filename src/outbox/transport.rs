//! The ways out: a mail server, a folder, memory.
//!
//! Whatever the way, an attempt ends in exactly one [`Outcome`], and the caller
//! may record something at the last moment at which nothing has happened yet:
//! `before_dot` is awaited when all is ready and one more step would make the
//! mail the receiver's. How often to try is not known here: that is `retry`'s.

use std::fmt::Display;
use std::time::Duration;

use super::folder::Folder;
use super::memory::Memory;
use super::smtp::SmtpPool;
use crate::domain::ids::Address;

/// One rendered mail for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The envelope's sender.
    pub from: Address,
    /// The envelope's recipient.
    pub to: Address,
    /// The Message-ID in the bytes.
    pub message_id: String,
    /// The bytes, lines ended by CRLF.
    pub bytes: Vec<u8>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Given,
    /// The server said no, for now (`4xx`) or for good (`5xx`); its words.
    Refused {
        /// Whether another attempt is useless.
        permanent: bool,
        /// The server's reply.
        reply: String,
    },
    /// It failed before the final dot was sent: safe to try again.
    NotGiven(String),
    /// The final dot was sent and no reply came: it may have been taken.
    Ambiguous(String),
}

/// A way out.
#[derive(Debug)]
pub enum Transport {
    /// Through a mail server.
    Smtp(SmtpPool),
    /// As files in a folder.
    Folder(Folder),
    /// Into memory, where tests and rehearsals look.
    Memory(Memory),
}

impl Transport {
    /// Makes one attempt that takes no longer than `within`. Where `before_dot`
    /// fails, the mail is not given.
    pub async fn send<E: Display>(
        &self,
        mail: &Outgoing,
        within: Duration,
        before_dot: impl Future<Output = Result<(), E>>,
    ) -> Outcome {
        match self {
            Self::Smtp(pool) => pool.send(mail, within, before_dot).await,
            Self::Folder(folder) => folder.send(mail, before_dot).await,
            Self::Memory(memory) => memory.send(mail, before_dot).await,
        }
    }

    /// Ends what is only kept for the next mail: idle connections.
    pub async fn rest(&self) {
        if let Self::Smtp(pool) = self {
            pool.rest().await;
        }
    }
}

/// The caller could not record that the mail is about to be handed over.
pub(super) fn unrecorded(error: impl Display) -> Outcome {
    Outcome::NotGiven(format!("the attempt could not be recorded, so nothing was sent: {error}"))
}
