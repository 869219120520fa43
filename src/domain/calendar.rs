//! Working time: weekly intervals in a time zone, holidays and absences.
//!
//! Intervals are civil times in the calendar's zone. An instant is worked when
//! its civil time lies in an interval of a day that is not closed; so an hour
//! the clocks skip is not worked, and one they repeat is worked twice. An
//! interval that runs past midnight belongs to the day on which it starts.
//!
//! Every search is bounded by [`SEARCH_DAYS`]; [`Calendar::new`] refuses a
//! calendar on which a search could fail, so no caller has to ask.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

/// How many days a search for working time may look through.
pub const SEARCH_DAYS: i32 = 400;

const DAY: u16 = 24 * 60;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl Days {
    /// Whether `date` is one of them.
    pub fn contains(&self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }
}

/// An amount of time that a target, a reminder or a repeat may be given by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// Working time on a calendar: `"4h"`.
    Working(SignedDuration),
    /// The same time of day that many working days later: `"2d"`.
    WorkingDays(u16),
    /// Time on the wall: `"4h elapsed"`.
    Elapsed(SignedDuration),
}

/// There is no working time in [`SEARCH_DAYS`] days in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no open hour in {SEARCH_DAYS} days")]
pub struct NoOpenHour;

/// When somebody works, or an organisation answers.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    week: [Vec<Interval>; 7],
    extra: BTreeMap<Date, Vec<Interval>>,
    closed: Vec<Days>,
}

impl Calendar {
    /// A calendar with these hours, Monday first, closed on these days.
    pub fn new(
        zone: TimeZone,
        week: [Vec<Interval>; 7],
        closed: Vec<Days>,
    ) -> Result<Self, NoOpenHour> {
        let calendar = Self { zone, week: week.map(joined), extra: BTreeMap::new(), closed };
        if calendar.always_opens_again() { Ok(calendar) } else { Err(NoOpenHour) }
    }

    /// A calendar that never closes; its day ends at civil midnight.
    pub fn always(zone: TimeZone) -> Self {
        let day = vec![Interval { start: 0, end: DAY }];
        let week = std::array::from_fn(|_| day.clone());
        Self { zone, week, extra: BTreeMap::new(), closed: Vec::new() }
    }

    /// The same hours with extra working days, which also open a closed day.
    #[must_use]
    pub fn with_extra(mut self, extra: BTreeMap<Date, Vec<Interval>>) -> Self {
        self.extra = extra.into_iter().map(|(date, hours)| (date, joined(hours))).collect();
        self
    }

    /// The same hours on the clocks of another zone.
    #[must_use]
    pub fn in_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// The same hours without these days as well.
    pub fn without(mut self, days: &[Days]) -> Result<Self, NoOpenHour> {
        self.closed.extend_from_slice(days);
        if self.always_opens_again() { Ok(self) } else { Err(NoOpenHour) }
    }

    /// The zone whose clocks the hours are on.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The civil day that `at` falls on here.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// Whether `at` is worked.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.stretches_from(at).next().is_some_and(|(start, _)| start <= at)
    }

    /// `at` if it is worked, else the next instant that is.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        self.stretches_from(at).next().map_or(at, |(start, _)| start.max(at))
    }

    /// `amount` later on this calendar.
    pub fn add(&self, at: Timestamp, amount: Allowance) -> Timestamp {
        match amount {
            Allowance::Working(duration) => self.add_working(at, duration),
            Allowance::WorkingDays(days) => self.add_working_days(at, days),
            Allowance::Elapsed(duration) => at.saturating_add(duration).unwrap_or(at),
        }
    }

    /// The instant at which `duration` has been worked since `at`. What ends
    /// exactly at closing ends at closing, not at the next opening.
    pub fn add_working(&self, at: Timestamp, duration: SignedDuration) -> Timestamp {
        let mut left = duration;
        let mut reached = at;
        for (start, end) in self.stretches_from(at) {
            let from = start.max(at);
            let length = end.duration_since(from);
            if left <= length {
                return from.saturating_add(left).unwrap_or(from);
            }
            left -= length;
            reached = end;
        }
        // A duration longer than all working time in the search is due at its end.
        reached
    }

    /// The instant from which `duration` is worked until `at`.
    pub fn sub_working(&self, at: Timestamp, duration: SignedDuration) -> Timestamp {
        let mut left = duration;
        let mut reached = at;
        for (start, end) in self.stretches_before(at) {
            let until = end.min(at);
            let length = until.duration_since(start);
            if left <= length {
                return until.saturating_sub(left).unwrap_or(until);
            }
            left -= length;
            reached = start;
        }
        reached
    }

    /// How much of the time from `start` to `end` is worked.
    pub fn working_between(&self, start: Timestamp, end: Timestamp) -> SignedDuration {
        self.stretches_from(start)
            .take_while(|(opens, _)| *opens < end)
            .map(|(opens, closes)| closes.min(end).duration_since(opens.max(start)))
            .fold(SignedDuration::ZERO, |sum, part| sum + part)
    }

    /// When the working day that `at` lies in, or that comes next, ends: the
    /// end of the last interval that starts on that civil day.
    pub fn end_of_day(&self, at: Timestamp) -> Timestamp {
        let opens = self.next_open(at);
        let today = self.date(opens);
        // An instant after midnight may still belong to yesterday's night shift.
        [today.yesterday().ok(), Some(today)]
            .into_iter()
            .flatten()
            .filter_map(|date| self.closing_on(date))
            .find(|end| *end > opens)
            .unwrap_or(opens)
    }

    /// When the hours that start on the civil day `date` end, if any do.
    pub fn closing_on(&self, date: Date) -> Option<Timestamp> {
        self.stretches_on(date).last().map(|(_, end)| end)
    }

    /// Whether anything is worked on the civil day `date`.
    pub fn works_on(&self, date: Date) -> bool {
        !self.hours_on(date).is_empty()
    }

    fn add_working_days(&self, at: Timestamp, days: u16) -> Timestamp {
        let start = self.zone.to_datetime(self.next_open(at));
        let mut date = start.date();
        let mut left = days;
        for _ in 0..SEARCH_DAYS.max(i32::from(days) * 7) {
            if left == 0 {
                break;
            }
            date = date.tomorrow().unwrap_or(date);
            left -= u16::from(self.works_on(date));
        }
        let same_time = self.zone.to_ambiguous_zoned(date.to_datetime(start.time())).compatible();
        let target = same_time.map_or(at, |zoned| zoned.timestamp());
        // A day that closes earlier than the time of day is due at its closing.
        if self.contains(target) { target } else { self.latest_worked(date, target) }
    }

    fn latest_worked(&self, date: Date, before: Timestamp) -> Timestamp {
        let ends = self.stretches_on(date).map(|(_, end)| end);
        ends.take_while(|end| *end <= before).last().unwrap_or_else(|| self.next_open(before))
    }

    fn hours_on(&self, date: Date) -> &[Interval] {
        if let Some(hours) = self.extra.get(&date) {
            return hours;
        }
        if self.closed.iter().any(|days| days.contains(date)) {
            return &[];
        }
        self.week.get(weekday_index(date.weekday())).map_or(&[], Vec::as_slice)
    }

    /// The worked stretches that end after `at`, earliest first.
    fn stretches_from(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let first = self.date(at).yesterday().unwrap_or(Date::MIN);
        first
            .series(1.day())
            .take(SEARCH_DAYS as usize)
            .flat_map(|date| self.stretches_on(date))
            .filter(move |(_, end)| *end > at)
    }

    /// The worked stretches that start before `at`, latest first.
    fn stretches_before(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let last = self.date(at);
        last.series(Span::new().days(-1))
            .take(SEARCH_DAYS as usize)
            .flat_map(|date| self.stretches_on(date).collect::<Vec<_>>().into_iter().rev())
            .filter(move |(start, _)| *start < at)
    }

    fn stretches_on(&self, date: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let midnight = date.to_datetime(Time::midnight());
        self.hours_on(date).iter().flat_map(move |interval| {
            let civil = |minutes: u16| {
                midnight.checked_add(Span::new().minutes(minutes)).unwrap_or(midnight)
            };
            instants(&self.zone, civil(interval.start), civil(interval.end))
        })
    }

    /// Whether no run of closed days is as long as the search. Beyond the last
    /// listed closure only the week counts.
    fn always_opens_again(&self) -> bool {
        if self.week.iter().all(Vec::is_empty) {
            return false;
        }
        self.closed.iter().all(|days| {
            let next = days.last.tomorrow().unwrap_or(days.last);
            days.first.series(1.day()).take_while(|date| *date < next).count()
                + next
                    .series(1.day())
                    .take(SEARCH_DAYS as usize)
                    .take_while(|d| !self.works_on(*d))
                    .count()
                < SEARCH_DAYS as usize
        })
    }
}

fn weekday_index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

/// The same hours in order, with neighbours and overlaps made one.
fn joined(mut hours: Vec<Interval>) -> Vec<Interval> {
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

/// The instants whose civil time in `zone` lies in `start..end`: one stretch,
/// or several where the clocks are changed in between.
fn instants(zone: &TimeZone, start: DateTime, end: DateTime) -> Vec<(Timestamp, Timestamp)> {
    let (Ok(earliest), Ok(latest)) = (as_if_utc(start, -26), as_if_utc(end, 26)) else {
        return Vec::new();
    };
    let mut stretches: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(1);
    let mut since = earliest;
    let changes = zone.following(earliest).map(|t| t.timestamp()).take_while(|t| *t < latest);
    for until in changes.chain([latest]) {
        let offset = zone.to_offset(since);
        let (Ok(from), Ok(to)) = (offset.to_timestamp(start), offset.to_timestamp(end)) else {
            continue;
        };
        let (from, to) = (from.max(since), to.min(until));
        match stretches.last_mut() {
            _ if from >= to => {}
            Some(last) if last.1 == from => last.1 = to,
            _ => stretches.push((from, to)),
        }
        since = until;
    }
    stretches
}

fn as_if_utc(civil: DateTime, hours: i64) -> Result<Timestamp, jiff::Error> {
    let utc = jiff::tz::Offset::UTC.to_timestamp(civil)?;
    utc.checked_add(SignedDuration::from_hours(hours))
}
