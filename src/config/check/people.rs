//! `[[person]]`: who is here, whom they answer to, who answers for them.
//!
//! Somebody whose lateness nobody would hear of is refused: that is the one
//! promise an escalation makes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::House;
use super::calendars::Calendars;
use super::days::{Meant, away};
use super::loops::{Arrow, loops};
use crate::config::Beside;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::ics::Away;
use crate::config::nearest::{nearest, suggestion};
use crate::config::raw::{self, Raw, Text, every};
use crate::domain::calendar::{Calendar, Days, merged};
use crate::domain::ids::{Address, PersonId};
use crate::domain::roster::Person;
use crate::domain::rota::Superior;

/// What stands before the name of a rota.
const ROTA: &str = "rota:";

/// So many people are listed in a letter.
const SHOWN: usize = 6;

/// Everybody in the file.
pub(super) struct People {
    /// Those who are sound.
    pub(super) by_id: BTreeMap<PersonId, Person>,
    /// Whose an address is, in words, and where that is written.
    pub(super) addresses: BTreeMap<Address, (String, Span)>,
    /// The number, short name and name of all, sound or not.
    known: Vec<Known>,
    /// Whether all of them have a number, so that others are surely unknown.
    complete: bool,
}

struct Known {
    id: String,
    short: Option<String>,
    called: String,
}

impl People {
    /// The person that `name` means; what points nowhere is told.
    pub(super) fn called(&self, name: &Text, faults: &mut Faults) -> Option<PersonId> {
        self.find(name.get_ref(), name.span(), faults)
    }

    /// The same for a text of a list.
    pub(super) fn find(&self, name: &str, span: Span, faults: &mut Faults) -> Option<PersonId> {
        if self.known.iter().any(|known| known.id == name) {
            return Some(PersonId::new(name));
        }
        if name.starts_with(ROTA) {
            faults.push(
                Fault::error("E-value", "only a supervisor can be a rota")
                    .at(span)
                    .label("not a person")
                    .right("name one person by their id"),
            );
        } else if self.complete && !faults.was_struck("person.id") {
            let fault = Fault::error("E-unknown-name", format!("there is no person {name:?}"));
            faults.push(fault.at(span).label("points nowhere").right(self.meant(name)));
        }
        None
    }

    /// The superior that `name` means: a person, or a rota.
    fn superior(&self, name: &Text, raw: &Raw, faults: &mut Faults) -> Option<Superior> {
        let Some(rota) = name.get_ref().strip_prefix(ROTA) else {
            return self.called(name, faults).map(Superior::Person);
        };
        let names = raw.rota.keys().map(|key| key.get_ref().as_str());
        if !names.clone().any(|known| known == rota) && !faults.lost_a_name("rota") {
            let fault = Fault::error("E-unknown-name", format!("there is no rota {rota:?}"));
            let right = suggestion(rota, names, "[rota.NAME]");
            faults.push(fault.at(name.span()).label("points nowhere").right(right));
        }
        Some(Superior::Rota(rota.to_owned()))
    }

    fn meant(&self, name: &str) -> String {
        let says = |known: &Known| format!("{} is {:?}", known.called, known.id);
        let lower = name.to_lowercase();
        let by_name = self.known.iter().find(|known| {
            known.short.as_deref() == Some(name)
                || known.called.to_lowercase().split(' ').any(|part| part == lower)
                || known.called.to_lowercase() == lower
        });
        if let Some(known) = by_name {
            return format!("people are named by their id: {}", says(known));
        }
        let near = nearest(name, self.known.iter().map(|known| known.id.as_str()));
        if let Some(known) = self.known.iter().find(|known| Some(known.id.as_str()) == near) {
            return format!("did you mean {:?}, {}?", known.id, known.called);
        }
        let all: Vec<String> = self.known.iter().take(SHOWN).map(says).collect();
        format!("people are named by their id: {}", all.join(", "))
    }
}

/// All people of the file.
pub(super) fn people(
    raw: &Raw,
    (house, calendars, beside): (&House, &Calendars, Beside<'_>),
    faults: &mut Faults,
) -> People {
    if raw.person.is_empty() && !faults.was_struck("person") {
        let fault = Fault::error("E-missing", "there is nobody here: the file has no [[person]]");
        faults.push(fault.right("[[person]] with id, name, email and supervisor, for each of you"));
    }
    let known = known(raw, faults);
    let complete = !known.is_empty() && known.len() == raw.person.len();
    let (by_id, addresses) = (BTreeMap::new(), BTreeMap::new());
    let mut people = People { by_id, addresses, known, complete };
    let around = (raw, house, calendars, beside);
    for written in &raw.person {
        let made = person(written.get_ref(), &written.span(), around, &mut people, faults);
        if let Some(person) = made {
            people.by_id.entry(person.id.clone()).or_insert(person);
        }
    }
    chains(raw, &people, faults);
    people
}

/// What the people are called, with names that are given twice told.
fn known(raw: &Raw, faults: &mut Faults) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    for written in &raw.person {
        let person = written.get_ref();
        for (what, text) in [("id", &person.id), ("short name", &person.short)] {
            let Some(text) = text else { continue };
            let name = text.get_ref().clone();
            if let Some(first) = places.get(&name) {
                let line = faults.line(first);
                faults.push(
                    Fault::error("E-duplicate", format!("the {what} {name:?} is taken"))
                        .at(text.span())
                        .label("given twice")
                        .right(format!("line {line} has it already; give each person their own")),
                );
            } else {
                places.insert(name, text.span());
            }
        }
        let Some(id) = &person.id else { continue };
        let called = called(person);
        let short = person.short.as_ref().map(|short| short.get_ref().clone());
        known.push(Known { id: id.get_ref().clone(), short, called });
    }
    known
}

/// How a letter speaks of somebody.
fn called(person: &raw::Person) -> String {
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.get_ref().trim().to_owned());
    let by_id = || text(&person.id).map(|id| format!("person {id:?}"));
    text(&person.name).or_else(by_id).unwrap_or_else(|| "this person".to_owned())
}

fn person(
    written: &raw::Person,
    place: &Span,
    (raw, house, calendars, beside): (&Raw, &House, &Calendars, Beside<'_>),
    people: &mut People,
    faults: &mut Faults,
) -> Option<Person> {
    let who = called(written);
    let id = name_of(written.id.as_ref(), ("id", &who, "id = \"017\""), place, faults);
    let name = name_of(written.name.as_ref(), ("name", &who, "name = \"Ana Ruiz\""), place, faults);
    let addresses = addresses(written, (&who, place), people, faults);
    let zone = written.time_zone.as_ref().and_then(|text| super::zone(text, faults));
    let calendar = match &written.calendar {
        Some(name) => calendars.called(name, faults),
        None => calendars.only(&who, place, faults),
    };
    let supervisor =
        written.supervisor.as_ref().and_then(|name| people.superior(name, raw, faults));
    if written.supervisor.is_none() && !house.has_last_resort {
        nobody_above(&who, place, faults);
    }
    let deputy = written.deputy.as_ref().and_then(|name| people.called(name, faults));
    let own = zone.as_ref().or(calendar.as_ref().map(|calendar| calendar.zone()));
    let clocks = (own.unwrap_or(&house.zone), beside);
    let away = away(&written.absences, Meant::Absences, clocks, faults);
    let short = short(written.short.as_ref(), faults);
    let calendar = match zone {
        Some(zone) => calendar?.as_ref().clone().in_zone(zone).into(),
        None => calendar?,
    };
    let (calendar, absences) = present(calendar, away);
    let (id, name) = (PersonId::new(id?), name?);
    Some(Person { id, short, name, addresses, calendar, supervisor, deputy, absences })
}

/// When somebody is there, and the days they are away: a time of absence that
/// covers all hours of a day is a day, one that covers its beginning or its end
/// makes it shorter.
fn present(calendar: Arc<Calendar>, away: Away) -> (Arc<Calendar>, Vec<Days>) {
    if away.gaps.is_empty() {
        return (calendar, away.days);
    }
    let (calendar, gone) = Arc::unwrap_or_clone(calendar).shortened(&away.gaps);
    (Arc::new(calendar), merged([away.days, gone].concat()))
}

fn nobody_above(who: &str, place: &Span, faults: &mut Faults) {
    if faults.was_struck("organisation.last_resort") {
        return;
    }
    let what = format!("nobody would be told when {who} is late");
    let fault = Fault::error("E-nobody", what)
        .label("has no supervisor, and there is no last_resort")
        .right("give them a supervisor = \"…\", or the [organisation] a last_resort = \"you@…\"")
        .right("the last_resort is told whenever a chain of supervisors ends");
    faults.missing(place, "supervisor", fault);
}

/// A text that every person must have.
fn name_of(
    text: Option<&Text>,
    (key, who, example): (&str, &str, &str),
    place: &Span,
    faults: &mut Faults,
) -> Option<String> {
    if text.is_none() {
        let fault = Fault::error("E-missing", format!("{who} has no {key}"));
        faults.missing(place, key, fault.right(example));
    }
    super::given(text, faults)
}

fn short(text: Option<&Text>, faults: &mut Faults) -> Option<String> {
    let (written, short) = (text?, super::given(text, faults)?);
    if short.contains(|c: char| c.is_whitespace() || c == '@') {
        let fault = Fault::error("E-value", format!("{short:?} is no name for a command"));
        faults.push(fault.at(written.span()).label("one word, without @").right("short = \"ana\""));
    }
    Some(short)
}

fn addresses(
    written: &raw::Person,
    (who, place): (&str, &Span),
    people: &mut People,
    faults: &mut Faults,
) -> Vec<Address> {
    let texts = every(&written.email);
    if texts.is_empty() {
        let fault = Fault::error("E-missing", format!("{who} has no mail address"));
        faults.missing(place, "email", fault.right("email = [\"ana@brook.example\"]"));
    }
    let mut addresses = Vec::new();
    for (text, span) in texts {
        let Some(address) = super::address(text, span.clone(), faults) else { continue };
        take_address(&address, (who, &span), &mut people.addresses, faults);
        addresses.push(address);
    }
    addresses
}

/// Notes whose `address` is, and tells where it was somebody's before.
pub(super) fn take_address(
    address: &Address,
    (who, span): (&str, &Span),
    taken: &mut BTreeMap<Address, (String, Span)>,
    faults: &mut Faults,
) {
    let Some((first, before)) = taken.get(address) else {
        taken.insert(address.clone(), (who.to_owned(), span.clone()));
        return;
    };
    let line = faults.line(before);
    let what = if first == who {
        format!("{address} is given twice to {who}")
    } else {
        format!("{address} is given to {who} and to {first}")
    };
    faults.push(
        Fault::error("E-duplicate", what)
            .at(span.clone())
            .label("given twice")
            .right(format!("line {line} has it already; an address belongs to one alone")),
    );
}

/// Supervisors that come round to where they began, and deputies of themselves.
fn chains(raw: &Raw, people: &People, faults: &mut Faults) {
    for ((many, one), right, next) in [
        (
            ("supervisors", "supervisor"),
            "the topmost has no supervisor: theirs is the last_resort",
            (|person| person.supervisor.as_ref()) as fn(&raw::Person) -> Option<&Text>,
        ),
        (
            ("deputies", "deputy"),
            "leave it out: while they are away, the supervisor is asked",
            |person| person.deputy.as_ref(),
        ),
    ] {
        let arrows: Vec<Arrow<'_>> = raw
            .person
            .iter()
            .filter_map(|person| {
                let (from, to) = (person.get_ref().id.as_ref()?, next(person.get_ref())?);
                Some(Arrow { from: from.get_ref(), to: to.get_ref(), place: to.span() })
            })
            .collect();
        for (round, place) in loops(&arrows) {
            let name = |id: &&str| {
                let known = people.known.iter().find(|known| known.id == *id);
                known.map_or_else(|| (*id).to_owned(), |known| known.called.clone())
            };
            let names: Vec<String> = round.iter().map(name).collect();
            // Two who stand in for each other are what a small office has: when
            // both are away, the supervisor is asked.
            if one == "deputy" && names.len() > 2 {
                continue;
            }
            let what = match names.as_slice() {
                [who, _] => format!("{who} is their own {one}"),
                names => format!("the {many} go round in a circle: {}", names.join(" → ")),
            };
            faults.push(Fault::error("E-loop", what).at(place).right(right));
        }
    }
}
