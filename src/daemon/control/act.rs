//! What people do to a case from the command line.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Desk, failed, given, number};
use crate::domain::act::Act;
use crate::domain::case::Illegal;
use crate::domain::check_in::Showing;
use crate::domain::roster::Person;
use crate::domain::rule::Channel;
use crate::engine::Error;
use crate::mail::moment::moment;

/// The one way to answer that is no channel.
const IN_PERSON: &str = "in person";

/// Something that somebody does to a case, in the words of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// They answered outside mail.
    Answered {
        /// How: `phone`, `in person`.
        how: String,
    },
    /// They take it.
    Claim,
    /// They ask somebody to take it.
    HandOver {
        /// Whom: a short name, number or address.
        to: String,
    },
    /// They take what was offered to them.
    Accept,
    /// They do not take it.
    Refuse {
        /// Why; may be empty.
        reason: String,
    },
    /// They told the contact when the answer comes.
    Promise {
        /// When, as somebody writes it.
        due: String,
        /// The words; may be empty.
        words: String,
    },
    /// owed tells the contact when the answer comes, in their name.
    TellWhen {
        /// When, as somebody writes it.
        due: String,
        /// Though the contact was told another time already.
        again: bool,
    },
    /// The matter is at an end.
    Close {
        /// What was done; may be empty.
        title: String,
    },
    /// The check-in that they were shown is sent.
    Send {
        /// About which job, where it is said.
        job: Option<u32>,
        /// Their own words; may be empty.
        words: String,
    },
    /// The check-in that they were shown is not sent.
    Skip {
        /// About which job, where it is said.
        job: Option<u32>,
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

impl Desk {
    /// Does it, and says what was done.
    pub(super) async fn act(&self, case: &str, by: &str, wish: Wish) -> Result<String, String> {
        let (case, person) = (number(case)?, self.hand(by)?);
        let act = self.meant(wish, &person)?;
        self.engine.act(case, &person.id, act).await.map_err(|error| match error {
            Error::ToldAlready(told) => format!("{told}: add --again to tell them anew"),
            Error::Illegal(which @ Illegal::WhichJob { .. }) => {
                format!("{which}, or name it here with --job")
            }
            error => failed(error),
        })
    }

    /// What is meant, with people and times in place of their names.
    fn meant(&self, wish: Wish, person: &Person) -> Result<Act, String> {
        let now = self.engine.now();
        let ahead = |due: &str| ahead(due, person, now);
        let shown = |job| Some(Showing { job, at: now });
        Ok(match wish {
            Wish::Answered { how } => Act::Answered { how: answered_by(&how)?.to_owned() },
            Wish::Claim => Act::Claim,
            Wish::Send { job, words } => Act::Send {
                shown: shown(job),
                words: Some(words).filter(|words| !words.is_empty()),
            },
            Wish::Skip { job, reason } => Act::Skip { shown: shown(job), reason },
            Wish::Read { fine } => Act::Read { fine },
            Wish::Accept => Act::Accept,
            Wish::HandOver { to } => Act::HandOver { to: self.person(&to)?.id },
            Wish::Refuse { reason } => Act::Refuse { reason },
            Wish::Promise { due, words } => Act::Promise { due: ahead(&due)?, words },
            Wish::TellWhen { due, again } => Act::TellWhen { due: ahead(&due)?, again },
            Wish::Close { title } => Act::Close { title },
            Wish::Reopen { reason } => Act::Reopen { reason: given(&reason)?.to_owned() },
        })
    }
}

/// A way in which people answer outside mail: a channel, or in person.
fn answered_by(how: &str) -> Result<&str, String> {
    let plain = how.trim().strip_prefix("by ").unwrap_or(how.trim());
    if plain == IN_PERSON || Channel::called(plain).is_some() {
        return Ok(plain);
    }
    let known: Vec<&str> = Channel::names().chain([IN_PERSON]).collect();
    Err(format!("nobody answers by {how:?}: say one of {}", known.join(", ")))
}

/// The moment that `text` names on somebody's clocks.
fn ahead(text: &str, person: &Person, now: Timestamp) -> Result<Timestamp, String> {
    moment(text, &person.calendar, now).map_err(|why| {
        format!(
            "{text:?}: {why}; say \"fri 15:00\", \"tomorrow 10:00\", \"2 dec\", \
             \"2026-12-02 09:00\" or \"in 2h\""
        )
    })
}
