//! What programs tell of calls, chats and forms over the API: it becomes a case or an
//! answer as a mail does, once, and what makes no sense is said field by field.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use owed::config::settings::Scope;
use owed::domain::act::Act;
use owed::domain::case::Phase;
use owed::domain::ids::PersonId;
use owed::domain::obligation::Kind;
use owed::store::Store;
use owed::web::{Bearer, Front, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::engine::{CONFIGURATION, Room, at, policy};

const TOKEN: &str = "Bearer exchange secret";

/// A telephone exchange that tells owed of its calls.
struct Exchange {
    room: Room,
    front: Front,
}

/// What came back.
struct Said {
    status: u16,
    headers: axum::http::HeaderMap,
    json: Value,
}

impl Exchange {
    async fn open() -> Self {
        Self::on(Store::in_memory().await.unwrap())
    }

    fn on(store: Store) -> Self {
        let room = Room::on(store, policy(CONFIGURATION));
        room.clock.set(at("2026-03-02T10:00:00Z"));
        let bearer = |name: &str, scopes| {
            let (name, secret) = (name.to_owned(), format!("{name} secret").into());
            Bearer { name, secret, scopes }
        };
        let bearers =
            vec![bearer("exchange", vec![Scope::Messages]), bearer("door", vec![Scope::Leave])];
        let keys = owed::mail::token::Keys { current: vec![1; 32].into(), previous: None };
        let front = Front::new(room.engine.clone(), keys, bearers);
        Self { room, front }
    }

    async fn asks(&self, headers: &[(&str, &str)], body: impl Into<Body>) -> Said {
        let mut request = Request::post("/api/v1/messages");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = router(self.front.clone()).oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap();
        Said { status: head.status.as_u16(), headers: head.headers, json }
    }

    async fn tells(&self, message: &Value) -> Said {
        let headers = [("authorization", TOKEN), ("content-type", "application/json")];
        self.asks(&headers, message.to_string()).await
    }

    async fn tells_once(&self, key: &str, message: &Value) -> Said {
        let headers = [
            ("authorization", TOKEN),
            ("content-type", "application/json; charset=utf-8"),
            ("idempotency-key", key),
        ];
        self.asks(&headers, message.to_string()).await
    }
}

/// Rui, of whom only the number is known, leaves a message for the help desk.
fn call() -> Value {
    json!({
        "channel": "voicemail",
        "contact": "Rui Lopes <+351 912 345 678>",
        "mailbox": "help@brook.example",
        "text": "The boiler is cold again. Can you come by today?",
    })
}

#[tokio::test]
async fn a_call_is_owed_an_answer_and_the_call_back_is_one() {
    let exchange = Exchange::open().await;
    let heard = exchange.tells(&call()).await;
    assert_eq!(heard.status, 201, "{}", heard.json);
    assert_eq!(heard.json["verdict"], "owed", "{}", heard.json);
    assert_eq!(heard.json["due"], "2026-03-02T18:00:00+00:00", "{}", heard.json);
    let owed = exchange.room.owed().await;
    assert_eq!(owed[0].contact.to_string(), "Rui Lopes <+351912345678>");
    assert_eq!(heard.json["case"], owed[0].case.to_string());

    exchange.room.clock.set(at("2026-03-02T11:00:00Z"));
    let back = json!({
        "channel": "phone", "direction": "outbound", "by": "ana", "contact": "+351912345678",
        "text": "I will call you back with the date on Friday at 15:00.",
    });
    let heard = exchange.tells(&back).await;
    assert_eq!((heard.status, &heard.json["case"]), (201, &owed[0].case.to_string().into()));
    let reasons = exchange.room.reasons().await;
    assert!(reasons.contains(&"answered: by phone, in time".to_owned()), "{reasons:?}");
    let promise = &exchange.room.owed().await[0];
    assert_eq!((promise.kind, promise.due), (Kind::Promise, at("2026-03-06T15:00:00Z")));
}

#[tokio::test]
async fn who_has_no_mail_address_is_escalated_for_and_never_written_to() {
    let exchange = Exchange::open().await;
    exchange.tells(&call()).await;
    let case = exchange.room.owed().await[0].case;
    let due = at("2026-03-02T17:00:00Z");
    let act = Act::TellWhen { due, again: false };
    let refused = exchange.room.engine.act(case, &PersonId::new("017"), act).await.unwrap_err();
    assert!(refused.to_string().contains("no mail address is known"), "{refused}");
    exchange.room.clock.set(at("2026-03-02T18:00:00Z"));
    exchange.room.engine.tick().await.unwrap();
    let told = exchange.room.waiting().await;
    let told: Vec<&str> = told.iter().map(|notice| notice.about.to().address.as_str()).collect();
    assert!(told.contains(&"marta@brook.example"), "{told:?}");
    let mut tx = exchange.room.engine.store().write().await.unwrap();
    let contact = tx.case(case).await.unwrap().unwrap().case.contact.address;
    assert!(!tx.may_write_to(&contact, due).await.unwrap());
}

#[tokio::test]
async fn what_has_the_same_name_elsewhere_is_one_conversation() {
    let exchange = Exchange::open().await;
    let chat = |text: &str| {
        json!({
            "channel": "chat", "contact": "Rui", "mailbox": "ana@brook.example",
            "reference": "chat 7", "text": text,
        })
    };
    let first = exchange.tells(&chat("When do you open tomorrow?")).await;
    exchange.room.clock.set(at("2026-03-02T10:20:00Z"));
    let again = exchange.tells(&chat("Still waiting for an answer, any news?")).await;
    assert_eq!(again.json["verdict"], "chased", "{}", again.json);
    assert_eq!(first.json["case"], again.json["case"]);
    let mut other = chat("Do you have seals, too?");
    other["reference"] = "chat 8".into();
    let other = exchange.tells(&other).await;
    assert_ne!(first.json["case"], other.json["case"]);
    let answer = json!({
        "channel": "chat", "direction": "outbound", "by": "017", "reference": "chat 7",
        "contact": "Rui", "text": "At nine, as every day.",
    });
    let answered = exchange.tells(&answer).await;
    assert_eq!(
        (&answered.json["verdict"], &answered.json["case"]),
        (&"answered".into(), &first.json["case"])
    );
    let thanks = exchange.tells(&chat("Thanks, that is all!")).await;
    assert_eq!(thanks.json["verdict"], "ignored", "{}", thanks.json);
    assert_eq!(exchange.room.owed().await.len(), 1, "the other chat");
}

#[tokio::test]
async fn an_answer_without_words_is_noted_and_one_of_several_has_to_be_named() {
    let exchange = Exchange::open().await;
    let first = exchange.tells(&call()).await.json["case"].clone();
    let mut other = call();
    other["text"] = "Could you send the invoice for the roof?".into();
    exchange.tells(&other).await;
    let mut back = json!({
        "channel": "phone", "direction": "outbound", "by": "ben", "contact": "+351912345678",
    });
    let several = exchange.tells(&back).await;
    assert_eq!(several.status, 422);
    let said = &several.json["errors"][0];
    assert_eq!(said["pointer"], "#/case");
    assert!(said["detail"].as_str().unwrap().contains(first.as_str().unwrap()), "{said}");
    back["case"] = first.clone();
    let noted = exchange.tells(&back).await;
    assert_eq!((noted.status, &noted.json["verdict"]), (201, &"answered".into()));
    assert_eq!(exchange.room.owed().await.len(), 1);
}

#[tokio::test]
async fn a_call_about_what_is_closed_is_written_down_too() {
    let exchange = Exchange::open().await;
    let case = exchange.tells(&call()).await.json["case"].clone();
    let mut back = json!({
        "channel": "phone", "direction": "outbound", "by": "ana", "case": case,
        "text": "It is repaired. You can call me any time.",
    });
    assert_eq!(exchange.tells(&back).await.json["verdict"], "answered");
    let number = case.as_str().unwrap().parse().unwrap();
    let (ana, title) = (PersonId::new("017"), String::new());
    exchange.room.engine.act(number, &ana, Act::Close { title }).await.unwrap();

    exchange.room.clock.set(at("2026-03-02T14:00:00Z"));
    back["text"] = "I asked whether it is warm now, and it is.".into();
    let with_words = exchange.tells(&back).await;
    back["text"] = json!(null);
    let without = exchange.tells(&back).await;
    for heard in [&with_words, &without] {
        assert_eq!((heard.status, &heard.json["case"]), (201, &case), "{}", heard.json);
        assert_eq!(heard.json["verdict"], "answered", "{}", heard.json);
        assert!(
            heard.json["reason"].as_str().unwrap().contains("nothing was owed"),
            "{}",
            heard.json
        );
    }
    let mut tx = exchange.room.engine.store().read().await.unwrap();
    assert!(matches!(tx.case(number).await.unwrap().unwrap().case.phase, Phase::Closed { .. }));
    let said: Vec<String> =
        tx.conversation(number).await.unwrap().into_iter().map(|said| said.words).collect();
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[2].contains("warm now") && said[3].is_empty(), "{said:?}");
}

#[tokio::test]
async fn a_time_may_be_written_as_people_do_and_the_same_told_again_says_so() {
    let exchange = Exchange::open().await;
    let mut call = call();
    call["channel"] = "Voicemail".into();
    call["at"] = "2026-03-02 09:30".into();
    let first = exchange.tells(&call).await;
    assert_eq!(exchange.room.owed().await[0].since, at("2026-03-02T09:30:00Z"), "{}", first.json);
    let again = exchange.tells(&call).await.json;
    let said = (&again["case"], &again["verdict"], &again["reason"]);
    assert_eq!(said, (&first.json["case"], &"kept".into(), &"it was told before".into()));
    assert_eq!(exchange.room.owed().await.len(), 1);
    let stray = json!({
        "channel": "phone", "direction": "outbound", "by": "ana", "contact": "+351 912 999 999",
        "text": "I wanted to know whether all is well.",
    });
    let stray = exchange.tells(&stray).await.json;
    assert_eq!(stray["reason"], "nobody waits for it, and it names no case", "{stray}");
}

#[tokio::test]
async fn what_names_a_case_that_went_into_another_goes_there() {
    let exchange = Exchange::open().await;
    let first = exchange.tells(&call()).await.json["case"].clone();
    let mut other = call();
    other["text"] = "Could you send the invoice for the roof?".into();
    let second = exchange.tells(&other).await.json["case"].clone();
    let number = |case: &Value| case.as_str().unwrap().parse().unwrap();
    exchange.room.engine.merge(number(&first), number(&second), "Ana").await.unwrap();
    let back = json!({
        "channel": "phone", "direction": "outbound", "by": "ana", "case": first,
    });
    let heard = exchange.tells(&back).await;
    assert_eq!((heard.status, &heard.json["case"]), (201, &second), "{}", heard.json);
    assert_eq!(exchange.room.owed().await, [], "it answers both");
}

#[tokio::test]
async fn a_request_that_comes_twice_is_done_once() {
    let exchange = Exchange::open().await;
    let call = call();
    let (first, second) =
        tokio::join!(exchange.tells_once("k1", &call), exchange.tells_once("k1", &call));
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.json, second.json);
    exchange.room.clock.set(at("2026-03-03T10:00:00Z"));
    assert_eq!(exchange.tells_once("\"k1\"", &call).await.json, first.json);
    assert_eq!(exchange.room.owed().await.len(), 1);

    let mut other = call.clone();
    other["text"] = "Something else?".into();
    let refused = exchange.tells_once("k1", &other).await;
    assert_eq!(refused.status, 422);
    assert!(refused.json["detail"].as_str().unwrap().contains("used for another request"));
    assert_eq!(exchange.tells_once("k2", &other).await.status, 201);
    assert_eq!(exchange.room.owed().await.len(), 2);
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named_with_what_would_be_right() {
    let exchange = Exchange::open().await;
    for (change, field, said) in [
        (json!({ "channel": null }), "channel", "phone, voicemail, chat, form, social"),
        (json!({ "channel": "email" }), "channel", "mail comes in by itself"),
        (json!({ "channel": "pigeon" }), "channel", "\"pigeon\" is none of"),
        (json!({ "contact": "" }), "contact", "say who it was"),
        (json!({ "contact": "rui@" }), "contact", "no mail address, no telephone number"),
        (json!({ "contact": "x".repeat(600) }), "contact", "it has 600 characters; 500"),
        (json!({ "mailbox": null }), "mailbox", "help@brook.example"),
        (json!({ "mailbox": "x@brook.example" }), "mailbox", "none of yours"),
        (json!({ "text": " " }), "text", "say what was said"),
        (json!({ "text": 7 }), "text", "in quotation marks, as in \"7\""),
        (json!({ "by": ["ana", "ben"] }), "by", "as in \"ana, ben\""),
        (json!({ "by": { "name": "ana" } }), "by", "one text in quotation marks"),
        (json!({ "at": "yesterday" }), "at", "is no moment; as in 2026-03-02 15:30"),
        (json!({ "at": "2026-03-02T12:00:00Z" }), "at", "still to come"),
        (json!({ "direction": "up" }), "direction", "neither \"inbound\" nor"),
        (json!({ "direction": "outbound" }), "by", "say who of you"),
        (json!({ "direction": "outbound", "by": "zoe" }), "by", "the people are marta, ana, ben"),
        (json!({ "case": "OW-2222-2" }), "case", "no case"),
        (json!({ "reply": "no" }), "reply", "there is no such field; there are at, by, case"),
    ] {
        let mut message = call();
        for (name, value) in change.as_object().unwrap() {
            message[name] = value.clone();
        }
        let refused = exchange.tells(&message).await;
        assert_eq!(refused.status, 422, "{change}: {}", refused.json);
        assert_eq!(refused.headers["content-type"], "application/problem+json");
        let errors = refused.json["errors"].as_array().unwrap();
        let pointer = format!("#/{field}");
        let error = errors.iter().find(|error| error["pointer"] == pointer.as_str());
        let detail = error.unwrap_or_else(|| panic!("{change}: {errors:?}"))["detail"].to_string();
        assert!(detail.replace("\\\"", "\"").contains(said), "{change}: {detail}");
    }
    let fields = |said: &Said| -> Vec<String> {
        let errors = said.json["errors"].as_array().unwrap().iter();
        let mut fields: Vec<_> = errors.map(|error| error["pointer"].to_string()).collect();
        fields.sort();
        fields
    };
    let all = exchange.tells(&json!({})).await;
    let needed = ["#/channel", "#/contact", "#/mailbox", "#/text"];
    assert_eq!(fields(&all), needed.map(|field| format!("{field:?}")), "{}", all.json);
    let wrong = json!({ "channel": "pigeon", "contact": 7, "reply": "no", "text": ["a"] });
    let all = exchange.tells(&wrong).await;
    let each_once = ["#/channel", "#/contact", "#/mailbox", "#/reply", "#/text"];
    assert_eq!(fields(&all), each_once.map(|field| format!("{field:?}")), "{}", all.json);
    assert_eq!(exchange.room.owed().await, []);
}

#[tokio::test]
async fn a_request_that_is_none_is_told_what_one_is() {
    let exchange = Exchange::open().await;
    let (json, token) = (("content-type", "application/json"), ("authorization", TOKEN));
    let door = ("authorization", "Bearer door secret");
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(600 * 1024));
    let good = call().to_string();
    for (headers, body, status, said) in [
        (vec![json], good.as_str(), 401, "Authorization: Bearer"),
        (vec![json, ("authorization", "Bearer secret")], &good, 401, "[[web.token]]"),
        (vec![json, door], &good, 403, "has no scope \"messages\""),
        (vec![token], &good, 415, "Content-Type: application/json"),
        (vec![json, token], "{", 400, "no JSON object"),
        (vec![json, token], "[]", 400, "no JSON object"),
        (vec![json, token, ("idempotency-key", "")], &good, 400, "1 to 255 characters"),
        (vec![json, token], &long, 413, "524288 bytes"),
    ] {
        let refused = exchange.asks(&headers, body.to_owned()).await;
        assert_eq!(refused.status, status, "{}", refused.json);
        assert_eq!(refused.json["status"], status);
        assert!(refused.json["detail"].as_str().unwrap().contains(said), "{}", refused.json);
        assert_eq!(refused.headers.contains_key("www-authenticate"), status == 401);
    }
    assert_eq!(exchange.room.owed().await, []);
}

#[tokio::test]
async fn an_address_or_a_method_that_is_none_is_said_as_all_problems_are() {
    let exchange = Exchange::open().await;
    for (method, path, status, allowed) in [
        ("GET", "/api/v1/messages", 405, Some("POST")),
        ("PUT", "/api/v1/jobs/J-7", 405, Some("DELETE")),
        ("POST", "/api/v1/people/ana/leave", 405, Some("GET,HEAD")),
        ("POST", "/api/v1/mesages", 404, None),
        ("GET", "/api/v2/messages", 404, None),
        ("GET", "/api", 404, None),
        ("POST", "/api/", 404, None),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = router(exchange.front.clone()).oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let problem: Value =
            serde_json::from_slice(&to_bytes(body, 1 << 20).await.unwrap()).unwrap();
        assert_eq!((head.status.as_u16(), &problem["status"]), (status, &status.into()), "{path}");
        assert_eq!(head.headers["content-type"], "application/problem+json");
        assert!(problem["detail"].as_str().unwrap().contains("/api/v1/openapi.json"), "{problem}");
        let allow = head.headers.get("allow").map(|allow| allow.to_str().unwrap());
        assert_eq!(allow, allowed, "{method} {path}");
    }
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_taken_and_may_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("owed.db");
    let exchange = Exchange::on(Store::open(&path).await.unwrap());
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let disk = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON obligation \
        BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&disk).await.unwrap();
    let refused = exchange.tells_once("k1", &call()).await;
    assert_eq!(refused.status, 503, "{}", refused.json);
    assert_eq!(refused.headers["retry-after"], "30");
    assert!(refused.json["detail"].as_str().unwrap().contains("send it again"));
    assert!(exchange.room.reasons().await.is_empty(), "nothing is left of it");
    sqlx::query("DROP TRIGGER full").execute(&disk).await.unwrap();
    assert_eq!(exchange.tells_once("k1", &call()).await.status, 201);
    assert_eq!(exchange.room.owed().await.len(), 1);
}
