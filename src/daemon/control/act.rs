//! What people do to a case from the command line.

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::{Desk, failed, given, number};
use crate::domain::roster::Person;
use crate::mail::moment::moment;
use crate::mail::outcome::{About, Deed, done};

/// Something that somebody does to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
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
    },
    /// The matter is at an end.
    Close {
        /// What was done; may be empty.
        title: String,
    },
    /// It is not at an end after all.
    Reopen {
        /// Why.
        reason: String,
    },
}

impl Desk {
    /// Does it, and says what was done.
    pub(super) async fn act(&self, case: &str, by: &str, act: Act) -> Result<String, String> {
        let (engine, case) = (&self.engine, number(case)?);
        let person = self.person(by)?;
        let (id, name) = (person.id.clone(), person.name.as_str());
        let now = engine.now();
        let (result, deed) = match act {
            Act::Claim => (engine.claim(case, id).await, Deed::Taken),
            Act::Accept => (engine.accept(case, id).await, Deed::Taken),
            Act::HandOver { to } => {
                let to = self.person(&to)?;
                (engine.offer(case, id, to.id).await, Deed::Offered(to.name))
            }
            Act::Refuse { reason } => (engine.refuse(case, id, &reason).await, Deed::Refused),
            Act::Promise { due, words } => {
                let due = ahead(&due, &person, now)?;
                let words = if words.trim().is_empty() { "noted by hand" } else { words.trim() };
                let result = engine.promise(case, id, words, due.timestamp()).await;
                (result, Deed::Promised(due, local(&person, now)))
            }
            Act::TellWhen { due } => {
                let due = ahead(&due, &person, now)?;
                let result = engine.tell_when(case, id, due.timestamp()).await;
                (result, Deed::Told(due, local(&person, now)))
            }
            Act::Close { title } => {
                let said = Some(title.trim()).filter(|title| !title.is_empty());
                (engine.close(case, name, said).await, Deed::Closed(title))
            }
            Act::Reopen { reason } => {
                let reason = given(&reason)?;
                (engine.reopen(case, name, reason).await, Deed::Reopened)
            }
        };
        result.map_err(failed)?;
        let mut tx = engine.store().read().await.map_err(failed)?;
        let loaded = tx.case(case).await.map_err(failed)?;
        let about = loaded.map(|loaded| About { case, contact: loaded.case.contact });
        Ok(about.map_or_else(|| case.to_string(), |about| done(&deed, &about)))
    }
}

/// The moment that `text` names on somebody's clocks.
fn ahead(text: &str, person: &Person, now: Timestamp) -> Result<Zoned, String> {
    let found = moment(text, &person.calendar, now).ok_or_else(|| {
        format!(
            "{text:?} is no time that is still to come: say \"fri 15:00\", \"tomorrow 10:00\", \
             \"2 dec\", \"2026-12-02 09:00\" or \"in 2h\""
        )
    })?;
    Ok(local(person, found))
}

fn local(person: &Person, at: Timestamp) -> Zoned {
    at.to_zoned(person.calendar.zone().clone())
}
