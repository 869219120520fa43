//! When a mail is tried again, and when nobody should.
//!
//! What is refused for good is not tried again; what may have been taken is
//! tried again only where a second copy harms nobody.

use jiff::{SignedDuration, Timestamp};

use super::transport::Outcome;
use crate::store::Audience;

/// The waits after the first attempts; after the last of them, every hour.
const FIRST_WAITS: [i64; 6] = [1, 2, 5, 15, 30, 60];
const HOURLY: i64 = 60;
/// The 77th attempt would be made more than three days after the first.
const ATTEMPTS: u32 = 76;
/// After an unanswered final dot.
const AMBIGUOUS_WAIT: i64 = 5;

/// What becomes of a mail after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is out.
    Done,
    /// The same bytes again, then.
    Again(Timestamp),
    /// No further attempt: somebody else has to be told.
    GiveUp,
    /// A person or an audit mailbox has to say whether it arrived.
    Hold,
}

/// What follows from `outcome` of the attempt number `attempt`, counted from 1;
/// `jitter` is a random number from 0 to 1.
pub fn after(
    outcome: &Outcome,
    audience: Audience,
    attempt: u32,
    now: Timestamp,
    jitter: f64,
) -> Next {
    let again = |at: Option<Timestamp>| at.map_or(Next::GiveUp, Next::Again);
    match (outcome, audience) {
        (Outcome::Given, _) => Next::Done,
        (Outcome::Refused { permanent: true, .. }, _) => Next::GiveUp,
        (Outcome::Refused { permanent: false, .. } | Outcome::NotGiven(_), _) => {
            again(next_attempt(attempt, now, jitter))
        }
        (Outcome::Ambiguous(_), Audience::Contact) => Next::Hold,
        (Outcome::Ambiguous(_), Audience::House) if attempt > ATTEMPTS => Next::GiveUp,
        (Outcome::Ambiguous(_), Audience::House) => again(later(now, AMBIGUOUS_WAIT, jitter)),
    }
}

/// When to try again after the attempt number `attempt` failed for now: after
/// 1, 2, 5, 15 and 30 minutes, then hourly until three days have passed. A
/// `jitter` from 0 to 1 stretches each wait by up to a fifth, so that many
/// mails do not come back at once.
pub fn next_attempt(attempt: u32, now: Timestamp, jitter: f64) -> Option<Timestamp> {
    if attempt > ATTEMPTS {
        return None;
    }
    let index = usize::try_from(attempt.saturating_sub(1)).ok()?;
    later(now, FIRST_WAITS.get(index).copied().unwrap_or(HOURLY), jitter)
}

fn later(now: Timestamp, minutes: i64, jitter: f64) -> Option<Timestamp> {
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
    let wait = SignedDuration::from_mins(minutes);
    now.checked_add(wait.checked_add(wait.mul_f64(jitter / 5.0))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T17:00:00Z".parse().unwrap()
    }

    fn minutes(at: Timestamp) -> i64 {
        at.duration_since(now()).as_mins()
    }

    #[test]
    fn waits_grow_to_an_hour_and_end_after_three_days() {
        let first: Vec<i64> =
            (1..=8).map(|n| minutes(next_attempt(n, now(), 0.0).unwrap())).collect();
        assert_eq!(first, [1, 2, 5, 15, 30, 60, 60, 60]);
        let all: i64 = (1..200).map_while(|n| next_attempt(n, now(), 0.0)).map(minutes).sum();
        assert!((71 * 60..=72 * 60).contains(&all), "{all}");
    }

    #[test]
    fn jitter_only_stretches_a_wait_whatever_it_is() {
        for (jitter, wait) in [(0.0, 30), (0.5, 33), (1.0, 36), (7.0, 36), (f64::NAN, 30)] {
            assert_eq!(minutes(next_attempt(5, now(), jitter).unwrap()), wait, "{jitter}");
        }
    }

    #[test]
    fn every_outcome_has_one_consequence() {
        use Audience::{Contact, House};
        let refused = |permanent| Outcome::Refused { permanent, reply: "no".to_owned() };
        let later = |m| Next::Again(now() + SignedDuration::from_mins(m));
        let lost = || Outcome::Ambiguous("lost".to_owned());
        for (outcome, audience, attempt, next) in [
            (Outcome::Given, House, 1, Next::Done),
            (refused(true), House, 1, Next::GiveUp),
            (refused(false), Contact, 3, later(5)),
            (Outcome::NotGiven("reset".to_owned()), House, 1, later(1)),
            (Outcome::NotGiven("reset".to_owned()), House, 77, Next::GiveUp),
            (lost(), House, 1, later(5)),
            (lost(), House, 77, Next::GiveUp),
            (lost(), Contact, 1, Next::Hold),
        ] {
            assert_eq!(after(&outcome, audience, attempt, now(), 0.0), next, "{outcome:?}");
        }
    }
}
