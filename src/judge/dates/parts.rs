//! What a date is made of, whatever the language: a count, a time on the clock,
//! a part of the day, a day. Each reader takes a row of terms, and gives what
//! the row begins with and how many terms that takes.

use jiff::SignedDuration;

use super::terms::{Term, Word};
use super::{Day, Portion, Time, Unit, Week};

use Term::{Few, Month, Number, Other, Sign, Weekday, Word as W};

/// The longest that somebody promises ahead, in whatever unit.
const MOST: i32 = 400;

/// A day, a time of it, or both.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// "tomorrow", "the 14th".
    Day(Day),
    /// "noon", "in two hours".
    Time(Time),
    /// "tonight".
    Both(Day, Time),
}

/// The part of a date that the row begins with, and how many terms it takes.
pub(super) fn part(row: &[Term]) -> Option<(Part, usize)> {
    count(row)
        .or_else(|| clock(row).map(|(time, n)| (Part::Time(time), n)))
        .or_else(|| part_of_day(row).map(|part| (part, 1)))
        .or_else(|| day(row).map(|(day, n)| (Part::Day(day), n)))
}

fn part_of_day(row: &[Term]) -> Option<Part> {
    let W(word) = row.first()? else { return None };
    Some(match word {
        Word::Tonight => Part::Both(Day::Offset(0), Time::Night),
        Word::ThisMorning => Part::Both(Day::Offset(0), Time::Noon),
        Word::ThisAfternoon => Part::Both(Day::Offset(0), Time::Close),
        Word::Morning | Word::Noon => Part::Time(Time::Noon),
        Word::Afternoon | Word::Pm | Word::Close => Part::Time(Time::Close),
        Word::Evening | Word::Midnight => Part::Time(Time::Night),
        _ => return None,
    })
}

/// "in two hours", "within the next 3 days", "two or three weeks from now".
fn count(row: &[Term]) -> Option<(Part, usize)> {
    let leads = |term: &&Term| {
        matches!(term, W(Word::In | Word::By | Word::On | Word::Next | Word::Coming))
    };
    let led = row.iter().take_while(leads).count();
    let rest = row.get(led..)?;
    let (amount, numbers) = match rest {
        [Number(_) | Few(_), W(Word::Or) | Sign('-' | '–'), Number(n) | Few(n), ..] => (*n, 3),
        [Number(n) | Few(n), ..] => (*n, 1),
        _ if led > 0 => (1, 0),
        _ => return None,
    };
    let ahead = matches!(rest.get(numbers + 1), Some(W(Word::FromNow)));
    let W(unit) = rest.get(numbers)? else { return None };
    let inside = matches!(row.first(), Some(W(Word::In)));
    let bare = numbers == 0;
    if !(led > 0 || ahead) || !(0..=MOST).contains(&amount) || (bare && !inside) {
        return None;
    }
    // "by 15h" is a time on the clock, "within 15h" is not.
    if *unit == Word::HourOrClock && !inside && amount > 6 {
        return None;
    }
    let coming = [W(Word::Next), W(Word::Coming)];
    let next = bare && row.get(..led)?.iter().any(|term| coming.contains(term));
    Some((amount_of(amount, *unit, bare, next)?, led + numbers + 1 + usize::from(ahead)))
}

fn amount_of(amount: i32, unit: Word, bare: bool, next: bool) -> Option<Part> {
    let long = i64::from(amount);
    Some(match unit {
        Word::Minute => Part::Time(Time::After(SignedDuration::from_mins(long))),
        Word::HalfHour => Part::Time(Time::After(SignedDuration::from_mins(30 * long))),
        Word::Hour | Word::HourOrClock => Part::Time(Time::After(SignedDuration::from_hours(long))),
        // "within the week"; but "in the next days" names none.
        Word::Day if bare && !next => Part::Day(Day::Offset(0)),
        Word::Week if bare => Part::Day(Day::Week(i32::from(next), Portion::End)),
        Word::Month if bare => Part::Day(Day::Months(i32::from(next), Portion::End)),
        _ if bare => return None,
        Word::Day => Part::Day(Day::Count(amount, Unit::Days)),
        Word::WorkingDay => Part::Day(Day::Count(amount, Unit::WorkingDays)),
        Word::Week => Part::Day(Day::Count(amount, Unit::Weeks)),
        Word::Fortnight => Part::Day(Day::Count(2 * amount, Unit::Weeks)),
        Word::Month => Part::Day(Day::Count(amount, Unit::Months)),
        _ => return None,
    })
}

/// A time on the clock: "15:30", "3pm", "at 3", "15 Uhr", "15h30".
fn clock(row: &[Term]) -> Option<(Time, usize)> {
    let led = row.iter().take_while(|t| matches!(t, W(Word::At | Word::By | Word::Before)));
    let led = led.count();
    let rest = row.get(led..)?;
    let is_hour = |term: &Term| matches!(term, W(Word::OClock | Word::HourOrClock));
    let marked = |term: &Term| is_hour(term) || matches!(term, W(Word::Am | Word::Pm));
    let (hour, minute, count) = match rest {
        [Number(h), Sign(':'), Number(m), ..] => (*h, *m, 3),
        [Number(h), Sign('.'), Number(m), mark, ..] if marked(mark) => (*h, *m, 3),
        [Number(h), mark, Number(m), ..] if is_hour(mark) && *m < 60 => (*h, *m, 3),
        [W(Word::Hour | Word::HourOrClock), Number(h), ..] if led > 0 => (*h, 0, 2),
        [Number(h), mark, ..] if marked(mark) => (*h, 0, 1),
        // "at 3" alone, but not "by 3 percent" or "by 3 December".
        [Number(h), next @ ..] if led > 0 && ends(next) => (*h, 0, 1),
        _ => return None,
    };
    let marks = rest.get(count..)?;
    let (hour, marked) = match marks.first() {
        Some(W(Word::Am)) => (hour % 12, 1),
        Some(W(Word::Pm)) if hour < 13 => (hour % 12 + 12, 1),
        Some(W(Word::OClock | Word::HourOrClock | Word::Pm)) => (by_day(hour), 1),
        _ => (by_day(hour), 0),
    };
    let hour = i8::try_from(hour).ok().filter(|hour| (0..24).contains(hour))?;
    let minute = i8::try_from(minute).ok().filter(|minute| (0..60).contains(minute))?;
    Some((Time::Clock(hour, minute), led + count + marked))
}

/// Whether nothing follows that a number could count.
fn ends(row: &[Term]) -> bool {
    !matches!(row.first(), Some(Other | Month(_) | Number(_) | Sign('/' | '-' | '.' | '#')))
        && !matches!(row.first(), Some(W(word)) if is_unit(*word))
        || matches!(row, [Sign('.')])
}

fn is_unit(word: Word) -> bool {
    use Word::{Day, Fortnight, HalfHour, Hour, Minute, Month, Ordinal, Week, WorkingDay};
    matches!(word, Minute | HalfHour | Hour | Day | WorkingDay | Week | Fortnight | Month | Ordinal)
}

/// An hour as it is meant in a working day: "at 3" is in the afternoon.
fn by_day(hour: i32) -> i32 {
    if (1..7).contains(&hour) { hour + 12 } else { hour }
}

fn day(row: &[Term]) -> Option<(Day, usize)> {
    match row {
        [W(Word::Today), ..] => Some((Day::Offset(0), 1)),
        [W(Word::Tomorrow), ..] => Some((Day::Offset(1), 1)),
        [W(Word::DayAfterTomorrow), ..] => Some((Day::Offset(2), 1)),
        [W(Word::Start), rest @ ..] => portion(rest, Portion::Start),
        [W(Word::Middle), rest @ ..] => portion(rest, Portion::Middle),
        [W(Word::End), rest @ ..] => portion(rest, Portion::End),
        [W(Word::In | Word::By | Word::Before), Month(m), rest @ ..] if !starts_date(rest) => {
            Some((Day::InMonth(*m, Portion::End), 2))
        }
        _ => numeric(row)
            .or_else(|| date(row))
            .or_else(|| weekday(row))
            .or_else(|| period(row, Portion::End)),
    }
}

fn portion(row: &[Term], portion: Portion) -> Option<(Day, usize)> {
    let (day, count) = match row {
        [Month(m), rest @ ..] if !starts_date(rest) => (Day::InMonth(*m, portion), 1),
        [W(Word::Week), rest @ ..] if !matches!(rest, [W(Word::Next | Word::AfterNext), ..]) => {
            (Day::Week(0, portion), 1)
        }
        [W(Word::Month), rest @ ..] if !matches!(rest, [W(Word::Next | Word::AfterNext), ..]) => {
            (Day::Months(0, portion), 1)
        }
        [W(Word::Day), ..] => (Day::Offset(0), 1),
        _ => period(row, portion).or_else(|| day(row))?,
    };
    Some((day, count + 1))
}

fn starts_date(row: &[Term]) -> bool {
    matches!(row.first(), Some(Number(n)) if (1..=31).contains(n))
}

/// "next week", "la semaine prochaine", "this month", "the weekend".
fn period(row: &[Term], portion: Portion) -> Option<(Day, usize)> {
    let (unit, ahead, count) = match row {
        [W(Word::Next | Word::Coming), W(unit), ..] | [W(unit), W(Word::Next), ..] => (unit, 1, 2),
        [W(Word::AfterNext), W(unit), ..] | [W(unit), W(Word::AfterNext), ..] => (unit, 2, 2),
        [W(Word::This), W(unit), ..] | [W(unit), W(Word::This), ..] => (unit, 0, 2),
        [W(unit @ Word::Weekend), ..] => (unit, 0, 1),
        _ => return None,
    };
    let day = match unit {
        Word::Week => Day::Week(ahead, portion),
        Word::Month => Day::Months(ahead, portion),
        Word::Weekend => Day::Weekend(ahead),
        _ => return None,
    };
    Some((day, count))
}

fn weekday(row: &[Term]) -> Option<(Day, usize)> {
    Some(match row {
        [W(Word::Next), Weekday(day), ..] | [Weekday(day), W(Word::Next), ..]
            if !matches!(row.get(2), Some(W(Word::Week))) =>
        {
            (Day::Weekday(*day, Week::From(1)), 2)
        }
        [W(Word::This), Weekday(day), ..] | [Weekday(day), W(Word::This), ..]
            if !matches!(row.get(2), Some(W(Word::Week))) =>
        {
            (Day::Weekday(*day, Week::From(0)), 2)
        }
        [W(Word::Coming), Weekday(day), ..] => (Day::Weekday(*day, Week::Coming), 2),
        [Weekday(day), ..] => (Day::Weekday(*day, Week::Coming), 1),
        _ => return None,
    })
}

/// A date with the name of its month, or the day of a month alone.
fn date(row: &[Term]) -> Option<(Day, usize)> {
    let led = usize::from(matches!(row.first(), Some(W(Word::On))));
    let rest = row.get(led..)?;
    let dot = |at: usize| matches!(rest.get(at), Some(W(Word::Ordinal) | Sign('.')));
    let (day, month, count) = match rest {
        [Number(day), Month(month), ..] | [Month(month), Number(day), ..] => {
            (*day, Some(*month), 2 + usize::from(dot(2)))
        }
        [Number(day), W(Word::Ordinal) | Sign('.'), Month(month), ..] => {
            (*day, Some(*month), 3 + usize::from(dot(3)))
        }
        [Month(month), Sign('.'), Number(day), ..] => (*day, Some(*month), 3),
        [Number(day), W(Word::Ordinal), ..] => (*day, None, 2),
        [Number(day), Sign('.'), ..] if led > 0 => (*day, None, 2),
        [Number(day), next @ ..] if led > 0 && ends(next) => (*day, None, 1),
        _ => return None,
    };
    let comma = usize::from(matches!(rest.get(count), Some(Sign(','))));
    let year = month.and_then(|_| year(rest.get(count + comma)));
    let more = year.map_or(0, |_| comma + 1);
    Some((Day::Date { day: small(day, 31)?, month, year }, led + count + more))
}

/// "2026-12-03", "3/12", "3.12.", "3.12.2026".
fn numeric(row: &[Term]) -> Option<(Day, usize)> {
    let led = usize::from(matches!(row.first(), Some(W(Word::On))));
    let slashed = |first: i32, second: i32, year: Option<i16>| {
        Some(Day::Slashed { first: small(first, 31)?, second: small(second, 31)?, year })
    };
    let (day, count) = match row.get(led..)? {
        [Number(year), Sign('-'), Number(month), Sign('-'), Number(day), ..] if *year > 31 => {
            let (day, month) = (small(*day, 31)?, small(*month, 12)?);
            (Day::Date { day, month: Some(month), year: Some(full_year(*year)?) }, 5)
        }
        [
            Number(first),
            Sign('/' | '.' | '-'),
            Number(second),
            Sign('/' | '.' | '-'),
            Number(year),
            ..,
        ] => (slashed(*first, *second, Some(full_year(*year)?))?, 5),
        [Number(first), Sign('.'), Number(second), Sign('.'), ..] => {
            (slashed(*first, *second, None)?, 4)
        }
        [Number(first), Sign('/'), Number(second), ..] => (slashed(*first, *second, None)?, 3),
        _ => return None,
    };
    Some((day, led + count))
}

/// A year as it is written, of four digits or of two.
fn full_year(number: i32) -> Option<i16> {
    let year = if number < 100 { 2000 + number } else { number };
    i16::try_from(year).ok().filter(|year| (1990..2100).contains(year))
}

fn year(term: Option<&Term>) -> Option<i16> {
    let Some(Number(year)) = term else { return None };
    full_year(*year).filter(|_| *year > 1000)
}

fn small(number: i32, most: i8) -> Option<i8> {
    i8::try_from(number).ok().filter(|number| (1..=most).contains(number))
}
