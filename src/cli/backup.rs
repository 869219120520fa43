//! `owed backup FILE`: all that owed knows, as it is at this moment, in a file for safe keeping.
//!
//! It reads the database itself, beside a daemon that may be running. The file is there
//! whole or not at all, and whoever reads it reads everybody's mail, so it is private.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::speak::{complain, find, load, say, wait_for};
use crate::store::Store;

/// What `owed backup` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to write; one of this name is replaced
    file: PathBuf,
    /// The daemon's configuration; else ./owed.toml or /etc/owed/owed.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Writes the copy.
pub(super) fn backup(arguments: &Arguments) -> Exit {
    let loaded = match find(arguments.config.as_ref()).and_then(|path| load(&path)) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let (store, copy) = (loaded.settings.store, &arguments.file);
    match wait_for(async { Ok(Store::copy(&store, copy).await) }) {
        Ok(Ok(())) => {
            say(format_args!("{} is copied to {}", store.display(), copy.display()));
            Exit::Fine
        }
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Exit {
    complain(format_args!("no copy was made: {error}"));
    Exit::No
}
