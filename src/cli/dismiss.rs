//! `owed dismiss`: a case needs no answer, and why.

use clap::Args;

use super::speak::{ask, say};
use super::{Daemon, Exit};
use crate::daemon::control::Request;

/// What `owed dismiss` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The case number, as it stands in subjects
    case: String,
    /// Why no answer is needed; it stays on record
    #[arg(long)]
    reason: String,
    /// Who says so
    #[arg(long, default_value = "the command line")]
    by: String,
    #[command(flatten)]
    daemon: Daemon,
}

/// Dismisses what a case owes.
pub(super) fn dismiss(arguments: &Arguments) -> Exit {
    let Arguments { case, reason, by, daemon } = arguments;
    let request = Request::Dismiss { case: case.clone(), by: by.clone(), reason: reason.clone() };
    match ask(daemon, &request) {
        Ok(_) => {
            say(format_args!("{case}: nothing is owed any more: {reason}."));
            Exit::Fine
        }
        Err(exit) => exit,
    }
}
