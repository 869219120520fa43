//! Two cases that are made one, and one that is made two, because a person says
//! so: what is owed afterwards follows from what was written when.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use owed::clock::SettableClock;
use owed::config;
use owed::domain::act::Act;
use owed::domain::effect::What;
use owed::domain::ids::{Address, CaseNumber, MessageId, PersonId};
use owed::domain::job::Reference;
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::engine::check_in::Said;
use owed::engine::job::Noted;
use owed::engine::told::ToldJob;
use owed::report::show::show;
use owed::store::{Place, Store};

struct Room {
    engine: Engine,
    clock: Arc<SettableClock>,
}

impl Room {
    async fn open() -> Self {
        let text = format!("{}[check_in]\nafter = \"2d\"\n", include_str!("archive/owed.toml"));
        let policy = config::load("owed.toml", &text, Path::new("/")).unwrap().policy;
        let clock = Arc::new(SettableClock::new(at("09:00")));
        let store = Store::in_memory().await.unwrap();
        let engine = Engine::new(store, Arc::new(policy), Vec::new(), clock.clone());
        Self { engine, clock }
    }

    /// A mail about `subject`; `of` is the mail that it answers.
    async fn takes(&self, time: &str, name: &str, (from, to): (&str, &str), of: Option<&str>) {
        let parent = of.map(|of| format!("In-Reply-To: <{of}@story.example>\r\n"));
        let raw = format!(
            "From: {from}\r\nTo: {to}\r\nSubject: {name}\r\n\
             Message-ID: <{name}@story.example>\r\n{}\r\nCould you tell me more about it?\r\n",
            parent.unwrap_or_default()
        );
        self.clock.set(at(time));
        let proof = if from.ends_with("brook.example") { Proof::Sent } else { Proof::All };
        let envelope = Address::parse(to).into_iter().collect();
        let source = "a test".to_owned();
        let delivery = Delivery {
            position: None,
            source,
            at: at(time),
            envelope,
            proof,
            channel: Channel::Email,
            raw: raw.into_bytes(),
        };
        self.engine.take(delivery).await.unwrap();
    }

    async fn case_of(&self, name: &str) -> CaseNumber {
        let mut tx = self.engine.store().read().await.unwrap();
        tx.case_of_thread(&[id(name)]).await.unwrap().unwrap()
    }

    /// What is owed: since when, and to whom.
    async fn owed(&self) -> Vec<String> {
        let mut tx = self.engine.store().read().await.unwrap();
        let owed = tx.owed(Place::START, 100).await.unwrap();
        owed.iter()
            .map(|o| format!("{} {}", &o.since.to_string()[11..16], o.contact.address))
            .collect()
    }
}

const JO: &str = "jo@customer.example";
const KIM: &str = "kim@customer.example";
const ANA: &str = "ana@brook.example";

fn at(time: &str) -> Timestamp {
    format!("2026-03-02T{time}:00Z").parse().unwrap()
}

fn id(name: &str) -> MessageId {
    MessageId::parse(&format!("{name}@story.example")).unwrap()
}

#[tokio::test]
async fn of_two_cases_made_one_the_longer_wait_counts() {
    let room = Room::open().await;
    room.takes("09:00", "tap", (JO, ANA), None).await;
    room.takes("10:00", "drip", (KIM, ANA), None).await;
    assert_eq!(room.owed().await, ["09:00 jo@customer.example", "10:00 kim@customer.example"]);
    let (tap, drip) = (room.case_of("tap").await, room.case_of("drip").await);
    room.engine.merge(tap, drip, "Ana").await.unwrap();
    assert_eq!(room.owed().await, ["09:00 kim@customer.example"]);
    assert_eq!(room.case_of("tap").await, drip);
    room.takes("11:00", "answer", (ANA, JO), Some("tap")).await;
    assert!(room.owed().await.is_empty(), "an answer to either is one to both");
    assert!(room.engine.merge(drip, drip, "Ana").await.is_err());
}

#[tokio::test]
async fn an_answer_in_one_case_is_none_to_what_the_other_asked() {
    let room = Room::open().await;
    room.takes("09:00", "tap", (JO, ANA), None).await;
    room.takes("09:30", "again", (JO, ANA), None).await;
    room.takes("10:00", "answer", (ANA, JO), Some("again")).await;
    assert_eq!(room.owed().await, ["09:00 jo@customer.example"]);
    let (tap, again) = (room.case_of("tap").await, room.case_of("again").await);
    room.engine.merge(tap, again, "Ana").await.unwrap();
    assert_eq!(room.owed().await.len(), 1, "nobody said that it was answered");
}

#[tokio::test]
async fn a_case_made_two_owes_what_each_part_waits_for() {
    let room = Room::open().await;
    room.takes("09:00", "tap", (JO, ANA), None).await;
    room.takes("10:00", "roof", (JO, ANA), Some("tap")).await;
    assert_eq!(room.owed().await.len(), 1);
    let whole = room.case_of("tap").await;
    assert!(room.engine.split(whole, &id("tap"), "Ana").await.is_err(), "nothing would be left");
    let part = room.engine.split(whole, &id("roof"), "Ana").await.unwrap();
    assert_eq!((room.case_of("tap").await, room.case_of("roof").await), (whole, part));
    assert_eq!(room.owed().await, ["09:00 jo@customer.example", "10:00 jo@customer.example"]);
    room.takes("11:00", "answer", (ANA, JO), Some("roof")).await;
    assert_eq!(room.owed().await, ["09:00 jo@customer.example"]);
}

#[tokio::test]
async fn a_case_that_went_into_another_is_one_with_it_for_whoever_acts_and_writes() {
    let room = Room::open().await;
    room.takes("09:00", "tap", (JO, ANA), None).await;
    room.takes("10:00", "drip", (KIM, ANA), None).await;
    room.takes("10:05", "roof", (JO, ANA), None).await;
    let (tap, drip) = (room.case_of("tap").await, room.case_of("drip").await);
    let third = room.case_of("roof").await;
    room.engine.merge(tap, drip, "Ana").await.unwrap();
    let advice = format!("{tap} goes on in {drip}: name that one");
    for (from, into) in [(tap, third), (third, tap), (tap, drip)] {
        let error = room.engine.merge(from, into, "Ana").await.unwrap_err();
        assert_eq!(error.to_string(), advice);
    }
    let mut tx = room.engine.store().read().await.unwrap();
    let now = room.engine.now();
    let shown = show(&mut tx, &room.engine.policy(), tap, now).await.unwrap().unwrap();
    drop(tx);
    assert_eq!((shown.state.as_str(), shown.goes_on_in), ("closed", Some(drip.to_string())));

    // A link or an order of yesterday, and a subject with the old number in it.
    room.takes("10:10", &format!("Re: [{tap}] tap"), (JO, ANA), None).await;
    assert_eq!(room.owed().await.len(), 2, "no case of its own");
    let (ana, how) = (PersonId::new("017"), "by phone".to_owned());
    let said = room.engine.act(tap, &ana, Act::Answered { how }).await.unwrap();
    assert!(said.starts_with(&drip.to_string()), "{said}");
    assert_eq!(room.owed().await, ["10:05 jo@customer.example"]);
    let reason = "it drips".to_owned();
    let said = room.engine.act(tap, &ana, Act::Reopen { reason }).await.unwrap();
    assert!(said.starts_with(&format!("{drip} (")), "{said}");
}

#[tokio::test]
async fn what_a_person_opens_again_is_shown_with_the_words_of_the_contact() {
    let room = Room::open().await;
    room.takes("09:00", "tap", (JO, ANA), None).await;
    room.takes("10:00", "answer", (ANA, JO), Some("tap")).await;
    let tap = room.case_of("tap").await;
    let (ana, reason) = (PersonId::new("017"), "that was the wrong one".to_owned());
    room.engine.act(tap, &ana, Act::Reopen { reason }).await.unwrap();
    let mut tx = room.engine.store().read().await.unwrap();
    let shown = show(&mut tx, &room.engine.policy(), tap, room.engine.now()).await;
    let words: Vec<_> = shown.unwrap().unwrap().obligations.into_iter().map(|o| o.words).collect();
    assert_eq!(words, [Some("Could you tell me more about it?".to_owned()), words[0].clone()]);
}

impl Room {
    /// A case about `name` of somebody, closed with a job of Ana's that is called so.
    async fn done(&self, time: &str, name: &str, contact: &str) -> CaseNumber {
        self.takes(time, name, (contact, ANA), None).await;
        let case = self.case_of(name).await;
        for act in [Act::Answered { how: String::new() }, Act::Close { title: name.to_owned() }] {
            self.engine.act(case, &PersonId::new("017"), act).await.unwrap();
        }
        case
    }

    /// How the check-ins of a case stand.
    async fn check_ins(&self, case: CaseNumber) -> Vec<&'static str> {
        let mut tx = self.engine.store().read().await.unwrap();
        let case = tx.case(case).await.unwrap().unwrap().case;
        case.jobs.iter().map(|job| job.check_in.name()).collect()
    }

    /// Lets days pass; what is told of check-ins meanwhile, and to whom.
    async fn until(&self, day: u8) -> Vec<String> {
        for hour in 24..u32::from(day) * 24 {
            let at = at("00:00") + jiff::SignedDuration::from_hours(i64::from(hour));
            self.clock.set(at);
            self.engine.work().await.unwrap();
        }
        let mut tx = self.engine.store().read().await.unwrap();
        let lines = tx.journal_after(0, 1000).await.unwrap();
        let told =
            lines.iter().filter(|l| [What::CheckInShown, What::CheckIn].contains(&l.entry.what));
        told.map(|l| format!("{} {}", l.entry.what.name(), l.entry.reason)).collect()
    }
}

#[tokio::test]
async fn nobody_is_asked_about_a_job_of_a_case_that_went_into_another() {
    let room = Room::open().await;
    let tap = room.done("09:00", "tap", JO).await;
    let wall = room.done("09:10", "wall", KIM).await;
    assert_eq!(room.check_ins(tap).await, ["planned"]);
    room.engine.merge(tap, wall, "Ana").await.unwrap();
    assert_eq!(
        (room.check_ins(tap).await, room.check_ins(wall).await),
        (vec!["cancelled"], vec!["planned"])
    );
    let told = room.until(3).await;
    assert!(!told.is_empty() && told.iter().all(|line| line.contains("“wall”")), "{told:?}");
    // Who answers the mail about the tap does not send what would be asked about the wall.
    let (ana, send) = (PersonId::new("017"), Act::Send { shown: None, words: None });
    assert!(room.engine.act(tap, &ana, send.clone()).await.is_err());
    assert_eq!(room.check_ins(wall).await, ["shown"]);
    room.engine.act(wall, &ana, send).await.unwrap();
}

#[tokio::test]
async fn nobody_is_asked_while_what_went_into_their_case_is_owed() {
    let room = Room::open().await;
    let tap = room.done("09:00", "tap", JO).await;
    room.takes("09:10", "drip", (KIM, ANA), None).await;
    let drip = room.case_of("drip").await;
    room.engine.merge(drip, tap, "Ana").await.unwrap();
    assert_eq!(room.owed().await, ["09:10 kim@customer.example"]);
    assert_eq!(room.check_ins(tap).await, ["cancelled"]);
    assert_eq!(room.until(5).await, [""; 0]);
}

#[tokio::test]
async fn what_is_told_of_a_job_after_its_case_went_into_another_is_no_others() {
    let room = Room::open().await;
    let job = |name: &str, contact: &str| {
        let (title, done_by) = (Some(name.to_owned()), Some("ana".to_owned()));
        let (contact, reference) = (Some(contact.to_owned()), Some(name.to_owned()));
        let job = ToldJob { title, done_by, contact, reference, ..ToldJob::default() };
        room.engine.understood_job(&job, "planner").unwrap()
    };
    let noted = |noted| match noted {
        Noted::New(case, _) | Noted::Known(case, _) => case,
    };
    let tap = noted(room.engine.note_job(job("tap", JO)).await.unwrap());
    let wall = noted(room.engine.note_job(job("wall", KIM)).await.unwrap());
    room.until(3).await;
    let (ana, send) = (PersonId::new("017"), Act::Send { shown: None, words: None });
    for case in [tap, wall] {
        room.engine.act(case, &ana, send.clone()).await.unwrap();
    }
    room.until(4).await;
    assert_eq!(
        (room.check_ins(tap).await, room.check_ins(wall).await),
        (vec!["asked"], vec!["asked"])
    );
    room.engine.merge(tap, wall, "Ana").await.unwrap();
    let mut tx = room.engine.store().read().await.unwrap();
    let listed = owed::report::jobs::rows(&mut tx, &room.engine.policy(), true).await.unwrap();
    drop(tx);
    let goes_on: Vec<_> = listed.into_iter().map(|row| row.goes_on_in).collect();
    assert_eq!(goes_on, [None, Some(wall.to_string())], "the newest case first");

    let reference = Reference { source: "planner".to_owned(), name: "tap".to_owned() };
    assert_eq!(noted(room.engine.note_job(job("tap", JO)).await.unwrap()), tap);
    room.engine.cancel_job(&reference, "planner", "it was another's").await.unwrap();
    assert_eq!(room.check_ins(wall).await, ["asked"], "the other job stays as it is");
    // Jo's link still works, and what they say reaches whoever has the case now.
    let said = Said { fine: false, words: "It still drips.".to_owned() };
    room.engine.contact_answers((tap, 1), &said).await.unwrap();
    assert_eq!(room.owed().await.len(), 1);
    let owed = room.engine.store().read().await.unwrap().owed(Place::START, 9).await.unwrap();
    assert_eq!(owed[0].case, wall);
    assert_ne!(room.check_ins(wall).await, ["not-ok"], "nobody said that of the wall");
}
