//! Jobs that other systems tell of over the API: taken once, put right and taken back; and
//! the document that describes the API holds all there is.

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use owed::config::settings::Scope;
use owed::engine::accept::Proof;
use owed::engine::concern::Raised;
use owed::engine::hear::Heard;
use owed::engine::once::JobNoted;
use owed::engine::told::{Told, ToldConcern, ToldJob};
use owed::web::{Bearer, Front, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::engine::{CONFIGURATION, QUESTION, Room, at, policy};

/// A planning system that tells owed of its jobs.
struct Planner {
    room: Room,
    front: Front,
}

impl Planner {
    async fn open() -> Self {
        let room = Room::with(policy(&format!("{CONFIGURATION}[check_in]\n"))).await;
        room.clock.set(at("2026-03-02T10:00:00Z"));
        let (name, secret) = ("planner".to_owned(), "planner secret".into());
        let bearers = vec![Bearer { name, secret, scopes: vec![Scope::Jobs] }];
        let keys = owed::mail::token::Keys { current: vec![1; 32].into(), previous: None };
        let front = Front::new(room.engine.clone(), keys, bearers);
        Self { room, front }
    }

    async fn asks(&self, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", "Bearer planner secret")
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        let response = router(self.front.clone()).oneshot(request.unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    async fn tells(&self, key: &str, job: &Value) -> (u16, Value) {
        self.asks("POST", "/api/v1/jobs", key, job).await
    }
}

fn job() -> Value {
    json!({
        "title": "New tap in the kitchen", "done_by": "ana, ben",
        "contact": "Jo <jo@customer.example>", "closed_at": "2026-03-02", "reference": "J-7",
    })
}

#[tokio::test]
async fn a_job_is_noted_once_put_right_and_taken_back() {
    let planner = Planner::open().await;
    let (status, first) = planner.tells("k1", &job()).await;
    assert_eq!((status, &first["outcome"]), (201, &"new".into()), "{first}");
    assert_eq!(planner.tells("k1", &job()).await, (201, first.clone()));
    let mut other = job();
    other["title"] = "New tap in the bathroom".into();
    assert_eq!(planner.tells("k1", &other).await.0, 422);
    let (status, known) = planner.tells("k2", &other).await;
    assert_eq!((status, &known["outcome"]), (200, &"known".into()));
    assert_eq!((&known["case"], &known["job"]), (&first["case"], &first["job"]));
    let reasons = planner.room.reasons().await.join("\n");
    assert!(reasons.contains("New tap in the bathroom"), "{reasons}");
    let asked = async || {
        let mut tx = planner.room.engine.store().read().await.unwrap();
        let case = first["case"].as_str().unwrap().parse().unwrap();
        let job = tx.case(case).await.unwrap().unwrap().case.jobs.remove(0);
        (job.title.clone(), job.check_in.name())
    };
    assert_eq!(asked().await, ("New tap in the bathroom".to_owned(), "planned"));

    let path = "/api/v1/jobs/J-7";
    let (status, gone) = planner.asks("DELETE", path, "k3", &Value::Null).await;
    assert_eq!((status, &gone["outcome"]), (200, &"cancelled".into()), "{gone}");
    assert_eq!((keys(&gone), &gone["job"]), (keys(&first), &first["job"]));
    assert_eq!(asked().await.1, "cancelled");
    let reasons = planner.room.reasons().await.join("\n");
    assert!(reasons.contains("the job was cancelled: through the API (by planner)"), "{reasons}");
    assert_eq!(planner.asks("DELETE", "/api/v1/jobs/J-8", "k4", &Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_job_that_is_known_is_not_given_to_another_contact() {
    let planner = Planner::open().await;
    let (_, first) = planner.tells("k1", &job()).await;
    let mut other = job();
    other["contact"] = "Kim <kim@house.example>".into();
    let (status, refused) = planner.tells("k2", &other).await;
    assert_eq!(status, 409, "{refused}");
    let said = refused["detail"].as_str().unwrap();
    for part in ["“J-7”", "jo@customer.example", "tell it anew under another reference"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let mut second = other.clone();
    second["reference"] = "J-8".into();
    let (_, kims) = planner.tells("k3", &second).await;
    assert!(kims["outcome"] == "new" && kims["case"] != first["case"], "{kims}");
    let mut elsewhere = job();
    elsewhere["contact"] = Value::Null;
    elsewhere["case"] = kims["case"].clone();
    assert_eq!(planner.tells("k4", &elsewhere).await.0, 409);
    for same in ["Jo <jo@customer.example>", "Jo Client <JO@customer.example>"] {
        let mut again = job();
        again["contact"] = same.into();
        assert_eq!(planner.tells(same, &again).await.0, 200, "{same}");
    }
}

#[tokio::test]
async fn another_day_name_or_mailbox_of_a_job_is_taken_and_what_is_left_out_is_not_changed() {
    let planner = Planner::open().await;
    let mut known = job();
    known["closed_at"] = "2026-02-27".into();
    let (_, first) = planner.tells("k1", &known).await;
    let case = first["case"].as_str().unwrap().parse().unwrap();
    let store = planner.room.engine.store();
    let now = async || {
        let case = store.read().await.unwrap().case(case).await.unwrap().unwrap().case;
        let job = case.jobs[0].clone();
        let day = |at: jiff::Timestamp| at.to_string()[..10].to_owned();
        let next = job.check_in.wake_at().map(day);
        (day(job.closed_at), next, case.contact.name, case.mailbox.to_string())
    };
    let is = |closed_at: &str, next: &str, name: &str, mailbox: &str| {
        let [closed_at, next, name, mailbox] = [closed_at, next, name, mailbox].map(str::to_owned);
        (closed_at, Some(next), name, mailbox)
    };
    assert_eq!(now().await, is("2026-02-27", "2026-03-03", "Jo", "ana@brook.example"));
    for (key, changes, expected) in [
        (
            "day",
            json!({ "closed_at": "2026-03-02" }),
            is("2026-03-02", "2026-03-04", "Jo", "ana@brook.example"),
        ),
        (
            "hour",
            json!({ "closed_at": "2026-03-02 09:30" }),
            is("2026-03-02", "2026-03-04", "Jo", "ana@brook.example"),
        ),
        (
            "names",
            json!({
                "contact": "Jo Client <jo@customer.example>", "mailbox": "help@brook.example",
            }),
            is("2026-03-02", "2026-03-04", "Jo Client", "help@brook.example"),
        ),
        (
            "nothing",
            json!({ "closed_at": null, "contact": "jo@customer.example", "mailbox": null }),
            is("2026-03-02", "2026-03-04", "Jo Client", "help@brook.example"),
        ),
    ] {
        for (name, value) in changes.as_object().unwrap() {
            known[name] = value.clone();
        }
        let (status, said) = planner.tells(key, &known).await;
        assert_eq!((status, now().await), (200, expected), "{key}: {said}");
    }
    let count = planner.room.reasons().await.iter().filter(|r| r.contains("put right")).count();
    assert_eq!(count, 2, "what changes nothing is not written down");
}

#[tokio::test]
async fn a_job_stays_its_contacts_where_a_colleague_of_theirs_has_written_since() {
    let planner = Planner::open().await;
    let (_, first) = planner.tells("k1", &job()).await;
    let kims = QUESTION.replace("jo@customer", "kim@customer");
    planner.room.takes("2026-03-02T11:00:00Z", Proof::All, &kims).await;
    let kims = planner.room.owed().await[0].case;
    let case = first["case"].as_str().unwrap().parse().unwrap();
    planner.room.engine.merge(kims, case, "Ana").await.unwrap();
    let (status, known) = planner.tells("k2", &job()).await;
    assert_eq!((status, &known["outcome"]), (200, &"known".into()), "{known}");
}

#[tokio::test]
async fn a_job_for_somebody_who_wants_no_more_mails_is_not_planned() {
    let planner = Planner::open().await;
    let (_, first) = planner.tells("k1", &job()).await;
    let case = first["case"].as_str().unwrap().parse().unwrap();
    planner.room.engine.opt_out(case).await.unwrap();
    let mut second = job();
    second["reference"] = "J-8".into();
    planner.tells("k2", &second).await;
    let mut tx = planner.room.engine.store().read().await.unwrap();
    let rows = owed::report::jobs::rows(&mut tx, &planner.room.engine.policy(), true).await;
    let rows: Vec<String> = rows.unwrap().into_iter().map(|row| row.check_in).collect();
    assert_eq!(rows, ["cancelled", "cancelled"]);
}

#[tokio::test]
async fn every_field_of_a_job_that_is_wrong_is_named() {
    let planner = Planner::open().await;
    for (change, field, said) in [
        (json!({ "title": null }), "title", "say what was done"),
        (json!({ "done_by": " , " }), "done_by", "say who did it"),
        (json!({ "done_by": "ana, zoe" }), "done_by", "“zoe”"),
        (json!({ "done_by": ["ana", "ben"] }), "done_by", "as in \"ana, ben\""),
        (json!({ "contact": null }), "contact", "say for whom"),
        (json!({ "closed_at": "2026-03-04" }), "closed_at", "still to come"),
        (json!({ "closed_at": "last week" }), "closed_at", "is no time"),
        (json!({ "case": "7" }), "case", "no case number"),
        (json!({ "mailbox": "x@y.example" }), "mailbox", "none of yours"),
        (json!({ "price": "7" }), "price", "there is no such field"),
    ] {
        let mut wrong = job();
        for (name, value) in change.as_object().unwrap() {
            wrong[name] = value.clone();
        }
        let (status, refused) = planner.tells("k1", &wrong).await;
        assert_eq!(status, 422, "{change}: {refused}");
        let pointer = format!("#/{field}");
        let errors = refused["errors"].as_array().unwrap();
        let error = errors.iter().find(|error| error["pointer"] == pointer.as_str());
        assert!(error.is_some_and(|e| e["detail"].as_str().unwrap().contains(said)), "{errors:?}");
    }
    for time in ["2026-03-01", "2026-03-02 09:30", "2026-03-02T09:30:00Z"] {
        let mut good = job();
        good["closed_at"] = time.into();
        assert!(planner.tells(&format!("k {time}"), &good).await.0 < 300, "{time}");
    }
}

/// The document as anybody gets it.
async fn document() -> Value {
    let planner = Planner::open().await;
    let request = Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap();
    let response = router(planner.front).oneshot(request).await.unwrap();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Every route in the code, wherever it stands, with each of its methods.
fn routes() -> BTreeSet<(String, String)> {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let route = regex::Regex::new(r#"\.route\(\s*"([^"]+)",((?:[^()]|\([^()]*\))*)\)"#).unwrap();
    let verb = regex::Regex::new(r"\b(get|post|put|patch|delete)\(").unwrap();
    let mut folders = vec![source];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let code = std::fs::read_to_string(entry).unwrap();
            for (_, [path, methods]) in route.captures_iter(&code).map(|found| found.extract()) {
                let verbs = verb.captures_iter(methods).map(|found| found[1].to_owned());
                found.extend(verbs.map(|verb| (path.to_owned(), verb)));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_route_and_every_field_is_described_and_nothing_else() {
    let document = document().await;
    let paths = document["paths"].as_object().unwrap();
    let described: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, verbs)| keys(verbs).into_iter().map(|verb| (path.clone(), verb.into())))
        .collect();
    let (api, others): (BTreeSet<_>, BTreeSet<_>) =
        routes().into_iter().partition(|(path, _)| path.starts_with("/api/"));
    assert_eq!(api, described);
    // What people and monitoring see, each with documents of its own.
    let roots = ["/a/", "/c/", "/j/", "/healthz", "/metrics", "/readyz"];
    let stray = others.iter().find(|(path, _)| !roots.iter().any(|root| path.starts_with(root)));
    assert_eq!(stray, None, "is it a page, or the API's?");

    let text = || String::new();
    let heard = Heard { message: text(), case: None, verdict: text(), reason: text(), due: None };
    let noted = JobNoted { case: text(), job: 1, outcome: text() };
    let leave = Planner::open().await.leave().await;
    for (name, value) in [
        ("Message", json!(Told::default())),
        ("Job", json!(ToldJob::default())),
        ("Heard", json!(heard)),
        ("Noted", json!(noted)),
        ("Concern", json!(ToldConcern::default())),
        ("Raised", json!(Raised { case: text(), to: text(), due: None })),
        ("Owed", leave["owed"][0].clone()),
        ("Leave", leave),
    ] {
        let schema = &document["components"]["schemas"][name];
        assert_eq!(keys(&value), keys(&schema["properties"]), "{name}");
        for field in schema["required"].as_array().into_iter().flatten() {
            assert!(value.get(field.as_str().unwrap()).is_some(), "{name}: {field} is promised");
        }
        for (field, about) in schema["properties"].as_object().unwrap() {
            assert!(about["description"].as_str().is_some_and(|d| d.len() > 8), "{name}.{field}");
        }
    }
}

impl Planner {
    /// What the API tells a door of Ana, who owes something.
    async fn leave(&self) -> Value {
        self.room.takes("2026-03-02T10:00:00Z", Proof::None, QUESTION).await;
        let policy = self.room.engine.policy();
        let ana = policy.roster.person_called("ana").unwrap();
        let mut tx = self.room.engine.store().read().await.unwrap();
        let leave = owed::report::leave::leave(&mut tx, &policy, ana, self.room.engine.now()).await;
        json!(leave.unwrap())
    }
}
