//! IMAP against a real Dovecot, and against servers that misbehave.

mod dovecot;
mod odd_server;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use owed::config::settings::{Imap, Secret, Tls};
use owed::domain::ids::Address;
use owed::engine::accept::{Proof, Refused};
use owed::intake::imap::{Mailbox, Pace, Side, watch};
use owed::intake::{Condition, Way};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::desk::{Desk, PATIENCE};
use dovecot::{PASSWORD, installed};
use odd_server::{Odd, serve};

/// Everything that is a pause is short, everything that is patience is not.
fn pace() -> Pace {
    Pace {
        // Longer than any test waits: what comes, comes because it was told of.
        renew: 2 * PATIENCE,
        poll: Duration::from_millis(20),
        first_pause: Duration::from_millis(20),
        last_pause: Duration::from_millis(100),
        ..Pace::default()
    }
}

fn mailbox(port: u16, tls: Tls) -> Mailbox {
    Mailbox {
        settings: Imap {
            host: "127.0.0.1".to_owned(),
            port,
            tls,
            ca: None,
            user: "help".to_owned(),
            password: Secret::Env("UNUSED".to_owned()),
            inbox: "INBOX".to_owned(),
            sent: "Sent".to_owned(),
            owner: Address::parse("help@brook.example"),
        },
        password: SecretString::from(PASSWORD),
        since: None,
        max_message: 100_000,
        pace: pace(),
        chance: Arc::new(|| 0.5),
    }
}

fn watched(mailbox: Mailbox, side: Side, way: &Way) {
    tokio::spawn(watch(Arc::new(mailbox), side, way.clone()));
}

fn is_well(desk: &Desk) -> bool {
    matches!(desk.way.status.condition(), Condition::Well(_))
}

fn trouble(desk: &Desk) -> Option<String> {
    match desk.way.status.condition() {
        Condition::Failing(_, trouble) => Some(trouble),
        Condition::Starting | Condition::Well(_) => None,
    }
}

/// Writes down everything that is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panicked in it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn begin(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || log.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no test panicked in it")).into_owned()
    }
}

#[tokio::test]
async fn what_is_there_and_what_comes_is_taken_in_and_stays_unread() {
    let Some(server) = installed() else { return };
    let mut desk = Desk::open();
    server.deliver("inbox", "before");
    let mut encrypted = mailbox(server.tls_port, Tls::Implicit);
    encrypted.settings.ca = Some(server.certificate());
    watched(encrypted, Side::Inbox, &desk.way);
    let first = desk.next().await;
    assert_eq!(first.raw, b"Subject: before\r\n\r\nHello\r\n");
    assert_eq!(first.source, "imap help@brook.example INBOX");
    assert_eq!((first.proof, first.envelope[0].as_str()), (Proof::None, "help@brook.example"));
    assert!(first.position.is_some_and(|p| p.starts_with("imap:help@127.0.0.1/INBOX:1000:1:")));
    desk.until("all taken in", is_well).await;
    server.deliver("inbox", "while it listens");
    assert_eq!(desk.subjects(1).await, ["while it listens"]);
    assert!(server.flags("inbox").iter().all(String::is_empty), "{:?}", server.flags("inbox"));
    let key = "imap:help@127.0.0.1/INBOX";
    desk.until("the cursor", |d| d.cursor(key).as_deref() == Some("1000:2")).await;
    assert_eq!(desk.known(), 0);
}

#[tokio::test]
async fn what_was_sent_is_proved_by_where_it_lies() {
    let Some(server) = installed() else { return };
    let mut desk = Desk::open();
    watched(mailbox(server.port, Tls::None), Side::Sent, &desk.way);
    desk.until("all taken in", is_well).await;
    server.deliver("sent", "an answer");
    let sent = desk.next().await;
    assert_eq!((sent.proof, sent.envelope.len()), (Proof::Sent, 0));
    assert!(desk.is_empty());
}

#[tokio::test]
async fn starttls_encrypts_before_the_password_is_said() {
    let Some(server) = installed() else { return };
    let mut desk = Desk::open();
    server.deliver("inbox", "private");
    let mut upgraded = mailbox(server.port, Tls::StartTls);
    upgraded.settings.ca = Some(server.certificate());
    watched(upgraded, Side::Inbox, &desk.way);
    assert_eq!(desk.subjects(1).await, ["private"]);
}

#[tokio::test]
async fn a_certificate_of_nobody_known_is_refused() {
    let Some(server) = installed() else { return };
    let desk = Desk::open();
    watched(mailbox(server.tls_port, Tls::Implicit), Side::Inbox, &desk.way);
    desk.until("the trouble", |d| trouble(d).is_some()).await;
    let trouble = trouble(&desk).expect("it fails");
    assert!(trouble.contains("name the private authority's certificate with `ca`"), "{trouble}");
}

#[tokio::test]
async fn a_wrong_password_is_said_clearly_and_never_logged() {
    let Some(server) = installed() else { return };
    let (desk, log) = (Desk::open(), Log::default());
    let guard = log.begin();
    let mut wrong = mailbox(server.port, Tls::None);
    wrong.password = SecretString::from("not-the-heron");
    watched(wrong, Side::Inbox, &desk.way);
    desk.until("the trouble", |d| trouble(d).is_some()).await;
    let trouble = trouble(&desk).expect("it fails");
    assert!(trouble.starts_with("login as help was refused (["), "{trouble}");
    watched(mailbox(server.port, Tls::None), Side::Inbox, &desk.way);
    desk.until("the right one", is_well).await;
    drop(guard);
    assert!(log.text().contains("login as help was refused"), "{}", log.text());
    assert!(!log.text().contains("not-the-heron") && !log.text().contains(PASSWORD));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_said_and_found_when_it_is() {
    let Some(server) = installed() else { return };
    let mut desk = Desk::open();
    let mut other = mailbox(server.port, Tls::None);
    other.settings.sent = "Éléments envoyés".to_owned();
    watched(other, Side::Sent, &desk.way);
    desk.until("the trouble", |d| trouble(d).is_some()).await;
    let trouble = trouble(&desk).expect("it fails");
    assert!(trouble.starts_with("could not open the folder Éléments envoyés ("), "{trouble}");
    server.create("&AMk-l&AOk-ments envoy&AOk-s");
    server.deliver("&AMk-l&AOk-ments envoy&AOk-s", "réponse");
    assert_eq!(desk.subjects(1).await, ["réponse"]);
}

#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_is_found_again() {
    let Some(mut server) = installed() else { return };
    let mut desk = Desk::open();
    server.deliver("inbox", "one");
    watched(mailbox(server.port, Tls::None), Side::Inbox, &desk.way);
    assert_eq!(desk.subjects(1).await, ["one"]);
    desk.until("all taken in", is_well).await;
    server.kill();
    desk.until("the trouble", |d| trouble(d).is_some()).await;
    server.deliver("inbox", "two");
    server.start();
    assert_eq!(desk.subjects(1).await, ["two"]);
    desk.until("all taken in", is_well).await;
    assert_eq!(desk.known(), 0);
}

#[tokio::test]
async fn a_folder_made_anew_is_read_again_under_new_positions() {
    let Some(mut server) = installed() else { return };
    let mut desk = Desk::open();
    server.deliver("inbox", "one");
    watched(mailbox(server.port, Tls::None), Side::Inbox, &desk.way);
    assert!(desk.next().await.position.is_some_and(|p| p.contains(":1000:1:")));
    desk.until("all taken in", is_well).await;
    server.kill();
    server.renumber("inbox", 2000);
    server.deliver("inbox", "two");
    server.start();
    for _ in 0..2 {
        let delivery = desk.next().await;
        assert!(delivery.position.clone().is_some_and(|p| p.contains(":2000:")), "{delivery:?}");
    }
    let key = "imap:help@127.0.0.1/INBOX";
    desk.until("the cursor", |d| d.cursor(key).as_deref() == Some("2000:2")).await;
}

#[tokio::test]
async fn the_first_run_starts_where_it_is_told_and_the_next_where_it_ended() {
    let Some(server) = installed() else { return };
    let mut desk = Desk::open();
    let old = std::time::UNIX_EPOCH + Duration::from_hours(24 * 365 * 50);
    server.deliver_at("inbox", "ancient", old);
    let mut dated = mailbox(server.port, Tls::None);
    dated.since = Some("2021-01-01T00:00:00Z".parse().expect("a time"));
    watched(dated, Side::Inbox, &desk.way);
    desk.until("all taken in", is_well).await;
    assert!(desk.is_empty());
    // Moved in now, though it is as old: from here on everything new counts.
    server.deliver_at("inbox", "moved in", old);
    let moved = desk.next().await;
    assert_eq!(moved.at.to_string(), "2019-12-20T00:00:00Z");
    let way = desk.restarted();
    server.deliver("inbox", "meanwhile");
    watched(mailbox(server.port, Tls::None), Side::Inbox, &way);
    assert_eq!(desk.subjects(1).await, ["meanwhile"]);
    desk.until("all taken in", is_well).await;
    assert_eq!(desk.known(), 0);
}

#[tokio::test]
async fn a_mail_too_large_comes_with_its_beginning() {
    let Some(server) = installed() else { return };
    let mut desk = Desk::open();
    server.deliver("inbox", &"large".repeat(100));
    server.deliver("inbox", "small");
    let mut short = mailbox(server.port, Tls::None);
    short.max_message = 200;
    watched(short, Side::Inbox, &desk.way);
    let (one, two) = (desk.next().await, desk.next().await);
    assert_eq!(one.raw.len().max(two.raw.len()), 200);
    assert_eq!(one.raw.len().min(two.raw.len()), b"Subject: small\r\n\r\nHello\r\n".len());
}

/// Passes connections on, and cuts the first ones after so many bytes each.
async fn cutting(upstream: u16, cuts: Vec<usize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let mut cuts = cuts.into_iter();
        while let Ok((client, _)) = listener.accept().await {
            let limit = cuts.next().unwrap_or(usize::MAX);
            let server = TcpStream::connect(("127.0.0.1", upstream)).await.expect("it listens");
            tokio::spawn(pass(client, server, limit));
        }
    });
    port
}

async fn pass(mut client: TcpStream, server: TcpStream, mut limit: usize) {
    let (mut from_server, mut to_server) = server.into_split();
    let (mut from_client, mut to_client) = client.split();
    let back = async {
        let mut chunk = [0; 4096];
        while limit > 0 {
            let length = from_server.read(&mut chunk).await.unwrap_or(0).min(limit);
            let passed = chunk.get(..length).unwrap_or_default();
            if length == 0 || to_client.write_all(passed).await.is_err() {
                break;
            }
            limit -= length;
        }
    };
    tokio::select! {
        () = back => {}
        _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
    }
}

#[tokio::test]
async fn fifty_mails_arrive_exactly_once_over_a_line_that_breaks() {
    let Some(server) = installed() else { return };
    let mut desk = Desk::open();
    let names: Vec<String> = (0..50).map(|n| format!("m{n:02}")).collect();
    for name in &names {
        server.deliver("inbox", name);
    }
    // Of some 10,000 bytes: in the login, the sizes, the first, the last mail.
    let cuts = vec![1, 200, 900, 2500, 4000, 5500, 6000, 7001, 8002, 9003, 9504];
    let port = cutting(server.port, cuts).await;
    watched(mailbox(port, Tls::None), Side::Inbox, &desk.way);
    assert_eq!(desk.subjects(50).await, names);
    desk.until("all taken in", is_well).await;
    assert!(desk.is_empty());
}

#[tokio::test]
async fn a_store_that_refuses_gets_every_mail_later() {
    let Some(server) = installed() else { return };
    let mut desk = Desk::open();
    desk.refuse(Some(Refused::Store("disk full".to_owned())));
    server.deliver("inbox", "kept");
    watched(mailbox(server.port, Tls::None), Side::Inbox, &desk.way);
    desk.until("the trouble", |d| trouble(d).is_some_and(|t| t.contains("disk full"))).await;
    desk.refuse(None);
    assert_eq!(desk.subjects(1).await, ["kept"]);
}

#[tokio::test]
async fn a_server_that_refuses_to_tell_of_mail_is_asked() {
    let ways = [
        ("IDLE", "TAG NO no"),
        ("IDLE", "TAG BAD what"),
        ("IDLE", "+ go\r\nTAG OK enough"),
        ("", ""),
    ];
    for (offers, idle) in ways {
        let odd = Odd { offers, idle, ..Odd::default() };
        odd.has(1);
        let mut desk = Desk::open();
        watched(mailbox(serve(&odd).await, Tls::None), Side::Inbox, &desk.way);
        assert_eq!(desk.subjects(1).await, ["m1"]);
        odd.has(2);
        assert_eq!(desk.subjects(1).await, ["m2"]);
        assert_eq!(odd.was_asked("IDLE"), !offers.is_empty());
        assert!(odd.was_asked("LOGIN \"help\" \"heron-at-dawn\""), "no AUTH=PLAIN was offered");
    }
}

#[tokio::test]
async fn a_server_that_only_says_it_is_still_here_is_looked_at_all_the_same() {
    let idle = "+ idling\r\n* OK Still here\r\n* OK Still here";
    let odd = Odd { offers: "IDLE", idle, ..Odd::default() };
    let mut desk = Desk::open();
    let mut brisk = mailbox(serve(&odd).await, Tls::None);
    brisk.pace.renew = Duration::from_millis(20);
    watched(brisk, Side::Inbox, &desk.way);
    desk.until("all taken in", is_well).await;
    odd.has(1);
    assert_eq!(desk.subjects(1).await, ["m1"]);
}

#[tokio::test]
async fn a_mail_that_the_server_cannot_give_keeps_no_other_from_us() {
    let odd = Odd { broken: Some(2), ..Odd::default() };
    for uid in 1..=4 {
        odd.has(uid);
    }
    let (mut desk, log) = (Desk::open(), Log::default());
    let _guard = log.begin();
    watched(mailbox(serve(&odd).await, Tls::None), Side::Inbox, &desk.way);
    // An empty mail stands for the one that cannot be had.
    assert_eq!(desk.subjects(4).await, ["(none)", "m1", "m3", "m4"]);
    desk.until("all taken in", is_well).await;
    assert!(log.text().contains("a mail was passed by"), "{}", log.text());
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left_and_tried_again() {
    let odd = Odd { silent: true, ..Odd::default() };
    odd.has(1);
    let desk = Desk::open();
    let mut brisk = mailbox(serve(&odd).await, Tls::None);
    brisk.pace.fetch = Duration::from_millis(20);
    watched(brisk, Side::Inbox, &desk.way);
    desk.until("the trouble", |d| trouble(d).is_some()).await;
    assert_eq!(trouble(&desk).as_deref(), Some("the server did not answer in time"));
}

#[tokio::test]
async fn uids_that_are_given_again_are_read_again() {
    let odd = Odd::default();
    odd.has(1);
    let mut desk = Desk::open();
    let key = "imap:help@127.0.0.1/INBOX";
    desk.way.acceptor.advance(key, "7:9").await.expect("kept");
    watched(mailbox(serve(&odd).await, Tls::None), Side::Inbox, &desk.way);
    assert_eq!(desk.subjects(1).await, ["m1"]);
    desk.until("the cursor", |d| d.cursor(key).as_deref() == Some("7:1")).await;
}

#[tokio::test]
async fn a_server_that_will_not_encrypt_never_hears_the_password() {
    for greeting in ["* OK ready", "* PREAUTH welcome"] {
        let odd = Odd { greeting, ..Odd::default() };
        let desk = Desk::open();
        watched(mailbox(serve(&odd).await, Tls::StartTls), Side::Inbox, &desk.way);
        desk.until("the trouble", |d| trouble(d).is_some()).await;
        assert!(!odd.was_asked("LOGIN") && !odd.was_asked("AUTHENTICATE"));
    }
}

#[tokio::test]
async fn a_mail_that_comes_between_looking_and_listening_is_not_overheard() {
    let odd = Odd { offers: "IDLE", idle: "+ idling", ..Odd::default() };
    *odd.late.lock().expect("nobody has it") = Some(1);
    let mut desk = Desk::open();
    watched(mailbox(serve(&odd).await, Tls::None), Side::Inbox, &desk.way);
    assert_eq!(desk.subjects(1).await, ["m1"]);
}
