//! Mails on their way out with the real courier: what does not arrive, what may have,
//! and how many there are when very much is to be told at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use owed::clock::Clock;
use owed::domain::act::Act;
use owed::domain::ids::MessageId;
use owed::engine::accept::Proof;
use owed::outbox::memory::Memory;
use owed::outbox::transport::{Outcome, Outgoing};
use owed::store::Place;

use super::office::{Office, at, person, question};

/// How many attempts there are in three days.
const ATTEMPTS: usize = 77;

fn to(mails: &[Outgoing]) -> Vec<&str> {
    mails.iter().map(|mail| mail.to.as_str()).collect()
}

fn text(mail: &Outgoing) -> String {
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    parsed.body_text(0).unwrap().replace("\r\n", "\n")
}

/// Lets the engine and the courier do all there is to do at `now`; what is sent by then.
async fn work(office: &Office, memory: &Memory, now: Timestamp) -> Vec<Outgoing> {
    office.clock.set(now);
    for _ in 0..2 {
        office.engine.work().await.unwrap();
        office.courier(memory).work().await.unwrap();
    }
    memory.sent()
}

#[tokio::test]
async fn a_mail_that_no_attempt_brings_out_goes_to_the_next_above_once() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    let memory = Memory::default();
    for _ in 0..ATTEMPTS {
        memory.answer_next(Outcome::NotGiven("no route".to_owned()));
    }
    assert_eq!(work(&office, &memory, at("16:15")).await, []);
    // The courier alone, until it gives up.
    let courier = office.courier(&memory);
    while let Some(next) = courier.work().await.unwrap() {
        office.clock.set(next);
    }
    assert_eq!(office.states(case).await, ["ana@brook.example failed"]);
    assert_eq!(memory.sent(), []);

    let gave_up = office.clock.now();
    assert_eq!(to(&work(&office, &memory, gave_up).await), ["marta@brook.example"]);
    let told = ["ana@brook.example failed", "marta@brook.example sent", "marta@brook.example sent"];
    assert_eq!(office.states(case).await, told, "her own step of the ladder came with it");
    assert_eq!(work(&office, &memory, gave_up).await.len(), 1, "once");
}

#[tokio::test]
async fn whoever_wrote_a_note_that_may_have_arrived_is_told_to_ask_once() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    let memory = Memory::default();
    memory.answer_next(Outcome::Ambiguous("the connection broke".to_owned()));
    office
        .engine
        .act(case, &person("017"), Act::TellWhen { due: at("15:00"), again: false })
        .await
        .unwrap();
    let sent = work(&office, &memory, at("11:00")).await;
    assert_eq!(to(&sent), ["jo@customer.example", "ana@brook.example"]);
    let said = text(&sent[1]);
    assert!(said.starts_with("jo may or may not have the note from you."), "{said}");
    assert!(said.contains("today 15:00") && said.contains("/tell-when"), "{said}");
    assert_eq!(office.states(case).await, ["jo@customer.example held"]);
    assert_eq!(work(&office, &memory, at("12:00")).await.len(), 2, "neither comes again");
}

#[tokio::test]
async fn nobody_is_told_to_ask_where_the_answer_has_come() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    let memory = Memory::default();
    memory.answer_next(Outcome::Ambiguous("the connection broke".to_owned()));
    office
        .engine
        .act(case, &person("017"), Act::TellWhen { due: at("15:00"), again: false })
        .await
        .unwrap();
    office.courier(&memory).work().await.unwrap();
    office.clock.set(at("10:00"));
    office
        .engine
        .act(case, &person("017"), Act::Answered { how: "by phone".to_owned() })
        .await
        .unwrap();
    assert_eq!(to(&work(&office, &memory, at("11:00")).await), ["jo@customer.example"]);
}

#[tokio::test]
async fn five_hundred_offers_are_a_handful_of_mails_that_name_each_once() {
    let office = Office::open().await;
    for n in 0..500 {
        office.takes("09:00", Proof::None, &question(&format!("kim{n}"))).await;
    }
    office.engine.work().await.unwrap();
    let owed = office.engine.store().read().await.unwrap().owed(Place::START, 1_000).await.unwrap();
    assert_eq!(owed.len(), 500);
    let memory = Memory::default();
    let courier = office.courier(&memory);
    let mut now = at("10:00");
    for owed in &owed {
        now += SignedDuration::from_secs(2);
        office.clock.set(now);
        office
            .engine
            .act(owed.case, &person("017"), Act::HandOver { to: person("021") })
            .await
            .unwrap();
        courier.work().await.unwrap();
    }
    office.clock.set(at("11:00"));
    courier.work().await.unwrap();
    let sent = memory.sent();
    assert_eq!(to(&sent), ["ben@brook.example"; 5], "three, and one every quarter of an hour");
    let mut named: BTreeMap<String, u32> = BTreeMap::new();
    for mail in &sent {
        let text = text(mail);
        let words = text.split(|c: char| c != '-' && !c.is_ascii_alphanumeric());
        let cases: BTreeSet<&str> = words.filter(|word| word.starts_with("OW-")).collect();
        for case in cases {
            *named.entry(case.to_owned()).or_default() += 1;
        }
    }
    let expected = owed.iter().map(|owed| (owed.case.to_string(), 1)).collect();
    assert_eq!(named, expected);
}

#[tokio::test]
async fn where_owed_is_only_tried_out_no_contact_is_told_anything() {
    let office = Office::in_shadow().await;
    let case = office.asks("jo", "09:00").await;
    let refused = office
        .engine
        .act(case, &person("017"), Act::TellWhen { due: at("15:00"), again: false })
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("please tell the contact yourself"), "{refused}");
    let loaded = office.engine.store().read().await.unwrap().case(case).await.unwrap().unwrap();
    let open: Vec<_> = loaded.case.open().map(|o| o.kind.name()).collect();
    assert_eq!(open, ["reply"], "it is owed as before");
    let memory = Memory::default();
    work(&office, &memory, at("16:15")).await;
    let reminder = text(&work(&office, &memory, at("16:20")).await[0]);
    assert!(!reminder.contains("/tell-when"), "nor is it offered: {reminder}");
    assert!(reminder.contains("/answered"), "{reminder}");
}

#[tokio::test]
async fn no_note_says_when_after_the_answer_came() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    office
        .engine
        .act(case, &person("017"), Act::TellWhen { due: at("15:00"), again: false })
        .await
        .unwrap();
    office.clock.set(at("10:00"));
    let how = "by phone".to_owned();
    office.engine.act(case, &person("017"), Act::Answered { how }).await.unwrap();
    assert!(work(&office, &Memory::default(), at("10:00")).await.is_empty());
}

#[tokio::test]
async fn an_answer_to_a_note_belongs_to_its_case() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    office
        .engine
        .act(case, &person("017"), Act::TellWhen { due: at("15:00"), again: false })
        .await
        .unwrap();
    let sent = work(&office, &Memory::default(), at("10:00")).await;
    let note = MessageId::parse(&sent[0].message_id).unwrap();
    let mut tx = office.engine.store().read().await.unwrap();
    assert_eq!(tx.case_of_thread(&[note]).await.unwrap(), Some(case));
}
