//! `owed outbox`: mails to contacts that may have arrived, and what becomes of them.

use clap::{Args, ValueEnum};

use super::speak::{ask, moment, say, say_json, strange, table};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, COMMAND_LINE, Request};
use crate::report::outbox::Row;

/// What `owed outbox` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What becomes of a mail; without it, all that wait are listed
    #[arg(requires = "mail")]
    decision: Option<Decision>,
    /// The mail's number, as the list tells it
    mail: Option<i64>,
    /// Who says so: a short name, number or address
    #[arg(long, value_name = "PERSON", default_value = COMMAND_LINE)]
    by: String,
    /// One JSON object a line
    #[arg(long, conflicts_with = "decision")]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// What becomes of a mail.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Decision {
    /// It is sent once more, the same as before
    Release,
    /// It is not sent again: it arrived, or need not
    Drop,
}

/// Tells what waits for a decision, or decides.
pub(super) fn outbox(arguments: &Arguments) -> Exit {
    let by = arguments.by.clone();
    let request = match (arguments.decision, arguments.mail) {
        (Some(Decision::Release), Some(mail)) => Request::Release { mail, by },
        (Some(Decision::Drop), Some(mail)) => Request::Drop { mail, by },
        _ => Request::Outbox,
    };
    match ask(&arguments.daemon, &request) {
        Ok(Answer::Outbox(rows)) if arguments.json => rows.iter().for_each(say_json),
        Ok(Answer::Outbox(rows)) if rows.is_empty() => say("No mail waits for a decision."),
        Ok(Answer::Outbox(rows)) => say(waiting(&rows)),
        Ok(Answer::Said(done)) => say(done),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}

fn waiting(rows: &[Row]) -> String {
    let cells = rows.iter().map(|row| {
        let case = row.case.clone().unwrap_or_default();
        vec![row.mail.to_string(), case, row.to.clone(), moment(&row.at), row.remark.clone()]
    });
    let cells: Vec<_> = cells.collect();
    table(&["MAIL", "CASE", "TO", "MADE", "WHY IT WAITS"], &cells, 72)
}
