//! The daemon on a virtual clock, with a store and a way out in memory.
//!
//! Nothing here is made for rehearsals but the clock's jumps: mail is taken up,
//! judged and stepped, alarms fire and letters are sealed as in the daemon. What is
//! told of it is not known here.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Passed, World};
use crate::clock::SettableClock;
use crate::domain::effect::Occasion;
use crate::domain::ids::{Address, Party};
use crate::domain::policy::Policy;
use crate::engine::accept::Delivery;
use crate::engine::{Engine, Error};
use crate::mail::parse::head;
use crate::outbox::courier::Courier;
use crate::outbox::memory::Memory;
use crate::outbox::stationery::Stationery;
use crate::outbox::transport::{Outgoing, Transport};
use crate::pulse::Pulse;
use crate::random::SeededRandom;
use crate::store::{About, Line, Owed, Place, Reply, Store};

/// How many journal lines are read at a time.
const LINES: i64 = 500;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Happening {
    /// A line of the journal.
    Journal(Line),
    /// A mail that would have been sent.
    Mail(Sent),
}

/// A mail that would have been sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub to: Address,
    /// Its subject.
    pub subject: String,
    /// What it is, where it is of no case: somebody's evening, a digest.
    pub occasion: Option<Occasion>,
}

/// A run through an archive of mail.
#[derive(Debug)]
pub struct Rehearsal {
    engine: Engine,
    courier: Courier,
    sent: Memory,
    clock: Arc<SettableClock>,
    told: i64,
    news: Vec<Happening>,
}

impl Rehearsal {
    /// A rehearsal of `policy` that starts at `start`; mails would come from `from`.
    pub async fn new(policy: Arc<Policy>, from: Address, start: Timestamp) -> Result<Self, Error> {
        let clock = Arc::new(SettableClock::new(start));
        let world = World {
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(0)),
            passed: Passed::default(),
        };
        let store = Store::in_memory().await?;
        let sender = Party { name: "owed".to_owned(), address: from };
        let time = Arc::clone(&world.clock);
        let engine = Engine::new(store.clone(), Arc::clone(&policy), Vec::new(), time);
        let sent = Memory::default();
        let courier = Courier {
            store,
            policy: engine.in_force().clone(),
            stationery: Stationery::new(sender, b"of a rehearsal, whose mails stay here".to_vec()),
            transport: Transport::Memory(sent.clone()),
            holder: "a rehearsal".to_owned(),
            clock: world.clock,
            random: world.random,
            pulse: Pulse::default(),
        };
        engine.adopt(policy).await?;
        Ok(Self { engine, courier, sent, clock, told: 0, news: Vec::new() })
    }

    /// Lets time pass until the mail's moment, then takes it up.
    pub async fn take(&mut self, delivery: Delivery) -> Result<(), Error> {
        self.pass_until(delivery.at).await?;
        self.engine.take(delivery).await?;
        self.listen().await
    }

    /// Lets time pass until `end`, from alarm to alarm.
    pub async fn pass_until(&mut self, end: Timestamp) -> Result<(), Error> {
        loop {
            let alarm = self.engine.tick().await?;
            let sending = self.courier.work().await?;
            self.listen().await?;
            let next = alarm.into_iter().chain(sending).min().filter(|next| *next <= end);
            let Some(next) = next else { break };
            self.clock.set(next.max(self.engine.now()));
        }
        self.clock.set(end.max(self.engine.now()));
        Ok(())
    }

    /// What happened since this was asked last.
    pub fn news(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.news)
    }

    /// What is still owed at the virtual present.
    pub async fn owed(&self) -> Result<Vec<Owed>, Error> {
        let mut tx = self.engine.store().read().await?;
        Ok(tx.owed(Place::START, i64::MAX).await?)
    }

    /// Every answer that was waited for.
    pub async fn replies(&self) -> Result<Vec<Reply>, Error> {
        Ok(self.engine.store().read().await?.replies().await?)
    }

    /// Hears what was written down, and then what was sent because of it.
    async fn listen(&mut self) -> Result<(), Error> {
        let mut tx = self.engine.store().read().await?;
        loop {
            let lines = tx.journal_after(self.told, LINES).await?;
            let Some(last) = lines.last() else { break };
            self.told = last.id;
            self.news.extend(lines.into_iter().map(Happening::Journal));
        }
        for Outgoing { to, message_id, bytes, .. } in self.sent.take() {
            let mut told = tx.told_by(&message_id).await?.into_iter().map(|told| told.about);
            let occasion = told.find_map(|about| match about {
                About::Occasion(occasion) => Some(occasion),
                About::Case(..) => None,
            });
            let subject = head(&bytes).map(|head| head.subject).unwrap_or_default();
            let at = self.engine.now();
            self.news.push(Happening::Mail(Sent { at, to, subject, occasion }));
        }
        Ok(())
    }
}
