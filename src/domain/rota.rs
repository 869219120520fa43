//! People who take turns: who is on duty when, and who comes next.
//!
//! A turn begins at the same civil hour each time, on the organisation's clocks,
//! whatever the clocks do in between. An override puts somebody else on duty for
//! the duties that begin on its days.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::calendar::Days;
use super::ids::PersonId;

/// People who take turns.
#[derive(Debug, Clone)]
pub struct Rota {
    /// Who, in the order of their turns.
    pub people: Vec<PersonId>,
    /// The day on which the first of them begins a turn.
    pub first: Date,
    /// How many days a turn lasts; at least one.
    pub turn: u16,
    /// The hour at which one takes over from another.
    pub at: Time,
    /// Whose clocks that is on.
    pub zone: TimeZone,
    /// Who is on duty on other days than the order says.
    pub overrides: Vec<Override>,
}

/// Days on which somebody is on duty whatever the order says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The days on which their duty begins.
    pub days: Days,
    /// Who.
    pub person: PersonId,
}

impl Rota {
    /// Who is on duty at `at`, then everybody else in the order of their turns.
    pub fn order(&self, at: Timestamp) -> impl Iterator<Item = &PersonId> {
        let duty = self.duty(at);
        let instead = self.overrides.iter().find(|o| o.days.contains(duty)).map(|o| &o.person);
        let turns = self.people.iter().cycle().skip(self.turn_of(duty)).take(self.people.len());
        instead.into_iter().chain(turns.filter(move |id| Some(*id) != instead))
    }

    /// Who is on duty at `at`.
    pub fn on_duty(&self, at: Timestamp) -> Option<&PersonId> {
        self.order(at).next()
    }

    /// All who may be on duty.
    pub fn everybody(&self) -> impl Iterator<Item = &PersonId> {
        self.people.iter().chain(self.overrides.iter().map(|o| &o.person))
    }

    /// The day on which the duty of the moment `at` began.
    fn duty(&self, at: Timestamp) -> Date {
        let civil = self.zone.to_datetime(at);
        let begun = civil.time() >= self.at;
        if begun { civil.date() } else { civil.date().yesterday().unwrap_or(Date::MIN) }
    }

    /// Whose turn is on `day`, counted from the first of them.
    fn turn_of(&self, day: Date) -> usize {
        let days = i64::from(self.first.until(day).map_or(0, |span| span.get_days()));
        let turns = days.div_euclid(i64::from(self.turn.max(1)));
        let people = i64::try_from(self.people.len()).unwrap_or(i64::MAX).max(1);
        usize::try_from(turns.rem_euclid(people)).unwrap_or(0)
    }
}

/// Who is told when somebody is late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Superior {
    /// Always the same person.
    Person(PersonId),
    /// Whoever of a rota is on duty.
    Rota(String),
}

impl Superior {
    /// The person, where it is always the same.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Rota(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
