//! Signatures of mails: what holds vouches for its own domain, and nothing that
//! only looks like it does. Mails are signed here; the DNS is a table.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{Canonicalization, DkimSigner, Done};
use owed::clock::SettableClock;
use owed::config;
use owed::domain::ids::Address;
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{self, Acceptor, Delivery, Proof};
use owed::engine::signed::Signatures;
use owed::intake::dkim::{Dkim, Keys};
use owed::mail::dkim::{NoKey, Records};
use owed::mail::parse::parse;
use owed::mail::trust::Signed;
use owed::store::{Place, Store};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

const QUESTION: &str = "From: Jo <jo@customer.example>\r\nTo: Ana <ana@brook.example>\r\n\
    Subject: The tap\r\nMessage-ID: <q@customer.example>\r\n\
    Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\nCould you come by?\r\n";
const ANSWER: &str = "From: Ana <ana@brook.example>\r\nTo: Jo <jo@customer.example>\r\n\
    Subject: Re: The tap\r\nMessage-ID: <a@brook.example>\r\nIn-Reply-To: <q@customer.example>\r\n\
    Date: Mon, 02 Mar 2026 09:30:00 +0000\r\n\r\nYes, on Thursday.\r\n\r\nAna\r\n";
const HEAD: [&str; 6] = ["From", "To", "Subject", "Message-ID", "In-Reply-To", "Date"];

/// Long before the signatures of a test run out, and after they were made.
const SOON: &str = "2027-01-01T00:00:00Z";
const LATE: &str = "2999-01-01T00:00:00Z";

/// The texts of the DNS by name, and who was asked for.
#[derive(Debug, Default)]
struct Zone {
    texts: HashMap<String, String>,
    silent: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Zone {
    fn with(mut self, name: &str, text: &str) -> Self {
        self.texts.insert(format!("{name}."), text.to_owned());
        self
    }
}

impl Keys for Zone {
    fn fetch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Records> {
        self.asked.lock().unwrap().push(name.to_owned());
        let found = match self.texts.get(name) {
            _ if self.silent.load(Ordering::Relaxed) => {
                Err(NoKey::Unreachable("nobody answers".to_owned()))
            }
            Some(text) => Ok(vec![text.clone().into_bytes()]),
            None => Err(NoKey::Absent),
        };
        Box::pin(async move { found })
    }
}

/// One key, and how it stands in the DNS.
struct Pair {
    seed: Vec<u8>,
}

impl Pair {
    fn new() -> Self {
        Self { seed: Ed25519Key::generate_pkcs8().unwrap() }
    }

    fn key(&self) -> Ed25519Key {
        Ed25519Key::from_pkcs8_der(&self.seed).unwrap()
    }

    fn text(&self) -> String {
        let public = data_encoding::BASE64.encode(&self.key().public_key());
        format!("v=DKIM1; k=ed25519; p={public}")
    }

    fn signer(&self, domain: &str) -> DkimSigner<Ed25519Key, Done> {
        signer(self.key(), domain, &HEAD)
    }
}

fn signer<K: SigningKey>(key: K, domain: &str, head: &[&str]) -> DkimSigner<K, Done> {
    let head: Vec<String> = head.iter().map(|&name| name.to_owned()).collect();
    DkimSigner::from_key(key)
        .domain(domain)
        .selector("one")
        .headers(head)
        .header_canonicalization(Canonicalization::Relaxed)
        .body_canonicalization(Canonicalization::Relaxed)
}

/// The mail with a signature in front.
fn signed<K: SigningKey>(signer: &DkimSigner<K, Done>, mail: &str) -> String {
    format!("{}{mail}", signer.sign(mail.as_bytes()).unwrap().to_header())
}

async fn look(mail: &str, zone: Zone, at: &str) -> Signed {
    let message = parse(mail.as_bytes()).unwrap();
    Dkim(zone).look(mail.as_bytes(), &message, at.parse().unwrap()).await
}

const NAME: &str = "one._domainkey.brook.example";

#[tokio::test]
async fn a_signature_of_the_authors_domain_holds() {
    let pair = Pair::new();
    let holds = |domain: &str| Signed::Holds(domain.to_owned());
    let mail = signed(&pair.signer("brook.example"), ANSWER);
    let zone = || Zone::default().with(NAME, &pair.text());
    assert_eq!(look(&mail, zone(), SOON).await, holds("brook.example"));
    let stored = mail.replace("\r\n", "\n");
    assert_eq!(look(&stored, zone(), SOON).await, holds("brook.example"), "as a Maildir keeps it");
    let archived = format!("From ana@brook.example Mon Mar  2 09:30:00 2026\n{stored}");
    assert_eq!(look(&archived, zone(), SOON).await, holds("brook.example"), "as an mbox keeps it");

    let below = signed(&pair.signer("mail.brook.example"), ANSWER);
    let zone = Zone::default().with("one._domainkey.mail.brook.example", &pair.text());
    assert_eq!(look(&below, zone, SOON).await, holds("mail.brook.example"));

    let pem = PrivateKeyDer::from_pem_slice(include_bytes!("dkim/rsa.pem")).unwrap();
    let rsa = RsaKey::<Sha256>::from_key_der(pem).unwrap();
    let public = data_encoding::BASE64.encode(&rsa.public_key());
    let mail = signed(&signer(rsa, "brook.example", &HEAD), ANSWER);
    let zone = Zone::default().with(NAME, &format!("v=DKIM1; k=rsa; p={public}"));
    assert_eq!(look(&mail, zone, SOON).await, holds("brook.example"));
}

#[tokio::test]
async fn what_only_looks_signed_vouches_for_nobody() {
    let (pair, other) = (Pair::new(), Pair::new());
    let good = signed(&pair.signer("brook.example"), ANSWER);
    let by = |domain: &str| signed(&pair.signer(domain), ANSWER);
    let text = pair.text();
    let zone = |text: &str| Zone::default().with(NAME, text);
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from));
        good.replacen(from, to, 1)
    };
    let leaving = |name: &str| {
        let head: Vec<&str> = HEAD.into_iter().filter(|n| *n != name).collect();
        signed(&signer(pair.key(), "brook.example", &head), ANSWER)
    };
    let part = signed(&pair.signer("brook.example").body_length(true), ANSWER);
    let brief = signed(&pair.signer("brook.example").expiration(3600), ANSWER);
    let cases: Vec<(&str, String, Zone, &str)> = vec![
        ("text", changed("Thursday", "Friday"), zone(&text), "its text is not what was signed"),
        ("head", changed("Re: The tap", "Re: The pump"), zone(&text), "its head is not what"),
        ("an answer to somebody else", changed("<q@", "<r@"), zone(&text), "its head is not what"),
        ("another key", good.clone(), zone(&other.text()), "its head is not what was signed"),
        ("no key", good.clone(), Zone::default(), "has no key in use in the DNS"),
        ("taken back", good.clone(), zone("v=DKIM1; k=ed25519; p="), "a key that was taken back"),
        ("tried out", good.clone(), zone(&format!("{text}; t=y")), "has no key in use"),
        ("not for mail", good.clone(), zone(&format!("{text}; s=tlsrpt")), "has no key in use"),
        ("nonsense for a key", good.clone(), zone("hello"), "has no key in use"),
        ("a stranger", by("evil.example"), Zone::default(), "it is signed by evil.example, not by"),
        ("top", by("example"), Zone::default(), "it is signed by example, not by brook.example"),
        ("a part", part, zone(&text), "its signature is of a part of its text only"),
        ("open To", leaving("To"), zone(&text), "leaves its To open"),
        ("open thread", leaving("In-Reply-To"), zone(&text), "leaves its In-Reply-To open"),
        ("open From", leaving("From"), zone(&text), "leaves its From open"),
        ("added", format!("Cc: sam@other.example\r\n{good}"), zone(&text), "leaves its Cc open"),
        ("a second To", format!("To: sam@other.example\r\n{good}"), zone(&text), "its To open"),
        ("two authors", format!("From: jo@other.example\r\n{good}"), zone(&text), "one From"),
        ("unreadable", format!("DKIM-Signature: v=1; d=\r\n{ANSWER}"), zone(&text), "be read"),
        ("unsigned", ANSWER.to_owned(), zone(&text), "it is not signed"),
        ("no version", changed("v=1;", "    "), zone(&text), "no version that is known"),
    ];
    for (name, mail, zone, expected) in cases {
        match look(&mail, zone, SOON).await {
            Signed::Fails(why) => assert!(why.contains(expected), "{name}: {why:?}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    let silence =
        look(&good, Zone { silent: Arc::new(true.into()), ..Zone::default() }, SOON).await;
    let why = "its signature could not be checked: nobody answers".to_owned();
    assert_eq!(silence, Signed::Unsure(why));
    let expired = look(&brief, zone(&text), LATE).await;
    let why = "its signature by brook.example had expired when it came".to_owned();
    assert_eq!(expired, Signed::Fails(why));
}

#[tokio::test]
async fn of_many_signatures_one_that_holds_is_enough_and_few_are_asked_for() {
    let (ours, theirs) = (Pair::new(), Pair::new());
    let mail = signed(&ours.signer("brook.example"), ANSWER);
    let both = signed(&theirs.signer("list.example"), &mail);
    let broken = signed(&theirs.signer("brook.example"), "X: y\r\n\r\nAnother text.\r\n");
    let broken = broken.split("X: y").next().unwrap().replace("s=one", "s=two");
    let zone = Zone::default().with(NAME, &ours.text());
    let asked = Arc::clone(&zone.asked);
    let holds = Signed::Holds("brook.example".to_owned());
    assert_eq!(look(&format!("{broken}{both}"), zone, SOON).await, holds);
    assert!(!asked.lock().unwrap().iter().any(|name| name.contains("list.example")));

    let zone = Zone::default().with(NAME, &ours.text());
    let asked = Arc::clone(&zone.asked);
    let many = format!("{}{ANSWER}", broken.repeat(500));
    assert!(matches!(look(&many, zone, SOON).await, Signed::Fails(_)));
    assert!(asked.lock().unwrap().len() <= 4, "{}", asked.lock().unwrap().len());
}

#[tokio::test]
async fn nobody_is_asked_for_reports_or_other_signers() {
    let pair = Pair::new();
    let signer = pair.signer("brook.example").reporting(true).atps("brook.example");
    let mail = signed(&signer, ANSWER).replacen("Thursday", "Friday", 1);
    let zone = Zone::default().with(NAME, &pair.text());
    let asked = Arc::clone(&zone.asked);
    assert!(matches!(look(&mail, zone, SOON).await, Signed::Fails(_)));
    assert_eq!(*asked.lock().unwrap(), [format!("{NAME}.")]);
}

struct Room {
    engine: Engine,
    clock: Arc<SettableClock>,
    asked: Arc<Mutex<Vec<String>>>,
    _folder: tempfile::TempDir,
}

impl Room {
    async fn open(zone: Zone) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("owed.db")).await.unwrap();
        let text = include_str!("archive/owed.toml");
        let policy = config::load("owed.toml", text, Path::new("/")).unwrap().policy;
        let clock = Arc::new(SettableClock::new("2026-03-02T09:00:00Z".parse().unwrap()));
        let ids = vec!["mx.brook.example".to_owned()];
        let engine = Engine::new(store, Arc::new(policy), ids, clock.clone());
        let asked = Arc::clone(&zone.asked);
        let engine = engine.believing(Arc::new(Dkim(zone)));
        Self { engine, clock, asked, _folder: folder }
    }

    /// Mails come at once, and are taken up.
    async fn takes(&self, mails: &[(Proof, &str)]) {
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        self.clock.set(at);
        let (acceptor, requests) = Acceptor::channel(8);
        let serving = tokio::spawn(accept::serve(self.engine.store().clone(), requests, || {}));
        for (proof, mail) in mails {
            let delivery = Delivery {
                position: None,
                source: "a test".to_owned(),
                at,
                envelope: Address::parse("ana@brook.example").into_iter().collect(),
                proof: *proof,
                channel: Channel::Email,
                raw: mail.as_bytes().to_vec(),
            };
            acceptor.accept(delivery).await.unwrap();
        }
        drop(acceptor);
        serving.await.unwrap();
        while self.engine.take_up().await.unwrap() {}
    }

    async fn owed(&self) -> usize {
        let mut tx = self.engine.store().read().await.unwrap();
        tx.owed(Place::START, 100).await.unwrap().len()
    }

    async fn reasons(&self) -> String {
        let mut tx = self.engine.store().read().await.unwrap();
        let lines = tx.journal_after(0, 100).await.unwrap();
        lines.into_iter().map(|line| line.entry.reason + "\n").collect()
    }
}

#[tokio::test]
async fn an_answer_that_is_signed_by_us_meets_what_is_owed_and_the_journal_says_so() {
    let pair = Pair::new();
    let mail = signed(&pair.signer("brook.example"), ANSWER);
    let room = Room::open(Zone::default().with(NAME, &pair.text())).await;
    room.takes(&[(Proof::None, QUESTION), (Proof::None, &mail)]).await;
    assert_eq!(room.owed().await, 0);
    let reasons = room.reasons().await;
    assert!(reasons.contains("by mail that brook.example has signed, in time"), "{reasons}");
    assert_eq!(room.asked.lock().unwrap().len(), 1, "the question is not ours");
}

#[tokio::test]
async fn an_answer_whose_signature_does_not_hold_meets_nothing_and_the_journal_says_why() {
    let pair = Pair::new();
    let mail = signed(&pair.signer("brook.example"), ANSWER);
    let room = Room::open(Zone::default()).await;
    room.takes(&[(Proof::None, QUESTION), (Proof::None, &mail)]).await;
    assert_eq!(room.owed().await, 1);
    let reasons = room.reasons().await;
    assert!(reasons.contains("has no key in use in the DNS"), "{reasons}");
}

#[tokio::test]
async fn an_answer_waits_for_a_silent_dns_and_holds_nobody_up() {
    let pair = Pair::new();
    let mail = signed(&pair.signer("brook.example"), ANSWER);
    let silent = Arc::new(AtomicBool::new(true));
    let zone = Zone { silent: Arc::clone(&silent), ..Zone::default() };
    let room = Room::open(zone.with(NAME, &pair.text())).await;
    room.takes(&[(Proof::None, &mail), (Proof::None, QUESTION)]).await;
    assert_eq!(room.owed().await, 1, "the question behind it is taken up");
    silent.store(false, Ordering::Relaxed);
    assert!(!room.engine.take_up().await.unwrap(), "not yet");
    room.clock.set("2026-03-02T10:01:00Z".parse().unwrap());
    while room.engine.take_up().await.unwrap() {}
    assert_eq!(room.owed().await, 0);
    let reasons = room.reasons().await;
    assert!(reasons.contains("by mail that brook.example has signed, in time"), "{reasons}");
}

#[tokio::test]
async fn a_dns_that_stays_silent_is_asked_a_few_times_and_the_journal_says_so() {
    let pair = Pair::new();
    let mail = signed(&pair.signer("brook.example"), ANSWER);
    let room = Room::open(Zone { silent: AtomicBool::new(true).into(), ..Zone::default() }).await;
    room.takes(&[(Proof::None, QUESTION), (Proof::None, &mail)]).await;
    for minute in 1..=120 {
        room.clock.set(
            "2026-03-02T10:00:00Z".parse::<Timestamp>().unwrap()
                + jiff::SignedDuration::from_mins(minute),
        );
        while room.engine.take_up().await.unwrap() {}
    }
    assert_eq!(room.owed().await, 1);
    assert_eq!(room.asked.lock().unwrap().len(), 5);
    let reasons = room.reasons().await;
    let why = "could not be checked: nobody answers; it was looked at 5 times";
    assert!(reasons.contains(why), "{reasons}");
}

#[tokio::test]
async fn what_is_vouched_for_already_asks_nobody() {
    let pair = Pair::new();
    let mail = signed(&pair.signer("brook.example"), ANSWER);
    let found = "Authentication-Results: mx.brook.example; dmarc=pass header.from=brook.example";
    let checked = format!("{found}\r\n{}", mail.replace("<a@", "<b@"));
    let room = Room::open(Zone::default()).await;
    room.takes(&[(Proof::Sent, &mail), (Proof::None, &checked), (Proof::All, &mail)]).await;
    assert_eq!(*room.asked.lock().unwrap(), Vec::<String>::new());
}
