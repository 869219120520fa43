//! An evening: what somebody owes before they leave, and what waits when they have.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::occasion::Told;
use super::owing::{due_by, item};
use super::scene::{called, clocks};
use super::stationery::{Stationery, Subject};
use crate::domain::deadline::{self, Place};
use crate::domain::departure::{self, just_before};
use crate::domain::effect::Occasion;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::policy::Policy;
use crate::domain::roster::Person;
use crate::mail::letter::{self, Evening, Item};
use crate::mail::link::Verb;
use crate::store::{self, Owed};

/// What somebody was told of so lately is no news in the evening: the ladder's own
/// reminder came just before, and two mails of the same are one too many.
const JUST_TOLD: SignedDuration = SignedDuration::from_mins(60);

/// How many tellings are looked at.
const TELLINGS: i64 = 1_000;

/// How many others are named who could take something.
const OTHERS: usize = 3;

/// To a person whose day is nearly over; `None` where nobody waits, where they
/// have gone, and where all of it was told to them just before.
pub(super) async fn leaving(
    desk: &mut Desk<'_>,
    occasion: &Occasion,
    at: Timestamp,
) -> store::Result<Option<Told>> {
    let (policy, now) = (desk.policy, desk.now);
    let Some(person) = policy.roster.people.get(&PersonId::new(&occasion.subject)) else {
        return Ok(None);
    };
    let leaves = person.calendar.end_of_day(at);
    if now >= leaves {
        return Ok(None);
    }
    let owed = owed_by(desk, person, (leaves, now)).await?;
    let since = now.saturating_sub(JUST_TOLD).unwrap_or(now);
    let told = told(desk, occasion, since).await?;
    if owed.iter().all(|owed| told.contains(&(owed.case, owed.seq))) {
        return Ok(None);
    }
    let evening = evening(policy, person, occasion, (leaves, now));
    let items = owed.iter().map(|owed| {
        let with = (OF_THE_OWNER, now);
        let actions = actions(desk.stationery, occasion.to.person.as_ref(), owed, with);
        Item { actions, ..item(policy, owed, evening.now.time_zone()) }
    });
    let items = items.collect();
    let concern = desk.stationery.concern_link(&person.id, now);
    let letter = letter::leaving(&Evening { items, concern, ..evening.clone() });
    Ok(Some((letter, owed.iter().map(|owed| owed.case).collect())))
}

/// To whoever is above a person who has gone home; `None` where nothing is left
/// that is news to them. What the ladder told them, or an evening before, is for the
/// ladder to say again, and for the morning.
pub(super) async fn left(
    desk: &mut Desk<'_>,
    occasion: &Occasion,
    at: Timestamp,
) -> store::Result<Option<Told>> {
    let (policy, now) = (desk.policy, desk.now);
    let Some(person) = policy.roster.people.get(&PersonId::new(&occasion.subject)) else {
        return Ok(None);
    };
    let Some(left) = departure::last_departure(person, at) else { return Ok(None) };
    // Whoever was there last owes what nobody has taken, so it is asked before.
    let owed = owed_by(desk, person, (left, just_before(left))).await?;
    let before = desk.tx.last_occasion(occasion, at).await?.unwrap_or(Timestamp::MIN);
    let mut news = Vec::new();
    for owed in &owed {
        let told = desk.tx.was_told(&occasion.to.address, (owed.case, owed.seq)).await?;
        if !told && owed.due > before {
            news.push(owed);
        }
    }
    if news.is_empty() {
        return Ok(None);
    }
    let known = owed.len() - news.len();
    let evening = Evening { known, ..evening(policy, person, occasion, (left, now)) };
    let items = news.into_iter().map(|owed| {
        let with = (OF_ANOTHER, now);
        let actions = actions(desk.stationery, occasion.to.person.as_ref(), owed, with);
        let others = others(policy, person, owed, now);
        Item { others, actions, ..item(policy, owed, evening.now.time_zone()) }
    });
    let letter = letter::left(&Evening { items: items.collect(), ..evening.clone() });
    Ok(Some((letter, owed.iter().map(|owed| owed.case).collect())))
}

/// What is due by `until` and is this person's to answer, as seen at `at`, most
/// urgent first.
async fn owed_by(
    desk: &mut Desk<'_>,
    person: &Person,
    (until, at): (Timestamp, Timestamp),
) -> store::Result<Vec<Owed>> {
    let policy = desk.policy;
    let theirs = |place: Place<'_>| {
        deadline::responsible(policy, place, at).is_some_and(|acting| acting.id == person.id)
    };
    let mut owed = due_by(desk, (until, at), theirs).await?;
    // Whoever stands in for an owner may be who asked them.
    owed.retain(|owed| !person.addresses.contains(&owed.contact.address));
    Ok(owed)
}

/// Which obligations the reader was told of since `since`.
async fn told(
    desk: &mut Desk<'_>,
    occasion: &Occasion,
    since: Timestamp,
) -> store::Result<BTreeSet<(CaseNumber, u32)>> {
    let tellings = desk.tx.told_since(&occasion.to.address, since, TELLINGS).await;
    let tellings = desk.readable(tellings).await?.unwrap_or_default();
    let steps = tellings.iter().filter(|telling| telling.purpose.is_step());
    Ok(steps.map(|telling| (telling.case, telling.obligation)).collect())
}

fn evening(
    policy: &Policy,
    person: &Person,
    occasion: &Occasion,
    (leaves, now): (Timestamp, Timestamp),
) -> Evening {
    let zone = clocks(policy, &occasion.to);
    let local = |at: Timestamp| at.to_zoned(zone.clone());
    let back = departure::back_after(person, leaves).unwrap_or(leaves);
    let reader = occasion.to.person.as_ref().and_then(|id| policy.roster.hand(id));
    Evening {
        name: person.name.clone(),
        called: reader.as_ref().map(called),
        leaves: local(leaves),
        back: local(back),
        now: local(now),
        items: Vec::new(),
        known: 0,
        concern: None,
    }
}

/// What the owner can do about one of several with a click, and whoever is above
/// them.
const OF_THE_OWNER: &[(Verb, &str)] = &[
    (Verb::TellWhen, "Tell them when"),
    (Verb::Answered, "Answered by phone"),
    (Verb::HandOver, "Ask a colleague"),
    (Verb::Dismiss, "Needs no answer"),
];
const OF_ANOTHER: &[(Verb, &str)] = &[
    (Verb::HandOver, "Ask somebody to take it"),
    (Verb::Claim, "I take it"),
    (Verb::TellWhen, "Tell them when"),
    (Verb::Answered, "Answered by phone"),
];

fn actions(
    stationery: &Stationery,
    reader: Option<&PersonId>,
    owed: &Owed,
    (verbs, now): (&[(Verb, &str)], Timestamp),
) -> Vec<(String, String)> {
    let about = Subject { case: Some(owed.case), obligation: owed.seq };
    let link = |(verb, said): &(Verb, &str)| {
        let link = stationery.link(about, reader?, *verb, now)?;
        Some(((*said).to_owned(), link))
    };
    verbs.iter().filter_map(link).collect()
}

/// Who else could take it: the deputy, and the colleagues of the mailbox.
fn others(policy: &Policy, person: &Person, owed: &Owed, now: Timestamp) -> Vec<String> {
    let roster = &policy.roster;
    let colleagues = roster.mailboxes.get(&owed.mailbox).map(|mailbox| &mailbox.served_by);
    let mut names: Vec<String> = Vec::new();
    for id in person.deputy.iter().chain(colleagues.into_iter().flatten()) {
        let other = roster.people.get(id).filter(|other| other.id != person.id);
        let there = other.filter(|other| !other.is_away(other.calendar.next_open(now)));
        if let Some(other) = there.filter(|other| !names.contains(&other.name)) {
            names.push(other.name.clone());
        }
    }
    names.truncate(OTHERS);
    names
}
