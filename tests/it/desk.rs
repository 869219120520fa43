//! The rim behind the ways in: a store in memory that records what it was given.
//!
//! It keeps the promises of the real one: a position is one mail, a cursor is
//! what was last told. It can be told to refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use owed::engine::accept::{Accepted, Acceptor, Delivery, Refused, Request};
use owed::intake::{Status, Way};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Far longer than anything here takes; only a test that fails waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Memory {
    positions: BTreeSet<String>,
    cursors: BTreeMap<String, String>,
    refusal: Option<Refused>,
    known: usize,
}

/// A store in memory, and the way that leads to it.
pub(crate) struct Desk {
    pub(crate) way: Way,
    stored: mpsc::UnboundedReceiver<Delivery>,
    memory: Arc<Mutex<Memory>>,
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-02T12:00:00Z".parse().expect("a time")
}

impl Desk {
    pub(crate) fn open() -> Self {
        let (acceptor, mut requests) = Acceptor::channel(64);
        let (tell, stored) = mpsc::unbounded_channel();
        let memory = Arc::new(Mutex::new(Memory::default()));
        let serving = Arc::clone(&memory);
        tokio::spawn(async move {
            while let Some(request) = requests.recv().await {
                serving.lock().expect("no test panicked in it").serve(request, &tell);
            }
        });
        let way = Way {
            acceptor,
            now: Arc::new(noon),
            stop: CancellationToken::new(),
            status: Status::default(),
        };
        Self { way, stored, memory }
    }

    /// The same store after the daemon was started again.
    pub(crate) fn restarted(&mut self) -> Way {
        self.way.stop.cancel();
        self.way.stop = CancellationToken::new();
        self.way.status = Status::default();
        self.way.clone()
    }

    /// The next mail that was stored and not known before.
    pub(crate) async fn next(&mut self) -> Delivery {
        timeout(PATIENCE, self.stored.recv())
            .await
            .expect("a mail comes")
            .expect("the desk is open")
    }

    /// The subjects of the next `count` mails, sorted.
    pub(crate) async fn subjects(&mut self, count: usize) -> Vec<String> {
        let mut subjects = Vec::new();
        for _ in 0..count {
            subjects.push(subject(&self.next().await));
        }
        subjects.sort();
        subjects
    }

    /// Whether nothing more was stored so far.
    pub(crate) fn is_empty(&mut self) -> bool {
        self.stored.try_recv().is_err()
    }

    /// How many deliveries were offered a second time.
    pub(crate) fn known(&self) -> usize {
        self.memory.lock().expect("no test panicked in it").known
    }

    pub(crate) fn cursor(&self, source: &str) -> Option<String> {
        self.memory.lock().expect("no test panicked in it").cursors.get(source).cloned()
    }

    pub(crate) fn refuse(&self, refusal: Option<Refused>) {
        self.memory.lock().expect("no test panicked in it").refusal = refusal;
    }

    /// Waits until `holds` does.
    pub(crate) async fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let wait = async {
            while !holds(self) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, wait).await.expect(what);
    }
}

impl Memory {
    fn serve(&mut self, request: Request, tell: &mpsc::UnboundedSender<Delivery>) {
        match request {
            Request::Accept(delivery, answer) => {
                let _ = answer.send(self.accept(delivery, tell));
            }
            Request::Cursor(source, answer) => {
                let _ = answer.send(Ok(self.cursors.get(&source).cloned()));
            }
            Request::Advance(source, cursor, answer) => {
                self.cursors.insert(source, cursor);
                let _ = answer.send(Ok(()));
            }
        }
    }

    fn accept(
        &mut self,
        delivery: Delivery,
        tell: &mpsc::UnboundedSender<Delivery>,
    ) -> Result<Accepted, Refused> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        if delivery.position.as_ref().is_some_and(|p| !self.positions.insert(p.clone())) {
            self.known += 1;
            return Ok(Accepted::Known);
        }
        let _ = tell.send(delivery);
        Ok(Accepted::Stored)
    }
}

pub(crate) fn subject(delivery: &Delivery) -> String {
    let text = String::from_utf8_lossy(&delivery.raw);
    let line = text.lines().find_map(|line| line.strip_prefix("Subject: "));
    line.unwrap_or("(none)").to_owned()
}
