//! Concerns and their answers, as they leave: whose name and thread they have, that they
//! leave once, what is written down of them, and what is no answer.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use owed::clock::Clock;
use owed::domain::act::Act;
use owed::domain::ids::{Address, CaseNumber, MessageId, Party, PersonId};
use owed::engine::accept::Proof;
use owed::engine::concern::Concern;
use owed::engine::once::Once;
use owed::outbox::courier::Courier;
use owed::outbox::memory::Memory;
use owed::outbox::stationery::Stationery;
use owed::outbox::transport::Transport;
use owed::pulse::Pulse;
use owed::random::SeededRandom;
use owed::report::filed;
use owed::report::show::show;
use owed::report::transcript::{Form, transcript};

use crate::engine::{CONFIGURATION, QUESTION, Room, at, policy};
use crate::loops::{Post, away, bounce, echo, post, silent};

const RAISED: &str = "From: Ana Ruiz <ana@brook.example>\nTo: owed@brook.example\n\
    Subject: About Jo\nMessage-ID: <raised@brook.example>\n\
    Date: Mon, 02 Mar 2026 09:00:00 +0000\n\nConcern: Jo was promised this twice.\n";
const EARLY: &str = "2026-03-02T09:10:00Z";
const LATER: &str = "2026-03-02T10:00:00Z";

/// How long robots are looked at, for how many days Ana has a concern, and how many mails
/// there may be a day.
const DAYS: i64 = 30;
const BUSY: i64 = 5;
const MOST: usize = 12;

/// A house in which Ana has raised a concern by mail, and Marta has read of it.
struct House {
    room: Room,
    courier: Courier,
    memory: Memory,
}

/// What left, as its reader sees it.
struct Letter {
    to: String,
    from: String,
    reply_to: String,
    sender: String,
    thread: String,
    id: String,
    machine: bool,
    subject: String,
    text: String,
}

impl House {
    async fn open() -> Self {
        let room = Room::with(policy(CONFIGURATION)).await;
        let own = Address::parse("owed@brook.example").unwrap();
        let sender = Party { name: "owed".to_owned(), address: own.clone() };
        let mut stationery = Stationery::new(sender, b"a key that is only for tests".to_vec());
        stationery.public_url = Some("https://owed.brook.example".to_owned());
        let engine = room.engine.clone().taking_orders(own, stationery.keys.clone());
        let room = Room { engine, ..room };
        let (memory, clock) = (Memory::default(), room.clock.clone());
        let clock: Arc<dyn Clock> = clock;
        let courier = Courier {
            store: room.engine.store().clone(),
            policy: room.engine.in_force().clone(),
            stationery,
            transport: Transport::Memory(memory.clone()),
            holder: "a test".to_owned(),
            clock,
            random: Arc::new(SeededRandom::new(1)),
            pulse: Pulse::default(),
        };
        let house = Self { room, courier, memory };
        house.hears("2026-03-02T09:00:00Z", Proof::All, RAISED).await;
        house.until(EARLY).await;
        house
    }

    async fn hears(&self, when: &str, proof: Proof, mail: &str) {
        self.room.delivered(when, proof, mail, &["owed@brook.example"]).await;
    }

    /// All that has left by then.
    async fn until(&self, when: &str) -> Vec<Letter> {
        self.room.clock.set(at(when));
        self.room.engine.tick().await.unwrap();
        self.courier.work().await.unwrap();
        self.memory.sent().iter().map(|mail| Letter::read(&mail.bytes, &mail.from)).collect()
    }

    /// Marta's answer to what she has read, with these headers and words.
    async fn answer(&self, headers: &str, words: &str) -> String {
        let letter = self.until(EARLY).await.pop().unwrap();
        assert_eq!(letter.to, "marta@brook.example");
        format!(
            "From: Marta Brook <marta@brook.example>\nTo: {}\nSubject: Re: {}\n\
             Message-ID: <answer@brook.example>\nIn-Reply-To: <{}>\n{headers}\
             Date: Mon, 02 Mar 2026 10:00:00 +0000\n\n{words}\n",
            letter.reply_to, letter.subject, letter.id
        )
    }

    async fn case(&self) -> CaseNumber {
        let id = MessageId::parse("raised@brook.example").unwrap();
        let mut tx = self.room.engine.store().read().await.unwrap();
        tx.case_of_thread(&[id]).await.unwrap().expect("it was raised")
    }

    async fn is_owed(&self) -> bool {
        !self.room.owed().await.is_empty()
    }
}

impl Letter {
    fn read(bytes: &[u8], sender: &Address) -> Self {
        let mail = MessageParser::default().parse(bytes).unwrap();
        let first = |all: Option<&mail_parser::Address<'_>>| {
            let address = all.and_then(|all| all.first()?.address().map(str::to_owned));
            address.unwrap_or_default()
        };
        Self {
            to: first(mail.to()),
            from: first(mail.from()),
            reply_to: first(mail.reply_to()),
            sender: sender.to_string(),
            thread: mail.in_reply_to().as_text().unwrap_or_default().to_owned(),
            id: mail.message_id().unwrap_or_default().to_owned(),
            machine: mail.header("Auto-Submitted").is_some(),
            subject: mail.subject().unwrap_or_default().to_owned(),
            text: mail.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        }
    }
}

#[tokio::test]
async fn an_answer_goes_once_in_the_answerers_name_and_in_the_thread_of_who_asked() {
    let house = House::open().await;
    let words = "Hi Ana,\n\nI have asked Ben.\n\nMarta\n\n> Ana Ruiz has a concern.";
    let answer = house.answer("", words).await;
    for proof in [Proof::None, Proof::All, Proof::Sent, Proof::All] {
        house.hears(LATER, proof, &answer).await;
    }
    let sent = house.until(LATER).await;
    let to_ana: Vec<&Letter> =
        sent.iter().filter(|l| l.to == "ana@brook.example" && !l.machine).collect();
    let [letter] = to_ana.as_slice() else { panic!("{} mails", to_ana.len()) };
    assert_eq!(letter.from, "marta@brook.example");
    assert_eq!((letter.reply_to.as_str(), letter.sender.as_str()), ("", "owed@brook.example"));
    assert_eq!(letter.thread, "raised@brook.example");
    assert_eq!(letter.text.trim_end(), "Hi Ana,\n\nI have asked Ben.\n\nMarta");
    assert!(letter.subject.starts_with("Re: Concern: Jo was promised"), "{}", letter.subject);
    assert!(!house.is_owed().await);
}

#[tokio::test]
async fn what_became_of_a_concern_is_told_by_its_case() {
    let house = House::open().await;
    let answer = house.answer("", "I have asked Ben.").await;
    house.hears(LATER, Proof::All, &answer).await;
    house.until(LATER).await;
    let (policy, case) = (house.room.engine.policy(), house.case().await);
    let mut tx = house.room.engine.store().read().await.unwrap();
    let shown = show(&mut tx, &policy, case, at(LATER)).await.unwrap().unwrap();
    assert_eq!(shown.obligations[0].state, "met");
    let said = shown.journal.last().unwrap();
    assert!(said.reason.starts_with("by mail, which owed passed on"), "{said:?}");
    assert!(shown.mails.iter().any(|mail| mail.to == "ana@brook.example" && mail.state == "sent"));
    let told = transcript(&mut tx, &policy, case, Form::Text).await.unwrap().unwrap();
    let told = String::from_utf8(told).unwrap();
    let asked = told.find("> Jo was promised this twice.").expect("what was asked");
    let answered = told.find("> I have asked Ben.").expect("what was answered");
    assert!(asked < answered, "{told}");
    assert!(told.contains("Ana Ruiz, 2026") && told.contains("Marta Brook, 2026"), "{told}");
    let words = tx.messages_of(case).await.unwrap().pop().unwrap();
    assert_eq!(words.reason, "an answer of Marta Brook to the concern of Ana Ruiz, passed on");
    assert_eq!(filed::rows(&mut tx, &policy).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_no_answer_reaches_nobody_and_leaves_the_concern_owed() {
    let marta = "Marta Brook <marta@brook.example>";
    let key = House::open().await.until(EARLY).await.pop().unwrap().text;
    let link = key.lines().find(|line| line.contains("/a/")).expect("it has links").to_owned();
    for (about, headers, from, proof, words) in [
        ("nobody vouches", "", marta, Proof::None, "I have asked Ben."),
        ("somebody else", "", "Ben Ode <ben@brook.example>", Proof::All, "I have asked Ben."),
        ("a robot", "Auto-Submitted: auto-replied\n", marta, Proof::All, "I am away until Friday."),
        ("an older robot", "X-Autoreply: yes\n", marta, Proof::All, "I am away until Friday."),
        ("an order", "", marta, Proof::All, "give ben\n\nHe knows Jo."),
        ("what was meant as one", "", marta, Proof::All, "promise yesterday"),
        ("nothing", "", marta, Proof::All, "> Ana Ruiz has a concern."),
        ("a key of hers", "", marta, Proof::All, &format!("I have asked Ben.\n{link}")),
    ] {
        let house = House::open().await;
        let before = house.until(EARLY).await.len();
        let answer = house.answer(headers, words).await.replace(marta, from);
        house.hears(LATER, proof, &answer).await;
        let sent = house.until(LATER).await;
        let passed_on = sent.iter().skip(before).filter(|l| l.to == "ana@brook.example").count();
        assert_eq!((passed_on, house.is_owed().await), (0, true), "{about}");
    }
}

#[tokio::test]
async fn whoever_reads_the_last_resorts_address_may_answer_and_has_nothing() {
    let house = House::open().await;
    let case = house.case().await;
    let (marta, ben) = (PersonId::new("004"), PersonId::new("021"));
    let engine = &house.room.engine;
    engine.act(case, &marta, Act::HandOver { to: ben.clone() }).await.unwrap();
    engine.act(case, &ben, Act::Accept).await.unwrap();
    let now: Timestamp = at(LATER);
    house.until(LATER).await;
    let answered = engine.act(case, &PersonId::last_resort(), Act::Claim).await;
    assert!(answered.is_err_and(|why| why.to_string().contains("ask somebody to take it")));
    let how = "in person".to_owned();
    engine.act(case, &PersonId::last_resort(), Act::Answered { how }).await.unwrap();
    let mut tx = engine.store().read().await.unwrap();
    let shown = show(&mut tx, &engine.policy(), case, now).await.unwrap().unwrap();
    let by = shown.journal.last().unwrap();
    assert_eq!(by.owner.as_deref(), Some("owner@brook.example"), "{by:?}");
    let loaded = tx.case(case).await.unwrap().unwrap().case;
    assert_eq!(loaded.answerer, None, "what comes next is nobody's by that");
}

#[tokio::test]
async fn a_concern_by_mail_may_name_its_case_and_goes_above_whoever_has_that() {
    let house = House::open().await;
    house.room.takes("2026-03-02T09:20:00Z", Proof::None, QUESTION).await;
    let owed = house.room.owed().await;
    let tap = owed.iter().find(|owed| owed.subject == "The tap").unwrap().case;
    for (n, named) in [format!("{tap}:"), format!("[{tap}]")].iter().enumerate() {
        let mail = RAISED.replace("raised@", &format!("about{n}@"));
        let mail = mail.replace("ana@", "ben@").replace("Concern:", &format!("Concern {named}"));
        house.hears(LATER, Proof::All, &mail).await;
        let mut tx = house.room.engine.store().read().await.unwrap();
        let id = MessageId::parse(&format!("about{n}@brook.example")).unwrap();
        let case = tx.case_of_thread(&[id]).await.unwrap().expect("it was raised");
        let words = tx.messages_of(case).await.unwrap().remove(0).words;
        assert!(words.starts_with("Jo was promised this twice."), "{words}");
        assert!(words.contains(&format!("It is about {tap}, “The tap”.")), "{words}");
    }
}

/// How many mails everybody of Brook & Sons gets a day, for whom this robot answers.
async fn written_to_colleagues(robot: fn(&Post) -> String) -> Vec<usize> {
    let house = House::open().await;
    let (start, mut seen) = (at(LATER), house.until(LATER).await.len());
    let (mut posts, mut written): (Vec<Post>, Vec<usize>) = (Vec::new(), Vec::new());
    for turn in 0..DAYS * 24 * 6 {
        let now = start + SignedDuration::from_mins(10 * turn);
        house.room.clock.set(now);
        if turn % (24 * 6) == 0 {
            written.push(0);
            if written.len() <= usize::try_from(BUSY).unwrap() {
                let by = PersonId::new("017");
                let concern = Concern { by, about: None, text: format!("Concern {turn}") };
                let once = Once { source: "a robot's owner", key: None, body: &[] };
                house.room.engine.raise(&concern, once).await.unwrap();
            }
        }
        for Post { to, raw, .. } in std::mem::take(&mut posts) {
            let raw = raw.replace("\r\n", "\n");
            house.room.delivered(&now.to_string(), Proof::All, &raw, &[&to]).await;
        }
        house.room.engine.tick().await.unwrap();
        house.courier.work().await.unwrap();
        for mail in house.memory.sent().iter().skip(seen) {
            seen += 1;
            *written.last_mut().unwrap() += 1;
            assert!(written.iter().all(|mails| *mails <= MOST), "a loop: {written:?}");
            let mail = post(now, mail);
            // Some machines answer the sender on the envelope.
            for to in [&mail.from, &mail.sender] {
                let (from, sender) = (to.clone(), to.clone());
                let raw = robot(&Post { sender, from, ..mail.clone() });
                posts.push(Post { raw, to: to.clone(), ..mail.clone() });
            }
        }
    }
    written
}

#[tokio::test]
async fn robots_of_colleagues_who_raise_and_answer_concerns_fall_silent() {
    // An answer that counts ends a concern; else the ladder alone goes on.
    for (robot, later) in [(away as fn(&Post) -> String, 3), (silent, 0), (bounce, 3), (echo, 0)] {
        let written = written_to_colleagues(robot).await;
        let busy = usize::try_from(BUSY).unwrap();
        assert!(written.iter().skip(busy).all(|mails| *mails <= later), "{written:?}");
    }
}
