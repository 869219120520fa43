//! What a page is about: one case as it stands, and who looks at it.

use std::sync::Arc;

use jiff::{Timestamp, Zoned};

use super::Front;
use crate::domain::case::Case;
use crate::domain::effect::{Entry, What};
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::policy::Policy;
use crate::domain::roster::Person;
use crate::engine;
use crate::mail::template::Templates;
use crate::mail::token::Grant;
use crate::store::{Line, Recorded};

/// A case, seen by somebody at a moment.
#[derive(Debug)]
pub(super) struct Scene {
    /// Everybody here.
    pub(super) policy: Arc<Policy>,
    /// The case.
    pub(super) case: Case,
    /// Who looks.
    pub(super) person: Person,
    /// The case that the link was about, which may have gone into this one.
    pub(super) linked: CaseNumber,
    /// The obligation that the link was about; 0 for none.
    pub(super) seq: u32,
    /// What the contact wrote first in this waiting.
    pub(super) heard: Option<Recorded>,
    /// What happened, oldest first.
    pub(super) journal: Vec<Line>,
    /// What letters to contacts say.
    pub(super) templates: Templates,
    /// When.
    pub(super) now: Timestamp,
}

impl Scene {
    /// What `grant` is about; `None` where the case or the person is gone.
    pub(super) async fn load(front: &Front, grant: &Grant) -> Result<Option<Self>, engine::Error> {
        let (policy, now) = (front.engine.policy(), front.engine.now());
        let person = policy.roster.hand(&grant.person);
        let (Some(person), Some(number)) = (person, grant.case) else { return Ok(None) };
        let mut tx = front.engine.store().read().await?;
        let case = match front.engine.loaded(&mut tx, number).await {
            Ok(loaded) => loaded.case,
            Err(engine::Error::NoSuchCase(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let since = urgent(&case, now).or(case.obligations.last()).map(|o| o.since);
        let heard = match tx.words_since(case.number, since.unwrap_or(case.opened_at)).await? {
            Some(heard) => Some(heard),
            None => tx.last_heard(case.number).await?,
        };
        let journal = tx.journal_of(case.number).await?;
        // What the link was about is counted otherwise where it went.
        let seq = if case.number == number { grant.obligation } else { 0 };
        let (linked, templates) = (number, front.templates.clone());
        Ok(Some(Self { policy, case, person, linked, seq, heard, journal, templates, now }))
    }

    /// What is most urgent of what is owed.
    pub(super) fn urgent(&self) -> Option<&Obligation> {
        urgent(&self.case, self.now)
    }

    /// The promise that the link is about, or the open one.
    pub(super) fn promise(&self) -> Option<&Obligation> {
        let promises = || self.case.obligations.iter().filter(|o| o.kind == Kind::Promise);
        promises().find(|o| o.seq == self.seq).or_else(|| promises().find(|o| o.is_open()))
    }

    /// The last time that one of these happened.
    pub(super) fn last(&self, whats: &[What]) -> Option<&Entry> {
        self.journal.iter().rev().map(|line| &line.entry).find(|e| whats.contains(&e.what))
    }

    /// A moment on the clocks of who looks.
    pub(super) fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.person.calendar.zone().clone())
    }

    /// Somebody's name.
    pub(super) fn name_of<'a>(&'a self, id: &'a PersonId) -> &'a str {
        self.policy.roster.name_of(id)
    }
}

fn urgent(case: &Case, now: Timestamp) -> Option<&Obligation> {
    case.open().min_by_key(|o| o.rank(now))
}
