//! The closed list of what a step may ask for: a journal entry, a notice.
//!
//! Both are recorded in the same commit as the state that caused them; nothing
//! is done to the outside world here.

use jiff::Timestamp;

use super::ids::{Address, MessageId, PersonId};
use super::roster::Recipient;

/// What a step asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write this down.
    Journal(Entry),
    /// Write to somebody.
    Notice(Notice),
}

/// A fact or a decision, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// Who owes, or who did it.
    pub owner: Option<PersonId>,
    /// Who was written to.
    pub to: Option<Address>,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// The rule that decided.
    pub rule: Option<String>,
    /// Why, in words.
    pub reason: String,
}

impl Entry {
    /// An entry with a reason and nothing else.
    pub fn new(at: Timestamp, what: What, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { at, what, message: None, owner: None, to: None, due: None, rule: None, reason }
    }

    /// The same entry about this message.
    #[must_use]
    pub fn about(mut self, message: Option<&MessageId>) -> Self {
        self.message = message.cloned();
        self
    }
}

/// What a journal entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A message came in.
    Received,
    /// A message came in that nobody owes anything to.
    Ignored,
    /// A reply became owed.
    Owed,
    /// Its owner was reminded.
    Reminded,
    /// Somebody above was told.
    Escalated,
    /// It was answered.
    Answered,
    /// It was judged to need no answer, by a person.
    Dismissed,
    /// The contact asked again.
    Chased,
    /// The contact said that nothing is needed any more.
    Settled,
    /// The case was closed.
    Closed,
    /// The case was opened again.
    Reopened,
}

/// Both directions of a name, in one place.
const NAMES: &[(What, &str)] = &[
    (What::Received, "received"),
    (What::Ignored, "ignored"),
    (What::Owed, "owed"),
    (What::Reminded, "reminded"),
    (What::Escalated, "escalated"),
    (What::Answered, "answered"),
    (What::Dismissed, "dismissed"),
    (What::Chased, "chased"),
    (What::Settled, "settled"),
    (What::Closed, "closed"),
    (What::Reopened, "reopened"),
];

impl What {
    /// Its stable name, in the journal and in every report.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(what, _)| *what == self).map_or("", |(_, name)| name)
    }

    /// What is called `name`.
    pub fn called(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(what, _)| *what)
    }
}

/// One reason to write to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The obligation it is about, within its case.
    pub obligation: u32,
    /// The step of the ladder, counted from 0.
    pub rung: u16,
    /// How often the step was taken before.
    pub occurrence: u32,
    /// To whom.
    pub to: Recipient,
    /// Why.
    pub purpose: Purpose,
}

/// Why somebody is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// They owe an answer.
    Remind,
    /// Somebody they are responsible for does.
    Escalate,
}

impl Purpose {
    /// Its stable name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Escalate => "escalate",
        }
    }

    /// The purpose called `name`.
    pub fn called(name: &str) -> Option<Self> {
        [Self::Remind, Self::Escalate].into_iter().find(|purpose| purpose.name() == name)
    }
}

impl Notice {
    /// The key under which it is told at most once, within its case.
    pub fn key(&self) -> String {
        format!("{}/{}/{}/{}", self.obligation, self.rung, self.occurrence, self.to.address)
    }
}
