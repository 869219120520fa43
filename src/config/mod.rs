//! The configuration: as written, with spans (`raw`), then checked into domain
//! types (`check`). All faults are found at once, each told as a small letter
//! to the operator (`diagnostic`).
//!
//! Nothing here reads a file, the environment or a secret: the text comes in,
//! the folder resolves what is written relative to it, and whoever calls hands in
//! how the calendar files beside it are read.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::policy::Policy;

pub mod diagnostic;
pub mod settings;

mod check;
mod faults;
mod ics;
mod mask;
mod nearest;
mod raw;
mod read;

use diagnostic::{Diagnostic, Level};
pub use ics::MOST_BYTES;
use settings::Settings;

/// A configuration without an error.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What cases are judged by.
    pub policy: Policy,
    /// What the daemon's edges are built from.
    pub settings: Settings,
    /// What the operator should know nevertheless.
    pub warnings: Vec<Diagnostic>,
}

impl Loaded {
    /// Itself, unless a file that it names is not there. A check may be made where
    /// the files are not; who is to be told of lateness must not work without them.
    pub fn with_every_file(self) -> Result<Self, Vec<Diagnostic>> {
        if !self.warnings.iter().any(|letter| letter.code == check::FILE_IS_MISSING) {
            return Ok(self);
        }
        let mut told = self.warnings;
        for letter in &mut told {
            if letter.code == check::FILE_IS_MISSING {
                letter.level = Level::Error;
            }
        }
        told.sort_by_key(|letter| letter.level);
        Err(told)
    }
}

/// What lies beside a configuration.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// Where it lies; paths are seen from here.
    pub folder: &'a Path,
    /// How a file is read. Of a larger one than [`MOST_BYTES`], one byte more.
    pub read: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
    /// What the entries of a folder are called.
    pub list: &'a dyn Fn(&Path) -> io::Result<Vec<String>>,
}

/// Checks `text`, the configuration called `name` that would lie in `folder`, with
/// no file beside it.
pub fn load(name: &str, text: &str, folder: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    let read = |_: &Path| Err(io::ErrorKind::NotFound.into());
    let list = |_: &Path| Err(io::ErrorKind::NotFound.into());
    load_beside(name, text, Beside { folder, read: &read, list: &list })
}

/// Where the daemon of a configuration in `folder` hears commands. One who has just made a
/// mistake in the file still wants to ask it, so that nothing else is checked.
pub fn socket(text: &str, folder: &Path) -> Option<PathBuf> {
    let (raw, mut faults) = read::read("", text);
    raw.map(|raw| check::control_socket(&raw, folder, &mut faults))
}

/// Checks `text`, the configuration called `name`. Either it is sound, or all that
/// is wrong with it is told, in the order of its lines.
pub fn load_beside(name: &str, text: &str, beside: Beside<'_>) -> Result<Loaded, Vec<Diagnostic>> {
    let (raw, mut faults) = read::read(name, text);
    let built = raw.and_then(|raw| check::check(&raw, beside, &mut faults));
    let told = faults.told();
    match built {
        Some((policy, settings)) if !told.iter().any(Diagnostic::is_error) => {
            Ok(Loaded { policy, settings, warnings: told })
        }
        _ => Err(told),
    }
}
