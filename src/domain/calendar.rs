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

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

mod days;
mod piece;

use days::{DAY, among, joined, shortened};
pub use days::{Days, Interval, merged};
pub use piece::next_midnight;
use piece::{Piece, midnight};

/// For how many days in a row a calendar may not be closed.
pub const SEARCH_DAYS: usize = 400;

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

/// Days with hours of their own, which also open a closed day.
pub type Extra = BTreeMap<Date, Vec<Interval>>;

/// From one instant to a later one: a time at which somebody is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// When they go.
    pub from: Timestamp,
    /// When they are back.
    pub until: Timestamp,
}

/// When somebody works, or an organisation answers.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    week: [Vec<Interval>; 7],
    extra: Extra,
    closed: Vec<Days>,
}

impl Calendar {
    /// A calendar with these hours, Monday first, closed on these days.
    pub fn new(
        zone: TimeZone,
        week: [Vec<Interval>; 7],
        closed: Vec<Days>,
    ) -> Result<Self, NoOpenHour> {
        Self::with_extra(zone, week, closed, Extra::new())
    }

    /// The same with days that have hours of their own.
    pub fn with_extra(
        zone: TimeZone,
        week: [Vec<Interval>; 7],
        closed: Vec<Days>,
        extra: Extra,
    ) -> Result<Self, NoOpenHour> {
        let extra = extra.into_iter().map(|(date, hours)| (date, joined(hours))).collect();
        Self { zone, week: week.map(joined), extra, closed: merged(closed) }.opening_again()
    }

    /// A calendar that never closes; its day ends at civil midnight.
    pub fn always(zone: TimeZone) -> Self {
        let day = vec![Interval { start: 0, end: DAY }];
        let week = std::array::from_fn(|_| day.clone());
        Self { zone, week, extra: BTreeMap::new(), closed: Vec::new() }
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
        self.closed = merged(self.closed);
        self.opening_again()
    }

    /// The same hours, later or sooner over where a gap takes the beginning or
    /// the end of a day; and the days of which a gap takes everything, whose
    /// hours stay as they are.
    #[must_use]
    pub fn shortened(mut self, gaps: &[Gap]) -> (Self, Vec<Days>) {
        let mut gone = Vec::new();
        for (date, gaps) in self.by_day(gaps) {
            let hours = self.hours_on(date);
            let left = shortened(hours, &joined(gaps));
            if left.is_empty() {
                gone.push(Days::one(date));
            } else if left != hours {
                self.extra.insert(date, left);
            }
        }
        (self, merged(gone))
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
        if among(&self.closed, date) {
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

    /// What of `gaps` lies over the hours of each day, in its minutes.
    fn by_day(&self, gaps: &[Gap]) -> BTreeMap<Date, Vec<Interval>> {
        let mut by_day: BTreeMap<Date, Vec<Interval>> = BTreeMap::new();
        for gap in apart(gaps.to_vec()) {
            let (from, until) = (self.zone.to_datetime(gap.from), self.zone.to_datetime(gap.until));
            // A night that began the day before is taken from, too.
            let first = from.date().yesterday().unwrap_or(from.date());
            let days = successors(Some(first), |day| day.tomorrow().ok());
            for date in days.take_while(|day| *day <= until.date()) {
                let minute = |civil: DateTime| minutes_after(midnight(date), civil);
                let part = Interval { start: minute(from), end: minute(until) };
                if part.start < part.end && !self.hours_on(date).is_empty() {
                    by_day.entry(date).or_default().push(part);
                }
            }
        }
        by_day
    }

    /// Itself, where no run of closed days is as long as the search. Beyond the
    /// last listed day only the week counts.
    fn opening_again(self) -> Result<Self, NoOpenHour> {
        let shut = |day: &Date| self.hours_on(*day).is_empty();
        // Each run of closed days begins with a listed one, or on a free weekday
        // before it, which is fewer than seven days.
        let listed = self.closed.iter().map(|days| days.first);
        let firsts = listed.chain(self.extra.keys().copied());
        let never = firsts.filter(shut).any(|first| {
            let earlier = successors(Some(first), |day| day.yesterday().ok()).take_while(shut);
            let first = earlier.take(SEARCH_DAYS).last().unwrap_or(first);
            let run = successors(Some(first), |day| day.tomorrow().ok());
            run.take(SEARCH_DAYS).take_while(shut).count() == SEARCH_DAYS
        });
        let week_is_empty = self.week.iter().all(Vec::is_empty);
        if week_is_empty || never { Err(NoOpenHour) } else { Ok(self) }
    }
}

/// The same gaps in order, with those that touch made one.
fn apart(mut gaps: Vec<Gap>) -> Vec<Gap> {
    gaps.sort_unstable_by_key(|gap| gap.from);
    let mut whole: Vec<Gap> = Vec::with_capacity(gaps.len());
    for gap in gaps {
        match whole.last_mut() {
            Some(last) if gap.from <= last.until => last.until = last.until.max(gap.until),
            _ => whole.push(gap),
        }
    }
    whole
}

fn minute_of(civil: DateTime) -> u16 {
    u16::from(civil.hour().unsigned_abs()) * 60 + u16::from(civil.minute().unsigned_abs())
}

/// How many minutes after `midnight` a civil time is, within its day and the next.
fn minutes_after(midnight: DateTime, civil: DateTime) -> u16 {
    let minutes = civil.duration_since(midnight).as_mins().clamp(0, i64::from(2 * DAY));
    u16::try_from(minutes).unwrap_or(0)
}

fn weekday_index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
