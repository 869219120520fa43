//! `[[mailbox]]`: addresses that several people serve.

use std::collections::{BTreeMap, BTreeSet};

use super::calendars::Calendars;
use super::people::{People, take_address};
use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{self, Raw, every};
use crate::domain::ids::{Address, PersonId};
use crate::domain::roster::Mailbox;

/// The shared mailboxes, and every address that somebody here answers.
pub(super) struct Mailboxes {
    /// Those that are sound.
    pub(super) by_address: BTreeMap<Address, Mailbox>,
    /// Whose an address is, in words, and where that is written: people's too.
    pub(super) watched: BTreeMap<Address, (String, Span)>,
}

/// All mailboxes of the file.
pub(super) fn mailboxes(
    raw: &Raw,
    calendars: &Calendars,
    people: &People,
    faults: &mut Faults,
) -> Mailboxes {
    let mut all = Mailboxes { by_address: BTreeMap::new(), watched: people.addresses.clone() };
    for written in &raw.mailbox {
        let place = written.span();
        if let Some(mailbox) = mailbox(written.get_ref(), &place, (calendars, people), faults) {
            let address = written.get_ref().address.as_ref().map_or(place, toml::Spanned::span);
            let who = ("a mailbox", &address);
            take_address(&mailbox.address, who, &mut all.watched, faults);
            all.by_address.insert(mailbox.address.clone(), mailbox);
        }
    }
    for written in &raw.mailbox {
        all.without_people_as_forms(written.get_ref(), faults);
    }
    all
}

impl Mailboxes {
    /// What comes from an address that is answered here is somebody's own words.
    fn without_people_as_forms(&self, written: &raw::Mailbox, faults: &mut Faults) {
        for (text, span) in every(&written.forms) {
            let form = Address::parse(text);
            let Some((who, _)) = form.and_then(|form| self.watched.get(&form)) else { continue };
            let fault = Fault::error("E-form", format!("{text} is an address of {who}"));
            let right = "the address that the web site itself sends from: \
                \"wordpress@shop.example\"";
            faults.push(fault.at(span).label("writes for nobody else").right(right));
        }
    }
}

fn mailbox(
    written: &raw::Mailbox,
    place: &Span,
    (calendars, people): (&Calendars, &People),
    faults: &mut Faults,
) -> Option<Mailbox> {
    let served_by = served_by(written, place, people, faults);
    let mut forms = Vec::new();
    for (text, span) in every(&written.forms) {
        forms.extend(super::address(text, span, faults));
    }
    let calendar = written.calendar.as_ref().and_then(|name| calendars.called(name, faults));
    let Some(text) = &written.address else {
        let fault = Fault::error("E-missing", "this mailbox has no address");
        faults.missing(place, "address", fault.right("address = \"help@brook.example\""));
        return None;
    };
    let address = super::address(text.get_ref(), text.span(), faults)?;
    Some(Mailbox { address, served_by, calendar, forms })
}

fn served_by(
    written: &raw::Mailbox,
    place: &Span,
    people: &People,
    faults: &mut Faults,
) -> Vec<PersonId> {
    let names = every(&written.served_by);
    if names.is_empty() {
        let fault = Fault::error("E-nobody", "nobody serves this mailbox");
        let right = "served_by = [\"017\", \"021\"]: the ids of those who answer it";
        faults.missing(place, "served_by", fault.right(right));
    }
    let mut seen = BTreeSet::new();
    let mut served_by = Vec::new();
    for (name, span) in names {
        if !seen.insert(name) {
            let fault = Fault::error("E-duplicate", format!("{name:?} serves this mailbox twice"));
            faults.push(fault.at(span).right("once is enough"));
            continue;
        }
        served_by.extend(people.find(name, span, faults));
    }
    served_by
}
