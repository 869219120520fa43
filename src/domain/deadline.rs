//! When an answer is due, and why, in words.
//!
//! `due = min(reply_within, before_leaving)`: the organisation's promise on the
//! mailbox's calendar, and the hour at which this person goes home on theirs.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::calendar::{Allowance, Calendar, SEARCH_DAYS, next_midnight};
use super::ids::{Address, PersonId};
use super::policy::Policy;
use super::roster::Person;
use super::rule::Rule;

/// A due time with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// Why then: the fact that decided, in words.
    pub because: String,
}

/// Where an obligation stands in the organisation.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The mailbox it came to.
    pub mailbox: &'a Address,
    /// Who owes it; nobody yet in a shared mailbox.
    pub owner: Option<&'a PersonId>,
}

/// When an answer to what arrived at `since` is due under `rule`.
pub fn due(policy: &Policy, rule: &Rule, place: Place<'_>, since: Timestamp) -> Due {
    let within = rule.reply_within.map(|amount| {
        let calendar = promise_calendar(policy, place, since);
        let at = calendar.add(since, amount);
        Due { at, because: format!("the rule gives {}", in_words(amount)) }
    });
    let leaving = rule.before_leaving.then(|| before_leaving(policy, rule, place, since));
    match (within, leaving) {
        (Some(within), Some(leaving)) if leaving.at < within.at => leaving,
        (Some(within), _) => within,
        (None, Some(leaving)) => leaving,
        // The configuration refuses a rule without a target; were there one,
        // it would be due at once, so that nobody is left waiting.
        (None, None) => Due { at: since, because: "the rule names no target".to_owned() },
    }
}

/// Who answers at `at`: the owner or whoever acts for them, else somebody on
/// duty for the mailbox, else the first above the owner who is here.
pub fn responsible<'a>(policy: &'a Policy, place: Place<'_>, at: Timestamp) -> Option<&'a Person> {
    let roster = &policy.roster;
    place
        .owner
        .and_then(|owner| roster.acting_for(owner, at))
        .or_else(|| roster.on_duty(place.mailbox, at))
        .or_else(|| {
            let first = roster.mailboxes.get(place.mailbox).and_then(|m| m.served_by.first());
            let above = roster.above(place.owner.or(first), 1, at)?;
            roster.people.get(&above.person?)
        })
}

/// Who is responsible, or would be if they were not all away: nobody's holiday
/// makes a contact wait until after it, and the ladder finds who is told.
fn expected<'a>(policy: &'a Policy, place: Place<'_>, at: Timestamp) -> Option<&'a Person> {
    let roster = &policy.roster;
    responsible(policy, place, at).or_else(|| {
        let serving = roster.mailboxes.get(place.mailbox).and_then(|m| m.served_by.first());
        let owner = place.owner.or(serving).and_then(|id| roster.people.get(id));
        owner.or_else(|| roster.person_at(place.mailbox))
    })
}

/// The calendar that working time is counted on: the mailbox's promise, else
/// the hours of whoever answers, else those of whoever is above everybody here.
pub fn promise_calendar(policy: &Policy, place: Place<'_>, at: Timestamp) -> Arc<Calendar> {
    let shared = policy.roster.mailboxes.get(place.mailbox);
    shared
        .and_then(|mailbox| mailbox.calendar.clone())
        .or_else(|| expected(policy, place, at).map(|person| person.calendar.clone()))
        .unwrap_or_else(|| policy.roster.office_hours())
}

fn before_leaving(policy: &Policy, rule: &Rule, place: Place<'_>, since: Timestamp) -> Due {
    let shared = policy.roster.mailboxes.get(place.mailbox);
    let promise = shared.and_then(|mailbox| mailbox.calendar.as_deref());
    let mut from = since;
    for _ in 0..SEARCH_DAYS {
        let Some(day) = attended_day(policy, place, from) else { break };
        let hours = &day.person.calendar;
        let end = match promise {
            Some(promise) => closing_that_day(promise, hours, day.leaves),
            None => Some(day.leaves),
        };
        if let Some(end) = end.filter(|end| in_time(hours, rule, since, (day.opens, *end))) {
            let because = leaving_in_words(policy, &day, since, end);
            return Due { at: end, because };
        }
        from = day.leaves;
    }
    // Nobody of theirs works on a day on which the mailbox is open: the
    // organisation's own promise holds.
    let calendar = promise_calendar(policy, place, since);
    let today = calendar.working_day(since);
    let is_today = in_time(&calendar, rule, since, today);
    let at = if is_today { today.1 } else { calendar.end_of_day(today.1) };
    let ends = if promise.is_some() { "the mailbox closes then" } else { "the day ends then" };
    Due { at, because: ends.to_owned() }
}

/// A working day of somebody who answers.
struct Attended<'a> {
    person: &'a Person,
    opens: Timestamp,
    leaves: Timestamp,
}

/// The first working day from `from` on whose person is there when it begins.
/// It is looked for from day to day, because absences begin and end.
fn attended_day<'a>(policy: &'a Policy, place: Place<'_>, from: Timestamp) -> Option<Attended<'a>> {
    let mut from = from;
    for _ in 0..SEARCH_DAYS {
        let midnight = next_midnight(&policy.roster.zone, from);
        let person = expected(policy, place, from)?;
        let works = person.calendar.next_open(from);
        if works >= midnight {
            from = midnight;
            continue;
        }
        if expected(policy, place, works).is_some_and(|there| there.id == person.id) {
            let (opens, leaves) = person.calendar.working_day(works);
            return Some(Attended { person, opens, leaves });
        }
        from = works;
    }
    None
}

/// Whether what came at `since` is for this working day: it came before it, or
/// early enough in it.
fn in_time(
    hours: &Calendar,
    rule: &Rule,
    since: Timestamp,
    (opens, ends): (Timestamp, Timestamp),
) -> bool {
    let left = || hours.working_between(since, ends);
    opens < ends && since < ends && (since < opens || left() > rule.cutoff)
}

/// When a person who goes home at `leaves` has to be ready: no later than the
/// mailbox's own closing on that civil day; `None` where it stays shut.
fn closing_that_day(promise: &Calendar, hours: &Calendar, leaves: Timestamp) -> Option<Timestamp> {
    let closing = promise.closing_on(hours.date(just_before(leaves)))?;
    Some(closing.min(leaves))
}

fn just_before(at: Timestamp) -> Timestamp {
    at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at)
}

fn leaving_in_words(
    policy: &Policy,
    day: &Attended<'_>,
    since: Timestamp,
    end: Timestamp,
) -> String {
    let Attended { person, leaves, .. } = day;
    let zone = person.calendar.zone();
    let mut shown = end.to_zoned(zone.clone()).strftime("%A %H:%M").to_string();
    if *zone != policy.roster.zone {
        // Others read this on other clocks.
        let place = zone.iana_name().unwrap_or("their own clocks");
        shown = format!("{shown} ({place})");
    }
    let who = if end < *leaves {
        format!("the mailbox closes on {shown}")
    } else if person.is_away(just_before(end)) {
        format!("all who could answer are away, and {} would leave on {shown}", person.name)
    } else {
        format!("{} leaves on {shown}", person.name)
    };
    // A night that began yesterday, and a day that ends at midnight, are today's.
    if person.calendar.working_date(since) == person.calendar.working_date(just_before(end)) {
        who
    } else {
        format!("{who}, the next working day")
    }
}

/// An amount of time, as a sentence says it.
pub(super) fn in_words(amount: Allowance) -> String {
    match amount {
        Allowance::Working(duration) => format!("{duration:#} of working time"),
        Allowance::WorkingDays(1) => "one working day".to_owned(),
        Allowance::WorkingDays(days) => format!("{days} working days"),
        Allowance::Elapsed(duration) => format!("{duration:#} on the clock"),
    }
}

#[cfg(test)]
mod tests;
