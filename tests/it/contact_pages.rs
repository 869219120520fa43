//! What a contact sees and does on pages, with the mails that lead there: asked after a
//! job, their case, no more questions; and that looking changes nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use owed::clock::{Clock, SettableClock};
use owed::config;
use owed::domain::act::Act;
use owed::domain::case::{Case, Phase};
use owed::domain::ids::{Address, CaseNumber, Party, PersonId};
use owed::domain::job::{Done, Reference};
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{self, Acceptor, Delivery, Proof};
use owed::engine::job::{Told, Whose};
use owed::mail::token::{Grant, Purpose};
use owed::outbox::courier::Courier;
use owed::outbox::memory::Memory;
use owed::outbox::stationery::Stationery;
use owed::outbox::transport::{Outgoing, Transport};
use owed::pulse::Pulse;
use owed::random::SeededRandom;
use owed::report::show::show;
use owed::report::transcript::{Form, transcript};
use owed::store::{Place, Store};
use owed::web::{Front, router};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const CONFIGURATION: &str = include_str!("contact_pages.toml");

const HERE: &str = "https://owed.brook.example";

pub(crate) const QUESTION: &str = "From: Jo Client <jo@customer.example>\nTo: help@brook.example\n\
    Subject: Kitchen tap drips\nMessage-ID: <q@customer.example>\n\n\
    Hello, the tap in our kitchen drips. Could somebody come and look at it?\n";
const ANSWER: &str = "From: Ana Ruiz <ana@brook.example>\nTo: jo@customer.example\n\
    Bcc: owner@brook.example\nSubject: Re: Kitchen tap drips\nMessage-ID: <a@brook.example>\n\
    In-Reply-To: <q@customer.example>\n\nHello Jo, it is done: I put in a new seal.\n";
const TO_A_SUPPLIER: &str = "From: Ana Ruiz <ana@brook.example>\nTo: seals@supplier.example\n\
    Subject: Fwd: Kitchen tap drips\nMessage-ID: <f@brook.example>\n\
    In-Reply-To: <q@customer.example>\n\nDo you have one of these? She is in a hurry.\n";

/// The office, on a clock that is set by hand, with its pages and a store on disk.
pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) front: Front,
    courier: Courier,
    memory: Memory,
    pub(crate) clock: Arc<SettableClock>,
    folder: TempDir,
    case: Option<CaseNumber>,
}

pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) text: String,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::under(CONFIGURATION).await
    }

    /// The same under another configuration.
    pub(crate) async fn under(text: &str) -> Self {
        let memory = Memory::default();
        Self::furnished(text, Transport::Memory(memory.clone()), memory).await
    }

    /// The same under another configuration, whose mails leave so.
    pub(crate) async fn sending(text: &str, transport: Transport) -> Self {
        Self::furnished(text, transport, Memory::default()).await
    }

    async fn furnished(text: &str, transport: Transport, memory: Memory) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let loaded = config::load("owed.toml", text, Path::new("/")).expect("it is sound");
        let clock = Arc::new(SettableClock::new(at("2026-03-04T10:00:00Z")));
        let store = Store::open(&folder.path().join("owed.db")).await.unwrap();
        let policy = Arc::new(loaded.policy);
        let world: Arc<dyn Clock> = clock.clone();
        let trusted = loaded.settings.authserv_ids;
        let engine = Engine::new(store.clone(), policy.clone(), trusted, world.clone());
        engine.adopt(policy).await.unwrap();
        let address = Address::parse("owed@brook.example").unwrap();
        let sender = Party { name: "owed, Brook & Sons".to_owned(), address };
        let key = b"a key that is only for tests".to_vec();
        let stationery =
            Stationery { public_url: Some(HERE.to_owned()), ..Stationery::new(sender, key) };
        let mut front = Front::new(engine.clone(), stationery.keys.clone(), Vec::new());
        front.questions = loaded.settings.questions.into();
        let courier = Courier {
            store,
            policy: engine.in_force().clone(),
            stationery,
            transport,
            holder: "the office".to_owned(),
            clock: world,
            random: Arc::new(SeededRandom::new(1)),
            pulse: Pulse::default(),
        };
        Self { engine, front, courier, memory, clock, folder, case: None }
    }

    /// Takes its configuration anew, with something else in it.
    async fn adopts(&self, this: &str, instead: &str) {
        let text = include_str!("contact_pages.toml").replace(this, instead);
        let loaded = config::load("owed.toml", &text, Path::new("/")).expect("it is sound");
        self.engine.adopt(Arc::new(loaded.policy)).await.unwrap();
    }

    pub(crate) async fn takes(&mut self, when: &str, proof: Proof, mail: &str) {
        self.until(when).await;
        let delivery = Delivery {
            position: None,
            source: "a test".to_owned(),
            at: at(when),
            envelope: vec![Address::parse("help@brook.example").unwrap()],
            proof,
            channel: Channel::Email,
            raw: mail.replace('\n', "\r\n").into_bytes(),
        };
        let (acceptor, requests) = Acceptor::channel(1);
        let serving = tokio::spawn(accept::serve(self.engine.store().clone(), requests, || {}));
        acceptor.accept(delivery).await.unwrap();
        drop(acceptor);
        serving.await.unwrap();
        self.work().await;
        self.finds_its_case().await;
    }

    /// Whether a case is known by now.
    pub(crate) fn knows_its_case(&self) -> bool {
        self.case.is_some()
    }

    pub(crate) async fn finds_its_case(&mut self) {
        let lines = self.engine.store().read().await.unwrap().journal_after(0, 100).await.unwrap();
        self.case = lines.iter().find_map(|line| line.case);
    }

    pub(crate) async fn work(&self) {
        for _ in 0..3 {
            self.engine.work().await.unwrap();
            self.courier.work().await.unwrap();
        }
    }

    /// Lets the office do what is to be done until then, hour by hour.
    pub(crate) async fn until(&self, when: &str) {
        while self.clock.now() < at(when) {
            let next = self.clock.now() + SignedDuration::from_mins(30);
            self.clock.set(next.min(at(when)));
            self.work().await;
        }
    }

    pub(crate) async fn act(&self, act: Act) {
        let case = self.case.unwrap();
        self.engine.act(case, &PersonId::new("017"), act).await.unwrap();
        self.work().await;
    }

    /// Jo asked, Ana answered and closed the case with a job.
    pub(crate) async fn with_a_job_done() -> Self {
        Self::with_a_job_done_for(QUESTION).await
    }

    /// The same, where Jo asked with this mail.
    pub(crate) async fn with_a_job_done_for(question: &str) -> Self {
        let mut house = Self::open().await;
        house.takes("2026-03-04T10:00:00Z", Proof::None, question).await;
        house.takes("2026-03-04T10:20:00Z", Proof::Sent, TO_A_SUPPLIER).await;
        house.takes("2026-03-04T11:00:00Z", Proof::Sent, ANSWER).await;
        house.until("2026-03-04T16:00:00Z").await;
        house.act(Act::Close { title: "Repaired the kitchen tap".to_owned() }).await;
        house
    }

    /// The same, and Jo was asked whether all is well.
    pub(crate) async fn with_jo_asked() -> Self {
        let house = Self::with_a_job_done().await;
        house.until("2026-03-06T11:00:00Z").await;
        house.act(Act::Send { shown: None, words: None }).await;
        house.until("2026-03-06T11:30:00Z").await;
        house
    }

    /// A shop tells of a second job in the case, or puts it right.
    async fn tells_of_job(&self, title: &str) {
        let reference = Reference { source: "the shop".to_owned(), name: "52".to_owned() };
        let done = Done {
            title: title.to_owned(),
            done_by: vec![PersonId::new("017")],
            closed_at: at("2026-03-04T16:00:00Z"),
            reference: Some(reference),
        };
        let whose = Whose::Case(self.case.unwrap());
        let told = Told { done, by: "the shop".to_owned(), whose, dated: true };
        self.engine.note_job(told).await.unwrap();
    }

    pub(crate) async fn case(&self) -> Case {
        let mut tx = self.engine.store().read().await.unwrap();
        tx.case(self.case.unwrap()).await.unwrap().unwrap().case
    }

    /// How much is owed.
    pub(crate) async fn owed(&self) -> usize {
        let mut tx = self.engine.store().read().await.unwrap();
        tx.owed(Place::START, 100).await.unwrap().len()
    }

    pub(crate) fn mails_to(&self, who: &str) -> Vec<Outgoing> {
        let mails = self.memory.sent().into_iter();
        mails.filter(|mail| mail.to.as_str() == format!("{who}.example")).collect()
    }

    /// Every link to our pages in a mail, its headers included.
    pub(crate) fn links(mail: &[u8]) -> Vec<String> {
        let parsed = MessageParser::default().parse(mail).unwrap();
        let head: Vec<String> =
            parsed.headers_raw().map(|(_, value)| value.replace("\r\n", "")).collect();
        let text = format!("{}\n{}", head.join("\n"), parsed.body_text(0).unwrap());
        let words = text.split(|c: char| c.is_whitespace() || "<>,".contains(c));
        words.filter_map(|word| word.strip_prefix(HERE)).map(str::to_owned).collect()
    }

    /// The link in the last mail to somebody that ends so.
    pub(crate) fn link(&self, who: &str, end: &str) -> String {
        let mail = self.mails_to(who).pop().expect("there is a mail");
        let links = Self::links(&mail.bytes);
        links.iter().find(|link| link.ends_with(end)).expect("it has that link").clone()
    }

    fn token(&self, purpose: Purpose, until: &str) -> String {
        let (case, person, until) = (self.case, PersonId::new(""), at(until));
        self.front.keys.seal(&Grant { purpose, case, obligation: 1, person, until })
    }

    /// The link to the page of the case.
    pub(crate) fn page(&self) -> String {
        format!("/c/{}", self.token(Purpose::Page, "2026-05-01T00:00:00Z"))
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Seen {
        let response = router(self.front.clone()).oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Seen { status: head.status, headers: head.headers, text }
    }

    async fn see(&self, method: Method, path: &str) -> Seen {
        self.ask(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        self.see(Method::GET, path).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &str) -> Seen {
        self.send(path, "application/x-www-form-urlencoded", fields).await
    }

    async fn send(&self, path: &str, kind: &str, body: &str) -> Seen {
        let request = Request::post(path).header("content-type", kind);
        let seen = self.ask(request.body(Body::from(body.to_owned())).unwrap()).await;
        self.clock.set(self.clock.now() + SignedDuration::from_secs(2));
        self.work().await;
        seen
    }

    /// All that is kept, to the last byte.
    pub(crate) fn everything(&self) -> Vec<Vec<u8>> {
        let read = |name: &str| fs::read(self.folder.path().join(name)).unwrap();
        ["owed.db", "owed.db-wal"].map(read).into()
    }

    async fn written(&self, form: Form) -> String {
        let mut tx = self.engine.store().read().await.unwrap();
        let policy = self.engine.policy();
        let found = transcript(&mut tx, &policy, self.case.unwrap(), form).await.unwrap().unwrap();
        String::from_utf8(found).unwrap()
    }
}

pub(crate) fn text(mail: &Outgoing) -> String {
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    parsed.body_text(0).unwrap().replace("\r\n", "\n")
}

#[tokio::test]
async fn a_click_sends_the_question_and_a_page_says_no() {
    let house = House::with_a_job_done().await;
    house.until("2026-03-06T11:00:00Z").await;
    let approve = house.link("ana@brook", "/send");
    let shown = house.get(&approve).await;
    assert!(
        shown.text.contains("I finished “Repaired the kitchen tap” for you."),
        "{}",
        shown.text
    );
    assert_eq!(house.mails_to("jo@customer").len(), 1, "the transcript alone");
    assert!(house.post(&approve, "").await.text.contains("Done"), "sent as it stands");

    let question = house.mails_to("jo@customer").pop().unwrap();
    assert!(text(&question).contains("On 4 March I finished"), "{}", text(&question));
    let no = house.link("jo@customer", "/not-ok");
    let page = house.get(&no).await;
    assert!(page.text.contains("On 4 March Ana Ruiz finished “Repaired the kitchen tap”"));
    assert_eq!(house.case().await.phase, Phase::Closed { at: at("2026-03-04T16:00:00Z") });

    let heard = house.post(&no, "q0=It+still+leaks.").await;
    assert_eq!(heard.status, StatusCode::OK, "{}", heard.text);
    assert!(heard.text.contains("Ana Ruiz has “Repaired the kitchen tap” on the desk again"));
    assert!(
        heard.text.contains("You will hear from us by Friday, 6 March, 13:00."),
        "{}",
        heard.text
    );
    assert_eq!(house.case().await.phase, Phase::Open);
    house.until("2026-03-06T11:10:00Z").await;
    for who in ["ana@brook", "marta@brook"] {
        let told = text(&house.mails_to(who).pop().unwrap());
        assert!(told.contains("It still leaks."), "{who}: {told}");
    }
    let again = house.get(&no).await.text;
    assert!(again.contains("On 6 March you told us that something is still wrong."), "{again}");
}

#[tokio::test]
async fn a_click_counts_for_the_job_of_its_mail_as_its_page_showed_it() {
    let house = House::with_a_job_done().await;
    house.tells_of_job("Fitted a new sink").await;
    house.until("2026-03-06T11:00:00Z").await;
    let mails: Vec<String> = house.mails_to("ana@brook").iter().map(text).collect();
    let link = |title: &str| {
        let mail = mails.iter().find(|mail| mail.contains(&format!("Your job  {title}")));
        let words = mail.expect("it was shown").split_whitespace();
        let links: Vec<&str> = words.filter_map(|word| word.strip_prefix(HERE)).collect();
        (*links.iter().find(|link| link.ends_with("/send")).expect("it has a link")).to_owned()
    };
    let (tap, sink) = (link("Repaired the kitchen tap"), link("Fitted a new sink"));
    let seen = format!("seen={}", at("2026-03-06T11:00:00Z").as_second());
    assert!(house.get(&sink).await.text.contains(&seen.replace('=', "\" value=\"")));
    house.tells_of_job("Fitted the new sink").await;
    house.until("2026-03-06T11:10:00Z").await;
    let late = house.post(&sink, &seen).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(late.text.contains("was put right since"), "{}", late.text);
    assert!(house.post(&tap, &seen).await.text.contains("Done"), "the other one is as it was");

    let question = text(&house.mails_to("jo@customer").pop().unwrap());
    assert!(question.contains("I finished “Repaired the kitchen tap”"), "{question}");
    let waits: Vec<bool> =
        house.case().await.jobs.iter().map(|job| job.check_in.is_shown()).collect();
    assert_eq!(waits, [false, true]);
}

#[tokio::test]
async fn a_receipt_leads_to_the_page_of_the_case() {
    let mut house = House::open().await;
    house.adopts("transcript_on_close", "receipt = true\ntranscript_on_close").await;
    house.takes("2026-03-04T10:00:00Z", Proof::All, QUESTION).await;
    let receipt = house.mails_to("jo@customer").pop().expect("a receipt");
    let [link] = &House::links(&receipt.bytes)[..] else { panic!("{}", text(&receipt)) };
    let page = house.get(link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("Kitchen tap drips"), "{}", page.text);
}

#[tokio::test]
async fn own_words_go_instead_and_whoever_wants_it_agrees_for_good() {
    let house = House::with_a_job_done().await;
    house.until("2026-03-06T11:00:00Z").await;
    let approve = house.link("ana@brook", "/send");
    let before = house.mails_to("jo@customer").len();
    let emptied = house.post(&approve, "words=+").await;
    assert!(emptied.text.contains("<textarea"), "{}", emptied.text);
    assert_eq!(house.mails_to("jo@customer").len(), before, "who empties it is asked again");
    let words = "words=Dear+Jo%2C%0D%0A%0D%0Adoes+it+hold%3F+Ana&always=1";
    let done = house.post(&approve, words).await;
    assert!(done.text.contains("From now on yours go by themselves"), "{}", done.text);
    let said = text(&house.mails_to("jo@customer").pop().unwrap());
    assert!(said.starts_with("Dear Jo,\n\ndoes it hold? Ana\n\nYes, all is well:\n"), "{said}");
    let agreed = house.engine.store().read().await.unwrap().who_lets_check_ins_go().await.unwrap();
    assert_eq!(agreed, BTreeSet::from([PersonId::new("017")]));
    let late = house.get(&approve.replace("/send", "/skip")).await;
    assert!(late.text.contains("It was sent today 11:00."), "{}", late.text);
}

#[tokio::test]
async fn what_was_agreed_to_in_the_evening_is_taken_back_on_its_page() {
    let house = House::with_a_job_done().await;
    house.until("2026-03-06T20:30:00Z").await;
    let approve = house.link("ana@brook", "/send");
    let agreed = house.post(&approve, "").await.text;
    assert!(agreed.contains("“skip” takes it back"), "{agreed}");
    assert!(house.get(&approve).await.text.contains("It goes "), "it is agreed to");
    let skip = approve.replace("/send", "/skip");
    assert!(house.get(&skip).await.text.contains("nobody here asks Jo Client"));
    assert!(house.post(&skip, "").await.text.contains("Done"));
    house.until("2026-03-20T12:00:00Z").await;
    assert_eq!(house.mails_to("jo@customer").len(), 1, "the transcript alone");
}

#[tokio::test]
async fn who_would_rather_not_ask_says_so_and_nobody_is_asked() {
    let house = House::with_a_job_done().await;
    house.until("2026-03-06T11:00:00Z").await;
    let skip = house.link("ana@brook", "/skip");
    assert!(house.get(&skip).await.text.contains("nobody here asks Jo Client"));
    assert!(house.post(&skip, "reason=they+moved+away").await.text.contains("Done"));
    house.until("2026-03-20T12:00:00Z").await;
    assert_eq!(house.mails_to("jo@customer").len(), 1, "the transcript alone");
}

#[tokio::test]
async fn a_yes_is_thanked_and_three_questions_may_be_left_out() {
    let house = House::with_jo_asked().await;
    let yes = house.link("jo@customer", "/ok");
    let thanks = house.post(&yes, "q0=").await;
    for said in
        ["We are glad to hear it.", "How easy was it?", "not at all", "by phone", "<textarea"]
    {
        assert!(thanks.text.contains(said), "{said}: {}", thanks.text);
    }
    assert_eq!(house.case().await.phase, Phase::Closed { at: at("2026-03-04T16:00:00Z") });
    let survey = yes.replace("/ok", "/survey");
    assert!(house.post(&survey, "q0=4&q1=by+pigeon&q2=").await.text.contains("Thank you"));
    house.post(&survey, "q0=1&q1=by+phone").await;
    let mut tx = house.engine.store().read().await.unwrap();
    let answers = tx.answers_about(house.case.unwrap(), 1).await.unwrap();
    let one = ("How easy was it?".to_owned(), "4".to_owned());
    assert_eq!(answers, [one], "what was not offered is no answer, and the first word stands");
    drop(tx);
    let told = house.mails_to("ana@brook").len();
    house.until("2026-03-06T12:00:00Z").await;
    let news = house.mails_to("ana@brook");
    assert_eq!(news.len(), told + 1, "once, when the questions behind it had their time");
    let news = text(news.last().unwrap());
    for said in ["Jo Client says that all is well", "How easy was it? 4"] {
        assert!(news.contains(said), "{said}: {news}");
    }
    let mut tx = house.engine.store().read().await.unwrap();
    let policy = house.engine.policy();
    let shown = show(&mut tx, &policy, house.case.unwrap(), house.clock.now()).await.unwrap();
    let [answered] = &shown.unwrap().jobs[0].answers[..] else { panic!("one answer") };
    assert_eq!((&*answered.question, &*answered.answer), ("How easy was it?", "4"));
    drop(tx);
    let scheduled = "[schedule]\nsupervisor_digest = \"0 30 8 * * Mon-Fri\"\n\n[trust]";
    house.adopts("[trust]", scheduled).await;
    house.until("2026-03-09T09:30:00Z").await;
    let digest = text(&house.mails_to("marta@brook").pop().expect("a digest"));
    assert!(digest.contains("How easy was it? 4"), "{digest}");
    let again = house.post(&yes, "q0=").await;
    assert!(again.text.contains("On 6 March you told us that all is well."), "{}", again.text);
    assert!(again.text.contains("/not-ok\"") || again.text.contains("\"not-ok\""), "a way back");
}

#[tokio::test]
async fn one_click_ends_all_such_questions_for_ever() {
    for (kind, body) in [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
             One-Click\r\n--b--",
        ),
    ] {
        let house = House::with_jo_asked().await;
        let question = house.mails_to("jo@customer").pop().unwrap();
        let head = String::from_utf8_lossy(&question.bytes).into_owned();
        assert!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{head}");
        let stop = house.link("jo@customer", "/stop");
        assert!(house.get(&stop).await.text.contains("<form method=\"post\">"));
        let seen = house.send(&stop, kind, body).await;
        assert_eq!(seen.status, StatusCode::OK);
        for header in ["set-cookie", "location"] {
            assert!(!seen.headers.contains_key(header), "{header}");
        }
        let jo = Address::parse("jo@customer.example").unwrap();
        let known = house.engine.store().read().await.unwrap().contact(&jo).await.unwrap();
        assert_eq!(known.opted_out_at, Some(at("2026-03-06T11:30:00Z")));
        house.until("2026-03-20T12:00:00Z").await;
        assert_eq!(house.mails_to("jo@customer").len(), 2, "no second question");
    }
}

#[tokio::test]
async fn a_contact_sees_who_has_their_case_and_what_was_said_between_us() {
    let mut house = House::open().await;
    house.takes("2026-03-04T10:00:00Z", Proof::None, QUESTION).await;
    house.takes("2026-03-04T10:20:00Z", Proof::Sent, TO_A_SUPPLIER).await;
    house.act(Act::Claim).await;
    let page = house.page();
    let seen = house.get(&page).await.text;
    assert!(seen.contains("Ana Ruiz (number 017) is looking after this."), "{seen}");
    assert!(seen.contains("You will hear from us by Wednesday, 4 March, 18:00."), "{seen}");
    assert!(seen.contains("the tap in our kitchen drips"), "{seen}");
    assert!(!seen.contains("hurry") && !seen.contains("supplier"), "what we ask others: {seen}");

    house.takes("2026-03-04T11:00:00Z", Proof::Sent, ANSWER).await;
    assert!(house.get(&page).await.text.contains("nothing is open on our side"));
    house.act(Act::Close { title: "Repaired the kitchen tap".to_owned() }).await;
    assert!(house.get(&page).await.text.contains("This is closed."));
    let empty = house.post(&page, "q0=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.until("2026-03-05T10:00:00Z").await;
    let told = house.post(&page, "q0=It+drips+again%2C+can+you+come%3F").await;
    assert!(told.text.contains("We have it"), "{}", told.text);
    assert_eq!(house.case().await.phase, Phase::Open);
    let seen = house.get(&page).await.text;
    assert!(
        seen.contains("It drips again, can you come?") && seen.contains("on this site"),
        "{seen}"
    );
}

#[tokio::test]
async fn a_transcript_has_what_passed_between_us_and_nothing_else() {
    let house = House::with_a_job_done().await;
    let said = house.written(Form::Text).await;
    let mail = text(&house.mails_to("jo@customer").pop().unwrap());
    for (who, words) in [
        ("Jo Client, 2026-03-04 10:00 WET:", "> Hello, the tap in our kitchen drips."),
        ("Ana Ruiz, 2026-03-04 11:00 WET:", "> Hello Jo, it is done: I put in a new seal."),
    ] {
        assert!(said.contains(who) && said.contains(words), "{said}");
        assert!(mail.contains(who) && mail.contains(words), "{mail}");
    }
    let mbox = house.written(Form::Mbox).await;
    assert_eq!(mbox.matches("\nMessage-ID: ").count(), 3, "two, and the transcript: {mbox}");
    assert!(house.written(Form::Html).await.contains("it is done: I put in a new seal."));
    for other in ["hurry", "supplier", "owner@brook.example", "reminded"] {
        assert!(!said.contains(other) && !mail.contains(other), "{other}: {said}");
        assert!(!mbox.contains(other), "{other}: {mbox}");
    }
}

#[tokio::test]
async fn a_contact_is_asked_and_answered_in_their_language() {
    let mut house = House::open().await;
    let question = QUESTION.replace(
        "Hello, the tap in our kitchen drips. Could somebody come and look at it?",
        "Guten Tag, der Wasserhahn in unserer Küche tropft. Könnte bitte jemand vorbeikommen?",
    );
    house.takes("2026-03-04T10:00:00Z", Proof::None, &question).await;
    let page = house.page();
    let seen = house.get(&page).await.text;
    assert!(seen.contains("<html lang=\"de\">") && seen.contains("Uhr."), "{seen}");
}

#[tokio::test]
async fn looking_changes_nothing_however_often_and_at_whatever() {
    let house = House::with_jo_asked().await;
    let survey = house.link("jo@customer", "/ok").replace("/ok", "/survey");
    house.post(&house.link("jo@customer", "/not-ok"), "q0=It+still+leaks.").await;
    house.until("2026-03-06T12:00:00Z").await;
    let mut links: BTreeSet<String> =
        house.memory.sent().iter().flat_map(|mail| House::links(&mail.bytes)).collect();
    let kinds = ["/answered", "/send", "/skip", "/ok", "/not-ok", "/stop"];
    for kind in kinds {
        assert!(links.iter().any(|link| link.ends_with(kind)), "{kind} in {links:?}");
    }
    links.extend([house.page(), survey]);
    let before = house.everything();
    let mut asked = 0;
    while asked < 1_000 {
        for link in &links {
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                house.see(method, link).await;
                asked += 1;
            }
        }
    }
    house.work().await;
    assert!(house.everything() == before, "something was written");
}

#[tokio::test]
async fn a_link_that_opens_nothing_gets_a_kind_page_and_changes_nothing() {
    let house = House::with_jo_asked().await;
    let good = |purpose| house.token(purpose, "2026-05-01T00:00:00Z");
    let expired = house.token(Purpose::CheckIn, "2026-03-05T00:00:00Z");
    let token = good(Purpose::CheckIn);
    let (half, _) = token.split_at(token.len() / 2);
    let forged = format!("{}a", token.split_at(token.len() - 1).0);
    let before = house.everything();
    for (path, status) in [
        (format!("/c/{expired}/not-ok"), StatusCode::GONE),
        (format!("/c/{half}/not-ok"), StatusCode::FORBIDDEN),
        (format!("/c/{forged}/ok"), StatusCode::FORBIDDEN),
        (format!("/c/{}/not-ok", good(Purpose::Page)), StatusCode::FORBIDDEN),
        (format!("/c/{}/stop", good(Purpose::CheckIn)), StatusCode::FORBIDDEN),
        (format!("/c/{token}/elsewhere"), StatusCode::NOT_FOUND),
        (format!("/c/{token}"), StatusCode::FORBIDDEN),
        (format!("/c/{forged}/survey"), StatusCode::FORBIDDEN),
        (format!("/c/{expired}"), StatusCode::FORBIDDEN),
    ] {
        for seen in [house.get(&path).await, house.post(&path, "q0=x").await] {
            assert_eq!(seen.status, status, "{path}: {}", seen.text);
            assert!(seen.text.contains("Just answer the mail that it came in"), "{}", seen.text);
            assert!(!seen.text.contains(&token[..20]), "no token stands on a page");
        }
    }
    assert!(house.everything() == before, "something was written");
}
