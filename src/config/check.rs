//! From shapes to meaning: a policy and settings, or every reason why not.
//!
//! Each part below returns as much as it could make and notes what is wrong, so
//! that one fault hides no other. Something that is there but broken counts as
//! known, so that one fault is not told twice either.

use jiff::tz::TimeZone;

use super::Beside;
use super::faults::{Fault, Faults, Span};
use super::nearest::nearest;
use super::raw::{Organisation, Raw, Text, every};
use super::settings::{Mode, Settings};
use crate::domain::ids::Address;
use crate::domain::policy::Policy;
use crate::domain::roster::Roster;

mod amounts;
mod calendars;
mod check_in;
mod days;
mod delivery;
mod edges;
mod groups;
pub(super) mod hours;
mod intake;
mod ladders;
mod later;
mod loops;
mod mailboxes;
mod pace;
mod patterns;
mod people;
mod questions;
mod rotas;
mod rules;
mod schedules;
mod secrets;
mod templates;
mod web;

pub(super) use days::FILE_IS_MISSING;
pub(super) use edges::control_socket;

/// What is said of the organisation itself.
struct House {
    name: String,
    domains: Vec<String>,
    zone: TimeZone,
    last_resort: Option<(Address, Span)>,
    /// Whether one is written at all, or nothing can be said about it.
    has_last_resort: bool,
}

/// The policy and the settings that `raw` means. `None`, or a noted error,
/// where it means nothing.
pub(super) fn check(
    raw: &Raw,
    beside: Beside<'_>,
    faults: &mut Faults,
) -> Option<(Policy, Settings)> {
    let house = house(raw, faults);
    let calendars = calendars::calendars(raw, &house.zone, beside, faults);
    let people = people::people(raw, (&house, &calendars, beside), faults);
    let rotas = rotas::rotas(raw, &house, &people, faults);
    let mailboxes = mailboxes::mailboxes(raw, &calendars, &people, faults);
    let pace = pace::pace(raw, faults);
    let ladders = ladders::ladders(raw, pace, faults);
    let groups = groups::groups(raw, faults);
    let rules = rules::rules(raw, &ladders, (&mailboxes.watched, &groups), faults);
    let enforce_from = edges::enforce_from(raw, &house.zone, faults);
    let before_leaving = schedules::before_leaving(raw, faults);
    let schedules = schedules::schedules(raw, faults);
    let settings = edges::settings(raw, &house, beside, faults);
    if let Some(settings) = &settings {
        delivery::own_address(raw, settings, &house, &mailboxes.watched, faults);
    }
    let check_in = check_in::check_in(raw, faults);
    later::later(raw, faults);
    if let Some(settings) = &settings {
        intake::answers(raw, settings, faults);
        intake::receipts(raw, settings, faults);
    }
    let roster = Roster {
        organisation: house.name,
        domains: house.domains,
        zone: house.zone,
        last_resort: house.last_resort.map(|(address, _)| address),
        people: people.by_id,
        rotas,
        mailboxes: mailboxes.by_address,
    };
    let ladders = ladders.sound();
    let settings = settings?;
    let policy = Policy {
        roster,
        rules,
        ladders,
        enforce_from,
        before_leaving,
        schedules,
        pace,
        check_in,
        writes_to_contacts: settings.mode == Mode::Live,
    };
    Some((policy, settings))
}

fn house(raw: &Raw, faults: &mut Faults) -> House {
    let Some(organisation) = &raw.organisation else {
        if !faults.was_struck("organisation") {
            faults.push(
                Fault::error("E-missing", "the file has no [organisation]")
                    .right("it begins with [organisation], name = \"…\", domains = [\"…\"],")
                    .right("time_zone = \"Europe/Lisbon\" and last_resort = \"you@…\""),
            );
        }
        return House::nobody();
    };
    let (written, place) = (organisation.get_ref(), organisation.span());
    let name = given(written.name.as_ref(), faults);
    if name.is_none() {
        let fault = Fault::error("E-missing", "the organisation has no name");
        faults.missing(&place, "name", fault.right("name = \"Brook & Sons\""));
    }
    if written.time_zone.is_none() {
        let fault = Fault::error("E-missing", "the organisation has no time zone");
        faults.missing(&place, "time_zone", fault.right("time_zone = \"Europe/Lisbon\""));
    }
    let zone = written.time_zone.as_ref().and_then(|text| zone(text, faults));
    House {
        name: name.unwrap_or_default(),
        domains: domains(written, &place, faults),
        zone: zone.unwrap_or(TimeZone::UTC),
        has_last_resort: written.last_resort.is_some(),
        last_resort: written
            .last_resort
            .as_ref()
            .and_then(|text| Some((address(text.get_ref(), text.span(), faults)?, text.span()))),
    }
}

impl House {
    fn nobody() -> Self {
        Self {
            name: String::new(),
            domains: Vec::new(),
            zone: TimeZone::UTC,
            last_resort: None,
            has_last_resort: true,
        }
    }
}

fn domains(organisation: &Organisation, place: &Span, faults: &mut Faults) -> Vec<String> {
    let mut domains = Vec::new();
    let written = every(&organisation.domains);
    if written.is_empty() {
        let fault = Fault::error("E-missing", "the organisation has no mail domain")
            .right("domains = [\"brook.example\"]: who writes from there is one of yours");
        faults.missing(place, "domains", fault);
    }
    for (text, span) in written {
        domains.extend(domain(text, span, faults));
    }
    domains
}

/// The mail domain in `text`, in lower case.
fn domain(text: &str, span: Span, faults: &mut Faults) -> Option<String> {
    let lower = text.trim().to_lowercase();
    let parts = |c: char| c.is_alphanumeric() || c == '-' || c == '.' || c == '_';
    let dots = lower.starts_with('.') || lower.ends_with('.') || lower.contains("..");
    if !lower.is_empty() && lower.chars().all(parts) && !dots {
        return Some(lower);
    }
    let host = lower.rsplit("://").next().unwrap_or_default().split('/').next();
    let bare = host.unwrap_or_default().rsplit(['@', '*']).next().unwrap_or_default();
    let bare = bare.trim_matches('.');
    let right = if bare.contains('.') { format!("write {bare:?}") } else { String::new() };
    let fault = Fault::error("E-domain", format!("{text:?} is no mail domain"));
    faults.push(fault.at(span).label("only what stands behind the @").right(right));
    None
}

/// The mail address in `text`.
fn address(text: &str, span: Span, faults: &mut Faults) -> Option<Address> {
    let found = Address::parse(text);
    if found.is_none() {
        faults.push(
            Fault::error("E-address", format!("{text:?} is no mail address"))
                .at(span)
                .label("not somebody@somewhere")
                .right("the address alone, without a name or <brackets>: \"ana@brook.example\""),
        );
    }
    found
}

/// The time zone that `text` names.
fn zone(text: &Text, faults: &mut Faults) -> Option<TimeZone> {
    let name = text.get_ref().trim();
    if let Ok(zone) = TimeZone::get(name) {
        return Some(zone);
    }
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let plain = || known.iter().map(String::as_str).filter(|name| !name.starts_with("posix/"));
    let city = |name: &str| name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let near = plain()
        .find(|known| city(known) == name.replace(' ', "_").to_lowercase())
        .or_else(|| nearest(name, plain()));
    let right = match near {
        Some(near) => format!("did you mean {near:?}?"),
        None => "zones are named by continent and city: \"Europe/Lisbon\"".to_owned(),
    };
    let fault = Fault::error("E-time-zone", format!("there is no time zone {name:?}"));
    faults.push(fault.at(text.span()).label("not in the zone data").right(right));
    None
}

/// A text that says something: an empty one is told and counts as not given.
fn given(text: Option<&Text>, faults: &mut Faults) -> Option<String> {
    let text = text?;
    let clean = text.get_ref().trim();
    if clean.is_empty() {
        faults.push(Fault::error("E-empty", "this text is empty").at(text.span()));
    }
    Some(clean.to_owned())
}

/// One of a few words, each with its meaning.
fn word<T: Copy>(key: &str, text: &Text, known: &[(&str, T)], faults: &mut Faults) -> Option<T> {
    let written = text.get_ref().trim();
    if let Some((_, meaning)) = known.iter().find(|(word, _)| *word == written) {
        return Some(*meaning);
    }
    let words: Vec<String> = known.iter().map(|(word, _)| format!("{word:?}")).collect();
    let right = match nearest(written, known.iter().map(|(word, _)| *word)) {
        Some(near) => format!("did you mean {near:?}?"),
        None => String::new(),
    };
    let fault = Fault::error("E-value", format!("`{key}` cannot be {written:?}"));
    faults.push(fault.at(text.span()).label(words.join(" or ")).right(right));
    None
}
