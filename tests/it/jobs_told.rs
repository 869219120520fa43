//! Jobs that other systems tell of: over the API and from files, taken once, put right
//! and taken back; and the document that describes the API holds all there is.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use owed::config::settings::Scope;
use owed::engine::hear::Heard;
use owed::engine::once::JobNoted;
use owed::engine::told::{Told, ToldJob};
use owed::web::{Bearer, Front, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::engine::{Room, at};
use crate::house::House;

/// A planning system that tells owed of its jobs.
struct Planner {
    room: Room,
    front: Front,
}

impl Planner {
    async fn open() -> Self {
        let room = Room::open().await;
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

    let path = "/api/v1/jobs/J-7";
    let (status, gone) = planner.asks("DELETE", path, "k3", &Value::Null).await;
    assert_eq!((status, &gone["outcome"]), (200, &"cancelled".into()), "{gone}");
    assert_eq!(planner.asks("DELETE", "/api/v1/jobs/J-8", "k4", &Value::Null).await.0, 404);
}

#[tokio::test]
async fn every_field_of_a_job_that_is_wrong_is_named() {
    let planner = Planner::open().await;
    for (change, field, said) in [
        (json!({ "title": null }), "title", "say what was done"),
        (json!({ "done_by": " , " }), "done_by", "say who did it"),
        (json!({ "done_by": "ana, zoe" }), "done_by", "zoe"),
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

#[tokio::test]
async fn good_lines_of_a_file_are_noted_and_the_others_can_be_put_right() {
    const RULE: &str = "[[rule]]\nname = \"everyone\"\nbefore_leaving = true\n\
        escalation = \"late\"\n[escalation.late]\n\
        steps = [{ after = \"0m\", tell = \"supervisor\" }]\n";
    let house = House::new(RULE);
    let running = house.start().await;
    let file = house.path("jobs.csv");
    let lines = "reference,title,done_by,contact,closed_at\n\
        J-1,New tap,ana,Jo <jo@customer.example>,2026-03-02\n\
        J-2,New roof,zoe,kim@customer.example,tomorrow\n\
        ,No name,ana,kim@customer.example,\n\
        J-4,too,many,columns,here,are\n\
        J-5,\"Boiler, serviced\",ana,+351 912 345 678,\n";
    std::fs::write(&file, lines).unwrap();
    let import = |name: &str| {
        let path = house.path(name);
        let out = house.ask(&["job", "import", path.to_str().unwrap()]);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (out.status.code(), text(&out.stdout), text(&out.stderr))
    };
    let (code, said, wrong) = import("jobs.csv");
    assert_eq!(code, Some(1), "{said}{wrong}");
    assert!(said.starts_with("2 noted, 0 known and put right, 3 refused."), "{said}");
    for fault in [
        ":3: column 3, done_by: ",
        ":3: column 5, closed_at: \"tomorrow\" is no time",
        ":4: column 1, reference: give each job a name",
        ":5: line: it has 6 columns, and the first 5",
    ] {
        assert!(wrong.contains(fault), "{fault}\n{wrong}");
    }
    let refused = std::fs::read_to_string(house.path("jobs.refused.csv")).unwrap();
    assert_eq!(refused.lines().count(), 4, "{refused}");
    let mended: String = refused
        .lines()
        .filter(|line| line.starts_with("reference") || line.starts_with("J-2"))
        .map(|line| line.replace("zoe", "ana").replace("tomorrow", "2026-03-02") + "\n")
        .collect();
    std::fs::write(house.path("mended.csv"), mended).unwrap();
    let (code, said, wrong) = import("mended.csv");
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "1 noted, 0 known and put right, 0 refused.\n"),
        "{wrong}"
    );
    let (_, said, _) = import("jobs.csv");
    assert!(said.starts_with("0 noted, 2 known and put right, 3 refused."), "{said}");

    std::fs::write(&file, "title,done_by,contact,price,reference\n").unwrap();
    let (code, _, wrong) = import("jobs.csv");
    assert!(code == Some(2) && wrong.contains("no column \"price\""), "{wrong}");
    let text = |words: &[&str]| String::from_utf8(house.ask(words).stdout).unwrap();
    let json = text(&["job", "list", "--all", "--json"]);
    let rows: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |row: &Value| (row["reference"].clone(), row["check_in"].clone());
    let all: Vec<_> = rows.iter().map(told).collect();
    let over = |name: &str| (Value::from(name), Value::from("refused"));
    assert_eq!(all, ["J-2", "J-5", "J-1"].map(over), "nobody is asked here, the newest first");
    let people = text(&["job", "list", "--all"]);
    assert!(people.contains("Boiler, serviced") && people.contains("CHECK-IN"), "{people}");
    let live = text(&["job", "list"]);
    assert!(live.starts_with("No check-in is under way"), "{live}");

    let cancel = ["job", "cancel", "J-1", "--by", "ana", "--reason", "it was another's"];
    assert!(house.ask(&cancel).status.success());
    running.stop().await;
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

#[tokio::test]
async fn every_route_and_every_field_is_described_and_nothing_else() {
    let document = document().await;
    let code = include_str!("../../src/web/api.rs");
    let route = regex::Regex::new(r#"\.route\("([^"]+)", (\w+)"#).unwrap();
    let mut routes: Vec<(&str, &str)> =
        route.captures_iter(code).map(|found| found.extract().1.into()).collect();
    let paths = document["paths"].as_object().unwrap();
    let mut described: Vec<(&str, &str)> = paths
        .iter()
        .flat_map(|(path, verbs)| keys(verbs).into_iter().map(move |verb| (path.as_str(), verb)))
        .collect();
    routes.sort_unstable();
    described.sort_unstable();
    assert_eq!(routes, described);

    let text = || String::new();
    let heard = Heard { message: text(), case: None, verdict: text(), reason: text(), due: None };
    let noted = JobNoted { case: text(), job: 1, outcome: text() };
    let leave = Planner::open().await.leave().await;
    for (name, value) in [
        ("Message", json!(Told::default())),
        ("Job", json!(ToldJob::default())),
        ("Heard", json!(heard)),
        ("Noted", json!(noted)),
        ("Owed", leave["owed"][0].clone()),
        ("Leave", leave),
    ] {
        let schema = &document["components"]["schemas"][name];
        assert_eq!(keys(&value), keys(&schema["properties"]), "{name}");
        for (field, about) in schema["properties"].as_object().unwrap() {
            assert!(about["description"].as_str().is_some_and(|d| d.len() > 8), "{name}.{field}");
        }
    }
}

impl Planner {
    /// What the API tells a door of Ana, who owes something.
    async fn leave(&self) -> Value {
        self.room
            .takes(
                "2026-03-02T10:00:00Z",
                owed::engine::accept::Proof::None,
                crate::engine::QUESTION,
            )
            .await;
        let policy = self.room.engine.policy();
        let ana = policy.roster.person_called("ana").unwrap();
        let mut tx = self.room.engine.store().read().await.unwrap();
        let leave = owed::report::leave::leave(&mut tx, &policy, ana, self.room.engine.now()).await;
        json!(leave.unwrap())
    }
}
