//! Where a secret is found. A secret itself is refused, and never repeated.

use std::path::Path;

use crate::config::faults::{Fault, Faults};
use crate::config::raw::Text;
use crate::config::settings::Secret;

/// The place that `text` names.
pub(super) fn secret(text: &Text, folder: &Path, faults: &mut Faults) -> Option<Secret> {
    let written = text.get_ref().as_str();
    let (kind, name) = written.split_once(':').unwrap_or((written, ""));
    let plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let named = !name.is_empty() && name.chars().all(plain);
    let found = match kind {
        "credential" if named => Some(Secret::Credential(name.to_owned())),
        "env" if named => Some(Secret::Env(name.to_owned())),
        "file" if !name.trim().is_empty() => Some(Secret::File(folder.join(name.trim()))),
        _ => None,
    };
    if found.is_none() && ["credential", "env", "file"].contains(&kind) {
        faults.push(
            Fault::error("E-secret", format!("the name behind {kind}: is missing or no name"))
                .at(text.span())
                .right(format!("as in \"{kind}:imap-help\", without blanks")),
        );
    } else if found.is_none() {
        faults.push(
            Fault::error("E-secret", "a password does not belong in this file")
                .at(text.span())
                .label("hidden here")
                .right("say where it is found: \"credential:NAME\", \"env:NAME\" or \"file:PATH\"")
                .right("if it was a real one, change it: this file may have been copied or read"),
        );
    }
    found
}
