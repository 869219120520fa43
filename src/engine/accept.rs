//! Taking mail in: raw bytes are durable before the source is told.
//!
//! Every intake hands a [`Delivery`] to an [`Acceptor`] and acknowledges to its
//! source only after [`Acceptor::accept`] has answered. Deliveries are committed
//! in groups, so that many connections share one synced write.

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::domain::ids::Address;
use crate::domain::rule::Channel;
use crate::store::{self, Inbound, Pending, Store, Tx};

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
    /// How it came; what was no mail is written down as one.
    pub channel: Channel,
    /// The bytes, as they came.
    pub raw: Vec<u8>,
}

impl Delivery {
    /// The same, once it is kept under `id`.
    pub(super) fn pending(&self, id: i64) -> Pending {
        Pending {
            id,
            source: self.source.clone(),
            at: self.at,
            envelope: self.words(),
            proof: self.proof.code(),
            channel: self.channel,
            attempts: 0,
            looks: 0,
        }
    }

    /// Whom it was delivered to, as it is kept.
    fn words(&self) -> String {
        let envelope: Vec<&str> = self.envelope.iter().map(Address::as_str).collect();
        envelope.join(" ")
    }
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

/// How many deliveries may share one commit.
const GROUP: usize = 100;

/// Answers intakes until the last of them is gone: takes what waits, commits it
/// at once, then answers each.
pub async fn serve(store: Store, mut requests: mpsc::Receiver<Request>, accepted: impl Fn()) {
    let mut group = Vec::with_capacity(GROUP);
    while requests.recv_many(&mut group, GROUP).await > 0 {
        match commit(&store, &group).await {
            Ok(outcomes) => {
                accepted();
                for (request, outcome) in group.drain(..).zip(outcomes) {
                    request.answer(outcome);
                }
            }
            Err(error) => {
                tracing::error!("mail could not be stored; its senders keep it: {error}");
                let refused = Refused::Store(error.to_string());
                group.drain(..).for_each(|request| request.refuse(&refused));
            }
        }
    }
}

/// What a request came to.
enum Done {
    Accepted(Accepted),
    Cursor(Option<String>),
    Advanced,
}

async fn commit(store: &Store, group: &[Request]) -> Result<Vec<Done>, store::Error> {
    let mut tx = store.write().await?;
    let mut outcomes = Vec::with_capacity(group.len());
    for request in group {
        outcomes.push(match request {
            Request::Accept(delivery, _) => {
                let kept = keep(&mut tx, delivery).await?;
                Done::Accepted(kept.map_or(Accepted::Known, |_| Accepted::Stored))
            }
            Request::Cursor(source, _) => Done::Cursor(tx.cursor(source).await?),
            Request::Advance(source, cursor, _) => {
                tx.advance(source, cursor).await?;
                Done::Advanced
            }
        });
    }
    tx.commit().await?;
    Ok(outcomes)
}

/// Makes one delivery durable within `tx`; its key, unless its position is known.
pub(super) async fn keep(tx: &mut Tx, delivery: &Delivery) -> store::Result<Option<i64>> {
    let mail = Inbound {
        position: delivery.position.as_deref(),
        source: &delivery.source,
        at: delivery.at,
        envelope: &delivery.words(),
        proof: delivery.proof.code(),
        channel: delivery.channel,
        raw: &delivery.raw,
    };
    tx.accept(mail).await
}

impl Request {
    fn answer(self, done: Done) {
        // An intake that no longer waits has lost nothing: it asks again.
        match (self, done) {
            (Self::Accept(_, waiting), Done::Accepted(accepted)) => {
                let _gone = waiting.send(Ok(accepted));
            }
            (Self::Cursor(_, waiting), Done::Cursor(cursor)) => {
                let _gone = waiting.send(Ok(cursor));
            }
            (Self::Advance(_, _, waiting), Done::Advanced) => {
                let _gone = waiting.send(Ok(()));
            }
            // Each request is answered by what it was turned into above.
            (unanswered, _) => unanswered.refuse(&Refused::Closing),
        }
    }

    fn refuse(self, why: &Refused) {
        match self {
            Self::Accept(_, waiting) => drop(waiting.send(Err(why.clone()))),
            Self::Cursor(_, waiting) => drop(waiting.send(Err(why.clone()))),
            Self::Advance(_, _, waiting) => drop(waiting.send(Err(why.clone()))),
        }
    }
}

/// Both directions of a proof's code in the store.
const CODES: &[(Proof, i64)] = &[(Proof::None, 0), (Proof::Sent, 1), (Proof::All, 2)];

impl Proof {
    fn code(self) -> i64 {
        CODES.iter().find(|(proof, _)| *proof == self).map_or(0, |(_, code)| *code)
    }

    /// The proof stored as `code`; an unknown code proves nothing.
    pub(super) fn coded(code: i64) -> Self {
        CODES.iter().find(|(_, known)| *known == code).map_or(Self::None, |(proof, _)| *proof)
    }
}
