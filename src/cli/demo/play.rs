//! The stage: a daemon that runs on the story's mails, and what is told of it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use super::CONFIGURATION;
use super::story::{SCENES, deliver};
use crate::cli::run::{real_world, told_to_stop};
use crate::cli::speak::say;
use crate::cli::timeline::Timeline;
use crate::config;
use crate::daemon::Daemon;

/// How often the journal is looked at, to tell what is new.
const LOOK: Duration = Duration::from_millis(200);

/// Starts the daemon in `folder` and plays the story; with `once`, ends with it.
pub(super) async fn show(folder: &Path, once: bool) -> std::io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let loaded = config::load("demo.toml", CONFIGURATION, &folder)
        .map_err(|faults| std::io::Error::other(config::diagnostic::render(&faults, false)))?;
    let daemon = Daemon::start(loaded, real_world()).await.map_err(std::io::Error::other)?;
    let Some(lmtp) = daemon.lmtp() else {
        return Err(std::io::Error::other("the demo's configuration has no LMTP listener"));
    };
    say(prologue(&folder));
    let told = tokio::select! {
        () = told_to_stop() => Ok(()),
        told = tell(&daemon, lmtp, once, &folder) => told,
    };
    say("\nGood bye: ending in order.");
    daemon.stop().await;
    told
}

/// Plays the scenes at their times and tells what the journal says meanwhile.
async fn tell(daemon: &Daemon, lmtp: SocketAddr, once: bool, folder: &Path) -> std::io::Result<()> {
    let mut timeline = Timeline::default();
    let mut told = 0;
    let start = daemon.engine.now();
    let mut scenes = SCENES.iter().peekable();
    let mut ended = false;
    loop {
        let seconds = daemon.engine.now().duration_since(start).as_secs();
        while let Some(scene) = scenes.next_if(|scene| scene.second <= seconds) {
            say(format_args!("\n» {}", scene.words));
            if let Some(mail) = &scene.mail {
                deliver(lmtp, mail).await?;
            }
        }
        told = news(daemon, &mut timeline, told).await.map_err(std::io::Error::other)?;
        if scenes.peek().is_none() && !ended {
            ended = true;
            say(epilogue(folder));
            if once {
                return Ok(());
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn news(daemon: &Daemon, timeline: &mut Timeline, told: i64) -> crate::store::Result<i64> {
    let mut tx = daemon.engine.store().read().await?;
    let lines = tx.journal_after(told, 100).await?;
    for line in &lines {
        say(timeline.tell(line, "", &daemon.engine.policy()));
    }
    Ok(lines.last().map_or(told, |line| line.id))
}

fn prologue(folder: &Path) -> String {
    // Whoever tries the demo may not have installed owed yet.
    let program = std::env::current_exe().unwrap_or_else(|_| "owed".into());
    let owed = program.display();
    format!(
        "An invented company, Brook & Sons, answers its mail within twenty seconds.\n\
         Ana Ruiz and Ben Ode serve help@brook.example; Marta Brook is their supervisor.\n\n\
         What owed writes:  {}\n\
         In another terminal, from this folder:  {owed} list   and   {owed} leave ana",
        folder.join("outbox").display()
    )
}

fn epilogue(folder: &Path) -> String {
    format!(
        "\nThat is the story. The mails are in {}; open one in a mail program.\n\
         Sam still waits: ask for the list, and whether ana or ben may leave. Ctrl-C ends it.",
        folder.join("outbox").display()
    )
}
