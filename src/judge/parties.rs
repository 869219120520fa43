//! Who wrote to whom: direction, relay, how a mail is addressed to us, and who
//! waits for the answer.
//!
//! Without a roster nobody knows who is ours; then a mail is read as if its
//! recipients were.

use super::form::{self, Form};
use super::verdict::{Direction, ForUs, Relay};
use crate::domain::ids::{Address, Party};
use crate::domain::roster::Roster;
use crate::mail::automatic;
use crate::mail::parse::Message;

/// Who and how, without what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) direction: Direction,
    pub(super) origin: Origin,
    pub(super) for_us: ForUs,
    pub(super) mailbox: Option<Address>,
    /// An address of ours that is written to but not watched.
    pub(super) unwatched: Option<Address>,
}

/// Where a mail comes from, beyond its From.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// Who wrote it, and so waits for the answer.
    pub(super) author: Option<Party>,
    /// The form that they filled in, where the configuration names it.
    pub(super) form: Option<Form>,
    pub(super) relayed: Option<Relay>,
}

/// The author of a mail, whom a group or the form on a web site may have put
/// elsewhere than in From.
fn counterpart(message: &Message, roster: Option<&Roster>) -> Option<Party> {
    if let Some(author) = automatic::form_author(message) {
        return Some(author.clone());
    }
    let ours = |address: &Address| roster.is_some_and(|roster| roster.is_ours(address));
    let Some(from) = message.from.clone() else {
        // Who cannot be read may still have said where they want the answer.
        return message.reply_to.first().filter(|party| !ours(&party.address)).cloned();
    };
    let person = roster.is_some_and(|roster| roster.person_at(&from.address).is_some());
    if !ours(&from.address) || person {
        return Some(from);
    }
    // A form of our own, or a group that put itself in front of the author.
    let original = ["x-original-from", "x-original-sender"]
        .into_iter()
        .filter_map(|name| message.header(name))
        .find_map(party)
        .or_else(|| message.reply_to.first().cloned());
    Some(original.filter(|party| !ours(&party.address)).unwrap_or(from))
}

fn party(text: &str) -> Option<Party> {
    let (name, address) = match text.split_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"'), rest.split('>').next()?),
        None => ("", text),
    };
    Some(Party { name: name.to_owned(), address: Address::parse(address)? })
}

/// How the mail went, as far as its headers and the envelope say.
pub(super) fn route(message: &Message, roster: Option<&Roster>, envelope: &[Address]) -> Route {
    let reached = reached(message, envelope);
    let form = form::form(message, roster, &reached);
    let named = form.as_ref().and_then(|form| form.author.clone());
    let author = named.or_else(|| counterpart(message, roster));
    let origin = Origin { author, form, relayed: relay(message, roster) };
    match roster {
        Some(roster) => known_route(message, roster, &reached, origin),
        None => guessed_route(message, &reached, origin),
    }
}

/// Whom it was delivered to: what the source knows, and what servers noted.
fn reached(message: &Message, envelope: &[Address]) -> Vec<Address> {
    const NOTES: [&str; 4] = ["delivered-to", "x-original-to", "envelope-to", "x-delivered-to"];
    let noted = NOTES.iter().flat_map(|name| message.headers_called(name));
    envelope.iter().cloned().chain(noted.filter_map(Address::parse)).collect()
}

fn known_route(message: &Message, roster: &Roster, reached: &[Address], origin: Origin) -> Route {
    let addresses = |parties: &[Party]| -> Vec<Address> {
        parties.iter().map(|party| party.address.clone()).collect()
    };
    let (to, cc) = (addresses(&message.to), addresses(&message.cc));
    let watched = |list: &[Address]| list.iter().find(|a| roster.watches(a)).cloned();
    let behind = |field: &str| message.crowd(field).find(|a| roster.watches(a));
    let in_to = watched(&to).or_else(|| behind("to"));
    let in_cc = watched(&cc).or_else(|| behind("cc"));
    let for_us = match (&in_to, &in_cc) {
        (Some(_), _) => ForUs::To,
        (None, Some(_)) => ForUs::Cc,
        // A group in front of a mailbox stands in To under its own name.
        _ if origin.relayed == Some(Relay::Group) && watched(reached).is_some() => ForUs::To,
        _ => ForUs::Other,
    };
    let all: Vec<&Address> = to.iter().chain(&cc).chain(reached).collect();
    let inside = all.iter().any(|address| roster.is_ours(address));
    let outside = to.iter().chain(&cc).any(|address| !roster.is_ours(address));
    let direction = match &origin.author {
        None => Direction::Unknown,
        Some(author) if !roster.is_ours(&author.address) => Direction::Inbound,
        Some(_) if outside || !inside => Direction::Outbound,
        Some(_) => Direction::Internal,
    };
    Route {
        direction,
        origin,
        for_us,
        mailbox: in_to.or(in_cc).or_else(|| watched(reached)),
        unwatched: to.iter().chain(&cc).find(|a| roster.is_ours(a)).cloned(),
    }
}

fn guessed_route(message: &Message, reached: &[Address], origin: Origin) -> Route {
    let among = |parties: &[Party]| parties.iter().any(|p| reached.contains(&p.address));
    let for_us = match origin.relayed {
        _ if among(&message.to) => ForUs::To,
        _ if among(&message.cc) => ForUs::Cc,
        Some(Relay::List) => ForUs::Other,
        _ if message.to.is_empty() && message.cc.is_empty() => ForUs::Other,
        _ => ForUs::To,
    };
    let mailbox = reached.first().cloned();
    Route { direction: Direction::Unknown, origin, for_us, mailbox, unwatched: None }
}

/// What passed it on. A list whose address is ours is a group in front of us.
fn relay(message: &Message, roster: Option<&Roster>) -> Option<Relay> {
    if automatic::list_header(message).is_some() {
        let ours = |address: &Address| roster.is_some_and(|roster| roster.is_ours(address));
        let group = list_addresses(message).iter().any(ours);
        return Some(if group { Relay::Group } else { Relay::List });
    }
    automatic::is_forwarded(message).map(|_| Relay::Forward)
}

/// The addresses by which list headers name the list. A List-Id (RFC 2919) is
/// the address with a dot in place of the `@`.
fn list_addresses(message: &Message) -> Vec<Address> {
    const NAMES: [&str; 4] = ["list-post", "x-beenthere", "mailing-list", "x-mailing-list"];
    let ends = |c: char| c.is_whitespace() || "<>;,:?".contains(c);
    let mut found: Vec<Address> = NAMES
        .iter()
        .flat_map(|name| message.headers_called(name))
        .flat_map(|value| value.split(ends))
        .filter_map(Address::parse)
        .collect();
    let id = message.header("list-id").and_then(|id| id.rsplit('<').next());
    let dotted = id.and_then(|id| id.trim_end_matches(['>', ' ']).split_once('.'));
    found.extend(dotted.and_then(|(name, host)| Address::parse(&format!("{name}@{host}"))));
    found
}
