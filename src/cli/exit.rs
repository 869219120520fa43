//! How a verb ends: what scripts may rely on.

use std::process::ExitCode;

/// How a verb ended, by its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Yes, or fine.
    Fine = 0,
    /// No: something is owed, or a check failed.
    No = 1,
    /// The words of the command make no sense.
    Usage = 2,
    /// The daemon cannot be reached.
    Unreachable = 3,
    /// The configuration is not valid.
    Configuration = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
