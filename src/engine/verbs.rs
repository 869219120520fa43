//! What people do to a case by hand; the command line and the pages are two
//! faces of these verbs.

use jiff::Timestamp;

use super::{Engine, Error};
use crate::domain::case::{Adequate, Answer, Event};
use crate::domain::ids::{CaseNumber, PersonId};

impl Engine {
    /// Notes that a case was answered outside mail: by phone, in person.
    pub async fn log_answer(
        &self,
        case: CaseNumber,
        by: PersonId,
        how: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        let how = format!("told by hand: {how}");
        let (message, parents, by) = (None, Vec::new(), Some(by));
        let answer = Answer { message, parents, by, at, how, adequate: Adequate::Told };
        self.act(case, Event::Answered(answer)).await
    }

    /// Notes that a case needs no answer, and why.
    pub async fn dismiss(&self, case: CaseNumber, by: &str, reason: &str) -> Result<(), Error> {
        let (by, reason) = (by.to_owned(), reason.to_owned());
        self.act(case, Event::Dismissed { by, reason }).await
    }

    async fn act(&self, case: CaseNumber, event: Event) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        let loaded = tx.case(case).await?.ok_or(Error::NoSuchCase(case))?;
        self.happen(&mut tx, loaded, event, self.now()).await?;
        tx.commit().await?;
        self.inward.notify_one();
        Ok(())
    }
}
