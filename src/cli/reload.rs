//! `owed reload`: has the daemon read its configuration again, and waits for its answer.

use clap::Args;

use super::speak::{ask, complain, refuse, say, strange};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};

/// What `owed reload` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    daemon: Daemon,
}

/// Reloads the configuration.
pub(super) fn reload(arguments: &Arguments) -> Exit {
    match ask(&arguments.daemon, &Request::Reload) {
        Ok(Answer::Said(changed)) => {
            say(changed);
            Exit::Fine
        }
        Ok(Answer::NotTaken(why)) => {
            complain("the configuration is not taken, the one before holds:");
            refuse(&why)
        }
        Ok(_) => strange(),
        Err(exit) => exit,
    }
}
