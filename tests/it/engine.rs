//! The engine on a clock that is set by hand: what comes, in whatever order and
//! however often, becomes one true case.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use owed::clock::SettableClock;
use owed::config;
use owed::domain::effect::What;
use owed::domain::ids::Address;
use owed::domain::policy::Policy;
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{self, Acceptor, Delivery, Proof};
use owed::report::leave::leave;
use owed::report::owed::{Wanted, rows};
use owed::store::{Owed, Place, Store, Unsealed};

pub(crate) const CONFIGURATION: &str = include_str!("archive/owed.toml");

pub(crate) const QUESTION: &str = "From: Jo <jo@customer.example>\nTo: Ana <ana@brook.example>\n\
    Subject: The tap\nMessage-ID: <q@customer.example>\n\
    Date: Mon, 02 Mar 2026 09:00:00 +0000\n\nCould you come by?\n";
const ANSWER: &str = "From: Ana <ana@brook.example>\nTo: Jo <jo@customer.example>\n\
    Subject: Re: The tap\nMessage-ID: <a@brook.example>\nIn-Reply-To: <q@customer.example>\n\
    Date: Mon, 02 Mar 2026 09:30:00 +0000\n\nYes, on Thursday.\n";
const SETTLED: &str = "From: Jo <jo@customer.example>\nTo: Ana <ana@brook.example>\n\
    Subject: Re: The tap\nMessage-ID: <s@customer.example>\nIn-Reply-To: <q@customer.example>\n\
    Date: Mon, 02 Mar 2026 09:40:00 +0000\n\nNever mind, I fixed it myself.\n";

/// An engine with a store in memory, on a clock that is set by hand.
pub(crate) struct Room {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<SettableClock>,
}

impl Room {
    pub(crate) async fn open() -> Self {
        Self::with(policy(CONFIGURATION)).await
    }

    pub(crate) async fn with(policy: Policy) -> Self {
        Self::on(Store::in_memory().await.unwrap(), policy)
    }

    pub(crate) fn on(store: Store, policy: Policy) -> Self {
        let clock = Arc::new(SettableClock::new(at("2026-03-02T09:00:00Z")));
        let engine = Engine::new(store, Arc::new(policy), Vec::new(), clock.clone());
        Self { engine, clock }
    }

    pub(crate) async fn takes(&self, when: &str, proof: Proof, mail: &str) {
        let to: &[&str] = &["ana@brook.example"];
        self.delivered(when, proof, mail, to).await;
    }

    pub(crate) async fn delivered(&self, when: &str, proof: Proof, mail: &str, to: &[&str]) {
        self.clock.set(at(when));
        self.engine.take(delivery(when, proof, mail, to)).await.unwrap();
    }

    pub(crate) async fn owed(&self) -> Vec<Owed> {
        self.engine.store().read().await.unwrap().owed(Place::START, 100).await.unwrap()
    }

    /// What waits to be told to anybody in these tests.
    pub(crate) async fn waiting(&self) -> Vec<Unsealed> {
        let mut tx = self.engine.store().write().await.unwrap();
        let mut waiting = Vec::new();
        for name in ["ana@brook", "ben@brook", "marta@brook", "owner@brook", "jo@customer"] {
            let reader = Address::parse(&format!("{name}.example")).unwrap();
            waiting.extend(tx.waiting_for(&reader, 1000).await.unwrap());
        }
        waiting
    }

    pub(crate) async fn reasons(&self) -> Vec<String> {
        let lines = self.engine.store().read().await.unwrap().journal_after(0, 100).await.unwrap();
        lines.into_iter().map(|l| format!("{}: {}", l.entry.what.name(), l.entry.reason)).collect()
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn delivery(when: &str, proof: Proof, mail: &str, to: &[&str]) -> Delivery {
    Delivery {
        position: None,
        source: "a test".to_owned(),
        at: at(when),
        envelope: to.iter().filter_map(|text| Address::parse(text)).collect(),
        proof,
        channel: Channel::Email,
        raw: mail.replace('\n', "\r\n").into_bytes(),
    }
}

pub(crate) fn policy(text: &str) -> Policy {
    config::load("owed.toml", text, Path::new("/")).expect("it is sound").policy
}

#[tokio::test]
async fn an_answer_that_is_seen_before_its_question_answers_it() {
    let room = Room::open().await;
    room.takes("2026-03-02T09:30:00Z", Proof::Sent, ANSWER).await;
    room.takes("2026-03-02T09:35:00Z", Proof::None, QUESTION).await;
    assert_eq!(room.owed().await, []);
    let reasons = room.reasons().await;
    assert!(reasons.iter().any(|line| line.starts_with("answered: ")), "{reasons:?}");
}

#[tokio::test]
async fn an_answer_counts_when_the_copy_in_sent_vouches_for_it() {
    let room = Room::open().await;
    room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    room.takes("2026-03-02T09:30:00Z", Proof::None, ANSWER).await;
    assert_eq!(room.owed().await.len(), 1, "anybody could have written that");
    room.takes("2026-03-02T09:31:00Z", Proof::Sent, ANSWER).await;
    assert_eq!(room.owed().await, []);
}

#[tokio::test]
async fn the_same_mail_by_three_ways_is_one_case() {
    let room = Room::open().await;
    room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    let relayed = format!("Received: from a by b; Mon, 02 Mar 2026 09:01:00 +0000\n{QUESTION}");
    room.takes("2026-03-02T09:01:00Z", Proof::None, &relayed).await;
    room.delivered("2026-03-02T09:02:00Z", Proof::All, QUESTION, &["help@brook.example"]).await;
    assert_eq!(room.owed().await.len(), 1);
    assert_eq!(room.owed().await[0].since, at("2026-03-02T09:00:00Z"));
}

#[tokio::test]
async fn only_somebody_who_is_vouched_for_ends_what_we_owe() {
    let room = Room::open().await;
    room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    room.takes("2026-03-02T09:40:00Z", Proof::None, SETTLED).await;
    assert_eq!(room.owed().await.len(), 1);
    let reasons = room.reasons().await;
    assert!(reasons.iter().any(|line| line.contains("not vouched for")), "{reasons:?}");

    let room = Room::open().await;
    room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    room.takes("2026-03-02T09:40:00Z", Proof::All, SETTLED).await;
    assert_eq!(room.owed().await, []);
}

#[tokio::test]
async fn who_only_thanks_is_owed_nothing_unless_the_subject_may_ask() {
    for (subject, owed) in
        [("", 0), ("Thank you", 0), ("The tap", 1), ("Could you send the invoice?", 1)]
    {
        let room = Room::open().await;
        let thanks = QUESTION
            .replace("Could you come by?", "Thank you very much!")
            .replace("Subject: The tap", &format!("Subject: {subject}"));
        room.takes("2026-03-02T09:00:00Z", Proof::All, &thanks).await;
        assert_eq!(room.owed().await.len(), owed, "{subject}");
    }
}

#[tokio::test]
async fn a_tick_long_after_tells_the_highest_step_once() {
    let room = Room::open().await;
    room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    room.clock.set(at("2026-03-06T10:00:00Z"));
    room.engine.tick().await.unwrap();
    room.engine.tick().await.unwrap();
    let told = room
        .engine
        .store()
        .write()
        .await
        .unwrap()
        .waiting_for(&Address::parse("owner@brook.example").unwrap(), 10)
        .await
        .unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].about.to().address.as_str(), "owner@brook.example");
}

#[tokio::test]
async fn what_waited_before_owed_came_is_listed_and_keeps_nobody_here() {
    let enforce_from = Some(at("2026-03-02T10:00:00Z"));
    let room = Room::with(Policy { enforce_from, ..policy(CONFIGURATION) }).await;
    room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    let now = at("2026-03-03T17:00:00Z");
    room.clock.set(now);
    assert_eq!(room.engine.tick().await.unwrap(), None, "nobody is to be told");
    let policy = room.engine.policy();
    let ana = policy.roster.person_called("ana").unwrap();
    let mut tx = room.engine.store().read().await.unwrap();
    let listed = rows(&mut tx, &policy, &Wanted::default(), now).await.unwrap().rows;
    assert!(listed.len() == 1 && listed[0].listed_only && listed[0].overdue, "{listed:?}");
    assert!(leave(&mut tx, &policy, ana, now).await.unwrap().may_leave);
}

#[tokio::test]
async fn nobody_is_kept_here_by_what_they_asked_themselves() {
    const TRACKED: &str = "[[rule]]\nname = \"colleagues\"\nwhen = { internal = true }\n\
        before_leaving = true\nescalation = \"standard\"\n";
    let ana = "email = [\"ana@brook.example\"]\n";
    let away = format!("{ana}deputy = \"021\"\nabsences = [\"2026-03-02\"]\n");
    let text = format!("{}{TRACKED}", CONFIGURATION.replace(ana, &away));
    for (asks, may_leave) in [("ben@brook.example", true), ("jo@customer.example", false)] {
        let room = Room::with(policy(&text)).await;
        let question = QUESTION.replace("jo@customer.example", asks);
        room.takes("2026-03-02T09:00:00Z", Proof::None, &question).await;
        assert_eq!(room.owed().await.len(), 1);
        let policy = room.engine.policy();
        let ben = policy.roster.person_called("ben").unwrap();
        let mut tx = room.engine.store().read().await.unwrap();
        let now = at("2026-03-02T17:30:00Z");
        let stays = leave(&mut tx, &policy, ben, now).await.unwrap();
        assert_eq!(stays.may_leave, may_leave, "{asks}: {stays:?}");
    }
}

#[tokio::test]
async fn a_colleagues_question_is_owed_whichever_of_its_copies_comes_first() {
    const TRACKED: &str = "[[rule]]\nname = \"colleagues\"\nwhen = { internal = true }\n\
        before_leaving = true\nescalation = \"standard\"\n";
    let question = QUESTION.replace("jo@customer.example", "ben@brook.example");
    let (sent, inbox) = (Proof::Sent, Proof::None);
    for order in [[sent, inbox, inbox], [inbox, sent, inbox]] {
        let room = Room::with(policy(&format!("{CONFIGURATION}{TRACKED}"))).await;
        for proof in order {
            room.takes("2026-03-02T09:00:00Z", proof, &question).await;
        }
        assert_eq!(room.owed().await.len(), 1, "{order:?}");
    }
}

#[tokio::test]
async fn everything_owed_is_looked_at_however_much_it_is() {
    let room = Room::open().await;
    // More than a page, nearly all due at one moment, and Ben's at the very end.
    for n in 0..510 {
        let question = QUESTION.replace("q@", &format!("q{n}@"));
        room.takes("2026-03-02T09:00:00Z", Proof::None, &question).await;
    }
    let late = QUESTION.replace("jo@", "kim@").replace("ana@", "ben@");
    room.takes("2026-03-02T19:00:00Z", Proof::None, &late).await;

    let now = at("2026-03-03T09:30:00Z");
    let policy = room.engine.policy();
    let mut tx = room.engine.store().read().await.unwrap();
    let all = rows(&mut tx, &policy, &Wanted::default(), now).await.unwrap();
    assert_eq!((all.rows.len(), all.more), (511, 0));
    let wanted = Wanted { contact: Address::parse("kim@customer.example"), ..Wanted::default() };
    assert_eq!(rows(&mut tx, &policy, &wanted, now).await.unwrap().rows.len(), 1);
    let ben = policy.roster.person_called("ben").unwrap();
    let answer = leave(&mut tx, &policy, ben, now).await.unwrap();
    assert_eq!((answer.may_leave, answer.owed.len()), (false, 1));
}

#[tokio::test]
async fn a_step_that_is_new_in_the_configuration_is_taken_in_cases_that_were_there_before() {
    let before = Room::open().await;
    before.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    let reminders = async |room: &Room| {
        room.clock.set(at("2026-03-02T10:00:00Z"));
        room.engine.adopt(room.engine.policy()).await.unwrap();
        room.engine.tick().await.unwrap();
        let mut tx = room.engine.store().read().await.unwrap();
        let lines = tx.journal_after(0, 100).await.unwrap();
        lines.iter().filter(|line| line.entry.what == What::Reminded).count()
    };
    assert_eq!(reminders(&before).await, 0);
    let sooner = CONFIGURATION.replace(r#"{ before = "45m""#, r#"{ before = "9h elapsed""#);
    let after = Room::on(before.engine.store().clone(), policy(&sooner));
    assert_eq!(reminders(&after).await, 1);
    assert_eq!(reminders(&after).await, 1, "once");
}

#[tokio::test]
async fn a_store_that_fails_for_a_while_sets_no_innocent_mail_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("owed.db");
    let store = Store::open(&path).await.unwrap();
    let room = Room::on(store.clone(), policy(CONFIGURATION));
    let (acceptor, requests) = Acceptor::channel(1);
    let serving = tokio::spawn(accept::serve(store, requests, || {}));
    let to: &[&str] = &["ana@brook.example"];
    let taken = acceptor.accept(delivery("2026-03-02T09:00:00Z", Proof::None, QUESTION, to));
    taken.await.unwrap();
    drop(acceptor);
    serving.await.unwrap();
    // As if an earlier process had ended while it read the mail.
    room.engine.resume().await.unwrap();

    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let disk = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON message \
        BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&disk).await.unwrap();
    for _ in 0..10 {
        assert!(room.engine.take_up().await.is_err());
    }
    sqlx::query("DROP TRIGGER full").execute(&disk).await.unwrap();
    room.engine.take_up().await.unwrap();
    assert_eq!(room.owed().await.len(), 1);
}

/// How many cases are owed after the tap's question, with a Thread-Index, and then
/// this mail, each asking for something.
async fn cases_with(head: &str) -> usize {
    let room = Room::open().await;
    let index = "Thread-Index: Ac3kR8Y5zvTn2xqYQ4mWm5lYv1xAbQ==\nMessage-ID";
    let question =
        QUESTION.replace("Message-ID", index).replace("To: Ana", "Cc: Vi <vi@x.example>\nTo: Ana");
    room.takes("2026-03-02T09:00:00Z", Proof::None, &question).await;
    let mail = format!("{head}\nTo: Ana <ana@brook.example>\n\nWhen can you come by?\n");
    room.takes("2026-03-02T09:10:00Z", Proof::None, &mail).await;
    room.owed().await.len()
}

#[tokio::test]
async fn a_mail_without_references_continues_the_case_of_the_same_people() {
    let joins = [
        "From: Jo <jo@customer.example>\nSubject: Re: The tap",
        "From: Vi <vi@x.example>\nSubject: AW: The tap",
        "From: Jo <jo@customer.example>\nSubject: Kitchen\n\
            Thread-Index: Ac3kR8Y5zvTn2xqYQ4mWm5lYv1xAbQABk2cA",
        "From: Jo <jo@customer.example>\nSubject: Kitchen (was: The tap)",
    ];
    for head in joins {
        assert_eq!(cases_with(head).await, 1, "{head}");
    }
    let begins = [
        "From: Eve <eve@y.example>\nSubject: Re: The tap",
        "From: Eve <eve@y.example>\nSubject: Kitchen\n\
            Thread-Index: Ac3kR8Y5zvTn2xqYQ4mWm5lYv1xAbQABk2cA",
        "From: Eve <eve@y.example>\nSubject: The tap\nMessage-ID: <q@customer.example>",
        "From: Jo <jo@customer.example>\nSubject: Fwd: The tap",
        "From: Jo <jo@customer.example>\nSubject: The roof",
    ];
    for head in begins {
        assert_eq!(cases_with(head).await, 2, "{head}");
    }
}

#[tokio::test]
async fn what_was_answered_before_it_came_is_of_the_same_case() {
    let room = Room::open().await;
    let early = "From: Vi <vi@x.example>\nTo: Ana <ana@brook.example>\nSubject: Kitchen\n\
        In-Reply-To: <q@customer.example>\nMessage-ID: <v@x.example>\n\nWhen will you come?\n";
    room.takes("2026-03-02T09:00:00Z", Proof::None, early).await;
    room.takes("2026-03-02T09:05:00Z", Proof::None, QUESTION).await;
    assert_eq!(room.owed().await.len(), 1);
}

#[tokio::test]
async fn who_answers_a_forward_may_write_to_whose_mail_it_was() {
    let room = Room::open().await;
    let forward = "From: Vi <vi@x.example>\nTo: Ana <ana@brook.example>\nSubject: Fwd: The tap\n\
        Message-ID: <f@x.example>\n\nCould you answer this?\n\n\
        ---------- Forwarded message ---------\nFrom: Jo <jo@customer.example>\nDate: Monday\n\
        Subject: The tap\n\nCould you come by?\n";
    room.takes("2026-03-02T09:00:00Z", Proof::None, forward).await;
    assert_eq!(room.owed().await.len(), 1);
    let answer = ANSWER.replace("q@customer.example", "f@x.example");
    room.takes("2026-03-02T09:30:00Z", Proof::Sent, &answer).await;
    assert_eq!(room.owed().await, []);
}

#[tokio::test]
async fn a_conversation_held_by_references_is_continued_by_a_subject_of_ours_alone() {
    let room = Room::open().await;
    room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    let again = "From: Jo <jo@customer.example>\nTo: Ana <ana@brook.example>\n\
        Subject: Re: The tap\nMessage-ID: <r@customer.example>\n\
        In-Reply-To: <q@customer.example>\n\nOr shall I come to you?\n";
    room.takes("2026-03-02T09:10:00Z", Proof::None, again).await;
    assert_eq!(room.owed().await.len(), 1);
    let answer = ANSWER.replace("In-Reply-To: <q@customer.example>\n", "");
    room.takes("2026-03-02T09:30:00Z", Proof::Sent, &answer).await;
    assert_eq!(room.owed().await, []);
    let (other, unknown) = ("r2@customer.example", "unknown@customer.example");
    let nameless = again.replace("In-Reply-To: <q@customer.example>\n", "");
    room.takes("2026-03-02T09:40:00Z", Proof::None, again.replace("<r@", "<r3@").as_str()).await;
    room.takes("2026-03-02T09:50:00Z", Proof::None, &nameless.replace("r@customer.example", other))
        .await;
    assert_eq!(room.owed().await.len(), 2);
    let named = again.replace("q@customer.example", unknown).replace("<r@", "<r4@");
    room.takes("2026-03-02T10:00:00Z", Proof::None, &named).await;
    assert_eq!(room.owed().await.len(), 3);
}

#[tokio::test]
async fn a_case_that_lost_its_alarm_is_found_within_a_day() {
    let room = Room::open().await;
    room.engine.audit().await.unwrap();
    room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
    let case = room.owed().await[0].case;
    let mut tx = room.engine.store().write().await.unwrap();
    tx.arm(case, None).await.unwrap();
    tx.commit().await.unwrap();

    room.clock.set(at("2026-03-03T08:59:00Z"));
    room.engine.tick().await.unwrap();
    assert_eq!(room.waiting().await, [], "nobody knows of it");
    room.clock.set(at("2026-03-03T09:00:00Z"));
    let next = room.engine.tick().await.unwrap();
    assert!(!room.waiting().await.is_empty(), "it is overdue, and nobody is told");
    assert!(next.is_some_and(|next| next <= at("2026-03-04T09:00:00Z")), "{next:?}");
}

#[tokio::test]
async fn a_mailbox_of_ours_is_found_behind_any_number_of_others() {
    let many = |separator: &str| {
        let others: Vec<String> = (0..20_000).map(|n| format!("a{n}@other.example")).collect();
        format!("{}{separator}ana@brook.example", others.join(separator))
    };
    for (field, separator) in [("To", ", "), ("To", ",\n "), ("Cc", ",\n ")] {
        let room = Room::open().await;
        let to = format!("{field}: {}\n", many(separator));
        let mail = QUESTION.replace("To: Ana <ana@brook.example>\n", &to);
        room.delivered("2026-03-02T09:00:00Z", Proof::None, &mail, &[]).await;
        let reasons = room.reasons().await;
        assert_eq!(room.owed().await.len(), usize::from(field == "To"), "{field}: {reasons:?}");
        let all = reasons.join("\n");
        assert!(all.contains("only the first 500 were read by name"), "{field}: {all}");
        assert!(field == "To" || all.contains("Cc"), "it says why: {all}");
    }
}
