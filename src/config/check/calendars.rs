//! `[calendar.NAME]`: a week of hours, without the holidays, with extra days.
//!
//! A calendar on which nothing is ever open is refused: whatever falls due on
//! it would never be due.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use toml::Spanned;

use super::days::{Meant, away};
use super::hours::{WEEKDAYS, days_of_week, interval};
use crate::config::Beside;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::nearest::{listed, nearest, suggestion};
use crate::config::raw::{self, OneOrMany, Raw, Text, each};
use crate::domain::calendar::{Calendar, Extra, Interval, SEARCH_DAYS};

const MIDNIGHT: u16 = 24 * 60;

/// The calendars by name; a broken one is known all the same.
pub(super) struct Calendars {
    by_name: BTreeMap<String, Option<Arc<Calendar>>>,
}

impl Calendars {
    /// The calendar that is called so; a name that points nowhere is told.
    pub(super) fn called(&self, name: &Text, faults: &mut Faults) -> Option<Arc<Calendar>> {
        let written = name.get_ref().as_str();
        if let Some(known) = self.by_name.get(written) {
            return known.clone();
        }
        if !faults.lost_a_name("calendar") {
            let names = self.by_name.keys().map(String::as_str);
            let fault = Fault::error("E-unknown-name", format!("there is no calendar {written:?}"));
            let right = suggestion(written, names, "[calendar.NAME]");
            faults.push(fault.at(name.span()).label("points nowhere").right(right));
        }
        None
    }

    /// The only calendar, for whoever names none. With several, or none, it is
    /// told that `who` at `place` needs one.
    pub(super) fn only(
        &self,
        who: &str,
        place: &Span,
        faults: &mut Faults,
    ) -> Option<Arc<Calendar>> {
        let mut all = self.by_name.values();
        if let (Some(one), None) = (all.next(), all.next()) {
            return one.clone();
        }
        let right = match listed(self.by_name.keys().map(String::as_str)) {
            names if names.is_empty() => {
                "add one: [calendar.office] with mon-fri = [\"09:00-17:00\"]".to_owned()
            }
            names => format!("say which with calendar = …: there are {names}"),
        };
        if !faults.lost_a_name("calendar") {
            let fault = Fault::error("E-missing", format!("{who} has no calendar")).right(right);
            faults.missing(place, "calendar", fault);
        }
        None
    }
}

/// All calendars of the file, on the clocks of `zone` unless they say otherwise.
pub(super) fn calendars(
    raw: &Raw,
    zone: &TimeZone,
    beside: Beside<'_>,
    faults: &mut Faults,
) -> Calendars {
    let mut by_name = BTreeMap::new();
    for (name, written) in &raw.calendar {
        let calendar = calendar(name, written.get_ref(), (zone, beside), faults);
        by_name.insert(name.get_ref().clone(), calendar.map(Arc::new));
    }
    Calendars { by_name }
}

fn calendar(
    name: &Text,
    written: &raw::Calendar,
    (zone, beside): (&TimeZone, Beside<'_>),
    faults: &mut Faults,
) -> Option<Calendar> {
    let errors = faults.errors();
    written.unknown.iter().for_each(|key| unknown_key(key, name, faults));
    let own = written.time_zone.as_ref().and_then(|text| super::zone(text, faults));
    let zone = own.unwrap_or_else(|| zone.clone());
    let week = week(written, faults);
    let holidays = away(&written.holidays, Meant::Holidays, (&zone, beside), faults);
    let extra = extra(written, faults);
    // Of hours that could not be read, "never open" would not be true.
    let called = name.get_ref();
    if faults.errors() > errors || faults.struck_within(&format!("calendar.{called}")) {
        return None;
    }
    let open = Calendar::with_extra(zone, week, holidays.days, extra).and_then(|calendar| {
        let (calendar, gone) = calendar.shortened(&holidays.gaps);
        calendar.without(&gone)
    });
    if let Ok(calendar) = open {
        return Some(calendar);
    }
    let what = format!("the calendar {called:?} has no open hour in {SEARCH_DAYS} days");
    let fault = Fault::error("E-never-open", what).at(name.span());
    let right = "give it hours, as in mon-fri = [\"09:00-17:00\"], or look at its holidays";
    faults.push(fault.label("nothing would ever be due on it").right(right));
    None
}

type Week = [Vec<Interval>; 7];

fn week(written: &raw::Calendar, faults: &mut Faults) -> Week {
    let mut week: Week = Default::default();
    let mut places: [Option<Span>; 7] = Default::default();
    let mut written: Vec<_> = written.hours.iter().collect();
    // TOML tables come sorted by key; a letter speaks of them line by line.
    written.sort_by_key(|(key, _)| key.span().start);
    for (key, texts) in written {
        let hours = hours(texts, faults);
        for day in days_of_week(key.get_ref()).unwrap_or_default() {
            let (Some(slot), Some(place)) = (week.get_mut(day), places.get_mut(day)) else {
                continue;
            };
            if let Some(first) = place {
                faults.push(twice(day, key, faults.line(first)));
            } else {
                slot.clone_from(&hours);
                *place = Some(texts.span());
            }
        }
    }
    past_midnight(&week, &places, faults);
    week
}

fn twice(day: usize, key: &Text, line: usize) -> Fault {
    let day = WEEKDAYS.get(day).copied().unwrap_or_default();
    Fault::error("E-duplicate", format!("the hours of {day} are given twice"))
        .at(key.span())
        .label(format!("{day} again"))
        .right(format!("line {line} has them already; leave one of the two out"))
}

/// The hours of one day, in order; those that lie over another are told.
fn hours(texts: &Spanned<OneOrMany>, faults: &mut Faults) -> Vec<Interval> {
    let mut hours: Vec<(Interval, &str)> = Vec::new();
    for (text, span) in each(texts) {
        match interval(text) {
            Ok(next) => {
                let over =
                    |(had, _): &&(Interval, &str)| next.start < had.end && had.start < next.end;
                if let Some((_, had)) = hours.iter().find(over) {
                    let what = format!("{text:?} and {had:?} overlap");
                    let fault = Fault::error("E-interval", what).at(span);
                    faults.push(fault.right("hours of one day must not lie over each other"));
                }
                hours.push((next, text));
            }
            Err(fault) => faults.push(fault.at(span)),
        }
    }
    let mut hours: Vec<Interval> = hours.into_iter().map(|(interval, _)| interval).collect();
    hours.sort_unstable();
    hours
}

/// Nights that run into the hours of the next morning.
fn past_midnight(week: &Week, places: &[Option<Span>; 7], faults: &mut Faults) {
    for (day, hours) in week.iter().enumerate() {
        let next = (day + 1) % 7;
        let (Some(last), Some(first)) = (hours.last(), week.get(next).and_then(|h| h.first()))
        else {
            continue;
        };
        let place = places.get(day).cloned().flatten();
        if last.end > MIDNIGHT + first.start {
            let day = WEEKDAYS.get(day).copied().unwrap_or_default();
            let next = WEEKDAYS.get(next).copied().unwrap_or_default();
            let what = format!("the night of {day} runs into the hours of {next}");
            let fault = Fault::error("E-interval", what).at(place.unwrap_or_default());
            let right = "end it where the next day starts: stretches that touch are joined";
            faults.push(fault.right(right));
        }
    }
}

fn extra(written: &raw::Calendar, faults: &mut Faults) -> Extra {
    let mut extra = Extra::new();
    for (key, texts) in &written.extra {
        let hours = hours(texts, faults);
        match super::days::date(key.get_ref()) {
            Ok(date) => {
                extra.insert(date, hours);
            }
            Err(fault) => faults.push(fault.at(key.span())),
        }
    }
    extra
}

fn unknown_key(key: &Text, calendar: &Text, faults: &mut Faults) {
    let written = key.get_ref();
    let short: String = written.to_lowercase().chars().take(3).collect();
    let others = ["holidays", "extra", "time_zone"];
    let near = nearest(written, others.into_iter().chain(WEEKDAYS))
        .or_else(|| WEEKDAYS.into_iter().find(|day| *day == short));
    let right = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "what may stand here: mon … sun, spans such as mon-fri, holidays, extra, time_zone"
            .to_owned(),
    };
    let what = format!("there is no `{written}` in `calendar.{}`", calendar.get_ref());
    faults.push(Fault::error("E-unknown-key", what).at(key.span()).label("not known").right(right));
}
