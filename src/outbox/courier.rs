//! The courier: seals what waits, leases what is ready, sends, records.
//!
//! A lease is durable before the first byte leaves, and the last moment before
//! the content is handed over is durable too. So after a crash it is known of
//! each mail whether it may be out, and only in that case it goes out again,
//! with the same bytes and the same Message-ID.

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::retry::{self, Next};
use super::seal::seal;
use super::stationery::Stationery;
use super::transport::{Outcome, Outgoing, Transport};
use crate::clock::Clock;
use crate::domain::policy::InForce;
use crate::pulse::Pulse;
use crate::random::Random;
use crate::store::{self, Mail, Record, Sealed, Store};

/// How many mails are on their way at once.
const ABREAST: i64 = 8;

/// How long a lease holds, and how long an attempt may take within it.
const LEASE: SignedDuration = SignedDuration::from_mins(15);
const ATTEMPT: SignedDuration = SignedDuration::from_mins(14);

/// The longest sleep: see the engine's.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_secs(60);

/// How long to wait before the store is asked again after a failure.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(5);

/// What carries mails out.
#[derive(Debug)]
pub struct Courier {
    /// Where they wait.
    pub store: Store,
    /// Whom they are about.
    pub policy: InForce,
    /// Whose name they carry.
    pub stationery: Stationery,
    /// How they leave.
    pub transport: Transport,
    /// The name of this process in leases.
    pub holder: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For waits that do not come back all at once.
    pub random: Arc<dyn Random>,
    /// Its sign of life.
    pub pulse: Pulse,
}

/// What came of looking for something to carry.
enum Batch {
    /// There was something; there may be more. Whether some of it will not arrive.
    Carried { lost: bool },
    /// There was nothing; when there is next.
    Empty(Option<Timestamp>),
}

impl Courier {
    /// Takes back what a dead predecessor had leased, and tries at once what was
    /// refused before: whoever restarts owed has put something right.
    pub async fn resume(&self) -> Result<(), store::Error> {
        let mut tx = self.store.write().await?;
        let back = tx.reclaim(self.clock.now(), &self.holder).await?;
        if back > 0 {
            tracing::info!("{back} mails that were on their way are taken up again");
        }
        tx.try_anew(self.clock.now()).await?;
        tx.commit().await
    }

    /// Works until `stop`: carries what is ready, sleeps until the next attempt
    /// or a ring. A failing store stops it from sending what it could not record.
    /// What will not arrive is told to `engine`.
    pub async fn run(&self, ring: &Notify, engine: &Notify, stop: CancellationToken) {
        while !stop.is_cancelled() {
            // Between two batches it may be told to stop: what is left waits.
            let sleep = match self.batch().await {
                Ok(Batch::Carried { lost }) => {
                    if lost {
                        engine.notify_one();
                    }
                    continue;
                }
                Ok(Batch::Empty(next)) => {
                    next.map_or(LONGEST_SLEEP, |at| at.duration_since(self.clock.now()))
                }
                Err(error) => {
                    tracing::error!("mails could not be carried; they are tried again: {error}");
                    AFTER_FAILURE
                }
            };
            let sleep = sleep.clamp(SignedDuration::ZERO, LONGEST_SLEEP);
            self.pulse.beat(self.clock.now(), sleep);
            if sleep > SignedDuration::ZERO {
                self.transport.rest().await;
            }
            tokio::select! {
                () = tokio::time::sleep(sleep.unsigned_abs()) => {}
                () = ring.notified() => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Carries all that is ready; when there is something next.
    pub async fn work(&self) -> Result<Option<Timestamp>, store::Error> {
        loop {
            if let Batch::Empty(next) = self.batch().await? {
                return Ok(next);
            }
        }
    }

    /// Seals and leases in one commit, so that what is told is as true as it can be.
    async fn batch(&self) -> Result<Batch, store::Error> {
        let now = self.clock.now();
        // For the attempts of this batch, too: a mail server may take its time.
        self.pulse.beat(now, ATTEMPT);
        let until = now.saturating_add(LEASE).unwrap_or(now);
        let mut tx = self.store.write().await?;
        let sealed = seal(&mut tx, &self.policy.get(), &self.stationery, now).await?;
        tx.reclaim(now, &self.holder).await?;
        let mails = tx.lease(now, &self.holder, until, ABREAST).await?;
        let next = tx.next_send().await?;
        tx.commit().await?;
        if mails.is_empty() && !sealed {
            return Ok(Batch::Empty(next));
        }
        let mut lost = false;
        for carried in join_all(mails.into_iter().map(|mail| self.carry(mail))).await {
            lost |= carried? == Record::Failed;
        }
        Ok(Batch::Carried { lost })
    }

    async fn carry(&self, mail: Mail) -> Result<Record, store::Error> {
        let outgoing = Outgoing {
            from: mail.sealed.sender.clone(),
            to: mail.sealed.recipient.clone(),
            message_id: mail.sealed.message_id.clone(),
            bytes: mail.sealed.bytes.clone(),
        };
        let outcome =
            self.transport.send(&outgoing, ATTEMPT.unsigned_abs(), self.note_dot(&mail)).await;
        let now = self.clock.now();
        let jitter = self.random.fraction();
        let next = retry::after(&outcome, mail.sealed.audience, mail.attempt, now, jitter);
        let (record, remark) = match next {
            Next::Done => (Record::Sent, String::new()),
            Next::Again(at) => (Record::Again(at), in_words(&outcome)),
            Next::GiveUp => (Record::Failed, in_words(&outcome)),
            Next::Hold => (Record::Held, in_words(&outcome)),
        };
        report(&mail, &record, &remark);
        // What is out and not recorded would go out again, so nothing else is
        // carried until this is written down.
        loop {
            match self.record(&mail, &record, &remark, now).await {
                Err(store::Error::Database(error)) => {
                    tracing::error!(
                        "what became of a mail could not be recorded; nothing is \
                        sent until it is: look at the disk: {error}"
                    );
                    self.pulse.beat(self.clock.now(), AFTER_FAILURE);
                    tokio::time::sleep(AFTER_FAILURE.unsigned_abs()).await;
                }
                done => return done.map(|()| record),
            }
        }
    }

    async fn record(
        &self,
        mail: &Mail,
        record: &Record,
        remark: &str,
        now: Timestamp,
    ) -> Result<(), store::Error> {
        let mut tx = self.store.write().await?;
        match tx.finish(mail, record, remark, now).await {
            // Somebody else holds the lease by now, so this outcome is theirs.
            Err(store::Error::Conflict) => {
                let message_id = &mail.sealed.message_id;
                tracing::warn!(message_id, "a lease ran out while sending");
                Ok(())
            }
            done => {
                done?;
                tx.commit().await
            }
        }
    }

    async fn note_dot(&self, mail: &Mail) -> Result<(), store::Error> {
        let mut tx = self.store.write().await?;
        tx.dot_sent(mail).await?;
        tx.commit().await
    }
}

fn report(mail: &Mail, record: &Record, remark: &str) {
    let Sealed { case, recipient: to, message_id, .. } = &mail.sealed;
    let case = case.map(tracing::field::display);
    match record {
        Record::Sent => tracing::info!(case, message_id, "a mail was sent to {to}"),
        Record::Again(at) => tracing::warn!(
            case,
            message_id,
            "a mail could not be sent yet to {to}, it is tried again at {at}: {remark}"
        ),
        Record::Held => tracing::error!(
            case,
            message_id,
            "a mail to {to} may have arrived and waits for a person to say so: {remark}"
        ),
        Record::Failed => tracing::error!(
            case,
            message_id,
            "a mail could not be sent to {to} and is not tried again: {remark}"
        ),
    }
}

fn in_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Given => String::new(),
        Outcome::Refused { reply, .. } => format!("the server said: {reply}"),
        Outcome::NotGiven(why) => why.clone(),
        Outcome::Ambiguous(why) => format!("it may have arrived: {why}"),
    }
}
