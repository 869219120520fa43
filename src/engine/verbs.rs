//! What people do by hand: orders by mail, pages and the command line are three faces
//! of this one verb, and hear the same words.

use super::{Engine, Error};
use crate::domain::act::Act;
use crate::domain::case::Event;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::mail::outcome::{About, done};
use crate::store::Tx;

impl Engine {
    /// Does `act` to a case, by the hand of `by`; what was done, in words.
    pub async fn act(&self, case: CaseNumber, by: &PersonId, act: Act) -> Result<String, Error> {
        let mut tx = self.store.write().await?;
        let words = self.act_within(&mut tx, case, by, act).await?;
        self.acted(tx).await?;
        Ok(words)
    }

    /// Notes that a case needs no answer, because somebody says so who may be nobody
    /// on the list of people.
    pub async fn dismiss(&self, case: CaseNumber, by: &str, reason: &str) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        let loaded = self.loaded(&mut tx, case).await?;
        let (by, reason) = (by.to_owned(), reason.to_owned());
        self.happen(&mut tx, loaded, Event::Dismissed { by, reason }, self.now()).await?;
        self.acted(tx).await
    }

    /// The same as [`Engine::act`], as a part of what else is done.
    pub(super) async fn act_within(
        &self,
        tx: &mut Tx,
        case: CaseNumber,
        by: &PersonId,
        act: Act,
    ) -> Result<String, Error> {
        let loaded = self.loaded(tx, case).await?;
        let (policy, now) = (self.policy(), self.now());
        let roster = &policy.roster;
        let zone = roster.people.get(by).map_or(&roster.zone, |person| person.calendar.zone());
        let contact = &loaded.case.contact;
        let words = done(&act, &About { case, contact, roster, now: now.to_zoned(zone.clone()) });
        let event = act.event(by, roster, now)?;
        self.happen(tx, loaded, event, now).await?;
        Ok(words)
    }

    /// Makes what a person did durable, and has it looked at.
    pub(super) async fn acted(&self, tx: Tx) -> Result<(), Error> {
        tx.commit().await?;
        self.inward.notify_one();
        self.outward.notify_one();
        Ok(())
    }
}
