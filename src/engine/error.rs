//! Why the engine could not do what was asked.

use super::away::NoAbsence;
use super::told::Unfit;
use crate::domain::case::Illegal;
use crate::domain::ids::{Address, CaseNumber, MessageId};
use crate::domain::roster::Uncalled;
use crate::store;

/// Why the engine could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed, or somebody was faster.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The case's state does not allow it.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// Somebody cannot be away, or back, like that.
    #[error(transparent)]
    Absence(#[from] NoAbsence),
    /// A step panicked: a fault of owed, which stays with its case.
    #[error("a step of {0} failed inside; please report it")]
    Broken(CaseNumber),
    /// A case cannot be made two at this message.
    #[error(
        "{0} cannot be made two there: name a message of the other side in it, \
         by its Message-ID, and not the first"
    )]
    NotSplit(CaseNumber),
    /// There is no filed message with this Message-ID.
    #[error("no message that was filed has the Message-ID {0}: see `owed list --filed --json`")]
    NotFiled(MessageId),
    /// An answer that no rule gives a time.
    #[error("no rule is for it, so it would never be due: add one that takes it")]
    NoRule,
    /// Nothing is remembered of a sender, or it is none.
    #[error("{0:?} is no sender that is remembered: an address, or @ and a domain")]
    NoSender(String),
    /// Nobody, or more than one, has a name.
    #[error("{0}")]
    NotCalled(Uncalled),
    /// An order in answer to a mail that is about no case.
    #[error("that mail is about no case; answer the mail that is about yours")]
    NoOneCase,
    /// A concern that nobody is above.
    #[error(
        "nobody is above you who could answer that: give yourself a supervisor, or name a \
         last_resort, in the configuration"
    )]
    NobodyAbove,
    /// What was told makes no sense; every fault of it.
    #[error("{}", listed(.0))]
    Unfit(Vec<Unfit>),
    /// The key of a request came before, with another request.
    #[error("that key was used for another request: every request has its own")]
    AnotherRequest,
    /// An order about a case that the mail it answers was not about.
    #[error("{0} is not in that mail; answer the mail that is about it")]
    NotInThatMail(String),
    /// A job that lies ahead.
    #[error("a job that was done lies behind us: that time is still to come")]
    NotDoneYet,
    /// A job of nobody here, for a contact who never wrote.
    #[error("say who did it: a short name, number or address of somebody here")]
    NoHand,
    /// There is no such job.
    #[error("there is no job {0:?}")]
    NoSuchJob(String),
    /// A job that is known is told of as another contact's, or another case's.
    #[error(
        "the job “{0}” is one for {1} in {2}, who may have been asked about it: cancel it, and \
         tell it anew under another reference"
    )]
    AnothersJob(String, Address, CaseNumber),
    /// What somebody said cannot be made a message.
    #[error("that cannot be written down: {0}")]
    Unwritable(String),
    /// The contact was told when the answer comes, and would be told another time.
    #[error("{0}")]
    ToldAlready(String),
    /// No mail with this number waits for a decision.
    #[error("no mail {0} waits for a decision: `owed outbox` lists those that do")]
    NotHeld(i64),
    /// There is no case with this number.
    #[error("there is no case {0}")]
    NoSuchCase(CaseNumber),
}

impl Error {
    /// Whether it lies in what somebody asked for: they are told, and may ask otherwise.
    pub fn is_theirs(&self) -> bool {
        !matches!(self, Self::Store(_) | Self::Broken(_))
    }

    /// Whether trying again cannot help: it lies in the mail or the case, not in
    /// the state of the database.
    pub(super) fn is_lasting(&self) -> bool {
        !matches!(self, Self::Store(store::Error::Database(_) | store::Error::Conflict))
    }
}

fn listed(wrong: &[Unfit]) -> String {
    let lines: Vec<String> = wrong.iter().map(|w| format!("{}: {}", w.field, w.why)).collect();
    lines.join("\n")
}
