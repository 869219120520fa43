//! Maildirs on disk with the system's own notices.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use owed::engine::accept::{Proof, Refused};
use owed::intake::Condition;
use owed::intake::maildir::{Folder, Keep, SWEEP, watch};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::desk::{Desk, noon};

/// A sweep so often that a test need not wait for one.
const OFTEN: Duration = Duration::from_millis(20);

struct Box {
    root: TempDir,
}

impl Box {
    fn new() -> Self {
        let made = Self { root: tempfile::tempdir().expect("a folder") };
        made.create();
        made
    }

    fn create(&self) {
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(self.path().join(part)).expect("created");
        }
    }

    fn path(&self) -> PathBuf {
        self.root.path().join("journal")
    }

    /// Delivers as programs do: written in tmp, moved to new.
    fn deliver(&self, name: &str) {
        let tmp = self.path().join("tmp").join(name);
        fs::write(&tmp, format!("Subject: {name}\n\nHello\n")).expect("written");
        fs::rename(tmp, self.path().join("new").join(name)).expect("moved");
    }

    fn folder(&self) -> Folder {
        Folder {
            path: self.path(),
            proof: Proof::All,
            keep: Keep::Leave,
            since: None,
            max_message: 1000,
            sweep: SWEEP,
        }
    }

    fn source(&self) -> String {
        format!("maildir {}", self.path().display())
    }

    fn watched(&self, desk: &Desk) -> JoinHandle<()> {
        tokio::spawn(watch(self.folder(), desk.way.clone()))
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("listed")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

async fn swept(desk: &Desk) {
    desk.until("a sweep", |d| matches!(d.way.status.condition(), Condition::Well(_))).await;
}

#[tokio::test]
async fn what_lies_there_and_what_comes_is_taken_in_once_and_left() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    mailbox.deliver("before");
    fs::write(mailbox.path().join("cur/read:2,S"), "Subject: read\n\n").expect("written");
    fs::write(mailbox.path().join("tmp/partial"), "Subject: partial\n\n").expect("written");
    mailbox.watched(&desk);
    assert_eq!(desk.subjects(2).await, ["before", "read"]);
    swept(&desk).await;
    mailbox.deliver("after");
    let delivery = desk.next().await;
    assert_eq!(delivery.position, Some(format!("maildir:{}:after", mailbox.path().display())));
    assert_eq!((delivery.source, delivery.proof), (mailbox.source(), Proof::All));
    assert_eq!(delivery.at, noon(), "a delivery is never in the future");
    // A mail program reads it: the same mail under another name.
    fs::rename(mailbox.path().join("new/after"), mailbox.path().join("cur/after:2,S"))
        .expect("moved");
    mailbox.deliver("last");
    assert_eq!(desk.subjects(1).await, ["last"]);
    assert_eq!(files(&mailbox.path().join("new")), ["before", "last"]);
    assert_eq!(desk.known(), 0, "nothing is offered twice while it runs");
}

#[tokio::test]
async fn a_folder_of_ours_is_tidied_after_each_mail() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    mailbox.deliver("one");
    tokio::spawn(watch(Folder { keep: Keep::Move, ..mailbox.folder() }, desk.way.clone()));
    desk.next().await;
    mailbox.deliver("two");
    desk.next().await;
    let cur = mailbox.path().join("cur");
    desk.until("the moves", |_| files(&cur) == ["one:2,", "two:2,"]).await;
    assert!(files(&mailbox.path().join("new")).is_empty());
}

#[tokio::test]
async fn a_new_run_takes_in_what_came_meanwhile_and_rereads_no_old_file() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    mailbox.deliver("old");
    // As if everything before next year had been swept: only files that change
    // after that are read.
    let ahead = "2100-01-01T00:00:00Z".to_owned();
    desk.way.acceptor.advance(&mailbox.source(), &ahead).await.expect("kept");
    let task = mailbox.watched(&desk);
    swept(&desk).await;
    assert!(desk.is_empty());
    let way = desk.restarted();
    task.await.expect("it ends");
    // A cursor within the slack: everything since is offered, known or not.
    desk.way.acceptor.advance(&mailbox.source(), "2020-01-01T00:00:00Z").await.expect("kept");
    mailbox.deliver("meanwhile");
    tokio::spawn(watch(mailbox.folder(), way));
    assert_eq!(desk.subjects(2).await, ["meanwhile", "old"]);
    let source = mailbox.source();
    desk.until("the cursor", |d| d.cursor(&source).is_some_and(|c| c.as_str() > "2025")).await;
}

#[tokio::test]
async fn the_first_run_leaves_files_from_before_its_time_alone() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    mailbox.deliver("ancient");
    let file = fs::File::options().write(true).open(mailbox.path().join("new/ancient"));
    let ancient = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    file.expect("opened").set_modified(ancient).expect("dated");
    mailbox.deliver("recent");
    let since = Some("2020-01-01T00:00:00Z".parse().expect("a time"));
    tokio::spawn(watch(Folder { since, ..mailbox.folder() }, desk.way.clone()));
    assert_eq!(desk.subjects(1).await, ["recent"]);
    swept(&desk).await;
    assert!(desk.is_empty());
}

#[tokio::test]
async fn a_missing_folder_is_said_and_found_when_it_is_there() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    fs::remove_dir_all(mailbox.path()).expect("removed");
    tokio::spawn(watch(Folder { sweep: OFTEN, ..mailbox.folder() }, desk.way.clone()));
    desk.until("the trouble", |d| matches!(d.way.status.condition(), Condition::Failing(..))).await;
    let Condition::Failing(_, trouble) = desk.way.status.condition() else { panic!("it fails") };
    assert!(trouble.contains("create the Maildir or correct intake.maildir.paths"), "{trouble}");
    mailbox.create();
    mailbox.deliver("late");
    assert_eq!(desk.subjects(1).await, ["late"]);
    swept(&desk).await;
}

#[tokio::test]
async fn strange_files_never_stop_the_loop() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    let new = mailbox.path().join("new");
    fs::write(new.join(".hidden"), "Subject: hidden\n\n").expect("written");
    fs::create_dir(new.join("folder")).expect("created");
    std::os::unix::fs::symlink("/nonexistent", new.join("dangling")).expect("linked");
    std::os::unix::net::UnixListener::bind(new.join("socket")).expect("bound");
    fs::write(new.join("empty"), "").expect("written");
    fs::write(new.join("large"), "x".repeat(2000)).expect("written");
    std::os::unix::fs::symlink("loop", new.join("loop")).expect("linked");
    mailbox.deliver("mail");
    mailbox.watched(&desk);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        sizes.push(desk.next().await.raw.len());
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [0, 21, 1000]);
    swept(&desk).await;
    assert!(desk.is_empty());
}

#[tokio::test]
async fn an_unreadable_file_is_said_and_taken_in_once_it_can_be_read() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    // A regular file that opens and cannot be read, not even by root.
    let path = mailbox.path().join("new/locked");
    std::os::unix::fs::symlink("/proc/self/mem", &path).expect("linked");
    tokio::spawn(watch(Folder { sweep: OFTEN, ..mailbox.folder() }, desk.way.clone()));
    desk.until("the trouble", |d| matches!(d.way.status.condition(), Condition::Failing(..))).await;
    mailbox.deliver("open");
    assert_eq!(desk.subjects(1).await, ["open"]);
    fs::remove_file(&path).expect("removed");
    mailbox.deliver("locked");
    assert_eq!(desk.subjects(1).await, ["locked"]);
    swept(&desk).await;
}

#[tokio::test]
async fn a_store_that_refuses_gets_every_file_later() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    desk.refuse(Some(Refused::Store("disk full".to_owned())));
    mailbox.deliver("one");
    tokio::spawn(watch(Folder { sweep: OFTEN, ..mailbox.folder() }, desk.way.clone()));
    desk.until("the trouble", |d| matches!(d.way.status.condition(), Condition::Failing(..))).await;
    mailbox.deliver("two");
    assert_eq!(desk.cursor(&mailbox.source()), None);
    desk.refuse(None);
    assert_eq!(desk.subjects(2).await, ["one", "two"]);
}

#[tokio::test]
async fn a_flood_of_deliveries_arrives_whole() {
    let (mailbox, mut desk) = (Box::new(), Desk::open());
    mailbox.watched(&desk);
    let names: Vec<String> = (0..500).map(|n| format!("m{n:03}")).collect();
    for name in &names {
        mailbox.deliver(name);
    }
    assert_eq!(desk.subjects(500).await, names);
}
