//! When an answer is due, and why, in words.
//!
//! `due = min(reply_within, before_leaving)`: the organisation's promise on the
//! mailbox's calendar, and the hour at which this person goes home on theirs.

use jiff::Timestamp;

use super::calendar::{Calendar, SEARCH_DAYS};
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

/// The calendar that working time is counted on: the mailbox's promise, else
/// the hours of whoever answers.
pub fn promise_calendar(policy: &Policy, place: Place<'_>, at: Timestamp) -> Calendar {
    let shared = policy.roster.mailboxes.get(place.mailbox);
    shared
        .and_then(|mailbox| mailbox.calendar.as_deref())
        .or_else(|| responsible(policy, place, at).map(|person| person.calendar.as_ref()))
        .cloned()
        .unwrap_or_else(|| Calendar::always(policy.roster.zone.clone()))
}

fn before_leaving(policy: &Policy, rule: &Rule, place: Place<'_>, since: Timestamp) -> Due {
    let shared = policy.roster.mailboxes.get(place.mailbox);
    let closing = shared.and_then(|mailbox| mailbox.calendar.as_deref());
    let mut from = since;
    for _ in 0..SEARCH_DAYS {
        let Some(person) = responsible(policy, place, from) else { break };
        let hours = &person.calendar;
        let leaves = hours.end_of_day(from);
        let end = match closing {
            Some(calendar) => closing_that_day(calendar, hours, leaves).map(|at| at.min(leaves)),
            None => Some(leaves),
        };
        match end {
            Some(end) if end > since && hours.working_between(since, end) > rule.cutoff => {
                return Due { at: end, because: leaving_in_words(person, since, end, leaves) };
            }
            _ => from = leaves,
        }
    }
    // Nobody of theirs works on a day on which the mailbox is open: the
    // organisation's own promise holds.
    let calendar = promise_calendar(policy, place, since);
    Due { at: calendar.end_of_day(since), because: "the mailbox closes then".to_owned() }
}

/// When the mailbox closes on the civil day that ends for a person at `leaves`.
fn closing_that_day(calendar: &Calendar, hours: &Calendar, leaves: Timestamp) -> Option<Timestamp> {
    let day = jiff::SignedDuration::from_nanos(1);
    let last_worked = leaves.saturating_sub(day).unwrap_or(leaves);
    let date = hours.date(last_worked);
    calendar.closing_on(date)
}

fn leaving_in_words(
    person: &Person,
    since: Timestamp,
    end: Timestamp,
    leaves: Timestamp,
) -> String {
    let zone = person.calendar.zone();
    let shown = end.to_zoned(zone.clone()).strftime("%A %H:%M").to_string();
    let who = if end < leaves {
        format!("the mailbox closes on {shown}")
    } else {
        format!("{} leaves on {shown}", person.name)
    };
    if person.calendar.date(since) == person.calendar.date(end) {
        who
    } else {
        format!("{who}, the next working day's end after it arrived")
    }
}

fn in_words(amount: super::calendar::Allowance) -> String {
    use super::calendar::Allowance::{Elapsed, Working, WorkingDays};
    match amount {
        Working(duration) => format!("{duration:#} of working time"),
        WorkingDays(1) => "one working day".to_owned(),
        WorkingDays(days) => format!("{days} working days"),
        Elapsed(duration) => format!("{duration:#} on the clock"),
    }
}
