//! The instant, or the day, that somebody means by what they name.
//!
//! What is named ends with its last hour on the writer's calendar: a day with
//! its closing, a week with the closing of its last working day, a day that is
//! not worked with its midnight. Where two readings are left, the later one
//! holds, as long as anybody would promise that far ahead. Nothing is resolved
//! to the past.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use super::{Day, Lead, Named, Order, Portion, Time, Unit, Week};
use crate::domain::calendar::{Allowance, Calendar};

/// How far ahead both readings of 3/12 are believed, in days.
const SOON: i32 = 45;
/// How far ahead a date without its year is believed, in days.
const FAR: i32 = 300;
/// How many days are looked through for one that is worked.
const SEARCH: usize = 31;

/// The days that are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) struct Run {
    /// The first of them.
    pub first: Date,
    /// The last of them.
    pub last: Date,
}

/// When what is named at `at` is over, on the hours of `calendar`; `None` where
/// that is past or cannot be told.
pub(in crate::judge) fn end(
    named: &Named,
    order: Order,
    at: Timestamp,
    calendar: &Calendar,
) -> Option<Timestamp> {
    let hours = Hours { at, calendar };
    let end = match (named.day, named.time) {
        (_, Some(Time::After(length))) => at.checked_add(length).ok(),
        (None, Some(time)) => hours.next(time),
        (Some(day), None) if named.lead == Lead::Before => {
            hours.before(days(day, order, calendar.date(at))?)
        }
        (Some(day), time) => hours.end_of(day, time, order),
        (None, None) => None,
    };
    end.filter(|end| *end > at)
}

/// The days that `named` means, seen from `today`.
pub(in crate::judge) fn run(named: &Named, order: Order, today: Date) -> Option<Run> {
    days(named.day?, order, today)
}

/// Somebody's hours, seen from an instant.
struct Hours<'a> {
    at: Timestamp,
    calendar: &'a Calendar,
}

impl Hours<'_> {
    fn today(&self) -> Date {
        self.calendar.date(self.at)
    }

    /// A time of day without its day: today, or the next day that it comes.
    fn next(&self, time: Time) -> Option<Timestamp> {
        if time == Time::Close {
            return Some(self.calendar.end_of_day(self.at));
        }
        let today = self.today();
        let days = std::iter::successors(Some(today), |day| day.tomorrow().ok()).take(3);
        days.filter_map(|day| self.instant(day, Some(time))).find(|end| *end > self.at)
    }

    fn end_of(&self, day: Day, time: Option<Time>, order: Order) -> Option<Timestamp> {
        let today = self.today();
        let from = |today: Date| {
            let run = days(day, order, today)?;
            self.instant(self.worked(day, run), time)
        };
        let end = from(today)?;
        if end > self.at {
            return Some(end);
        }
        match day {
            // "end of the week" on Friday night, "the 14th" on its evening.
            Day::Week(0, _) => from(after(today, 1.week())?),
            Day::Date { year: None, .. } => from(today.tomorrow().ok()?),
            // "today" after hours.
            _ if time.is_none() => self.midnight(days(day, order, today)?.last.tomorrow().ok()?),
            _ => None,
        }
    }

    /// The last day of a run, moved to one that is worked where it was not
    /// named itself.
    fn worked(&self, day: Day, run: Run) -> Date {
        match day {
            Day::Week(_, Portion::End)
            | Day::Months(_, Portion::End)
            | Day::InMonth(_, Portion::End) => self.last_worked(run),
            Day::Count(days, Unit::WorkingDays) => {
                let days = u16::try_from(days).unwrap_or(0);
                self.calendar.date(self.calendar.add(self.at, Allowance::WorkingDays(days)))
            }
            Day::Count(..) | Day::Week(..) | Day::Months(..) | Day::InMonth(..) => {
                let later = std::iter::successors(Some(run.last), |day| day.tomorrow().ok());
                let worked = later.take(SEARCH).find(|day| self.calendar.works_on(*day));
                worked.unwrap_or(run.last)
            }
            _ => run.last,
        }
    }

    fn last_worked(&self, run: Run) -> Date {
        let earlier = std::iter::successors(Some(run.last), |day| day.yesterday().ok());
        let inside = earlier.take(SEARCH).take_while(|day| *day >= run.first);
        let mut worked = inside.filter(|day| self.calendar.works_on(*day));
        worked.next().unwrap_or(run.last)
    }

    /// The last closing before a run, or else the midnight with which it begins.
    fn before(&self, run: Run) -> Option<Timestamp> {
        let eve = run.first.yesterday().ok()?;
        let day = self.last_worked(Run { first: self.today(), last: eve });
        let closing = self.calendar.closing_on(day).filter(|closing| *closing > self.at);
        closing.or_else(|| self.midnight(run.first))
    }

    fn instant(&self, day: Date, time: Option<Time>) -> Option<Timestamp> {
        let closing = self.calendar.closing_on(day);
        match time {
            Some(Time::Clock(hour, minute)) => self.clock(day, hour, minute),
            Some(Time::Noon) => self.midday(day),
            Some(Time::Night) => self.midnight(day.tomorrow().ok()?),
            Some(Time::Close) => {
                let noon = self.clock(day, 12, 0)?;
                closing.filter(|closing| *closing > noon).or_else(|| self.clock(day, 18, 0))
            }
            Some(Time::After(_)) => None,
            None => closing.or_else(|| self.midnight(day.tomorrow().ok()?)),
        }
    }

    /// When the break in the middle of a working day begins; noon where it has
    /// none.
    fn midday(&self, day: Date) -> Option<Timestamp> {
        let open = |minute: i8| {
            let at = self.clock(day, 11 + minute / 60, minute % 60)?;
            Some((at, self.calendar.contains(at)))
        };
        let (mut was_open, noon) = (false, self.clock(day, 12, 0)?);
        for minute in (0..=120).step_by(5) {
            let (at, is_open) = open(minute)?;
            if was_open && !is_open && self.calendar.closing_on(day)? > at {
                return Some(at);
            }
            was_open = is_open;
        }
        Some(noon)
    }

    fn midnight(&self, day: Date) -> Option<Timestamp> {
        self.clock(day, 0, 0)
    }

    fn clock(&self, day: Date, hour: i8, minute: i8) -> Option<Timestamp> {
        instant(self.calendar.zone(), day, hour, minute)
    }
}

fn instant(zone: &TimeZone, day: Date, hour: i8, minute: i8) -> Option<Timestamp> {
    let civil = day.at(hour, minute, 0, 0);
    Some(zone.to_ambiguous_zoned(civil).compatible().ok()?.timestamp())
}

fn days(day: Day, order: Order, today: Date) -> Option<Run> {
    let only = |day: Date| Run { first: day, last: day };
    match day {
        Day::Offset(days) => after(today, days.days()).map(only),
        Day::Weekday(day, week) => weekday(day, week, today).map(only),
        Day::Date { day, month, year } => date(day, month, year, today).map(only),
        Day::Slashed { first, second, year } => {
            slashed((first, second), year, order, today).map(only)
        }
        Day::Week(weeks, portion) => week(weeks, portion, today),
        Day::Months(months, portion) => {
            month(after(today.first_of_month(), months.months())?, portion)
        }
        Day::InMonth(named, portion) => {
            let month_of = |year: i16| Date::new(year, named, 1).ok();
            let this = month_of(today.year())?;
            let past = this.last_of_month() < today;
            month(if past { month_of(today.year() + 1)? } else { this }, portion)
        }
        Day::Weekend(weeks) => {
            let first = after(monday(today)?, (7 * weeks + 5).days())?;
            Some(Run { first, last: after(first, 1.day())? })
        }
        Day::Count(count, unit) => after(today, counted(count, unit)).map(only),
    }
}

fn after(day: Date, span: Span) -> Option<Date> {
    day.checked_add(span).ok()
}

fn counted(count: i32, unit: Unit) -> Span {
    match unit {
        Unit::Days | Unit::WorkingDays => count.days(),
        Unit::Weeks => count.weeks(),
        Unit::Months => count.months(),
    }
}

fn monday(today: Date) -> Option<Date> {
    after(today, (-i32::from(today.weekday().to_monday_zero_offset())).days())
}

fn weekday(day: i8, week: Week, today: Date) -> Option<Date> {
    let Week::From(weeks) = week else {
        let ahead = (day - today.weekday().to_monday_zero_offset()).rem_euclid(7);
        return after(today, i32::from(if ahead == 0 { 7 } else { ahead }).days());
    };
    let found = after(monday(today)?, (7 * weeks + i32::from(day)).days())?;
    // "this Monday" on a Thursday is the coming one.
    if found < today { after(found, 1.week()) } else { Some(found) }
}

fn week(weeks: i32, portion: Portion, today: Date) -> Option<Run> {
    let first = after(monday(today)?, weeks.weeks())?;
    let days = match portion {
        Portion::Start => 1,
        Portion::Middle => 2,
        Portion::End => 6,
    };
    Some(Run { first, last: after(first, days.days())? })
}

fn month(first: Date, portion: Portion) -> Option<Run> {
    let last = match portion {
        Portion::Start => after(first, 9.days())?,
        Portion::Middle => after(first, 14.days())?,
        Portion::End => first.last_of_month(),
    };
    Some(Run { first, last })
}

fn date(day: i8, month: Option<i8>, year: Option<i16>, today: Date) -> Option<Date> {
    let Some(month) = month else {
        let first = today.first_of_month();
        let months = (0..4).filter_map(|ahead: i32| after(first, ahead.months()));
        let mut dates = months.filter_map(|month| month.with().day(day).build().ok());
        return dates.find(|date| *date >= today);
    };
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let years = (0..2).filter_map(|ahead| Date::new(today.year() + ahead, month, day).ok());
    let mut dates = years.filter(|date| (0..FAR).contains(&ahead(today, *date)));
    dates.next()
}

/// Both readings of 3/12 where the language leaves both: the later one that is
/// near enough to be promised, else the nearer one.
fn slashed(
    (first, second): (i8, i8),
    year: Option<i16>,
    order: Order,
    today: Date,
) -> Option<Date> {
    let day_first = date(first, Some(second), year, today).filter(|date| *date >= today);
    if order == Order::DayFirst && day_first.is_some() {
        return day_first;
    }
    let month_first = date(second, Some(first), year, today).filter(|date| *date >= today);
    let both = [day_first, month_first];
    let soon = both.iter().flatten().filter(|date| ahead(today, **date) < SOON).max();
    soon.or_else(|| both.iter().flatten().min()).copied()
}

fn ahead(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}
