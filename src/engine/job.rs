//! Jobs that somebody or some other system tells of: taken, put right, cancelled. A job
//! that belongs to no case begins one that is closed, so that what its contact writes
//! has a place.

use jiff::Timestamp;

use super::{Engine, Error};
use crate::domain::case::{Case, Event};
use crate::domain::ids::{Address, CaseNumber, Party};
use crate::domain::job::{Done, PutRight, Reference};
use crate::store::{Loaded, Recorded, Tx};

/// A job, and where it belongs.
#[derive(Debug, Clone)]
pub struct Told {
    /// What was done.
    pub done: Done,
    /// Who says so, in words.
    pub by: String,
    /// The case or the contact that it was done for.
    pub whose: Whose,
    /// Whether it was said when it was done; else that is now.
    pub dated: bool,
}

/// What a job belongs to.
#[derive(Debug, Clone)]
pub enum Whose {
    /// A case; it is closed with it.
    Case(CaseNumber),
    /// A contact, and the mailbox of ours that they know; else that of whoever did it.
    Contact(Party, Option<Address>),
}

/// What became of a job that was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is new.
    New(CaseNumber, u32),
    /// It was known by its reference; what was told of it is put right where it differs.
    Known(CaseNumber, u32),
}

impl Engine {
    /// Takes a job. Who tells of the same reference again puts right what was done and by whom.
    pub async fn note_job(&self, told: Told) -> Result<Noted, Error> {
        let mut tx = self.store.write().await?;
        let noted = self.note_job_within(&mut tx, told).await?;
        self.acted(tx).await?;
        Ok(noted)
    }

    /// The same as a part of what else is done.
    pub(super) async fn note_job_within(&self, tx: &mut Tx, told: Told) -> Result<Noted, Error> {
        let Told { done, by, whose, dated } = told;
        let now = self.now();
        if done.closed_at > now {
            return Err(Error::NotDoneYet);
        }
        if let Some(reference) = &done.reference
            && let Some((case, seq)) = tx.job_referred(reference).await?
        {
            let loaded = done_in(tx, case).await?;
            if !self.is_still_theirs(tx, &loaded.case, &whose).await? {
                let Case { contact, number, .. } = loaded.case;
                return Err(Error::AnothersJob(reference.name.clone(), contact.address, number));
            }
            let (name, mailbox) = match whose {
                Whose::Case(_) => (String::new(), None),
                Whose::Contact(contact, mailbox) => (contact.name, mailbox),
            };
            let closed_at = self.done_at(&loaded.case, seq, &done).filter(|_| dated);
            let Done { title, done_by, .. } = done;
            let put_right = PutRight { title, done_by, closed_at, name, mailbox };
            self.happen(tx, loaded, Event::JobCorrected { seq, by, put_right }, now).await?;
            return Ok(Noted::Known(case, seq));
        }
        let loaded = match whose {
            Whose::Case(case) => self.loaded(tx, case).await?,
            Whose::Contact(contact, mailbox) => {
                let mailbox = mailbox.or_else(|| self.known_at(&done)).ok_or(Error::NoHand)?;
                let case = Case::of_job(tx.begin_case().await?, contact, mailbox, &done);
                Loaded::begun(case, self.epoch())
            }
        };
        let after = self.happen(tx, loaded, Event::JobDone { by, done }, now).await?;
        let seq = after.case.jobs.last().map_or(0, |job| job.seq);
        Ok(Noted::New(after.case.number, seq))
    }

    /// Whether a job of `case` is told of as what it was. Another of the contact's side may
    /// have written since.
    async fn is_still_theirs(
        &self,
        tx: &mut Tx,
        case: &Case,
        whose: &Whose,
    ) -> Result<bool, Error> {
        Ok(match whose {
            Whose::Case(told) => {
                let goes_on = self.loaded(tx, case.number).await?.case.number;
                self.loaded(tx, *told).await?.case.number == goes_on
            }
            Whose::Contact(Party { address, .. }, _) if case.side.contains(address) => true,
            Whose::Contact(Party { address, .. }, _) => {
                let is_on = |m: &Recorded| {
                    m.recipients.contains(address)
                        || m.from.as_ref().is_some_and(|from| from.address == *address)
                };
                tx.messages_of(case.number).await?.iter().any(is_on)
            }
        })
    }

    /// Takes a job back: there was none. Its case, and which of its jobs it was.
    pub async fn cancel_job(
        &self,
        reference: &Reference,
        by: &str,
        reason: &str,
    ) -> Result<(CaseNumber, u32), Error> {
        let mut tx = self.store.write().await?;
        let found = tx.job_referred(reference).await?;
        let (case, seq) = found.ok_or_else(|| Error::NoSuchJob(reference.name.clone()))?;
        let loaded = done_in(&mut tx, case).await?;
        let (by, reason) = (by.to_owned(), reason.to_owned());
        self.happen(&mut tx, loaded, Event::JobCancelled { seq, by, reason }, self.now()).await?;
        self.acted(tx).await?;
        Ok((case, seq))
    }

    /// When a job of `case` was done, where that is another day than was told before: many
    /// tell the day alone.
    fn done_at(&self, case: &Case, seq: u32, done: &Done) -> Option<Timestamp> {
        let before = case.jobs.iter().find(|job| job.seq == seq)?.closed_at;
        let zone = self.policy().roster.zone.clone();
        let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
        (day(before) != day(done.closed_at)).then_some(done.closed_at)
    }

    /// The address by which a contact knows whoever did the job.
    fn known_at(&self, done: &Done) -> Option<Address> {
        let policy = self.policy();
        let mut people = done.done_by.iter().filter_map(|id| policy.roster.people.get(id));
        people.find_map(|person| person.addresses.first().cloned())
    }
}

/// The case that a job is one of, wherever that goes on.
async fn done_in(tx: &mut Tx, case: CaseNumber) -> Result<Loaded, Error> {
    tx.case(case).await?.ok_or(Error::NoSuchCase(case))
}
