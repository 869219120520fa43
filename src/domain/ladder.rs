//! The escalation policy: steps before, at and after the due time.
//!
//! A rung's time is nominal: nobody is written to outside their own working
//! time unless the rung says so, and whom it reaches is settled at the moment
//! of telling, by the roster.

use jiff::Timestamp;

use super::calendar::{Allowance, Calendar};

/// A named list of steps.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// The name rules call it by.
    pub name: String,
    /// The steps, as configured.
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

/// Whom a step tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// Who owes the answer.
    Owner,
    /// Who is this many levels above the owner: 1 is the supervisor.
    Above(u8),
}

impl Rung {
    /// When this step is taken for something due at `due`.
    pub fn nominal(&self, due: Timestamp, calendar: &Calendar) -> Timestamp {
        match self.offset {
            Offset::After(amount) => calendar.add(due, amount),
            Offset::Before(Allowance::Working(amount)) => calendar.sub_working(due, amount),
            Offset::Before(Allowance::Elapsed(amount)) => due.saturating_sub(amount).unwrap_or(due),
            Offset::Before(Allowance::WorkingDays(days)) => {
                let day = jiff::SignedDuration::from_hours(24);
                let mut at = due;
                for _ in 0..days {
                    at = at.saturating_sub(day).unwrap_or(at);
                    while !calendar.works_on(calendar.date(at))
                        && due.duration_since(at) < day * 400
                    {
                        at = at.saturating_sub(day).unwrap_or(at);
                    }
                }
                at
            }
        }
    }
}
