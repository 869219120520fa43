//! What owed stands on gives way: the disk, the mail server, a password, the
//! database.
//!
//! The real program stays up, says what is wrong, and makes good by itself or
//! after the restart that a mended configuration needs anyway.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::house::{House, question, until};
use crate::smtp_peer::{Act, Cue, Peer, Script};

const RULE: &str = r#"
[[rule]]
name = "everyone"
reply_within = "1s elapsed"
escalation = "late"

[escalation.late]
steps = [{ after = "0m", tell = "supervisor", any_time = true }]
"#;

const SMTP: &str = r#"
[deliver.smtp]
host = "127.0.0.1"
port = PORT
tls = "none"
"#;

const LOGIN: &str = r#"user = "owed"
password = "env:OWED_TEST_PASSWORD"
"#;

const IMAP: &str = r#"
[[intake.imap]]
host = "127.0.0.1"
port = PORT
tls = "none"
user = "help@brook.example"
password = "env:OWED_TEST_PASSWORD"
"#;

fn at(port: u16, rest: &str) -> String {
    rest.replace("PORT", &port.to_string())
}

/// A port where nobody answers.
fn nobodys_port() -> u16 {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    free.local_addr().unwrap().port()
}

async fn ask_for(house: &House, name: &str) {
    let mail = question(&format!("{name}@customer.example"), name);
    let reply = house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    assert!(reply.starts_with("250"), "{reply}");
}

/// How often a mail with this in its subject was given whole.
fn arrived(peer: &Peer, name: &str) -> usize {
    let mails = peer.heard().mails;
    let about = |mail: &&Vec<u8>| {
        let text = String::from_utf8_lossy(mail).into_owned();
        text.lines().any(|line| line.starts_with("Subject: ") && line.contains(name))
    };
    mails.iter().filter(about).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_smtp_password_is_told_and_its_mail_waits_for_a_better_one() {
    let refusal = Act::Say("535 5.7.8 wrong password");
    let cue = Cue { connection: Some(0), verb: "AUTH", act: refusal };
    let script = Script { cues: vec![cue], offers: vec!["AUTH PLAIN"], ..Script::default() };
    let peer = script.start().await;
    let house = House::new(&format!("{RULE}{}{LOGIN}", at(peer.port, SMTP)));
    let running = house.start().await;
    ask_for(&house, "first").await;
    running.logs("refused the login of owed").await;
    running.logs("check user and password in [deliver.smtp]").await;
    assert_eq!(arrived(&peer, "first"), 0);
    assert_eq!(house.waiting(), ["first@customer.example"]);
    assert_eq!(running.stop().await, Some(0));

    let running = house.start().await;
    until(|| arrived(&peer, "first") == 1, || running.log()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_waits_for_a_mail_server_that_cannot_be_reached() {
    let house = House::new(&format!("{RULE}{}", at(nobodys_port(), SMTP)));
    let running = house.start().await;
    ask_for(&house, "first").await;
    running.logs("a mail could not be sent yet").await;
    assert_eq!(house.waiting(), ["first@customer.example"]);
    assert_eq!(running.stop().await, Some(0));

    let peer = Script::default().start().await;
    house.configure(&format!("{RULE}{}", at(peer.port, SMTP)));
    let running = house.start().await;
    until(|| arrived(&peer, "first") == 1, || running.log()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_cannot_be_opened_is_told_and_the_rest_goes_on() {
    let server = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = server.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = server.accept().await {
            tokio::spawn(refuse_logins(stream));
        }
    });
    for (port, words) in [
        (port, "login as help@brook.example was refused"),
        (nobodys_port(), "could not connect to 127.0.0.1"),
    ] {
        let house = House::new(&format!("{RULE}{}", at(port, IMAP)));
        let mut running = house.start().await;
        running.logs(words).await;
        ask_for(&house, "first").await;
        until(|| house.waiting() == ["first@customer.example"], || running.log()).await;
        assert!(running.is_up());
        assert!(!running.log().contains("a wrong one"), "the password is in the log");
    }
}

/// An IMAP server that knows nobody.
async fn refuse_logins(stream: tokio::net::TcpStream) -> Option<()> {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let mut stream = BufReader::new(stream);
    stream.write_all(b"* OK ready\r\n").await.ok()?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let tag = line.split(' ').next().unwrap_or_default().to_owned();
        let answer = if line.contains("CAPABILITY") {
            format!("* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n")
        } else {
            format!("{tag} NO [AUTHENTICATIONFAILED] who are you\r\n")
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_daemon_is_refused_by_the_name_of_the_first() {
    let house = House::new(RULE);
    let mut first = house.start().await;
    let mut second = house.spawn();
    assert_eq!(second.ended().await, Some(1));
    second.logs(&format!("another owed (process {}) already works on", first.pid())).await;
    assert!(first.is_up());
    ask_for(&house, "first").await;
    until(|| house.waiting() == ["first@customer.example"], || first.log()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_none_or_nowhere_ends_the_start_in_words() {
    let place = |url: &str| format!("{RULE}\n[store]\nurl = \"sqlite:{url}\"\n");
    let house = House::new(&place("owed.db"));
    for (damage, words) in [
        ("garbage", "put the last backup in its place"),
        ("cut", "put the last backup in its place"),
        ("folder", "owed.db: the database failed: "),
    ] {
        harm(&house, damage).await;
        refused(&house, words).await;
    }
    house.configure(&place("nowhere/owed.db"));
    refused(&house, "does its folder exist, and may owed write there?").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_for_mails_that_cannot_be_made_ends_the_start_in_words() {
    let house = House::new(&format!("{RULE}\n[deliver.folder]\npath = \"owed.toml/outbox\"\n"));
    refused(&house, "owed.toml/outbox, could not be made").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_that_a_mailbox_which_is_not_watched_owes_nothing() {
    let house = House::new(RULE);
    let _running = house.start().await;
    let listed = |mailbox| house.ask(&["list", "--mailbox", mailbox]);
    assert_eq!(listed("help@brook.example").status.code(), Some(0));
    let unwatched = listed("hlep@brook.example");
    assert_eq!(unwatched.status.code(), Some(2));
    let words = String::from_utf8_lossy(&unwatched.stderr).into_owned();
    assert!(words.contains("hlep@brook.example is neither a mailbox nor"), "{words}");
}

/// Makes what is at the database's place useless.
async fn harm(house: &House, damage: &str) {
    let database = house.path("owed.db");
    let _none = fs::remove_file(&database);
    match damage {
        "garbage" => fs::write(database, "this is no database\n".repeat(1000)).unwrap(),
        "folder" => fs::create_dir(database).unwrap(),
        _ => {
            let running = house.start().await;
            assert_eq!(running.stop().await, Some(0));
            let bytes = fs::read(&database).unwrap();
            fs::write(database, [&bytes[..100], &vec![0xA5; bytes.len() - 4196][..]].concat())
                .unwrap();
        }
    }
}

async fn refused(house: &House, words: &str) {
    let mut running = house.spawn();
    assert_eq!(running.ended().await, Some(1), "{}", running.log());
    running.logs(words).await;
}

/// A small disk, taken away again when dropped.
struct Disk {
    at: PathBuf,
}

impl Disk {
    /// Mounts a tmpfs; `None` where that is not allowed.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "owed-test"]).arg(at);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then(|| Self { at: at.to_owned() })
    }

    fn fill(&self) {
        let mut file = fs::File::create(self.at.join("filler")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.at.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _tried = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_puts_mail_off_and_loses_none() {
    let leave = Arc::new(Semaphore::new(0));
    let peer = Script::at("DATA", Act::Await(Arc::clone(&leave))).start().await;
    let state = "[store]\nurl = \"sqlite:state/owed.db\"\n";
    let house = House::new(&format!("{RULE}{}{state}", at(peer.port, SMTP)));
    let Some(disk) = Disk::mount(&house.path("state")) else {
        let left_out = "left out: a full disk, for only root may mount one";
        let _ = writeln!(std::io::stderr(), "{left_out}");
        return;
    };
    let mut running = house.start().await;
    ask_for(&house, "first").await;
    let at_data = || peer.heard().lines.iter().any(|line| line == "DATA");
    until(at_data, || format!("nothing is sent:\n{}", running.log())).await;

    // The mail is on its way, and the disk is full before its last moment.
    disk.fill();
    leave.add_permits(1000);
    running.logs("what became of a mail could not be recorded").await;
    assert_eq!(arrived(&peer, "first"), 0, "sent, though that could not be recorded");

    let mut lmtp = house.lmtp().await;
    let mail = question("second@customer.example", "second");
    let reply = lmtp.deliver("help@brook.example", &mail).await.unwrap();
    assert!(reply.starts_with("452 4.3.1"), "{reply}");
    assert_eq!(house.waiting(), ["first@customer.example"]);
    assert!(running.is_up());

    disk.free();
    let reply = lmtp.deliver("help@brook.example", &mail).await.unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    until(|| arrived(&peer, "second") == 1, || running.log()).await;
    assert_eq!(running.stop().await, Some(0));

    let running = house.start().await;
    until(|| arrived(&peer, "first") == 1, || running.log()).await;
    assert_eq!((arrived(&peer, "first"), arrived(&peer, "second")), (1, 1));
    assert_eq!(running.stop().await, Some(0));
}
