//! A concern by a click and by a program: who answers it, that the same words are one, and
//! that looking, or a link that opens nothing, changes nothing.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use owed::config::settings::Scope;
use owed::domain::ids::{CaseNumber, PersonId};
use owed::engine::accept::Proof;
use owed::mail::token::{Grant, Keys, Purpose};
use owed::web::{Bearer, Front, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::contact_pages::{self, House};
use crate::engine::{CONFIGURATION, QUESTION, Room, at, policy};

const NOW: &str = "2026-03-02T10:00:00Z";

/// A room with Jo's question to Ana in it, its pages, and an intranet that speaks for people.
struct Site {
    room: Room,
    front: Front,
    case: CaseNumber,
}

impl Site {
    async fn open() -> Self {
        let room = Room::with(policy(CONFIGURATION)).await;
        room.takes("2026-03-02T09:00:00Z", Proof::None, QUESTION).await;
        room.clock.set(at(NOW));
        let bearer = |name: &str, scopes| {
            let (name, secret) = (name.to_owned(), format!("{name} secret").into());
            Bearer { name, secret, scopes }
        };
        let bearers =
            vec![bearer("intranet", vec![Scope::Concerns]), bearer("door", vec![Scope::Leave])];
        let front = Front::new(room.engine.clone(), keys(1), bearers);
        let case = room.owed().await[0].case;
        Self { room, front, case }
    }

    fn grant(&self, person: &str) -> Grant {
        let (purpose, case) = (Purpose::Act, Some(self.case));
        let until = at("2026-03-03T10:00:00Z");
        Grant { purpose, case, obligation: 1, person: PersonId::new(person), until }
    }

    fn link(&self, person: &str) -> String {
        page(&keys(1).seal(&self.grant(person)))
    }

    async fn ask(&self, request: Request<Body>) -> (u16, String) {
        let response = router(self.front.clone()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn see(&self, method: Method, path: &str) -> (u16, String) {
        self.ask(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, fields: &str) -> (u16, String) {
        let form = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.ask(form.body(Body::from(fields.to_owned())).unwrap()).await
    }

    async fn tell(&self, who: &str, key: Option<&str>, concern: &Value) -> (u16, Value) {
        let mut request = Request::post("/api/v1/concerns")
            .header("authorization", format!("Bearer {who} secret"))
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Body::from(concern.to_string())).unwrap();
        let (status, text) = self.ask(request).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    /// What concerns say, by whom they are owed an answer.
    async fn concerns(&self) -> Vec<(String, String)> {
        let policy = self.room.engine.policy();
        let mut said = Vec::new();
        for owed in self.room.owed().await.into_iter().filter(|owed| owed.case != self.case) {
            let mut tx = self.room.engine.store().read().await.unwrap();
            let words = tx.messages_of(owed.case).await.unwrap().remove(0).words;
            let owner = owed.owner.as_ref().map(|id| policy.roster.name_of(id).to_owned());
            said.push((owner.unwrap_or_default(), words));
        }
        said
    }
}

fn keys(byte: u8) -> Keys {
    Keys { current: vec![byte; 32].into(), previous: None }
}

fn page(token: &str) -> String {
    format!("/a/{token}/concern")
}

#[tokio::test]
async fn the_evening_mail_leads_to_a_page_where_it_is_said_once() {
    let reminder = "  { before = \"45m\", tell = \"owner\" },\n";
    let mut house = House::under(&contact_pages::CONFIGURATION.replace(reminder, "")).await;
    house.takes("2026-03-04T10:00:00Z", Proof::None, contact_pages::QUESTION).await;
    house.until("2026-03-04T17:45:00Z").await;
    let evening = house.mails_to("ana@brook").pop().unwrap();
    let text = contact_pages::text(&evening);
    assert!(
        text.contains("Where something is going wrong:\n  Say it to whoever is above"),
        "{text}"
    );
    let link = house.link("ana@brook", "/concern");
    let shown = house.get(&link).await.text;
    assert!(shown.contains("Marta Brook reads it, with your name, and owes you"), "{shown}");
    assert!(!shown.contains("something else"), "it is about no case: {shown}");
    let empty = house.post(&link, "text=+%0D%0A").await;
    assert_eq!(empty.status, 422);
    assert!(empty.text.contains("Please say in a word"), "{}", empty.text);
    assert_eq!(house.owed().await, 1);
    for _ in 0..2 {
        let said = house.post(&link, "text=The+keys+of+the+van+are+gone.").await;
        assert!(
            said.text.contains("Marta Brook hears of it, and owes you an answer."),
            "{}",
            said.text
        );
    }
    assert_eq!(house.owed().await, 2, "it is owed an answer, once");
    house.until("2026-03-05T09:00:00Z").await;
    let read: Vec<String> = house.mails_to("marta@brook").iter().map(contact_pages::text).collect();
    let concern = "Ana Ruiz has a concern";
    let told = read.iter().filter(|text| text.contains("The keys of the van are gone."));
    assert!(
        told.clone().count() > 0 && told.clone().all(|text| text.contains(concern)),
        "{read:?}"
    );
}

#[tokio::test]
async fn whoever_is_shown_a_check_in_may_say_that_something_goes_wrong_there() {
    let house = House::with_a_job_done().await;
    house.until("2026-03-06T11:00:00Z").await;
    let send = house.link("ana@brook", "/send");
    let shown = house.get(&send).await.text;
    assert!(shown.contains("<a href=\"concern\">Something is going wrong here</a>"), "{shown}");
    let link = send.replace("/send", "/concern");
    let shown = house.get(&link).await.text;
    assert!(shown.contains("Kitchen tap drips") && shown.contains("Marta Brook reads"), "{shown}");
    assert_eq!(house.post(&link, "text=It+was+not+me+who+did+it.").await.status, 200);
    assert_eq!(house.owed().await, 1);
}

#[tokio::test]
async fn what_is_about_a_case_goes_above_whoever_has_it_and_else_above_who_says_it() {
    let site = Site::open().await;
    let link = site.link("021");
    let (_, act) = site.see(Method::GET, &link.replace("/concern", "/claim")).await;
    assert!(act.contains("<a href=\"concern\">Something is going wrong here</a>"), "{act}");
    let (status, shown) = site.see(Method::GET, &link).await;
    assert_eq!(status, 200);
    for said in [&site.case.to_string(), "The tap", "Jo", "Ana Ruiz", "Marta Brook reads it"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let (status, _) = site.post(&link, "text=Jo+was+promised+this+twice.").await;
    assert_eq!(status, 200);
    site.post(&link, "text=It+is+cold+in+here.&apart=1").await;
    let concerns = site.concerns().await;
    let words: Vec<&str> = concerns.iter().map(|(_, words)| words.as_str()).collect();
    let about = format!("It is about {}, “The tap”.", site.case);
    assert_eq!(words, [&format!("Jo was promised this twice.\n\n{about}"), "It is cold in here."]);
    assert!(concerns.iter().all(|(owner, _)| owner == "Marta Brook"), "{concerns:?}");
    // Whoever is above everybody has the last resort.
    let (_, shown) = site.see(Method::GET, &site.link("004")).await;
    assert!(shown.contains("owner@brook.example reads it"), "{shown}");
    assert!(!shown.contains("<a href=\"concern\">"));
}

#[tokio::test]
async fn long_words_of_any_script_are_taken_whole_and_hostile_ones_are_words() {
    let site = Site::open().await;
    let long = "%E3%81%82".repeat(4_000);
    let (status, page) = site.post(&site.link("021"), &format!("text={long}&apart=1")).await;
    assert_eq!(status, 200, "{page}");
    assert_eq!(site.concerns().await[0].1, "あ".repeat(4_000));
    let hostile = "text=+&apart=%3Cscript%3E";
    let (_, page) = site.post(&site.link("021"), hostile).await;
    assert!(!page.contains("<script"), "{page}");
    let (status, page) = site.post(&site.link("021"), "text=%FF&text=x").await;
    assert_eq!(status, 422);
    assert!(page.contains("could not be read"), "{page}");
}

#[tokio::test]
async fn looking_and_links_that_open_nothing_change_nothing() {
    let site = Site::open().await;
    let grant = site.grant("021");
    let token = keys(1).seal(&grant);
    let before = site.room.reasons().await;
    for _ in 0..333 {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            site.see(method, &format!("{}?text=x", page(&token))).await;
        }
    }
    let sealed = |other: Grant| keys(1).seal(&other);
    for (token, status) in [
        (keys(2).seal(&grant), 403),
        (sealed(Grant { purpose: Purpose::Reply, ..grant.clone() }), 403),
        (sealed(Grant { purpose: Purpose::Page, ..grant.clone() }), 403),
        (sealed(Grant { until: at("2026-03-02T09:00:00Z"), ..grant.clone() }), 410),
        (sealed(Grant { person: PersonId::new("099"), ..grant.clone() }), 404),
        (sealed(Grant { person: PersonId::new("099"), case: None, ..grant.clone() }), 404),
        (sealed(Grant { person: PersonId::last_resort(), ..grant.clone() }), 404),
        (sealed(Grant { case: Some(CaseNumber::from_row(99)), ..grant.clone() }), 404),
        (token[1..].to_owned(), 403),
        ("x".to_owned(), 403),
    ] {
        let path = page(&token);
        for (found, shown) in [site.see(Method::GET, &path).await, site.post(&path, "text=x").await]
        {
            assert_eq!(found, status, "{token}");
            assert!(shown.contains("<h1>") && (token.len() < 9 || !shown.contains(&token)));
        }
    }
    // A link that is about no case opens no page of one.
    let nowhere = sealed(Grant { case: None, obligation: 0, ..grant });
    assert_eq!(site.post(&format!("/a/{nowhere}/claim"), "").await.0, 404);
    assert_eq!(site.room.reasons().await, before);
}

#[tokio::test]
async fn a_program_raises_it_for_somebody_once_and_is_told_all_that_is_wrong() {
    let site = Site::open().await;
    let concern =
        json!({ "by": "ben", "text": "Jo waits too long.", "case": site.case.to_string() });
    let (status, raised) = site.tell("intranet", Some("k1"), &concern).await;
    assert_eq!((status, &raised["to"]), (201, &"Marta Brook".into()), "{raised}");
    assert!(raised["due"].as_str().is_some_and(|due| due.starts_with("2026-03-02T")), "{raised}");
    assert_eq!(site.tell("intranet", Some("k1"), &concern).await, (201, raised.clone()));
    assert_eq!(site.concerns().await.len(), 1);
    assert!(site.room.owed().await.iter().any(|owed| raised["case"] == owed.case.to_string()));
    let other = json!({ "by": "ben", "text": "Something else." });
    assert_eq!(site.tell("intranet", Some("k1"), &other).await.0, 422, "the key was another's");
    assert_eq!(site.tell("door", None, &other).await.0, 403);

    let (status, wrong) =
        site.tell("intranet", None, &json!({ "by": "zoe", "case": "7", "who": "x" })).await;
    let errors = wrong["errors"].as_array().unwrap();
    let mut fields: Vec<&str> = errors.iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!((status, fields), (422, vec!["#/by", "#/case", "#/text", "#/who"]), "{wrong}");
    let nowhere = CaseNumber::from_row(99).to_string();
    let (status, wrong) =
        site.tell("intranet", None, &json!({ "by": "ben", "text": "x", "case": nowhere })).await;
    assert_eq!((status, &wrong["errors"][0]["pointer"]), (422, &"#/case".into()), "{wrong}");
    assert_eq!(site.concerns().await.len(), 1);
}
