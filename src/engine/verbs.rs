//! What people do to a case by hand; the command line and the pages are two
//! faces of these verbs.

use jiff::Timestamp;

use super::{Engine, Error};
use crate::domain::case::{Adequate, Answer, Event, Illegal, Pledge};
use crate::domain::ids::{CaseNumber, PersonId};
use crate::store::Tx;

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
        self.act(case, Event::Answered(told(by, how, at, None))).await
    }

    /// Notes that the contact was told, outside mail, when the answer comes.
    pub async fn promise(
        &self,
        case: CaseNumber,
        by: PersonId,
        words: &str,
        due: Timestamp,
    ) -> Result<(), Error> {
        if due <= self.now() {
            return Err(Illegal::Past.into());
        }
        let pledge = Pledge { words: words.to_owned(), due: Some(due) };
        let how = "told by hand when it comes".to_owned();
        self.act(case, Event::Answered(told(by, how, self.now(), Some(pledge)))).await
    }

    /// Writes to the contact, in the name of `by`, when the answer comes.
    pub async fn tell_when(
        &self,
        case: CaseNumber,
        by: PersonId,
        due: Timestamp,
    ) -> Result<(), Error> {
        self.act(case, Event::ToldWhen { by, due }).await
    }

    /// Puts right what was understood of a promise; `None`: it was none.
    pub async fn correct(
        &self,
        case: CaseNumber,
        seq: u32,
        by: PersonId,
        due: Option<Timestamp>,
    ) -> Result<(), Error> {
        self.act(case, Event::Corrected { seq, by, due }).await
    }

    /// Gives a case to `by`, whoever had it.
    pub async fn claim(&self, case: CaseNumber, by: PersonId) -> Result<(), Error> {
        self.act(case, Event::Claimed { by }).await
    }

    /// Asks `to` to take a case.
    pub async fn offer(&self, case: CaseNumber, by: PersonId, to: PersonId) -> Result<(), Error> {
        self.act(case, Event::Offered { by, to }).await
    }

    /// Takes a case that was offered.
    pub async fn accept(&self, case: CaseNumber, by: PersonId) -> Result<(), Error> {
        self.act(case, Event::Accepted { by }).await
    }

    /// Does not take a case that was offered.
    pub async fn refuse(&self, case: CaseNumber, by: PersonId, reason: &str) -> Result<(), Error> {
        self.act(case, Event::Refused { by, reason: reason.to_owned() }).await
    }

    /// Notes that a case needs no answer, and why.
    pub async fn dismiss(&self, case: CaseNumber, by: &str, reason: &str) -> Result<(), Error> {
        let (by, reason) = (by.to_owned(), reason.to_owned());
        self.act(case, Event::Dismissed { by, reason }).await
    }

    /// Ends a case, with what was done where a job was.
    pub async fn close(
        &self,
        case: CaseNumber,
        by: &str,
        title: Option<&str>,
    ) -> Result<(), Error> {
        let (by, title) = (by.to_owned(), title.map(str::to_owned));
        self.act(case, Event::Closed { by, title }).await
    }

    /// Opens a case again: an answer is owed after all.
    pub async fn reopen(&self, case: CaseNumber, by: &str, reason: &str) -> Result<(), Error> {
        let (by, reason) = (by.to_owned(), reason.to_owned());
        self.act(case, Event::Reopened { by, reason }).await
    }

    async fn act(&self, case: CaseNumber, event: Event) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        let loaded = tx.case(case).await?.ok_or(Error::NoSuchCase(case))?;
        self.happen(&mut tx, loaded, event, self.now()).await?;
        self.acted(tx).await
    }

    /// Makes what a person did durable, and has it looked at.
    pub(super) async fn acted(&self, tx: Tx) -> Result<(), Error> {
        tx.commit().await?;
        self.inward.notify_one();
        self.outward.notify_one();
        Ok(())
    }
}

fn told(by: PersonId, how: String, at: Timestamp, pledge: Option<Pledge>) -> Answer {
    let (message, parents, by) = (None, Vec::new(), Some(by));
    Answer { message, parents, by, at, how, adequate: Adequate::Told, pledge }
}
