//! Which policy is in force, and which cases still stand by an earlier one.
//!
//! Every policy that is put in force for the first time begins an epoch. A case
//! holds the epoch in which its due times were given; before anything happens to
//! it in a later one, they are given anew from what it was asked. Who leaves or
//! comes back begins no epoch: that touches the cases of their own alone.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Engine, Error};
use crate::domain::case::{Asked, Case, Event};
use crate::domain::obligation::Kind;
use crate::domain::policy::{Policy, Standing};
use crate::store::{self, Loaded, Recorded, Tx};

/// Under which names the store keeps what the policy is, and its epoch.
const DIGEST: &str = "policy digest";
const EPOCH: &str = "policy epoch";

impl Engine {
    /// Puts `policy` in force, with those away who were said to be. Where it is
    /// another than the last time, every case that owes something is looked at
    /// again: a new step, or a holiday less, may mean that somebody is told sooner.
    /// So are everybody's evenings. It is in force before the commit, so that nobody
    /// who writes next goes by the one before; where that fails, that one is again.
    pub async fn adopt(&self, policy: Arc<Policy>) -> Result<(), Error> {
        let digest = Sha256::digest(format!("{policy:?}"));
        let mut tx = self.store.write().await?;
        let before = self.policy.standing();
        let mut epoch = number(tx.kept(EPOCH).await?);
        let present = self.present(&mut tx, &policy).await?;
        if tx.kept(DIGEST).await?.is_none_or(|kept| kept != digest.as_slice()) {
            epoch += 1;
            tx.keep(DIGEST, digest.as_slice()).await?;
            tx.keep(EPOCH, &epoch.to_be_bytes()).await?;
            tx.hasten(self.now()).await?;
        }
        self.arm_occasions(&mut tx, &policy, self.now()).await?;
        self.policy.put(Standing { configured: policy, present, epoch });
        self.rearranged(tx, before).await
    }

    /// The present epoch.
    pub(super) fn epoch(&self) -> i64 {
        self.policy.standing().epoch
    }

    /// The case as the policy in force sees it.
    pub(super) async fn brought_up(
        &self,
        tx: &mut Tx,
        mut loaded: Loaded,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let epoch = self.epoch();
        if loaded.epoch == epoch {
            return Ok(loaded);
        }
        loaded.epoch = epoch;
        if loaded.case.open().next().is_none() {
            return Ok(loaded);
        }
        let asked = asked(tx, &loaded.case).await?;
        self.step(tx, loaded, Event::PolicyChanged(asked), now).await
    }
}

/// What the open replies of a case were asked by, as far as that is kept.
async fn asked(tx: &mut Tx, case: &Case) -> store::Result<Vec<Asked>> {
    let mut all = Vec::new();
    for reply in case.open().filter(|o| o.kind == Kind::Reply) {
        let Some(id) = &reply.message else { continue };
        let Some(message) = tx.message_of(case.number, id).await? else { continue };
        all.push(of(message, case, reply.seq));
    }
    Ok(all)
}

fn of(message: Recorded, case: &Case, seq: u32) -> Asked {
    let from = message.from.map_or_else(|| case.contact.address.clone(), |party| party.address);
    let mut to = message.recipients;
    to.push(case.mailbox.clone());
    Asked {
        seq,
        from,
        to,
        subject: message.subject,
        text: message.words,
        internal: case.internal,
        channel: message.channel,
        language: message.language,
        complaint: message.complaint,
    }
}

fn number(bytes: Option<Vec<u8>>) -> i64 {
    bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes)
}
