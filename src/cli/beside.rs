//! `owed completions` and `owed man`: what is installed beside the program, made
//! from the same words as its help; and the words of `owed help`.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Command, Subcommand};
use clap_complete::Shell;

use super::Exit;
use super::speak::{complain, written};

/// What is made for other programs.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Print what completes owed's commands in your shell
    Completions(Completions),
    /// Write the manual pages into a folder, for who packs owed
    #[command(hide = true)]
    Man(Man),
}

/// Makes it.
pub(super) fn beside(verb: &Verb, owed: Command) -> Exit {
    match verb {
        Verb::Completions(arguments) => completions(arguments, owed),
        Verb::Man(arguments) => man(arguments, owed),
    }
}

/// What `owed completions` is asked.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Your shell
    shell: Shell,
}

/// What `owed man` is asked.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The folder, which is there
    folder: PathBuf,
}

/// Prints a shell's completions.
fn completions(arguments: &Completions, mut owed: Command) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut owed, "owed", &mut script);
    written(&io::stdout().write_all(&script));
    Exit::Fine
}

/// Writes a page for owed and one for each verb.
fn man(arguments: &Man, owed: Command) -> Exit {
    match clap_mangen::generate_to(owed, &arguments.folder) {
        Ok(()) => Exit::Fine,
        Err(error) => {
            let folder = arguments.folder.display();
            complain(format_args!("no page could be written into {folder}: {error}"));
            Exit::No
        }
    }
}

/// The words of the command. Whoever asks for help with `help` gets what it is for.
pub(super) fn words(owed: &Command) -> Vec<OsString> {
    let mut words: Vec<OsString> = std::env::args_os().collect();
    let verb = words.get(1).and_then(|verb| owed.find_subcommand(verb));
    let place = if verb.is_some_and(Command::has_subcommands) { 2 } else { 1 };
    if words.get(place).is_some_and(|word| word == "help") {
        words.retain(|word| word != "--help" && word != "-h");
    }
    words
}
