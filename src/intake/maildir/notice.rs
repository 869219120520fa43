//! What the system tells of a Maildir: a name came, or count was lost.
//!
//! The only place that knows notify. It never blocks the thread that tells:
//! what does not fit in the queue is answered by a sweep.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use notify::event::{EventKind, ModifyKind, RenameMode};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use super::folder::missing;

/// How many names may wait to be read.
const WAITING: usize = 4096;

/// One thing that the system told.
#[derive(Debug)]
pub(super) enum Notice {
    /// A file came under this name.
    Came(PathBuf),
    /// Names may have been missed: sweep.
    Lost,
}

/// A watch on `new` and `cur`; it ends when it is dropped.
pub(super) struct Watch {
    notices: mpsc::Receiver<Notice>,
    lost: Arc<AtomicBool>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches from now on. What cannot be watched is said in words.
    pub(super) fn arm(folder: &Path) -> Result<Self, String> {
        let (tell, notices) = mpsc::channel(WAITING);
        let lost = Arc::new(AtomicBool::new(false));
        let overflow = Arc::clone(&lost);
        let told = move |event: notify::Result<notify::Event>| {
            for notice in notices_of(event) {
                if tell.try_send(notice).is_err() {
                    overflow.store(true, Ordering::Release);
                }
            }
        };
        let mut watcher =
            notify::recommended_watcher(told).map_err(|error| missing(folder, &error))?;
        for part in ["new", "cur"] {
            let part = folder.join(part);
            let armed = watcher.watch(&part, RecursiveMode::NonRecursive);
            armed.map_err(|error| missing(&part, &error))?;
        }
        Ok(Self { notices, lost, _watcher: watcher })
    }

    /// The next thing that was told.
    pub(super) async fn next(&mut self) -> Notice {
        let notice = self.notices.recv().await.unwrap_or(Notice::Lost);
        if self.lost.swap(false, Ordering::AcqRel) { Notice::Lost } else { notice }
    }
}

fn notices_of(event: notify::Result<notify::Event>) -> Vec<Notice> {
    let Ok(event) = event else { return vec![Notice::Lost] };
    if event.need_rescan() {
        return vec![Notice::Lost];
    }
    match event.kind {
        EventKind::Create(_) => event.paths.into_iter().map(Notice::Came).collect(),
        EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => {
            // Of a rename inside the folder the new name is the last.
            event.paths.into_iter().last().map(Notice::Came).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
