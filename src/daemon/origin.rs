//! What is settled at the very first start and kept for ever.

use jiff::Timestamp;

use super::World;
use crate::store::{self, Store};

const AT: &str = "first start";
const KEY: &str = "message-id key";
const SENSELESS: store::Error =
    store::Error::Senseless { table: "keeping", key: 0, column: "value" };

/// The first start of owed on this state.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// When it was, to the second: servers date mail no more finely.
    pub(super) at: Timestamp,
    /// The key that Message-IDs are made with.
    pub(super) key: Vec<u8>,
}

impl Origin {
    /// Remembers the first start; the first time, this is it.
    pub(super) async fn of(store: &Store, world: &World) -> store::Result<Self> {
        let mut tx = store.write().await?;
        let at = if let Some(at) = tx.kept(AT).await? {
            second(&at).ok_or(SENSELESS)?
        } else {
            let now = world.clock.now();
            tx.keep(AT, &now.as_second().to_be_bytes()).await?;
            Timestamp::from_second(now.as_second()).unwrap_or(now)
        };
        let key = if let Some(key) = tx.kept(KEY).await? {
            key
        } else {
            let mut key = vec![0; 32];
            world.random.fill(&mut key);
            tx.keep(KEY, &key).await?;
            key
        };
        tx.commit().await?;
        Ok(Self { at, key })
    }
}

fn second(bytes: &[u8]) -> Option<Timestamp> {
    Timestamp::from_second(i64::from_be_bytes(bytes.try_into().ok()?)).ok()
}
