//! Taking mail in: raw bytes are durable before the source is told.
//!
//! Every intake hands a [`Delivery`] to an [`Acceptor`] and acknowledges to its
//! source only after [`Acceptor::accept`] has answered. Deliveries are committed
//! in groups, so that many connections share one synced write.

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::domain::ids::Address;

/// One mail as a source handed it over.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Where it stands at its source; the same position is the same mail. For
    /// LMTP, which has none, `None`.
    pub position: Option<String>,
    /// The source in words, for `owed explain` and the log: `imap help@… INBOX`.
    pub source: String,
    /// When we, or the mail server before us, accepted it.
    pub at: Timestamp,
    /// Whom it was delivered to, where the source knows.
    pub envelope: Vec<Address>,
    /// What the source itself proves of the sender.
    pub proof: Proof,
    /// The bytes, as they came.
    pub raw: Vec<u8>,
}

/// What a source proves of who sent a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It lay in a Sent folder of ours: only its owner could put it there.
    Sent,
    /// Whatever comes from here was checked before (`vouched = "all"`).
    All,
    /// Nothing: look at its Authentication-Results.
    None,
}

/// What became of a delivery that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is durable now.
    Stored,
    /// It was durable already.
    Known,
}

/// Why a delivery was not taken. The source keeps it and tries again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The store could not write: disk full, a failed sync.
    #[error("the message could not be stored: {0}")]
    Store(String),
    /// The daemon is ending.
    #[error("owed is shutting down")]
    Closing,
}

/// The intakes' end of the way in.
#[derive(Debug, Clone)]
pub struct Acceptor {
    requests: mpsc::Sender<Request>,
}

/// What an intake asks of the store.
#[derive(Debug)]
pub enum Request {
    /// Make this mail durable.
    Accept(Delivery, oneshot::Sender<Result<Accepted, Refused>>),
    /// How far a source was read.
    Cursor(String, oneshot::Sender<Result<Option<String>, Refused>>),
    /// Remember how far a source was read.
    Advance(String, String, oneshot::Sender<Result<(), Refused>>),
}

impl Acceptor {
    /// An acceptor and the end that answers it.
    pub fn channel(waiting: usize) -> (Self, mpsc::Receiver<Request>) {
        let (requests, served) = mpsc::channel(waiting);
        (Self { requests }, served)
    }

    /// Makes a mail durable; only then may its source be told.
    pub async fn accept(&self, delivery: Delivery) -> Result<Accepted, Refused> {
        self.ask(|answer| Request::Accept(delivery, answer)).await
    }

    /// How far `source` was read, as [`Acceptor::advance`] was told.
    pub async fn cursor(&self, source: &str) -> Result<Option<String>, Refused> {
        self.ask(|answer| Request::Cursor(source.to_owned(), answer)).await
    }

    /// Remembers how far `source` was read: everything before is durable.
    pub async fn advance(&self, source: &str, cursor: &str) -> Result<(), Refused> {
        self.ask(|answer| Request::Advance(source.to_owned(), cursor.to_owned(), answer)).await
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, Refused>>) -> Request,
    ) -> Result<T, Refused> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(request(answer)).await.map_err(|_| Refused::Closing)?;
        answered.await.map_err(|_| Refused::Closing)?
    }
}
