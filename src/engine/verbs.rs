//! What people do by hand: orders by mail, pages and the command line are three faces
//! of this one verb, and hear the same words.

use super::{Engine, Error};
use crate::domain::act::Act;
use crate::domain::case::{Case, Event, Illegal};
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::obligation::Kind;
use crate::mail::outcome::{About, done, passes, told_already};
use crate::store::{self, Tx};

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
        // A check-in stays with the case that it was shown for.
        if matches!(act, Act::Send { .. } | Act::Skip { .. }) && loaded.case.number != case {
            return Err(Illegal::NoCheckIn { case }.into());
        }
        let case = loaded.case.number;
        let (policy, now) = (self.policy(), self.now());
        let roster = &policy.roster;
        let zone = roster.people.get(by).map_or(&roster.zone, |person| person.calendar.zone());
        let contact = &loaded.case.contact;
        let about = About { case, contact, roster, now: now.to_zoned(zone.clone()) };
        if let Act::TellWhen { again: false, .. } = act
            && let Some(told) = told_when(tx, &loaded.case, &about).await?
        {
            return Err(Error::ToldAlready(told));
        }
        let mut words = done(&act, &about);
        let had = loaded.case.open().min_by_key(|o| o.rank(now)).and_then(|o| o.owner.as_ref());
        if matches!(act, Act::Promise { .. } | Act::TellWhen { .. })
            && let Some(had) = had.filter(|had| *had != by)
        {
            words.push_str(&passes(roster.name_of(had)));
        }
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

/// That the contact has a note with a time that is still to come. One that has not left
/// yet is moot with the promise in it, and nobody reads it.
async fn told_when(tx: &mut Tx, case: &Case, about: &About<'_>) -> store::Result<Option<String>> {
    let now = about.now.timestamp();
    let Some(promise) = case.owes(Kind::Promise).filter(|promise| promise.due > now) else {
        return Ok(None);
    };
    let left = tx.note_left(case.number, promise.seq).await?;
    let by = promise.owner.as_ref().map_or("owed", |by| about.roster.name_of(by));
    Ok(left.map(|at| told_already(about, by, (promise.due, at))))
}
