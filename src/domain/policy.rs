//! All that the organisation has decided: its people, rules and ladders.
//!
//! A policy is made by `config::check` alone, which refuses one that could
//! leave an overdue item with nobody to tell.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::ladder::Ladder;
use super::roster::Roster;
use super::rule::{Rule, Traits};

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
}

impl Policy {
    /// The first rule that is for this message.
    pub fn rule_for(&self, message: Traits<'_>) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.when.matches(message))
    }

    /// The rule called `name`, if the configuration still has it.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// The ladder of a rule.
    pub fn ladder_of(&self, rule: &Rule) -> Option<&Ladder> {
        self.ladders.get(&rule.escalation)
    }
}
