//! What time it is: the only reader of the operating system's clock.
//!
//! Whoever needs the time takes a [`Clock`], or better a [`Timestamp`]; so a
//! rehearsal, a simulation and a test run on a clock of their own. What is to
//! be done at which time is none of this file's business, nor is sleeping.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Something that knows what time it is.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct SettableClock {
    now: Mutex<Timestamp>,
}

impl SettableClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Moves the clock to `now`, forward or back: real clocks do both.
    pub fn set(&self, now: Timestamp) {
        *self.hand() = now;
    }

    /// Moves the clock on by `duration`; at the end of all time it stops.
    pub fn advance(&self, duration: SignedDuration) {
        let mut hand = self.hand();
        let end = if duration.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
        *hand = hand.checked_add(duration).unwrap_or(end);
    }

    /// An instant is whole whatever befell the thread that wrote it, so a
    /// poisoned lock is as good as any.
    fn hand(&self) -> MutexGuard<'_, Timestamp> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        *self.hand()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_system_clock_lies_after_the_day_this_was_written() {
        assert!(SystemClock.now() > at("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn a_settable_clock_stands_still() {
        let clock = SettableClock::new(at("2026-03-02T09:00:00Z"));
        assert_eq!(clock.now(), at("2026-03-02T09:00:00Z"));
        assert_eq!(clock.now(), at("2026-03-02T09:00:00Z"));
    }

    #[test]
    fn a_settable_clock_goes_where_it_is_told() {
        let clock = SettableClock::new(at("2026-03-02T09:00:00Z"));
        clock.advance(SignedDuration::from_mins(45));
        assert_eq!(clock.now(), at("2026-03-02T09:45:00Z"));
        clock.advance(SignedDuration::from_mins(-50));
        assert_eq!(clock.now(), at("2026-03-02T08:55:00Z"));
        clock.set(at("2026-01-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn a_settable_clock_stops_at_the_ends_of_time() {
        let clock = SettableClock::new(at("2026-03-02T09:00:00Z"));
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        clock.advance(SignedDuration::MIN);
        assert_eq!(clock.now(), Timestamp::MIN);
    }

    #[test]
    fn one_hand_is_seen_through_every_share() {
        let clock = Arc::new(SettableClock::new(at("2026-03-02T09:00:00Z")));
        let seen: Arc<dyn Clock> = Arc::clone(&clock) as _;
        clock.advance(SignedDuration::from_hours(1));
        assert_eq!(seen.now(), at("2026-03-02T10:00:00Z"));
    }
}
