//! `owed rehearse`: how a month of your mail would have looked under your rules.

mod archive;
mod month;
mod pile;
mod teller;

use std::path::PathBuf;
use std::sync::Arc;

use archive::{Archive, Mail};
use clap::Args;
use jiff::SignedDuration;
use month::Whole;
use teller::Teller;

use super::Exit;
use super::speak::{complain, find, load, wait_for};
use crate::config;
use crate::daemon::rehearsal::Rehearsal;
use crate::domain::ids::Address;
use crate::domain::policy::Policy;
use crate::engine;

/// How long time goes on after the last mail, so that its deadlines pass.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What `owed rehearse` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration to rehearse; else ./owed.toml or /etc/owed/owed.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The archive: Maildirs, mbox files, .eml files, or folders of them
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    mail: Vec<PathBuf>,
    /// One JSON object an event
    #[arg(long)]
    json: bool,
}

/// Rehearses an archive.
pub(super) fn rehearse(arguments: &Arguments) -> Exit {
    let loaded = match find(arguments.config.as_ref()).and_then(|path| load(&path)) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    if !loaded.warnings.is_empty() {
        complain(config::diagnostic::render(&loaded.warnings, false));
    }
    // An archive is old by nature: every waiting period in it is played.
    let policy = Arc::new(Policy { enforce_from: None, ..loaded.policy });
    let from = loaded.settings.deliver.from().clone();
    let Archive { mut mails, titles, unread } = archive::read(&arguments.mail);
    if mails.is_empty() && unread.is_empty() {
        complain("there is no mail in what --mail names");
        return Exit::No;
    }
    let mut teller = Teller::new(Arc::clone(&policy), arguments.json, titles);
    let played = wait_for(async {
        play((policy, from), &mut mails, &mut teller).await.map_err(std::io::Error::other)
    });
    if let Err(error) = played {
        complain(error);
        return Exit::No;
    }
    for trouble in &unread {
        complain(trouble);
    }
    if unread.is_empty() { Exit::Fine } else { Exit::No }
}

/// Plays the mails, and the time afterwards, and sums it up.
async fn play(
    (policy, from): (Arc<Policy>, Address),
    mails: &mut [Mail],
    teller: &mut Teller,
) -> Result<(), engine::Error> {
    let (Some(first), Some(last)) = (mails.first(), mails.last()) else { return Ok(()) };
    let (first, last, count) = (first.at, last.at, mails.len());
    let mut rehearsal = Rehearsal::new(policy, from, first).await?;
    for mail in mails {
        rehearsal.take(mail.delivery()).await?;
        rehearsal.news().iter().for_each(|news| teller.tell(news));
    }
    let end = last.saturating_add(AFTERWARDS).unwrap_or(last);
    rehearsal.pass_until(end).await?;
    rehearsal.news().iter().for_each(|news| teller.tell(news));
    let (replies, owed) = (rehearsal.replies().await?, rehearsal.owed().await?);
    teller.sum_up(&Whole { first, last, end, mails: count, replies: &replies, owed: &owed });
    Ok(())
}
