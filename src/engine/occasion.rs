//! Alarms of no case: somebody's evening, their departure, a schedule.
//!
//! Each has one alarm. When it rings, the occurrence that has come is told, under
//! a key that makes it unique, and the alarm is set for the next. However long
//! owed was down, only the latest occurrence counts. What there is to tell is
//! looked at when the mail is written, and not here.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Engine, Error, quietly};
use crate::domain::departure::{self, just_before};
use crate::domain::effect::{Occasion, OccasionKind};
use crate::domain::ids::PersonId;
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Recipient, recipient};
use crate::domain::schedule::{Report, Schedule};
use crate::store::{self, Alarm, Timing, Tx};

/// How long an alarm that could not be fired is left alone.
const AFTER_FAULT: SignedDuration = SignedDuration::from_hours(1);

/// Who hears of an evening only the next morning hears first what the ladders have
/// to say at their opening, and then what those left out.
const AFTER_LADDERS: SignedDuration = SignedDuration::from_mins(1);

/// What an alarm of no case is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A person's day is nearly over.
    Leave,
    /// A person's day is over.
    Left,
    /// A schedule.
    Schedule,
}

/// Both directions of a kind's name in the store.
const KINDS: &[(Kind, &str)] =
    &[(Kind::Leave, "leave"), (Kind::Left, "left"), (Kind::Schedule, "schedule")];

impl Kind {
    fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    fn called(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// Something to tell, and not before when.
struct Telling {
    key: String,
    occasion: Occasion,
    not_before: Timestamp,
}

impl Engine {
    /// Sets the alarm of everybody's evening and of every schedule, as the policy
    /// has them, and ends those of what is gone. An alarm that is due already
    /// stays: what it is of has come and is still to be told.
    pub(super) async fn arm_occasions(
        &self,
        tx: &mut Tx,
        policy: &Policy,
        now: Timestamp,
    ) -> store::Result<()> {
        let wanted = wanted(policy);
        let mut ringing = BTreeSet::new();
        for Alarm { kind, subject, due } in tx.others().await? {
            let Some(kind) = Kind::called(&kind) else { continue };
            let known = wanted.contains(&(kind, subject.clone()));
            if !known {
                tx.arm_other(kind.name(), &subject, None).await?;
            } else if due <= now {
                ringing.insert((kind, subject));
            }
        }
        for (kind, subject) in wanted.difference(&ringing) {
            let next = next(policy, *kind, subject, now);
            tx.arm_other(kind.name(), subject, next).await?;
        }
        Ok(())
    }

    /// Fires an alarm of a person or a schedule. One that cannot be fired does not stop the
    /// others: it is reported, and tried again later.
    pub(super) async fn fire_occasion(
        &self,
        tx: &mut Tx,
        alarm: &Alarm,
        now: Timestamp,
    ) -> Result<(), Error> {
        let policy = self.policy();
        let Alarm { kind: name, subject, .. } = alarm;
        let Some(kind) = Kind::called(name) else {
            // Nothing here knows what it is of; it would be due for ever.
            return Ok(tx.arm_other(name, subject, None).await?);
        };
        let decide = || (told(&policy, kind, alarm, now), next(&policy, kind, subject, now));
        let Some((tellings, next)) = quietly(decide) else {
            tracing::error!(kind = %name, %subject, "a fault of owed: please report it");
            let later = now.saturating_add(AFTER_FAULT).unwrap_or(now);
            return Ok(tx.arm_other(name, subject, Some(later)).await?);
        };
        for telling in tellings {
            let timing = self.timing(now);
            let not_before = timing.not_before.max(telling.not_before);
            let timing = Timing { not_before, ..timing };
            tx.tell_occasion(&telling.key, &telling.occasion, timing).await?;
        }
        Ok(tx.arm_other(name, subject, next).await?)
    }
}

/// All that has an alarm.
fn wanted(policy: &Policy) -> BTreeSet<(Kind, String)> {
    let people = policy.roster.people.keys().map(PersonId::as_str);
    let left = people.clone().map(|id| (Kind::Left, id));
    let leave = people.filter(|_| policy.before_leaving.is_some()).map(|id| (Kind::Leave, id));
    let schedules = policy.schedules.iter().map(|s| (Kind::Schedule, s.report.name()));
    leave.chain(left).chain(schedules).map(|(kind, subject)| (kind, subject.to_owned())).collect()
}

/// When it rings next.
fn next(policy: &Policy, kind: Kind, subject: &str, now: Timestamp) -> Option<Timestamp> {
    match kind {
        Kind::Leave => {
            departure::next_evening(person(policy, subject)?, policy.before_leaving?, now)
        }
        Kind::Left => departure::next_departure(person(policy, subject)?, now),
        Kind::Schedule => scheduled(policy, subject)?.times.next(&policy.roster.zone, now),
    }
}

/// What is told when it rings.
fn told(policy: &Policy, kind: Kind, alarm: &Alarm, now: Timestamp) -> Vec<Telling> {
    let subject = alarm.subject.as_str();
    match kind {
        Kind::Leave => leaving(policy, subject, now).into_iter().collect(),
        Kind::Left => left(policy, subject, now).into_iter().collect(),
        Kind::Schedule => match scheduled(policy, subject) {
            Some(schedule) => digests(policy, schedule, alarm.due, now),
            None => Vec::new(),
        },
    }
}

/// To a person whose day is nearly over; once it is over, this evening is gone.
fn leaving(policy: &Policy, subject: &str, now: Timestamp) -> Option<Telling> {
    let person = person(policy, subject)?;
    let day = departure::evening_at(person, policy.before_leaving?, now)?;
    let subject = subject.to_owned();
    let occasion = Occasion { kind: OccasionKind::Leaving, subject, to: recipient(person)? };
    let key = format!("{}/{}", person.id, day.date);
    Some(Telling { key, occasion, not_before: now })
}

/// To whoever is above a person who has gone home; once their next day has begun,
/// they can be asked themselves.
fn left(policy: &Policy, subject: &str, now: Timestamp) -> Option<Telling> {
    let roster = &policy.roster;
    let person = person(policy, subject)?;
    let closes = departure::last_departure(person, now)?;
    if person.calendar.next_open(closes) <= now {
        return None;
    }
    let to = roster.above(Some(&person.id), 1, now)?;
    // Nobody is told what they themselves left behind.
    if to.person.as_ref() == Some(&person.id) {
        return None;
    }
    let opens = roster.calendar_of(&to).map_or(now, |hours| departure::opening_above(hours, now));
    let wait = if opens > now { AFTER_LADDERS } else { SignedDuration::ZERO };
    let date = person.calendar.working_date(just_before(closes));
    let occasion = Occasion { kind: OccasionKind::Left, subject: subject.to_owned(), to };
    let not_before = opens.saturating_add(wait).unwrap_or(opens);
    Some(Telling { key: format!("{}/{date}", person.id), occasion, not_before })
}

/// To everybody who is above somebody. Who is not at work before the next one
/// gets that one, which looks back as far.
fn digests(policy: &Policy, schedule: &Schedule, due: Timestamp, now: Timestamp) -> Vec<Telling> {
    let roster = &policy.roster;
    let Report::SupervisorDigest = schedule.report;
    let next = schedule.times.next(&roster.zone, now).unwrap_or(Timestamp::MAX);
    let readers = roster.people.keys().filter_map(|id| roster.above(Some(id), 1, now));
    let readers: BTreeSet<Recipient> = readers.collect();
    let digest = |to: Recipient| {
        let not_before = roster.calendar_of(&to).map_or(now, |hours| hours.next_open(now));
        let subject = schedule.report.name().to_owned();
        let key = format!("{subject}/{due}/{}", to.address);
        let occasion = Occasion { kind: OccasionKind::Digest, subject, to };
        (not_before < next).then_some(Telling { key, occasion, not_before })
    };
    readers.into_iter().filter_map(digest).collect()
}

fn person<'a>(policy: &'a Policy, subject: &str) -> Option<&'a Person> {
    policy.roster.people.get(&PersonId::new(subject))
}

fn scheduled<'a>(policy: &'a Policy, subject: &str) -> Option<&'a Schedule> {
    policy.schedule(Report::called(subject)?)
}
