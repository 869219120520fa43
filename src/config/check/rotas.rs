//! `[rota.NAME]`: people who take turns at being told.
//!
//! A rota needs a `last_resort` behind it: all of its people may be away, and
//! somebody has to be told then.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use toml::Spanned;

use super::House;
use super::days::{date, range};
use super::hours::minutes;
use super::people::People;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{self, Raw, Text, every};
use crate::domain::ids::PersonId;
use crate::domain::rota::{Override, Rota};

/// A week, unless the rota says otherwise.
const TURN: u16 = 7;

/// Nobody is on duty for longer.
const LONGEST_TURN: u16 = 366;

/// All rotas of the file.
pub(super) fn rotas(
    raw: &Raw,
    house: &House,
    people: &People,
    faults: &mut Faults,
) -> BTreeMap<String, Rota> {
    let mut rotas = BTreeMap::new();
    for (name, written) in &raw.rota {
        if !house.has_last_resort && !faults.was_struck("organisation.last_resort") {
            no_last_resort(name, &written.span(), faults);
        }
        let made = rota(name, written, (house, people), faults);
        rotas.extend(made.map(|rota| (name.get_ref().clone(), rota)));
    }
    rotas
}

fn no_last_resort(name: &Text, place: &Span, faults: &mut Faults) {
    let what = format!("nobody would be told when all of the rota {:?} are away", name.get_ref());
    faults.push(
        Fault::error("E-nobody", what)
            .at(place.clone())
            .label("takes turns, and there is no last_resort")
            .right("give the [organisation] a last_resort = \"you@…\": it is told then"),
    );
}

fn rota(
    name: &Text,
    written: &Spanned<raw::Rota>,
    (house, people): (&House, &People),
    faults: &mut Faults,
) -> Option<Rota> {
    let (place, written) = (written.span(), written.get_ref());
    let members = members(name, (&place, written), people, faults);
    let first = first(name, (&place, written), faults);
    let turn = written.turn.as_ref().map_or(Some(TURN), |text| turn(text, faults));
    let at = written.at.as_ref().map_or(Some(Time::midnight()), |text| hour(text, faults));
    let overrides = overrides(written, first, people, faults);
    let zone = house.zone.clone();
    Some(Rota { people: members, first: first?, turn: turn?, at: at?, zone, overrides })
}

fn members(
    name: &Text,
    (place, written): (&Span, &raw::Rota),
    people: &People,
    faults: &mut Faults,
) -> Vec<PersonId> {
    let names = every(&written.people);
    if names.is_empty() {
        let what = format!("nobody is in the rota {:?}", name.get_ref());
        let fault = Fault::error("E-nobody", what);
        let right = "people = [\"004\", \"021\"]: their ids, in the order of their turns";
        faults.missing(place, "people", fault.right(right));
    }
    names.into_iter().filter_map(|(name, span)| people.find(name, span, faults)).collect()
}

fn first(name: &Text, (place, written): (&Span, &raw::Rota), faults: &mut Faults) -> Option<Date> {
    let Some(text) = &written.first else {
        let what =
            format!("it is not said when the first turn of the rota {:?} begins", name.get_ref());
        let right = "first = \"2026-01-05\": a day on which the first of them takes over";
        faults.missing(place, "first", Fault::error("E-missing", what).right(right));
        return None;
    };
    date(text.get_ref()).map_err(|fault| faults.push(fault.at(text.span()))).ok()
}

/// How many days `"1w"` or `"3d"` are.
fn turn(text: &Text, faults: &mut Faults) -> Option<u16> {
    let written = text.get_ref().trim();
    let days = |number: &str, unit: u16| number.trim().parse::<u16>().ok()?.checked_mul(unit);
    let weeks = written.strip_suffix('w').and_then(|number| days(number, 7));
    let found = weeks.or_else(|| written.strip_suffix('d').and_then(|number| days(number, 1)));
    let found = found.filter(|days| (1..=LONGEST_TURN).contains(days));
    if found.is_none() {
        let fault = Fault::error("E-duration", format!("{written:?} is no length of a turn"));
        let fault = fault.at(text.span()).label("whole days or weeks, up to a year");
        faults.push(fault.right("as in turn = \"1w\" or turn = \"1d\""));
    }
    found
}

fn hour(text: &Text, faults: &mut Faults) -> Option<Time> {
    let found = minutes(text.get_ref()).and_then(|minutes| {
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        Time::new(hour, minute, 0, 0).ok()
    });
    if found.is_none() {
        let fault = Fault::error("E-value", format!("{:?} is no time of day", text.get_ref()));
        faults.push(fault.at(text.span()).right("as in at = \"09:00\""));
    }
    found
}

fn overrides(
    written: &raw::Rota,
    first: Option<Date>,
    people: &People,
    faults: &mut Faults,
) -> Vec<Override> {
    let mut sound: Vec<Override> = Vec::new();
    for text in &written.overrides {
        let (place, text) = (text.span(), text.get_ref());
        let (Some(days), Some(person)) = (&text.days, &text.person) else {
            let fault = Fault::error("E-missing", "an override says on which days, and who");
            let right = "{ days = \"2026-12-24..2026-12-26\", person = \"021\" }";
            faults.push(fault.at(place).right(right));
            continue;
        };
        let Some(person) = people.called(person, faults) else { continue };
        let span = days.span();
        match range(days.get_ref()) {
            Err(fault) => faults.push(fault.at(span)),
            Ok(days) if first.is_some_and(|first| days.last < first) => {
                let fault = Fault::error("E-date", "this is over before the first turn begins");
                faults.push(fault.at(span).right("is it another year?"));
            }
            Ok(days)
                if sound.iter().any(|o| days.first <= o.days.last && o.days.first <= days.last) =>
            {
                let fault = Fault::error("E-duplicate", "these days have an override already");
                faults.push(fault.at(span).label("given twice").right("one person for each day"));
            }
            Ok(days) => sound.push(Override { days, person }),
        }
    }
    sound
}
