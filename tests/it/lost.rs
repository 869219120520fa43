//! What cannot be delivered, written or read: it is told to somebody else, it stops
//! nobody, and nothing of it goes on in silence.

use std::path::Path;

use owed::domain::ids::Address;
use owed::report::trouble;
use owed::store::{Place, Store};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use super::days::{DIGEST, OFFICE, Room, Written, at, lines, slow};

/// The database behind a store, for harm that owed never does to it.
async fn beneath(path: &Path) -> SqlitePool {
    SqlitePool::connect_with(SqliteConnectOptions::new().filename(path)).await.unwrap()
}

async fn harm(path: &Path, statement: &'static str) {
    let database = beneath(path).await;
    let changed = sqlx::query(statement).execute(&database).await.unwrap().rows_affected();
    assert!(changed > 0, "{statement}");
    database.close().await;
}

async fn troubles(room: &Room) -> Vec<String> {
    let mut tx = room.engine.store().read().await.unwrap();
    let rows = trouble::rows(&mut tx, &room.engine.policy()).await.unwrap();
    rows.into_iter().map(|row| row.what).collect()
}

async fn journal(room: &Room) -> Vec<String> {
    let lines = room.engine.store().read().await.unwrap().journal_after(0, 1000).await.unwrap();
    let line =
        |line: owed::store::Line| format!("{} {}", line.entry.what.name(), line.entry.reason);
    lines.into_iter().map(line).collect()
}

fn about(written: &[Written], words: &str) -> Vec<String> {
    lines(written).into_iter().filter(|line| line.contains(words)).collect()
}

#[tokio::test]
async fn who_went_home_is_told_further_up_where_that_mail_is_lost() {
    let room = Room::open(&slow(), "02 08:00").await;
    room.unreachable.lock().unwrap().push("marta");
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    let written = room.pass("02 23:00").await;
    assert_eq!(
        about(&written, "gone home"),
        [
            "Mon 18:00 marta: Ana Ruiz has gone home: one person is waiting",
            "Mon 18:00 owner: Ana Ruiz has gone home: one person is waiting"
        ]
    );
    let [marta] = troubles(&room).await.try_into().unwrap();
    assert!(marta.contains("marta@brook.example do not arrive (the server said: 550"), "{marta}");
}

#[tokio::test]
async fn a_last_resort_that_cannot_be_reached_is_neither_a_storm_nor_a_silence() {
    let room = Room::open(OFFICE, "02 08:00").await;
    room.unreachable.lock().unwrap().extend(["marta", "owner"]);
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    let written = room.pass("03 08:59").await;
    let up = |name: &str| written.iter().filter(|w| w.to == name).count();
    assert_eq!((up("marta"), up("owner")), (1, 1), "{:#?}", lines(&written));
    let last = journal(&room).await;
    let last = last.iter().rfind(|line| line.starts_with("unreachable")).unwrap();
    assert!(last.ends_with("; nobody is above them, so nobody is told"), "{last}");
    let troubles_now = troubles(&room).await;
    assert!(troubles_now[0].contains("nobody is above the last resort"), "{troubles_now:?}");

    // A mail that arrives again says that all is well.
    room.unreachable.lock().unwrap().clear();
    room.pass("04 20:00").await;
    assert_eq!(troubles(&room).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_lost_counts_as_told_to_nobody() {
    let room = Room::open(OFFICE, "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    room.unreachable.lock().unwrap().push("ana");
    room.pass("02 17:25").await;
    // The reminder of 17:20 did not arrive; that of 17:30 may.
    room.unreachable.lock().unwrap().clear();
    let written = room.pass("02 17:59").await;
    assert_eq!(about(&written, "ana: Before you leave").len(), 1, "{:?}", lines(&written));
}

#[tokio::test]
async fn a_digest_that_was_lost_is_told_again_with_the_next() {
    let room = Room::open(&format!("{OFFICE}{DIGEST}"), "02 08:00").await;
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    room.asked("02 09:01", "sam", "ana", "The boiler").await;
    let owed = room.engine.store().read().await.unwrap().owed(Place::START, 9).await.unwrap();
    room.clock.set(at("02 10:00"));
    room.engine.dismiss(owed[0].case, "Ben Ode", "it was a joke").await.unwrap();
    room.unreachable.lock().unwrap().push("marta");
    room.pass("03 12:00").await;
    room.unreachable.lock().unwrap().clear();
    let written = room.pass("04 12:00").await;
    let digest = written.iter().find(|w| w.to == "marta" && w.subject.contains("due today"));
    assert!(digest.unwrap().text.contains("it was a joke"), "{written:#?}");
}

#[tokio::test]
async fn a_notice_that_cannot_be_written_goes_up() {
    let room = Room::open(OFFICE, "02 08:00").await;
    let mut policy = (*room.engine.policy()).clone();
    let ana = policy.roster.people.values_mut().find(|p| p.short.as_deref() == Some("ana"));
    // No header can hold it, and so the configuration would not take it either.
    ana.unwrap().addresses.insert(0, Address::parse("ana..@brook.example").unwrap());
    room.engine.adopt(policy.into()).await.unwrap();
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    let written = room.pass("02 17:59").await;
    assert_eq!(about(&written, "marta: jo is waiting").len(), 1, "{:?}", lines(&written));
    let journal = journal(&room).await;
    let why = "unreachable no mail can be written to this address";
    assert!(journal.iter().any(|line| line == why), "{journal:?}");
}

/// A room with two cases of Ana's, on a file.
async fn two_cases(path: &Path, configuration: &str) -> Room {
    let store = Store::open(path).await.unwrap();
    let room = Room::on(store, configuration, "02 08:00");
    room.engine.adopt(room.engine.policy()).await.unwrap();
    room.asked("02 09:00", "jo", "ana", "The tap").await;
    room.asked("02 09:01", "sam", "ana", "The boiler").await;
    room
}

#[tokio::test]
async fn a_case_that_cannot_be_read_keeps_nobody_from_their_mail_and_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    for (table, harmful, told_of) in [
        ("obligation", "UPDATE obligation SET kind = 'debt' WHERE case_row = 1", 2),
        ("case", "UPDATE cases SET mailbox = 'nobody' WHERE id = 1", 3),
    ] {
        let path = folder.path().join(format!("{table}.db"));
        let room = two_cases(&path, &format!("{OFFICE}{DIGEST}")).await;
        // The alarm of 17:15 has fired, and its notices wait for company.
        room.pass("02 17:16").await;
        harm(&path, harmful).await;
        let written = room.pass("04 12:00").await;
        let to_ana = about(&written, "ana: ");
        assert!(to_ana[0].contains("Mon 17:20 ana: sam is waiting"), "{to_ana:?}");
        let evening = "Tue 17:30 ana: Before you leave: one person is waiting for you";
        assert!(to_ana.iter().any(|line| line == evening), "{to_ana:?}");
        let morning = "Tue 09:00 marta: Tuesday 3 March: 1 overdue, nothing more due today";
        assert!(about(&written, "marta: ").iter().any(|line| line == morning), "{written:#?}");
        let told = about(&written, "owed cannot read");
        assert!(!told.is_empty() && told.iter().all(|line| line.contains(" owner: ")), "{told:?}");
        let texts: Vec<&String> =
            written.iter().filter(|w| w.subject.contains("cannot read")).map(|w| &w.text).collect();
        let mut once = texts.clone();
        once.dedup();
        assert_eq!(texts, once, "each trouble is told once");
        assert!(texts.iter().any(|text| text.contains(table)), "{texts:?}");
        assert_eq!(texts.len(), told_of, "the case, and its rows in lists: {texts:?}");
    }
}

#[tokio::test]
async fn an_evening_is_told_though_something_in_it_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("owed.db");
    let room = two_cases(&path, OFFICE).await;
    harm(&path, "UPDATE obligation SET mailbox = 'nobody' WHERE case_row = 1").await;
    let written = room.pass("04 12:00").await;
    let evening = "ana: Before you leave: one person is waiting for you";
    assert_eq!(about(&written, evening).len(), 1, "{:?}", lines(&written));
    let told = about(&written, "owner: owed cannot read something");
    assert_eq!(told.len(), 1, "{:?}", lines(&written));
}

#[tokio::test]
async fn a_notice_that_cannot_be_read_is_set_aside_and_the_others_go_out() {
    let folder = tempfile::tempdir().unwrap();
    for column in ["recipient = 'nobody'", "purpose = 'poke'"] {
        let path = folder.path().join(format!("{}.db", column.len()));
        let room = two_cases(&path, OFFICE).await;
        room.pass("02 17:16").await;
        let statement: &'static str =
            format!("UPDATE notice SET {column} WHERE case_row = 1").leak();
        harm(&path, statement).await;
        let written = room.pass("02 17:25").await;
        assert_eq!(about(&written, "ana: sam is waiting").len(), 1, "{:?}", lines(&written));
        let told = about(&written, "owner: owed cannot read something");
        assert_eq!(told.len(), 1, "{column}: {:?}", lines(&written));
    }
}
