//! Whether owed is alive, and whether it is ready: for the watchdog, for health pages.
//!
//! Alive is who makes progress: each loop gives signs of life, and the store is asked
//! something. Ready is who can take mail in and write it down. A full disk or a mail
//! server that is away is neither death nor a reason to start anew.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::engine::Engine;
use crate::engine::accept::{Acceptor, Refused};
use crate::intake::{Condition, Status};
use crate::pulse::Pulse;

/// How long the store may take to answer; longer than another program may hold it.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a store that could be written is believed to be so: it may be asked every second,
/// and each trial costs a write to the disk.
const BELIEVED: SignedDuration = SignedDuration::from_secs(30);

/// A way in, as it is seen from outside.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What it is called where everybody may read it: `imap-1-inbox`.
    pub label: String,
    /// What the operator calls it.
    pub name: String,
    /// How it fares.
    pub status: Status,
}

/// What runs at the moment.
#[derive(Debug, Default)]
pub struct Posted {
    /// The ways in.
    pub ways: Vec<Seen>,
    /// The sign of life of whoever carries mails out.
    pub outbox: Pulse,
}

/// Where it is posted what runs at the moment.
#[derive(Debug, Clone, Default)]
pub struct Board(Arc<RwLock<Arc<Posted>>>);

impl Board {
    /// Posts what runs now.
    pub fn post(&self, posted: Posted) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(posted);
    }

    /// What runs now.
    pub fn posted(&self) -> Arc<Posted> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Looks after those who do the work.
#[derive(Debug, Clone)]
pub struct Health {
    /// Fires alarms and takes up mail.
    pub engine: Engine,
    /// Writes down what comes in.
    pub acceptor: Acceptor,
    /// The others.
    pub board: Board,
    /// When the store could last be written.
    written: Arc<Mutex<Option<Timestamp>>>,
}

impl Health {
    /// Looks after these, and after nobody on the board yet.
    pub fn new(engine: Engine, acceptor: Acceptor) -> Self {
        Self { engine, acceptor, board: Board::default(), written: Arc::default() }
    }

    /// Who hangs, if anybody.
    pub async fn hung(&self) -> Option<&'static str> {
        let now = self.engine.now();
        if self.engine.pulse().is_late(now) {
            return Some("the clock loop");
        }
        if self.board.posted().outbox.is_late(now) {
            return Some("the outbox");
        }
        // A refusal is progress: a full disk is not mended by a new start.
        match timeout(PATIENCE, self.acceptor.cursor("watchdog")).await {
            Ok(Ok(_) | Err(Refused::Store(_))) => None,
            Ok(Err(Refused::Closing)) | Err(_) => Some("the store"),
        }
    }

    /// What keeps owed from being ready, each in words.
    pub async fn unready(&self) -> Vec<String> {
        let mut all = Vec::new();
        if let Err(error) = self.write().await {
            all.push(format!("the store cannot be written: {error}"));
        }
        for way in &self.board.posted().ways {
            if way.status.last_seen().is_none() {
                all.push(format!("{} has taken nothing in yet", way.label));
            }
        }
        all
    }

    /// Whether all have begun: every way in was tried, every loop was heard of.
    pub fn has_begun(&self) -> bool {
        let (now, posted) = (self.engine.now(), self.board.posted());
        let loops = [self.engine.pulse(), &posted.outbox];
        loops.iter().all(|pulse| !pulse.is_late(now))
            && posted.ways.iter().all(|way| way.status.condition() != Condition::Starting)
    }

    async fn write(&self) -> crate::store::Result<()> {
        let now = self.engine.now();
        let mut written = self.written.lock().await;
        if written.is_some_and(|at| now.duration_since(at).abs() < BELIEVED) {
            return Ok(());
        }
        *written = None;
        let mut tx = self.engine.store().write().await?;
        tx.keep("written", &now.as_second().to_be_bytes()).await?;
        tx.commit().await?;
        *written = Some(now);
        Ok(())
    }
}
