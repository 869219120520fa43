//! One Maildir on disk: its names, its files, their times.
//!
//! Knows nothing of what was read before; that is the reader's.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio::fs;
use tokio::io::AsyncReadExt;

/// A file that may be a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it is.
    pub path: PathBuf,
    /// When it was written: the delivery.
    pub delivered: Timestamp,
    /// When its inode changed last: it was linked, moved or flagged.
    pub changed: Timestamp,
}

/// Why a file that was listed was not read.
#[derive(Debug)]
pub(super) enum Gone {
    /// It is not there any more under this name.
    Moved,
    /// It is there and cannot be read.
    Unreadable(io::Error),
}

/// The paths in `new`, then those in `cur`: a file that moves meanwhile is
/// listed at least once. What is missing is said in words.
pub(super) async fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut paths = Vec::new();
    for part in ["new", "cur"] {
        let part = folder.join(part);
        names(&part, &mut paths).await.map_err(|error| missing(&part, &error))?;
    }
    Ok(paths)
}

/// What to say of a folder that cannot be watched.
pub(super) fn missing(part: &Path, error: &dyn std::fmt::Display) -> String {
    format!(
        "could not watch {}: {error}; create the Maildir or correct intake.maildir.paths, it is \
         looked for again",
        part.display()
    )
}

/// A regular file's times, if it is one and still there.
pub(super) async fn entry(path: &Path) -> Option<Entry> {
    let name = path.file_name()?.to_string_lossy();
    if name.starts_with('.') {
        return None;
    }
    // A pipe would be waited on for ever; only files are mails.
    let found = fs::metadata(path).await.ok().filter(std::fs::Metadata::is_file)?;
    let time = |seconds, nanos: i64| {
        let nanos = i32::try_from(nanos).unwrap_or(0);
        Timestamp::new(seconds, nanos).unwrap_or(Timestamp::UNIX_EPOCH)
    };
    Some(Entry {
        path: path.to_owned(),
        delivered: time(found.mtime(), found.mtime_nsec()),
        changed: time(found.ctime(), found.ctime_nsec()),
    })
}

/// The first `max` bytes of a file.
pub(super) async fn read(path: &Path, max: usize) -> Result<Vec<u8>, Gone> {
    let gone = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Gone::Moved,
        _ => Gone::Unreadable(error),
    };
    let file = fs::File::open(path).await.map_err(gone)?;
    let mut raw = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut raw).await.map_err(gone)?;
    Ok(raw)
}

/// Moves a file that lies in `new` to `cur`, with no flags set.
pub(super) async fn settle(folder: &Path, path: &Path) -> io::Result<()> {
    let new = folder.join("new");
    let Some(name) = path.file_name().filter(|_| path.parent() == Some(&new)) else {
        return Ok(());
    };
    let mut settled = name.to_owned();
    if !name.to_string_lossy().contains(":2,") {
        settled.push(":2,");
    }
    match fs::rename(path, folder.join("cur").join(settled)).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file's name without its flags: it stays the same for the mail's life.
pub(super) fn base_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split_once(":2,").map_or(&*name, |(base, _)| base).to_owned()
}

/// A number for a file's base name: a folder of a million mails is remembered
/// in some megabytes.
pub(super) fn name_hash(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    base_name(path).hash(&mut hasher);
    hasher.finish()
}

async fn names(part: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut listing = fs::read_dir(part).await?;
    while let Some(entry) = listing.next_entry().await? {
        paths.push(entry.path());
    }
    Ok(())
}
