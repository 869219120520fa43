//! `owed run`: the daemon in the foreground, until it is told to stop. On SIGHUP, and when
//! `owed reload` asks, it reads its configuration again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Exit;
use super::speak::{complain, find, letters, read, refuse};
use crate::clock::SystemClock;
use crate::config::Loaded;
use crate::daemon::{self, Daemon, Passed, Want, World};
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
    let path = match find(arguments.config.as_ref()) {
        Ok(path) => path,
        Err(exit) => return exit,
    };
    let loaded = match whole(&path) {
        Ok(loaded) => loaded,
        Err(why) => return refuse(&why),
    };
    if let Err(error) = crate::log::set_up(loaded.settings.log_json) {
        complain(error);
        return Exit::Usage;
    }
    if !loaded.warnings.is_empty() {
        complain(letters(&loaded.warnings));
    }
    // Before the first thread, because it changes the environment.
    let world = World { passed: Passed::from_environment(), ..real_world() };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(error);
            return Exit::No;
        }
    };
    runtime.block_on(serve(&path, loaded, world))
}

/// The world as it is.
pub(super) fn real_world() -> World {
    World {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        passed: Passed::default(),
    }
}

/// The configuration with all files that it names, or in lines why it is refused.
fn whole(path: &Path) -> Result<Loaded, String> {
    read(path)?.with_every_file().map_err(|faults| letters(&faults))
}

async fn serve(path: &Path, loaded: Loaded, world: World) -> Exit {
    let mut daemon = match Daemon::start(loaded, world).await {
        Ok(daemon) => daemon,
        Err(error) => {
            complain(error);
            return Exit::No;
        }
    };
    tracing::info!("owed is running");
    let exit = oversee(path, &mut daemon).await;
    daemon.stop().await;
    tracing::info!("owed has stopped");
    exit
}

/// Does what the daemon and the signals want, until one of them wants it to end.
async fn oversee(path: &Path, daemon: &mut Daemon) -> Exit {
    let mut hangup = heard(SignalKind::hangup());
    let stop = told_to_stop();
    tokio::pin!(stop);
    loop {
        let want = tokio::select! {
            () = &mut stop => return Exit::Fine,
            () = hear(&mut hangup) => None,
            want = daemon.want() => Some(want),
        };
        match want {
            Some(Want::End) => return Exit::No,
            Some(Want::Reload(asked)) => {
                // Who asked and has gone finds it in the log.
                let _gone = asked.send(reload(path, daemon).await);
            }
            None => drop(reload(path, daemon).await),
        }
    }
}

/// Takes the configuration anew as a whole, or goes on with the one it has; what was
/// changed, or why nothing was. systemd hears of it first, and of its end.
async fn reload(path: &Path, daemon: &mut Daemon) -> Result<String, String> {
    let begun = NotifyState::monotonic_usec_now();
    daemon::tell(&[NotifyState::Reloading].into_iter().chain(begun).collect::<Vec<_>>());
    let taken = match whole(path) {
        Ok(loaded) => {
            let warnings = letters(&loaded.warnings);
            let taken = daemon.reload(loaded).await.map_err(|error| format!("owed: {error}\n"));
            taken.map(|changed| (warnings, format!("the configuration is taken; {changed}")))
        }
        Err(why) => Err(why),
    };
    match &taken {
        Ok((warnings, changed)) => {
            if !warnings.is_empty() {
                tracing::warn!("{warnings}");
            }
            tracing::info!("{changed}");
        }
        Err(why) => tracing::error!("the configuration is not taken, the one before holds:\n{why}"),
    }
    daemon::tell(&[NotifyState::Ready]);
    taken.map(|(warnings, changed)| warnings + &changed)
}

/// Completes on SIGINT or SIGTERM.
pub(super) async fn told_to_stop() {
    let (mut interrupt, mut terminate) =
        (heard(SignalKind::interrupt()), heard(SignalKind::terminate()));
    tokio::select! {
        () = hear(&mut interrupt) => {}
        () = hear(&mut terminate) => {}
    }
}

fn heard(kind: SignalKind) -> Option<Signal> {
    signal(kind)
        .inspect_err(|error| complain(format_args!("a signal cannot be heard here: {error}")))
        .ok()
}

/// Completes when a signal comes that can be heard.
async fn hear(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}
