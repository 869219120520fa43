//! `owed check FILE…`: is the configuration sound, and if not, what is wrong?
//!
//! It reads the files that it is given and the calendar files they name, and
//! nothing else: no secret is looked up, no connection is made.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::speak::{beside, whole};
use crate::config::{self, Loaded, diagnostic};

/// What `owed check` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The files to check
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Checks files on standard output.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match check(&arguments.files, &mut io::stdout().lock()) {
        Ok(false) => Exit::Configuration,
        // A reader who has gone away is no fault.
        Ok(true) | Err(_) => Exit::Fine,
    }
}

/// Checks each file and writes what there is to say about it. `true` where all
/// of them are fine; warnings alone are.
pub fn check(files: &[PathBuf], out: &mut dyn Write) -> io::Result<bool> {
    let mut fine = true;
    for file in files {
        fine &= check_one(file, out)?;
    }
    Ok(fine)
}

fn check_one(file: &Path, out: &mut dyn Write) -> io::Result<bool> {
    let name = file.display().to_string();
    let text = match whole(file).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        Ok(Err(error)) => {
            let good = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count();
            writeln!(out, "{name}: line {} is not UTF-8; save the file as UTF-8.", line + 1)?;
            return Ok(false);
        }
        Err(error) => {
            writeln!(out, "{name}: could not be read: {error}.")?;
            return Ok(false);
        }
    };
    match config::load_beside(&name, &text, beside(file)) {
        Ok(loaded) => {
            write!(out, "{}", diagnostic::render(&loaded.warnings, false))?;
            writeln!(out, "{name}: fine. {}", summary(&loaded))?;
            Ok(true)
        }
        Err(letters) => {
            write!(out, "{}", diagnostic::render(&letters, false))?;
            let errors = letters.iter().filter(|letter| letter.is_error()).count();
            writeln!(out, "{name}: {}.", counted(errors, "error", "errors"))?;
            Ok(false)
        }
    }
}

fn summary(loaded: &Loaded) -> String {
    let (roster, rules) = (&loaded.policy.roster, loaded.policy.rules.len());
    let people = counted(roster.people.len(), "person", "people");
    let mailboxes = counted(roster.mailboxes.len(), "mailbox", "mailboxes");
    let line = format!("{people}, {mailboxes}, {}.", counted(rules, "rule", "rules"));
    match loaded.warnings.len() {
        0 => line,
        some => format!("{line} {} above.", counted(some, "warning", "warnings")),
    }
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
