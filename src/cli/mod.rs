//! The command line: one file a verb. Each verb says how it ended by an
//! [`Exit`]; only `main` makes that the process's exit code.

mod act;
mod away;
mod backup;
mod beside;
pub mod check;
mod concern;
mod demo;
mod doctor;
mod exit;
pub mod explain;
mod init;
mod job;
mod leave;
mod list;
mod log;
mod look;
mod outbox;
mod overrule;
mod rehearse;
mod reload;
mod run;
mod show;
mod speak;
mod timeline;
mod transcript;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
pub use exit::Exit;
use speak::Daemon;

/// Reply before you leave: owed knows every message that somebody here still
/// has to answer, reminds its owner in time, and tells a supervisor what is
/// overdue.
#[derive(Debug, Parser)]
#[command(name = "owed", version, max_term_width = 88, after_help = AFTER)]
struct Owed {
    #[command(subcommand)]
    verb: Verb,
}

const AFTER: &str = "Exit codes: 0 yes or fine, 1 no (something is owed, a check failed), \
2 usage, 3 the daemon cannot be reached, 4 invalid configuration.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write a first configuration: asks on a terminal, takes flags elsewhere
    Init(init::Arguments),
    /// Run the daemon in the foreground
    Run(run::Arguments),
    /// Have the running daemon take its configuration file anew
    Reload(reload::Arguments),
    /// Check configuration files and tell every fault in them
    Check(check::Arguments),
    /// Try logins, folders and files, and tell when nobody would be there
    Doctor(doctor::Arguments),
    /// Copy all that owed knows to a file for safe keeping, while it runs
    Backup(backup::Arguments),
    /// Show the whole story live, in a minute, with made-up mail
    Demo(demo::Arguments),
    #[command(flatten)]
    Look(look::Verb),
    /// Tell who is away, or note that somebody is, or is here again
    Away(away::Arguments),
    /// Note an answer given, or a message received, outside mail
    Log(log::Arguments),
    /// Note jobs that were done, from a file too, list them, or take one back
    #[command(subcommand)]
    Job(job::Verb),
    /// Say that something is going wrong here; whoever is above it owes you an answer
    Concern(concern::Arguments),
    #[command(flatten)]
    Act(act::Verb),
    #[command(flatten)]
    Overrule(overrule::Verb),
    /// List mails to contacts that may have arrived; send them again, or drop them
    Outbox(outbox::Arguments),
    /// Tell for each mail what it was judged to be, and why
    Explain(explain::Arguments),
    /// Run an archive of mail through your rules on a virtual clock
    Rehearse(rehearse::Arguments),
    #[command(flatten)]
    Beside(beside::Verb),
}

/// Runs the verb that the words of the command name.
pub fn main() -> ExitCode {
    let owed = match Owed::try_parse_from(beside::words(&Owed::command())) {
        Ok(owed) => owed,
        Err(error) => {
            speak::written(&error.print());
            return speak::ended(if error.use_stderr() { Exit::Usage } else { Exit::Fine });
        }
    };
    speak::ended(match owed.verb {
        Verb::Init(arguments) => init::init(arguments),
        Verb::Run(arguments) => run::run(&arguments),
        Verb::Reload(arguments) => reload::reload(&arguments),
        Verb::Check(arguments) => check::run(&arguments),
        Verb::Doctor(arguments) => doctor::doctor(&arguments),
        Verb::Backup(arguments) => backup::backup(&arguments),
        Verb::Demo(arguments) => demo::demo(&arguments),
        Verb::Look(verb) => look::look(&verb),
        Verb::Away(arguments) => away::away(&arguments),
        Verb::Log(arguments) => log::log(&arguments),
        Verb::Job(verb) => job::job(&verb),
        Verb::Concern(arguments) => concern::concern(&arguments),
        Verb::Act(verb) => act::act(&verb),
        Verb::Overrule(verb) => overrule::overrule(verb),
        Verb::Outbox(arguments) => outbox::outbox(&arguments),
        Verb::Explain(arguments) => explain::run(&arguments),
        Verb::Rehearse(arguments) => rehearse::rehearse(&arguments),
        Verb::Beside(verb) => beside::beside(&verb, Owed::command()),
    })
}
