//! Load, step, commit: the one path for mail and for time.
//!
//! Only the engine both steps a case and opens a transaction, and it never
//! sends. What is accepted is durable before it is read ([`accept`]); taking it
//! up ([`receive`]) and firing what is due ([`tick`]) end in the same commit of
//! state, journal, notices and alarm. People's verbs ([`verbs`]) go the same way.

pub mod accept;
mod alive;
pub mod away;
mod epoch;
mod error;
mod occasion;
mod order;
mod overrule;
mod place;
pub mod receive;
mod regroup;
pub mod rehearse;
pub mod tick;
mod undelivered;
pub mod verbs;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

pub use error::Error;

use crate::clock::Clock;
use crate::domain::case::{Case, Event, Step};
use crate::domain::effect::{Effect, Notice, Purpose};
use crate::domain::policy::{InForce, Policy};
use crate::mail::thread;
use crate::store::{self, Loaded, Outage, Store, Timing, Tx};

/// How long the ways in may take, after an outage, to bring what came meanwhile.
const CATCHING_UP: SignedDuration = SignedDuration::from_mins(2);

/// The engine: a policy, a store and a clock.
#[derive(Debug, Clone)]
pub struct Engine {
    store: Store,
    base: InForce,
    policy: InForce,
    epoch: Arc<AtomicI64>,
    outage: Arc<OnceLock<Outage>>,
    noted: Arc<alive::Noted>,
    authserv_ids: Arc<[String]>,
    desk: Option<Arc<order::Desk>>,
    clock: Arc<dyn Clock>,
    tried: Arc<AtomicI64>,
    inward: Arc<Notify>,
    outward: Arc<Notify>,
}

impl Engine {
    /// An engine that trusts the Authentication-Results of these servers.
    pub fn new(
        store: Store,
        policy: Arc<Policy>,
        authserv_ids: Vec<String>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (inward, outward) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        Self {
            store,
            base: InForce::new(Arc::clone(&policy)),
            policy: InForce::new(policy),
            epoch: Arc::default(),
            outage: Arc::default(),
            noted: Arc::default(),
            authserv_ids: authserv_ids.into(),
            desk: None,
            clock,
            tried: Arc::default(),
            inward,
            outward,
        }
    }

    /// The store it works on.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What cases are judged by at this moment.
    pub fn policy(&self) -> Arc<Policy> {
        self.policy.get()
    }

    /// The policy in force, for who reads it again and again.
    pub fn in_force(&self) -> &InForce {
        &self.policy
    }

    /// The time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Rung when there is mail to take up or an alarm may have moved.
    pub fn inward(&self) -> &Notify {
        &self.inward
    }

    /// Rung when there are notices to send.
    pub fn outward(&self) -> &Notify {
        &self.outward
    }

    /// Lets `event` happen to a case, as the policy in force sees it, and records
    /// all that follows from it.
    async fn happen(
        &self,
        tx: &mut Tx,
        loaded: Loaded,
        event: Event,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let loaded = self.brought_up(tx, loaded, now).await?;
        self.step(tx, loaded, event, now).await
    }

    async fn step(
        &self,
        tx: &mut Tx,
        loaded: Loaded,
        event: Event,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let number = loaded.case.number;
        let policy = self.policy();
        let case = loaded.case.clone();
        let step = quietly(|| case.step(event, &policy, now)).ok_or(Error::Broken(number))??;
        self.save(tx, loaded, step, now).await
    }

    /// Records what a step led to.
    async fn save(
        &self,
        tx: &mut Tx,
        loaded: Loaded,
        Step { next, effects }: Step,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let subject = thread::base_subject(&next.subject);
        tx.save_case(&loaded, &next, &subject.text).await?;
        for effect in &effects {
            match effect {
                Effect::Journal(entry) => tx.write_journal(Some(next.number), entry).await?,
                Effect::Notice(notice) => {
                    let timing = self.timing_of(notice, &next, now);
                    tx.tell(next.number, notice, timing).await?;
                }
            }
        }
        self.rearm(tx, &next, now).await?;
        Ok(loaded.saved_as(next))
    }

    /// Notes that owed did not run for a while: what fell due meanwhile is told as
    /// that, and only when the mail that came meanwhile has been looked at.
    pub fn was_down(&self, outage: Outage) {
        // Only the first: it is the one between the last run and this.
        let _set = self.outage.set(outage);
    }

    /// When a notice that is decided now may be told: a reminder waits a little for
    /// others, but never past the time it reminds of.
    fn timing_of(&self, notice: &Notice, case: &Case, now: Timestamp) -> Timing {
        let timing = self.timing(now);
        let due = case.obligations.iter().find(|o| o.seq == notice.obligation).map(|o| o.due);
        let Some(due) = due.filter(|_| notice.purpose == Purpose::Remind) else { return timing };
        let company = now.saturating_add(self.policy().pace.bundle_within).unwrap_or(now);
        Timing { not_before: timing.not_before.max(company.min(due)), ..timing }
    }

    /// When what is decided now may be told.
    fn timing(&self, now: Timestamp) -> Timing {
        let outage = self.outage.get().copied();
        let outage = outage.map(|outage| (outage, outage.to.saturating_add(CATCHING_UP)));
        match outage {
            Some((outage, Ok(caught_up))) if now < caught_up => {
                Timing { at: now, not_before: caught_up, outage: Some(outage) }
            }
            _ => Timing { at: now, not_before: now, outage: None },
        }
    }

    async fn rearm(&self, tx: &mut Tx, case: &Case, now: Timestamp) -> store::Result<()> {
        // A second of distance: whatever a ladder says, a tick always ends.
        let soonest = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now);
        let wake_at = case.wake_at(&self.policy(), now).map(|at| at.max(soonest));
        tx.arm(case.number, wake_at).await
    }
}

/// Runs pure code; `None` where it panicked.
fn quietly<T>(pure: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(pure)).ok()
}
