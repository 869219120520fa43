//! Working time: weekly intervals in a time zone, holidays and absences.
//!
//! Intervals are civil times in the calendar's zone. An instant is worked when
//! its civil time lies in an interval of a day that is not closed; so an hour
//! the clocks skip is not worked, and one they repeat is worked twice. An
//! interval that runs past midnight belongs to the day on which it starts.
//!
//! [`Calendar::new`] refuses a calendar that stays closed for [`SEARCH_DAYS`],
//! so a search finds the next hour within them and no caller has to ask.

use std::collections::BTreeMap;
use std::iter::successors;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// For how many days in a row a calendar may not be closed.
pub const SEARCH_DAYS: usize = 400;

const DAY: u16 = 24 * 60;
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

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

    /// Each of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Date> {
        let next = |day: &Date| day.tomorrow().ok();
        successors(Some(self.first), next).take_while(move |day| *day <= self.last)
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
        let civil = self.zone.to_datetime(at);
        let minute = minute_of(civil);
        self.worked_on(civil.date()).any(|hours| hours.start <= minute && minute < hours.end)
    }

    /// `at` if it is worked, else the next instant that is.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        self.stretches_from(at).next().map_or(at, |(start, _)| start)
    }

    /// `amount` later on this calendar.
    pub fn add(&self, at: Timestamp, amount: Allowance) -> Timestamp {
        match amount {
            Allowance::Working(duration) => self.add_working(at, duration),
            Allowance::WorkingDays(days) => self.add_working_days(at, days),
            Allowance::Elapsed(duration) => at.saturating_add(duration).unwrap_or(at),
        }
    }

    /// `amount` earlier on this calendar.
    pub fn sub(&self, at: Timestamp, amount: Allowance) -> Timestamp {
        match amount {
            Allowance::Working(duration) => self.sub_working(at, duration),
            Allowance::WorkingDays(days) => self.sub_working_days(at, days),
            Allowance::Elapsed(duration) => at.saturating_sub(duration).unwrap_or(at),
        }
    }

    /// The first instant at which `duration` has been worked since `at`. What
    /// ends exactly at closing ends at closing, not at the next opening.
    pub fn add_working(&self, at: Timestamp, duration: SignedDuration) -> Timestamp {
        if duration <= SignedDuration::ZERO {
            return at;
        }
        let mut left = duration;
        let mut reached = at;
        for (start, end) in self.stretches_from(at) {
            let length = end.duration_since(start);
            if left <= length {
                return start.saturating_add(left).unwrap_or(end);
            }
            left -= length;
            reached = end;
        }
        // Only the end of time itself comes sooner.
        reached
    }

    /// The last instant from which `duration` is worked until `at`.
    pub fn sub_working(&self, at: Timestamp, duration: SignedDuration) -> Timestamp {
        if duration <= SignedDuration::ZERO {
            return at;
        }
        let mut left = duration;
        let mut reached = at;
        for (start, end) in self.stretches_before(at) {
            let length = end.duration_since(start);
            if left <= length {
                return end.saturating_sub(left).unwrap_or(start);
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
            .map(|(opens, closes)| closes.min(end).duration_since(opens))
            .fold(SignedDuration::ZERO, |sum, part| sum + part)
    }

    /// The working day that `at` lies in, or that comes next: its opening and
    /// its closing.
    pub fn working_day(&self, at: Timestamp) -> (Timestamp, Timestamp) {
        let opens = self.next_open(at);
        let day = self.day_on(self.working_date(opens));
        day.filter(|(_, closing)| *closing > opens).unwrap_or((opens, opens))
    }

    /// When the working day that `at` lies in, or that comes next, ends.
    pub fn end_of_day(&self, at: Timestamp) -> Timestamp {
        self.working_day(at).1
    }

    /// The civil day whose hours `at` belongs to: yesterday's while its night
    /// shift lasts.
    pub fn working_date(&self, at: Timestamp) -> Date {
        let civil = self.zone.to_datetime(at);
        let today = civil.date();
        let minute = minute_of(civil);
        let still = |day: &Date| self.shift(*day).any(|hours| minute + DAY < hours.end);
        today.yesterday().ok().filter(still).unwrap_or(today)
    }

    /// When the hours that start on the civil day `date` end, if any do.
    pub fn closing_on(&self, date: Date) -> Option<Timestamp> {
        self.day_on(date).map(|(_, closing)| closing)
    }

    /// Whether hours start on the civil day `date`.
    pub fn works_on(&self, date: Date) -> bool {
        self.day_on(date).is_some()
    }

    fn add_working_days(&self, at: Timestamp, days: u16) -> Timestamp {
        let opens = self.next_open(at);
        let Some(others) = usize::from(days).checked_sub(1) else { return opens };
        let today = self.working_date(opens);
        let later = successors(today.tomorrow().ok(), |day| day.tomorrow().ok());
        let target = later.filter(|day| self.works_on(*day)).nth(others);
        target.map_or(Timestamp::MAX, |day| self.same_time(opens, today, day))
    }

    fn sub_working_days(&self, at: Timestamp, days: u16) -> Timestamp {
        let Some(others) = usize::from(days).checked_sub(1) else { return at };
        // What is due at closing belongs to the day that closes.
        let just_before = at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at);
        let today = self.working_date(just_before);
        let earlier = successors(today.yesterday().ok(), |day| day.yesterday().ok());
        let target = earlier.filter(|day| self.works_on(*day)).nth(others);
        target.map_or(Timestamp::MIN, |day| self.same_time(at, today, day))
    }

    /// The time of day that `at` has in the working day `from`, in the working
    /// day `to`: where that is not worked, the closing before it, or else the
    /// opening after it.
    fn same_time(&self, at: Timestamp, from: Date, to: Date) -> Timestamp {
        let since_midnight = self.zone.to_datetime(at).duration_since(midnight(from));
        let civil = midnight(to).checked_add(since_midnight).unwrap_or(DateTime::MAX);
        let zoned = self.zone.to_ambiguous_zoned(civil).compatible();
        let target = zoned.map_or(at, |zoned| zoned.timestamp());
        let stretches = self.stretches_on(to);
        let worked = stretches.iter().rfind(|(start, _)| *start <= target);
        match (worked, stretches.first()) {
            (Some((_, end)), _) => target.min(*end),
            (None, Some((start, _))) => *start,
            (None, None) => target,
        }
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

    /// What is worked of the civil day `date`, in order: the rest of yesterday's
    /// hours, then its own as far as midnight.
    fn worked_on(&self, date: Date) -> impl DoubleEndedIterator<Item = Interval> + '_ {
        let yesterday = date.yesterday().map_or(&[][..], |day| self.hours_on(day));
        let rest = yesterday.last().map_or(0, |hours| hours.end.saturating_sub(DAY));
        let own = self.hours_on(date).iter();
        let own = own.map(move |i| Interval { start: i.start.max(rest), end: i.end.min(DAY) });
        [Interval { start: 0, end: rest }].into_iter().chain(own).filter(|i| i.start < i.end)
    }

    /// The hours of the working day `date`: those that start on it, where a
    /// night that is written as two (until 24:00, from 00:00) is one shift of
    /// the day on which it starts.
    fn shift(&self, date: Date) -> impl Iterator<Item = Interval> + '_ {
        let continued = usize::from(self.continuation(date).is_some());
        let next = date.tomorrow().ok().and_then(|day| self.continuation(day)).unwrap_or(0);
        self.hours_on(date).iter().skip(continued).map(move |hours| Interval {
            start: hours.start,
            end: if hours.end == DAY { DAY + next } else { hours.end },
        })
    }

    /// Until when the first hours of `date` only continue a shift of yesterday.
    /// A whole day continues nothing: where nobody ever leaves, midnight ends
    /// the day.
    fn continuation(&self, date: Date) -> Option<u16> {
        let first = self.hours_on(date).first().filter(|i| i.start == 0 && i.end < DAY)?;
        let last = self.hours_on(date.yesterday().ok()?).last()?;
        (last.end == DAY && last.start > 0).then_some(first.end)
    }

    /// When the working day `date` opens and closes.
    fn day_on(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let stretches = self.stretches_on(date);
        Some((stretches.first()?.0, stretches.last()?.1))
    }

    /// The worked stretches of the working day `date`, in order.
    fn stretches_on(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        let noon = Offset::UTC.to_timestamp(date.at(12, 0, 0, 0)).unwrap_or(Timestamp::MAX);
        // No civil day is further from UTC than that, and no shift is longer.
        let reach = SignedDuration::from_hours(64);
        let earliest = noon.saturating_sub(reach).unwrap_or(Timestamp::MIN);
        let latest = noon.saturating_add(reach).unwrap_or(Timestamp::MAX);
        self.pieces_from(earliest)
            .take_while(|piece| piece.since < latest)
            .flat_map(|piece| self.shift(date).filter_map(move |hours| piece.clip(date, hours)))
            .collect()
    }

    /// What is worked after `at`, earliest first, in stretches that do not
    /// overlap; the first may have begun earlier and is cut off at `at`.
    fn stretches_from(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        self.pieces_from(at).flat_map(move |piece| {
            let days = successors(Some(piece.first_date()), |day| day.tomorrow().ok());
            let last = piece.last_date();
            days.take_while(move |day| *day <= last).flat_map(move |day| {
                self.worked_on(day).filter_map(move |hours| piece.clip(day, hours))
            })
        })
    }

    /// What is worked before `at`, latest first.
    fn stretches_before(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        self.pieces_before(at).flat_map(move |piece| {
            let days = successors(Some(piece.last_date()), |day| day.yesterday().ok());
            let first = piece.first_date();
            days.take_while(move |day| *day >= first).flat_map(move |day| {
                self.worked_on(day).rev().filter_map(move |hours| piece.clip(day, hours))
            })
        })
    }

    fn pieces_from(&self, at: Timestamp) -> impl Iterator<Item = Piece> + '_ {
        let changes = self.zone.following(at).map(|change| change.timestamp());
        changes.chain([Timestamp::MAX]).scan(at, |since, until| {
            let offset = self.zone.to_offset(*since);
            Some(Piece { since: std::mem::replace(since, until), until, offset })
        })
    }

    fn pieces_before(&self, at: Timestamp) -> impl Iterator<Item = Piece> + '_ {
        let changes = self.zone.preceding(at).map(|change| change.timestamp());
        changes.chain([Timestamp::MIN]).scan(at, |until, since| {
            let offset = self.zone.to_offset(since);
            Some(Piece { since, until: std::mem::replace(until, since), offset })
        })
    }

    /// Whether no run of closed days is as long as the search. Beyond the last
    /// listed closure only the week counts.
    fn always_opens_again(&self) -> bool {
        if self.week.iter().all(Vec::is_empty) {
            return false;
        }
        self.closed.iter().all(|days| {
            let run = successors(Some(days.first), |day| day.tomorrow().ok());
            let closed = |day: &Date| *day <= days.last || self.hours_on(*day).is_empty();
            run.take(SEARCH_DAYS).take_while(closed).count() < SEARCH_DAYS
        })
    }
}

/// The first midnight in `zone` after `at`.
pub fn next_midnight(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let tomorrow = zone.to_datetime(at).date().tomorrow().unwrap_or(Date::MAX);
    let midnight = zone.to_ambiguous_zoned(midnight(tomorrow)).later();
    let midnight = midnight.map(|zoned| zoned.timestamp()).ok().filter(|next| *next > at);
    midnight.unwrap_or_else(|| at.saturating_add(A_DAY).unwrap_or(Timestamp::MAX))
}

/// A part of the time line between two changes of the clocks: in it, civil time
/// runs evenly.
#[derive(Debug, Clone, Copy)]
struct Piece {
    since: Timestamp,
    until: Timestamp,
    offset: Offset,
}

impl Piece {
    fn first_date(&self) -> Date {
        self.offset.to_datetime(self.since).date()
    }

    fn last_date(&self) -> Date {
        self.offset.to_datetime(self.until).date()
    }

    /// When `hours` of the civil day `date` are in this piece.
    fn clip(&self, date: Date, hours: Interval) -> Option<(Timestamp, Timestamp)> {
        let midnight = self.offset.to_timestamp(midnight(date)).ok()?;
        let at = |minutes: u16| {
            midnight.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(midnight)
        };
        let (start, end) = (at(hours.start).max(self.since), at(hours.end).min(self.until));
        (start < end).then_some((start, end))
    }
}

fn midnight(date: Date) -> DateTime {
    date.to_datetime(Time::midnight())
}

fn minute_of(civil: DateTime) -> u16 {
    u16::from(civil.hour().unsigned_abs()) * 60 + u16::from(civil.minute().unsigned_abs())
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

#[cfg(test)]
mod tests;
