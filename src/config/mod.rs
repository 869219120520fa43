//! The configuration: as written, with spans (`raw`), then checked into domain
//! types (`check`). All faults are found at once, each told as a small letter
//! to the operator (`diagnostic`).
//!
//! Nothing here reads a file, the environment or a secret: the text comes in,
//! and the folder only resolves what is written relative to it.

use std::path::Path;

use crate::domain::policy::Policy;

pub mod diagnostic;
pub mod settings;

mod check;
mod faults;
mod mask;
mod nearest;
mod raw;
mod read;

use diagnostic::Diagnostic;
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

/// Checks `text`, the configuration called `name` that lies in `folder`. Either
/// it is sound, or all that is wrong with it is told, in the order of its lines.
pub fn load(name: &str, text: &str, folder: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    let (raw, mut faults) = read::read(name, text);
    let built = raw.and_then(|raw| check::check(&raw, folder, &mut faults));
    let told = faults.told();
    match built {
        Some((policy, settings)) if !told.iter().any(Diagnostic::is_error) => {
            Ok(Loaded { policy, settings, warnings: told })
        }
        _ => Err(told),
    }
}
