//! Evenings, departures and mornings on a clock that is set by hand: who is written
//! to, when, and when nobody is.

use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use mail_parser::MessageParser;
use owed::clock::SettableClock;
use owed::config;
use owed::domain::act::Act;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::mail::template::Templates;
use owed::mail::token::{Key, Keys};
use owed::outbox::seal::seal;
use owed::outbox::stationery::Stationery;
use owed::report::leave::leave;
use owed::store::{Place, Record, Store};

use super::letters::matters::party;

/// Marta is above Ana and Ben, who serve help@; the office closes at 18:00.
pub(crate) const OFFICE: &str = include_str!("archive/owed.toml");

/// A ladder that reminds in the morning and tells Marta only the next day.
const SLOW: &str = r#"
[escalation.standard]
steps = [
  { before = "6h", tell = "owner" },
  { after = "4h", tell = "supervisor" },
]
"#;

pub(crate) const DIGEST: &str = "\n[schedule]\nsupervisor_digest = \"30 8 * * Mon-Fri\"\n";

pub(crate) struct Room {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<SettableClock>,
    /// To whom nothing arrives.
    pub(crate) unreachable: Mutex<Vec<&'static str>>,
}

/// A mail that was written: when, to whom, its subject, its text.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) at: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Room {
    pub(crate) async fn open(configuration: &str, start: &str) -> Self {
        let room = Self::on(Store::in_memory().await.unwrap(), configuration, start);
        room.engine.adopt(room.engine.policy()).await.unwrap();
        room
    }

    pub(crate) fn on(store: Store, configuration: &str, start: &str) -> Self {
        let loaded = config::load("owed.toml", configuration, Path::new("/")).expect("it is sound");
        let clock = Arc::new(SettableClock::new(at(start)));
        let engine = Engine::new(store, Arc::new(loaded.policy), Vec::new(), clock.clone());
        Self { engine, clock, unreachable: Mutex::default() }
    }

    /// A question from `who`, to somebody here.
    pub(crate) async fn asked(&self, when: &str, who: &str, to: &str, subject: &str) {
        let raw = format!(
            "From: {who} <{who}@customer.example>\r\nTo: {to}@brook.example\r\n\
             Subject: {subject}\r\nMessage-ID: <q-{who}@customer.example>\r\n\r\n\
             Could you come by?\r\n"
        );
        self.delivered(when, Proof::All, &raw).await;
    }

    async fn answered(&self, when: &str, who: &str, by: &str) {
        let raw = format!(
            "From: {by}@brook.example\r\nTo: {who}@customer.example\r\nSubject: Re: so\r\n\
             Message-ID: <a-{who}@brook.example>\r\nIn-Reply-To: <q-{who}@customer.example>\r\n\r\n\
             Yes, do come by at ten.\r\n"
        );
        self.delivered(when, Proof::Sent, &raw).await;
    }

    pub(crate) async fn delivered(&self, when: &str, proof: Proof, raw: &str) {
        self.clock.set(at(when));
        let delivery = Delivery {
            position: None,
            source: "a test".to_owned(),
            channel: owed::domain::rule::Channel::Email,
            at: at(when),
            envelope: Vec::new(),
            proof,
            raw: raw.as_bytes().to_vec(),
        };
        self.engine.take(delivery).await.unwrap();
    }

    /// Lets time pass from alarm to alarm; what is written meanwhile.
    pub(crate) async fn pass(&self, until: &str) -> Vec<Written> {
        let mut written = Vec::new();
        loop {
            let alarm = self.engine.tick().await.unwrap();
            let now = self.written().await;
            // What became of a mail may have set an alarm.
            let some = !now.is_empty();
            written.extend(now);
            if some {
                continue;
            }
            let sending = self.engine.store().read().await.unwrap().next_send().await.unwrap();
            let next = alarm.into_iter().chain(sending).min().filter(|next| *next <= at(until));
            let Some(next) = next else { break };
            self.clock.set(next.max(self.engine.now()));
        }
        self.clock.set(at(until));
        written
    }

    async fn written(&self) -> Vec<Written> {
        let key = b"a key that is only for tests".to_vec();
        let stationery = Stationery {
            sender: party("owed", "owed@brook.example"),
            keys: Keys { current: Key::from(key.clone()), previous: None },
            key,
            public_url: Some("https://owed.brook.example".to_owned()),
            templates: Templates::default(),
        };
        let now = self.engine.now();
        let mut tx = self.engine.store().write().await.unwrap();
        while seal(&mut tx, &self.engine.policy(), &stationery, now).await.unwrap() {}
        let mails = tx.lease(now, "a test", Timestamp::MAX, 100).await.unwrap();
        for mail in &mails {
            let to = mail.sealed.recipient.as_str().split('@').next().unwrap();
            let (record, remark) = if self.unreachable.lock().unwrap().contains(&to) {
                (Record::Failed, "the server said: 550 unknown")
            } else {
                (Record::Sent, "")
            };
            tx.finish(mail, &record, remark, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        mails
            .iter()
            .map(|mail| read(mail.sealed.recipient.as_str(), &mail.sealed.bytes, now))
            .collect()
    }
}

fn read(to: &str, bytes: &[u8], now: Timestamp) -> Written {
    let parsed = MessageParser::default().parse(bytes).unwrap();
    let lisbon = jiff::tz::TimeZone::get("Europe/Lisbon").unwrap();
    Written {
        at: now.to_zoned(lisbon).strftime("%a %H:%M").to_string(),
        to: to.split('@').next().unwrap().to_owned(),
        subject: parsed.subject().unwrap().to_owned(),
        text: parsed.body_text(0).unwrap().replace("\r\n", "\n"),
    }
}

/// Winter in Lisbon is UTC; 2 March 2026 is a Monday.
pub(crate) fn at(day_and_time: &str) -> Timestamp {
    format!("2026-03-{day_and_time}:00Z").replace(' ', "T").parse().unwrap()
}

pub(crate) fn lines(written: &[Written]) -> Vec<String> {
    written.iter().map(|w| format!("{} {}: {}", w.at, w.to, w.subject)).collect()
}

/// The commented configuration with another ladder for everyone.
pub(crate) fn slow() -> String {
    let (before, rest) = OFFICE.split_once("[escalation.standard]").unwrap();
    let (_, after) = rest.split_once("]\n").unwrap();
    format!("{before}{SLOW}{after}")
}

#[tokio::test]
async fn who_owes_hears_of_it_once_before_they_leave() {
    let room = Room::open(&slow(), "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    room.asked("02 09:10", "sam", "ana", "The boiler").await;
    let written = room.pass("02 17:59").await;
    let evening = written.last().unwrap();
    assert_eq!(evening.subject, "Before you leave: 2 people are waiting for you");
    assert_eq!((evening.at.as_str(), evening.to.as_str()), ("Mon 17:30", "ana"));
    let (jo, sam) = (evening.text.find("The tap"), evening.text.find("The boiler"));
    assert!(jo < sam && jo.is_some(), "most urgent first: {}", evening.text);
    assert_eq!(written.iter().filter(|w| w.subject.contains("Before you leave")).count(), 1);
}

#[tokio::test]
async fn nobody_hears_in_the_evening_what_they_were_reminded_of_just_before() {
    let room = Room::open(OFFICE, "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    let written = lines(&room.pass("02 17:59").await);
    assert!(written.len() == 1 && written[0].starts_with("Mon 17:20 ana"), "{written:?}");

    // Something that is due and was not told just before: all of it together.
    let room = Room::open(&slow(), "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    room.pass("02 17:00").await;
    room.asked("02 17:00", "sam", "ana", "The boiler").await;
    let written = room.pass("02 17:59").await;
    let evening = written.last().unwrap();
    assert!(evening.text.contains("The tap") && evening.text.contains("The boiler"), "{evening:?}");
}

#[tokio::test]
async fn nothing_owed_is_no_mail() {
    let room = Room::open(&slow(), "02 08:00").await;
    assert_eq!(lines(&room.pass("06 23:00").await), Vec::<String>::new());
    room.asked("09 09:00", "jo", "ana", "The tap").await;
    room.pass("09 17:00").await;
    room.answered("09 17:10", "jo", "ana").await;
    assert_eq!(lines(&room.pass("10 08:00").await), Vec::<String>::new());
}

#[tokio::test]
async fn who_is_away_has_no_evening_and_the_last_one_there_owes_what_nobody_took() {
    let away = "email = [\"ana@brook.example\"]\nabsences = [\"2026-03-02\"]\ndeputy = \"021\"";
    let office = slow().replace("email = [\"ana@brook.example\"]", away);
    let room = Room::open(&office, "02 08:00").await;
    room.asked("02 09:00", "jo", "help", "The tap").await;
    room.asked("02 09:10", "sam", "ana", "The boiler").await;
    let written = room.pass("02 17:59").await;
    let evenings: Vec<&Written> =
        written.iter().filter(|w| w.subject.starts_with("Before you leave")).collect();
    assert!(evenings.len() == 1 && evenings[0].to == "ben", "{written:?}");
    assert!(evenings[0].text.contains("The tap") && evenings[0].text.contains("The boiler"));
}

#[tokio::test]
async fn what_is_left_behind_goes_to_whoever_is_above_with_who_could_take_it() {
    let room = Room::open(&slow(), "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    room.asked("02 09:10", "sam", "help", "The boiler").await;
    let written = room.pass("02 23:00").await;
    let left: Vec<&Written> = written.iter().filter(|w| w.to == "marta").collect();
    let subjects: Vec<&str> = left.iter().map(|w| w.subject.as_str()).collect();
    // Ben, who is named first, is the last one there; Ana has her own.
    let one = |name: &str| format!("{name} has gone home: one person is waiting");
    assert_eq!(subjects, [one("Ana Ruiz"), one("Ben Ode")], "{written:#?}");
    assert!(left.iter().all(|w| w.at == "Mon 18:00"), "{left:?}");
    assert!(left[1].text.contains("Ana Ruiz could take it."), "{}", left[1].text);
    assert!(left[1].text.contains("Tomorrow 09:00") || left[1].text.contains("tomorrow 09:00"));
}

#[tokio::test]
async fn what_waits_on_is_news_once_to_whoever_is_above() {
    let patient = slow().replace("after = \"4h\"", "after = \"9d\"");
    let room = Room::open(&patient, "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    let gone = |written: &[Written]| {
        let gone = written.iter().filter(|w| w.subject.contains("gone home"));
        gone.map(|w| format!("{}\n{}", w.subject, w.text)).collect::<Vec<_>>()
    };
    assert_eq!(gone(&room.pass("02 23:00").await).len(), 1);
    assert_eq!(gone(&room.pass("03 23:00").await), Vec::<String>::new(), "Marta knows that");
    room.asked("04 09:00", "sam", "ana", "The boiler").await;
    let news = gone(&room.pass("04 23:00").await);
    let [news] = news.as_slice() else { panic!("{news:?}") };
    assert!(news.starts_with("Ana Ruiz has gone home: one person is waiting"), "{news}");
    assert!(news.contains("The boiler") && !news.contains("The tap"), "{news}");
    assert!(news.contains("1 more waits that you were told of before."), "{news}");
}

#[tokio::test]
async fn nobody_is_told_twice_of_what_the_ladder_told_at_the_same_minute() {
    let room = Room::open(OFFICE, "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    let written = lines(&room.pass("03 08:00").await);
    let marta: Vec<_> = written.iter().filter(|line| line.contains("marta")).collect();
    assert!(
        marta.len() == 1 && marta[0].starts_with("Mon 18:00 marta: jo is waiting"),
        "{written:?}"
    );

    // Who left before hears of it in the morning, and once.
    let early = "[calendar.early]\nmon-fri = [\"09:00-17:00\"]\n\n[[person]]\nid = \"004\"";
    let office = OFFICE.replacen("[[person]]\nid = \"004\"", early, 1);
    let office = office.replace("short = \"marta\"", "short = \"marta\"\ncalendar = \"early\"");
    let office = office.replace("short = \"ana\"", "short = \"ana\"\ncalendar = \"office\"");
    let office = office.replace("short = \"ben\"", "short = \"ben\"\ncalendar = \"office\"");
    let room = Room::open(&office, "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    let written = lines(&room.pass("03 09:10").await);
    let marta: Vec<_> = written.iter().filter(|line| line.contains("marta")).collect();
    assert!(
        marta.len() == 1 && marta[0].starts_with("Tue 09:00 marta: jo is waiting"),
        "{written:?}"
    );
}

#[tokio::test]
async fn after_days_of_down_time_only_the_latest_evening_counts() {
    let office = format!("{}{DIGEST}", slow());
    let before = Room::open(&office, "02 08:00").await;
    before.asked("02 09:00", "jo", "ana", "The tap").await;
    let after = Room::on(before.engine.store().clone(), &office, "05 17:45");
    after.engine.adopt(after.engine.policy()).await.unwrap();
    let written = after.pass("05 17:50").await;
    let of = |what: &str| written.iter().filter(|w| w.subject.contains(what)).count();
    assert_eq!(of("Before you leave"), 1, "{written:#?}");
    assert_eq!(of("overdue"), 1, "one digest, to Marta: {written:#?}");
    // That Ana left on Wednesday is no news: the ladder has told of it just now.
    assert_eq!(of("gone home"), 0, "{written:#?}");
}

#[tokio::test]
async fn evenings_can_be_switched_off_and_moved() {
    let off = format!("{}\n[leaving]\nremind = \"off\"\n", slow());
    let room = Room::open(&off, "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    let written = lines(&room.pass("02 17:59").await);
    assert!(!written.iter().any(|line| line.contains("Before you leave")), "{written:?}");

    let sooner = off.replace("\"off\"", "\"1h 15m\"");
    let moved = Room::on(room.engine.store().clone(), &sooner, "03 08:00");
    moved.engine.adopt(moved.engine.policy()).await.unwrap();
    let written = lines(&moved.pass("03 17:59").await);
    assert!(written.iter().any(|line| line.starts_with("Tue 16:45 ana: Before")), "{written:?}");
}

#[tokio::test]
async fn a_supervisor_has_a_morning_with_all_that_was_decided() {
    let room = Room::open(&format!("{OFFICE}{DIGEST}"), "02 08:00").await;
    assert_eq!(lines(&room.pass("03 09:05").await), Vec::<String>::new(), "nothing to tell");
    room.asked("03 09:06", "jo", "ana", "The tap").await;
    room.asked("03 09:10", "sam", "help", "The boiler").await;
    let newsletter = "From: news@shop.example\r\nTo: ben@brook.example\r\nSubject: Offers\r\n\
        List-Unsubscribe: <https://shop.example/u>\r\nPrecedence: bulk\r\n\
        Message-ID: <n@shop.example>\r\n\r\nCheap!\r\n";
    room.delivered("03 09:20", Proof::None, newsletter).await;
    let sam = room.engine.store().read().await.unwrap().owed(Place::START, 9).await.unwrap();
    let sam = sam.iter().find(|owed| owed.contact.name == "sam").unwrap().case;
    room.engine.dismiss(sam, "Ben Ode", "it was a joke").await.unwrap();
    let written = room.pass("04 09:30").await;
    let mornings: Vec<&Written> =
        written.iter().filter(|w| w.subject.contains("due today")).collect();
    let [morning] = mornings.as_slice() else { panic!("{written:#?}") };
    // The schedule says 08:30, and Marta comes at 09:00.
    assert_eq!((morning.at.as_str(), morning.to.as_str()), ("Wed 09:00", "marta"));
    for told in
        ["Overdue now", "The tap", "Ana Ruiz", "it was a joke (by Ben Ode)", "newsletters 1"]
    {
        assert!(morning.text.contains(told), "{told}: {}", morning.text);
    }
    let again = room.pass("05 09:30").await;
    let next = again.iter().find(|w| w.subject.contains("due today")).unwrap();
    assert!(!next.text.contains("it was a joke"), "told once: {}", next.text);
}

/// A mail to somebody here that needs no answer.
fn filed(id: &str, to: &str, head: &str) -> String {
    format!(
        "From: Vi <vi@shop.example>\r\nTo: {to}\r\nSubject: Offers\r\n{head}\
         Message-ID: <{id}@shop.example>\r\n\r\nCheap!\r\n"
    )
}

const BULK: &str = "List-Unsubscribe: <https://shop.example/u>\r\nPrecedence: bulk\r\n";

#[tokio::test]
async fn a_morning_without_anything_for_people_is_no_mail_and_is_counted_in_the_next() {
    let room = Room::open(&format!("{OFFICE}{DIGEST}"), "02 08:00").await;
    room.delivered("02 10:00", Proof::None, &filed("1", "ana@brook.example", BULK)).await;
    // A post that names nobody here is nothing to look at for anybody.
    room.delivered("02 10:01", Proof::None, &filed("2", "list@list.example", "")).await;
    assert_eq!(lines(&room.pass("03 12:00").await), Vec::<String>::new());
    room.delivered("03 12:01", Proof::None, &filed("3", "ana@brook.example", BULK)).await;
    room.asked("03 12:02", "jo", "ana", "The tap").await;
    let written = room.pass("04 09:30").await;
    let morning = written.iter().find(|w| w.subject.contains("overdue,")).unwrap();
    assert!(morning.text.contains("Since Wednesday 25 February"), "{}", morning.text);
    assert!(morning.text.contains("newsletters 2"), "{}", morning.text);
}

#[tokio::test]
async fn a_morning_tells_of_those_whom_its_reader_is_above_and_of_all_of_them() {
    // Ben is above Kim, and Marta above Ben and Ana.
    let kim = "[[person]]\nid = \"030\"\nshort = \"kim\"\nname = \"Kim Lee\"\n\
        email = [\"kim@brook.example\"]\nsupervisor = \"021\"\n\n[[mailbox]]";
    let office = OFFICE.replacen("[[mailbox]]", kim, 1);
    let room = Room::open(&format!("{office}{DIGEST}"), "02 08:00").await;
    room.asked("02 09:00", "kid", "kim", "The door").await;
    for n in 0..220 {
        room.asked("02 09:01", &format!("c{n}"), "ana", "The tap").await;
    }
    let tx = async || room.engine.store().read().await.unwrap();
    let owed = tx().await.owed(Place::START, 999).await.unwrap();
    room.clock.set(at("02 09:05"));
    let door = |owed: &&owed::store::Owed| owed.subject == "The door";
    for owed in owed.iter().filter(door).chain(owed.iter().filter(|owed| !door(owed))) {
        room.clock.set(room.engine.now() + jiff::SignedDuration::from_secs(1));
        room.engine
            .dismiss(owed.case, "Marta Brook", &format!("as {}", owed.subject))
            .await
            .unwrap();
    }
    let thanks = "From: Kid <kid@customer.example>\r\nTo: kim@brook.example\r\n\
        Subject: Re: The door\r\nIn-Reply-To: <q-kid@customer.example>\r\n\
        Message-ID: <thanks@customer.example>\r\n\r\nThanks a lot!\r\n";
    room.delivered("02 10:00", Proof::None, thanks).await;
    room.delivered("02 10:01", Proof::None, " \r\n").await;
    let written = room.pass("03 09:30").await;
    let of = |to: &str| &written.iter().find(|w| w.to == to).unwrap().text;
    assert!(of("ben").contains("“The door”: as The door (by Marta Brook)"), "{}", of("ben"));
    assert!(of("ben").contains("1 mail was filed as needing no reply: thanks 1."), "{}", of("ben"));
    assert!(!of("ben").contains("The tap"), "{}", of("ben"));
    assert!(!of("marta").contains("The door"), "{}", of("marta"));
    assert!(of("owner").contains("Could not be read, so nobody judged it"), "{}", of("owner"));
}

#[tokio::test]
async fn may_i_leave_counts_promises_and_ranks_a_broken_one_first() {
    let room = Room::open(OFFICE, "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    room.asked("02 09:10", "sam", "ana", "The boiler").await;
    room.clock.set(at("02 10:00"));
    let owed = room.engine.store().read().await.unwrap().owed(Place::START, 9).await.unwrap();
    let sam = owed.iter().find(|owed| owed.contact.name == "sam").unwrap().case;
    let ana = room.engine.policy().roster.person_called("ana").unwrap().id.clone();
    let words = "by Tuesday at four".to_owned();
    room.engine.act(sam, &ana, Act::Promise { due: at("03 16:00"), words }).await.unwrap();
    let policy = room.engine.policy();
    let person = policy.roster.person_called("ana").unwrap();
    let mut tx = room.engine.store().read().await.unwrap();
    let kinds = async |tx: &mut owed::store::Tx, now: &str| {
        let answer = leave(tx, &policy, person, at(now)).await.unwrap();
        answer.owed.iter().map(|row| row.kind.clone()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&mut tx, "02 14:00").await, ["reply"]);
    // The reply was due before it; a word that was given comes first all the same.
    assert_eq!(kinds(&mut tx, "03 15:00").await, ["reply", "promise"]);
    assert_eq!(kinds(&mut tx, "03 17:00").await, ["promise", "reply"]);
}

#[tokio::test]
async fn a_letter_says_how_it_went_with_the_contact_before() {
    let room = Room::open(OFFICE, "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    room.answered("02 10:00", "jo", "ana").await;
    room.asked("03 09:00", "kim", "ben", "The door").await;
    let again = "From: jo <jo@customer.example>\r\nTo: ana@brook.example\r\n\
        Subject: The boiler\r\nMessage-ID: <second@customer.example>\r\n\r\nCould you come?\r\n";
    room.delivered("03 09:10", Proof::All, again).await;
    let written = room.pass("03 17:59").await;
    let of = |subject: &str| written.iter().find(|w| w.subject.contains(subject)).unwrap();
    let told = "With this contact so far:\n  - Answered in time once.\n";
    assert!(of("The boiler").text.contains(told), "{}", of("The boiler").text);
    assert!(!of("The door").text.contains("so far"), "{}", of("The door").text);
}
