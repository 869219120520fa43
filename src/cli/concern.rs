//! `owed concern`: something is going wrong here, says somebody; they are owed an answer.

use clap::Args;

use super::speak::{ask, say, strange};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};
use crate::engine::told::ToldConcern;

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
    let told = ToldConcern { by: Some(by.clone()), text: Some(text.clone()), case: case.clone() };
    match ask(daemon, &Request::Concern(told)) {
        Ok(Answer::Said(done)) => say(done),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}
