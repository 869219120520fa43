//! What happened, for people and programs: a line of the journal, or a mail that lies in
//! no case.

use serde::{Deserialize, Serialize};

use jiff::Timestamp;

use super::instant;
use crate::domain::effect::{Occasion, OccasionKind};
use crate::domain::ids::PersonId;
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

    /// A mail that lies in no case, sent at `at` under this subject.
    pub fn of_occasion(
        (at, occasion, subject): (Timestamp, &Occasion, &str),
        policy: &Policy,
    ) -> Self {
        let roster = &policy.roster;
        let evening = matches!(occasion.kind, OccasionKind::Leaving | OccasionKind::Left);
        let whose = evening.then(|| PersonId::new(&occasion.subject));
        Self {
            at: instant(at, &roster.zone),
            event: occasion.kind.name().to_owned(),
            case: None,
            message_id: None,
            owner: whose.map(|id| roster.name_of(&id).to_owned()),
            to: Some(occasion.to.address.to_string()),
            due: None,
            rule: None,
            reason: subject.to_owned(),
        }
    }
}
