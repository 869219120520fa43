//! The composition root: builds, names and starts every task, and ends them in
//! order.
//!
//! Nothing below knows how the whole is put together; nothing here decides
//! anything about a case.

pub mod control;
pub mod lock;
pub mod secret;
mod ways;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Loaded;
use crate::config::settings::{Deliver, Mode, Settings, Smtp, Tls};
use crate::domain::ids::{Address, Party};
use crate::domain::policy::Policy;
use crate::engine::accept::{self, Acceptor};
use crate::engine::{self, Engine};
use crate::outbox::courier::Courier;
use crate::outbox::folder::Folder;
use crate::outbox::seal::Stationery;
use crate::outbox::smtp::SmtpPool;
use crate::outbox::transport::Transport;
use crate::outbox::{Limits, NoTrust, Route, Security};
use crate::random::Random;
use crate::store::{self, Store};

/// How many deliveries may wait for their commit.
const WAITING: usize = 256;

/// How many connections to the mail server there may be at once.
const CONNECTIONS: usize = 4;

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
    Intake(#[from] ways::NoWay),
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
    tasks: JoinSet<()>,
    stop: CancellationToken,
    ways_stop: CancellationToken,
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
        let key = key(&store, world.random.as_ref()).await.map_err(at_store)?;
        let policy = Arc::new(policy);
        let engine = Engine::new(
            store.clone(),
            Arc::clone(&policy),
            settings.authserv_ids.clone(),
            Arc::clone(&world.clock),
        );
        let courier = courier(&settings, &policy, &store, &world, key)?;
        engine.resume().await?;
        engine.audit().await?;
        courier.resume().await.map_err(at_store)?;
        let listener = control::open(&settings.socket)?;

        let mut daemon = Self {
            engine,
            lmtp: None,
            tasks: JoinSet::new(),
            stop: CancellationToken::new(),
            ways_stop: CancellationToken::new(),
            socket: settings.socket.clone(),
            _lock: lock,
        };
        let acceptor = daemon.start_core(store, courier);
        daemon.lmtp = ways::start(&settings, &acceptor, &world, &daemon.ways_stop, &mut daemon.tasks).await?;
        let desk = control::Desk { engine: daemon.engine.clone(), acceptor };
        daemon.tasks.spawn(control::serve(listener, desk, daemon.ways_stop.clone()));
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
        self.tasks.spawn(async move { courier.run(engine.outward(), stop).await });
        acceptor
    }

    /// Ends everything in order: first what comes in, then what goes out. What
    /// does not end in time is dropped; nothing is lost by that.
    pub async fn stop(mut self) {
        self.ways_stop.cancel();
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(ENDING, ended).await.is_err() {
            tracing::warn!("some tasks did not end in time; their work is taken up at the next start");
            self.tasks.shutdown().await;
        }
        self.engine.store().close().await;
        // Gone already, or the next start replaces it.
        let _gone = std::fs::remove_file(&self.socket);
    }

    /// Completes when a task ends that should not: the daemon is then half dead.
    pub async fn fails(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of owed ended unexpectedly");
                return;
            }
        }
    }
}

/// The key that Message-IDs are made with: drawn once, kept for ever.
async fn key(store: &Store, random: &dyn Random) -> store::Result<Vec<u8>> {
    let mut tx = store.write().await?;
    if let Some(key) = tx.kept("message-id key").await? {
        return Ok(key);
    }
    let mut key = vec![0; 32];
    random.fill(&mut key);
    tx.keep("message-id key", &key).await?;
    tx.commit().await?;
    Ok(key)
}

fn courier(
    settings: &Settings,
    policy: &Arc<Policy>,
    store: &Store,
    world: &World,
    key: Vec<u8>,
) -> Result<Courier, NoStart> {
    let (from, transport) = match &settings.deliver {
        Deliver::Folder(folder) => (&folder.from, Transport::Folder(Folder::new(&folder.path))),
        Deliver::Smtp(smtp) if settings.mode == Mode::Shadow => {
            (&smtp.from, Transport::Folder(Folder::new(shadow(&settings.store))))
        }
        Deliver::Smtp(smtp) => {
            let login = match &smtp.login {
                Some((user, secret)) => Some((user.clone(), secret::resolve(secret)?)),
                None => None,
            };
            (&smtp.from, Transport::Smtp(SmtpPool::new(route(smtp, login))?))
        }
    };
    let name = format!("owed, {}", policy.roster.organisation);
    let mut holder = [0; 12];
    world.random.fill(&mut holder);
    Ok(Courier {
        store: store.clone(),
        policy: Arc::clone(policy),
        stationery: Stationery { sender: Party { name, address: from.clone() }, key },
        transport,
        holder: data_encoding::HEXLOWER.encode(&holder),
        clock: Arc::clone(&world.clock),
        random: Arc::clone(&world.random),
    })
}

/// Where mails go in shadow mode: a folder beside the database.
fn shadow(store: &Path) -> PathBuf {
    store.with_file_name("shadow")
}

fn route(smtp: &Smtp, login: Option<(String, SecretString)>) -> Route {
    Route {
        host: smtp.host.clone(),
        port: smtp.port,
        security: match smtp.tls {
            Tls::Implicit => Security::Implicit,
            Tls::StartTls => Security::StartTls,
            Tls::None => Security::None,
        },
        ca: smtp.ca.clone(),
        login,
        hello: hello(&smtp.from),
        connections: CONNECTIONS,
        limits: Limits::default(),
    }
}

fn hello(from: &Address) -> String {
    from.domain().to_owned()
}
