//! Secrets: found where the configuration says, when they are needed, and
//! handed on in a wrapper that never prints them.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use crate::config::settings::Secret;

/// Why a secret could not be had.
#[derive(Debug, thiserror::Error)]
pub enum NoSecret {
    /// systemd gave us no credentials at all.
    #[error(
        "credential:{0} is wanted, but systemd gave no credentials: \
         add LoadCredential={0}:/path to the unit"
    )]
    NoCredentials(String),
    /// The environment does not have it.
    #[error("env:{0} is wanted, but the environment has no {0}")]
    NotInEnvironment(String),
    /// The file could not be read.
    #[error("the secret in {path} could not be read: {error}")]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// Why it could not be read.
        error: std::io::Error,
    },
}

/// Reads a secret: the first line of what is found.
pub(super) fn resolve(secret: &Secret) -> Result<SecretString, NoSecret> {
    match secret {
        Secret::Credential(name) => {
            let folder = variable("CREDENTIALS_DIRECTORY");
            let folder = folder.ok_or_else(|| NoSecret::NoCredentials(name.clone()))?;
            first_line(PathBuf::from(folder).join(name))
        }
        Secret::Env(name) => variable(name)
            .map(SecretString::from)
            .ok_or_else(|| NoSecret::NotInEnvironment(name.clone())),
        Secret::File(path) => first_line(path.clone()),
    }
}

/// Whether there is nothing in it.
pub(super) fn is_blank(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

#[expect(clippy::disallowed_methods, reason = "secrets may be handed over in the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn first_line(path: PathBuf) -> Result<SecretString, NoSecret> {
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(SecretString::from(text.lines().next().unwrap_or_default())),
        Err(error) => Err(NoSecret::Unreadable { path, error }),
    }
}
