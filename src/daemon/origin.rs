//! What is settled at the very first start and kept for ever.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::World;
use crate::domain::policy::Policy;
use crate::mail::token::{CONTACTS_LIFE, Key, Keys, LIFE};
use crate::store::{self, Store, Tx};

const AT: &str = "first start";
const KEY: &str = "message-id key";
const TOKEN_KEY: &str = "token key";
const TOKEN_KEY_BEFORE: &str = "token key before";
const TOKEN_KEY_SINCE: &str = "token key since";

/// A start finds a key this old and makes another. Longer than a token lives, so that
/// the key before has opened its last by the time it goes.
const ROTATION: SignedDuration = SignedDuration::from_hours(90 * 24);
const _: () = assert!(LIFE.as_secs() < ROTATION.as_secs());
const _: () = assert!(CONTACTS_LIFE.as_secs() < ROTATION.as_secs());

const SENSELESS: store::Error =
    store::Error::Senseless { table: "keeping", key: 0, column: "value" };

/// The first start of owed on this state.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// When it was, to the second: servers date mail no more finely.
    pub(super) at: Timestamp,
    /// The key that Message-IDs are made with.
    pub(super) key: Vec<u8>,
    /// The keys that tokens are made with.
    pub(super) tokens: Keys,
}

impl Origin {
    /// What waited before owed came is listed, and nobody is told of it.
    pub(super) fn enforced(&self, policy: Policy) -> Arc<Policy> {
        let enforce_from = policy.enforce_from.or(Some(self.at));
        Arc::new(Policy { enforce_from, ..policy })
    }

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
        let key = match tx.kept(KEY).await? {
            Some(key) => key,
            None => make(&mut tx, KEY, world).await?,
        };
        let tokens = tokens(&mut tx, world).await?;
        tx.commit().await?;
        Ok(Self { at, key, tokens })
    }
}

/// The keys of tokens; one that is old becomes the one before.
async fn tokens(tx: &mut Tx, world: &World) -> store::Result<Keys> {
    let now = world.clock.now();
    let since = match tx.kept(TOKEN_KEY_SINCE).await? {
        Some(bytes) => Some(second(&bytes).ok_or(SENSELESS)?),
        None => None,
    };
    let current = match (tx.kept(TOKEN_KEY).await?, since) {
        (Some(key), Some(since)) if now.duration_since(since) < ROTATION => key,
        (old, _) => {
            if let Some(old) = old {
                tx.keep(TOKEN_KEY_BEFORE, &old).await?;
            }
            tx.keep(TOKEN_KEY_SINCE, &now.as_second().to_be_bytes()).await?;
            make(tx, TOKEN_KEY, world).await?
        }
    };
    let previous = tx.kept(TOKEN_KEY_BEFORE).await?.map(Key::from);
    Ok(Keys { current: Key::from(current), previous })
}

async fn make(tx: &mut Tx, name: &str, world: &World) -> store::Result<Vec<u8>> {
    let mut key = vec![0; 32];
    world.random.fill(&mut key);
    tx.keep(name, &key).await?;
    Ok(key)
}

fn second(bytes: &[u8]) -> Option<Timestamp> {
    Timestamp::from_second(i64::from_be_bytes(bytes.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::Passed;
    use super::*;

    use crate::clock::SettableClock;
    use crate::domain::ids::{CaseNumber, PersonId};
    use crate::mail::token::{Grant, Purpose};
    use crate::random::SeededRandom;

    /// The state of one daemon, which is started again and again.
    struct State {
        store: Store,
        clock: Arc<SettableClock>,
        world: World,
    }

    impl State {
        async fn new() -> Self {
            let clock = Arc::new(SettableClock::new(day(0)));
            let random = Arc::new(SeededRandom::new(1));
            let world = World { clock: clock.clone(), random, passed: Passed::default() };
            Self { store: Store::in_memory().await.unwrap(), clock, world }
        }

        async fn started(&self, on: i64) -> Origin {
            self.clock.set(day(on));
            Origin::of(&self.store, &self.world).await.unwrap()
        }
    }

    fn day(number: i64) -> Timestamp {
        let first: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        first.checked_add(SignedDuration::from_hours(24 * number)).unwrap()
    }

    /// A token that would open for years.
    fn sealed(origin: &Origin) -> String {
        let (purpose, case) = (Purpose::Act, Some(CaseNumber::from_row(1)));
        let (person, until) = (PersonId::new("017"), day(1000));
        origin.tokens.seal(&Grant { purpose, case, obligation: 1, person, until })
    }

    fn opens(origin: &Origin, token: &str) -> bool {
        origin.tokens.open(token, Purpose::Act, day(1)).is_ok()
    }

    #[tokio::test]
    async fn an_old_key_gives_way_to_another_and_opens_until_the_next() {
        let state = State::new().await;
        let first = state.started(0).await;
        let token = sealed(&first);
        let young = state.started(89).await;
        assert!(opens(&first, &sealed(&young)), "a young key stays");

        let second = state.started(90).await;
        assert!(!opens(&first, &sealed(&second)), "an old one makes no more tokens");
        assert!(opens(&second, &token), "and opens those that it made");
        let same = state.started(179).await;
        assert!(opens(&second, &sealed(&same)) && opens(&same, &token));

        let third = state.started(180).await;
        assert!(!opens(&third, &token), "a key opens for two turns");
        assert!(opens(&third, &sealed(&second)));
    }

    #[tokio::test]
    async fn the_first_start_and_the_key_of_message_ids_stay_for_ever() {
        let state = State::new().await;
        let first = state.started(0).await;
        let later = state.started(400).await;
        assert_eq!((first.at, first.key.clone()), (day(0), later.key));
        assert_eq!(later.at, day(0));
    }
}
