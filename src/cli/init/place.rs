//! Where the answers go: one file that is there whole or not at all, and beside it the
//! passwords, which only their reader may read.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use super::page::CREDENTIALS;

/// What is in a place before anything is written there.
pub(super) enum There {
    /// Nothing, or a file of remarks.
    Nothing,
    /// A file that says something.
    Something,
    /// A folder, a device, a pipe: nothing that a file may take the place of.
    NoFile,
}

/// What is at `path`; of a device nothing is read.
pub(super) fn there(path: &Path) -> There {
    let remark = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return There::Nothing,
        Ok(found) if !found.is_file() => return There::NoFile,
        _ => {}
    }
    match fs::read_to_string(path) {
        Ok(text) if text.lines().all(remark) => There::Nothing,
        _ => There::Something,
    }
}

/// Writes the passwords first, so that a file that is there finds them.
pub(super) fn write(
    path: &Path,
    text: &str,
    passwords: &BTreeMap<&str, SecretString>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !passwords.is_empty() {
        let inside = folder.join(CREDENTIALS);
        if !inside.is_dir() {
            fs::create_dir(&inside)?;
            fs::set_permissions(&inside, Permissions::from_mode(0o700))?;
        }
        for (name, password) in passwords {
            replace(&inside.join(name), password.expose_secret(), 0o600)?;
        }
    }
    replace(path, text, 0o640)?;
    // Whoever may look into the folder may read the file: the service, by its group. Who
    // may not give it away runs owed themselves.
    match chown(path, None, Some(fs::metadata(folder)?.gid())) {
        Err(error) if error.kind() != io::ErrorKind::PermissionDenied => Err(error),
        _ => Ok(()),
    }
}

/// Puts a whole new file in the place of `path`.
fn replace(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let new = path.with_extension("new");
    let _old = fs::remove_file(&new);
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(mode).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)
}
