//! What lies on this machine's disk: whether it is there, and who may read it.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::config::settings::{Deliver, Secret, Settings};
use crate::daemon::probe::Tried;

/// Everybody else on this machine.
const OTHERS: u32 = 0o007;

/// A file may be written while it is looked at.
const JUST_NOW: SignedDuration = SignedDuration::from_secs(60);

/// The database, its folder, and the passwords in files.
pub(super) fn places(settings: &Settings, now: Timestamp) -> Vec<Tried> {
    let mut tried = vec![folder(&settings.store), database(&settings.store, now)];
    tried.extend(secrets(settings).map(kept));
    tried
}

fn folder(store: &Path) -> Tried {
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    Tried::new(
        format!("{} is there for the database", folder.display()),
        match fs::metadata(folder) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err("it is no folder".to_owned()),
            Err(error) => {
                Err(format!("{error}; make it, and give it to the user that owed runs as"))
            }
        },
    )
}

/// Mails are in it, and it tells when it was written last.
fn database(store: &Path, now: Timestamp) -> Tried {
    let what = format!("{} is nobody else's to read", store.display());
    Tried::new(
        what,
        match fs::metadata(store) {
            Ok(found) if is_open(&found) => Err(close(store)),
            Ok(found) => of_this_time(&found, now),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
            Err(error) => Err(error.to_string()),
        },
    )
}

/// A clock that was put back makes what is due wait.
fn of_this_time(found: &Metadata, now: Timestamp) -> Result<(), String> {
    let written = found.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
    match written {
        Some(at) if at.duration_since(now) > JUST_NOW => {
            Err(format!("it was written at {at}, which is still to come: is the clock right?"))
        }
        _ => Ok(()),
    }
}

fn kept(path: &Path) -> Tried {
    Tried::new(
        format!("{} is nobody else's to read", path.display()),
        match fs::metadata(path) {
            Ok(found) if is_open(&found) => Err(close(path)),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        },
    )
}

fn is_open(found: &Metadata) -> bool {
    found.permissions().mode() & OTHERS != 0
}

fn close(path: &Path) -> String {
    format!("everybody on this machine may: chmod o= {}", path.display())
}

/// The files that secrets are in.
fn secrets(settings: &Settings) -> impl Iterator<Item = &Path> {
    let imap = settings.imap.iter().map(|imap| &imap.password);
    let smtp = match &settings.deliver {
        Deliver::Smtp(smtp) => smtp.login.as_ref().map(|(_, secret)| secret),
        Deliver::Folder(_) => None,
    };
    let web = settings.web.iter().flat_map(|web| &web.tokens).map(|token| &token.secret);
    imap.chain(smtp).chain(web).filter_map(|secret| match secret {
        Secret::File(path) => Some(path.as_path()),
        Secret::Credential(_) | Secret::Env(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(found: &Metadata, seconds: i64) -> Timestamp {
        let written = Timestamp::try_from(found.modified().unwrap()).unwrap();
        written.checked_add(SignedDuration::from_secs(seconds)).unwrap()
    }

    #[test]
    fn a_database_that_others_may_read_or_that_comes_from_the_future_is_not_well() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("owed.db");
        fs::write(&store, "mails").unwrap();
        for (mode, seconds, well) in
            [(0o600, 5, true), (0o660, -30, true), (0o604, 5, false), (0o600, -90, false)]
        {
            fs::set_permissions(&store, fs::Permissions::from_mode(mode)).unwrap();
            let now = at(&fs::metadata(&store).unwrap(), seconds);
            let tried = database(&store, now);
            assert_eq!(tried.is_well(), well, "{mode:o} {seconds}: {tried}");
        }
        assert!(!super::folder(&folder.path().join("gone/owed.db")).is_well());
    }
}
