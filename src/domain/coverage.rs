//! Who will be missing: the weeks to come, looked through quarter by quarter.
//!
//! What a gap means for cases is decided elsewhere, at the moment; this only
//! tells beforehand when nobody would answer, and when nobody but the last
//! resort would be told, while there is time to ask somebody.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::ids::PersonId;
use super::policy::Policy;
use super::roster::{Mailbox, Person, Roster};
use super::rota::Rota;

/// How far apart the moments are that are looked at.
const STEP: SignedDuration = SignedDuration::from_mins(15);

/// A stretch of time in which somebody is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What kind of gap.
    pub kind: Kind,
    /// From when on.
    pub from: Timestamp,
    /// Until when, or the end of what was looked at.
    pub to: Timestamp,
    /// Who is missing, in words.
    pub what: String,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A mailbox is open, and nobody of it works.
    Unattended,
    /// Nobody is here at all.
    Everybody,
    /// Nobody above somebody would be told but the last resort.
    LastResort,
    /// Whose turn it is is away.
    Rota,
    /// Somebody is away, and nobody acts for them.
    NoDeputy,
}

/// Both directions of a kind's name.
const KINDS: &[(Kind, &str)] = &[
    (Kind::Unattended, "unattended"),
    (Kind::Everybody, "everybody-away"),
    (Kind::LastResort, "last-resort"),
    (Kind::Rota, "rota"),
    (Kind::NoDeputy, "no-deputy"),
];

impl Kind {
    /// Its stable name for programs.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// All gaps in `length` from `start` on, by kind, earliest first.
pub fn gaps(policy: &Policy, start: Timestamp, length: SignedDuration) -> Vec<Gap> {
    let roster = &policy.roster;
    let walk = Walk::new(start, length);
    let mut gaps = everybody(roster, &walk);
    gaps.extend(roster.mailboxes.values().flat_map(|mailbox| unattended(roster, mailbox, &walk)));
    gaps.extend(only_last_resort(roster, &walk));
    gaps.extend(roster.rotas.iter().flat_map(|(name, rota)| turns(roster, (name, rota), &walk)));
    gaps.extend(roster.people.values().flat_map(|person| no_deputy(roster, person, &walk)));
    gaps.sort_by(|a, b| (a.kind, a.from, &a.what).cmp(&(b.kind, b.from, &b.what)));
    gaps
}

/// The moments that are looked at, and where they end.
struct Walk {
    moments: Vec<Timestamp>,
    end: Timestamp,
}

impl Walk {
    fn new(start: Timestamp, length: SignedDuration) -> Self {
        let step = STEP.as_secs();
        let whole = start.as_second() - start.as_second().rem_euclid(step);
        let steps = length.as_secs() / step;
        let at = |n: i64| Timestamp::from_second(whole + n * step).unwrap_or(Timestamp::MAX);
        Self { moments: (0..steps).map(at).collect(), end: at(steps) }
    }

    /// The stretches in which something holds, each with what it is that holds.
    fn stretches<T: PartialEq>(
        &self,
        holds: impl Fn(Timestamp) -> Option<T>,
    ) -> Vec<(Timestamp, Timestamp, T)> {
        let mut found: Vec<(Timestamp, Timestamp, T)> = Vec::new();
        let mut before = None;
        for &at in &self.moments {
            let next = at.saturating_add(STEP).unwrap_or(self.end);
            let holds = holds(at);
            match (holds, found.last_mut()) {
                (None, _) => {}
                (Some(what), Some(last)) if before == Some(at) && last.2 == what => last.1 = next,
                (Some(what), _) => found.push((at, next, what)),
            }
            before = found.last().map(|(_, to, _)| *to);
        }
        found
    }
}

fn everybody(roster: &Roster, walk: &Walk) -> Vec<Gap> {
    let all_away = |at| {
        let away = !roster.people.is_empty() && roster.people.values().all(|p| p.is_away(at));
        away.then_some(())
    };
    let gap = |(from, to, ())| Gap {
        kind: Kind::Everybody,
        from,
        to,
        what: "everybody is away".to_owned(),
    };
    walk.stretches(all_away).into_iter().map(gap).collect()
}

/// When a mailbox is open by its own calendar and nobody of it, nor whoever acts
/// for them, works. One without a calendar is open when its people work.
fn unattended(roster: &Roster, mailbox: &Mailbox, walk: &Walk) -> Vec<Gap> {
    let Some(promise) = &mailbox.calendar else { return Vec::new() };
    let alone = |at| {
        let acting = mailbox.served_by.iter().filter_map(|id| roster.acting_for(id, at));
        let attended = acting.into_iter().any(|person| person.calendar.contains(at));
        (promise.contains(at) && !attended).then_some(())
    };
    let what = format!("{} is open, and nobody who serves it works", mailbox.address);
    let gap = |(from, to, ())| Gap { kind: Kind::Unattended, from, to, what: what.clone() };
    walk.stretches(alone).into_iter().map(gap).collect()
}

/// When nobody above somebody who has a supervisor is here. Those of whom it is so
/// at the same time are told together.
fn only_last_resort(roster: &Roster, walk: &Walk) -> Vec<Gap> {
    let mut together: BTreeMap<(Timestamp, Timestamp), Vec<&str>> = BTreeMap::new();
    for person in roster.people.values().filter(|person| person.supervisor.is_some()) {
        let alone = |at| {
            let told = roster.above(Some(&person.id), 1, at)?;
            // Whoever is here in person is not only the last resort.
            let above = told.person.and_then(|id| roster.people.get(&id));
            let here = above.is_some_and(|person| !person.is_away(at));
            (!here && Some(told.address) == roster.last_resort).then_some(())
        };
        for (from, to, ()) in walk.stretches(alone) {
            together.entry((from, to)).or_default().push(&person.name);
        }
    }
    let gap = |((from, to), names): (_, Vec<&str>)| {
        let resort = roster.last_resort.as_ref().map_or("nobody", |address| address.as_str());
        let whom = listed(&names);
        let what = format!("nobody above {whom} is here: only {resort} would be told");
        Gap { kind: Kind::LastResort, from, to, what }
    };
    together.into_iter().map(gap).collect()
}

/// When the one whose turn it is is away, and nobody acts for them.
fn turns(roster: &Roster, (name, rota): (&str, &Rota), walk: &Walk) -> Vec<Gap> {
    let here = |id: &PersonId, at| roster.acting_for(id, at).map(|person| person.id.clone());
    let away = |at| {
        let on_duty = rota.on_duty(at).filter(|id| here(id, at).is_none())?;
        Some((on_duty.clone(), rota.order(at).find_map(|id| here(id, at))))
    };
    let gap = |(from, to, (on_duty, instead)): (_, _, (PersonId, Option<PersonId>))| {
        let on_duty = roster.name_of(&on_duty);
        let instead = match &instead {
            Some(id) => format!("{} is told instead", roster.name_of(id)),
            None => "nobody else of it is here".to_owned(),
        };
        let what = format!("in the rota “{name}” it is {on_duty}'s turn, who is away: {instead}");
        Gap { kind: Kind::Rota, from, to, what }
    };
    walk.stretches(away).into_iter().map(gap).collect()
}

fn no_deputy(roster: &Roster, person: &Person, walk: &Walk) -> Vec<Gap> {
    let alone = |at| {
        let missing = person.is_away(at) && roster.acting_for(&person.id, at).is_none();
        missing.then_some(())
    };
    let why = match &person.deputy {
        Some(deputy) => format!("and so is who would act for them, {}", roster.name_of(deputy)),
        None => "and has no deputy".to_owned(),
    };
    let what = format!("{} is away, {why}", person.name);
    let gap = |(from, to, ())| Gap { kind: Kind::NoDeputy, from, to, what: what.clone() };
    walk.stretches(alone).into_iter().map(gap).collect()
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests;
