//! Mail in, what is owed out: the engine on a store in memory and a clock that
//! is set by hand.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use owed::clock::SettableClock;
use owed::config;
use owed::domain::ids::{Address, PersonId};
use owed::domain::policy::Policy;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::report::leave::leave;
use owed::report::owed::{Wanted, rows};
use owed::store::Store;

const TRACKED: &str = r#"
[[person]]
id = "021"
name = "Ben Ode"
email = ["ben@brook.example"]

[[mailbox]]
address = "help@brook.example"
served_by = ["017"]

[[rule]]
name = "colleagues"
when = { internal = true }
before_leaving = true
"#;

fn policy() -> Arc<Policy> {
    let text = format!("{}{TRACKED}", include_str!("config/small.toml"));
    let loaded = config::load("owed.toml", &text, Path::new(".")).expect("it is sound");
    Arc::new(loaded.policy)
}

async fn engine() -> Engine {
    let store = Store::in_memory().await.unwrap();
    let clock = Arc::new(SettableClock::new(noon()));
    Engine::new(store, policy(), vec!["mx.brook.example".to_owned()], clock)
}

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn mail(name: &str, from: &str, to: &str) -> String {
    format!(
        "From: {from}\r\nTo: {to}\r\nMessage-ID: <{name}@{from}>\r\nSubject: Paint for room \
         {name}\r\nDate: Fri, 20 Nov 2026 11:00:00 +0000\r\n\r\nWhich colour shall it be?\r\n"
    )
}

fn delivery(position: &str, proof: Proof, raw: &str) -> Delivery {
    Delivery {
        position: Some(position.to_owned()),
        source: position.to_owned(),
        at: noon(),
        envelope: Vec::new(),
        proof,
        raw: raw.as_bytes().to_vec(),
    }
}

async fn contacts(engine: &Engine) -> Vec<String> {
    let mut tx = engine.store().read().await.unwrap();
    let listed = rows(&mut tx, engine.policy(), &Wanted::default(), noon()).await.unwrap();
    listed.rows.into_iter().map(|row| row.contact).collect()
}

#[tokio::test]
async fn a_colleagues_question_is_owed_whichever_of_its_copies_comes_first() {
    let raw = mail("7", "ben@brook.example", "help@brook.example");
    let copies = [delivery("sent", Proof::Sent, &raw), delivery("inbox", Proof::None, &raw)];
    for order in [[0, 1], [1, 0]] {
        let engine = engine().await;
        for index in order {
            engine.take(copies[index].clone()).await.unwrap();
        }
        engine.take(copies[1].clone()).await.unwrap();
        assert_eq!(contacts(&engine).await, ["ben@brook.example"], "{order:?}");
    }
}

#[tokio::test]
async fn everything_owed_is_looked_at_however_much_it_is() {
    let engine = engine().await;
    // More than one page, all due at the same moment, and one at the very end.
    for name in 0..510 {
        let raw = mail(&name.to_string(), "jo@customer.example", "help@brook.example");
        engine.take(delivery(&name.to_string(), Proof::None, &raw)).await.unwrap();
    }
    let raw = mail("last", "kim@customer.example", "ben@brook.example");
    engine.take(delivery("last", Proof::None, &raw)).await.unwrap();
    assert_eq!(contacts(&engine).await.len(), 511);

    let mut tx = engine.store().read().await.unwrap();
    let kim = Address::parse("kim@customer.example");
    let wanted = Wanted { contact: kim, ..Wanted::default() };
    let listed = rows(&mut tx, engine.policy(), &wanted, noon()).await.unwrap();
    assert_eq!((listed.rows.len(), listed.more), (1, 0));
    let ben = &engine.policy().roster.people[&PersonId::new("021")];
    let answer = leave(&mut tx, engine.policy(), ben, noon()).await.unwrap();
    assert_eq!((answer.may_leave, answer.owed.len()), (false, 1));
}
