//! `owed completions` and `owed man`: what is installed beside the program, made
//! from the same words as its help.

use std::io;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use super::Exit;
use super::speak::complain;

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
pub(super) fn completions(arguments: &Completions, mut owed: Command) -> Exit {
    clap_complete::generate(arguments.shell, &mut owed, "owed", &mut io::stdout());
    Exit::Fine
}

/// Writes a page for owed and one for each verb.
pub(super) fn man(arguments: &Man, owed: Command) -> Exit {
    match clap_mangen::generate_to(owed, &arguments.folder) {
        Ok(()) => Exit::Fine,
        Err(error) => {
            let folder = arguments.folder.display();
            complain(format_args!("no page could be written into {folder}: {error}"));
            Exit::No
        }
    }
}
