//! The daemon as a whole: what it starts, and the order in which it ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::net::UnixListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::control::Asked;
use super::health::Health;
use super::origin::Origin;
use super::parts::{Open, Parts, Step, Tasks};
use super::passed::Passed;
use super::{control, inward, lock, outside, outward, pages, secret, watch};
use crate::clock::Clock;
use crate::config::Loaded;
use crate::config::settings::Settings;
use crate::domain::policy::Policy;
use crate::engine::accept::{self, Acceptor};
use crate::engine::{self, Engine};
use crate::outbox::NoTrust;
use crate::random::Random;
use crate::store::{self, Store};
use crate::web::serve::NoListener;

/// How many deliveries may wait for their commit.
const WAITING: usize = 256;

/// How long the tasks may take to end after they were told to.
/// Longer than a mail by LMTP, shorter than the unit's `TimeoutStopSec`.
const ENDING: Duration = Duration::from_secs(30);

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
    /// What monitoring asks could not be started.
    #[error(transparent)]
    Outside(#[from] NoListener),
    /// The engine could not take up its work.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// Why a configuration was not taken while owed runs.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It changes what holds as long as owed runs.
    #[error("{0} cannot change while owed runs: restart it to take this file")]
    Fixed(&'static str),
    /// What it wants could not be had.
    #[error(transparent)]
    Wanted(#[from] NoStart),
}

/// What comes from the outside world: time, chance, and sockets that are open already.
#[derive(Debug, Clone)]
pub struct World {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// Sockets that systemd has opened.
    pub passed: Passed,
}

/// What all parts stand on, whatever configuration is taken.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) engine: Engine,
    pub(super) acceptor: Acceptor,
    pub(super) origin: Origin,
    pub(super) world: World,
    /// The name of this process in leases.
    pub(super) holder: String,
}

/// A daemon that runs.
#[derive(Debug)]
pub struct Daemon {
    /// Its engine, to read from and act through.
    pub engine: Engine,
    settings: Settings,
    ground: Ground,
    health: Health,
    parts: Parts,
    tasks: Tasks,
    asked: mpsc::Receiver<Asked>,
    stop: CancellationToken,
    _lock: lock::Lock,
}

/// What a running daemon wants of whoever runs it.
#[derive(Debug)]
pub enum Want {
    /// The configuration is to be read again, and this told of it.
    Reload(Asked),
    /// A part has ended that should not have: the daemon is half dead.
    End,
}

impl Daemon {
    /// Starts everything that the configuration names.
    pub async fn start(loaded: Loaded, world: World) -> Result<Self, NoStart> {
        let Loaded { policy, settings, .. } = loaded;
        let lock = lock::Lock::take(&settings.store)?;
        let at_store = |error| NoStart::Store { path: settings.store.clone(), error };
        let store = Store::open(&settings.store).await.map_err(at_store)?;
        let origin = Origin::of(&store, &world).await.map_err(at_store)?;
        let policy = origin.enforced(policy);
        let engine = engine(store, &policy, &settings, &world, &origin);
        engine.resume().await?;
        engine.wake_up().await?;
        engine.audit().await?;
        engine.adopt(Arc::clone(&policy)).await?;
        let socket = control::open(&settings.socket)?;

        let (acceptor, requests) = Acceptor::channel(WAITING);
        let (asking, asked) = mpsc::channel(1);
        let mut holder = [0; 12];
        world.random.fill(&mut holder);
        let holder = data_encoding::HEXLOWER.encode(&holder);
        let health = Health::new(engine.clone(), acceptor.clone());
        let mut daemon = Self {
            engine: engine.clone(),
            settings,
            ground: Ground { engine, acceptor, origin, world, holder },
            parts: Parts::new(health.board.clone()),
            health,
            tasks: Tasks::default(),
            asked,
            stop: CancellationToken::new(),
            _lock: lock,
        };
        daemon.start_core(requests);
        let steps = daemon.plan(&daemon.settings, &policy).await?;
        daemon.parts.apply(steps, &mut daemon.tasks);
        daemon.start_desk(socket, asking);
        Ok(daemon)
    }

    /// Takes another configuration as a whole, or none of it: what was changed, in words.
    pub async fn reload(&mut self, loaded: Loaded) -> Result<String, NotTaken> {
        let Loaded { policy, settings, .. } = loaded;
        if let Some(fixed) = self.settings.fixed_beside(&settings) {
            return Err(NotTaken::Fixed(fixed));
        }
        let policy = self.ground.origin.enforced(policy);
        let steps = self.plan(&settings, &policy).await?;
        self.engine.adopt(Arc::clone(&policy)).await.map_err(NoStart::from)?;
        let Ground { world, origin, .. } = &self.ground;
        let store = self.engine.store().clone();
        self.engine.trust_as(&engine(store, &policy, &settings, world, origin));
        let change = self.parts.apply(steps, &mut self.tasks);
        self.settings = settings;
        Ok(change.to_string())
    }

    /// What is to be started, kept and ended for a configuration.
    async fn plan(&self, settings: &Settings, policy: &Policy) -> Result<Vec<Step>, NoStart> {
        let mut plan = self.parts.plan(&self.stop);
        outward::plan(settings, policy, &self.ground, &mut plan)?;
        inward::plan(settings, &self.ground, &mut plan).await?;
        pages::plan(settings, &self.ground, &mut plan).await?;
        outside::plan(settings, &self.health, &mut plan).await?;
        Ok(plan.steps())
    }

    /// What runs under every configuration.
    fn start_core(&mut self, requests: mpsc::Receiver<accept::Request>) {
        let engine = self.engine.clone();
        let ringing = engine.clone();
        let serve = accept::serve(engine.store().clone(), requests, move || {
            ringing.inward().notify_one();
        });
        self.tasks.spawn("the way into the store", self.stop.clone(), serve);
        let stop = self.stop.clone();
        let run = async move { engine.run(stop).await };
        self.tasks.spawn("the clock loop", self.stop.clone(), run);
    }

    fn start_desk(&mut self, socket: UnixListener, asking: mpsc::Sender<Asked>) {
        let desk = control::Desk { engine: self.engine.clone(), asking };
        let serve = control::serve(socket, desk, self.stop.clone());
        self.tasks.spawn("the control socket", self.stop.clone(), serve);
        if watch::is_watched() {
            let watch = watch::watch(self.health.clone(), self.stop.clone());
            self.tasks.spawn("the watchdog", self.stop.clone(), watch);
        }
    }

    /// Where LMTP listens, if it does on a port.
    pub fn lmtp(&self) -> Option<std::net::SocketAddr> {
        self.parts.open().find_map(|open| match open {
            Open::Lmtp(listener) => listener.local_addr(),
            Open::Pages(..) => None,
        })
    }

    /// Completes when the daemon wants something.
    pub async fn want(&mut self) -> Want {
        tokio::select! {
            () = self.tasks.fail() => Want::End,
            // The desk has the other end as long as it serves.
            Some(asked) = self.asked.recv() => Want::Reload(asked),
        }
    }

    /// Ends everything: each task finishes the mail at hand, the store closes last.
    /// What does not end in time is dropped; nothing is lost by that.
    pub async fn stop(self) {
        watch::tell(&[NotifyState::Stopping]);
        let Self { engine, settings, ground, health, parts, mut tasks, stop, .. } = self;
        stop.cancel();
        // Whoever holds an acceptor may still hand something over.
        drop((ground, health, parts));
        if tokio::time::timeout(ENDING, tasks.end()).await.is_err() {
            tracing::warn!(
                "some tasks did not end in time; their work is taken up at the next start"
            );
            tasks.abort().await;
        }
        engine.store().close().await;
        // Gone already, or the next start replaces it.
        let _gone = std::fs::remove_file(settings.socket);
    }
}

/// An engine that trusts whom the settings say.
fn engine(
    store: Store,
    policy: &Arc<Policy>,
    settings: &Settings,
    world: &World,
    origin: &Origin,
) -> Engine {
    let authserv_ids = settings.authserv_ids.clone();
    let engine = Engine::new(store, Arc::clone(policy), authserv_ids, Arc::clone(&world.clock))
        .taking_orders(settings.deliver.from().clone(), origin.tokens.clone());
    match inward::signatures(settings) {
        Some(signatures) => engine.believing(signatures),
        None => engine,
    }
}
