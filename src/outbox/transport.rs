//! The ways out: a mail server, a folder, memory.

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
