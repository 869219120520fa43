//! A supervisor's morning: how things stand with those they are above.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::occasion::Told;
use super::owing::{due_by, item};
use super::scene::clocks;
use crate::domain::calendar::next_midnight;
use crate::domain::case::Case;
use crate::domain::deadline::{self, Place};
use crate::domain::effect::{Occasion, OccasionKind, What};
use crate::domain::ids::{Address, PersonId};
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Recipient};
use crate::mail::letter::{self, Away, Decided, Digest, FiledMail, Item};
use crate::store::{self, Line, Owed, Sorted, Tx};

/// How far the first digest looks back.
const FIRST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How much of what was decided is looked at, and of what was filed.
const DECISIONS: i64 = 200;
const SORTED: i64 = 2_000;

/// What people write, by the names that verdicts have.
const WRITTEN_BY_PEOPLE: [&str; 2] = ["human", "thanks"];

/// To somebody who is above others; `None` where there is nothing to tell.
pub(super) async fn digest(
    desk: &mut Desk<'_>,
    occasion: &Occasion,
    at: Timestamp,
) -> store::Result<Option<Told>> {
    let (Occasion { to, .. }, policy, now) = (occasion, desk.policy, desk.now);
    let tx = &mut *desk.tx;
    let zone = clocks(policy, to);
    let view = View { policy, to, zone, now };
    let last = tx.last_occasion(&to.address, OccasionKind::Digest, at).await?;
    let first = at.saturating_sub(FIRST).unwrap_or(at);
    let since = last.unwrap_or(first);
    let tonight = next_midnight(&view.zone, now);
    let owed = due_by(tx, tonight, |owed| view.is_theirs(owed)).await?;
    // What comes between deciding and writing is for the next one.
    let lines = tx.decided((since, at), DECISIONS).await?;
    let [chased, dismissed, corrected] = view.decided(tx, &lines).await?;
    let mut sorted = tx.sorted((since, at), SORTED).await?;
    sorted.retain(|sorted| view.reached(sorted));
    let digest = Digest {
        now: view.local(now),
        since: view.local(since),
        overdue: view.items(owed.iter().filter(|owed| owed.due <= now)),
        today: view.items(owed.iter().filter(|owed| owed.due > now)),
        chased,
        dismissed,
        corrected,
        filed: kinds(&sorted),
        human: human(&sorted),
        away: view.away(),
    };
    Ok((!digest.is_empty()).then(|| (letter::digest(&digest), digest.cases())))
}

/// How the organisation looks to one reader.
struct View<'a> {
    policy: &'a Policy,
    to: &'a Recipient,
    zone: TimeZone,
    now: Timestamp,
}

impl View<'_> {
    fn local(&self, at: Timestamp) -> jiff::Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// Whether the reader is the one above whoever owes it.
    fn is_theirs(&self, owed: &Owed) -> bool {
        self.is_above(owed.owner.as_ref(), &owed.mailbox)
    }

    fn is_above(&self, owner: Option<&PersonId>, mailbox: &Address) -> bool {
        let place = Place { mailbox, owner };
        let acting =
            || deadline::responsible(self.policy, place, self.now).map(|acting| &acting.id);
        let above = self.policy.roster.above(owner.or_else(acting), 1, self.now);
        above.as_ref() == Some(self.to)
    }

    /// Those whom the reader is above.
    fn team(&self) -> impl Iterator<Item = &Person> {
        let roster = &self.policy.roster;
        let above = |person: &&Person| roster.above(Some(&person.id), 1, self.now);
        roster.people.values().filter(move |person| above(person).as_ref() == Some(self.to))
    }

    fn items<'a>(&self, owed: impl Iterator<Item = &'a Owed>) -> Vec<Item> {
        let mut owed: Vec<&Owed> = owed.collect();
        owed.sort_by_key(|owed| owed.kind.rank(owed.due, self.now));
        owed.into_iter().map(|owed| item(self.policy, owed, &self.zone)).collect()
    }

    /// Who asked again, what was dismissed, and what was put right.
    async fn decided(&self, tx: &mut Tx, lines: &[Line]) -> store::Result<[Vec<Decided>; 3]> {
        let mut decided = [Vec::new(), Vec::new(), Vec::new()];
        for line in lines {
            let place = match line.entry.what {
                What::Chased => 0,
                What::Dismissed => 1,
                _ => 2,
            };
            let Some(number) = line.case else { continue };
            let Some(loaded) = tx.case(number).await? else { continue };
            let owner = loaded.case.obligations.last().and_then(|last| last.owner.as_ref());
            if !self.is_above(owner, &loaded.case.mailbox) {
                continue;
            }
            if let Some(list) = decided.get_mut(place) {
                list.push(self.decision(line, &loaded.case));
            }
        }
        Ok(decided)
    }

    fn decision(&self, line: &Line, case: &Case) -> Decided {
        Decided {
            case: case.number,
            subject: case.subject.clone(),
            contact: case.contact.clone(),
            at: self.local(line.entry.at),
            words: line.entry.reason.clone(),
        }
    }

    /// Whether a mail was for one of theirs. What names nobody here is told to
    /// whoever has nobody above them.
    fn reached(&self, sorted: &Sorted) -> bool {
        let roster = &self.policy.roster;
        let ours: Vec<_> = sorted.recipients.iter().filter(|to| roster.watches(to)).collect();
        if ours.is_empty() {
            return self.is_top();
        }
        ours.into_iter().any(|mailbox| {
            let owner = roster.person_at(mailbox).map(|person| &person.id);
            self.is_above(owner, mailbox)
        })
    }

    fn is_top(&self) -> bool {
        let roster = &self.policy.roster;
        let person = self.to.person.as_ref().and_then(|id| roster.people.get(id));
        person.is_none_or(|person| person.supervisor.is_none())
    }

    fn away(&self) -> Vec<Away> {
        let roster = &self.policy.roster;
        let away = |person: &Person| {
            let today = person.calendar.working_date(self.now);
            let days = person.absences.iter().filter(|days| days.contains(today));
            Some(Away {
                name: person.name.clone(),
                until: days.map(|days| days.last).max()?,
                deputy: person.deputy.as_ref().map(|id| roster.name_of(id).to_owned()),
            })
        };
        self.team().filter_map(away).collect()
    }
}

/// How many there are of each kind, most first.
fn kinds(sorted: &[Sorted]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for sorted in sorted {
        *counts.entry(sorted.filed.kind.as_str()).or_default() += 1;
    }
    let mut kinds: Vec<(String, usize)> =
        counts.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    kinds
}

fn human(sorted: &[Sorted]) -> Vec<FiledMail> {
    let human = sorted.iter().filter(|s| WRITTEN_BY_PEOPLE.contains(&s.filed.kind.as_str()));
    human
        .map(|sorted| FiledMail {
            from: sorted.filed.from.clone(),
            subject: sorted.filed.subject.clone(),
            reason: sorted.filed.reason.clone(),
        })
        .collect()
}
