//! A person overrules the judgement, once or from now on.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use owed::clock::SettableClock;
use owed::config;
use owed::domain::ids::{Address, MessageId};
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::store::{Place, Store};

struct Room {
    engine: Engine,
}

impl Room {
    async fn open() -> Self {
        let text = include_str!("archive/owed.toml");
        let policy = config::load("owed.toml", text, Path::new("/")).unwrap().policy;
        let clock = Arc::new(SettableClock::new(at()));
        let store = Store::in_memory().await.unwrap();
        Self { engine: Engine::new(store, Arc::new(policy), Vec::new(), clock) }
    }

    async fn takes(&self, name: &str, from: &str, marks: &str) {
        self.takes_words(name, from, marks, "Could you call me about a new tap?").await;
    }

    async fn takes_words(&self, name: &str, from: &str, marks: &str, words: &str) {
        let raw = format!(
            "From: {from}\r\nTo: help@brook.example\r\nSubject: An enquiry\r\n{marks}\
             Message-ID: <{name}@story.example>\r\n\r\n{words}\r\n"
        );
        let envelope = Address::parse("help@brook.example").into_iter().collect();
        let (source, raw) = ("a test".to_owned(), raw.into_bytes());
        let (position, proof) = (None, Proof::All);
        let (at, channel) = (at(), Channel::Email);
        let delivery = Delivery { position, source, at, envelope, proof, channel, raw };
        self.engine.take(delivery).await.unwrap();
    }

    async fn owed(&self) -> usize {
        let mut tx = self.engine.store().read().await.unwrap();
        tx.owed(Place::START, 100).await.unwrap().len()
    }

    async fn reasons(&self) -> Vec<String> {
        let mut tx = self.engine.store().read().await.unwrap();
        let lines = tx.journal_after(0, 100).await.unwrap();
        lines.into_iter().map(|line| line.entry.reason).collect()
    }
}

const MACHINE: &str = "Auto-Submitted: auto-generated\r\n";
const FORM: &str = "form@shop.example";

fn at() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn id(name: &str) -> MessageId {
    MessageId::parse(&format!("{name}@story.example")).unwrap()
}

#[tokio::test]
async fn a_filed_message_becomes_owed_since_it_came_because_somebody_says_so() {
    let room = Room::open().await;
    room.takes("one", FORM, MACHINE).await;
    assert_eq!(room.owed().await, 0);
    room.engine.needs_answer(&id("one"), "Ana", "it is a customer's").await.unwrap();
    assert_eq!(room.owed().await, 1);
    let reasons = room.reasons().await;
    let said = |reason: &String| reason.contains("it is a customer's (by Ana)");
    assert!(reasons.iter().any(said), "{reasons:?}");
    assert!(room.engine.needs_answer(&id("one"), "Ana", "again").await.is_err());
    assert!(room.engine.needs_answer(&id("other"), "Ana", "why").await.is_err());
}

#[tokio::test]
async fn what_is_said_of_a_sender_holds_for_the_next_mail_until_it_is_forgotten() {
    let room = Room::open().await;
    for (sender, needed) in [("@Shop.example", true), ("news@shop.example", false)] {
        room.engine.remember(sender, needed, "Ana", "the shop's form").await.unwrap();
    }
    room.takes("one", FORM, MACHINE).await;
    assert_eq!(room.owed().await, 1);
    room.takes("two", "news@shop.example", "").await;
    assert_eq!(room.owed().await, 1, "an address counts before its domain");
    let reasons = room.reasons().await;
    let said = |reason: &String| reason.contains("Ana said that mail from @shop.example needs");
    assert!(reasons.iter().any(said), "{reasons:?}");

    let mut tx = room.engine.store().read().await.unwrap();
    assert_eq!(tx.exceptions().await.unwrap().len(), 2);
    drop(tx);
    room.engine.forget("@shop.example").await.unwrap();
    assert!(room.engine.forget("@shop.example").await.is_err());
    room.takes("three", FORM, MACHINE).await;
    assert_eq!(room.owed().await, 1);
    assert!(room.engine.remember("no address", true, "Ana", "why").await.is_err());
}

#[tokio::test]
async fn a_sender_whose_mail_needs_an_answer_is_heard_when_they_ask_again() {
    let room = Room::open().await;
    room.engine.remember("@shop.example", true, "Ana", "the shop's form").await.unwrap();
    room.takes("one", FORM, "").await;
    let again = "In-Reply-To: <one@story.example>\r\n";
    room.takes_words("two", FORM, again, "Any news on this?").await;
    let reasons = room.reasons().await;
    assert!(reasons.iter().any(|reason| reason.starts_with("asked again once")), "{reasons:?}");
}
