//! Pages and the API, asked over HTTP: what a visitor sees, what a click does, and
//! what changes nothing.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use jiff::SignedDuration;
use owed::config::settings::Scope;
use owed::domain::effect::{Purpose as Why, What};
use owed::domain::ids::{CaseNumber, PersonId};
use owed::engine::accept::Proof;
use owed::mail::link::{VERBS, Verb};
use owed::mail::token::{Grant, Key, Keys, Purpose};
use owed::outbox::seal::seal;
use owed::outbox::stationery::Stationery;
use owed::store::About;
use owed::web::{Bearer, Front, router};
use tower::ServiceExt;

use crate::engine::{CONFIGURATION, QUESTION, Room, at, policy};
use crate::letters::matters::party;

const ASKED: &str = "2026-03-02T09:00:00Z";
const NOW: &str = "2026-03-02T10:00:00Z";

/// A room with Jo's question to Ana in it, and pages that look into it.
struct Site {
    room: Room,
    front: Front,
    case: CaseNumber,
}

/// What came back.
struct Seen {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Site {
    async fn open() -> Self {
        Self::asked(QUESTION).await
    }

    async fn asked(question: &str) -> Self {
        Self::of(Room::open().await, question).await
    }

    async fn of(room: Room, question: &str) -> Self {
        room.takes(ASKED, Proof::None, question).await;
        room.clock.set(at(NOW));
        let bearer = |name: &str, scopes: Vec<Scope>| Bearer {
            name: name.to_owned(),
            secret: format!("{name} secret").into(),
            scopes,
        };
        let bearers = vec![bearer("door", vec![Scope::Leave]), bearer("other", Vec::new())];
        let front = Front::new(room.engine.clone(), keys(1), bearers);
        let case = room.owed().await[0].case;
        Self { room, front, case }
    }

    fn grant(&self, person: &str) -> Grant {
        let until = at(NOW).checked_add(SignedDuration::from_hours(24)).unwrap();
        let (purpose, case) = (Purpose::Act, Some(self.case));
        Grant { purpose, case, obligation: 1, person: PersonId::new(person), until }
    }

    fn link(&self, person: &str, verb: Verb) -> String {
        format!("/a/{}/{}", keys(1).seal(&self.grant(person)), verb.name())
    }

    async fn ask(&self, request: Request<Body>) -> Seen {
        let response = router(self.front.clone()).oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Seen { status: head.status, headers: head.headers, text }
    }

    async fn see(&self, method: Method, path: &str) -> Seen {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        self.ask(request).await
    }

    async fn get(&self, path: &str) -> Seen {
        self.see(Method::GET, path).await
    }

    async fn post(&self, path: &str, fields: &str) -> Seen {
        let request =
            Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(fields.to_owned())).unwrap()).await
    }

    async fn click(&self, person: &str, verb: Verb, fields: &str) -> Seen {
        self.post(&self.link(person, verb), fields).await
    }

    /// Everything that could have been changed.
    async fn everything(&self) -> String {
        let mut tx = self.room.engine.store().read().await.unwrap();
        let journal = tx.journal_after(0, 1000).await.unwrap();
        let case = tx.case(self.case).await.unwrap().unwrap().case;
        drop(tx);
        format!("{journal:?}{:?}{case:?}", self.room.waiting().await)
    }

    async fn happened(&self, what: What) -> usize {
        let mut tx = self.room.engine.store().read().await.unwrap();
        let journal = tx.journal_of(self.case).await.unwrap();
        journal.iter().filter(|line| line.entry.what == what).count()
    }

    async fn told(&self, why: Why) -> usize {
        let waiting = self.room.waiting().await;
        let about =
            |about: &About| matches!(about, About::Case(_, notice) if notice.purpose == why);
        waiting.iter().filter(|notice| about(&notice.about)).count()
    }

    async fn leave(&self, person: &str, authorization: Option<&str>) -> Seen {
        let mut request = Request::get(format!("/api/v1/people/{person}/leave"));
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        self.ask(request.body(Body::empty()).unwrap()).await
    }
}

fn keys(byte: u8) -> Keys {
    Keys { current: Key::from(vec![byte; 32]), previous: None }
}

#[tokio::test]
async fn each_click_does_its_one_thing() {
    for (verb, fields, what, said) in [
        (Verb::Answered, "how=by+phone", What::Answered, "is noted as answered: by phone."),
        (Verb::Dismiss, "reason=spam", What::Dismissed, "needs no answer any more: spam."),
        (Verb::HandOver, "to=021", What::Offered, "Ben Ode was asked to take"),
        (Verb::TellWhen, "date=2026-03-06&time=15:00", What::Promised, "Friday 6 March, 15:00"),
    ] {
        let site = Site::open().await;
        let seen = site.click("017", verb, fields).await;
        assert_eq!(seen.status, StatusCode::OK, "{verb:?}: {}", seen.text);
        assert!(seen.text.contains(said), "{verb:?}: {}", seen.text);
        assert_eq!(site.happened(what).await, 1, "{verb:?}");
    }
}

#[tokio::test]
async fn a_note_is_shown_as_it_would_be_sent() {
    let site = Site::open().await;
    let path = format!("{}?date=2026-03-06&time=15:00", site.link("017", Verb::TellWhen));
    let seen = site.get(&path).await;
    for said in ["Friday, 6 March", "15:00", "Ana Ruiz", "Brook &#38; Sons"] {
        assert!(seen.text.contains(said), "{said}: {}", seen.text);
    }
}

#[tokio::test]
async fn a_time_is_proposed_at_which_a_person_would_be_told() {
    let always = CONFIGURATION
        .replace("mon-fri = [\"09:00-12:30\", \"13:30-18:00\"]", "mon-sun = [\"00:00-24:00\"]");
    for (configuration, time) in [(CONFIGURATION, "18:00"), (&always, "17:00")] {
        let site = Site::of(Room::with(policy(configuration)).await, QUESTION).await;
        let seen = site.get(&site.link("017", Verb::TellWhen)).await.text;
        let proposed = [("date", "2026-03-03"), ("time", time)];
        for (field, value) in proposed {
            let input = format!("name=\"{field}\" type=\"{field}\" value=\"{value}\"");
            assert!(seen.contains(&input), "{input}: {seen}");
        }
    }
}

#[tokio::test]
async fn a_case_goes_from_hand_to_hand() {
    let site = Site::open().await;
    let owner = async || site.room.owed().await[0].owner.clone().unwrap().to_string();
    assert!(site.click("004", Verb::Claim, "").await.text.contains("is yours now"));
    assert_eq!(owner().await, "004");
    site.click("004", Verb::HandOver, "to=021").await;
    assert!(site.click("021", Verb::Refuse, "reason=full").await.text.contains("did not take"));
    site.click("004", Verb::HandOver, "to=017").await;
    assert!(site.get(&site.link("017", Verb::Accept)).await.text.contains("Ana Ruiz by Marta"));
    assert!(site.click("017", Verb::Accept, "").await.text.contains("is yours now"));
    assert_eq!(owner().await, "017");
    let late = site.click("021", Verb::Accept, "").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("Ana Ruiz has it now."), "{}", late.text);
    site.click("017", Verb::HandOver, "to=004").await;
    let late = site.get(&site.link("021", Verb::Accept)).await.text;
    assert!(late.contains("You need not take this over any more."), "{late}");
    assert!(late.contains("Marta Brook is asked instead."), "{late}");
}

#[tokio::test]
async fn a_link_about_a_case_that_went_into_another_leads_there() {
    let site = Site::open().await;
    let other = QUESTION.replace("q@customer", "other@customer").replace("The tap", "A roof");
    site.room.takes("2026-03-02T09:10:00Z", Proof::None, &other).await;
    let into = site.room.owed().await[1].case;
    site.room.engine.merge(site.case, into, "Ana Ruiz").await.unwrap();
    let seen = site.get(&site.link("017", Verb::Answered)).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.text.contains(&format!("{} goes on in {into}", site.case)), "{}", seen.text);
    let seen = site.click("017", Verb::Answered, "how=by+phone").await;
    assert!(seen.text.contains(&format!("{into} (Jo) is noted as answered")), "{}", seen.text);
    assert_eq!(site.room.owed().await, []);
}

#[tokio::test]
async fn a_contact_who_was_told_a_time_is_told_another_only_by_who_has_read_that() {
    let site = Site::open().await;
    site.click("017", Verb::TellWhen, "date=2026-03-06&time=15:00").await;
    let stationery = Stationery::new(party("owed", "owed@brook.example"), b"a key".to_vec());
    let mut tx = site.room.engine.store().write().await.unwrap();
    let now = site.room.engine.now();
    while seal(&mut tx, &site.room.engine.policy(), &stationery, now).await.unwrap() {}
    assert_eq!(tx.lease(now, "a test", at("2026-03-02T11:00:00Z"), 10).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    let seen = site.click("021", Verb::TellWhen, "date=2026-03-06&time=16:00").await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text.contains("Jo was told already"), "{}", seen.text);
    assert!(seen.text.contains("in a note of Ana Ruiz"), "{}", seen.text);
    assert!(seen.text.contains("name=\"again\" value=\"1\""), "the form can insist");
    assert_eq!(site.happened(What::Promised).await, 1);
    let seen = site.click("021", Verb::TellWhen, "date=2026-03-06&time=16:00&again=1").await;
    assert_eq!((seen.status, site.happened(What::Promised).await), (StatusCode::OK, 2));
}

#[tokio::test]
async fn a_promise_is_put_right_or_taken_back() {
    let site = Site::open().await;
    site.click("017", Verb::TellWhen, "date=2026-03-06&time=15:00").await;
    let promise = Grant { obligation: 2, ..site.grant("017") };
    let link = format!("/a/{}/correct", keys(1).seal(&promise));
    let shown = site.get(&link).await.text;
    assert!(shown.contains("value=\"2026-03-06\"") && shown.contains("value=\"15:00\""), "{shown}");
    let seen = site.post(&link, "date=2026-03-09&time=11:30").await;
    assert!(seen.text.contains("Monday 9 March, 11:30"), "{}", seen.text);
    assert_eq!(site.room.owed().await[0].due, at("2026-03-09T11:30:00Z"));
    let seen = site.post(&link, "none=1&date=2026-03-09&time=11:30").await;
    assert!(seen.text.contains("nothing is noted as promised"), "{}", seen.text);
    assert_eq!(site.room.owed().await, []);
    assert!(site.post(&link, "none=1").await.text.contains("done already"));
}

#[tokio::test]
async fn looking_changes_nothing_however_often() {
    let site = Site::open().await;
    site.click("017", Verb::HandOver, "to=021").await;
    let before = site.everything().await;
    let query = "?how=x&reason=x&to=004&date=2026-03-06&time=15:00&none=1";
    let mut looked = 0;
    while looked < 1000 {
        for (verb, _) in VERBS {
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                for person in ["017", "021", "004"] {
                    let path = format!("{}{query}", site.link(person, *verb));
                    site.see(method.clone(), &path).await;
                    looked += 1;
                }
            }
        }
    }
    assert_eq!(site.everything().await, before);
}

#[tokio::test]
async fn a_link_that_is_not_ours_opens_nothing() {
    let site = Site::open().await;
    let grant = site.grant("017");
    let token = keys(1).seal(&grant);
    let old = Grant { until: at(ASKED), ..grant.clone() };
    let mail = Grant { purpose: Purpose::Reply, ..grant.clone() };
    let nobody = Grant { person: PersonId::new("099"), ..grant.clone() };
    let nowhere = Grant { case: Some(CaseNumber::from_row(99)), ..grant.clone() };
    let before = site.everything().await;
    for (token, status) in [
        (keys(2).seal(&grant), 403),
        (keys(1).seal(&mail), 403),
        (keys(1).seal(&old), 410),
        (keys(1).seal(&nobody), 404),
        (keys(1).seal(&nowhere), 404),
        (token[..token.len() - 1].to_owned(), 403),
        (token[1..].to_owned(), 403),
        ("x".to_owned(), 403),
        ("%00%F0%9F%92%A9".to_owned(), 403),
        ("a".repeat(5000), 403),
    ] {
        for (verb, name) in VERBS {
            let path = format!("/a/{token}/{name}");
            let fields = "how=x&reason=x&to=021&date=2026-03-06&time=15:00";
            for seen in [site.get(&path).await, site.post(&path, fields).await] {
                assert_eq!(seen.status.as_u16(), status, "{verb:?} {token}");
                assert!(token.len() < 9 || !seen.text.contains(&token), "it shows the token");
            }
        }
    }
    let unknown = site.post(&format!("/a/{token}/delete"), "").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(site.everything().await, before);
}

#[tokio::test]
async fn doing_it_twice_is_told_kindly_and_done_once() {
    for (verb, fields, what) in [
        (Verb::Answered, "how=by+phone", What::Answered),
        (Verb::Dismiss, "reason=spam", What::Dismissed),
        (Verb::HandOver, "to=021", What::Offered),
        (Verb::TellWhen, "date=2026-03-06&time=15:00", What::Promised),
    ] {
        let site = Site::open().await;
        let link = site.link("017", verb);
        let (first, second) = tokio::join!(site.post(&link, fields), site.post(&link, fields));
        let third = site.post(&link, fields).await;
        for seen in [&first, &second, &third] {
            assert_eq!(seen.status, StatusCode::OK, "{verb:?}: {}", seen.text);
        }
        let already = |seen: &&Seen| seen.text.contains("That was done already");
        assert_eq!([&first, &second, &third].into_iter().filter(already).count(), 2, "{verb:?}");
        assert_eq!(site.happened(what).await, 1, "{verb:?}");
        assert!(site.told(Why::TellWhen).await <= 1);
    }
    let site = Site::open().await;
    site.click("017", Verb::Answered, "how=by+phone").await;
    let seen = site.get(&site.link("021", Verb::Claim)).await;
    assert!(seen.text.contains("today 10:00: it was answered (Ana Ruiz"), "{}", seen.text);
}

#[tokio::test]
async fn a_form_that_lacks_something_says_what_and_changes_nothing() {
    let site = Site::open().await;
    let before = site.everything().await;
    for (verb, fields, said) in [
        (Verb::Dismiss, "", "Say why no answer is needed"),
        (Verb::Dismiss, "reason=+%0A+", "Say why no answer is needed"),
        (Verb::Answered, "how=", "Say how"),
        (Verb::HandOver, "to=", "Say whom"),
        (Verb::HandOver, "to=017", "Say whom"),
        (Verb::HandOver, "to=nobody", "Say whom"),
        (Verb::TellWhen, "date=2026-03-06", "Say a day and a time"),
        (Verb::TellWhen, "date=2026-02-30&time=15:00", "Say a day and a time"),
        (Verb::TellWhen, "date=2026-03-01&time=15:00", "That time has passed"),
        (Verb::Dismiss, "reason=%FF%FE&reason=x", "could not be read"),
    ] {
        let seen = site.click("017", verb, fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{verb:?} {fields}");
        assert!(seen.text.contains(said), "{fields}: {}", seen.text);
    }
    let huge = site.click("017", Verb::Dismiss, &format!("reason={}", "x".repeat(1 << 20))).await;
    assert!(huge.status.is_client_error());
    assert_eq!(site.everything().await, before);
}

#[tokio::test]
async fn what_cannot_be_is_said_in_a_sentence() {
    const TRACKED: &str = "[[rule]]\nname = \"colleagues\"\nwhen = { internal = true }\n\
        before_leaving = true\nescalation = \"standard\"\n";
    let policy = crate::engine::policy(&format!("{}{TRACKED}", crate::engine::CONFIGURATION));
    let room = Room::with(policy).await;
    let question = QUESTION.replace("jo@customer.example", "ben@brook.example");
    room.takes(ASKED, Proof::None, &question).await;
    let case = room.owed().await[0].case;
    let front = Front::new(room.engine.clone(), keys(1), Vec::new());
    let site = Site { room, front, case };
    let seen = site.click("017", Verb::TellWhen, "date=2026-03-06&time=15:00").await;
    assert_eq!(seen.status, StatusCode::CONFLICT);
    assert!(seen.text.contains("a colleague waits, to whom owed writes nothing"), "{}", seen.text);
}

#[tokio::test]
async fn a_page_is_locked_up_and_shows_hostile_words_as_words() {
    let hostile = QUESTION
        .replace("From: Jo <", "From: \"<script>alert(1)</script>\" <")
        .replace("The tap", "<img src=x> \u{202E}pat")
        .replace("Could you come by?", "</blockquote><form action=//evil.example>Could you?");
    let site = Site::asked(&hostile).await;
    let pages = [site.link("017", Verb::Dismiss), "/a/x/dismiss".to_owned(), "/else".to_owned()];
    for path in pages {
        let seen = site.get(&path).await;
        let policy = seen.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; form-action"));
        assert_eq!(seen.headers["cache-control"], "no-store");
        assert_eq!(seen.headers["referrer-policy"], "no-referrer");
        assert_eq!(seen.headers["content-type"], "text/html; charset=utf-8");
        for bad in ["<script", "<img", "<form action", "\u{202E}", "http:", "https:"] {
            assert!(!seen.text.contains(bad), "{path} has {bad}: {}", seen.text);
        }
    }
}

#[tokio::test]
async fn a_door_asks_whether_somebody_may_leave() {
    let site = Site::open().await;
    let door = Some("Bearer door secret");
    let seen = site.leave("ana", door).await;
    assert_eq!(seen.status, StatusCode::OK);
    let leave: serde_json::Value = serde_json::from_str(&seen.text).unwrap();
    assert_eq!((&leave["may_leave"], &leave["person"]), (&false.into(), &"017".into()));
    assert_eq!(leave["owed"][0]["case"], site.case.to_string());
    let ben: serde_json::Value =
        serde_json::from_str(&site.leave("021", Some("bearer  door secret")).await.text).unwrap();
    assert_eq!(ben["may_leave"], true);

    for (person, authorization, status) in [
        ("ana", None, 401),
        ("ana", Some("Bearer"), 401),
        ("ana", Some("Bearer "), 401),
        ("ana", Some("Bearer door secre"), 401),
        ("ana", Some("Bearer door secret2"), 401),
        ("ana", Some("Basic door secret"), 401),
        ("ana", Some("Bearer other secret"), 403),
        ("zoe", door, 404),
    ] {
        let seen = site.leave(person, authorization).await;
        assert_eq!(seen.status.as_u16(), status, "{authorization:?}");
        let wrong: serde_json::Value = serde_json::from_str(&seen.text).unwrap();
        assert!(wrong["detail"].as_str().is_some_and(|text| text.len() > 20), "{wrong}");
        assert!(!seen.text.contains("secret"), "{}", seen.text);
    }
}
