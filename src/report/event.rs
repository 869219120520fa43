//! A line of the journal, for people and programs.

use serde::{Deserialize, Serialize};

use super::instant;
use crate::domain::policy::Policy;
use crate::store::Line;

/// One event, with the field names of `rehearse --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, in RFC 3339.
    pub at: String,
    /// What happened.
    pub event: String,
    /// The case number.
    pub case: Option<String>,
    /// The message it is about.
    pub message_id: Option<String>,
    /// The name of who owes, or who did it.
    pub owner: Option<String>,
    /// Who was written to.
    pub to: Option<String>,
    /// When it is due, in RFC 3339.
    pub due: Option<String>,
    /// The rule that decided.
    pub rule: Option<String>,
    /// Why, in words.
    pub reason: String,
}

impl Event {
    /// A line of the journal.
    pub fn of(line: &Line, policy: &Policy) -> Self {
        let (entry, roster) = (&line.entry, &policy.roster);
        Self {
            at: instant(entry.at, &roster.zone),
            event: entry.what.name().to_owned(),
            case: line.case.map(|number| number.to_string()),
            message_id: entry.message.as_ref().map(ToString::to_string),
            owner: entry.owner.as_ref().map(|id| roster.name_of(id).to_owned()),
            to: entry.to.as_ref().map(ToString::to_string),
            due: entry.due.map(|due| instant(due, &roster.zone)),
            rule: entry.rule.clone(),
            reason: entry.reason.clone(),
        }
    }
}
