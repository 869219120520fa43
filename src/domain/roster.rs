//! The people and mailboxes of the organisation: who owes, and who is told.
//!
//! Whom to tell is resolved at the moment of telling: somebody who is away is
//! skipped to their deputy and then up the chain, and the chain always ends at
//! somebody. The configuration is refused where it could not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::calendar::{Calendar, Days};
use super::ids::{Address, PersonId};
use super::nearest::nearest;
use super::rota::{Rota, Superior};

/// How many deputies or supervisors a chain may pass before the last resort.
const CHAIN: usize = 16;

/// How many names are told to somebody who gave one that is like none.
const MOST_NAMES: usize = 6;

/// Somebody of the organisation.
#[derive(Debug, Clone)]
pub struct Person {
    /// The organisation's number for them.
    pub id: PersonId,
    /// A short name for commands.
    pub short: Option<String>,
    /// Their name, as it is written to others.
    pub name: String,
    /// Their addresses; owed writes to the first.
    pub addresses: Vec<Address>,
    /// When they work, on their own clocks.
    pub calendar: Arc<Calendar>,
    /// Who is told when they are late.
    pub supervisor: Option<Superior>,
    /// Who answers for them while they are away.
    pub deputy: Option<PersonId>,
    /// The days they are away.
    pub absences: Vec<Days>,
}

impl Person {
    /// Whether they are away on the working day of `at`, on their own clocks.
    pub fn is_away(&self, at: Timestamp) -> bool {
        !self.absences.is_empty() && self.is_away_on(self.calendar.working_date(at))
    }

    /// Whether they are away on this working day.
    pub fn is_away_on(&self, date: Date) -> bool {
        self.absences.iter().any(|days| days.contains(date))
    }
}

/// A shared address that is watched, and the people who serve it.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Its address.
    pub address: Address,
    /// Who answers it, in the order of the configuration.
    pub served_by: Vec<PersonId>,
    /// The organisation's promise for it; without one, its people's hours.
    pub calendar: Option<Arc<Calendar>>,
    /// Forms on web sites that write to it: what they send is the enquiry of
    /// whoever filled them in.
    pub forms: Vec<Address>,
}

/// Somebody to write to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient {
    /// Where.
    pub address: Address,
    /// Who of us, by the number under which they may act; none of a contact.
    pub person: Option<PersonId>,
}

/// A name that nobody here has, or that several have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nobody here is called “{name}”, or several are: {known}")]
pub struct Uncalled {
    name: String,
    known: String,
}

/// Everybody here.
#[derive(Debug, Clone)]
pub struct Roster {
    /// The organisation's name.
    pub organisation: String,
    /// Its mail domains, in lower case.
    pub domains: Vec<String>,
    /// Its zone, for everything that has none of its own.
    pub zone: TimeZone,
    /// Who is told when the whole chain is unreachable.
    pub last_resort: Option<Address>,
    /// The people by their number.
    pub people: BTreeMap<PersonId, Person>,
    /// Those who take turns, by the name of the rota.
    pub rotas: BTreeMap<String, Rota>,
    /// The shared mailboxes by their address.
    pub mailboxes: BTreeMap<Address, Mailbox>,
}

impl Roster {
    /// The person whose address this is.
    pub fn person_at(&self, address: &Address) -> Option<&Person> {
        self.people.values().find(|person| person.addresses.contains(address))
    }

    /// The person called `name` in a command: a short name, a number, an address,
    /// or their whole name where only one has it.
    pub fn person_called(&self, name: &str) -> Option<&Person> {
        let same = |known: &str| known.to_lowercase() == name.to_lowercase();
        let mut namesakes = self.people.values().filter(|p| same(&p.name));
        self.people
            .values()
            .find(|p| p.id.as_str() == name || p.short.as_deref().is_some_and(same))
            .or_else(|| Address::parse(name).and_then(|address| self.person_at(&address)))
            .or_else(|| namesakes.next().filter(|_| namesakes.next().is_none()))
    }

    /// Whoever acts under this number: somebody here, or who reads the last resort's
    /// address where it is nobody's. They may answer and say things; nothing is ever theirs.
    pub fn hand(&self, id: &PersonId) -> Option<Person> {
        let found = self.people.get(id).cloned();
        found.or_else(|| self.last_hand().filter(|last| last.id == *id))
    }

    /// The same for who writes from this address.
    pub fn hand_at(&self, address: &Address) -> Option<Person> {
        let found = self.person_at(address).cloned();
        found.or_else(|| self.last_hand().filter(|last| last.addresses.contains(address)))
    }

    /// The same for who is called so in a command; the last resort by its address.
    pub fn hand_called(&self, name: &str) -> Option<Person> {
        let found = self.person_called(name).cloned();
        found.or_else(|| self.hand_at(&Address::parse(name)?))
    }

    fn last_hand(&self) -> Option<Person> {
        let address = self.last_resort.as_ref();
        let address = address.filter(|address| self.person_at(address).is_none())?;
        Some(Person {
            id: PersonId::last_resort(),
            short: Some(address.to_string()),
            name: address.to_string(),
            addresses: vec![address.clone()],
            calendar: Arc::new(Calendar::always(self.zone.clone())),
            supervisor: None,
            deputy: None,
            absences: Vec::new(),
        })
    }

    /// Why nobody is found by `name`, and who was probably meant.
    pub fn unknown(&self, name: &str) -> Uncalled {
        let called = |p: &Person| p.short.clone().unwrap_or_else(|| p.id.to_string());
        let own = |p: &Person| [called(p), p.name.clone()];
        let all: Vec<String> = self.people.values().flat_map(own).collect();
        let meant = nearest(name, all.iter().map(String::as_str)).map(str::to_owned);
        let meant = meant.and_then(|near| self.people.values().find(|p| own(p).contains(&near)));
        let known = if let Some(person) = meant {
            format!("did you mean {}, {}?", called(person), person.name)
        } else {
            let names: Vec<String> = self.people.values().take(MOST_NAMES).map(called).collect();
            let more = self.people.len().saturating_sub(MOST_NAMES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("the people are {}{more}", names.join(", "))
        };
        Uncalled { name: name.to_owned(), known }
    }

    /// Whether mail to this address is somebody's here to answer.
    pub fn watches(&self, address: &Address) -> bool {
        self.mailboxes.contains_key(address) || self.person_at(address).is_some()
    }

    /// Whether what `sender` writes to one of `recipients` was filled in on a web
    /// site, by somebody else.
    pub fn is_form<'a>(
        &self,
        sender: &Address,
        recipients: impl IntoIterator<Item = &'a Address>,
    ) -> bool {
        let mut mailboxes = recipients.into_iter().filter_map(|to| self.mailboxes.get(to));
        mailboxes.any(|mailbox| mailbox.forms.contains(sender))
    }

    /// Whether this address is of the organisation at all.
    pub fn is_ours(&self, address: &Address) -> bool {
        self.watches(address) || self.domains.iter().any(|domain| domain == address.domain())
    }

    /// The name of a person, or their number where they have left the roster; the last
    /// resort's is its address.
    pub fn name_of<'a>(&'a self, id: &'a PersonId) -> &'a str {
        let last = self.last_resort.as_ref().filter(|_| id.is_last_resort());
        let unknown = || last.map_or(id.as_str(), Address::as_str);
        self.people.get(id).map_or_else(unknown, |person| &person.name)
    }

    /// Who answers for `id` at `at`: themselves, or the first of their deputies
    /// who is here. `None` when all of them are away.
    pub fn acting_for(&self, id: &PersonId, at: Timestamp) -> Option<&Person> {
        let mut seen: Vec<&PersonId> = Vec::new();
        let mut person = self.people.get(id)?;
        while person.is_away(at) {
            seen.push(&person.id);
            let deputy = person.deputy.as_ref().filter(|d| !seen.contains(d))?;
            person = self.people.get(deputy)?;
        }
        Some(person)
    }

    /// Who is on duty for a mailbox at `at`: of those who serve it and are not
    /// away, the one who leaves last that day. Ties go to the first named.
    pub fn on_duty(&self, mailbox: &Address, at: Timestamp) -> Option<&Person> {
        self.on_duty_beside(None, mailbox, at)
    }

    /// The same where `asks` is who waits for the answer, and so not who gives it.
    pub fn on_duty_beside(
        &self,
        asks: Option<&PersonId>,
        mailbox: &Address,
        at: Timestamp,
    ) -> Option<&Person> {
        let served_by: &[PersonId] = match self.mailboxes.get(mailbox) {
            Some(shared) => &shared.served_by,
            None => std::slice::from_ref(&self.person_at(mailbox)?.id),
        };
        let mut best: Option<(&Person, (std::cmp::Reverse<jiff::civil::Date>, Timestamp))> = None;
        let acting = served_by.iter().filter_map(|id| self.acting_for(id, at));
        for person in acting.filter(|person| Some(&person.id) != asks) {
            let leaves = person.calendar.end_of_day(at);
            // Somebody who works today comes before somebody who works tomorrow.
            let rank =
                (std::cmp::Reverse(person.calendar.date(person.calendar.next_open(at))), leaves);
            if best.as_ref().is_none_or(|(_, best)| rank > *best) {
                best = Some((person, rank));
            }
        }
        best.map(|(person, _)| person)
    }

    /// Who is `levels` above `person` at `at`, skipping who is away to their
    /// deputy and then upwards; of a rota whoever is on duty, or the next of them
    /// who is here. The last resort is told where the chain ends.
    pub fn above(&self, person: Option<&PersonId>, levels: u8, at: Timestamp) -> Option<Recipient> {
        let late = person.and_then(|id| self.people.get(id));
        let mut passed: Vec<&PersonId> = Vec::new();
        let mut below = late;
        for level in 1..=CHAIN.max(usize::from(levels)) {
            let Some(superior) = below.and_then(|p| p.supervisor.as_ref()) else { break };
            passed.extend(below.map(|person| &person.id));
            let seats = self.seats(superior, &passed, at);
            let mut reached = seats.iter().filter_map(|seat| {
                // A deputy who is the late owner would be told of their own lateness.
                let acting = self.acting_for(&seat.id, at)?;
                (Some(&acting.id) != person).then_some((*seat, acting))
            });
            match reached.next() {
                Some((_, acting)) if level >= usize::from(levels) => return recipient(acting),
                Some((seat, _)) => below = Some(seat),
                None => below = seats.first().copied(),
            }
        }
        self.last_resort.clone().map(|address| {
            let person = self.person_at(&address).map(|p| p.id.clone());
            Recipient { address, person: person.or_else(|| Some(PersonId::last_resort())) }
        })
    }

    /// Whose cases may be another's, or be told to another, when `id` leaves or
    /// comes back: of everybody whose deputies and supervisors lead to them, and
    /// what nobody owns yet in a mailbox that one of these serves.
    pub fn leading_to<'a>(
        &'a self,
        id: &'a PersonId,
    ) -> (BTreeSet<&'a PersonId>, BTreeSet<&'a Address>) {
        let mut found = BTreeSet::from([id]);
        loop {
            let before = found.len();
            let leads = |p: &&Person| self.next_to(p).any(|next| found.contains(next));
            let more: Vec<&PersonId> =
                self.people.values().filter(leads).map(|person| &person.id).collect();
            found.extend(more);
            if found.len() == before {
                break;
            }
        }
        let mailboxes = self.mailboxes.values();
        let theirs = mailboxes.filter(|m| m.served_by.iter().any(|id| found.contains(id)));
        let addresses = theirs.map(|mailbox| &mailbox.address).collect();
        (found, addresses)
    }

    /// Who may act for a person, or be told of them. While they are away, all who
    /// serve a mailbox with them.
    fn next_to<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a PersonId> {
        let away = !person.absences.is_empty();
        let shared =
            self.mailboxes.values().filter(move |m| away && m.served_by.contains(&person.id));
        let others = shared.flat_map(|mailbox| &mailbox.served_by);
        let superiors = person.supervisor.iter().flat_map(|superior| self.everybody_of(superior));
        person.deputy.iter().chain(superiors).chain(others)
    }

    /// Who stands above, as a superior means it: of a rota those who were not
    /// passed on the way up, from the one on duty on.
    fn seats(&self, superior: &Superior, passed: &[&PersonId], at: Timestamp) -> Vec<&Person> {
        match superior {
            Superior::Person(id) => self.people.get(id).into_iter().collect(),
            Superior::Rota(name) => {
                let order = self.rotas.get(name).into_iter().flat_map(|rota| rota.order(at));
                let others = order.filter(|id| !passed.contains(id));
                others.filter_map(|id| self.people.get(id)).collect()
            }
        }
    }

    /// All who may be told as this superior, at one time or another.
    fn everybody_of<'a>(&'a self, superior: &'a Superior) -> impl Iterator<Item = &'a PersonId> {
        let (person, rota) = match superior {
            Superior::Person(id) => (Some(id), None),
            Superior::Rota(name) => (None, self.rotas.get(name)),
        };
        person.into_iter().chain(rota.into_iter().flat_map(Rota::everybody))
    }

    /// The hours for what nobody's own count for: those of the first who has nobody above
    /// but the last resort.
    pub fn office_hours(&self) -> Arc<Calendar> {
        let head = self.people.values().find(|person| person.supervisor.is_none());
        let hours = head.map(|person| person.calendar.clone());
        hours.unwrap_or_else(|| Arc::new(Calendar::always(self.zone.clone())))
    }

    /// The calendar of somebody who is written to; the last resort has none and
    /// is told at any time what is overdue.
    pub fn calendar_of(&self, recipient: &Recipient) -> Option<&Calendar> {
        let person = self.people.get(recipient.person.as_ref()?)?;
        Some(&person.calendar)
    }
}

/// Where owed writes to a person.
pub fn recipient(person: &Person) -> Option<Recipient> {
    let address = person.addresses.first()?.clone();
    Some(Recipient { address, person: Some(person.id.clone()) })
}

#[cfg(test)]
mod tests;
