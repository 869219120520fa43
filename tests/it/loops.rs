//! Two owed daemons with their people, robots and people of the world outside, for thirty
//! days: nobody outside gets two mails of a machine within a day, every conversation dies
//! out, and whatever came has its verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use owed::clock::{Clock, SettableClock};
use owed::config;
use owed::domain::act::Act;
use owed::domain::effect::{Purpose, What};
use owed::domain::ids::{Address, CaseNumber, Party, PersonId};
use owed::domain::obligation::Kind;
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::outbox::courier::Courier;
use owed::outbox::memory::Memory;
use owed::outbox::stationery::Stationery;
use owed::outbox::transport::{Outgoing, Transport};
use owed::pulse::Pulse;
use owed::random::SeededRandom;
use owed::store::{About, Line, Owed, Place, Store};

use crate::contact_pages::{CONFIGURATION, at};

/// A Monday, as a day begins.
const START: &str = "2026-03-02T09:00:00Z";

/// How long the world is looked at, for how long somebody in it begins something by
/// themselves, and after how long it has to be silent.
const DAYS: i64 = 30;
const BUSY: i64 = 3;
const SILENT_FROM: i64 = 14;

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// How often somebody who seems to be a machine is taken for a person.
const PATIENCE: usize = 2;

/// Who writes by themselves, three times a day: a person of the other daemon and that daemon's
/// own address among them.
const WRITERS: [(&str, &str); 7] = [
    ("away@robot.example", "help@brook.example"),
    ("silent@robot.example", "help@brook.example"),
    ("full@robot.example", "ana@brook.example"),
    ("echo@robot.example", "help@brook.example"),
    ("ana@dale.example", "help@brook.example"),
    ("owed@dale.example", "help@brook.example"),
    ("help@brook.example", "help@dale.example"),
];

/// Somebody of the world outside, and what they answer to a mail, if they do.
struct Outsider {
    address: &'static str,
    answers: fn(&Post) -> Option<String>,
}

/// Each in their own way: on holiday and says so in a header, or does not say so; a server
/// that sends everything back; one that returns the very words as a new mail; and people.
const OUTSIDERS: [Outsider; 7] = [
    Outsider { address: "away@robot.example", answers: |post| Some(away(post)) },
    Outsider { address: "silent@robot.example", answers: |post| Some(silent(post)) },
    Outsider { address: "full@robot.example", answers: |post| Some(bounce(post)) },
    Outsider { address: "echo@robot.example", answers: |post| Some(echo(post)) },
    Outsider { address: "jo@person.example", answers: content },
    Outsider { address: "kim@person.example", answers: discontent },
    Outsider { address: "lou@person.example", answers: |_| None },
];

/// The people among them; each asks both daemons one thing.
fn people() -> impl Iterator<Item = &'static str> {
    OUTSIDERS.iter().map(|outsider| outsider.address).filter(|who| who.contains("@person."))
}

/// A mail on its way.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) at: Timestamp,
    /// Who sends it, as servers see it: there bounces go, and answers of mail programs.
    pub(crate) sender: String,
    /// To whom a person would answer.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) raw: String,
}

pub(crate) fn away(post: &Post) -> String {
    let words = "I am out of the office until Monday.";
    reply(post, &post.sender, "Auto-Submitted: auto-replied\r\n", words)
}

pub(crate) fn silent(post: &Post) -> String {
    let words = "Thank you for your message. We moved! When can we welcome you?";
    reply(post, &post.from, "", words)
}

fn content(post: &Post) -> Option<String> {
    let asked = post.raw.contains("as it should be?");
    asked.then(|| reply(post, &post.from, "", "Yes, all is well, thank you!"))
}

/// It is not, the first time.
fn discontent(post: &Post) -> Option<String> {
    let asked = post.raw.contains("as it should be?");
    let mended = post.at > at(START) + SignedDuration::from_hours(24 * 8);
    let words = if mended { "Yes, now all is well." } else { "No, it still leaks." };
    asked.then(|| reply(post, &post.from, "", words))
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

fn reply(post: &Post, to: &str, mark: &str, words: &str) -> String {
    let (id, subject, _) = heads(post);
    format!(
        "From: {}\r\nTo: {to}\r\nSubject: Re: {subject}\r\nIn-Reply-To: <{id}>\r\n{mark}\
         Message-ID: <re.{id}>\r\nDate: {}\r\n\r\n{words}\r\n",
        post.to,
        date(post.at)
    )
}

pub(crate) fn echo(post: &Post) -> String {
    let (id, subject, text) = heads(post);
    let head = format!("From: {}\r\nTo: {}\r\nSubject: {subject}, seen", post.to, post.from);
    let (at, name) = (date(post.at), id.len() + subject.len());
    format!("{head}\r\nMessage-ID: <{name}.{id}>\r\nDate: {at}\r\n\r\n{text}\r\n")
}

pub(crate) fn bounce(post: &Post) -> String {
    let (id, ..) = heads(post);
    let report = "Content-Type: multipart/report; report-type=delivery-status; boundary=b";
    format!(
        "From: Mailer <mailer-daemon@robot.example>\r\nTo: {}\r\nSubject: Undelivered\r\n\
         Message-ID: <dsn.{id}>\r\nDate: {}\r\nMIME-Version: 1.0\r\n{report}\r\n\r\n--b\r\n\r\n\
         No such user.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; \
         robot.example\r\n\r\nFinal-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n--b--\r\n",
        post.sender,
        date(post.at),
        post.to
    )
}

/// What somebody writes by themselves.
fn begins(at: Timestamp, from: &str, to: &str, n: i64) -> Post {
    let raw = format!(
        "From: {from}\r\nTo: {to}\r\nSubject: Matter {n} of {from}\r\n\
         Message-ID: <{n}.{to}.{from}>\r\nDate: {}\r\n\r\nCould you look at matter {n}?\r\n",
        date(at)
    );
    Post { at, sender: from.to_owned(), from: from.to_owned(), to: to.to_owned(), raw }
}

/// A mail of a daemon to somebody outside.
struct Letter {
    purpose: Purpose,
    post: Post,
}

/// One owed of the two, and Ana who works there.
struct House {
    domain: &'static str,
    engine: Engine,
    courier: Courier,
    memory: Memory,
    seen: usize,
    read: i64,
    /// What came, and whether a machine says that it wrote it.
    came: BTreeMap<String, bool>,
    patience: BTreeMap<String, usize>,
}

impl House {
    /// One that lets its questions go by themselves, or sees each of them before.
    async fn open(domain: &'static str, standing: bool, clock: Arc<SettableClock>) -> Self {
        let text = CONFIGURATION
            .replace("before_leaving", "receipt = true\nbefore_leaving")
            .replace("approval", "again_after = \"3d\"\napproval")
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
        engine.let_check_ins_go(&ana(), standing).await.unwrap();
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
        let (came, patience) = (BTreeMap::new(), BTreeMap::new());
        Self { domain, engine, courier, memory, seen: 0, read: 0, came, patience }
    }

    fn is_here(&self, address: &str) -> bool {
        address.ends_with(&format!("@{}", self.domain))
    }

    /// Takes a mail in, as from a server that vouches for everybody.
    async fn take(&mut self, post: &Post, proof: Proof) {
        let delivery = Delivery {
            position: None,
            source: "the world".to_owned(),
            at: post.at,
            envelope: Address::parse(&post.to).into_iter().collect(),
            proof,
            channel: Channel::Email,
            raw: post.raw.clone().into_bytes(),
        };
        self.engine.take(delivery).await.unwrap();
        if proof == Proof::All {
            let marks = ["Auto-Submitted: auto-", "multipart/report"];
            let automatic = marks.iter().any(|mark| post.raw.contains(mark));
            self.came.insert(heads(post).0, automatic);
        }
    }

    /// Lets the daemon work; what it sent to others.
    async fn work(&mut self, now: Timestamp) -> Vec<Letter> {
        self.engine.work().await.unwrap();
        self.courier.work().await.unwrap();
        let sent = self.memory.sent();
        let mut letters = Vec::new();
        for mail in sent.iter().skip(self.seen).filter(|mail| !self.is_here(mail.to.as_str())) {
            let purpose = self.purpose(mail).await;
            letters.push(Letter { purpose, post: post(now, mail) });
        }
        self.seen = sent.len();
        letters
    }

    async fn purpose(&self, mail: &Outgoing) -> Purpose {
        let mut tx = self.engine.store().write().await.unwrap();
        let told = tx.told_by(&mail.message_id).await.unwrap();
        match &told.first().expect("it was decided").about {
            About::Case(_, notice) => notice.purpose,
            About::Occasion(occasion) => panic!("{occasion:?} goes to somebody outside"),
        }
    }

    async fn act(&self, case: CaseNumber, act: Act) {
        self.engine.act(case, &ana(), act).await.unwrap();
    }

    /// Ana's afternoon: who wrote is told when they hear, a day later they are answered by mail
    /// and the case is a job done. Whoever seems to be a machine is left alone.
    async fn works_through_it(&mut self, now: Timestamp) -> Vec<Post> {
        let owed = self.engine.store().read().await.unwrap().owed(Place::START, 1000).await;
        let (promises, replies): (Vec<Owed>, Vec<Owed>) =
            owed.unwrap().into_iter().partition(|owed| owed.kind == Kind::Promise);
        let waits = |owed: &&Owed| promises.iter().all(|promise| promise.case != owed.case);
        for owed in replies.iter().filter(waits) {
            let contact = owed.contact.address.to_string();
            let met = self.patience.entry(contact.clone()).or_default();
            *met += 1;
            if *met <= PATIENCE || people().any(|who| who == contact) {
                self.act(owed.case, Act::TellWhen { due: now + A_DAY, again: false }).await;
            } else {
                let reason = "a machine writes here".to_owned();
                self.act(owed.case, Act::Dismiss { reason }).await;
                self.act(owed.case, Act::Close { title: String::new() }).await;
            }
        }
        let mut posts = Vec::new();
        for owed in promises.iter().filter(|owed| owed.due <= now) {
            let answer = self.answers(owed, now).await;
            self.take(&answer, Proof::Sent).await;
            posts.push(answer);
            self.act(owed.case, Act::Close { title: owed.subject.clone() }).await;
        }
        posts
    }

    async fn answers(&self, owed: &Owed, now: Timestamp) -> Post {
        let mut tx = self.engine.store().read().await.unwrap();
        let last = tx.last_heard(owed.case).await.unwrap().and_then(|last| last.message_id);
        let (from, to) = (format!("ana@{}", self.domain), owed.contact.address.to_string());
        let id = last.map_or_else(String::new, |id| id.as_str().to_owned());
        let raw = format!(
            "From: {from}\r\nTo: {to}\r\nSubject: Re: {}\r\nMessage-ID: <{}.{}@{}>\r\n\
             In-Reply-To: <{id}>\r\nDate: {}\r\n\r\nHello, it is done.\r\n",
            owed.subject,
            owed.case,
            now.as_second(),
            self.domain,
            date(now)
        );
        Post { at: now, sender: from.clone(), from, to, raw }
    }

    /// Ana sends every question that she is shown.
    async fn sends_questions(&mut self) {
        for line in self.news().await {
            if let (What::CheckInShown, Some(case)) = (line.entry.what, line.case) {
                self.act(case, Act::Send { shown: None, words: None }).await;
            }
        }
    }

    /// What stands in the journal since it was last read.
    async fn news(&mut self) -> Vec<Line> {
        let mut tx = self.engine.store().read().await.unwrap();
        let lines = tx.journal_after(self.read, 1_000_000).await.unwrap();
        self.read = lines.last().map_or(self.read, |line| line.id);
        lines
    }

    async fn journal(&mut self) -> Vec<Line> {
        self.read = 0;
        self.news().await
    }
}

fn ana() -> PersonId {
    PersonId::new("017")
}

/// A mail of a daemon as the world gets it.
pub(crate) fn post(at: Timestamp, mail: &Outgoing) -> Post {
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    let answers = parsed.reply_to().or(parsed.from()).and_then(|to| to.first());
    Post {
        at,
        sender: mail.from.to_string(),
        from: answers.and_then(|to| to.address()).unwrap_or_default().to_owned(),
        to: mail.to.to_string(),
        raw: String::from_utf8(mail.bytes.clone()).unwrap(),
    }
}

/// Both daemons and everybody else, and all that the daemons sent to anybody outside.
struct World {
    clock: Arc<SettableClock>,
    houses: [House; 2],
    posts: Vec<Post>,
    letters: Vec<(&'static str, Letter)>,
}

impl World {
    async fn open() -> Self {
        let clock = Arc::new(SettableClock::new(at(START)));
        let houses = [
            House::open("brook.example", true, clock.clone()).await,
            House::open("dale.example", false, clock.clone()).await,
        ];
        Self { clock, houses, posts: Vec::new(), letters: Vec::new() }
    }

    async fn turns(&mut self, now: Timestamp) {
        for post in std::mem::take(&mut self.posts) {
            let post = Post { at: now, ..post };
            for outsider in OUTSIDERS.iter().filter(|outsider| outsider.address == post.to) {
                let answer = (outsider.answers)(&post);
                self.posts.extend(answer.map(|raw| Self::answer(&post, raw)));
            }
            for house in self.houses.iter_mut().filter(|house| house.is_here(&post.to)) {
                house.take(&post, Proof::All).await;
            }
        }
        for house in &mut self.houses {
            for letter in house.work(now).await {
                self.posts.push(letter.post.clone());
                self.letters.push((house.domain, letter));
            }
            house.sends_questions().await;
        }
    }

    /// An answer goes to whom it names.
    fn answer(to: &Post, raw: String) -> Post {
        let mail = MessageParser::default().parse(raw.as_bytes()).unwrap();
        let first = mail.to().and_then(|to| to.first()).and_then(|to| to.address());
        let first = first.expect("it names somebody").to_owned();
        let from = to.to.clone();
        Post { at: to.at, sender: from.clone(), from, to: first, raw }
    }

    async fn lives(&mut self) {
        for turn in 0..DAYS * 24 {
            let now = at(START) + SignedDuration::from_hours(turn);
            self.clock.set(now);
            if turn == 0 {
                let ask = |who| ["help@brook.example", "help@dale.example"].map(|to| (who, to));
                let asked = people().flat_map(ask);
                self.posts.extend(asked.map(|(who, to)| begins(now, who, to, 0)));
            }
            if turn <= BUSY * 24 && turn % 8 == 0 {
                self.posts.extend(WRITERS.iter().map(|(from, to)| begins(now, from, to, turn)));
            }
            self.turns(now).await;
            let local = now.to_zoned(TimeZone::UTC);
            let weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
            if local.hour() == 15 && local.minute() == 0 && !weekend {
                for house in &mut self.houses {
                    self.posts.extend(house.works_through_it(now).await);
                }
            }
        }
    }
}

#[tokio::test]
async fn two_daemons_and_robots_fall_silent_and_write_to_nobody_twice_a_day() {
    let mut world = World::open().await;
    world.lives().await;

    let mut last: BTreeMap<(&str, &str), Timestamp> = BTreeMap::new();
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    let silent = at(START) + SignedDuration::from_hours(24 * SILENT_FROM);
    for (house, Letter { purpose, post }) in &world.letters {
        let name = purpose.name();
        kinds.insert(name);
        let before = last.insert((house, &post.to), post.at);
        // A note goes because somebody wants it to, there and then.
        let by_itself = *purpose != Purpose::TellWhen;
        let before = before.filter(|_| by_itself);
        let apart = before.is_none_or(|before| post.at.duration_since(before) >= A_DAY);
        assert!(apart, "{house} to {}: {name} at {} after {before:?}", post.to, post.at);
        assert!(post.at < silent, "{house} to {}: {name} at {}", post.to, post.at);
    }
    // What is proved of nothing is not proved.
    for kind in [Purpose::Receipt, Purpose::TellWhen, Purpose::Transcript, Purpose::CheckIn] {
        assert!(kinds.contains(kind.name()), "{kinds:?}");
    }
    for house in &mut world.houses {
        let lines = house.journal().await;
        let domain = house.domain;
        for (what, words) in [
            (What::CheckIn, "once more"),
            (What::CheckInOk, "Matter"),
            (What::CheckInNotOk, "Matter"),
            (What::CheckInOver, "no answer, and it was asked twice"),
            (What::Transcript, "they were not answered"),
        ] {
            let found = |l: &Line| l.entry.what == what && l.entry.reason.contains(words);
            assert!(lines.iter().any(found), "{domain}: never {} {words}", what.name());
        }
        let said: BTreeSet<(&str, &str)> = lines
            .iter()
            .filter(|line| !line.entry.reason.is_empty())
            .filter_map(|line| {
                Some((line.entry.message.as_ref()?.as_str(), line.entry.what.name()))
            })
            .collect();
        assert!(house.came.values().filter(|automatic| **automatic).count() > 3, "{domain}");
        for (id, automatic) in &house.came {
            let judged = said.iter().any(|(of, _)| of == id);
            assert!(judged, "{domain}: {id} has no verdict");
            let heard = [What::Owed, What::Reopened, What::Chased, What::Answered];
            let heard = heard.map(What::name).into_iter().find(|what| said.contains(&(id, *what)));
            assert!(!automatic || heard.is_none(), "{domain}: {id} of a machine is {heard:?}");
        }
    }
}
