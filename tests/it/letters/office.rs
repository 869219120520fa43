//! An office of three in which mails are gathered, written and sent, on a set clock.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use mail_parser::MessageParser;
use owed::clock::{Clock, SettableClock};
use owed::config;
use owed::domain::effect::What;
use owed::domain::ids::{CaseNumber, PersonId};
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::outbox::courier::Courier;
use owed::outbox::memory::Memory;
use owed::outbox::seal::seal;
use owed::outbox::stationery::Stationery;
use owed::outbox::transport::Transport;
use owed::pulse::Pulse;
use owed::random::SeededRandom;
use owed::store::{Mail, Record, Store};
use tokio_util::sync::CancellationToken;

use super::matters::party;

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

[[rule]]
name = "everyone"
before_leaving = true

[escalation.standard]
steps = [{ before = "45m", tell = "owner" }, { after = "0m", tell = "supervisor", any_time = true }]

[daemon]
storm = 3

[intake.lmtp]
listen = "127.0.0.1:2424"
vouched = "all"
"#;

/// An office in which mails are written and, step by step, sent.
pub(super) struct Office {
    pub(super) engine: Engine,
    pub(super) clock: Arc<SettableClock>,
    pub(super) stationery: Stationery,
}

impl Office {
    pub(super) async fn open() -> Self {
        Self::furnished(OFFICE).await
    }

    /// An office where owed is only tried out.
    pub(super) async fn in_shadow() -> Self {
        Self::furnished(&OFFICE.replace("storm = 3", "storm = 3\nmode = \"shadow\"")).await
    }

    async fn furnished(text: &str) -> Self {
        let loaded = config::load("owed.toml", text, Path::new("/")).expect("it is sound");
        let clock = Arc::new(SettableClock::new(at("09:00")));
        let store = Store::in_memory().await.unwrap();
        let key = b"a key that is only for tests".to_vec();
        let stationery = Stationery {
            public_url: Some("https://owed.brook.example".to_owned()),
            ..Stationery::new(party("owed", "owed@brook.example"), key)
        };
        let engine = Engine::new(store, Arc::new(loaded.policy), Vec::new(), clock.clone());
        let own = stationery.sender.address.clone();
        let engine = engine.taking_orders(own, stationery.keys.clone());
        Self { engine, clock, stationery }
    }

    /// An office whose people are reminded in the morning, so that there is something to
    /// tell them in the evening.
    pub(super) async fn with_evenings() -> Self {
        let office = Self::furnished(&OFFICE.replace("before = \"45m\"", "before = \"6h\"")).await;
        office.engine.adopt(office.engine.policy()).await.unwrap();
        office
    }

    /// Somebody of us answers a mail of owed's with these words; what owed says to that.
    pub(super) async fn answers(&self, time: &str, mail: &Mail, words: &str) -> Mail {
        let from = &mail.sealed.recipient;
        let to =
            head(mail).lines().find_map(|line| line.strip_prefix("Reply-To: ").map(str::to_owned));
        let to = to.expect("somebody of ours can answer it");
        let raw = format!(
            "From: {from}\nTo: {to}\nSubject: Re: so\nMessage-ID: <{time}-{}@brook.example>\n\n\
             {words}\n",
            mail.id
        );
        self.takes(time, Proof::All, &raw).await;
        let mut mails = self.mails(time).await;
        mails.retain(|mail| head(mail).contains("What owed understood"));
        assert_eq!(mails.len(), 1, "one answer to {words:?}");
        mails.remove(0)
    }

    /// What is written down of a case, without what was heard.
    pub(super) async fn journal(&self, case: CaseNumber) -> Vec<(What, String)> {
        let lines = self.engine.store().read().await.unwrap().journal_of(case).await.unwrap();
        lines.into_iter().map(|line| (line.entry.what, line.entry.reason)).collect()
    }

    /// Somebody asks Ana something.
    pub(super) async fn asks(&self, who: &str, time: &str) -> CaseNumber {
        self.takes(time, Proof::None, &question(who)).await;
        let lines = self.engine.store().read().await.unwrap().journal_after(0, 1000).await.unwrap();
        lines.iter().filter_map(|line| line.case).next_back().unwrap()
    }

    pub(super) async fn takes(&self, time: &str, proof: Proof, raw: &str) {
        self.clock.set(at(time));
        let delivery = Delivery {
            position: None,
            source: "a test".to_owned(),
            channel: Channel::Email,
            at: at(time),
            envelope: Vec::new(),
            proof,
            raw: raw.replace('\n', "\r\n").into_bytes(),
        };
        self.engine.take(delivery).await.unwrap();
    }

    /// The mails that are ready at `time`, all of them leased.
    pub(super) async fn mails(&self, time: &str) -> Vec<Mail> {
        self.clock.set(at(time));
        self.engine.tick().await.unwrap();
        let now = self.clock.now();
        let mut tx = self.engine.store().write().await.unwrap();
        while seal(&mut tx, &self.engine.policy(), &self.stationery, now).await.unwrap() {}
        let mails = tx.lease(now, "a test", Timestamp::MAX, 100).await.unwrap();
        tx.commit().await.unwrap();
        mails
    }

    pub(super) async fn ends(&self, mail: &Mail, record: Record, remark: &str) {
        let mut tx = self.engine.store().write().await.unwrap();
        tx.finish(mail, &record, remark, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The same office, its store kept, after owed was started anew.
    pub(super) async fn restarted(self) -> Self {
        let (store, policy) = (self.engine.store().clone(), self.engine.policy());
        let engine = Engine::new(store, policy, Vec::new(), self.clock.clone());
        engine.wake_up().await.unwrap();
        Self { engine, ..self }
    }

    /// owed ends in order, before it did anything.
    pub(super) async fn ends_at(&self, time: &str) {
        let stop = CancellationToken::new();
        stop.cancel();
        self.clock.set(at(time));
        self.engine.run(stop).await;
    }

    /// What carries its mails into `memory`.
    pub(super) fn courier(&self, memory: &Memory) -> Courier {
        Courier {
            store: self.engine.store().clone(),
            policy: self.engine.in_force().clone(),
            stationery: self.stationery.clone(),
            transport: Transport::Memory(memory.clone()),
            holder: "a test".to_owned(),
            clock: self.clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            pulse: Pulse::default(),
        }
    }

    pub(super) async fn states(&self, case: CaseNumber) -> Vec<String> {
        let fates = self.engine.store().write().await.unwrap().fates(case).await.unwrap();
        fates.into_iter().map(|fate| format!("{} {}", fate.recipient, fate.state)).collect()
    }
}

pub(super) fn at(time: &str) -> Timestamp {
    format!("2026-11-20T{time}:00Z").parse().unwrap()
}

pub(super) fn question(who: &str) -> String {
    format!(
        "From: {who} <{who}@customer.example>\nTo: ana@brook.example\nSubject: A tap of {who}\n\
         Message-ID: <q-{who}@customer.example>\nDate: Fri, 20 Nov 2026 09:00:00 +0000\n\n\
         Could you come by?\n"
    )
}

pub(super) fn text(mail: &Mail) -> String {
    let parsed = MessageParser::default().parse(&mail.sealed.bytes).unwrap();
    parsed.body_text(0).unwrap().replace("\r\n", "\n")
}

pub(super) fn head(mail: &Mail) -> String {
    let whole = std::str::from_utf8(&mail.sealed.bytes).unwrap();
    whole.split_once("\r\n\r\n").unwrap().0.replace("\r\n ", " ")
}

pub(super) fn to(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.sealed.recipient.as_str()).collect()
}

pub(super) fn person(id: &str) -> PersonId {
    PersonId::new(id)
}
