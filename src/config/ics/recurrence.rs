//! Rules by which an event comes again. calcard expands them; this file is all
//! that knows it, and its dates of another kind end here.
//!
//! calcard counts one limit for a whole file, so each rule is expanded alone, on
//! clocks without a zone: zones are ours.

use calcard::common::timezone::Tz;
use calcard::icalendar::{ICalendarProperty, ICalendarValue};
use calcard::{Entry, Parser};
use chrono::{DateTime as ChronoTime, Datelike, Timelike};
use jiff::civil::{Date, DateTime, Time};

use super::event::{Moment, moment};

/// When an event that first comes at `first` comes again by `rule`, until `last`;
/// at most `most` times.
pub(super) fn starts(
    first: &Moment,
    rule: &str,
    last: Date,
    most: usize,
) -> Result<Vec<DateTime>, String> {
    if first.civil.date() > last {
        return Ok(Vec::new());
    }
    let unreadable = || format!("the rule {rule:?} cannot be read");
    let bounded = bounded(first, rule, last).ok_or_else(unreadable)?;
    let start = first.civil.strftime("%Y%m%dT%H%M%S");
    let text = format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:{start}\r\nDURATION:PT1S\r\n\
         RRULE:{bounded}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let Entry::ICalendar(calendar) = Parser::new(&text).entry() else { return Err(unreadable()) };
    let written = calendar.components.iter().find_map(|c| c.property(&ICalendarProperty::Rrule));
    let understood = written.and_then(|entry| entry.values.first());
    if !matches!(understood, Some(ICalendarValue::RecurrenceRule(_))) {
        return Err(unreadable());
    }
    let found = calendar.expand_dates(Tz::Floating, most);
    if !found.errors.is_empty() {
        return Err(unreadable());
    }
    if found.events.len() >= most {
        return Err("this file's events come again too often".to_owned());
    }
    Ok(found.events.iter().filter_map(|event| civil(&event.start)).collect())
}

/// The rule with an end that is there, and is on the clocks of the event.
fn bounded(first: &Moment, rule: &str, last: Date) -> Option<String> {
    let (mut parts, mut until, mut counted) = (Vec::new(), end_of(last), false);
    for part in rule.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=')?;
        let name = name.to_ascii_uppercase();
        counted |= name == "COUNT";
        if name == "UNTIL" {
            until = until.min(ending(first, value)?);
        } else {
            parts.push(format!("{name}={}", value.to_ascii_uppercase()));
        }
    }
    // A count and an end exclude each other (RFC 5545, 3.3.10).
    if !counted {
        parts.push(format!("UNTIL={}", until.strftime("%Y%m%dT%H%M%S")));
    }
    Some(parts.join(";"))
}

/// The last moment of a rule, on the clocks of its event: a day ends it in the
/// evening, and so does an instant where the event is a whole day.
fn ending(first: &Moment, value: &str) -> Option<DateTime> {
    let until = moment(value, None, &jiff::tz::TimeZone::UTC).ok()?;
    match (&first.zone, &until.zone) {
        (None, _) | (_, None) => Some(end_of(until.civil.date())),
        (Some(zone), Some(_)) if value.ends_with(['Z', 'z']) => {
            let instant = super::instant(until.civil, &jiff::tz::TimeZone::UTC)?;
            Some(zone.to_datetime(instant))
        }
        (Some(_), Some(_)) => Some(until.civil),
    }
}

fn end_of(date: Date) -> DateTime {
    date.to_datetime(Time::constant(23, 59, 59, 0))
}

fn civil(at: &ChronoTime<Tz>) -> Option<DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(at.year()).ok()?, small(at.month())?, small(at.day())?);
    let time = Time::new(small(at.hour())?, small(at.minute())?, small(at.second())?, 0);
    Some(date.ok()?.to_datetime(time.ok()?))
}
