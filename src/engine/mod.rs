//! Load, step, commit: the one path for mail and for time.
//!
//! Only the engine both steps a case and opens a transaction, and it never sends. What is
//! accepted is durable before it is read ([`accept`]); taking it up ([`receive`]), firing what
//! is due ([`tick`]) and people's verbs ([`verbs`]) end in one commit of state and notices.

pub mod accept;
mod alive;
pub mod away;
pub mod check_in;
pub mod concern;
mod epoch;
mod error;
mod happen;
pub mod hear;
mod held;
pub mod job;
mod occasion;
pub mod once;
mod order;
mod overrule;
mod place;
mod queue;
pub mod receive;
mod regroup;
pub mod signed;
pub mod tick;
pub mod told;
mod trust;
mod undelivered;
pub mod verbs;

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use tokio::sync::Notify;

pub use error::Error;
use happen::quietly;
use trust::{Trust, Trusting};

use crate::clock::Clock;
use crate::domain::policy::{InForce, Policy};
use crate::pulse::Pulse;
use crate::store::{Outage, Store};

/// The engine: a policy, a store and a clock.
#[derive(Debug, Clone)]
pub struct Engine {
    store: Store,
    policy: InForce,
    outage: Arc<OnceLock<Outage>>,
    noted: Arc<alive::Noted>,
    trust: Trusting,
    clock: Arc<dyn Clock>,
    tried: Arc<AtomicI64>,
    inward: Arc<Notify>,
    outward: Arc<Notify>,
    pulse: Pulse,
}

impl Engine {
    /// An engine that trusts the Authentication-Results of these servers.
    pub fn new(
        store: Store,
        policy: Arc<Policy>,
        authserv_ids: Vec<String>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let trust = Trust { authserv_ids: authserv_ids.into(), signatures: None, desk: None };
        Self {
            store,
            policy: InForce::new(policy),
            outage: Arc::default(),
            noted: Arc::default(),
            trust: Trusting::new(trust),
            clock,
            tried: Arc::default(),
            inward: Arc::default(),
            outward: Arc::default(),
            pulse: Pulse::default(),
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

    /// The sign of life of the loop that takes up mail and fires alarms.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }
}
