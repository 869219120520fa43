//! Receipts: what says that one is wanted, and everything that says that none is.

use owed::domain::act::Act;
use owed::domain::effect::Purpose;
use owed::domain::ids::PersonId;
use owed::engine::accept::Proof;
use owed::store::About;

use crate::engine::{CONFIGURATION, QUESTION, Room, policy};

const NINE: &str = "2026-03-02T09:00:00Z";

/// A room in which every rule wants receipts.
async fn room() -> Room {
    let text = CONFIGURATION.replace("escalation = \"", "receipt = true\nescalation = \"");
    Room::with(policy(&text)).await
}

async fn receipts(room: &Room) -> usize {
    let is = |about: &About| matches!(about, About::Case(_, n) if n.purpose == Purpose::Receipt);
    room.waiting().await.iter().filter(|notice| is(&notice.about)).count()
}

#[tokio::test]
async fn a_receipt_is_for_a_person_outside_who_is_vouched_for_and_wrote_to_us_alone() {
    let plain = room().await;
    plain.takes(NINE, Proof::All, QUESTION).await;
    assert_eq!(receipts(&plain).await, 1);

    let with = |header: &str| QUESTION.replace("Subject:", &format!("{header}\nSubject:"));
    let to_us = "To: Ana <ana@brook.example>";
    for (mail, proof) in [
        (QUESTION.to_owned(), Proof::None),
        (with("Auto-Submitted: auto-replied"), Proof::All),
        (with("Auto-Submitted: auto-generated"), Proof::All),
        (with("Precedence: bulk"), Proof::All),
        (with("List-Id: <taps.customer.example>"), Proof::All),
        (with("List-Unsubscribe: <mailto:off@customer.example>"), Proof::All),
        (with("X-Auto-Response-Suppress: OOF"), Proof::All),
        (with("Return-Path: <>"), Proof::All),
        (with("Reply-To: Vi <vi@other.example>"), Proof::All),
        (with("Resent-From: Vi <vi@other.example>"), Proof::All),
        (QUESTION.replace("jo@customer", "mailer-daemon@customer"), Proof::All),
        (QUESTION.replace("jo@customer", "no-reply@customer"), Proof::All),
        (QUESTION.replace("jo@customer", "ben@brook"), Proof::All),
        (QUESTION.replace(to_us, "To: vi@other.example\nCc: ana@brook.example"), Proof::All),
        (QUESTION.replace(to_us, "To: undisclosed-recipients:;"), Proof::All),
        (QUESTION.replace("Could you come by?", "Never mind, I fixed it myself."), Proof::All),
    ] {
        let room = room().await;
        room.takes(NINE, proof, &mail).await;
        assert_eq!(receipts(&room).await, 0, "{mail}");
    }

    // Somebody says that this machine's mail needs an answer; that is not for a machine to give.
    let shop = room().await;
    shop.engine.remember("jo@customer.example", true, "Ana", "the shop").await.unwrap();
    shop.takes(NINE, Proof::All, &with("Auto-Submitted: auto-generated")).await;
    assert_eq!((shop.owed().await.len(), receipts(&shop).await), (1, 0));

    let off = Room::open().await;
    off.takes(NINE, Proof::All, QUESTION).await;
    assert_eq!(receipts(&off).await, 0, "it is off unless a rule wants it");
}

#[tokio::test]
async fn only_what_begins_a_case_has_a_receipt() {
    let room = room().await;
    room.takes(NINE, Proof::All, QUESTION).await;
    let more = QUESTION
        .replace("<q@", "<r@")
        .replace("Subject:", "In-Reply-To: <q@customer.example>\nSubject:");
    room.takes("2026-03-02T09:10:00Z", Proof::All, &more).await;
    assert_eq!(receipts(&room).await, 1);
}

#[tokio::test]
async fn whoever_writes_again_after_an_answer_has_none() {
    let room = room().await;
    room.takes(NINE, Proof::None, QUESTION).await;
    let case = room.owed().await[0].case;
    let answered = Act::Answered { how: "by phone".to_owned() };
    room.engine.act(case, &PersonId::new("017"), answered).await.unwrap();
    let more = QUESTION
        .replace("<q@", "<r@")
        .replace("Subject:", "In-Reply-To: <q@customer.example>\nSubject:");
    room.takes("2026-03-04T09:10:00Z", Proof::All, &more).await;
    assert_eq!((room.owed().await.len(), receipts(&room).await), (1, 0));
}
