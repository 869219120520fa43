//! What a text must look like: regular expressions, and cron expressions.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use regex::Regex;

use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::Text;
use crate::domain::schedule::Times;

/// The regular expression in `text`, or where it goes wrong.
pub(super) fn regex(text: &Text, faults: &mut Faults) -> Option<Regex> {
    let pattern = text.get_ref();
    let error = match Regex::new(pattern) {
        Ok(regex) => return Some(regex),
        Err(error) => error.to_string(),
    };
    let why = error.lines().last().unwrap_or_default();
    let why = why.strip_prefix("error: ").unwrap_or(why).to_owned();
    let span = regex_caret(&error, pattern)
        .and_then(|offset| inside_literal(text, offset, faults))
        .unwrap_or_else(|| text.span());
    faults.push(
        Fault::error("E-regex", "this regular expression cannot be read")
            .at(span)
            .label(why)
            .right("to mean a special character itself, write a \\ before it")
            .right("in 'single quotes' TOML leaves a \\ alone"),
    );
    None
}

/// Where in the pattern the caret of the message stands, in bytes.
fn regex_caret(message: &str, pattern: &str) -> Option<usize> {
    const INDENT: usize = 4;
    let mut lines = message.lines().skip_while(|line| line.get(INDENT..) != Some(pattern));
    lines.next()?;
    let carets = lines.next()?;
    let column = carets.chars().position(|c| c == '^')?.checked_sub(INDENT)?;
    pattern.char_indices().map(|(at, _)| at).chain([pattern.len()]).nth(column)
}

/// The place of that byte in the file, where the text stands there unchanged.
fn inside_literal(text: &Text, offset: usize, faults: &Faults) -> Option<Span> {
    let span = text.span();
    let written = faults.source(&span);
    let inner = written.get(1..written.len().checked_sub(1)?)?;
    if inner != text.get_ref() {
        return None;
    }
    let start = span.start + 1 + offset;
    let width = inner.get(offset..)?.chars().next().map_or(1, char::len_utf8);
    Some(start..start + width)
}

const FIELDS: [&str; 6] = ["second", "minute", "hour", "day of the month", "month", "weekday"];

/// The times of a cron expression of five fields, or six with seconds.
pub(super) fn cron(text: &Text, faults: &mut Faults) -> Option<Times> {
    let read = times(text.get_ref()).map_err(|fault| fault.at(text.span()));
    read.map_err(|fault| faults.push(fault)).ok()
}

fn times(written: &str) -> Result<Times, Fault> {
    let fields: Vec<&str> = written.split_whitespace().collect();
    let wrong = |label: &str| {
        Fault::error("E-cron", format!("{written:?} is no cron expression")).label(label.to_owned())
    };
    let example = "minute, hour, day, month, weekday, as in \"30 8 * * Mon-Fri\"";
    let with_seconds: Vec<&str> = match fields.len() {
        5 => std::iter::once("0").chain(fields).collect(),
        6 => fields,
        _ => return Err(wrong("five fields, or six with seconds first").right(example)),
    };
    let weekday = with_seconds.last().copied().unwrap_or_default();
    let number = weekday.split('/').next().unwrap_or_default();
    if number.contains(|c: char| c.is_ascii_digit()) {
        let fault = wrong("the weekday is a number").right("write days by name, as in Mon-Fri:");
        return Err(fault.right("a number means different days to different programs"));
    }
    let Some(times) = Times::parse(&with_seconds.join(" ")) else {
        return Err(wrong(&wrong_field(&with_seconds)).right(example));
    };
    if times.in_a_minute() > 1 {
        return Err(wrong("more often than once a minute").right(example));
    }
    if times.next(&TimeZone::UTC, Timestamp::UNIX_EPOCH).is_none() {
        return Err(wrong("no such day ever comes").right(example));
    }
    Ok(times)
}

/// Which of the fields cannot be read.
fn wrong_field(fields: &[&str]) -> String {
    let bad = fields.iter().zip(FIELDS).enumerate().find(|(at, (field, _))| {
        let alone = (0..FIELDS.len()).map(|i| if i == *at { **field } else { "*" });
        Times::parse(&alone.collect::<Vec<_>>().join(" ")).is_none()
    });
    bad.map_or("cannot be read".to_owned(), |(_, (field, name))| format!("{field:?} is no {name}"))
}
