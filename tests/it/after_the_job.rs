//! Before and after a job, through real mail servers: whoever asks gets a receipt; they are
//! asked with one click, in the name of whoever did it; they answer by mail that it still
//! leaks; and everybody knows at once.

use std::sync::Arc;

use mail_parser::{Message, MessageParser};
use owed::clock::Clock;
use owed::domain::act::Act;
use owed::domain::case::Phase;
use owed::engine::accept::{self, Acceptor, Proof};
use owed::intake::lmtp::listener::{Limits as Places, Listener};
use owed::intake::lmtp::session::Terms;
use owed::intake::{Status, Way};
use owed::outbox::smtp::SmtpPool;
use owed::outbox::transport::Transport;
use owed::outbox::{Limits, Route, Security};
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use tokio_util::sync::CancellationToken;

use crate::contact_pages::{CONFIGURATION, House};
use crate::peers::{PASSWORD, Peers, SERVERS, patiently, required_or_left_out};

const CLARA: &str = "clara@customer.example";
const HELP: &str = "help@brook.example";
const ANA: &str = "ana@brook.example";
const MARTA: &str = "marta@brook.example";

const QUESTION: &str = "From: Clara Pond <clara@customer.example>\r\nTo: help@brook.example\r\n\
    Subject: Kitchen tap drips\r\nMessage-ID: <q@customer.example>\r\n\r\n\
    Hello, the tap in our kitchen drips. Could somebody come and look at it?\r\n";
const ANSWER: &str = "From: Ana Ruiz <ana@brook.example>\r\nTo: clara@customer.example\r\n\
    Subject: Re: Kitchen tap drips\r\nMessage-ID: <a@brook.example>\r\n\
    In-Reply-To: <q@customer.example>\r\n\r\nHello Clara, it is done: I put in a new seal.\r\n";

/// The house between Postfix and Dovecot.
struct Between {
    house: House,
    peers: Peers,
    stop: CancellationToken,
}

impl Between {
    async fn open(text: &str) -> Self {
        let peers = block_in_place(Peers::start).unwrap();
        let pool = SmtpPool::new(Route {
            host: "localhost".to_owned(),
            port: peers.smtp_port(),
            security: Security::StartTls,
            ca: Some(peers.ca_pem().to_owned()),
            login: Some((MARTA.to_owned(), PASSWORD.to_owned().into())),
            hello: "owed.brook.example".to_owned(),
            connections: 1,
            limits: Limits::default(),
        });
        let house = House::sending(text, Transport::Smtp(pool.unwrap())).await;
        let (acceptor, requests) = Acceptor::channel(8);
        tokio::spawn(accept::serve(house.engine.store().clone(), requests, || {}));
        let (clock, stop) = (Arc::clone(&house.clock), CancellationToken::new());
        let now = Arc::new(move || clock.now());
        let way = Way { acceptor, now, stop: stop.clone(), status: Status::default() };
        let place = format!("127.0.0.1:{}", peers.owed_port());
        let listener = Listener::bind(&place).await.unwrap();
        let terms = Terms { name: "owed.brook.example".to_owned(), max_message: 1 << 20 };
        tokio::spawn(listener.serve(terms, Places::default(), Proof::None, way));
        Self { house, peers, stop }
    }

    /// Works until `seen` has something; the servers take their time.
    fn until<T>(&mut self, what: &str, seen: impl Fn(&Peers, &House) -> Option<T>) -> T {
        let Self { house, peers, .. } = self;
        let look = || {
            Handle::current().block_on(async {
                house.work().await;
                house.finds_its_case().await;
            });
            seen(peers, house)
        };
        block_in_place(|| patiently(look)).unwrap_or_else(|| unreachable!("never: {what}"))
    }

    /// The mail in somebody's inbox that says this.
    fn arrives(&mut self, whom: &str, words: &str) -> String {
        self.until(words, |peers, _| {
            let said = |mail: &String| text(&parsed(mail)).contains(words);
            peers.inbox(whom).mails().into_iter().find(said)
        })
    }
}

fn parsed(mail: &str) -> Message<'_> {
    MessageParser::default().parse(mail.as_bytes()).unwrap()
}

fn text(mail: &Message<'_>) -> String {
    mail.body_text(0).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn phase(house: &House) -> Phase {
    Handle::current().block_on(house.case()).phase
}

impl Between {
    /// A job was done for Clara, and Ana's click asked her whether all is well: the mail.
    async fn with_clara_asked() -> (Self, String) {
        let mut between = Self::open(CONFIGURATION).await;
        between.peers.send(CLARA, HELP, QUESTION.as_bytes()).unwrap();
        between.until("a case", |_, house| house.knows_its_case().then_some(()));
        between.peers.submit(ANA, CLARA, ANSWER.as_bytes()).unwrap();
        between.until("an answer", |_, house| {
            let case = Handle::current().block_on(house.case());
            case.open().next().is_none().then_some(())
        });
        between.house.until("2026-03-04T16:00:00Z").await;
        between.house.act(Act::Close { title: "Repaired the kitchen tap".to_owned() }).await;

        between.house.until("2026-03-06T11:00:00Z").await;
        let shown = between.arrives(ANA, "Shall Clara Pond be asked");
        let links = House::links(shown.as_bytes());
        let link = links.iter().find(|link| link.ends_with("/send")).unwrap();
        let said = between.house.post(link, "").await;
        assert!(said.text.contains("<h1>Done</h1>"), "one click: {}", said.text);
        let question = between.arrives(CLARA, "On 4 March I finished “Repaired the kitchen tap”");
        (between, question)
    }

    /// Clara answers that mail, and her case is open again.
    fn clara_answers(&mut self, question: &str, words: &str) {
        let id = parsed(question).message_id().unwrap().to_owned();
        let answer = format!(
            "From: Clara Pond <clara@customer.example>\r\nTo: help@brook.example\r\n\
             Subject: Re: Kitchen tap drips\r\nMessage-ID: <no@customer.example>\r\n\
             In-Reply-To: <{id}>\r\n\r\n{words}\r\n"
        );
        self.peers.send(CLARA, HELP, answer.as_bytes()).unwrap();
        self.until("an open case", |_, house| (phase(house) == Phase::Open).then_some(()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_asks_and_a_mail_that_it_still_leaks_is_told_at_once() {
    if !required_or_left_out("after a job, through real mail servers", &SERVERS) {
        return;
    }
    let (mut between, question) = Between::with_clara_asked().await;
    let mail = parsed(&question);
    assert_eq!(mail.from().unwrap().first().unwrap().address(), Some(ANA));
    assert_eq!(mail.in_reply_to().as_text(), Some("q@customer.example"), "in the old thread");
    assert_eq!(mail.subject(), Some("Re: Kitchen tap drips"));

    between.clara_answers(&question, "No, it still leaks.");
    between.house.until("2026-03-06T11:15:00Z").await;
    for whom in [ANA, MARTA] {
        between.arrives(whom, "No, it still leaks.");
    }
    between.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_may_mean_either_are_read_with_one_click_and_told_at_once() {
    if !required_or_left_out("an answer in words, through real mail servers", &SERVERS) {
        return;
    }
    let (mut between, question) = Between::with_clara_asked().await;
    between.clara_answers(&question, "Hm, I am not sure about that tap.");
    let asked = between.arrives(ANA, "Does this mean OK or not OK?");
    let links = House::links(asked.as_bytes());
    let link = links.iter().find(|link| link.ends_with("/means-not-ok")).unwrap();
    let said = between.house.post(link, "").await;
    assert!(said.text.contains("it is urgent now"), "{}", said.text);
    between.house.until("2026-03-06T11:15:00Z").await;
    for whom in [ANA, MARTA] {
        between.arrives(whom, "“Repaired the kitchen tap” is not OK.");
    }
    between.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_vouched_for_gets_one_receipt_and_nobody_answers_it() {
    if !required_or_left_out("a receipt, through real mail servers", &SERVERS) {
        return;
    }
    let wanted = CONFIGURATION.replace("before_leaving", "receipt = true\nbefore_leaving");
    let mut between = Between::open(&wanted).await;
    let cases = |between: &mut Between, wanted: usize| {
        between.until("a case", |_, house| {
            let owed = Handle::current().block_on(house.owed());
            (owed == wanted).then_some(())
        });
    };
    // Who has not logged in may be anybody.
    let forged = QUESTION.replace("q@customer", "forged@customer");
    between.peers.send(CLARA, HELP, forged.as_bytes()).unwrap();
    cases(&mut between, 1);
    between.peers.submit(CLARA, HELP, QUESTION.as_bytes()).unwrap();
    let receipt = between.arrives(CLARA, "has arrived and has the number OW-");
    let mail = parsed(&receipt);
    let address = |list: Option<&mail_parser::Address<'_>>| {
        list.and_then(|list| list.first()).and_then(|first| first.address().map(str::to_owned))
    };
    assert_eq!(address(mail.from()).as_deref(), Some("owed@brook.example"));
    assert_eq!(address(mail.reply_to()).as_deref(), Some(HELP), "an answer is an answer to us");
    assert_eq!(mail.in_reply_to().as_text(), Some("q@customer.example"));
    assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-replied"));
    assert!(text(&mail).contains("Ana Ruiz (number 017) is looking after it"), "{receipt}");

    // Her mail program is on holiday; she has another question.
    let id = mail.message_id().unwrap();
    let away = format!(
        "From: {CLARA}\r\nTo: {HELP}\r\nSubject: Away\r\nMessage-ID: <away@customer.example>\r\n\
         In-Reply-To: <{id}>\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    );
    between.peers.submit(CLARA, HELP, away.as_bytes()).unwrap();
    let roof = QUESTION.replace("q@customer", "roof@customer").replace("tap", "roof");
    between.peers.submit(CLARA, HELP, roof.as_bytes()).unwrap();
    cases(&mut between, 3);
    let mails = between.peers.inbox(CLARA).mails();
    assert_eq!(mails.len(), 1, "one a day: {mails:?}");
    between.stop.cancel();
}
