//! The same code on a virtual clock and a store in memory.
//!
//! Nothing here is made for rehearsals but the clock's jumps: mail is taken up,
//! judged and stepped as in the daemon, and what would be sent stays a notice.

use std::sync::Arc;

use jiff::Timestamp;

use super::accept::Delivery;
use super::{Engine, Error};
use crate::clock::SettableClock;
use crate::domain::policy::Policy;
use crate::store::{Line, Owed, Place, Store};

/// How many journal lines are read at a time.
const LINES: i64 = 500;

/// A run through an archive of mail.
#[derive(Debug)]
pub struct Rehearsal {
    engine: Engine,
    clock: Arc<SettableClock>,
    told: i64,
}

impl Rehearsal {
    /// A rehearsal of `policy` that starts at `start`.
    pub async fn new(policy: Arc<Policy>, start: Timestamp) -> Result<Self, Error> {
        let clock = Arc::new(SettableClock::new(start));
        let store = Store::in_memory().await?;
        let engine = Engine::new(store, policy, Vec::new(), clock.clone());
        Ok(Self { engine, clock, told: 0 })
    }

    /// Lets time pass until the mail's moment, then takes it up.
    pub async fn take(&mut self, delivery: Delivery) -> Result<(), Error> {
        self.pass_until(delivery.at).await?;
        self.engine.take(delivery).await
    }

    /// Lets time pass until `end`, from alarm to alarm.
    pub async fn pass_until(&mut self, end: Timestamp) -> Result<(), Error> {
        while let Some(next) = self.engine.tick().await?.filter(|next| *next <= end) {
            self.clock.set(next.max(self.engine.now()));
        }
        self.clock.set(end.max(self.engine.now()));
        Ok(())
    }

    /// What was written in the journal since this was asked last.
    pub async fn news(&mut self) -> Result<Vec<Line>, Error> {
        let mut tx = self.engine.store().read().await?;
        let mut news = Vec::new();
        loop {
            let lines = tx.journal_after(self.told, LINES).await?;
            let Some(last) = lines.last() else { return Ok(news) };
            self.told = last.id;
            news.extend(lines);
        }
    }

    /// What is still owed at the virtual present.
    pub async fn owed(&self) -> Result<Vec<Owed>, Error> {
        let mut tx = self.engine.store().read().await?;
        Ok(tx.owed(Place::START, i64::MAX).await?)
    }
}
