//! When somebody goes home: the end of their day, and some time before it.
//!
//! Their own calendar decides. A day on which they are away has no evening.
//! All of it is looked for within [`SEARCH_DAYS`].

use std::iter::successors;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::calendar::{Calendar, SEARCH_DAYS};
use super::roster::Person;

/// For so long after their day somebody above others may still be written to: who
/// leaves at the same minute as the one who owes hears of it the same evening,
/// and not when the contact has waited a night more.
const STILL_THERE: SignedDuration = SignedDuration::from_mins(15);

/// A working day of somebody who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The civil day on which it begins, on their clocks.
    pub date: Date,
    /// When it begins.
    pub opens: Timestamp,
    /// When it ends.
    pub closes: Timestamp,
}

impl Day {
    /// When `lead` of its working time is left; a day that is shorter begins then.
    pub fn evening(&self, person: &Person, lead: SignedDuration) -> Timestamp {
        person.calendar.sub_working(self.closes, lead).max(self.opens)
    }
}

/// The working days of `person`, from the one that `at` lies in, or that comes next.
fn days_from(person: &Person, at: Timestamp) -> impl Iterator<Item = Day> + '_ {
    let first = person.calendar.working_day(at);
    let days = successors(Some(first), |(_, closes)| Some(person.calendar.working_day(*closes)));
    days.take(SEARCH_DAYS).map(|(opens, closes)| Day {
        date: person.calendar.working_date(opens),
        opens,
        closes,
    })
}

/// The day on which `person` is at `at`, if `lead` of it or less is left.
pub fn evening_at(person: &Person, lead: SignedDuration, at: Timestamp) -> Option<Day> {
    let day = days_from(person, at).next().filter(|day| !person.is_away(day.opens))?;
    (day.evening(person, lead) <= at && at < day.closes).then_some(day)
}

/// The first time after `after` at which `lead` of a day is left. Whether they are
/// there is asked when it comes: they may be back sooner than they said.
pub fn next_evening(person: &Person, lead: SignedDuration, after: Timestamp) -> Option<Timestamp> {
    days_from(person, after).map(|day| day.evening(person, lead)).find(|at| *at > after)
}

/// The first end of a day of `person` after `after`, whether they are there or not.
pub fn next_departure(person: &Person, after: Timestamp) -> Option<Timestamp> {
    days_from(person, after).map(|day| day.closes).find(|at| *at > after)
}

/// When `person`, having left at `at`, is there again; never where they are away for
/// as long as is looked ahead.
pub fn back_after(person: &Person, at: Timestamp) -> Option<Timestamp> {
    days_from(person, at).find(|day| !person.is_away(day.opens)).map(|day| day.opens)
}

/// The last time at which `person` went home, by `by`.
pub fn last_departure(person: &Person, by: Timestamp) -> Option<Timestamp> {
    let days = successors(Some(person.calendar.date(by)), |day| day.yesterday().ok());
    let closings = days.take(SEARCH_DAYS).filter_map(|day| person.calendar.closing_on(day));
    let mut past = closings.filter(|closes| *closes <= by);
    past.find(|closes| !person.is_away(just_before(*closes)))
}

/// When somebody above others may be written to: now, where they work or have
/// only just left, else when they are next at work.
pub fn opening_above(calendar: &Calendar, now: Timestamp) -> Timestamp {
    let earlier = now.saturating_sub(STILL_THERE).unwrap_or(now);
    let left = calendar.end_of_day(earlier);
    if left <= now { now } else { calendar.next_open(now) }
}

/// The last moment before `at`: what ends at `at` still holds then.
pub fn just_before(at: Timestamp) -> Timestamp {
    at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::*;

    const HALF: SignedDuration = SignedDuration::from_mins(30);

    fn evenings(
        policy: &mut super::super::policy::Policy,
        from: &str,
        count: usize,
    ) -> Vec<String> {
        let ana = of(policy, "017").clone();
        let first = next_evening(&ana, HALF, at(from));
        let all = successors(first, |evening| next_evening(&ana, HALF, *evening));
        all.take(count).map(shown).collect()
    }

    #[test]
    fn an_evening_is_before_the_end_of_ones_own_day() {
        let mut policy = policy();
        // A Thursday at noon; Friday ends at 15:00.
        assert_eq!(
            evenings(&mut policy, "2026-03-05 12:45", 3),
            ["2026-03-05 17:30", "2026-03-06 14:30", "2026-03-09 17:30"]
        );
        assert_eq!(evenings(&mut policy, "2026-03-05 17:30", 1), ["2026-03-06 14:30"]);
        works(&mut policy, "017", LISBON, "09:00-09:20");
        assert_eq!(evenings(&mut policy, "2026-03-05 08:00", 1), ["2026-03-05 09:00"]);
        works(&mut policy, "017", LISBON, "22:00-06:00");
        assert_eq!(evenings(&mut policy, "2026-03-05 08:00", 1), ["2026-03-06 05:30"]);
    }

    #[test]
    fn it_is_evening_until_one_leaves() {
        let mut policy = policy();
        let ana = of(&mut policy, "017").clone();
        let closes = |time: &str| evening_at(&ana, HALF, at(time)).map(|day| shown(day.closes));
        assert_eq!(closes("2026-03-04 17:29"), None);
        assert_eq!(closes("2026-03-04 17:30").as_deref(), Some("2026-03-04 18:00"));
        assert_eq!(closes("2026-03-04 17:59").as_deref(), Some("2026-03-04 18:00"));
        assert_eq!(closes("2026-03-04 18:00"), None);
        away(&mut policy, "017", "2026-03-04", "2026-03-05");
        let away = of(&mut policy, "017").clone();
        assert_eq!(evening_at(&away, HALF, at("2026-03-04 17:30")), None);
        let back = back_after(&away, at("2026-03-03 18:00")).map(shown);
        assert_eq!(back.as_deref(), Some("2026-03-06 09:00"));
    }

    #[test]
    fn who_was_away_did_not_go_home() {
        let mut policy = policy();
        away(&mut policy, "017", "2026-03-05", "2026-03-05");
        let ana = of(&mut policy, "017").clone();
        let last = |by: &str| last_departure(&ana, at(by)).map(shown).unwrap();
        assert_eq!(last("2026-03-04 18:00"), "2026-03-04 18:00");
        assert_eq!(last("2026-03-04 17:59"), "2026-03-03 18:00");
        assert_eq!(last("2026-03-06 10:00"), "2026-03-04 18:00");
    }

    #[test]
    fn who_leaves_at_the_same_minute_still_hears_of_it() {
        let hours = office();
        for (now, opens) in [
            ("2026-03-04 17:59", "2026-03-04 17:59"),
            ("2026-03-04 18:00", "2026-03-04 18:00"),
            ("2026-03-04 18:14", "2026-03-04 18:14"),
            ("2026-03-04 18:15", "2026-03-05 09:00"),
            // A break in the middle of the day is none of its ends.
            ("2026-03-04 12:35", "2026-03-04 13:30"),
            ("2026-03-04 08:59", "2026-03-04 09:00"),
        ] {
            assert_eq!(shown(opening_above(&hours, at(now))), opens, "{now}");
        }
    }
}
