//! People who leave and come back while owed runs: what becomes of the cases
//! that are theirs, and of nobody else's.

use jiff::Timestamp;
use owed::domain::calendar::Days;
use owed::domain::ids::PersonId;
use owed::domain::policy::Policy;
use owed::engine::accept::Proof;
use owed::report::away::rows;
use owed::store::Store;

use super::engine::{CONFIGURATION, QUESTION, Room, at, delivery, policy};

/// Wednesday, and on it a question to Ana, due when she leaves at 18:00.
const MORNING: &str = "2026-03-04T09:00:00Z";

const VACATION: &str = "From: Ana <ana@brook.example>\nTo: Jo <jo@customer.example>\n\
    Subject: Automatic reply: The tap\nMessage-ID: <v@brook.example>\n\
    In-Reply-To: <q@customer.example>\nAuto-Submitted: auto-replied\n\
    Date: Wed, 04 Mar 2026 09:00:00 +0000\n\nI am not in the office.\n";

/// Ben, who goes home at 16:00, answers for Ana.
fn house() -> Policy {
    let text = CONFIGURATION
        .replace("short = \"ana\"", "short = \"ana\"\ndeputy = \"021\"\ncalendar = \"office\"")
        .replace("short = \"ben\"", "short = \"ben\"\ncalendar = \"early\"")
        .replace("short = \"marta\"", "short = \"marta\"\ncalendar = \"office\"")
        .replace(
            "[calendar.office]",
            "[calendar.early]\nmon-fri = \"07:00-16:00\"\n\n[calendar.office]",
        );
    policy(&text)
}

fn ana() -> PersonId {
    PersonId::new("017")
}

fn days(first: &str, last: &str) -> Days {
    Days { first: first.parse().unwrap(), last: last.parse().unwrap() }
}

async fn asked() -> Room {
    let room = Room::with(house()).await;
    room.engine.adopt(room.engine.policy()).await.unwrap();
    room.takes(MORNING, Proof::None, QUESTION).await;
    let to_ben = QUESTION.replace("ana@", "ben@").replace("q@", "other@").replace("jo@", "kim@");
    room.takes(MORNING, Proof::None, &to_ben).await;
    room
}

/// When each of the two is due, Ana's first.
async fn due(room: &Room) -> [Timestamp; 2] {
    room.engine.tick().await.unwrap();
    let owed = room.owed().await;
    let of = |owner| owed.iter().find(|o| o.owner.as_ref().unwrap().as_str() == owner).unwrap().due;
    [of("017"), of("021")]
}

async fn rederived(room: &Room) -> usize {
    room.reasons().await.iter().filter(|line| line.starts_with("rederived")).count()
}

#[tokio::test]
async fn an_absence_moves_what_its_person_owes_and_nothing_else() {
    let room = asked().await;
    let (six, four) = (at("2026-03-04T18:00:00Z"), at("2026-03-04T16:00:00Z"));
    assert_eq!(due(&room).await, [six, four]);
    room.engine.away(&ana(), days("2026-03-04", "2026-03-04"), "by marta").await.unwrap();
    assert_eq!(due(&room).await, [four, four], "Ben answers for her");
    assert_eq!(rederived(&room).await, 1, "{:?}", room.reasons().await);
    room.engine.back(&ana()).await.unwrap();
    assert_eq!(due(&room).await, [six, four]);
    assert_eq!(rederived(&room).await, 2, "{:?}", room.reasons().await);
}

#[tokio::test]
async fn who_is_away_stays_so_when_owed_starts_again_and_no_epoch_begins() {
    let room = asked().await;
    room.engine.away(&ana(), days("2026-03-04", "2026-03-05"), "by marta").await.unwrap();
    due(&room).await;
    let again = Room::on(room.engine.store().clone(), house());
    again.clock.set(at(MORNING));
    let alarms = async || room.engine.store().read().await.unwrap().earliest_alarm().await.unwrap();
    let before = alarms().await;
    again.engine.adopt(again.engine.policy()).await.unwrap();
    assert_eq!(alarms().await, before, "nothing is looked at again");
    assert!(again.engine.policy().roster.people[&ana()].is_away(at(MORNING)));
    assert!(!again.engine.configured().roster.people[&ana()].is_away(at(MORNING)));
}

#[tokio::test]
async fn an_out_of_office_mail_counts_where_its_sender_is_vouched_for() {
    let is_away = |room: &Room, day: &str| {
        let noon = at(&format!("{day}T12:00:00Z"));
        room.engine.policy().roster.people[&ana()].is_away(noon)
    };
    let room = asked().await;
    let meeting = VACATION.replace("not in the office", "in a meeting").replace("v@", "m@");
    room.takes(MORNING, Proof::Sent, &meeting).await;
    assert!(!is_away(&room, "2026-03-04"), "an hour is no day");
    room.takes(MORNING, Proof::None, VACATION).await;
    assert!(!is_away(&room, "2026-03-04"), "anybody could have written that");
    room.takes(MORNING, Proof::Sent, VACATION).await;
    assert!(is_away(&room, "2026-03-04") && !is_away(&room, "2026-03-05"));
    assert_eq!(due(&room).await[0], at("2026-03-04T16:00:00Z"));

    room.engine.back(&ana()).await.unwrap();
    room.takes(MORNING, Proof::Sent, &VACATION.replace("v@", "w@")).await;
    assert!(!is_away(&room, "2026-03-04"), "she said herself that she is here");
    room.takes("2026-03-05T09:00:00Z", Proof::Sent, &VACATION.replace("v@", "x@")).await;
    assert!(is_away(&room, "2026-03-05"), "that was yesterday");
    let said = room.engine.absences().await.unwrap();
    room.takes("2026-03-05T10:00:00Z", Proof::Sent, &VACATION.replace("v@", "y@")).await;
    assert_eq!(room.engine.absences().await.unwrap(), said, "once is enough");
}

#[tokio::test]
async fn an_absence_that_did_not_become_durable_is_heard_of_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("owed.db");
    let room = Room::on(Store::open(&path).await.unwrap(), house());
    room.engine.adopt(room.engine.policy()).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let disk = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let full = "CREATE TRIGGER full BEFORE DELETE ON pending \
        BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&disk).await.unwrap();
    let is_away = || room.engine.policy().roster.people[&ana()].is_away(at(MORNING));
    room.clock.set(at(MORNING));
    let mail = || delivery(MORNING, Proof::Sent, VACATION, &[]);
    assert!(room.engine.take(mail()).await.is_err());
    assert!(!is_away(), "that was rolled back");
    sqlx::query("DROP TRIGGER full").execute(&disk).await.unwrap();
    room.engine.take(mail()).await.unwrap();
    assert!(is_away());
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_words() {
    let room = asked().await;
    let refused = async |first, last| {
        room.engine.away(&ana(), days(first, last), "by ana").await.unwrap_err().to_string()
    };
    assert_eq!(refused("2026-03-02", "2026-03-03").await, "those days are over already");
    let backwards = "the last day, 2026-03-04, comes before the first, 2026-03-05";
    assert_eq!(refused("2026-03-05", "2026-03-04").await, backwards);
    assert!(refused("2026-03-05", "2028-03-04").await.starts_with("that is more than 400 days"));
    let back = room.engine.back(&ana()).await.unwrap_err().to_string();
    assert_eq!(back, "Ana Ruiz is not away, and was not going to be");
    assert!(room.engine.absences().await.unwrap().is_empty());
}

#[tokio::test]
async fn who_is_away_is_told_with_who_said_so() {
    let room = asked().await;
    room.engine.away(&ana(), days("2026-03-04", "2026-03-06"), "by marta").await.unwrap();
    room.engine.away(&ana(), days("2026-04-06", "2026-04-10"), "by ana").await.unwrap();
    let told = async || {
        let said = room.engine.absences().await.unwrap();
        let rows = rows(&room.engine.configured(), &said, room.engine.now());
        let line = |r: &owed::report::away::Row| {
            format!("{} {}..{} {} {:?} {}", r.name, r.first, r.last, r.now, r.deputy, r.source)
        };
        rows.iter().map(line).collect::<Vec<_>>()
    };
    let april = "Ana Ruiz 2026-04-06..2026-04-10 false Some(\"Ben Ode\") by ana";
    let march = "Ana Ruiz 2026-03-04..2026-03-06 true Some(\"Ben Ode\") by marta";
    assert_eq!(told().await, [march, april]);
    room.clock.set(at("2026-03-06T09:00:00Z"));
    room.engine.back(&ana()).await.unwrap();
    assert_eq!(told().await, [april], "the holiday to come is still to come");
    room.engine.back(&ana()).await.unwrap();
    assert!(told().await.is_empty(), "and is taken back by another word");
}

#[tokio::test]
async fn an_old_out_of_office_mail_that_comes_again_sends_nobody_away() {
    let room = asked().await;
    let old = VACATION.replace("v@", "old@").replace("04 Mar", "04 Feb");
    room.takes(MORNING, Proof::Sent, &old).await;
    assert_eq!(room.engine.absences().await.unwrap(), []);
}
