//! Signs of life: a loop says by when it will be heard of again, so that one that
//! hangs can be told from one that waits.
//!
//! It holds one instant and no opinion: what follows from a late sign is for those to
//! say who look at it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// How long a turn of a loop may take beside what it waits for: on a slow disk, on a
/// busy machine.
const SLACK: SignedDuration = SignedDuration::from_mins(1);

/// The sign of life of one loop, shared by the loop and those who look at it: by when
/// there will be another. A clock that is set forward makes it late until then.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<Option<Timestamp>>>);

impl Pulse {
    /// It is alive at `now`, may wait for as long as `waits`, and is heard of after that.
    pub fn beat(&self, now: Timestamp, waits: SignedDuration) {
        let by = now.saturating_add(waits.saturating_add(SLACK)).unwrap_or(Timestamp::MAX);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(by);
    }

    /// Whether it was to be heard of before `now`, or never was.
    pub fn is_late(&self, now: Timestamp) -> bool {
        let by = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        by.is_none_or(|by| by < now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_late_when_it_is_not_heard_of_by_when_it_said() {
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let after = |seconds| start + SignedDuration::from_secs(seconds);
        let pulse = Pulse::default();
        assert!(pulse.is_late(start), "never heard of");
        pulse.beat(start, SignedDuration::from_secs(60));
        let seen = pulse.clone();
        assert!(!seen.is_late(start) && !seen.is_late(after(120)));
        assert!(seen.is_late(after(121)), "it hangs");
        pulse.beat(after(121), SignedDuration::from_hours(9));
        assert!(!seen.is_late(after(10_000)), "it waits");
    }
}
