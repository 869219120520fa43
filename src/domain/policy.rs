//! All that the organisation has decided: its people, rules and ladders.
//!
//! A policy is made by `config::check` alone, which refuses one that could
//! leave an overdue item with nobody to tell.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};

use super::calendar::Days;
use super::check_in::Terms;
use super::ids::PersonId;
use super::ladder::Ladder;
use super::roster::Roster;
use super::rule::{Channel, Rule, Traits};
use super::schedule::{Report, Schedule};

/// What a case is judged by.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Who is here.
    pub roster: Roster,
    /// First match wins.
    pub rules: Vec<Rule>,
    /// By name; every rule's exists.
    pub ladders: BTreeMap<String, Ladder>,
    /// Older waiting periods are listed once and never escalated.
    pub enforce_from: Option<Timestamp>,
    /// How much of a person's day is left when they hear what they owe; `None`:
    /// nobody hears of it.
    pub before_leaving: Option<SignedDuration>,
    /// What is told by the clock alone; each report once.
    pub schedules: Vec<Schedule>,
    /// How much mail people get at once.
    pub pace: Pace,
    /// How a contact is asked after a job whether all is well; `None`: nobody is.
    pub check_in: Option<Terms>,
    /// Whether contacts are written to: not while owed is only tried out.
    pub writes_to_contacts: bool,
}

/// How much mail people get at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long a reminder may wait for others to the same person.
    pub bundle_within: SignedDuration,
    /// How many mails a person gets within an hour before they are gathered.
    pub storm: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { bundle_within: SignedDuration::from_mins(5), storm: 20 }
    }
}

impl Policy {
    /// The first rule that is for this message; a concern is never without one.
    pub fn rule_for(&self, message: Traits<'_>) -> Option<&Rule> {
        let last = || self.rules.last().filter(|_| message.channel == Channel::Concern);
        self.rules.iter().find(|rule| rule.when.matches(message)).or_else(last)
    }

    /// The rule called `name`, if the configuration still has it.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// The schedule of a report, if it has one.
    pub fn schedule(&self, report: Report) -> Option<&Schedule> {
        self.schedules.iter().find(|schedule| schedule.report == report)
    }

    /// The same policy with these people away on these days as well.
    #[must_use]
    pub fn without(&self, away: impl IntoIterator<Item = (PersonId, Days)>) -> Self {
        let mut policy = self.clone();
        for (person, days) in away {
            if let Some(person) = policy.roster.people.get_mut(&person) {
                person.absences.push(days);
            }
        }
        policy
    }

    /// The ladder of a rule.
    pub fn ladder_of(&self, rule: &Rule) -> Option<&Ladder> {
        self.ladders.get(&rule.escalation)
    }
}

/// A policy with what it has become since it was configured.
#[derive(Debug, Clone)]
pub struct Standing {
    /// As it is configured.
    pub configured: Arc<Policy>,
    /// The same, with those away who were said to be since.
    pub present: Arc<Policy>,
    /// Which one it is: the epoch that began with it.
    pub epoch: i64,
}

/// The policy that is in force, for all who read it: it changes as a whole when
/// the configuration is taken anew, or when somebody leaves or comes back.
#[derive(Debug, Clone)]
pub struct InForce(Arc<RwLock<Standing>>);

impl InForce {
    /// This policy, until another is put in force.
    pub fn new(policy: Arc<Policy>) -> Self {
        let configured = Arc::clone(&policy);
        Self(Arc::new(RwLock::new(Standing { configured, present: policy, epoch: 0 })))
    }

    /// The policy at this moment; whoever reads it twice may read two.
    pub fn get(&self) -> Arc<Policy> {
        self.standing().present
    }

    /// The policy at this moment, and whence it came.
    pub fn standing(&self) -> Standing {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another in force.
    pub fn put(&self, standing: Standing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = standing;
    }
}
