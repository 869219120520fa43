//! `owed job`: jobs that were done, told one by one or from a file, listed, and taken back.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use encoding_rs::Encoding;

use super::speak::{ask, complain, moment, say, say_json, strange, table};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};
use crate::engine::told::ToldJob;
use crate::report::jobs::{self, Row};

mod import;
mod sheet;

/// What is said of jobs.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Note a job that was done; whoever did it asks afterwards whether all is well
    Add(Box<Add>),
    /// List jobs, and where asking after them stands, the newest cases first
    List(List),
    /// Take a job back: there was none, and nobody is asked
    Cancel(Cancel),
    /// Note the jobs of a CSV file; the same reference again puts a job right
    Import(Import),
}

/// What `owed job add` is asked.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// What was done, as the contact would call it
    title: String,
    /// Who did it, separated by commas; the first asks whether all is well
    #[arg(long, value_name = "PEOPLE")]
    done_by: String,
    /// For whom: an address, a telephone number, either behind a name, or a name
    #[arg(long, value_name = "CONTACT", required_unless_present = "case")]
    contact: Option<String>,
    /// The mailbox that they know; else the address of whoever did it
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Option<String>,
    /// The case it belongs to; the case is closed with it
    #[arg(long)]
    case: Option<String>,
    /// When: "2026-03-02", "2026-03-02 15:30"; else now
    #[arg(long, value_name = "TIME")]
    closed_at: Option<String>,
    /// What you call it elsewhere; the same again puts it right
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    daemon: Daemon,
}

/// What `owed job list` is asked.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Also those that nothing more comes of by itself
    #[arg(long)]
    all: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// What `owed job cancel` is asked.
#[derive(Debug, Args)]
pub(super) struct Cancel {
    /// What the job is called elsewhere
    reference: String,
    /// Who says so
    #[arg(long, value_name = "PERSON")]
    by: String,
    /// Why; it stays on record
    #[arg(long)]
    reason: String,
    /// The name of the API token that told of it; else it was told by hand
    #[arg(long, value_name = "TOKEN")]
    source: Option<String>,
    #[command(flatten)]
    daemon: Daemon,
}

/// What stands in a file of jobs.
const COLUMNS: &str = "\
Columns, in any order, named in the first line:
  title       what was done, as the contact would call it
  done_by     who did it, separated by commas; the first asks whether all is well
  contact     for whom: an address, a telephone number, either behind a name, or a name;
              or the next
  case        the number of the case it belongs to; the case is closed with it
  closed_at   when: 2026-03-02, 2026-03-02 15:30; without it, now
  reference   what you call it; the same again puts it right. May be left out where
              closed_at is there: then the same line again is the same job
  mailbox     the mailbox that they know; without it, the address of whoever did it

Between the columns stand commas, semicolons or tabs, as the first line has them. The
file is UTF-8 (\"CSV UTF-8\" in spreadsheets), UTF-16 (\"Unicode text\"), or what --encoding
says. For example:

  reference,title,done_by,contact,closed_at
  J-1,New tap in the kitchen,\"ana, ben\",Jo <jo@customer.example>,2026-03-02";

/// What `owed job import` is asked.
#[derive(Debug, Args)]
#[command(after_help = COLUMNS)]
pub(super) struct Import {
    /// The file: a line of column names, then a job a line
    file: PathBuf,
    /// Where refused lines are written, to be put right and imported again; else beside
    /// the file, as NAME.refused.csv
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// How its letters are written, where that is not UTF-8: windows-1252 in Western Europe,
    /// windows-1250 in Central Europe, windows-1251 where Cyrillic is written
    #[arg(long, value_name = "NAME", value_parser = encoding, default_value = "utf-8")]
    encoding: &'static Encoding,
    #[command(flatten)]
    daemon: Daemon,
}

fn encoding(name: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| "nothing is written so".to_owned())
}

/// Does what the verb says.
pub(super) fn job(verb: &Verb) -> Exit {
    match verb {
        Verb::Add(add) => note(add),
        Verb::List(which) => list(which),
        Verb::Cancel(cancel) => take_back(cancel),
        Verb::Import(import) => import::import(import),
    }
}

fn note(add: &Add) -> Exit {
    let job = ToldJob {
        title: Some(add.title.clone()),
        done_by: Some(add.done_by.clone()),
        contact: add.contact.clone(),
        mailbox: add.mailbox.clone(),
        case: add.case.clone(),
        closed_at: add.closed_at.clone(),
        reference: add.reference.clone(),
    };
    match ask(&add.daemon, &Request::Job(job)) {
        Ok(Answer::Refused(why)) => {
            complain(why);
            return Exit::Usage;
        }
        Ok(Answer::Job(noted)) => say(format!("{}: noted as job {}.", noted.case, noted.job)),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}

fn list(which: &List) -> Exit {
    let rows = match ask(&which.daemon, &Request::Jobs { all: which.all }) {
        Ok(Answer::Jobs(rows)) => rows,
        Ok(_) => return strange(),
        Err(exit) => return exit,
    };
    match rows.is_empty() {
        _ if which.json => rows.iter().for_each(say_json),
        true if which.all => say("No job was noted."),
        true => say("No check-in is under way: --all lists those that are over too."),
        false => say(listed(&rows)),
    }
    if rows.len() >= jobs::MOST {
        complain(format_args!("older ones may be left out: {} are told", jobs::MOST));
    }
    Exit::Fine
}

fn listed(rows: &[Row]) -> String {
    let cells = rows.iter().map(|row| {
        let who = if row.contact_name.is_empty() { &row.contact } else { &row.contact_name };
        let next = row.next.as_deref().map(moment).unwrap_or_default();
        let done_by = row.done_by.join(", ");
        let case = match &row.goes_on_in {
            Some(whole) => format!("{}, now {whole}", row.case),
            None => row.case.clone(),
        };
        vec![
            case,
            moment(&row.closed_at),
            done_by,
            who.clone(),
            row.title.clone(),
            row.check_in.clone(),
            next,
        ]
    });
    let cells: Vec<_> = cells.collect();
    table(&["CASE", "DONE", "BY", "FOR", "JOB", "CHECK-IN", "NEXT"], &cells, 44)
}

fn take_back(cancel: &Cancel) -> Exit {
    let Cancel { reference, by, reason, source, daemon } = cancel;
    let request = Request::CancelJob {
        source: source.clone(),
        reference: reference.clone(),
        by: by.clone(),
        reason: reason.clone(),
    };
    match ask(daemon, &request) {
        Ok(Answer::Said(done)) => say(done),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}
