//! An evening: what somebody owes before they leave, and what waits when they have.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::owing::{due_by, item};
use crate::domain::deadline::{self, Place};
use crate::domain::departure::{self, just_before};
use crate::domain::effect::Occasion;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::policy::Policy;
use crate::domain::roster::Person;
use crate::mail::letter::{self, Evening, Item, Letter};
use crate::store::{self, Owed, Tx};

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
    tx: &mut Tx,
    policy: &Policy,
    occasion: &Occasion,
    (at, now): (Timestamp, Timestamp),
) -> store::Result<Option<Letter>> {
    let Some(person) = policy.roster.people.get(&PersonId::new(&occasion.subject)) else {
        return Ok(None);
    };
    let leaves = person.calendar.end_of_day(at);
    if now >= leaves {
        return Ok(None);
    }
    let owed = owed_by(tx, policy, person, (leaves, now)).await?;
    let since = now.saturating_sub(JUST_TOLD).unwrap_or(now);
    let told = told(tx, occasion, since).await?;
    if owed.iter().all(|owed| told.contains(&(owed.case, owed.seq))) {
        return Ok(None);
    }
    let evening = evening(policy, person, occasion, (leaves, now));
    let items = items(policy, &owed, &evening, |_| Vec::new());
    Ok(Some(letter::leaving(&Evening { items, ..evening })))
}

/// To whoever is above a person who has gone home; `None` where nothing is left
/// that they were not told of today.
pub(super) async fn left(
    tx: &mut Tx,
    policy: &Policy,
    occasion: &Occasion,
    (at, now): (Timestamp, Timestamp),
) -> store::Result<Option<Letter>> {
    let Some(person) = policy.roster.people.get(&PersonId::new(&occasion.subject)) else {
        return Ok(None);
    };
    let Some(left) = departure::last_departure(person, at) else { return Ok(None) };
    // Whoever was there last owes what nobody has taken, so it is asked before.
    let mut owed = owed_by(tx, policy, person, (left, just_before(left))).await?;
    let today = person.calendar.working_day(just_before(left)).0;
    let told = told(tx, occasion, today).await?;
    owed.retain(|owed| !told.contains(&(owed.case, owed.seq)));
    if owed.is_empty() {
        return Ok(None);
    }
    let evening = evening(policy, person, occasion, (left, now));
    let items = items(policy, &owed, &evening, |owed| others(policy, person, owed, now));
    Ok(Some(letter::left(&Evening { items, ..evening })))
}

/// What is due by `until` and is this person's to answer, as seen at `at`, most
/// urgent first.
async fn owed_by(
    tx: &mut Tx,
    policy: &Policy,
    person: &Person,
    (until, at): (Timestamp, Timestamp),
) -> store::Result<Vec<Owed>> {
    let theirs = |owed: &Owed| {
        let place = Place { mailbox: &owed.mailbox, owner: owed.owner.as_ref() };
        deadline::responsible(policy, place, at).is_some_and(|acting| acting.id == person.id)
    };
    let mut rows = due_by(tx, until, theirs).await?;
    rows.sort_by_key(|owed| owed.kind.rank(owed.due, at));
    Ok(rows)
}

/// Which obligations the reader was told of since `since`.
async fn told(
    tx: &mut Tx,
    occasion: &Occasion,
    since: Timestamp,
) -> store::Result<BTreeSet<(CaseNumber, u32)>> {
    let tellings = tx.told_since(&occasion.to.address, since, TELLINGS).await?;
    let steps = tellings.iter().filter(|telling| telling.purpose.is_step());
    Ok(steps.map(|telling| (telling.case, telling.obligation)).collect())
}

fn evening(
    policy: &Policy,
    person: &Person,
    occasion: &Occasion,
    (leaves, now): (Timestamp, Timestamp),
) -> Evening {
    let zone = super::scene::zone(&policy.roster, &occasion.to);
    let local = |at: Timestamp| at.to_zoned(zone.clone());
    let back = departure::days_from(person, leaves).next().map_or(leaves, |day| day.opens);
    let reader = occasion.to.person.as_ref().and_then(|id| policy.roster.people.get(id));
    Evening {
        name: person.name.clone(),
        called: reader.map(super::scene::called),
        leaves: local(leaves),
        back: local(back),
        now: local(now),
        items: Vec::new(),
    }
}

fn items(
    policy: &Policy,
    owed: &[Owed],
    evening: &Evening,
    others: impl Fn(&Owed) -> Vec<String>,
) -> Vec<Item> {
    let zone = evening.now.time_zone();
    owed.iter().map(|owed| Item { others: others(owed), ..item(policy, owed, zone) }).collect()
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
