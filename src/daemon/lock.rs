//! One daemon for one state: a lock that the system drops when we end.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Held as long as the daemon runs.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Why the state could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Locked {
    /// Another daemon has it.
    #[error("another owed (process {pid}) already works on {path}: stop it first")]
    Taken {
        /// The lock.
        path: PathBuf,
        /// Whose it is.
        pid: String,
    },
    /// The lock could not be made.
    #[error(
        "{path} could not be opened: {error}: does its folder exist, and may owed write there?"
    )]
    System {
        /// The lock.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl Lock {
    /// Takes the lock that belongs to the database at `store`, by whatever link it is named.
    pub(super) fn take(store: &Path) -> Result<Self, Locked> {
        let real = store.canonicalize().unwrap_or_else(|_| store.to_owned());
        let path = real.with_extension("lock");
        let system = |error| Locked::System { path: path.clone(), error };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(system)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // Only for the message: an unreadable name changes nothing.
                let _unread = file.read_to_string(&mut pid);
                return Err(Locked::Taken { path: path.clone(), pid: pid.trim().to_owned() });
            }
            Err(TryLockError::Error(error)) => return Err(system(error)),
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(system)?;
        writeln!(file, "{}", std::process::id()).map_err(system)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_database_is_one_by_whatever_link_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("owed.db"), folder.path().join("other.db"));
        File::create(&real).unwrap();
        symlink(&real, &link).unwrap();
        let held = Lock::take(&real).unwrap();
        assert!(matches!(Lock::take(&link), Err(Locked::Taken { .. })));
        drop(held);
        Lock::take(&link).unwrap();
    }
}
