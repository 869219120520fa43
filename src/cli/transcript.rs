//! `owed transcript`: what a contact and we said to each other, to be passed on.

use std::io::{self, Write};

use clap::Args;
use data_encoding::BASE64;

use super::speak::{ask, complain, strange};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};

/// What `owed transcript` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The case number, as it stands in subjects
    case: String,
    /// text, html, or mbox for the mails themselves
    #[arg(long, default_value = "text")]
    format: String,
    #[command(flatten)]
    daemon: Daemon,
}

/// Writes a transcript on standard output.
pub(super) fn transcript(arguments: &Arguments) -> Exit {
    let Arguments { case, format, daemon } = arguments;
    let request = Request::Transcript { case: case.clone(), format: format.clone() };
    let document = match ask(daemon, &request) {
        Ok(Answer::Document(document)) => BASE64.decode(document.as_bytes()),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    };
    let Ok(document) = document else { return strange() };
    if let Err(error) = io::stdout().lock().write_all(&document) {
        complain(format_args!("the transcript could not be written: {error}"));
        return Exit::No;
    }
    Exit::Fine
}
