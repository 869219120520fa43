//! The daemon as a whole: what it starts, and the order in which it ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::origin::Origin;
use super::{control, inward, lock, outward, pages, secret};
use crate::clock::Clock;
use crate::config::Loaded;
use crate::domain::policy::Policy;
use crate::engine::accept::{self, Acceptor};
use crate::engine::{self, Engine};
use crate::outbox::NoTrust;
use crate::outbox::courier::Courier;
use crate::random::Random;
use crate::store::{self, Store};

/// How many deliveries may wait for their commit.
const WAITING: usize = 256;

/// How long the tasks may take to end after they were told to.
const ENDING: Duration = Duration::from_secs(20);

/// Why the daemon could not start.
#[derive(Debug, thiserror::Error)]
pub enum NoStart {
    /// Another daemon works on this state.
    #[error(transparent)]
    Locked(#[from] lock::Locked),
    /// The store could not be opened.
    #[error("{path}: {error}")]
    Store {
        /// The database.
        path: PathBuf,
        /// What failed.
        error: store::Error,
    },
    /// The folder for mails could not be made.
    #[error("the folder for mails, {path}, could not be made: {error}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What failed.
        error: std::io::Error,
    },
    /// A secret could not be had.
    #[error(transparent)]
    Secret(#[from] secret::NoSecret),
    /// The certificates could not be read.
    #[error(transparent)]
    Trust(#[from] NoTrust),
    /// The control socket could not be opened.
    #[error(transparent)]
    Socket(#[from] control::NoSocket),
    /// Mail cannot come in.
    #[error(transparent)]
    Intake(#[from] inward::NoWay),
    /// The pages could not be started.
    #[error(transparent)]
    Pages(#[from] pages::NoPages),
    /// The engine could not take up its work.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// What comes from the outside world: time and chance.
#[derive(Debug, Clone)]
pub struct World {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
}

/// A daemon that runs.
#[derive(Debug)]
pub struct Daemon {
    /// Its engine, to read from and act through.
    pub engine: Engine,
    /// Where LMTP listens, if it does.
    pub lmtp: Option<std::net::SocketAddr>,
    /// Where pages and the API are served, if they are.
    pub pages: Option<std::net::SocketAddr>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
    socket: PathBuf,
    _lock: lock::Lock,
}

impl Daemon {
    /// Starts everything that the configuration names.
    pub async fn start(loaded: Loaded, world: World) -> Result<Self, NoStart> {
        let Loaded { policy, settings, .. } = loaded;
        let lock = lock::Lock::take(&settings.store)?;
        let at_store = |error| NoStart::Store { path: settings.store.clone(), error };
        let store = Store::open(&settings.store).await.map_err(at_store)?;
        let origin = Origin::of(&store, &world).await.map_err(at_store)?;
        // What waited before owed came is listed, and nobody is told of it.
        let enforce_from = policy.enforce_from.or(Some(origin.at));
        let policy = Arc::new(Policy { enforce_from, ..policy });
        let engine = Engine::new(
            store.clone(),
            Arc::clone(&policy),
            settings.authserv_ids.clone(),
            Arc::clone(&world.clock),
        )
        .taking_orders(settings.deliver.from().clone(), origin.tokens.clone());
        let engine = match inward::signatures(&settings) {
            Some(signatures) => engine.believing(signatures),
            None => engine,
        };
        let courier = outward::courier(&settings, engine.in_force(), &store, &world, &origin)?;
        engine.resume().await?;
        engine.wake_up().await?;
        engine.audit().await?;
        engine.adopt(policy).await?;
        courier.resume().await.map_err(at_store)?;
        let listener = control::open(&settings.socket)?;

        let mut daemon = Self {
            engine,
            lmtp: None,
            pages: None,
            tasks: JoinSet::new(),
            stop: CancellationToken::new(),
            socket: settings.socket.clone(),
            _lock: lock,
        };
        let acceptor = daemon.start_core(store, courier);
        daemon.lmtp =
            inward::start(&settings, &acceptor, &world, &daemon.stop, &mut daemon.tasks).await?;
        let (engine, keys) = (daemon.engine.clone(), origin.tokens);
        daemon.pages =
            pages::start(&settings, &engine, keys, &daemon.stop, &mut daemon.tasks).await?;
        let desk = control::Desk { engine: daemon.engine.clone() };
        daemon.tasks.spawn(control::serve(listener, desk, daemon.stop.clone()));
        Ok(daemon)
    }

    fn start_core(&mut self, store: Store, courier: Courier) -> Acceptor {
        let (acceptor, requests) = Acceptor::channel(WAITING);
        let engine = self.engine.clone();
        self.tasks.spawn(async move {
            let ringing = engine.clone();
            accept::serve(store, requests, move || ringing.inward().notify_one()).await;
        });
        let (engine, stop) = (self.engine.clone(), self.stop.clone());
        self.tasks.spawn(async move { engine.run(stop).await });
        let (engine, stop) = (self.engine.clone(), self.stop.clone());
        self.tasks.spawn(async move { courier.run(engine.outward(), engine.inward(), stop).await });
        acceptor
    }

    /// Ends everything: each task finishes the mail at hand, the store closes last.
    /// What does not end in time is dropped; nothing is lost by that.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(ENDING, ended).await.is_err() {
            tracing::warn!(
                "some tasks did not end in time; their work is taken up at the next start"
            );
            self.tasks.shutdown().await;
        }
        self.engine.store().close().await;
        // Gone already, or the next start replaces it.
        let _gone = std::fs::remove_file(&self.socket);
    }

    /// Completes when a task ends that should not: the daemon is then half dead.
    pub async fn fails(&mut self) {
        let ended = self.tasks.join_next().await;
        tracing::error!(?ended, "a part of owed ended unexpectedly");
    }
}
