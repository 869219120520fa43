//! `owed list`: what is owed.

use clap::Args;

use super::speak::{ask, complain, moment, say, say_json, strange, table};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};
use crate::report::filed;
use crate::report::owed::{Listed, Row};

/// What `owed list` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only what this person is to answer: a short name, number or address
    #[arg(long)]
    person: Option<String>,
    /// Only what came to this mailbox
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Option<String>,
    /// Only what this contact waits for
    #[arg(long, value_name = "ADDRESS")]
    contact: Option<String>,
    /// Instead, what nobody has to answer, newest first, each with the reason; --json
    /// adds the Message-ID, by which `owed needs-answer` turns it round
    #[arg(long, conflicts_with_all = ["person", "mailbox", "contact"])]
    filed: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// Lists what is owed.
pub(super) fn list(arguments: &Arguments) -> Exit {
    let request = if arguments.filed { Request::Filed } else { wanted(arguments) };
    let Listed { rows, more } = match ask(&arguments.daemon, &request) {
        Ok(Answer::Rows(listed)) => listed,
        Ok(Answer::Filed(rows)) => return tell_filed(&rows, arguments.json),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    };
    match rows.is_empty() {
        _ if arguments.json => rows.iter().for_each(say_json),
        true => say("Nothing is owed."),
        false => say(owed(&rows)),
    }
    if more > 0 {
        complain(format_args!(
            "{more} more are due later: ask for one --person, --mailbox or --contact"
        ));
    }
    Exit::Fine
}

fn tell_filed(rows: &[filed::Row], json: bool) -> Exit {
    match rows.is_empty() {
        _ if json => rows.iter().for_each(say_json),
        true => say("Nothing was filed."),
        false => say(filed(rows)),
    }
    if rows.len() >= filed::MOST {
        complain(format_args!("older ones may be left out: {} of each sort are told", filed::MOST));
    }
    Exit::Fine
}

fn wanted(arguments: &Arguments) -> Request {
    Request::List {
        person: arguments.person.clone(),
        mailbox: arguments.mailbox.clone(),
        contact: arguments.contact.clone(),
    }
}

/// What is owed, as a table.
pub(super) fn owed(rows: &[Row]) -> String {
    let cells = rows.iter().map(|row| {
        let due = match row {
            Row { listed_only: true, .. } => "from before owed, ",
            Row { overdue: true, .. } => "overdue, ",
            Row { .. } => "",
        };
        let asked =
            if row.chases > 0 { format!(" (asked again {}×)", row.chases) } else { String::new() };
        let who = if row.contact_name.is_empty() { &row.contact } else { &row.contact_name };
        vec![
            row.case.clone(),
            format!("{}{due}{}", what(&row.kind), moment(&row.due)),
            row.responsible.clone().unwrap_or_else(|| row.mailbox.clone()),
            format!("{who}{asked}"),
            row.subject.clone(),
        ]
    });
    let cells: Vec<_> = cells.collect();
    table(&["CASE", "DUE", "WHO ANSWERS", "WHO WAITS", "SUBJECT"], &cells, 44)
}

/// What is owed where it is no reply, as the due time says it.
fn what(kind: &str) -> &'static str {
    match kind {
        "promise" => "promised, ",
        "update" => "a word, ",
        "resolution" => "the whole matter, ",
        "check-in" => "to approve, ",
        _ => "",
    }
}

fn filed(rows: &[filed::Row]) -> String {
    let cells = rows.iter().map(|row| {
        let filed::Row { at, from, subject, kind, reason, .. } = row;
        vec![moment(at), kind.clone(), from.clone(), subject.clone(), reason.clone()]
    });
    let cells: Vec<_> = cells.collect();
    table(&["WHEN", "WHAT", "FROM", "SUBJECT", "WHY NOT"], &cells, 48)
}
