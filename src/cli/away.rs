//! `owed away`: who is not here, so that somebody else answers meanwhile.

use clap::Args;

use super::speak::{ask, say, say_json, strange, table};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};
use crate::report::away::Row;

/// What `owed away` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Who is away: a short name, number or address; without one, all who are
    /// away are told
    person: Option<String>,
    /// The days: 2026-12-25, or 2026-12-28..2026-12-31; without them, today
    #[arg(requires = "person", conflicts_with = "until")]
    days: Option<String>,
    /// From today until this day, which is the last of them
    #[arg(long, value_name = "DATE", requires = "person")]
    until: Option<String>,
    /// They are here again
    #[arg(long, requires = "person", conflicts_with_all = ["days", "until"])]
    back: bool,
    /// Who says so
    #[arg(long, default_value = "the command line")]
    by: String,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// Tells who is away, or notes it.
pub(super) fn away(arguments: &Arguments) -> Exit {
    match ask(&arguments.daemon, &request(arguments)) {
        Ok(Answer::Absences(rows)) if arguments.json => rows.iter().for_each(say_json),
        Ok(Answer::Absences(rows)) if rows.is_empty() => say("Nobody is away, or will be."),
        Ok(Answer::Absences(rows)) => say(absences(&rows)),
        Ok(Answer::Done) => say("Noted."),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}

fn request(arguments: &Arguments) -> Request {
    let Arguments { person, days, until, back, by, .. } = arguments;
    let Some(person) = person.clone() else { return Request::Absences };
    if *back {
        return Request::Back { person };
    }
    let (first, last) = match days.as_deref().map(|days| days.split_once("..").ok_or(days)) {
        Some(Ok((first, last))) => (Some(first.to_owned()), Some(last.to_owned())),
        Some(Err(day)) => (Some(day.to_owned()), None),
        None => (None, until.clone()),
    };
    Request::Away { person, first, last, by: by.clone() }
}

fn absences(rows: &[Row]) -> String {
    let cells = rows.iter().map(|row| {
        let when = if row.now { "away" } else { "will be away" };
        let deputy = row.deputy.clone().unwrap_or_else(|| "(no deputy)".to_owned());
        let (first, last) = (row.first.clone(), row.last.clone());
        vec![row.name.clone(), when.to_owned(), first, last, deputy, row.source.clone()]
    });
    let cells: Vec<_> = cells.collect();
    table(&["WHO", "", "FIRST DAY", "LAST DAY", "WHO ANSWERS", "AS SAID"], &cells, 44)
}
