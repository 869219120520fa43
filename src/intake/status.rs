//! How a way in fares, for health pages and `owed doctor`.
//!
//! A shared value that its way in sets and everybody else reads. It holds the
//! present alone; what happened before is in the log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// How a way in fares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Condition {
    /// It has not reached its source yet.
    #[default]
    Starting,
    /// It has been taking mail in since then.
    Well(Timestamp),
    /// It has been failing since then, with this as its latest trouble.
    Failing(Timestamp, String),
}

/// A shared view of one way in.
#[derive(Debug, Clone, Default)]
pub struct Status(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    condition: Condition,
    seen: Option<Timestamp>,
}

impl Status {
    /// How it fares now.
    pub fn condition(&self) -> Condition {
        self.state().condition.clone()
    }

    /// When it last worked; `None` where it never did.
    pub fn last_seen(&self) -> Option<Timestamp> {
        self.state().seen
    }

    /// It works; since `now`, unless it did before.
    pub fn well(&self, now: Timestamp) {
        let mut state = self.state();
        state.seen = Some(now);
        if !matches!(state.condition, Condition::Well(_)) {
            state.condition = Condition::Well(now);
        }
    }

    /// It fails; since `now`, unless it did before.
    pub fn failing(&self, now: Timestamp, trouble: impl Into<String>) {
        let mut state = self.state();
        let since = match state.condition {
            Condition::Failing(since, _) => since,
            Condition::Starting | Condition::Well(_) => now,
        };
        state.condition = Condition::Failing(since, trouble.into());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
