//! Who looks at a contact's page, at what, and in which language.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::case::{Case, Phase};
use crate::domain::ids::CaseNumber;
use crate::domain::job::Job;
use crate::domain::obligation::Obligation;
use crate::domain::policy::Policy;
use crate::mail::dated;
use crate::mail::letter::one_line;
use crate::mail::page::{self, Words, filled};
use crate::mail::token::Grant;
use crate::store;
use crate::web::Front;

/// How much of a name is shown.
const SHORT: usize = 80;

/// A case, seen by its contact at a moment.
#[derive(Debug)]
pub(super) struct Visit {
    /// Everybody here.
    pub(super) policy: Arc<Policy>,
    /// The case.
    pub(super) case: Case,
    /// The job that the link is about; 0 for none.
    pub(super) job: u32,
    /// The language that the page is in.
    pub(super) language: &'static str,
    /// What it says.
    pub(super) words: &'static Words,
    /// When.
    pub(super) now: Timestamp,
}

impl Visit {
    /// What `grant` is about; `None` where the case is gone.
    pub(super) async fn load(front: &Front, grant: &Grant) -> store::Result<Option<Self>> {
        let Some(number) = grant.case else { return Ok(None) };
        let mut tx = front.engine.store().read().await?;
        let Some(loaded) = tx.case(number).await? else { return Ok(None) };
        let theirs = tx.last_heard(number).await?.and_then(|message| message.language);
        let (language, words) = words(front, theirs.as_deref());
        let (policy, now) = (front.engine.policy(), front.engine.now());
        let (case, job) = (loaded.case, grant.obligation);
        Ok(Some(Self { policy, case, job, language, words, now }))
    }

    /// The job that the link is about.
    pub(super) fn job(&self) -> Option<&Job> {
        self.case.jobs.iter().find(|job| job.seq == self.job)
    }

    /// What the page is about.
    pub(super) fn about(&self) -> (CaseNumber, u32) {
        (self.case.number, self.job)
    }

    /// The name of who did a job; empty where nobody is named.
    pub(super) fn person_of(&self, job: &Job) -> String {
        let by = job.check_in.by.as_ref().or(job.done_by.first());
        by.map(|id| one_line(self.policy.roster.name_of(id), SHORT)).unwrap_or_default()
    }

    /// Until when an answer is owed.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.case.open().map(|owed| owed.due).min()
    }

    /// Whether nothing more comes of the case by itself.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.case.phase, Phase::Closed { .. })
    }

    /// Who has what is owed, as a sentence.
    pub(super) fn who_has_it(&self, owed: &Obligation) -> String {
        let roster = &self.policy.roster;
        match &owed.owner {
            Some(id) => {
                let person = one_line(roster.name_of(id), SHORT);
                filled(&self.words.with_person, &[("person", &person), ("id", id.as_str())])
            }
            None => filled(&self.words.with_us, &[("mailbox", self.case.mailbox.as_str())]),
        }
    }

    /// A day, as it is said in the visitor's language.
    pub(super) fn day(&self, at: Timestamp) -> String {
        dated::day(&at.to_zoned(self.policy.roster.zone.clone()), self.language)
    }

    /// A time, as it is said in the visitor's language.
    pub(super) fn when(&self, at: Timestamp) -> String {
        dated::when(&at.to_zoned(self.policy.roster.zone.clone()), self.language)
    }
}

/// The words of somebody's language, or of the organisation's.
pub(super) fn words(front: &Front, theirs: Option<&str>) -> (&'static str, &'static Words) {
    let wanted: Vec<&str> = theirs.into_iter().chain([front.templates.own_language()]).collect();
    page::words(&wanted)
}
