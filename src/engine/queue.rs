//! What was accepted, on its way to being read: in groups that share one commit,
//! oldest first, and alone where one stands in the way of the others.

use std::sync::atomic::Ordering;

use super::accept::Delivery;
use super::{Engine, Error, signed};
use crate::domain::policy::Standing;
use crate::mail::trust::Signed;
use crate::store::{Pending, Tx};

/// How many mails share one commit.
const GROUP: i64 = 64;

/// A mail during which the process ended this often is set aside: once among
/// others, then alone. A power cut may hit the same innocent mail twice; a mail
/// that ends the process does so each time.
const CRASHES: i64 = 4;

impl Engine {
    /// Marks the group that an earlier process may have ended in, so that the mail
    /// which ended it is found out.
    pub async fn resume(&self) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        tx.mark_left_over(GROUP).await?;
        Ok(tx.commit().await?)
    }

    /// Takes up one delivery at once, without keeping its bytes: for rehearsals.
    pub async fn take(&self, delivery: Delivery) -> Result<(), Error> {
        let tx = self.store.write().await?;
        let before = self.policy.standing();
        let taken = self.take_whole(tx, delivery).await;
        self.unless_undone(before, taken)
    }

    async fn take_whole(&self, mut tx: Tx, mut delivery: Delivery) -> Result<(), Error> {
        let raw = std::mem::take(&mut delivery.raw);
        if let Some(id) = super::accept::keep(&mut tx, &delivery).await? {
            let pending = delivery.pending(id);
            Box::pin(self.take_read(&mut tx, &pending, &raw, &Signed::Unseen)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes up some of what was accepted, oldest first; whether there was any.
    pub async fn take_up(&self) -> Result<bool, Error> {
        let (mails, signed) = self.looked_at(GROUP).await?;
        let signed = |mail: &Pending| signed.get(&mail.id).unwrap_or(&Signed::Unseen);
        let Some(first) = mails.first() else { return Ok(false) };
        let tx = self.store.write().await?;
        let before = self.policy.standing();
        if first.attempts > 0 {
            let taken = self.take_alone(tx, first, signed(first)).await;
            self.unless_undone(before, taken)?;
        } else {
            let taken = self.take_group(tx, &mails, signed).await;
            match self.unless_undone(before, taken) {
                // One of them cannot be taken up; alone it will be found out.
                Err(error) if error.is_lasting() => self.resume().await?,
                taken => taken?,
            }
        }
        self.outward.notify_one();
        Ok(true)
    }

    /// Puts the policy that was in force before in force again, where what changed it
    /// did not become durable: an absence that was heard of in it is heard of again.
    pub(super) fn unless_undone<T>(
        &self,
        before: Standing,
        done: Result<T, Error>,
    ) -> Result<T, Error> {
        if done.is_err() {
            self.policy.put(before);
        }
        done
    }

    async fn take_group<'a>(
        &self,
        mut tx: Tx,
        mails: &[Pending],
        signed: impl Fn(&Pending) -> &'a Signed,
    ) -> Result<(), Error> {
        for mail in mails.iter().take_while(|mail| mail.attempts == 0) {
            self.take_one(&mut tx, mail, signed(mail)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes up a mail that stood in the way of others, or was left behind by an
    /// earlier process.
    async fn take_alone(&self, mut tx: Tx, mail: &Pending, signed: &Signed) -> Result<(), Error> {
        // A full disk ends an attempt and not the process: it is counted once.
        let counted = self.tried.load(Ordering::Relaxed) == mail.id;
        if mail.attempts >= CRASHES && !counted {
            let why =
                "the daemon ended four times while reading it; it is kept and not tried again";
            return self.put_by(tx, mail, why).await;
        }
        if !counted {
            tx.try_pending(mail.id).await?;
            tx.commit().await?;
            self.tried.store(mail.id, Ordering::Relaxed);
            tx = self.store.write().await?;
        }
        let before = self.policy.standing();
        match self.take_one(&mut tx, mail, signed).await {
            Ok(()) => Ok(tx.commit().await?),
            Err(error) if error.is_lasting() => {
                drop(tx);
                self.policy.put(before);
                self.put_by(self.store.write().await?, mail, &error.to_string()).await
            }
            Err(error) => Err(error),
        }
    }

    async fn put_by(&self, mut tx: Tx, mail: &Pending, why: &str) -> Result<(), Error> {
        self.set_aside(&mut tx, mail, why).await?;
        Ok(tx.commit().await?)
    }

    async fn take_one(&self, tx: &mut Tx, mail: &Pending, signed: &Signed) -> Result<(), Error> {
        if let Some(later) = signed::again(mail, signed, self.now()) {
            tracing::warn!(source = %mail.source, %later, "a mail waits for the DNS");
            return Ok(tx.put_off(mail.id, later).await?);
        }
        let raw = tx.raw(mail.id).await?;
        Box::pin(self.take_read(tx, mail, &raw, &signed::at_last(mail, signed))).await
    }
}
