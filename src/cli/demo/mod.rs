//! `owed demo`: the whole story in under a minute, on the real pipeline.
//!
//! A daemon runs on made-up mail with deadlines of seconds. The mails come in
//! through its LMTP listener, like any mail; what owed writes lies in a folder.

mod play;
mod story;

use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::speak::{complain, wait_for};

const CONFIGURATION: &str = include_str!("../../../config/demo.toml");

/// What `owed demo` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the demo keeps its database and its mails; made anew each time
    #[arg(long, value_name = "PATH", default_value = "owed-demo")]
    folder: PathBuf,
    /// End when the story is told, instead of waiting for Ctrl-C
    #[arg(long)]
    once: bool,
}

/// Runs the demo.
pub(super) fn demo(arguments: &Arguments) -> Exit {
    if let Err(error) = prepare(&arguments.folder) {
        complain(format_args!("{}: {error}", arguments.folder.display()));
        return Exit::No;
    }
    match wait_for(play::show(&arguments.folder, arguments.once)) {
        Ok(()) => Exit::Fine,
        Err(error) => {
            complain(error);
            Exit::No
        }
    }
}

/// Makes the folder anew; one that is not a demo's is left alone.
fn prepare(folder: &Path) -> std::io::Result<()> {
    let configuration = folder.join("owed.toml");
    if folder.exists() {
        let ours = std::fs::read_to_string(&configuration).is_ok_and(|text| text == CONFIGURATION);
        if !ours {
            return Err(std::io::Error::other(
                "this is no demo's folder: remove it, or name another with --folder",
            ));
        }
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(configuration, CONFIGURATION)
}
