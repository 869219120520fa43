//! Times and days as somebody writes them in an order: `fri 15:00`, `in 2h`.
//!
//! Only what can mean one thing is taken: `2/12` is the second of December to one
//! reader and the twelfth of February to another. Where a day alone is named, the
//! end of its working day is meant. A weekday is the next one to come; today's
//! counts as long as it lies ahead.

use jiff::civil::{Date, Time, Weekday, time};
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::domain::calendar::Calendar;

/// How many words a time has at the most.
const MOST_WORDS: usize = 8;

/// How far ahead somebody may promise something.
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 400);

/// Words that say nothing of the time.
const FILLERS: &[&str] = &["by", "on", "at", "before", "until", "till", "the", "of", "this"];

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Units of `in 2h`, in minutes; days and weeks are counted on the calendar.
const UNITS: &[(&str, Unit)] = &[
    ("m", Unit::Minutes(1)),
    ("min", Unit::Minutes(1)),
    ("minute", Unit::Minutes(1)),
    ("h", Unit::Minutes(60)),
    ("hour", Unit::Minutes(60)),
    ("d", Unit::Days(1)),
    ("day", Unit::Days(1)),
    ("w", Unit::Days(7)),
    ("week", Unit::Days(7)),
];

#[derive(Debug, Clone, Copy)]
enum Unit {
    Minutes(i64),
    Days(i64),
}

/// Why a text names no moment that somebody can promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.why())]
pub enum Untimely {
    /// It cannot be read, or can mean two things.
    Unclear,
    /// A time of day that no clock shows.
    NoClock,
    /// It has passed.
    Past,
    /// It is farther ahead than anybody promises.
    TooFar,
}

impl Untimely {
    /// The reason, in words.
    pub fn why(self) -> &'static str {
        match self {
            Self::Unclear => "the time in it could not be read, or has passed",
            Self::NoClock => "the time of day in it is none that a clock shows",
            Self::Past => "the time in it has passed",
            Self::TooFar => "the time in it is more than 400 days ahead",
        }
    }
}

/// The moment that `text` names on `calendar`, seen from `now`, if it names one
/// that is still to come.
pub fn moment(text: &str, calendar: &Calendar, now: Timestamp) -> Result<Timestamp, Untimely> {
    let words = words(text).ok_or(Untimely::Unclear)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let farthest = now.saturating_add(FARTHEST).map_err(|_| Untimely::TooFar)?;
    let at = match words.as_slice() {
        ["in", rest @ ..] => ahead(rest, calendar, now),
        words => named(words, calendar, now),
    };
    match at {
        Some(at) if at <= now => Err(Untimely::Past),
        Some(at) if at > farthest => Err(Untimely::TooFar),
        Some(at) => Ok(at),
        None if words.iter().any(|word| is_no_clock(word)) => Err(Untimely::NoClock),
        None => Err(Untimely::Unclear),
    }
}

/// The day that `text` names, seen from `today`: that day or one to come.
pub fn day(text: &str, today: Date) -> Option<Date> {
    let words = words(text)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    leading_day(&words, today).filter(|(_, rest)| rest.is_empty()).map(|(day, _)| day)
}

/// The words of a time, in lower case, without those that say nothing.
fn words(text: &str) -> Option<Vec<String>> {
    let lower = text.to_lowercase();
    let parts = lower.split(|c: char| c.is_whitespace() || c == ',');
    let parts = parts.map(|word| word.trim_end_matches(['.', '!', ';'])).filter(|w| !w.is_empty());
    let words: Vec<String> = parts.map(str::to_owned).take(MOST_WORDS + 1).collect();
    let short = words.len() <= MOST_WORDS;
    short.then(|| words.into_iter().filter(|w| !FILLERS.contains(&w.as_str())).collect())
}

fn ahead(words: &[&str], calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
    let joined = words.concat();
    let digits = joined.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = joined.split_at(digits);
    let count: i64 = count.parse().ok().filter(|count| *count <= 100_000)?;
    let same = |(name, _): &&(&str, Unit)| unit.strip_suffix('s').unwrap_or(unit) == *name;
    match UNITS.iter().find(same)?.1 {
        Unit::Minutes(each) => now.checked_add(SignedDuration::from_mins(count * each)).ok(),
        Unit::Days(each) => {
            closing(calendar, calendar.date(now).checked_add((count * each).days()).ok()?)
        }
    }
}

fn named(words: &[&str], calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
    let today = calendar.date(now);
    let on = |day: Date, time: Time| {
        calendar.zone().to_ambiguous_timestamp(day.to_datetime(time)).compatible().ok()
    };
    let Some((day, rest)) = leading_day(words, today) else {
        let time = whole_time(words)?;
        return on(today, time).filter(|at| *at > now).or_else(|| on(today.tomorrow().ok()?, time));
    };
    let meant = |day| match rest {
        [] => closing(calendar, day),
        rest => on(day, whole_time(rest)?),
    };
    let at = meant(day)?;
    // Today's weekday, but past: the one that comes.
    let weekly = words.first().is_some_and(|word| weekday(word).is_some());
    if at <= now && weekly { meant(day.checked_add(7.days()).ok()?) } else { Some(at) }
}

/// The end of the working day, or of the day where nobody works.
fn closing(calendar: &Calendar, day: Date) -> Option<Timestamp> {
    let midnight = || {
        let next = day.tomorrow().ok()?.to_datetime(Time::midnight());
        calendar.zone().to_ambiguous_timestamp(next).compatible().ok()
    };
    calendar.closing_on(day).or_else(midnight)
}

/// The day that the first words name, and what stands behind it.
fn leading_day<'a>(words: &'a [&'a str], today: Date) -> Option<(Date, &'a [&'a str])> {
    let (first, rest) = words.split_first()?;
    match *first {
        "today" => return Some((today, rest)),
        "tomorrow" => return Some((today.tomorrow().ok()?, rest)),
        _ => {}
    }
    if let Some(weekday) = weekday(first) {
        let ahead = (0..7_i64).filter_map(|n| today.checked_add(n.days()).ok());
        let day = ahead.into_iter().find(|day| day.weekday() == weekday)?;
        // `friday 27 november`: the date says which.
        return match leading_date(rest, today) {
            Some((date, rest)) => (date.weekday() == weekday).then_some((date, rest)),
            None => Some((day, rest)),
        };
    }
    leading_date(words, today)
}

fn leading_date<'a>(words: &'a [&'a str], today: Date) -> Option<(Date, &'a [&'a str])> {
    let (first, rest) = words.split_first()?;
    if first.len() == "2026-12-02".len()
        && let Ok(date) = first.parse::<Date>()
    {
        return (date >= today).then_some((date, rest));
    }
    let (second, rest) = rest.split_first()?;
    let pair = |day: &str, name: &str| Some((month(name)?, number(day)?));
    let (month, number) = pair(first, second).or_else(|| pair(second, first))?;
    if let [year, rest @ ..] = rest
        && year.len() == 4
        && let Ok(year) = year.parse::<i16>()
    {
        let date = Date::new(year, month, number).ok()?;
        return (date >= today).then_some((date, rest));
    }
    let years = [today.year(), today.year().saturating_add(1)];
    let dates = years.into_iter().filter_map(|year| Date::new(year, month, number).ok());
    dates.into_iter().find(|date| *date >= today).map(|date| (date, rest))
}

/// A weekday by its name, or by three letters of it at the least.
fn weekday(word: &str) -> Option<Weekday> {
    let named = |(name, _): &&(&str, Weekday)| word.len() >= 3 && name.starts_with(word);
    WEEKDAYS.iter().find(named).map(|(_, day)| *day)
}

fn month(word: &str) -> Option<i8> {
    i8::try_from(MONTHS.iter().position(|name| word.len() >= 3 && name.starts_with(word))?)
        .ok()?
        .checked_add(1)
}

/// A day of the month: `2`, `2nd`.
fn number(word: &str) -> Option<i8> {
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
    let digits = ordinal.unwrap_or(word);
    let plain = (1..=2).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

/// Whether a word is written as a time of day, as `25:00`, and is none.
fn is_no_clock(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let clock = word.split_once(':').is_some_and(|(hour, minute)| digits(hour) && digits(minute));
    clock && whole_time(&[word]).is_none()
}

/// A time of day, with nothing behind it: `15:00`, `15.30`, `3pm`, `3 pm`, `noon`.
fn whole_time(words: &[&str]) -> Option<Time> {
    let joined = words.concat();
    if joined == "noon" {
        return Some(time(12, 0, 0, 0));
    }
    let (clock, half) = match (joined.strip_suffix("am"), joined.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (joined.as_str(), None),
    };
    let (hour, minute) = match clock.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        // A number alone is an hour only where it says which half of the day.
        None if half.is_some() => (clock, "0"),
        _ => return None,
    };
    let plain = |text: &str| text.len() <= 2 && text.chars().all(|c| c.is_ascii_digit());
    let hour = plain(hour).then(|| hour.parse::<i8>().ok())??;
    let minute = plain(minute).then(|| minute.parse::<i8>().ok())??;
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use crate::domain::calendar::Interval;

    /// Lisbon, nine to six, and nobody works on a weekend.
    fn calendar() -> Calendar {
        let day = vec![Interval::new(540, 1080).unwrap()];
        let week = [5, 5, 5, 5, 5, 0, 0].map(|n| if n > 0 { day.clone() } else { Vec::new() });
        Calendar::new(TimeZone::get("Europe/Lisbon").unwrap(), week, Vec::new()).unwrap()
    }

    /// A Wednesday in winter, when Lisbon keeps UTC.
    fn now() -> Timestamp {
        "2026-11-25T14:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_can_mean_one_thing_is_understood() {
        for (text, at) in [
            ("fri 15:00", "2026-11-27T15:00"),
            ("Friday at 3pm.", "2026-11-27T15:00"),
            ("by friday", "2026-11-27T18:00"),
            ("friday 27 november, 10:00", "2026-11-27T10:00"),
            ("wed 15:00", "2026-11-25T15:00"),
            ("wed 13:00", "2026-12-02T13:00"),
            ("wednesday", "2026-11-25T18:00"),
            ("today", "2026-11-25T18:00"),
            ("tomorrow 10:00", "2026-11-26T10:00"),
            ("tomorrow noon", "2026-11-26T12:00"),
            ("15:00", "2026-11-25T15:00"),
            ("9.30", "2026-11-26T09:30"),
            ("12 am", "2026-11-26T00:00"),
            ("2 dec", "2026-12-02T18:00"),
            ("december 2nd 11:15", "2026-12-02T11:15"),
            ("2 dec 2026", "2026-12-02T18:00"),
            ("3 january", "2027-01-04T00:00"),
            ("sunday", "2026-11-30T00:00"),
            ("2026-12-02", "2026-12-02T18:00"),
            ("2026-12-02 08:05", "2026-12-02T08:05"),
            ("in 2h", "2026-11-25T16:00"),
            ("in 90 minutes", "2026-11-25T15:30"),
            ("in 2 days", "2026-11-27T18:00"),
            ("in 1 week", "2026-12-02T18:00"),
        ] {
            let at: Timestamp = format!("{at}:00Z").parse().unwrap();
            assert_eq!(moment(text, &calendar(), now()), Ok(at), "{text}");
        }
    }

    #[test]
    fn what_can_mean_two_things_or_is_past_is_not() {
        for text in [
            "",
            "soon",
            "2/12",
            "next friday",
            "15",
            "friday 15",
            "25:00",
            "13pm",
            "today 09:00",
            "2026-11-24",
            "2 dec 2025",
            "31 february",
            "thursday 27 november",
            "in",
            "in 3",
            "in 99999999999999999999h",
            "in 2 years",
            "in 900 days",
            "friday 15:00 or monday",
        ] {
            assert!(moment(text, &calendar(), now()).is_err(), "{text}");
        }
        for (text, why) in [
            ("fri 25:00", Untimely::NoClock),
            ("9999-01-01", Untimely::TooFar),
            ("today 09:00", Untimely::Past),
            ("soon", Untimely::Unclear),
        ] {
            assert_eq!(moment(text, &calendar(), now()), Err(why), "{text}");
        }
    }

    #[test]
    fn a_day_is_a_day_and_nothing_more() {
        let today = date(2026, 11, 25);
        assert_eq!(day("2 dec", today), Some(date(2026, 12, 2)));
        assert_eq!(day("wednesday", today), Some(today));
        assert_eq!(day("friday 15:00", today), None);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_ahead_or_nothing(text in "[a-z0-9 :.,-]{0,40}|.{0,20}") {
            if let Ok(at) = moment(&text, &calendar(), now()) {
                prop_assert!(at > now());
            }
        }
    }
}
