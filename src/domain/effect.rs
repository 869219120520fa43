//! The closed list of what a step may ask for: a journal entry, a notice.
//!
//! Both are recorded in the same commit as the state that caused them; nothing
//! is done to the outside world here.

use jiff::Timestamp;

use super::ids::{Address, CaseNumber, MessageId, PersonId};
use super::obligation::Hastened;
use super::roster::Recipient;

/// What a step asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write this down.
    Journal(Entry),
    /// Write to somebody.
    Notice(Notice),
    /// Write to somebody, and not before then.
    Later(Timestamp, Notice),
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
    /// Somebody of ours asked owed for something, by mail.
    Ordered,
    /// A reply became owed.
    Owed,
    /// Its owner was reminded.
    Reminded,
    /// Somebody above was told.
    Escalated,
    /// Whoever wrote is told that it came, who has it and until when.
    Acknowledged,
    /// It was answered.
    Answered,
    /// An answer did not arrive.
    CameBack,
    /// An answer said that more is to come, and when.
    Promised,
    /// What was understood of a promise was put right.
    Corrected,
    /// What was promised came.
    PromiseKept,
    /// Its time passed, and it did not come.
    PromiseBroken,
    /// Somebody took the case.
    Claimed,
    /// Somebody was asked to take the case.
    Offered,
    /// Who was asked to take it did not.
    Refused,
    /// A due time was given anew.
    Rederived,
    /// A mail about it will not arrive.
    Unreachable,
    /// What was written down as told was not told after all.
    Unsaid,
    /// A person decided of a mail that may have arrived.
    Decided,
    /// It was made one with another case, or messages of it began another.
    Regrouped,
    /// It was judged to need no answer, by a person.
    Dismissed,
    /// The contact asked again.
    Chased,
    /// The contact said that nothing is needed any more.
    Settled,
    /// The case was closed.
    Closed,
    /// What was said is handed over to the contact later than at once, or not at all.
    Transcript,
    /// The case was opened again.
    Reopened,
    /// A job was done for the contact, or what was told of one is put right.
    Job,
    /// The contact is to be asked whether all is well.
    CheckInPlanned,
    /// Whoever did the job was shown what the contact would be asked.
    CheckInShown,
    /// They want it sent.
    CheckInAgreed,
    /// The contact was asked.
    CheckIn,
    /// That waits for longer.
    CheckInMoved,
    /// The contact says that all is well.
    CheckInOk,
    /// The contact says that it is not.
    CheckInNotOk,
    /// It came to an end otherwise.
    CheckInOver,
}

/// Both directions of a name, in one place.
const NAMES: &[(What, &str)] = &[
    (What::Received, "received"),
    (What::Ignored, "ignored"),
    (What::Ordered, "ordered"),
    (What::Owed, "owed"),
    (What::Reminded, "reminded"),
    (What::Escalated, "escalated"),
    (What::Acknowledged, "acknowledged"),
    (What::Answered, "answered"),
    (What::CameBack, "came-back"),
    (What::Promised, "promised"),
    (What::Corrected, "corrected"),
    (What::PromiseKept, "promise-kept"),
    (What::PromiseBroken, "promise-broken"),
    (What::Claimed, "claimed"),
    (What::Offered, "offered"),
    (What::Refused, "refused"),
    (What::Rederived, "rederived"),
    (What::Unreachable, "unreachable"),
    (What::Unsaid, "unsaid"),
    (What::Decided, "decided"),
    (What::Regrouped, "regrouped"),
    (What::Dismissed, "dismissed"),
    (What::Chased, "chased"),
    (What::Settled, "settled"),
    (What::Closed, "closed"),
    (What::Transcript, "transcript"),
    (What::Reopened, "reopened"),
    (What::Job, "job"),
    (What::CheckInPlanned, "check-in-planned"),
    (What::CheckInShown, "check-in-shown"),
    (What::CheckInAgreed, "check-in-agreed"),
    (What::CheckIn, "check-in"),
    (What::CheckInMoved, "check-in-moved"),
    (What::CheckInOk, "check-in-ok"),
    (What::CheckInNotOk, "check-in-not-ok"),
    (What::CheckInOver, "check-in-over"),
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
    /// The obligation it is about, within its case; the job, where it is about one.
    pub obligation: u32,
    /// The step of the ladder, counted from 0; 0 where it is none of a ladder.
    pub rung: u16,
    /// How often the step was taken before; of asking a contact which time it is, of an answer
    /// which message has its words; else the moment, in seconds since 1970, of what is no
    /// step of a ladder.
    pub occurrence: u32,
    /// To whom.
    pub to: Recipient,
    /// Why.
    pub purpose: Purpose,
}

/// Why somebody is written to about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// They owe an answer.
    Remind,
    /// Somebody they are responsible for does.
    Escalate,
    /// Somebody said just now what is theirs to answer: a colleague has a concern, or what was
    /// done for a contact is not OK.
    Hear,
    /// They are asked to take a case.
    Offer,
    /// Whom they asked to take a case did.
    Accepted,
    /// Whom they asked to take a case did not.
    Refused,
    /// They were asked to take a case, and are not any more.
    Withdrawn,
    /// They wait, and are told when the answer comes.
    TellWhen,
    /// They raised a concern, and get the words that somebody answers.
    Answer,
    /// They wrote, and are told that it came.
    Receipt,
    /// They are shown what would be asked about a job of theirs.
    Approve,
    /// They are asked whether all is well.
    CheckIn,
    /// They did a job, and are asked what the contact's words about it mean.
    Doubt,
    /// They did a job, and hear that all is well with it.
    Fine,
    /// Their case is closed, and they get what was said in it.
    Transcript,
}

/// Both directions of a purpose's name.
const PURPOSES: &[(Purpose, &str)] = &[
    (Purpose::Remind, "remind"),
    (Purpose::Escalate, "escalate"),
    (Purpose::Hear, "hear"),
    (Purpose::Offer, "offer"),
    (Purpose::Accepted, "accepted"),
    (Purpose::Refused, "refused"),
    (Purpose::Withdrawn, "withdrawn"),
    (Purpose::TellWhen, "tell-when"),
    (Purpose::Answer, "answer"),
    (Purpose::Receipt, "receipt"),
    (Purpose::Approve, "approve"),
    (Purpose::CheckIn, "check-in"),
    (Purpose::Doubt, "doubt"),
    (Purpose::Fine, "fine"),
    (Purpose::Transcript, "transcript"),
];

impl Purpose {
    /// Its stable name in the store.
    pub fn name(self) -> &'static str {
        PURPOSES.iter().find(|(purpose, _)| *purpose == self).map_or("", |(_, name)| name)
    }

    /// The purpose called `name`.
    pub fn called(name: &str) -> Option<Self> {
        PURPOSES.iter().find(|(_, known)| *known == name).map(|(purpose, _)| *purpose)
    }

    /// Whether it tells of what is owed, and so is moot once nothing is.
    pub fn is_step(self) -> bool {
        matches!(self, Self::Remind | Self::Escalate | Self::Hear)
    }

    /// Whether the journal says that it was told. A hand-over and what was written by hand are
    /// told of in their own words.
    pub fn is_journalled(self) -> bool {
        let told = [Self::TellWhen, Self::Receipt, Self::Approve, Self::CheckIn, Self::Doubt];
        self.is_step() || told.contains(&self)
    }
}

impl Notice {
    /// Whether it is one of the steps that were taken together, when they were.
    pub fn is_first_of(&self, moved: Hastened) -> bool {
        self.purpose.is_step() && self.rung <= moved.rung && self.occurrence == 0
    }

    /// The key under which it is told at most once, within its case.
    pub fn key(&self) -> String {
        let Self { obligation, rung, occurrence, to, purpose } = self;
        if purpose.is_step() {
            format!("{obligation}/{rung}/{occurrence}/{}", to.address)
        } else {
            format!("{}/{obligation}/{occurrence}/{}", purpose.name(), to.address)
        }
    }
}

/// One reason to write to one recipient that lies in no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// What it is.
    pub kind: OccasionKind,
    /// Of whom, or of what: a person's number, a schedule's name, cases and the words
    /// that answer orders about them, a case and its promise, what is wrong.
    pub subject: String,
    /// To whom.
    pub to: Recipient,
}

impl Occasion {
    /// That the note about the promise `seq` of a case may not have arrived.
    pub fn unsure(case: CaseNumber, seq: u32, to: Recipient) -> Self {
        Self { kind: OccasionKind::Unsure, subject: format!("{case}/{seq}"), to }
    }

    /// That the question about the job `seq` of a case may not have arrived.
    pub fn unsure_of_question(case: CaseNumber, seq: u32, to: Recipient) -> Self {
        Self { kind: OccasionKind::Unsure, subject: format!("{case}/job/{seq}"), to }
    }

    /// The answer to orders about these cases, in words; an answer to it may be about
    /// them too.
    pub fn to_orders(cases: &[CaseNumber], words: &str, to: Recipient) -> Self {
        let cases: Vec<String> = cases.iter().map(CaseNumber::to_string).collect();
        let subject = format!("{}\n{words}", cases.join(" "));
        Self { kind: OccasionKind::Understood, subject, to }
    }

    /// Whether it answers somebody who wrote to owed.
    pub fn is_answer(&self) -> bool {
        self.kind == OccasionKind::Understood
    }

    /// The cases and the words of an answer to orders.
    pub fn understood(&self) -> (Vec<CaseNumber>, &str) {
        let (cases, words) = self.subject.split_once('\n').unwrap_or(("", &self.subject));
        (cases.split_whitespace().filter_map(|case| case.parse().ok()).collect(), words)
    }

    /// The job that it is about.
    pub fn job(&self) -> Option<(CaseNumber, u32)> {
        let (case, seq) = self.subject.split_once("/job/")?;
        Some((case.parse().ok()?, seq.parse().ok()?))
    }

    /// The promise that it is about.
    pub fn promise(&self) -> Option<(CaseNumber, u32)> {
        let (case, seq) = self.subject.split_once('/')?;
        Some((case.parse().ok()?, seq.parse().ok()?))
    }
}

/// What is told although no step of a case asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OccasionKind {
    /// A person's day is nearly over: what they owe.
    Leaving,
    /// A person's day is over: what they leave behind, to their supervisor.
    Left,
    /// A supervisor's morning: how things stand.
    Digest,
    /// An order by mail: what was understood of it, and done.
    Understood,
    /// A mail to a contact in somebody's name may or may not have arrived.
    Unsure,
    /// Something that the operator has to put right, said in its subject.
    Trouble,
}

/// Both directions of an occasion's name.
const OCCASIONS: &[(OccasionKind, &str)] = &[
    (OccasionKind::Leaving, "leaving"),
    (OccasionKind::Left, "left"),
    (OccasionKind::Digest, "digest"),
    (OccasionKind::Understood, "understood"),
    (OccasionKind::Unsure, "unsure"),
    (OccasionKind::Trouble, "trouble"),
];

impl OccasionKind {
    /// Its stable name in the store.
    pub fn name(self) -> &'static str {
        OCCASIONS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The occasion called `name`.
    pub fn called(name: &str) -> Option<Self> {
        OCCASIONS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}
