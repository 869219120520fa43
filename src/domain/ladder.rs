//! The escalation policy: steps before, at and after the due time.
//!
//! A rung's time is nominal: nobody is written to outside their own working
//! time unless the rung says so, and whom it reaches is settled at the moment
//! of telling, by the roster.

use jiff::{SignedDuration, Timestamp};

use super::calendar::{Allowance, Calendar};

/// A named list of steps, in the order in which they are taken.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// The name rules call it by.
    pub name: String,
    /// The steps, earliest first.
    pub rungs: Vec<Rung>,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// When, seen from the due time.
    pub offset: Offset,
    /// Whom.
    pub tell: Tell,
    /// Whether also outside their working time.
    pub any_time: bool,
    /// How often again, until it is answered.
    pub repeat: Option<Allowance>,
}

/// Where a step stands, seen from the due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offset {
    /// This much before it.
    Before(Allowance),
    /// This much after it; zero is at it.
    After(Allowance),
}

/// Whom a step tells, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tell {
    /// Who owes the answer.
    Owner,
    /// Who is this many levels above the owner: 1 is the supervisor.
    Above(u8),
}

impl Ladder {
    /// The steps in the order in which they are taken, however they are written.
    pub fn new(name: impl Into<String>, mut rungs: Vec<Rung>) -> Self {
        rungs.sort_by_key(|rung| (rung.offset.roughly(), rung.tell));
        Self { name: name.into(), rungs }
    }
}

impl Rung {
    /// When this step is taken for something due at `due`.
    pub fn nominal(&self, due: Timestamp, calendar: &Calendar) -> Timestamp {
        match self.offset {
            Offset::Before(amount) => calendar.sub(due, amount),
            Offset::After(amount) => calendar.add(due, amount),
        }
    }
}

impl Offset {
    /// The distance from the due time on the wall, on an ordinary day of eight
    /// hours: enough to put the steps of a ladder in order.
    fn roughly(self) -> SignedDuration {
        match self {
            Self::Before(amount) => -roughly(amount),
            Self::After(amount) => roughly(amount),
        }
    }
}

fn roughly(amount: Allowance) -> SignedDuration {
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    const WORKING_DAY: i64 = 8 * 60 * 60;
    match amount {
        Allowance::Elapsed(duration) => duration,
        Allowance::WorkingDays(days) => DAY * i32::from(days),
        Allowance::Working(duration) => {
            let days = i32::try_from(duration.as_secs() / WORKING_DAY).unwrap_or(i32::MAX);
            let rest = duration.as_secs() % WORKING_DAY;
            DAY.saturating_mul(days).saturating_add(SignedDuration::from_secs(rest))
        }
    }
}

#[cfg(test)]
mod tests;
