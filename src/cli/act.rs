//! The verbs by which people act on a case: who has it, when its answer comes, whether
//! it is at an end. They are alike: a case, whose hand it is, and a word or two.

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::speak::{ask, say, say_json, strange};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request, Wish};

/// What somebody does to a case.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Take a case, whoever has it
    Claim(On),
    /// Ask somebody else to take a case
    HandOver(HandOver),
    /// Take a case that you were asked to take
    Accept(On),
    /// Do not take a case that you were asked to take
    Refuse(Refuse),
    /// Note when you told the contact that the answer comes
    Promise(Promise),
    /// Have owed write to the contact, in your name, when the answer comes
    TellWhen(TellWhen),
    /// End a case in which nothing is owed, and say what was done
    Close(Close),
    /// Have a contact asked whether all is well after your job, or not
    #[command(subcommand)]
    CheckIn(CheckIn),
    /// Say what a contact's answer after a job means: ok, or not-ok
    Means(Means),
    /// Open a case again: an answer is owed after all
    Reopen(Reopen),
}

/// A case, and whose hand it is.
#[derive(Debug, Args)]
pub(super) struct On {
    /// The case number, as it stands in subjects
    case: String,
    /// Who does it: a short name, number or address
    #[arg(long, value_name = "PERSON")]
    by: String,
    /// One JSON object: the case, and what was done in words
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// What `owed hand-over` is asked.
#[derive(Debug, Args)]
pub(super) struct HandOver {
    #[command(flatten)]
    on: On,
    /// Whom to ask: they get a mail, and have it once they accept
    #[arg(long, value_name = "PERSON")]
    to: String,
}

/// What `owed refuse` is asked.
#[derive(Debug, Args)]
pub(super) struct Refuse {
    #[command(flatten)]
    on: On,
    /// Why; whoever asked is told
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// What `owed promise` is asked.
#[derive(Debug, Args)]
pub(super) struct Promise {
    #[command(flatten)]
    on: On,
    /// When the answer comes: "fri 15:00", "tomorrow 10:00", "2 dec" (the end of that
    /// working day), "2026-12-02 09:00", "in 2h"; on the person's own clocks
    #[arg(long, value_name = "TIME")]
    due: String,
    /// What was said
    #[arg(long, default_value = "", hide_default_value = true)]
    words: String,
}

/// What `owed tell-when` is asked.
#[derive(Debug, Args)]
pub(super) struct TellWhen {
    #[command(flatten)]
    on: On,
    /// When the answer comes: "fri 15:00", "tomorrow 10:00", "2 dec" (the end of that
    /// working day), "2026-12-02 09:00", "in 2h"; on the person's own clocks
    #[arg(long, value_name = "TIME")]
    due: String,
    /// Though they were told another time already: they get a second note
    #[arg(long)]
    again: bool,
}

/// What `owed close` is asked.
#[derive(Debug, Args)]
pub(super) struct Close {
    #[command(flatten)]
    on: On,
    /// What was done, where a job was
    #[arg(long, default_value = "", hide_default_value = true)]
    title: String,
}

/// What is said of a check-in that waits for a word of whoever did the job.
#[derive(Debug, Subcommand)]
pub(super) enum CheckIn {
    /// Have it sent, as it was shown to you or in your words
    Send(SendCheckIn),
    /// Have nobody asked about that job
    Skip(SkipCheckIn),
}

/// What `owed check-in send` is asked.
#[derive(Debug, Args)]
pub(super) struct SendCheckIn {
    #[command(flatten)]
    on: On,
    #[command(flatten)]
    job: OfJob,
    /// What the contact gets instead of what you were shown
    #[arg(long, default_value = "", hide_default_value = true)]
    words: String,
}

/// What `owed check-in skip` is asked.
#[derive(Debug, Args)]
pub(super) struct SkipCheckIn {
    #[command(flatten)]
    on: On,
    #[command(flatten)]
    job: OfJob,
    /// Why; it stays on record
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// Which job of a case.
#[derive(Debug, Args)]
struct OfJob {
    /// Which job, where several of the case wait: its number in `owed job list --json`
    #[arg(long, value_name = "NUMBER")]
    job: Option<u32>,
}

/// What `owed means` is asked.
#[derive(Debug, Args)]
pub(super) struct Means {
    #[command(flatten)]
    on: On,
    /// What it means
    meaning: Meaning,
}

/// What an answer after a job means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Meaning {
    /// All is well, and the case is closed again
    Ok,
    /// It is not: it is urgent, and whoever is above is told at once
    NotOk,
}

/// What `owed reopen` is asked.
#[derive(Debug, Args)]
pub(super) struct Reopen {
    #[command(flatten)]
    on: On,
    /// Why an answer is owed after all; it stays on record
    #[arg(long)]
    reason: String,
}

/// What was done, for programs.
#[derive(Debug, Serialize)]
struct Done<'a> {
    case: &'a str,
    done: &'a str,
}

/// Does what the verb says.
pub(super) fn act(verb: &Verb) -> Exit {
    match verb {
        Verb::Claim(on) => done(on, Wish::Claim),
        Verb::Accept(on) => done(on, Wish::Accept),
        Verb::HandOver(HandOver { on, to }) => done(on, Wish::HandOver { to: to.clone() }),
        Verb::Refuse(Refuse { on, reason }) => done(on, Wish::Refuse { reason: reason.clone() }),
        Verb::Promise(Promise { on, due, words }) => {
            done(on, Wish::Promise { due: due.clone(), words: words.clone() })
        }
        Verb::TellWhen(TellWhen { on, due, again }) => {
            done(on, Wish::TellWhen { due: due.clone(), again: *again })
        }
        Verb::Close(Close { on, title }) => done(on, Wish::Close { title: title.clone() }),
        Verb::CheckIn(CheckIn::Send(SendCheckIn { on, job, words })) => {
            done(on, Wish::Send { job: job.job, words: words.clone() })
        }
        Verb::CheckIn(CheckIn::Skip(SkipCheckIn { on, job, reason })) => {
            done(on, Wish::Skip { job: job.job, reason: reason.clone() })
        }
        Verb::Means(Means { on, meaning }) => {
            done(on, Wish::Read { fine: *meaning == Meaning::Ok })
        }
        Verb::Reopen(Reopen { on, reason }) => done(on, Wish::Reopen { reason: reason.clone() }),
    }
}

fn done(on: &On, wish: Wish) -> Exit {
    let request = Request::Act { case: on.case.clone(), by: on.by.clone(), wish };
    match ask(&on.daemon, &request) {
        Ok(Answer::Said(done)) if on.json => say_json(&Done { case: &on.case, done: &done }),
        Ok(Answer::Said(done)) => say(done),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}
