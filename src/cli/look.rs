//! The verbs that look at what the daemon knows and change nothing.

use clap::Subcommand;

use super::{Exit, leave, list, show, transcript};

/// What is looked at.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// List what is owed, earliest due first
    List(list::Arguments),
    /// Show a case: what it owes, what happened, who was told
    Show(show::Arguments),
    /// Write down what a contact and we said to each other in a case
    Transcript(transcript::Arguments),
    /// Ask whether somebody may leave: exit code 0 for yes, 1 for no
    Leave(leave::Arguments),
}

/// Looks.
pub(super) fn look(verb: &Verb) -> Exit {
    match verb {
        Verb::List(arguments) => list::list(arguments),
        Verb::Show(arguments) => show::show(arguments),
        Verb::Transcript(arguments) => transcript::transcript(arguments),
        Verb::Leave(arguments) => leave::leave(arguments),
    }
}
