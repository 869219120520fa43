//! What runs because the configuration says so: ways in, ways out, pages.
//!
//! A part is known by what it was started for. When the configuration is taken anew,
//! one that is wanted as it is goes on untouched, one that is wanted otherwise ends its
//! work at hand beside its successor. All that may fail is done in a [`Plan`], before
//! anything is changed.

use std::fmt::{self, Debug, Display};

use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::health::{Board, Posted, Seen};
use crate::intake::lmtp;
use crate::pulse::Pulse;
use crate::web;

/// What a part was started for. Secrets are in it too, but cannot be read out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub(super) fn of<'a>(
        settings: &impl Debug,
        secrets: impl IntoIterator<Item = &'a SecretString>,
    ) -> Self {
        let mut digest = Sha256::new_with_prefix(format!("{settings:?}"));
        for secret in secrets {
            digest.update([0]);
            digest.update(secret.expose_secret());
        }
        Self(digest.finalize().into())
    }
}

/// A socket that a successor may go on with.
pub(super) enum Open {
    Lmtp(lmtp::listener::Listener),
    /// With what the configuration says of it.
    Pages(Option<String>, web::serve::Listener),
}

/// A part: ready to start, or running.
pub(super) struct Part {
    key: Key,
    /// What it is, in words.
    name: String,
    pub(super) stop: CancellationToken,
    pub(super) open: Option<Open>,
    pub(super) ways: Vec<Seen>,
    pub(super) outbox: Option<Pulse>,
    /// What is still to be started.
    work: Vec<BoxFuture<'static, ()>>,
}

impl Part {
    pub(super) fn does(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.work.push(Box::pin(work));
    }
}

/// The parts that a configuration wants, beside those that run.
pub(super) struct Plan<'a> {
    running: &'a Parts,
    stop: &'a CancellationToken,
    steps: Vec<Step>,
}

/// What is to be done for one part that is wanted.
pub(super) enum Step {
    Keep(Key),
    Start(Part),
}

impl Plan<'_> {
    /// Whether a part runs that was started for the same; then it goes on.
    pub(super) fn keeps(&mut self, key: Key) -> bool {
        let runs = self.running.all.iter().any(|part| part.key == key);
        if runs {
            self.steps.push(Step::Keep(key));
        }
        runs
    }

    /// The sockets that are open now.
    pub(super) fn open(&self) -> impl Iterator<Item = &Open> {
        self.running.open()
    }

    /// A part to be filled and then started.
    pub(super) fn part(&self, key: Key, name: String) -> Part {
        Part {
            key,
            name,
            stop: self.stop.child_token(),
            open: None,
            ways: Vec::new(),
            outbox: None,
            work: Vec::new(),
        }
    }

    pub(super) fn start(&mut self, part: Part) {
        self.steps.push(Step::Start(part));
    }

    pub(super) fn steps(self) -> Vec<Step> {
        self.steps
    }
}

/// The parts that run.
#[derive(Default)]
pub(super) struct Parts {
    all: Vec<Part>,
    board: Board,
}

impl Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all.iter().map(|part| &part.name)).finish()
    }
}

/// What a plan has changed.
#[derive(Debug, Default)]
pub(super) struct Change {
    started: Vec<String>,
    ended: Vec<String>,
}

impl Parts {
    /// Parts that are posted on `board`.
    pub(super) fn new(board: Board) -> Self {
        Self { all: Vec::new(), board }
    }

    /// A plan beside these parts; what it starts ends with `stop`.
    pub(super) fn plan<'a>(&'a self, stop: &'a CancellationToken) -> Plan<'a> {
        Plan { running: self, stop, steps: Vec::new() }
    }

    /// The sockets that are open now.
    pub(super) fn open(&self) -> impl Iterator<Item = &Open> {
        self.all.iter().filter_map(|part| part.open.as_ref())
    }

    /// Starts, keeps and ends parts. Nothing in it can fail.
    pub(super) fn apply(&mut self, steps: Vec<Step>, tasks: &mut Tasks) -> Change {
        let mut change = Change::default();
        let mut before = std::mem::take(&mut self.all);
        for step in steps {
            match step {
                Step::Keep(key) => {
                    if let Some(place) = before.iter().position(|part| part.key == key) {
                        self.all.push(before.remove(place));
                    }
                }
                Step::Start(mut part) => {
                    for work in part.work.drain(..) {
                        tasks.spawn(part.name.clone(), part.stop.clone(), work);
                    }
                    change.started.push(part.name.clone());
                    self.all.push(part);
                }
            }
        }
        for part in before {
            part.stop.cancel();
            change.ended.push(part.name);
        }
        self.board.post(Posted {
            ways: self.all.iter().flat_map(|part| part.ways.iter().cloned()).collect(),
            outbox: self.all.iter().find_map(|part| part.outbox.clone()).unwrap_or_default(),
        });
        change
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = [("started", &self.started), ("ended", &self.ended)];
        let told = told.iter().filter(|(_, names)| !names.is_empty());
        let told: Vec<_> =
            told.map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
        if told.is_empty() {
            f.write_str("nothing was started or ended")
        } else {
            f.write_str(&told.join("; "))
        }
    }
}

/// Everything that runs, by name, so that what ends unasked is noticed.
#[derive(Debug, Default)]
pub(super) struct Tasks(JoinSet<(String, bool)>);

impl Tasks {
    /// Runs `work`, which ends only after `stop`.
    pub(super) fn spawn(
        &mut self,
        name: impl Into<String>,
        stop: CancellationToken,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let name = name.into();
        self.0.spawn(async move {
            work.await;
            (name, stop.is_cancelled())
        });
    }

    /// Completes when a task has ended that was not told to.
    pub(super) async fn fail(&mut self) {
        while let Some(ended) = self.0.join_next().await {
            match ended {
                Ok((_, true)) => {}
                Ok((name, false)) => return tracing::error!("{name} ended unasked"),
                Err(error) => return tracing::error!("a part of owed broke: {error}"),
            }
        }
        std::future::pending::<()>().await;
    }

    /// Completes when all have ended.
    pub(super) async fn end(&mut self) {
        while self.0.join_next().await.is_some() {}
    }

    /// Ends all at once.
    pub(super) async fn abort(&mut self) {
        self.0.shutdown().await;
    }
}
