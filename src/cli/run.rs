//! `owed run`: the daemon in the foreground, until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::Exit;
use super::speak::{complain, find, load, refused};
use crate::clock::SystemClock;
use crate::config::{self, Loaded};
use crate::daemon::{Daemon, World};
use crate::random::SystemRandom;

/// What `owed run` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration; else ./owed.toml or /etc/owed/owed.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the daemon.
pub(super) fn run(arguments: &Arguments) -> Exit {
    if let Err(error) = crate::log::set_up() {
        complain(error);
        return Exit::Usage;
    }
    let loaded = find(arguments.config.as_ref()).and_then(|path| load(&path));
    let loaded = match loaded.and_then(|loaded| loaded.with_every_file().map_err(|f| refused(&f))) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    if !loaded.warnings.is_empty() {
        complain(config::diagnostic::render(&loaded.warnings, false));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(error);
            return Exit::No;
        }
    };
    runtime.block_on(serve(loaded))
}

/// The world as it is.
pub(super) fn real_world() -> World {
    World { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) }
}

async fn serve(loaded: Loaded) -> Exit {
    let mut daemon = match Daemon::start(loaded, real_world()).await {
        Ok(daemon) => daemon,
        Err(error) => {
            complain(error);
            return Exit::No;
        }
    };
    tracing::info!("owed is running");
    let failed = tokio::select! {
        () = told_to_stop() => false,
        () = daemon.fails() => true,
    };
    daemon.stop().await;
    tracing::info!("owed has stopped");
    if failed { Exit::No } else { Exit::Fine }
}

/// Completes on SIGINT or SIGTERM.
pub(super) async fn told_to_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        complain("signals cannot be heard here: stop owed by killing it, nothing is lost by that");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
