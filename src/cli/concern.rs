//! `owed concern`: something is going wrong here, says somebody; they are owed an answer.

use clap::Args;

use super::speak::{ask, say, strange};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};

/// What `owed concern` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is going wrong, in your words
    text: String,
    /// Who says so: a short name, number or address
    #[arg(long, value_name = "PERSON")]
    by: String,
    /// The case it is about: whoever is above the one who has it answers you
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    #[command(flatten)]
    daemon: Daemon,
}

/// Raises it.
pub(super) fn concern(arguments: &Arguments) -> Exit {
    let Arguments { text, by, case, daemon } = arguments;
    let request = Request::Concern { by: by.clone(), case: case.clone(), text: text.clone() };
    match ask(daemon, &request) {
        Ok(Answer::Said(done)) => say(done),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}
