//! Concerns: somebody here thinks that something is going wrong, and is owed an answer by
//! whoever is above it.
//!
//! A concern goes the way of every message, from a colleague to that person. It is theirs
//! who are above, never theirs whom it is about, and never the one's who raises it.

mod answer;

use serde::{Deserialize, Serialize};

use super::hear::Words;
use super::once::Once;
use super::told::Unfit;
use super::{Engine, Error};
use crate::domain::case::Case;
use crate::domain::ids::{CaseNumber, MessageId, Party, PersonId};
use crate::domain::roster::{Person, Recipient};
use crate::domain::rule::Channel;
use crate::mail::letter::{CONCERN, one_line};
use crate::mail::outcome;
use crate::store::Tx;

/// How much of a concern stands in its subject.
const TOPIC: usize = 60;

/// A concern, all of it known.
#[derive(Debug, Clone)]
pub struct Concern {
    /// Who has it.
    pub by: PersonId,
    /// The case it is about, if it is about one.
    pub about: Option<CaseNumber>,
    /// What it is, in their words.
    pub text: String,
}

/// What became of a concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Its own case.
    pub case: String,
    /// Who owes an answer, by name.
    pub to: String,
    /// Until when, in RFC 3339.
    pub due: Option<String>,
}

impl Raised {
    /// The same, to whoever has it.
    pub fn words(&self) -> String {
        outcome::raised(&self.case, &self.to)
    }
}

impl Engine {
    /// Takes a concern of somebody here. A request that comes again under its key has the
    /// same answer and does nothing.
    pub async fn raise(&self, concern: &Concern, once: Once<'_>) -> Result<Raised, Error> {
        let mut tx = self.store().write().await?;
        if let Some(answer) = self.answered(&mut tx, once).await? {
            return Ok(answer);
        }
        let Concern { by, about, text } = concern;
        let raised = self.raise_within(&mut tx, by, *about, (text, None)).await;
        let raised = raised.map_err(|why| match why {
            Error::NoSuchCase(_) => Error::Unfit(vec![Unfit::new("case", why.to_string())]),
            other => other,
        })?;
        self.remember_answer(&mut tx, once, &raised).await?;
        self.acted(tx).await?;
        Ok(raised)
    }

    /// The same as [`Engine::raise`], as a part of what else is done; with the mail in which
    /// it stands, if it came in one.
    pub(super) async fn raise_within(
        &self,
        tx: &mut Tx,
        by: &PersonId,
        about: Option<CaseNumber>,
        (text, mail): (&str, Option<&MessageId>),
    ) -> Result<Raised, Error> {
        let (policy, now) = (self.policy(), self.now());
        let raiser = policy.roster.people.get(by);
        let raiser = raiser.ok_or_else(|| Error::NotCalled(policy.roster.unknown(by.as_str())))?;
        let case = match about {
            Some(number) => Some(self.loaded(tx, number).await?.case),
            None => None,
        };
        let to = self.answers_for(raiser, case.as_ref());
        let (to, from) = to.zip(raiser.addresses.first()).ok_or(Error::NobodyAbove)?;
        let from = Party { name: raiser.name.clone(), address: from.clone() };
        let person = to.person.as_ref().filter(|id| !id.is_last_resort());
        let name = person.map_or("", |id| policy.roster.name_of(id)).to_owned();
        let about = case.map(|case| {
            format!("\n\nIt is about {}, “{}”.\n", case.number, one_line(&case.subject, TOPIC))
        });
        let spoken = Words {
            source: "a concern",
            channel: Channel::Concern,
            from,
            to: Party { name, address: to.address },
            subject: format!("{CONCERN}{}", one_line(text, TOPIC).trim_end_matches('.')),
            text: format!("{}{}", text.trim(), about.unwrap_or_default()),
            at: now,
            parents: mail.cloned().into_iter().collect(),
        };
        let heard = self.write_down(tx, &spoken, None).await?;
        let to = spoken.to.called().to_owned();
        Ok(Raised { case: heard.case.unwrap_or_default(), to, due: heard.due })
    }

    /// Who answers a concern: above whoever has the case it is about, or who serves its
    /// mailbox; else above who raises it.
    pub fn answers_for(&self, raiser: &Person, case: Option<&Case>) -> Option<Recipient> {
        let (policy, now) = (self.policy(), self.now());
        let roster = &policy.roster;
        let has = case.and_then(|case| {
            let owner = case.open().find_map(|o| o.owner.clone()).or(case.answerer.clone());
            owner.or_else(|| roster.on_duty(&case.mailbox, now).map(|person| person.id.clone()))
        });
        let above = roster.above(has.as_ref().or(Some(&raiser.id)), 1, now);
        let own = |to: &Recipient| to.person.as_ref() == Some(&raiser.id);
        above
            .filter(|to| !own(to))
            .or_else(|| roster.above(Some(&raiser.id), 1, now))
            .filter(|to| !own(to))
    }
}
