//! `owed leave`: one honest answer to "may I leave?".

use std::collections::BTreeSet;

use clap::Args;

use super::list::owed;
use super::speak::{ask, moment, say, say_json, strange};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};
use crate::report::leave::Leave;

/// What `owed leave` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Who wants to leave: a short name, number or address
    person: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// Says whether somebody may leave.
pub(super) fn leave(arguments: &Arguments) -> Exit {
    let request = Request::Leave { person: arguments.person.clone() };
    let leave = match ask(&arguments.daemon, &request) {
        Ok(Answer::Leave(leave)) => leave,
        Ok(_) => return strange(),
        Err(exit) => return exit,
    };
    if arguments.json {
        say_json(&leave);
    } else {
        say(in_words(&leave));
    }
    if leave.may_leave { Exit::Fine } else { Exit::No }
}

fn in_words(leave: &Leave) -> String {
    let waiting: BTreeSet<&str> = leave.owed.iter().map(|row| row.contact.as_str()).collect();
    let mut text = match waiting.len() {
        0 => format!("Yes. Nothing is waiting for {} today.", leave.name),
        1 => format!("Not yet. One person is waiting for {}:", leave.name),
        n => format!("Not yet. {n} people are waiting for {}:", leave.name),
    };
    if !leave.owed.is_empty() {
        text = format!("{text}\n\n{}", owed(&leave.owed));
    }
    if let Some(first) = leave.later.first() {
        let (n, due) = (leave.later.len(), moment(&first.due));
        text = format!("{text}\n\nDue another day: {n}, the first on {due}.");
    }
    if leave.unread > 0 {
        text = format!("{text}\n\n{} mails came in just now and are being read.", leave.unread);
    }
    text
}
