//! Receipts: what says that one is wanted, everything that says that none is, and two
//! daemons, robots and an echo that would write for ever.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mail_parser::{MessageParser, MimeHeaders};
use owed::clock::{Clock, SettableClock};
use owed::config;
use owed::domain::effect::Purpose;
use owed::domain::ids::{Address, Party};
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::outbox::courier::Courier;
use owed::outbox::memory::Memory;
use owed::outbox::stationery::Stationery;
use owed::outbox::transport::Transport;
use owed::pulse::Pulse;
use owed::random::SeededRandom;
use owed::store::{About, Store};

use crate::engine::{CONFIGURATION, QUESTION, Room, policy};

const NINE: &str = "2026-03-02T09:00:00Z";

/// A room in which every rule wants receipts.
async fn room() -> Room {
    let text = CONFIGURATION.replace("escalation = \"", "receipt = true\nescalation = \"");
    Room::with(policy(&text)).await
}

async fn receipts(room: &Room) -> usize {
    let is = |about: &About| matches!(about, About::Case(_, n) if n.purpose == Purpose::Receipt);
    room.waiting().await.iter().filter(|notice| is(&notice.about)).count()
}

#[tokio::test]
async fn a_receipt_is_for_a_person_outside_who_is_vouched_for_and_wrote_to_us_alone() {
    let plain = room().await;
    plain.takes(NINE, Proof::All, QUESTION).await;
    assert_eq!(receipts(&plain).await, 1);

    let with = |header: &str| QUESTION.replace("Subject:", &format!("{header}\nSubject:"));
    let to_us = "To: Ana <ana@brook.example>";
    for (mail, proof) in [
        (QUESTION.to_owned(), Proof::None),
        (with("Auto-Submitted: auto-replied"), Proof::All),
        (with("Auto-Submitted: auto-generated"), Proof::All),
        (with("Precedence: bulk"), Proof::All),
        (with("List-Id: <taps.customer.example>"), Proof::All),
        (with("List-Unsubscribe: <mailto:off@customer.example>"), Proof::All),
        (with("X-Auto-Response-Suppress: OOF"), Proof::All),
        (with("Return-Path: <>"), Proof::All),
        (with("Reply-To: Vi <vi@other.example>"), Proof::All),
        (with("Resent-From: Vi <vi@other.example>"), Proof::All),
        (QUESTION.replace("jo@customer", "mailer-daemon@customer"), Proof::All),
        (QUESTION.replace("jo@customer", "no-reply@customer"), Proof::All),
        (QUESTION.replace("jo@customer", "ben@brook"), Proof::All),
        (QUESTION.replace(to_us, "To: vi@other.example\nCc: ana@brook.example"), Proof::All),
        (QUESTION.replace(to_us, "To: undisclosed-recipients:;"), Proof::All),
        (QUESTION.replace("Could you come by?", "Never mind, I fixed it myself."), Proof::All),
    ] {
        let room = room().await;
        room.takes(NINE, proof, &mail).await;
        assert_eq!(receipts(&room).await, 0, "{mail}");
    }

    let off = Room::open().await;
    off.takes(NINE, Proof::All, QUESTION).await;
    assert_eq!(receipts(&off).await, 0, "it is off unless a rule wants it");
}

#[tokio::test]
async fn only_what_begins_a_case_has_a_receipt() {
    let room = room().await;
    room.takes(NINE, Proof::All, QUESTION).await;
    let more = QUESTION
        .replace("<q@", "<r@")
        .replace("Subject:", "In-Reply-To: <q@customer.example>\nSubject:");
    room.takes("2026-03-02T09:10:00Z", Proof::All, &more).await;
    assert_eq!(receipts(&room).await, 1);
}

/// How long it is looked at, and for how long somebody writes by themselves.
const DAYS: i64 = 30;
const BUSY: i64 = 5;

/// Who writes by themselves, four times a day: people at the other daemon too, and that
/// daemon's own address.
const WRITERS: [(&str, &str); 7] = [
    ("away@robot.example", "help@brook.example"),
    ("silent@robot.example", "help@brook.example"),
    ("full@robot.example", "ana@brook.example"),
    ("echo@robot.example", "help@brook.example"),
    ("ana@dale.example", "help@brook.example"),
    ("owed@dale.example", "help@brook.example"),
    ("help@brook.example", "help@dale.example"),
];

/// Somebody of the world outside who answers whatever they get.
struct Robot {
    address: &'static str,
    answers: fn(&Post) -> String,
}

/// A mail on its way from one to another.
#[derive(Clone)]
struct Post {
    at: Timestamp,
    from: String,
    to: String,
    raw: String,
}

/// Each in their own way: on holiday and says so in a header, or not; a server that
/// sends everything back; one that returns the very words as a new mail.
const ROBOTS: [Robot; 4] = [
    Robot { address: "away@robot.example", answers: away },
    Robot { address: "silent@robot.example", answers: silent },
    Robot { address: "full@robot.example", answers: bounce },
    Robot { address: "echo@robot.example", answers: echo },
];

fn away(post: &Post) -> String {
    reply(post, "Auto-Submitted: auto-replied\r\n", "I am out of the office until Monday.")
}

fn silent(post: &Post) -> String {
    reply(post, "", "Thank you for your message. We moved! When can we welcome you?")
}

fn heads(post: &Post) -> (String, String, String) {
    let mail = MessageParser::default().parse(post.raw.as_bytes()).expect("it is a mail");
    let id = mail.message_id().unwrap_or_default().to_owned();
    let text = mail.body_text(0).unwrap_or_default().into_owned();
    (id, mail.subject().unwrap_or_default().to_owned(), text)
}

fn date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

fn reply(post: &Post, mark: &str, words: &str) -> String {
    let (id, subject, _) = heads(post);
    format!(
        "From: {}\r\nTo: {}\r\nSubject: Re: {subject}\r\nIn-Reply-To: <{id}>\r\n{mark}\
         Message-ID: <re.{id}>\r\nDate: {}\r\n\r\n{words}\r\n",
        post.to,
        post.from,
        date(post.at)
    )
}

fn echo(post: &Post) -> String {
    let (id, subject, text) = heads(post);
    let head = format!("From: {}\r\nTo: {}\r\nSubject: {subject}, seen", post.to, post.from);
    let (at, name) = (date(post.at), id.len() + subject.len());
    format!("{head}\r\nMessage-ID: <{name}.{id}>\r\nDate: {at}\r\n\r\n{text}\r\n")
}

fn bounce(post: &Post) -> String {
    let (id, ..) = heads(post);
    let report = "Content-Type: multipart/report; report-type=delivery-status; boundary=b";
    format!(
        "From: Mailer <mailer-daemon@robot.example>\r\nTo: {}\r\nSubject: Undelivered\r\n\
         Message-ID: <dsn.{id}>\r\nDate: {}\r\nMIME-Version: 1.0\r\n{report}\r\n\r\n--b\r\n\r\n\
         No such user.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; \
         robot.example\r\n\r\nFinal-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n--b--\r\n",
        post.from,
        date(post.at),
        post.to
    )
}

/// One owed of the two.
struct Daemon {
    domain: &'static str,
    engine: Engine,
    courier: Courier,
    memory: Memory,
    seen: usize,
}

impl Daemon {
    async fn open(domain: &'static str, clock: Arc<SettableClock>) -> Self {
        let text = CONFIGURATION
            .replace("escalation = \"", "receipt = true\nescalation = \"")
            .replace("brook.example", domain);
        let policy = config::load("owed.toml", &text, Path::new("/")).expect("it is sound").policy;
        let (store, policy) = (Store::in_memory().await.unwrap(), Arc::new(policy));
        let world: Arc<dyn Clock> = clock;
        let engine = Engine::new(store.clone(), Arc::clone(&policy), Vec::new(), world.clone());
        let own = Address::parse(&format!("owed@{domain}")).unwrap();
        let sender = Party { name: "owed".to_owned(), address: own.clone() };
        let stationery = Stationery::new(sender, domain.as_bytes().to_vec());
        let engine = engine.taking_orders(own, stationery.keys.clone());
        engine.adopt(policy).await.unwrap();
        let memory = Memory::default();
        let courier = Courier {
            store,
            policy: engine.in_force().clone(),
            stationery,
            transport: Transport::Memory(memory.clone()),
            holder: domain.to_owned(),
            clock: world,
            random: Arc::new(SeededRandom::new(1)),
            pulse: Pulse::default(),
        };
        Self { domain, engine, courier, memory, seen: 0 }
    }

    fn watches(&self, address: &str) -> bool {
        address.ends_with(&format!("@{}", self.domain))
    }

    /// Takes a mail in, as from a server that vouches for everybody.
    async fn take(&self, post: &Post) {
        let delivery = Delivery {
            position: None,
            source: "the world".to_owned(),
            at: post.at,
            envelope: Address::parse(&post.to).into_iter().collect(),
            proof: Proof::All,
            channel: Channel::Email,
            raw: post.raw.clone().into_bytes(),
        };
        self.engine.take(delivery).await.unwrap();
    }

    /// Lets it work; what it sent, as whoever gets it would answer it: to Reply-To.
    async fn work(&mut self, now: Timestamp) -> Vec<Post> {
        self.engine.tick().await.unwrap();
        self.courier.work().await.unwrap();
        let sent = self.memory.sent();
        let new = sent.iter().skip(self.seen).map(|mail| {
            let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
            assert!(parsed.attachment_count() == 0 && parsed.content_type().is_some());
            let answers = parsed.reply_to().or(parsed.from()).and_then(|to| to.first());
            let from = answers.and_then(|to| to.address()).unwrap_or_default().to_owned();
            let raw = String::from_utf8(mail.bytes.clone()).unwrap();
            Post { at: now, from, to: mail.to.to_string(), raw }
        });
        let new: Vec<Post> = new.collect();
        self.seen = sent.len();
        new
    }
}

/// What somebody writes by themselves.
fn begins(at: Timestamp, from: &str, to: &str, n: i64) -> Post {
    let raw = format!(
        "From: {from}\r\nTo: {to}\r\nSubject: Matter {n} of {from}\r\n\
         Message-ID: <{n}.{from}>\r\nDate: {}\r\n\r\nCould you look at matter {n}?\r\n",
        date(at)
    );
    Post { at, from: from.to_owned(), to: to.to_owned(), raw }
}

#[tokio::test]
async fn two_daemons_and_robots_fall_silent_and_write_to_nobody_twice_a_day() {
    let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let clock = Arc::new(SettableClock::new(start));
    let mut daemons = [
        Daemon::open("brook.example", clock.clone()).await,
        Daemon::open("dale.example", clock.clone()).await,
    ];
    let mut posts: Vec<Post> = Vec::new();
    let mut outside: Vec<Post> = Vec::new();
    let minutes = DAYS * 24 * 6;
    for turn in 0..minutes {
        let now = start + SignedDuration::from_mins(10 * turn);
        clock.set(now);
        if now <= start + SignedDuration::from_hours(24 * BUSY) && turn % 36 == 0 {
            posts.extend(WRITERS.iter().map(|(from, to)| begins(now, from, to, turn)));
        }
        for post in std::mem::take(&mut posts) {
            let post = Post { at: now, ..post };
            for robot in ROBOTS.iter().filter(|robot| robot.address == post.to) {
                posts.push(Post {
                    raw: (robot.answers)(&post),
                    from: post.to.clone(),
                    to: post.from.clone(),
                    at: now,
                });
            }
            for daemon in daemons.iter().filter(|daemon| daemon.watches(&post.to)) {
                daemon.take(&post).await;
            }
        }
        for daemon in &mut daemons {
            let (domain, sent) = (daemon.domain, daemon.work(now).await);
            let house = |post: &Post| post.to.ends_with(&format!("@{domain}"));
            outside.extend(sent.iter().filter(|post| !house(post)).cloned());
            posts.extend(sent.into_iter().filter(|post| !house(post)));
        }
    }
    let mut last: std::collections::BTreeMap<(String, String), Timestamp> =
        std::collections::BTreeMap::new();
    for post in &outside {
        let who = (post.from.rsplit('@').next().unwrap_or_default().to_owned(), post.to.clone());
        let before = last.insert(who, post.at);
        let apart = before.map(|before| post.at.duration_since(before));
        assert!(apart.is_none_or(|apart| apart >= SignedDuration::from_hours(24)), "{}", post.to);
    }
    let written: Vec<&str> = outside.iter().map(|post| post.to.as_str()).collect();
    assert!(written.contains(&"echo@robot.example"), "the loops were begun: {written:?}");
    assert!(written.contains(&"ana@dale.example"), "the loops were begun: {written:?}");
    let quiet = start + SignedDuration::from_hours(24 * (BUSY + 1));
    let late = outside.iter().filter(|post| post.at > quiet);
    assert_eq!(late.count(), 0, "each loop has died: {written:?}");
}
