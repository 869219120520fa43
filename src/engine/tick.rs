//! Time: fires what is due, oldest first, and says when to look again.

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{Engine, Error};
use crate::domain::case::Event;
use crate::domain::ids::CaseNumber;
use crate::store::{Alarm, Loaded, Tx, UNDELIVERED, UNREADABLE, UNSAID, UNWRITTEN};

/// How many cases one commit fires.
const GROUP: i64 = 200;

/// The longest sleep: a clock that was set, or a machine that slept, is noticed
/// within it.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_secs(60);

/// The kind of the alarm that looks through all cases, and how often it does.
const AUDIT: &str = "audit";
const DAILY: SignedDuration = SignedDuration::from_hours(24);

/// How long a case that could not be fired is left alone.
const AFTER_FAULT: SignedDuration = SignedDuration::from_hours(1);

/// How long to wait before the store is asked again after a failure.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(5);

impl Engine {
    /// Works until `stop`: takes up what was accepted, fires what is due, sleeps
    /// until the earliest alarm or a ring. A failing store is tried again.
    pub async fn run(&self, stop: CancellationToken) {
        // What a stop interrupts is rolled back, and done at the next start.
        tokio::select! {
            () = self.keep_working() => {}
            () = stop.cancelled() => {}
        }
        if let Err(error) = self.note_alive().await {
            tracing::warn!("when owed ended could not be noted: {error}");
        }
    }

    async fn keep_working(&self) {
        loop {
            let sleep = match self.work_or_idle().await {
                Ok(next) => next.map_or(LONGEST_SLEEP, |at| at.duration_since(self.now())),
                Err(error) => {
                    tracing::error!("the engine could not work; it tries again: {error}");
                    AFTER_FAILURE
                }
            };
            let sleep = sleep.clamp(SignedDuration::ZERO, LONGEST_SLEEP);
            self.pulse.beat(self.now(), sleep);
            tokio::select! {
                () = tokio::time::sleep(sleep.unsigned_abs()) => {}
                () = self.inward().notified() => {}
            }
        }
    }

    async fn work_or_idle(&self) -> Result<Option<Timestamp>, Error> {
        let next = self.work().await?;
        self.note_idle().await?;
        Ok(next)
    }

    /// Takes up all that was accepted and fires all that is due; when the next
    /// alarm is. Alarms are looked at between, so that no flood of mail stops the
    /// clock.
    pub async fn work(&self) -> Result<Option<Timestamp>, Error> {
        loop {
            let some = self.take_up().await?;
            let next = self.tick().await?;
            if !some {
                return Ok(next);
            }
        }
    }

    /// Fires every alarm that is due; when the next one is.
    pub async fn tick(&self) -> Result<Option<Timestamp>, Error> {
        loop {
            let now = self.now();
            self.pulse.beat(now, SignedDuration::ZERO);
            let mut tx = self.store.write().await?;
            let due = tx.due_cases(now, GROUP).await?;
            // Cases come first: what they tell of themselves is left out of an evening.
            let others = if due.is_empty() { tx.due_others(now, GROUP).await? } else { Vec::new() };
            if due.is_empty() && others.is_empty() {
                return Ok(tx.earliest_alarm().await?);
            }
            for number in due {
                self.fire(&mut tx, number, now).await?;
            }
            for alarm in &others {
                self.fire_other(&mut tx, alarm, now).await?;
            }
            self.note_work(&mut tx, now).await?;
            tx.commit().await?;
            self.outward.notify_one();
        }
    }

    /// Fires the alarm of one case. One that cannot be read does not stop the
    /// others: the operator hears of it, and it is looked at again later.
    async fn fire(&self, tx: &mut Tx, number: CaseNumber, now: Timestamp) -> Result<(), Error> {
        let fired = match tx.case(number).await {
            Ok(Some(loaded)) => self.let_time_pass(tx, loaded, now).await,
            Ok(None) => tx.arm(number, None).await.map_err(Error::from),
            Err(error) => Err(error.into()),
        };
        match fired {
            Err(error) if error.is_lasting() => {
                self.report(tx, &format!("{number}: {error}"), now).await?;
                let later = now.saturating_add(AFTER_FAULT).unwrap_or(now);
                Ok(tx.arm(number, Some(later)).await?)
            }
            fired => fired,
        }
    }

    async fn let_time_pass(
        &self,
        tx: &mut Tx,
        loaded: Loaded,
        now: Timestamp,
    ) -> Result<(), Error> {
        let loaded = self.take_on_check_ins(tx, loaded, now).await?;
        self.happen(tx, loaded, Event::TimePassed, now).await.map(drop)
    }

    /// Fires an alarm that is of no case.
    async fn fire_other(&self, tx: &mut Tx, alarm: &Alarm, now: Timestamp) -> Result<(), Error> {
        match alarm.kind.as_str() {
            UNDELIVERED => self.tell_undelivered(tx, &alarm.subject, now).await,
            UNWRITTEN => self.tell_unwritten(tx, &alarm.subject, now).await,
            UNSAID => self.note_unsaid(tx, &alarm.subject, now).await,
            UNREADABLE => self.tell_unreadable(tx, &alarm.subject, now).await,
            AUDIT => self.audit_within(tx, now).await,
            _ => self.fire_occasion(tx, alarm, now).await,
        }
    }

    /// Looks through all cases now, and from now on daily: none that owes something may
    /// be without an alarm.
    pub async fn audit(&self) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        self.audit_within(&mut tx, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Gives every case that owes something and has no alarm one that is due at once.
    async fn audit_within(&self, tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
        loop {
            let unarmed = tx.unarmed_cases(GROUP).await?;
            if unarmed.is_empty() {
                let tomorrow = now.saturating_add(DAILY).unwrap_or(now);
                return Ok(tx.arm_other(AUDIT, "cases", Some(tomorrow)).await?);
            }
            for number in unarmed {
                tracing::error!(case = %number, "it owed something and had no alarm; now it has \
                    one: a fault of owed, please report it");
                tx.arm(number, Some(now)).await?;
            }
        }
    }
}
