//! What happens to a case is recorded with all that follows from it: its next
//! state, the journal, the notices and the alarm, in the caller's transaction.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::{SignedDuration, Timestamp};

use super::alive::caught_up;
use super::{Engine, Error};
use crate::domain::case::{Case, Event, Step};
use crate::domain::deadline::{self, Place};
use crate::domain::effect::{Effect, Entry, Notice, Purpose, What};
use crate::domain::obligation::Obligation;
use crate::mail::thread;
use crate::store::{self, Loaded, Outage, Timing, Tx};

impl Engine {
    /// Lets `event` happen to a case, as the policy in force sees it, and records
    /// all that follows from it.
    pub(super) async fn happen(
        &self,
        tx: &mut Tx,
        loaded: Loaded,
        event: Event,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let loaded = self.brought_up(tx, loaded, now).await?;
        let jobs = loaded.case.jobs.len();
        let after = self.step(tx, loaded, event, now).await?;
        if after.case.jobs.len() == jobs {
            return Ok(after);
        }
        let known = tx.contact(&after.case.contact.address).await?;
        match known.opted_out_at {
            Some(_) => self.ask_no_more(tx, after, now).await,
            None => Ok(after),
        }
    }

    pub(super) async fn step(
        &self,
        tx: &mut Tx,
        loaded: Loaded,
        event: Event,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let number = loaded.case.number;
        let policy = self.policy();
        let case = loaded.case.clone();
        let step = quietly(|| case.step(event, &policy, now)).ok_or(Error::Broken(number))??;
        self.save(tx, loaded, step, now).await
    }

    /// Records what a step led to.
    pub(super) async fn save(
        &self,
        tx: &mut Tx,
        loaded: Loaded,
        Step { next, effects }: Step,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let subject = thread::base_subject(&next.subject);
        tx.save_case(&loaded, &next, &subject.text).await?;
        for effect in &effects {
            match effect {
                Effect::Journal(entry) => tx.write_journal(Some(next.number), entry).await?,
                Effect::Notice(notice) => {
                    let mut timing = self.timing_of(notice, &next, now);
                    if notice.purpose == Purpose::Transcript {
                        timing = self.handed_over(tx, notice, &next, timing).await?;
                    }
                    tx.tell(next.number, notice, timing).await?;
                }
                Effect::Later(at, notice) => {
                    let timing = self.timing_of(notice, &next, now);
                    let not_before = timing.not_before.max(*at);
                    tx.tell(next.number, notice, Timing { not_before, ..timing }).await?;
                }
            }
        }
        self.rearm(tx, &next, now).await?;
        Ok(loaded.saved_as(next))
    }

    /// Notes that owed did not run for a while: what fell due meanwhile is told as
    /// that, and only when the mail that came meanwhile has been looked at.
    pub fn was_down(&self, outage: Outage) {
        // Only the first: it is the one between the last run and this.
        let _set = self.outage.set(outage);
    }

    /// When a notice that is decided now may be told: a reminder waits a little for
    /// others, but never past the time it reminds of.
    fn timing_of(&self, notice: &Notice, case: &Case, now: Timestamp) -> Timing {
        let timing = self.timing(now);
        // What is urgent waits for no company.
        let calm = |o: &&Obligation| o.seq == notice.obligation && o.hastened.is_none();
        let due = case.obligations.iter().find(calm).map(|o| o.due);
        let waits = matches!(notice.purpose, Purpose::Remind | Purpose::Hear);
        let Some(due) = due.filter(|_| waits) else { return timing };
        // At most half of the time that is left: a short notice stays a notice.
        let left = due.duration_since(now).max(SignedDuration::ZERO);
        let wait = self.policy().pace.bundle_within.min(left / 2);
        let company = now.saturating_add(wait).unwrap_or(now);
        Timing { not_before: timing.not_before.max(company), ..timing }
    }

    /// When what was said is handed over: where the contact has had a mail of ours that day,
    /// as soon as they may have another and somebody here is at work.
    async fn handed_over(
        &self,
        tx: &mut Tx,
        notice: &Notice,
        case: &Case,
        timing: Timing,
    ) -> store::Result<Timing> {
        let to = &notice.to.address;
        let Some(free) = tx.may_write_from(to, timing.at).await? else { return Ok(timing) };
        let place = Place { mailbox: &case.mailbox, owner: None };
        let at = deadline::promise_calendar(&self.policy(), place, free).next_open(free);
        let reason = "what was said is sent later: the contact had a mail from owed that day";
        let mut entry = Entry::new(timing.at, What::Transcript, reason);
        entry.to = Some(to.clone());
        entry.due = Some(at);
        tx.write_journal(Some(case.number), &entry).await?;
        Ok(Timing { not_before: timing.not_before.max(at), ..timing })
    }

    /// When what is decided now may be told.
    pub(super) fn timing(&self, now: Timestamp) -> Timing {
        match self.outage.get() {
            Some(outage) if now < caught_up(outage) => {
                Timing { at: now, not_before: caught_up(outage), outage: Some(*outage) }
            }
            _ => Timing { at: now, not_before: now, outage: None },
        }
    }

    async fn rearm(&self, tx: &mut Tx, case: &Case, now: Timestamp) -> store::Result<()> {
        // A second of distance: whatever a ladder says, a tick always ends.
        let soonest = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now);
        let wake_at = case.wake_at(&self.policy(), now).map(|at| at.max(soonest));
        tx.arm(case.number, wake_at).await
    }
}

/// Runs pure code; `None` where it panicked.
pub(super) fn quietly<T>(pure: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(pure)).ok()
}
