//! Calendar files (iCalendar, RFC 5545) as times at which nobody is there.
//!
//! A day that is written as a day stays one, whatever the zone: it never becomes
//! an instant. What cannot be read is told with its line, and nothing is guessed.
//! Where a file lies and what its days mean to somebody is not known here.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::calendar::{Days, Gap, merged};

mod event;
mod lines;
mod recurrence;

use event::{Event, Length};

/// A larger file is no list of holidays.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// More events than this are not read out of one file.
const MOST_EVENTS: usize = 20_000;
/// How often all events of a file together may recur.
const MOST_TIMES: usize = 200_000;
/// What a rule counts for at least: to look in vain takes time, too.
const A_RULE: usize = 100;
/// So many faults of one file are told.
const MOST_TOLD: usize = 3;

/// The years that are looked at. They are fixed, because an archive of old mail
/// is rehearsed with the same file, and a daemon may run for years.
const YEARS: Days = Days { first: date(2000, 1, 1), last: date(2059, 12, 31) };

/// What a file is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// Days on which an organisation is closed. Public feeds of holidays mark
    /// them as free time, and say which of them nobody has off.
    Holidays,
    /// Times at which somebody is away: what leaves them free is none.
    Absences,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Away {
    /// Whole days, in order.
    pub(super) days: Vec<Days>,
    /// Other times.
    pub(super) gaps: Vec<Gap>,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// The line, counted from 1.
    pub(super) line: usize,
    /// What is wrong with it.
    pub(super) wrong: String,
    /// What to do.
    pub(super) right: &'static str,
}

impl Broken {
    fn new(line: usize, wrong: impl Into<String>) -> Self {
        let right = "export it again from the calendar it comes from, or list the days here";
        Self { line, wrong: wrong.into(), right }
    }
}

/// All that `bytes` say, where a time without a zone is on the clocks of `zone`.
pub(super) fn read(bytes: &[u8], meant: Meant, zone: &TimeZone) -> Result<Away, Vec<Broken>> {
    let components = lines::events(bytes).map_err(|broken| vec![broken])?;
    let (mut events, mut broken) = (Vec::new(), Vec::new());
    for lines in components.iter().take(MOST_EVENTS) {
        match event::event(lines, zone) {
            Ok(event) => events.push(event),
            Err(fault) => broken.push(fault),
        }
    }
    if let Some(one_more) = components.get(MOST_EVENTS) {
        let what = format!("there are more than {MOST_EVENTS} events");
        broken.push(Broken::new(one_more.line, what));
    }
    let mut away = Away::default();
    let mut left = MOST_TIMES;
    let changed: BTreeSet<(&str, DateTime)> = events.iter().filter_map(Event::replaces).collect();
    for event in events.iter().filter(|event| event.counts(meant)) {
        match starts(event, &changed, &mut left) {
            Ok(starts) => {
                for (at, length) in starts {
                    add(event, at, length, &mut away);
                }
            }
            Err(fault) => broken.push(fault),
        }
    }
    if broken.is_empty() {
        return Ok(Away { days: merged(away.days), ..away });
    }
    broken.sort_by_key(|fault| fault.line);
    broken.truncate(MOST_TOLD);
    Err(broken)
}

/// When an event begins, each time, on its own clocks.
fn starts(
    event: &Event,
    changed: &BTreeSet<(&str, DateTime)>,
    left: &mut usize,
) -> Result<Vec<(DateTime, Length)>, Broken> {
    let first = event.start.civil;
    let mut starts = BTreeSet::from([first]);
    if let Some((line, rule)) = &event.rule {
        let again = recurrence::starts(&event.start, rule, YEARS.last, *left);
        starts.extend(again.map_err(|what| Broken::new(*line, what))?);
        *left = left.saturating_sub(starts.len().max(A_RULE));
    }
    let more = event.also.iter().map(|(at, length)| (at.on_clocks_of(&event.start), *length));
    let mut starts: Vec<(DateTime, Length)> =
        starts.into_iter().map(|at| (at, event.length)).chain(more).collect();
    starts.retain(|(at, _)| !event.is_left_out(*at) && !event.is_changed(*at, changed));
    Ok(starts)
}

fn add(event: &Event, at: DateTime, length: Length, away: &mut Away) {
    match (&event.start.zone, length) {
        (None, Length::Days(days)) => {
            let more = SignedDuration::from_hours(24 * i64::from(days - 1));
            let last = at.date().saturating_add(more);
            if at.date() <= YEARS.last && YEARS.first <= last {
                let first = at.date().max(YEARS.first);
                away.days.push(Days { first, last: last.min(YEARS.last) });
            }
        }
        (Some(zone), Length::Time(time)) => {
            let until = at.saturating_add(time);
            let seen = at.date() <= YEARS.last && YEARS.first <= until.date();
            if let (true, Some(from), Some(until)) = (seen, instant(at, zone), instant(until, zone))
                && from < until
            {
                away.gaps.push(Gap { from, until });
            }
        }
        // `event` gives each its own kind of length.
        (None, Length::Time(_)) | (Some(_), Length::Days(_)) => {}
    }
}

fn instant(civil: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    Some(zone.to_ambiguous_zoned(civil).compatible().ok()?.timestamp())
}

#[cfg(test)]
mod tests;
