//! What a calendar is made of: stretches of a day, runs of days, and what an
//! absence takes from them. All of it is civil; zones are the calendar's.

use std::iter::successors;

use jiff::civil::Date;

/// Minutes of a day by the clock on the wall.
pub(super) const DAY: u16 = 24 * 60;

/// A stretch of one day, in minutes after its midnight: `start < end`, and an
/// end beyond 24:00 lies on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// The first minute that is worked.
    pub start: u16,
    /// The first minute that is not.
    pub end: u16,
}

impl Interval {
    /// From `start` to `end`, both in minutes after midnight; an end that is
    /// not after the start lies on the next day. `None` where a time is not on
    /// the clock or the interval is empty.
    pub fn new(start: u16, end: u16) -> Option<Self> {
        if start >= DAY || end > DAY || start == end {
            return None;
        }
        Some(Self { start, end: if end < start { end + DAY } else { end } })
    }
}

/// A run of whole days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl Days {
    /// One day alone.
    pub fn one(date: Date) -> Self {
        Self { first: date, last: date }
    }

    /// Whether `date` is one of them.
    pub fn contains(&self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }

    /// Each of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Date> {
        let next = |day: &Date| day.tomorrow().ok();
        successors(Some(self.first), next).take_while(move |day| *day <= self.last)
    }
}

/// The same days in order, with neighbours and overlaps made one. Runs that end
/// before they start are none.
pub fn merged(mut days: Vec<Days>) -> Vec<Days> {
    days.retain(|run| run.first <= run.last);
    days.sort_unstable();
    let mut whole: Vec<Days> = Vec::with_capacity(days.len());
    for run in days {
        let touches = |last: &Days| last.last.tomorrow().is_ok_and(|next| run.first <= next);
        match whole.last_mut() {
            Some(last) if last.last == Date::MAX || touches(last) => {
                last.last = last.last.max(run.last);
            }
            _ => whole.push(run),
        }
    }
    whole
}

/// Whether `date` is in days that were [`merged`].
pub(super) fn among(days: &[Days], date: Date) -> bool {
    let after = days.partition_point(|run| run.first <= date);
    let before = after.checked_sub(1).and_then(|at| days.get(at));
    before.is_some_and(|run| date <= run.last)
}

/// The same hours in order, with neighbours and overlaps made one.
pub(super) fn joined(mut hours: Vec<Interval>) -> Vec<Interval> {
    hours.sort_unstable();
    let mut whole: Vec<Interval> = Vec::with_capacity(hours.len());
    for interval in hours {
        match whole.last_mut() {
            Some(last) if interval.start <= last.end => last.end = last.end.max(interval.end),
            _ => whole.push(interval),
        }
    }
    whole
}

/// What is left of the `hours` of a day when `gaps` take from its beginning and
/// its end. A gap in the middle takes nothing: who goes to the dentist at eleven
/// is back, and still goes home in the evening. Both are [`joined`].
pub(super) fn shortened(hours: &[Interval], gaps: &[Interval]) -> Vec<Interval> {
    let mut left: Vec<Interval> = hours.to_vec();
    while let Some(first) = left.first_mut() {
        let covers = |gap: &&Interval| gap.start <= first.start && first.start < gap.end;
        let Some(gap) = gaps.iter().find(covers) else { break };
        first.start = gap.end.min(first.end);
        if first.start == first.end {
            left.remove(0);
        }
    }
    while let Some(last) = left.last_mut() {
        let covers = |gap: &&Interval| gap.start < last.end && last.end <= gap.end;
        let Some(gap) = gaps.iter().find(covers) else { break };
        last.end = gap.start.max(last.start);
        if last.start == last.end {
            left.pop();
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{days, hours};
    use super::*;

    #[test]
    fn days_that_touch_are_one_run_and_each_is_found() {
        let runs = vec![
            days("2026-03-09", "2026-03-10"),
            days("2026-03-01", "2026-03-03"),
            days("2026-03-02", "2026-03-02"),
            days("2026-03-04", "2026-03-05"),
            days("2026-03-20", "2026-03-19"),
            days("9999-12-30", "9999-12-31"),
            days("9999-12-31", "9999-12-31"),
        ];
        let whole = merged(runs.clone());
        let expected = [("2026-03-01", "2026-03-05"), ("2026-03-09", "2026-03-10")];
        assert_eq!(whole[..2], expected.map(|(first, last)| days(first, last)));
        assert_eq!(whole.len(), 3);
        for day in 1..=28 {
            let date = jiff::civil::date(2026, 3, day);
            assert_eq!(among(&whole, date), runs.iter().any(|run| run.contains(date)), "{date}");
        }
        assert!(!among(&[], Date::MIN));
    }

    #[test]
    fn a_day_is_shortened_at_its_ends_alone() {
        for (day, gaps, left) in [
            ("09:00-12:30 13:30-18:00", "09:00-18:00", ""),
            ("09:00-12:30 13:30-18:00", "08:00-12:30", "13:30-18:00"),
            ("09:00-12:30 13:30-18:00", "08:00-13:00", "13:30-18:00"),
            ("09:00-12:30 13:30-18:00", "09:00-14:00", "14:00-18:00"),
            ("09:00-12:30 13:30-18:00", "13:00-20:00", "09:00-12:30"),
            ("09:00-12:30 13:30-18:00", "16:00-18:00", "09:00-12:30 13:30-16:00"),
            ("09:00-12:30 13:30-18:00", "10:00-11:00", "09:00-12:30 13:30-18:00"),
            ("09:00-12:30 13:30-18:00", "09:00-12:30 13:30-18:00", ""),
            ("09:00-12:30 13:30-18:00", "09:00-10:00 17:00-19:00", "10:00-12:30 13:30-17:00"),
            ("09:00-12:30 13:30-18:00", "18:00-20:00 08:00-09:00", "09:00-12:30 13:30-18:00"),
            ("22:00-06:00", "20:00-24:00", "00:00-06:00"),
            ("", "09:00-12:00", ""),
        ] {
            let expected = match left {
                // What is left of a night, in minutes of the day it belongs to.
                "00:00-06:00" => vec![Interval { start: DAY, end: DAY + 360 }],
                left => hours(left),
            };
            let gaps = joined(hours(gaps));
            assert_eq!(shortened(&hours(day), &gaps), expected, "{day} without {gaps:?}");
        }
    }
}
