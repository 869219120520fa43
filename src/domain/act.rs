//! What people do to a case by hand: one list for orders by mail, pages and the
//! command line. What may be done, the case itself knows.

use jiff::Timestamp;

use super::case::{Adequate, Answer, Event, Illegal, Pledge};
use super::check_in::{self, End, Showing};
use super::ids::PersonId;
use super::roster::Roster;

/// What is noted of a promise whose words nobody wrote down.
const NO_WORDS: &str = "noted by hand";

/// Something that somebody does to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// They answered outside mail.
    Answered {
        /// `by phone`, `in person`; may be empty.
        how: String,
    },
    /// They told the contact, outside mail, when the answer comes.
    Promise {
        /// When.
        due: Timestamp,
        /// The words; may be empty.
        words: String,
    },
    /// owed tells the contact when the answer comes, in their name.
    TellWhen {
        /// When.
        due: Timestamp,
        /// Though the contact was told another time by such a note already.
        again: bool,
    },
    /// They put right what was understood of a promise.
    Correct {
        /// Which obligation.
        seq: u32,
        /// What was meant; `None` where it was no promise at all.
        due: Option<Timestamp>,
    },
    /// They take it, whoever has it.
    Claim,
    /// They ask somebody to take it.
    HandOver {
        /// Whom.
        to: PersonId,
    },
    /// They take what was offered to them.
    Accept,
    /// They do not take it.
    Refuse {
        /// Why; may be empty.
        reason: String,
    },
    /// They judge that no answer is needed.
    Dismiss {
        /// Why.
        reason: String,
    },
    /// The matter is at an end.
    Close {
        /// What was done; may be empty.
        title: String,
    },
    /// The check-in that they were shown is sent.
    Send {
        /// Where they saw it; `None` where that is not known.
        shown: Option<Showing>,
        /// In these words of their own, where they changed them.
        words: Option<String>,
    },
    /// The check-in that they were shown is not sent.
    Skip {
        /// Where they saw it; `None` where that is not known.
        shown: Option<Showing>,
        /// Why; may be empty.
        reason: String,
    },
    /// They say what the contact's answer after a job means.
    Read {
        /// Whether all is well.
        fine: bool,
    },
    /// It is not at an end after all.
    Reopen {
        /// Why.
        reason: String,
    },
}

impl Act {
    /// The same, by somebody who answers what they were shown there.
    #[must_use]
    pub fn in_answer_to(mut self, showing: Showing) -> Self {
        if let Self::Send { shown, .. } | Self::Skip { shown, .. } = &mut self {
            *shown = Some(showing);
        }
        self
    }

    /// What happens to a case when `by` does this at the moment `at`.
    pub fn event(self, by: &PersonId, roster: &Roster, at: Timestamp) -> Result<Event, Illegal> {
        let (name, by) = (roster.name_of(by).to_owned(), by.clone());
        Ok(match self {
            Self::Answered { how } => {
                Event::Answered(told(by, format!("told by hand: {how}"), at, None))
            }
            Self::Promise { due, .. } if due <= at => return Err(Illegal::Past),
            Self::Promise { due, words } => {
                let said = Some(words).filter(|words| !words.trim().is_empty());
                let words = said.unwrap_or_else(|| NO_WORDS.to_owned());
                let pledge = Pledge { words, due: Some(due) };
                let how = "told by hand when it comes".to_owned();
                Event::Answered(told(by, how, at, Some(pledge)))
            }
            Self::TellWhen { due, .. } => Event::ToldWhen { by, due },
            Self::Correct { seq, due } => Event::Corrected { seq, by, due },
            Self::Claim => Event::Claimed { by },
            Self::HandOver { to } => Event::Offered { by, to },
            Self::Accept => Event::Accepted { by },
            Self::Refuse { reason } => Event::Refused { by, reason },
            Self::Dismiss { reason } => Event::Dismissed { by: name, reason },
            Self::Close { title } => {
                let title = Some(title).filter(|title| !title.trim().is_empty());
                Event::Closed { by: name, hand: Some(by), title }
            }
            Self::Send { shown, words } => {
                let event = check_in::Event::Sent { by, words, seen: shown.map(|shown| shown.at) };
                Event::CheckIn { job: shown.and_then(|shown| shown.job), event }
            }
            Self::Skip { shown, reason } => {
                let why = if reason.trim().is_empty() { "" } else { ": " };
                let reason = format!("{name} does not send it{why}{}", reason.trim());
                let seen = shown.map(|shown| shown.at);
                let event = check_in::Event::Skipped { reason, seen };
                Event::CheckIn { job: shown.and_then(|shown| shown.job), event }
            }
            Self::Read { fine } => {
                let how = if fine { End::Fine } else { End::NotFine };
                Event::CheckIn { job: None, event: check_in::Event::Read { how, reason: name } }
            }
            Self::Reopen { reason } => Event::Reopened { by: name, reason },
        })
    }
}

/// An answer outside mail.
fn told(by: PersonId, how: String, at: Timestamp, pledge: Option<Pledge>) -> Answer {
    let (message, parents, by) = (None, Vec::new(), Some(by));
    Answer { message, parents, by, at, how, adequate: Adequate::Told, pledge }
}
