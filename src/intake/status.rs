//! How a way in fares, for health pages and `owed doctor`.
//!
//! A shared value that its way in sets and everybody else reads. It holds the
//! present alone; what happened before is in the log.

use std::sync::{Arc, Mutex, PoisonError};

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
pub struct Status(Arc<Mutex<Condition>>);

impl Status {
    /// How it fares now.
    pub fn condition(&self) -> Condition {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// It works; since `now`, unless it did before.
    pub fn well(&self, now: Timestamp) {
        let mut condition = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*condition, Condition::Well(_)) {
            *condition = Condition::Well(now);
        }
    }

    /// It fails; since `now`, unless it did before.
    pub fn failing(&self, now: Timestamp, trouble: impl Into<String>) {
        let mut condition = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = match *condition {
            Condition::Failing(since, _) => since,
            Condition::Starting | Condition::Well(_) => now,
        };
        *condition = Condition::Failing(since, trouble.into());
    }
}
