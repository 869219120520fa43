//! Which letter a notice becomes, from the question to the bytes of the mail.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use mail_parser::MessageParser;
use owed::clock::SettableClock;
use owed::config;
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::outbox::seal::seal;
use owed::outbox::stationery::Stationery;
use owed::store::{Mail, Store};

use super::matters::party;

/// Ana and Ben, who stand in for each other, and Marta above them.
const OFFICE: &str = r#"
[organisation]
name = "Brook & Sons"
domains = ["brook.example"]
time_zone = "Europe/Lisbon"
last_resort = "owner@brook.example"

[calendar.office]
mon-fri = ["09:00-17:00"]

[[person]]
id = "004"
short = "marta"
name = "Marta Brook"
email = ["marta@brook.example"]

[[person]]
id = "017"
short = "ana"
name = "Ana Ruiz"
email = ["ana@brook.example"]
supervisor = "004"

[[person]]
id = "021"
short = "ben"
name = "Ben Ode"
email = ["ben@brook.example"]
supervisor = "004"
deputy = "017"
absences = [AWAY]

[[rule]]
name = "everyone"
before_leaving = true

[escalation.standard]
steps = [{ before = "45m", tell = "owner" }, { after = "0m", tell = "supervisor", any_time = true }]

[intake.lmtp]
listen = "127.0.0.1:2424"
vouched = "all"
"#;

/// The name is an address that is not the contact's.
const QUESTION: &str = "From: \"kim@elsewhere.example\" <jo@customer.example>\r\n\
    To: ben@brook.example\r\nMessage-ID: <q@customer.example>\r\nSubject: Kitchen tap\r\n\
    Date: Fri, 20 Nov 2026 09:00:00 +0000\r\n\r\nCould you come by?\r\n";
const CHASE: &str = "From: \"kim@elsewhere.example\" <jo@customer.example>\r\n\
    To: ben@brook.example\r\nMessage-ID: <r@customer.example>\r\nSubject: Kitchen tap\r\n\
    In-Reply-To: <q@customer.example>\r\nDate: Fri, 20 Nov 2026 11:00:00 +0000\r\n\r\n\
    Any news on this?\r\n";

fn at(time: &str) -> Timestamp {
    format!("2026-11-20T{time}:00Z").parse().unwrap()
}

fn delivery(time: &str, raw: &str) -> Delivery {
    Delivery {
        position: None,
        source: "a test".to_owned(),
        at: at(time),
        envelope: Vec::new(),
        proof: Proof::None,
        channel: Channel::Email,
        raw: raw.as_bytes().to_vec(),
    }
}

/// The recipient and the text of what was written about a question to Ben by
/// each of the `times`.
async fn written(absences: &str, times: &[&str]) -> Vec<(String, String)> {
    let configuration = OFFICE.replace("AWAY", absences);
    let loaded = config::load("owed.toml", &configuration, Path::new("/")).expect("it is sound");
    let clock = Arc::new(SettableClock::new(at("09:00")));
    let store = Store::in_memory().await.unwrap();
    let engine = Engine::new(store, Arc::new(loaded.policy), Vec::new(), clock.clone());
    for (time, raw) in [("09:00", QUESTION), ("11:00", CHASE)] {
        clock.set(at(time));
        engine.take(delivery(time, raw)).await.unwrap();
    }
    let mut mails = Vec::new();
    for time in times {
        clock.set(at(time));
        engine.tick().await.unwrap();
        mails.extend(sealed(&engine, at(time)).await);
    }
    mails.iter().map(|mail| (mail.sealed.recipient.to_string(), text(mail))).collect()
}

async fn sealed(engine: &Engine, now: Timestamp) -> Vec<Mail> {
    let key = b"a key that is only for tests".to_vec();
    let stationery = Stationery::new(party("owed", "owed@brook.example"), key);
    let mut tx = engine.store().write().await.unwrap();
    seal(&mut tx, &engine.policy(), &stationery, now).await.unwrap();
    let mails = tx.lease(now, "a test", Timestamp::MAX, 10).await.unwrap();
    tx.commit().await.unwrap();
    mails
}

fn text(mail: &Mail) -> String {
    let parsed = MessageParser::default().parse(&mail.sealed.bytes).unwrap();
    parsed.body_text(0).unwrap().replace("\r\n", "\n")
}

#[tokio::test]
async fn the_owner_is_reminded_of_their_own_reply() {
    let mails = written("", &["16:15", "16:20"]).await;
    let [(to, said)] = mails.as_slice() else { panic!("{mails:#?}") };
    assert_eq!(to, "ben@brook.example");
    assert!(said.starts_with("jo@customer.example is waiting for your reply."), "{said}");
    assert!(said.contains("--answered-by ben "), "{said}");
}

#[tokio::test]
async fn whoever_stands_in_is_told_whose_reply_it_is() {
    let mails = written("\"2026-11-20..2026-11-20\"", &["16:15", "17:00"]).await;
    let [(to, said), ..] = mails.as_slice() else { panic!("nothing was written") };
    assert_eq!(to, "ana@brook.example");
    assert!(said.starts_with("jo@customer.example is waiting for a reply from Ben Ode."), "{said}");
    assert!(said.contains("Ben Ode is away, and you stand in."), "{said}");
    assert!(said.contains("--answered-by ana "), "{said}");
}

#[tokio::test]
async fn a_supervisor_hears_whose_reply_it_is_and_who_asked_again() {
    let mails = written("", &["16:15", "16:59", "17:00"]).await;
    let (to, said) = mails.last().unwrap();
    assert_eq!(to, "marta@brook.example", "{mails:#?}");
    assert!(said.contains("--answered-by ben "), "{said}");
    assert!(said.contains("jo@customer.example asked again."), "{said}");
    assert!(!said.contains("elsewhere"), "{said}");
}
