//! How owed is seen from outside: who hangs is found out, figures are true, and nothing
//! in them says who writes to whom.

use std::io::Write;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use owed::clock::{Clock, SettableClock};
use owed::daemon::health::{Health, Posted};
use owed::engine::Engine;
use owed::engine::accept::{self, Acceptor, Proof};
use owed::engine::signed::Signatures;
use owed::mail::parse::Message;
use owed::mail::trust::Signed;
use owed::pulse::Pulse;
use owed::store::Store;
use tokio_util::sync::CancellationToken;

use crate::engine::{CONFIGURATION, at, delivery, policy};
use crate::house::{House, question, until};

/// Looks at signatures, and never comes back before it is let go.
#[derive(Debug)]
struct Stuck {
    entered: Mutex<Sender<()>>,
    go: Mutex<Receiver<()>>,
}

impl Signatures for Stuck {
    fn look<'a>(&'a self, _: &'a [u8], _: &'a Message, _: Timestamp) -> BoxFuture<'a, Signed> {
        Box::pin(async move {
            self.entered.lock().unwrap().send(()).unwrap();
            let _go = self.go.lock().unwrap().recv();
            Signed::Unseen
        })
    }
}

const SIGNED: &str = "From: Ana <ana@brook.example>\nTo: Jo <jo@customer.example>\n\
    DKIM-Signature: v=1; d=brook.example\nSubject: Re: The tap\nMessage-ID: <a@brook.example>\n\
    Date: Mon, 02 Mar 2026 09:30:00 +0000\n\nYes, on Thursday.\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_loop_that_hangs_is_found_out_and_one_that_waits_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("owed.db")).await.unwrap();
    let clock = Arc::new(SettableClock::new(at("2026-03-02T09:30:00Z")));
    let ((entered, is_in), (go, going)) = (channel(), channel());
    let stuck = Arc::new(Stuck { entered: Mutex::new(entered), go: Mutex::new(going) });
    let policy = Arc::new(policy(CONFIGURATION));
    let engine =
        Engine::new(store.clone(), policy, Vec::new(), clock.clone()).believing(stuck.clone());
    let (acceptor, requests) = Acceptor::channel(8);
    let ringing = engine.clone();
    tokio::spawn(accept::serve(store, requests, move || ringing.inward().notify_one()));
    let health = Health::new(engine.clone(), acceptor);
    let outbox = Pulse::default();
    outbox.beat(clock.now(), SignedDuration::from_hours(1));
    health.board.post(Posted { ways: Vec::new(), outbox: outbox.clone() });
    assert_eq!(health.hung().await, Some("the clock loop"), "it has not begun");
    assert!(!health.has_begun());

    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (engine, stop) = (engine.clone(), stop.clone());
        async move { engine.run(stop).await }
    });
    until(|| !engine.pulse().is_late(clock.now()), || "it never begins".to_owned()).await;
    assert_eq!(health.hung().await, None);
    assert!(health.has_begun());

    health
        .acceptor
        .accept(delivery("2026-03-02T09:30:00Z", Proof::None, SIGNED, &[]))
        .await
        .unwrap();
    tokio::task::spawn_blocking(move || is_in.recv().unwrap()).await.unwrap();
    assert_eq!(health.hung().await, None, "it may take a while");
    clock.advance(SignedDuration::from_mins(10));
    assert_eq!(health.hung().await, Some("the clock loop"));
    drop(go);
    until(|| !engine.pulse().is_late(clock.now()), || "it does not go on".to_owned()).await;
    assert_eq!(health.hung().await, None);

    clock.advance(SignedDuration::from_hours(2));
    engine.inward().notify_one();
    until(|| !engine.pulse().is_late(clock.now()), || "it does not go on".to_owned()).await;
    assert_eq!(health.hung().await, Some("the outbox"));
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_store_that_nobody_writes_any_more_is_found_out() {
    let clock = Arc::new(SettableClock::new(at("2026-03-02T09:30:00Z")));
    let store = Store::in_memory().await.unwrap();
    let engine = Engine::new(store, Arc::new(policy(CONFIGURATION)), Vec::new(), clock.clone());
    engine.pulse().beat(clock.now(), SignedDuration::ZERO);
    let (acceptor, requests) = Acceptor::channel(8);
    let health = Health::new(engine, acceptor);
    let outbox = Pulse::default();
    outbox.beat(clock.now(), SignedDuration::ZERO);
    health.board.post(Posted { ways: Vec::new(), outbox });
    drop(requests);
    assert_eq!(health.hung().await, Some("the store"));
}

#[tokio::test]
async fn whether_the_store_can_be_written_is_tried_now_and_then_however_often_it_is_asked() {
    let clock = Arc::new(SettableClock::new(at("2026-03-02T09:30:00Z")));
    let store = Store::in_memory().await.unwrap();
    let policy = Arc::new(policy(CONFIGURATION));
    let engine = Engine::new(store.clone(), policy, Vec::new(), clock.clone());
    let (acceptor, _requests) = Acceptor::channel(8);
    let health = Health::new(engine, acceptor);
    assert_eq!(health.unready().await, Vec::<String>::new());
    store.close().await;
    clock.advance(SignedDuration::from_secs(29));
    assert_eq!(health.unready().await, Vec::<String>::new(), "it was tried just now");
    clock.advance(SignedDuration::from_secs(1));
    for _ in 0..2 {
        let [why] = health.unready().await.try_into().unwrap();
        assert!(why.starts_with("the store cannot be written"), "{why}");
    }
}

const METERED: &str = r#"
[[rule]]
name = "everyone"
reply_within = "WHEN"
escalation = "late"

[escalation.late]
steps = [{ after = "0m", tell = "supervisor", any_time = true }]

[metrics]
listen = "127.0.0.1:PORT"
"#;

/// What a page answers, its head first; nothing where nobody does.
fn get(port: u16, page: &str) -> String {
    let ask = || -> std::io::Result<String> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        write!(stream, "GET {page} HTTP/1.1\r\nHost: owed.example\r\nConnection: close\r\n\r\n")?;
        std::io::read_to_string(stream)
    };
    ask().unwrap_or_default()
}

fn metered(when: &str) -> (House, u16) {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    let rest = METERED.replace("WHEN", when).replace("PORT", &port.to_string());
    (House::new(&rest), port)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn monitoring_reads_figures_that_are_true_and_name_nobody() {
    let (house, port) = metered("1s elapsed");
    let running = house.start().await;
    for name in ["first", "second"] {
        let mail = question(&format!("{name}@customer.example"), name);
        house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    }
    let robot = "From: <robot@machine.example>\r\nTo: help@brook.example\r\nSubject: Away\r\n\
        Message-ID: <x@machine.example>\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n";
    house.lmtp().await.deliver("help@brook.example", robot.as_bytes()).await.unwrap();
    running.logs("a mail was sent").await;

    let wanted = [
        "owed_cases_open 2",
        "owed_obligations{kind=\"reply\"} 2",
        "owed_obligations_overdue 2",
        "owed_outbox_mails{state=\"sent\"} ",
        "owed_messages_total{direction=\"inbound\",kind=\"human\"} 2",
        "owed_messages_total{direction=\"inbound\",kind=\"auto-reply\"} 1",
        "owed_inbound_pending 0",
        "owed_intake_up{intake=\"lmtp\"} 1",
        "owed_loop_up{loop=\"clock\"} 1",
        "owed_loop_up{loop=\"outbox\"} 1",
        concat!("owed_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ];
    let missing = || {
        let text = get(port, "/metrics");
        wanted.into_iter().find(|line| !text.contains(line)).map(|line| (line, text))
    };
    until(|| missing().is_none(), || format!("{:?}", missing())).await;
    let text = get(port, "/metrics");
    assert!(text.trim_end().ends_with("# EOF"), "{text}");
    assert!(!text.contains('@') && !text.contains(".example"), "it names somebody:\n{text}");
    assert!(get(port, "/healthz").starts_with("HTTP/1.1 200"));
    assert!(get(port, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(get(port, "/").starts_with("HTTP/1.1 404"));
    assert_eq!(running.stop().await, Some(0));
}
