//! What the command line tells of jobs.

use super::{Answer, Desk, failed};
use crate::domain::job::Reference;
use crate::engine::job::Told;
use crate::engine::once::{JobNoted, Once};
use crate::engine::told::ToldJob;
use crate::report::jobs;

/// Who tells of a job that no other system tells of; its references are unique here.
const BY_HAND: &str = "by hand";

impl Desk {
    pub(super) async fn jobs(&self, all: bool) -> Result<Answer, String> {
        let mut tx = self.engine.store().read().await.map_err(failed)?;
        let rows = jobs::rows(&mut tx, &self.engine.policy(), all).await;
        rows.map(Answer::Jobs).map_err(failed)
    }

    pub(super) async fn note_job(&self, job: &ToldJob) -> Result<JobNoted, String> {
        let told = self.engine.understood_job(job, BY_HAND).map_err(failed)?;
        let told = Told { by: "hand".to_owned(), ..told };
        let once = Once { source: BY_HAND, key: None, body: &[] };
        self.engine.tell_job(told, once).await.map_err(failed)
    }

    pub(super) async fn cancel_job(
        &self,
        (source, name): (Option<String>, String),
        (by, reason): (&str, &str),
    ) -> Result<Answer, String> {
        let reference = Reference { source: source.unwrap_or_else(|| BY_HAND.to_owned()), name };
        let (case, _) = self.engine.cancel_job(&reference, by, reason).await.map_err(failed)?;
        let name = &reference.name;
        Ok(Answer::Said(format!("{case}: the job {name} is taken back, and nobody is asked.")))
    }
}
