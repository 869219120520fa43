//! Being alive is noted, so that after an outage it is known from when to when.
//!
//! It is noted with whatever is committed, once a minute at the most; every few
//! minutes while there is nothing to do; and exactly when owed ends in order.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::{Engine, Error};
use crate::store::{self, Outage, Tx};

/// Under which names the store keeps when owed was last alive, and the outage that
/// was found last: when it began and ended.
const ALIVE: &str = "alive";
const OUTAGE: &str = "outage";

/// What is shorter is no outage: a restart, a slow disk.
const SHORTEST: SignedDuration = SignedDuration::from_mins(10);

/// How long the ways in may take, after an outage, to bring what came meanwhile.
const CATCHING_UP: SignedDuration = SignedDuration::from_mins(2);

/// How often it is noted while there is work, and while there is none.
const WORKING: SignedDuration = SignedDuration::from_mins(1);
const IDLE: SignedDuration = SignedDuration::from_mins(5);

/// When it was noted last, in microseconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Noted(AtomicI64);

impl Noted {
    /// Whether so much time has passed that it is to be noted again, which the
    /// caller then does.
    fn is_stale(&self, now: Timestamp, after: SignedDuration) -> bool {
        let now = now.as_microsecond();
        let last = self.0.load(Ordering::Relaxed);
        let after = i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
        // A clock that was set back makes it stale too.
        let stale = now < last || now.saturating_sub(last) >= after;
        if stale {
            self.0.store(now, Ordering::Relaxed);
        }
        stale
    }
}

impl Engine {
    /// Finds out for how long owed was down, and lets what fell due meanwhile be
    /// told as that. An outage lasts until what came in it has been looked at, however
    /// often owed ends before that.
    pub async fn wake_up(&self) -> Result<(), Error> {
        let now = self.now();
        let mut tx = self.store.write().await?;
        let Some(last) = tx.kept(ALIVE).await?.and_then(instant) else { return Ok(()) };
        let known = tx.kept(OUTAGE).await?.and_then(|bytes| outage(&bytes));
        let unfinished = known.filter(|known| last < caught_up(known)).map(|known| known.from);
        let long = (now.duration_since(last) > SHORTEST).then_some(last);
        let Some(from) = unfinished.or(long) else { return Ok(()) };
        tracing::warn!("owed was down from {from} to {now}");
        let both = [from, now].map(|at| at.as_microsecond().to_be_bytes());
        tx.keep(OUTAGE, both.as_flattened()).await?;
        tx.commit().await?;
        self.was_down(Outage { from, to: now });
        Ok(())
    }

    /// Notes, together with what is committed anyway, that owed is alive.
    pub(super) async fn note_work(&self, tx: &mut Tx, now: Timestamp) -> store::Result<()> {
        if self.noted.is_stale(now, WORKING) { keep(tx, now).await } else { Ok(()) }
    }

    /// Notes that owed is alive although there is nothing to do; soon after an outage,
    /// so that it is known when that is over.
    pub(super) async fn note_idle(&self) -> store::Result<()> {
        let now = self.now();
        let catches_up = self.outage.get().is_some_and(|outage| now < later(caught_up(outage)));
        let after = if catches_up { WORKING } else { IDLE };
        if self.noted.is_stale(now, after) { self.note_alive().await } else { Ok(()) }
    }

    /// Notes that owed is alive at this very moment.
    pub(super) async fn note_alive(&self) -> store::Result<()> {
        let mut tx = self.store.write().await?;
        keep(&mut tx, self.now()).await?;
        tx.commit().await
    }
}

async fn keep(tx: &mut Tx, now: Timestamp) -> store::Result<()> {
    tx.keep(ALIVE, &now.as_microsecond().to_be_bytes()).await
}

/// When the mail that came in an outage has been looked at.
pub(super) fn caught_up(outage: &Outage) -> Timestamp {
    outage.to.saturating_add(CATCHING_UP).unwrap_or(outage.to)
}

/// By when it is noted that owed was alive then.
fn later(caught_up: Timestamp) -> Timestamp {
    caught_up.saturating_add(WORKING).unwrap_or(caught_up)
}

fn instant(bytes: Vec<u8>) -> Option<Timestamp> {
    Timestamp::from_microsecond(i64::from_be_bytes(bytes.try_into().ok()?)).ok()
}

fn outage(bytes: &[u8]) -> Option<Outage> {
    let (from, to) = bytes.split_at_checked(size_of::<i64>())?;
    Some(Outage { from: instant(from.to_vec())?, to: instant(to.to_vec())? })
}
