//! Folders in Maildir form: what is delivered to `new` or moved to `cur`.
//!
//! The system tells of new names; a sweep at the start, every ten minutes and
//! whenever events were lost finds what it did not tell of. Files stay as they
//! are unless the folder is ours ([`Keep::Move`]). `tmp` is never looked at.
//!
//! What was read is remembered in two ways. While we run: a hash of every name
//! that the folder lists. From one run to the next: a cursor, the moment up to
//! which a whole sweep took everything in. A file whose inode has not changed
//! since then is not read again: coming into a folder, by link or by rename,
//! changes the inode. Some files are offered twice that way, and none is missed;
//! the store knows a position that it has.

mod folder;
mod notice;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use self::folder::{Entry, Gone, base_name};
use self::notice::{Notice, Watch};
use super::Way;
use crate::domain::rule::Channel;
use crate::engine::accept::{Delivery, Proof, Refused};

/// How far a clock may have been set back without a file being missed.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// How often every name is looked at, whatever the system told.
pub const SWEEP: Duration = Duration::from_mins(10);

/// How long to wait for a store that refuses.
const RETRY: Duration = Duration::from_secs(30);

/// What becomes of a file in `new` after it was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// It stays where it is: the folder is somebody's mailbox.
    Leave,
    /// It moves to `cur`: the folder is a journal of ours alone.
    Move,
}

/// A folder to watch.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Where: the folder that has `new` and `cur`.
    pub path: PathBuf,
    /// What a mail from here proves.
    pub proof: Proof,
    /// What becomes of its files.
    pub keep: Keep,
    /// On the very first run, files delivered before this are not read.
    pub since: Option<Timestamp>,
    /// Of a larger file only so many bytes are taken: enough for a verdict.
    pub max_message: usize,
    /// How often to sweep; [`SWEEP`] unless there is a reason.
    pub sweep: Duration,
}

/// Takes in what comes to `folder` until it is told to stop.
pub async fn watch(folder: Folder, way: Way) {
    let source = format!("maildir {}", folder.path.display());
    let mut reader = Reader { folder, way, source, seen: HashSet::new(), reached: None };
    let stop = reader.way.stop.clone();
    tokio::select! {
        () = stop.cancelled() => {}
        () = reader.run() => {}
    }
}

/// The daemon is ending, or the store could not write.
enum Stopped {
    Closing,
    Later,
}

struct Reader {
    folder: Folder,
    way: Way,
    source: String,
    /// Hashes of the names that need not be read again.
    seen: HashSet<u64>,
    /// The latest change of all that was taken in.
    reached: Option<Timestamp>,
}

impl Reader {
    async fn run(&mut self) {
        loop {
            // Armed before the sweep: what comes during it is told of.
            let watch = Watch::arm(&self.folder.path);
            let swept = match &watch {
                Ok(_) => self.sweep().await,
                Err(trouble) => {
                    self.fails(trouble);
                    Ok(())
                }
            };
            let pause = match swept {
                Err(Stopped::Closing) => return,
                Err(Stopped::Later) => RETRY.min(self.folder.sweep),
                Ok(()) => self.folder.sweep,
            };
            tokio::select! {
                () = sleep(pause) => {}
                followed = self.follow(watch.ok()) => match followed {
                    Err(Stopped::Closing) => return,
                    Err(Stopped::Later) => sleep(RETRY.min(self.folder.sweep)).await,
                    Ok(()) => {}
                },
            }
        }
    }

    /// Reads what the system tells of, until it has lost count.
    async fn follow(&mut self, watch: Option<Watch>) -> Result<(), Stopped> {
        let Some(mut watch) = watch else { return std::future::pending().await };
        loop {
            match watch.next().await {
                Notice::Came(path) => {
                    if let Some(entry) = self.unseen(&path).await {
                        self.take(&entry).await?;
                    }
                }
                Notice::Lost => return Ok(()),
            }
        }
    }

    /// Looks at every name, and moves the cursor if nothing failed.
    async fn sweep(&mut self) -> Result<(), Stopped> {
        let cursor = match self.way.acceptor.cursor(&self.source).await {
            Ok(cursor) => cursor.and_then(|text| text.parse::<Timestamp>().ok()),
            Err(refused) => return Err(self.refused(&refused)),
        };
        let listed = match folder::list(&self.folder.path).await {
            Ok(listed) => listed,
            Err(trouble) => {
                self.fails(&trouble);
                return Ok(());
            }
        };
        let names: HashSet<u64> = listed.iter().map(|path| folder::name_hash(path)).collect();
        self.seen.retain(|name| names.contains(name));
        let mut entries = Vec::new();
        for path in &listed {
            entries.extend(self.unseen(path).await);
        }
        entries.sort_by(|a, b| (a.delivered, &a.path).cmp(&(b.delivered, &b.path)));
        let mut whole = true;
        for entry in entries {
            if self.is_old(&entry, cursor) {
                self.seen.insert(folder::name_hash(&entry.path));
            } else {
                whole &= self.take(&entry).await?;
            }
        }
        if whole {
            self.way.status.well((self.way.now)());
            self.advance(cursor).await?;
        }
        Ok(())
    }

    /// Whether an earlier run took it in, or it is older than anybody asked for.
    fn is_old(&self, entry: &Entry, cursor: Option<Timestamp>) -> bool {
        match cursor {
            Some(cursor) => entry.changed < cursor.saturating_sub(SLACK).unwrap_or(cursor),
            None => self.folder.since.is_some_and(|since| entry.delivered < since),
        }
    }

    async fn advance(&self, cursor: Option<Timestamp>) -> Result<(), Stopped> {
        let Some(reached) = self.reached.filter(|reached| cursor < Some(*reached)) else {
            return Ok(());
        };
        let told = self.way.acceptor.advance(&self.source, &reached.to_string()).await;
        told.map_err(|refused| self.refused(&refused))
    }

    /// The file at `path`, unless it was read, has gone, or is no mail.
    async fn unseen(&self, path: &Path) -> Option<Entry> {
        if self.seen.contains(&folder::name_hash(path)) {
            return None;
        }
        folder::entry(path).await
    }

    /// Reads and hands over one file. `false` when it could not be read now.
    async fn take(&mut self, entry: &Entry) -> Result<bool, Stopped> {
        let raw = match folder::read(&entry.path, self.folder.max_message).await {
            Ok(raw) => raw,
            // A mail program moved it: the system tells of its new name.
            Err(Gone::Moved) => return Ok(true),
            Err(Gone::Unreadable(error)) => {
                self.fails(&format!(
                    "could not read {}: {error}; let owed read it, it is tried again",
                    entry.path.display()
                ));
                return Ok(false);
            }
        };
        let now = (self.way.now)();
        let delivery = Delivery {
            position: Some(self.position(&entry.path)),
            source: self.source.clone(),
            at: entry.delivered.min(now),
            envelope: Vec::new(),
            proof: self.folder.proof,
            channel: Channel::Email,
            raw,
        };
        match self.way.acceptor.accept(delivery).await {
            Ok(_) => {
                self.seen.insert(folder::name_hash(&entry.path));
                self.reached = self.reached.max(Some(entry.changed));
                if self.folder.keep == Keep::Move {
                    self.settle(&entry.path).await;
                }
                Ok(true)
            }
            Err(refused) => Err(self.refused(&refused)),
        }
    }

    /// Moves a file from `new` to `cur`; where it fails it only stays in `new`.
    async fn settle(&self, path: &Path) {
        if let Err(error) = folder::settle(&self.folder.path, path).await {
            tracing::warn!(
                "{} could not be moved to cur: let owed write to the folder: {error}",
                path.display()
            );
        }
    }

    fn position(&self, path: &Path) -> String {
        format!("maildir:{}:{}", self.folder.path.display(), base_name(path))
    }

    fn fails(&self, trouble: &str) {
        tracing::warn!("{}: {trouble}", self.source);
        self.way.status.failing((self.way.now)(), trouble);
    }

    fn refused(&self, refused: &Refused) -> Stopped {
        match refused {
            Refused::Closing => Stopped::Closing,
            Refused::Store(_) => {
                self.fails(&format!("{refused}; the files stay and are tried again"));
                Stopped::Later
            }
        }
    }
}
