//! One event: when it begins, how long it lasts, when it comes again, and whether
//! it counts. What it is called and who takes part is never looked at.

use std::collections::BTreeSet;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};

use super::lines::{Component, Line};
use super::{Broken, Meant, instant};

/// A day, or a time on somebody's clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    /// What is written; the midnight of a day.
    pub(super) civil: DateTime,
    /// On whose clocks; `None` for a whole day, which is one everywhere.
    pub(super) zone: Option<TimeZone>,
}

/// How long an event lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// So many whole days.
    Days(i32),
    /// So long, by the clock on the wall.
    Time(SignedDuration),
}

/// An event as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    uid: String,
    /// When it begins.
    pub(super) start: Moment,
    /// How long it lasts.
    pub(super) length: Length,
    /// By which rule it comes again, and the line of that.
    pub(super) rule: Option<(usize, String)>,
    /// When it is there as well.
    pub(super) also: Vec<(Moment, Length)>,
    not_at: BTreeSet<DateTime>,
    not_on: BTreeSet<Date>,
    instead_of: Option<Moment>,
    standing: Standing,
}

/// What is said of an event that lets it count or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing.
    Usual,
    /// It is cancelled, or not certain.
    Off,
    /// Whoever has it in their calendar is free.
    Free,
    /// A day that has a name, on which people work.
    Observance,
}

impl Event {
    /// Whether nobody is there because of it.
    pub(super) fn counts(&self, meant: Meant) -> bool {
        match self.standing {
            Standing::Usual => true,
            Standing::Off => false,
            Standing::Free => meant == Meant::Holidays,
            Standing::Observance => meant == Meant::Absences,
        }
    }

    /// The one time of a recurring event that this one stands for.
    pub(super) fn replaces(&self) -> Option<(&str, DateTime)> {
        let moment = self.instead_of.as_ref()?;
        Some((self.uid.as_str(), moment.on_clocks_of(&self.start)))
    }

    /// Whether another event stands for this one's time at `at`.
    pub(super) fn is_changed(&self, at: DateTime, changed: &BTreeSet<(&str, DateTime)>) -> bool {
        self.instead_of.is_none() && changed.contains(&(self.uid.as_str(), at))
    }

    /// Whether its time at `at` is left out. A day leaves out all of it.
    pub(super) fn is_left_out(&self, at: DateTime) -> bool {
        self.not_at.contains(&at) || self.not_on.contains(&at.date())
    }
}

impl Moment {
    /// What is written, on the clocks of `other`.
    pub(super) fn on_clocks_of(&self, other: &Self) -> DateTime {
        match (&other.zone, &self.zone) {
            (None, _) => self.civil.date().to_datetime(Time::midnight()),
            (Some(theirs), Some(own)) if theirs != own => {
                let instant = instant(self.civil, own);
                instant.map_or(self.civil, |instant| theirs.to_datetime(instant))
            }
            (Some(_), _) => self.civil,
        }
    }
}

/// The event that is written so; times without a zone are on the clocks of `zone`.
pub(super) fn event(written: &Component, zone: &TimeZone) -> Result<Event, Broken> {
    let Some(mut start) = first("DTSTART", written, zone)? else {
        return Err(Broken::new(written.line, "this event does not say when it begins"));
    };
    let mut end = first("DTEND", written, zone)?;
    if says(written, "X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE") {
        // Exchange may write the midnights of a day as times.
        start.zone = None;
        end = end.map(|end| Moment { zone: None, ..end });
    }
    let length = length(written, &start, end.as_ref())?;
    let (on, at): (Vec<Moment>, Vec<Moment>) =
        every("EXDATE", written, zone)?.into_iter().partition(|not| not.zone.is_none());
    Ok(Event {
        uid: written.first("UID").map(|line| line.value.clone()).unwrap_or_default(),
        rule: written.first("RRULE").map(|line| (line.number, line.value.clone())),
        also: also(written, length, zone)?,
        not_at: at.iter().map(|not| not.on_clocks_of(&start)).collect(),
        not_on: on.iter().map(|not| not.civil.date()).collect(),
        instead_of: instead_of(written, zone)?,
        standing: standing(written),
        start,
        length,
    })
}

fn first(name: &str, written: &Component, zone: &TimeZone) -> Result<Option<Moment>, Broken> {
    let moments = written.first(name).map(|line| of_line(line, zone)).transpose()?;
    Ok(moments.and_then(|mut moments| moments.pop()))
}

fn every(name: &str, written: &Component, zone: &TimeZone) -> Result<Vec<Moment>, Broken> {
    let mut moments = Vec::new();
    for line in written.all(name) {
        moments.extend(of_line(line, zone)?);
    }
    Ok(moments)
}

/// The moments that a property lists.
fn of_line(line: &Line, zone: &TimeZone) -> Result<Vec<Moment>, Broken> {
    let id = line.parameter("TZID");
    let one = |text: &str| moment(text, id, zone).map_err(|what| Broken::new(line.number, what));
    line.value.split(',').map(one).collect()
}

fn length(written: &Component, start: &Moment, end: Option<&Moment>) -> Result<Length, Broken> {
    let line = |name: &str| written.first(name).map_or(written.line, |line| line.number);
    let length = match (end, written.first("DURATION")) {
        (Some(end), _) => between(start, end)
            .ok_or_else(|| Broken::new(line("DTEND"), "this event ends before it begins"))?,
        (None, Some(duration)) => lasting(duration, start)?,
        (None, None) if start.zone.is_none() => Length::Days(1),
        (None, None) => Length::Time(SignedDuration::ZERO),
    };
    Ok(match length {
        // A day that ends on the day it begins is one day to whoever writes that.
        Length::Days(days) => Length::Days(days.max(1)),
        time @ Length::Time(_) => time,
    })
}

fn between(start: &Moment, end: &Moment) -> Option<Length> {
    let end = end.on_clocks_of(start);
    let time = end.duration_since(start.civil);
    Some(match start.zone {
        _ if time.is_negative() => return None,
        None => Length::Days(whole_days(time)),
        Some(_) => Length::Time(time),
    })
}

fn whole_days(time: SignedDuration) -> i32 {
    i32::try_from(time.as_hours() / 24).unwrap_or(i32::MAX)
}

fn lasting(line: &Line, start: &Moment) -> Result<Length, Broken> {
    let wrong = || Broken::new(line.number, format!("{:?} is no duration", line.value));
    let span: Span = line.value.trim().parse().map_err(|_| wrong())?;
    let time = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours());
    let time = time.ok().filter(|time| !time.is_negative()).ok_or_else(wrong)?;
    Ok(match start.zone {
        None => Length::Days(whole_days(time)),
        Some(_) => Length::Time(time),
    })
}

/// Times that are listed beside the rule, some of which bring their own end.
fn also(
    written: &Component,
    usual: Length,
    zone: &TimeZone,
) -> Result<Vec<(Moment, Length)>, Broken> {
    let mut also = Vec::new();
    for line in written.all("RDATE") {
        let id = line.parameter("TZID");
        for text in line.value.split(',') {
            let read =
                |text: &str| moment(text, id, zone).map_err(|what| Broken::new(line.number, what));
            let Some((from, until)) = text.split_once('/') else {
                also.push((read(text)?, usual));
                continue;
            };
            let start = read(from)?;
            let length = if until.trim().starts_with(['P', 'p', '+']) {
                lasting(&Line { value: until.to_owned(), ..line.clone() }, &start)?
            } else {
                between(&start, &read(until)?)
                    .ok_or_else(|| Broken::new(line.number, "this time ends before it begins"))?
            };
            also.push((start, length));
        }
    }
    Ok(also)
}

fn instead_of(written: &Component, zone: &TimeZone) -> Result<Option<Moment>, Broken> {
    let Some(line) = written.first("RECURRENCE-ID") else { return Ok(None) };
    if line.parameter("RANGE").is_some() {
        let what = "a change of this and all later times of an event is not understood";
        return Err(Broken::new(line.number, what));
    }
    Ok(of_line(line, zone)?.pop())
}

fn standing(written: &Component) -> Standing {
    let busy = |as_what: &str| says(written, "X-MICROSOFT-CDO-BUSYSTATUS", as_what);
    if ["CANCELLED", "TENTATIVE"].iter().any(|status| says(written, "STATUS", status))
        || busy("TENTATIVE")
    {
        return Standing::Off;
    }
    // So Google marks the days of its feeds of holidays on which people work.
    let about = written.first("DESCRIPTION").map(|line| line.value.to_ascii_lowercase());
    if about.is_some_and(|about| about.starts_with("observance")) {
        return Standing::Observance;
    }
    if says(written, "TRANSP", "TRANSPARENT") || busy("FREE") || busy("WORKINGELSEWHERE") {
        return Standing::Free;
    }
    Standing::Usual
}

fn says(written: &Component, name: &str, what: &str) -> bool {
    written.first(name).is_some_and(|line| line.value.trim().eq_ignore_ascii_case(what))
}

/// `20261225`, `20261225T090000Z`, or without the Z on the clocks that `id` names.
pub(super) fn moment(text: &str, id: Option<&str>, zone: &TimeZone) -> Result<Moment, String> {
    let clean = text.trim();
    let wrong = || format!("{clean:?} is no date and no time");
    if !clean.contains(['T', 't']) {
        let date: Date = plain(clean).parse().map_err(|_| wrong())?;
        return Ok(Moment { civil: date.to_datetime(Time::midnight()), zone: None });
    }
    let local = clean.strip_suffix(['Z', 'z']);
    let civil = plain(local.unwrap_or(clean)).parse().map_err(|_| wrong())?;
    let zone = match (local, id) {
        (Some(_), _) => TimeZone::UTC,
        (None, Some(id)) => named(id).ok_or_else(|| format!("there is no time zone {id:?}"))?,
        (None, None) => zone.clone(),
    };
    Ok(Moment { civil, zone: Some(zone) })
}

/// Only what the format knows: jiff's own parser takes more.
fn plain(text: &str) -> &str {
    let known = |c: char| c.is_ascii_digit() || c == 'T' || c == 't';
    if text.chars().all(known) && [8, 15].contains(&text.len()) { text } else { "" }
}

/// The zone that a file means: by its name, by its name behind that of whoever
/// wrote it, or by the name Windows has for it.
fn named(id: &str) -> Option<TimeZone> {
    let id = id.trim();
    let parts: Vec<&str> = id.trim_matches('/').split('/').collect();
    let ends = (0..parts.len().min(6)).map(|at| parts.iter().skip(at).copied());
    let known = ends.map(|part| part.collect::<Vec<_>>().join("/"));
    let by_name = known.filter(|name| !name.is_empty()).find_map(|name| TimeZone::get(&name).ok());
    by_name.or_else(|| {
        let windows = calcard::common::timezone::Tz::from_str(id).ok()?;
        TimeZone::get(&windows.name()?).ok()
    })
}
