//! Signatures are looked at before a mail is taken up, so that no transaction
//! waits for the DNS.
//!
//! Only where it may matter: the mail says that it is of one of us, and neither
//! its source nor a server of ours vouches for it. Where the DNS is silent, that mail
//! alone waits, and is looked at again a few times.

use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use super::accept::Proof;
use super::{Engine, Error, quietly};
use crate::mail::parse::{Message, head};
use crate::mail::trust::{self, Signed};
use crate::store::Pending;

/// Says what the signatures of a mail are worth.
pub trait Signatures: fmt::Debug + Send + Sync {
    /// Looks at the signatures of a mail that came at `at`.
    fn look<'a>(
        &'a self,
        raw: &'a [u8],
        message: &'a Message,
        at: Timestamp,
    ) -> BoxFuture<'a, Signed>;
}

/// How long the mails of one group may wait for their signatures together.
const PATIENCE: Duration = Duration::from_secs(5);

/// After how many minutes a mail is looked at again whose keys nobody could be asked for;
/// after the last look it counts as not vouched for.
const AGAIN: [i64; 4] = [1, 5, 15, 60];

impl Engine {
    /// The same engine, which also believes signatures that hold.
    #[must_use]
    pub fn believing(self, signatures: Arc<dyn Signatures>) -> Self {
        let trust = self.trust.but(|trust| trust.signatures = Some(signatures));
        Self { trust, ..self }
    }

    /// The mails that wait, oldest first, and what signatures in them are worth.
    pub(super) async fn looked_at(
        &self,
        most: i64,
    ) -> Result<(Vec<Pending>, HashMap<i64, Signed>), Error> {
        let mut tx = self.store.read().await?;
        let mails = tx.pending(self.now(), most).await?;
        drop(tx);
        let mut found = HashMap::new();
        let Some(signatures) = self.trust.get().signatures else { return Ok((mails, found)) };
        let mut patience = std::pin::pin!(sleep(PATIENCE));
        for mail in mails.iter().filter(|mail| Proof::coded(mail.proof) == Proof::None) {
            let raw = self.store.read().await?.raw(mail.id).await?;
            let Some(Ok(message)) = quietly(|| head(&raw)) else { continue };
            if !self.may_matter(&message) {
                continue;
            }
            // What a mail does to the library is the mail's end, not ours.
            let look = AssertUnwindSafe(signatures.look(&raw, &message, mail.at)).catch_unwind();
            let signed = tokio::select! {
                biased;
                looked = look => looked.unwrap_or_else(|_| {
                    Signed::Fails(unchecked("it cannot be read"))
                }),
                () = &mut patience => Signed::Unsure(unchecked("the DNS did not answer in time")),
            };
            found.insert(mail.id, signed);
        }
        Ok((mails, found))
    }

    fn may_matter(&self, message: &Message) -> bool {
        let ours = trust::author(message)
            .is_ok_and(|author| self.policy().roster.is_ours(&author.address));
        ours && message.header("dkim-signature").is_some()
            && !trust::vouch(message, &self.trust.get().authserv_ids).holds()
    }
}

/// When a mail is to be looked at again, after a look that told nothing; `None` where it
/// has told something, or was asked often enough.
pub(super) fn again(mail: &Pending, signed: &Signed, now: Timestamp) -> Option<Timestamp> {
    let Signed::Unsure(_) = signed else { return None };
    let minutes = AGAIN.get(usize::try_from(mail.looks).ok()?)?;
    now.checked_add(SignedDuration::from_mins(*minutes)).ok()
}

/// What is said of a look that was the last.
pub(super) fn at_last(mail: &Pending, signed: &Signed) -> Signed {
    match signed {
        Signed::Unsure(why) => {
            Signed::Fails(format!("{why}; it was looked at {} times", mail.looks + 1))
        }
        told => told.clone(),
    }
}

fn unchecked(why: &str) -> String {
    format!("its signature could not be checked: {why}")
}
