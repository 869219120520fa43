//! Load, step, commit: the one path for mail and for time.
//!
//! Only the engine both steps a case and opens a transaction, and it never
//! sends. What is accepted is durable before it is read ([`accept`]); taking it
//! up ([`receive`]) and firing what is due ([`tick`]) end in the same commit of
//! state, journal, notices and alarm. People's verbs ([`verbs`]) go the same way.

pub mod accept;
mod error;
mod place;
pub mod receive;
pub mod rehearse;
pub mod tick;
pub mod verbs;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

pub use error::Error;

use crate::clock::Clock;
use crate::domain::case::{Case, Event};
use crate::domain::effect::Effect;
use crate::domain::policy::Policy;
use crate::mail::thread;
use crate::store::{self, Loaded, Store, Tx};

/// The engine: a policy, a store and a clock.
#[derive(Debug, Clone)]
pub struct Engine {
    store: Store,
    policy: Arc<Policy>,
    authserv_ids: Arc<[String]>,
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
        let tried = Arc::default();
        Self { store, policy, authserv_ids: authserv_ids.into(), clock, tried, inward, outward }
    }

    /// The store it works on.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What cases are judged by.
    pub fn policy(&self) -> &Policy {
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

    /// Lets `event` happen to a case and records all that follows from it.
    async fn happen(
        &self,
        tx: &mut Tx,
        loaded: Loaded,
        event: Event,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let number = loaded.case.number;
        let case = loaded.case.clone();
        let step =
            quietly(|| case.step(event, &self.policy, now)).ok_or(Error::Broken(number))??;
        let subject = thread::base_subject(&step.next.subject);
        tx.save_case(&loaded, &step.next, &subject.text).await?;
        for effect in &step.effects {
            match effect {
                Effect::Journal(entry) => tx.write_journal(Some(number), entry).await?,
                Effect::Notice(notice) => tx.tell(number, notice, now).await?,
            }
        }
        self.rearm(tx, &step.next, now).await?;
        Ok(loaded.saved_as(step.next))
    }

    async fn rearm(&self, tx: &mut Tx, case: &Case, now: Timestamp) -> store::Result<()> {
        // A second of distance: whatever a ladder says, a tick always ends.
        let soonest = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now);
        let wake_at = case.wake_at(&self.policy, now).map(|at| at.max(soonest));
        tx.arm(case.number, wake_at).await
    }
}

/// Runs pure code; `None` where it panicked.
fn quietly<T>(pure: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(pure)).ok()
}
