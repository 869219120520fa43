//! The verbs by which people overrule what was judged: what needs an answer and what
//! does not, once or from now on, and which messages are one matter.

use clap::{Args, Subcommand};

use super::speak::{ask, moment, say, say_json, strange, table};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, COMMAND_LINE, Overrule, Request, Wrong};
use crate::report::exception::Row;

/// What somebody says against the judgement.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Note that a case needs no answer, and why
    Dismiss(Dismiss),
    /// Note that a filed message needs an answer after all
    NeedsAnswer(NeedsAnswer),
    /// Tell, or forget, of which senders it is remembered whether they need answers
    Exceptions(Exceptions),
    /// Make two cases one, because they are one matter
    Merge(Merge),
    /// Make two cases of one, because it is two matters
    Split(Split),
}

/// Who says so.
#[derive(Debug, Args)]
pub(super) struct Says {
    /// Who says so: a short name, number or address
    #[arg(long, value_name = "PERSON", default_value = COMMAND_LINE)]
    by: String,
    #[command(flatten)]
    daemon: Daemon,
}

/// Why it is otherwise than it was judged.
#[derive(Debug, Args)]
pub(super) struct Why {
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
    /// Remember it of who wrote: it holds for their next mails too
    #[arg(long)]
    always: bool,
    #[command(flatten)]
    says: Says,
}

/// What `owed dismiss` is asked.
#[derive(Debug, Args)]
pub(super) struct Dismiss {
    /// The case number, as it stands in subjects
    case: String,
    #[command(flatten)]
    why: Why,
}

/// What `owed needs-answer` is asked.
#[derive(Debug, Args)]
pub(super) struct NeedsAnswer {
    /// The message's Message-ID, as `owed list --filed --json` tells it
    #[arg(value_name = "MESSAGE-ID")]
    message: String,
    #[command(flatten)]
    why: Why,
}

/// What `owed exceptions` is asked.
#[derive(Debug, Args)]
pub(super) struct Exceptions {
    /// Forget what is remembered of this sender: an address, or @ and a domain
    #[arg(long, value_name = "SENDER")]
    forget: Option<String>,
    /// One JSON object a line
    #[arg(long, conflicts_with = "forget")]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// What `owed merge` is asked.
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The case that goes on in the other
    case: String,
    /// The other
    into: String,
    #[command(flatten)]
    says: Says,
}

/// What `owed split` is asked.
#[derive(Debug, Args)]
pub(super) struct Split {
    /// The case number, as it stands in subjects
    case: String,
    /// The message with which the second matter begins, as `owed show` tells it
    #[arg(value_name = "MESSAGE-ID")]
    message: String,
    #[command(flatten)]
    says: Says,
}

/// Does what the verb says.
pub(super) fn overrule(verb: Verb) -> Exit {
    match verb {
        Verb::Dismiss(Dismiss { case, why }) => turn(Wrong::Owed(case), why),
        Verb::NeedsAnswer(NeedsAnswer { message, why }) => turn(Wrong::Filed(message), why),
        Verb::Exceptions(Exceptions { forget: Some(sender), daemon, .. }) => {
            done(Says { by: String::new(), daemon }, Overrule::Forget { sender })
        }
        Verb::Exceptions(Exceptions { json, daemon, .. }) => exceptions(&daemon, json),
        Verb::Merge(Merge { case, into, says }) => done(says, Overrule::Merge { case, into }),
        Verb::Split(Split { case, message, says }) => done(says, Overrule::Split { case, message }),
    }
}

fn turn(wrong: Wrong, Why { reason, always, says }: Why) -> Exit {
    done(says, Overrule::Judged { wrong, reason, always })
}

fn done(Says { by, daemon }: Says, what: Overrule) -> Exit {
    match ask(&daemon, &Request::Overrule { by, what }) {
        Ok(Answer::Said(done)) => say(done),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}

fn exceptions(daemon: &Daemon, json: bool) -> Exit {
    match ask(daemon, &Request::Exceptions) {
        Ok(Answer::Exceptions(rows)) if json => rows.iter().for_each(say_json),
        Ok(Answer::Exceptions(rows)) if rows.is_empty() => say("Nothing is remembered."),
        Ok(Answer::Exceptions(rows)) => say(remembered(&rows)),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}

fn remembered(rows: &[Row]) -> String {
    let cells = rows.iter().map(|row| {
        let needs = if row.needs_answer { "an answer" } else { "none" };
        let (sender, by) = (row.sender.clone(), row.by.clone());
        vec![sender, needs.to_owned(), row.reason.clone(), by, moment(&row.at)]
    });
    let cells: Vec<_> = cells.collect();
    table(&["SENDER", "NEEDS", "WHY", "SAYS WHO", "SINCE"], &cells, 48)
}
