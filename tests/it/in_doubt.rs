//! What nobody can be sure of after a job: words that may mean either, which whoever did it
//! is asked to read, by page or by mail; a yes or a no that is plain enough; and which hour
//! it is where the contact is.

use jiff::SignedDuration;
use mail_parser::MessageParser;
use owed::clock::Clock;
use owed::domain::act::Act;
use owed::domain::case::Phase;
use owed::domain::ids::{Address, PersonId};
use owed::engine::accept::Proof;
use owed::report::owed::Wanted;
use owed::report::{jobs, owed as listing};

use crate::contact_pages::{House, QUESTION, text};

pub(crate) const WORDS: &str = "From: Jo Client <jo@customer.example>\nTo: help@brook.example\n\
    Subject: Re: Kitchen tap drips\nMessage-ID: <w@customer.example>\n\
    In-Reply-To: <q@customer.example>\n\nIt was dry this morning. I will look again.\n";

/// The house, where orders by mail are taken.
fn taking_orders(mut house: House) -> House {
    let own = Address::parse("owed@brook.example").unwrap();
    let engine = house.engine.clone().taking_orders(own, house.front.keys.clone());
    house.engine = engine;
    house
}

/// Jo was asked, and answered with words that may mean either.
async fn in_doubt() -> House {
    let mut house = taking_orders(House::with_jo_asked().await);
    house.takes("2026-03-06T12:00:00Z", Proof::None, WORDS).await;
    house
}

/// Ana answers the last mail that she has of owed, as her mail program does.
async fn ana_answers(house: &mut House, when: &str, words: &str) {
    let mail = house.mails_to("ana@brook").pop().unwrap();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    let to = parsed.reply_to().unwrap().first().unwrap().address().unwrap();
    let (id, slug) = (parsed.message_id().unwrap(), when.replace(':', "-"));
    let answer = format!(
        "From: Ana Ruiz <ana@brook.example>\nTo: {to}\nSubject: Re: it\n\
         Message-ID: <{slug}@brook.example>\nIn-Reply-To: <{id}>\n\n{words}\n"
    );
    house.takes(when, Proof::Sent, &answer).await;
    let later = house.clock.now() + SignedDuration::from_mins(5);
    house.until(&later.to_string()).await;
}

fn last_to(house: &House, who: &str) -> String {
    let text = text(&house.mails_to(who).pop().unwrap());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn words_that_may_mean_either_are_read_with_one_click() {
    let house = in_doubt().await;
    assert!(last_to(&house, "ana@brook").starts_with("Does this mean OK or not OK?"));
    let (ok, not_ok) =
        (house.link("ana@brook", "/means-ok"), house.link("ana@brook", "/means-not-ok"));
    let before = house.everything();
    for link in [&ok, &not_ok] {
        let page = house.get(link).await.text;
        for said in ["Repaired the kitchen tap", "It was dry this morning."] {
            assert!(page.contains(said), "{link}: {page}");
        }
    }
    assert!(house.everything() == before, "looking changes something");
    assert_eq!(house.case().await.phase, Phase::Open, "nothing counts as OK in silence");

    let said = house.post(&ok, "").await.text;
    assert!(said.contains("all is well, as you read the answer"), "{said}");
    let case = house.case().await;
    assert!(matches!(case.phase, Phase::Closed { .. }) && !case.is_owed(), "{case:?}");
    assert_eq!(case.jobs[0].check_in.name(), "ok");
    for link in [&ok, &not_ok] {
        let late = house.post(link, "").await.text;
        assert!(late.contains("it is known what it means"), "{late}");
    }
    assert_eq!(house.case().await, case, "a second click changes nothing");
}

#[tokio::test]
async fn not_ok_by_mail_is_urgent_and_told_at_once() {
    let mut house = in_doubt().await;
    ana_answers(&mut house, "2026-03-06T12:30:00Z", "Not OK.\n\nAna").await;
    let case = house.case().await;
    assert_eq!(case.jobs[0].check_in.name(), "not-ok");
    assert!(case.open().all(|owed| owed.hastened.is_some()), "{case:?}");
    let told = last_to(&house, "marta@brook");
    assert!(told.contains("“Repaired the kitchen tap” is not OK"), "{told}");
}

#[tokio::test]
async fn who_says_neither_hears_what_can_be_said() {
    let mut house = in_doubt().await;
    ana_answers(&mut house, "2026-03-06T12:30:00Z", "Hard to say, let me call him.").await;
    let help = last_to(&house, "ana@brook");
    assert!(help.contains("“ok”, “not ok”, “take”"), "{help}");
    assert!(house.case().await.in_doubt().is_some(), "it is still open");
}

#[tokio::test]
async fn a_plain_yes_sends_the_question_and_a_plain_no_does_not() {
    for (words, stage) in [("Yes please!\n\nAna", "asked"), ("No, thanks.", "skipped")] {
        let mut house = taking_orders(House::with_a_job_done().await);
        house.until("2026-03-06T11:00:00Z").await;
        ana_answers(&mut house, "2026-03-06T11:10:00Z", words).await;
        assert_eq!(house.case().await.jobs[0].check_in.name(), stage, "{words}");
    }
    for words in ["Yes, but only on Monday", "OK"] {
        let mut house = taking_orders(House::with_a_job_done().await);
        house.until("2026-03-06T11:00:00Z").await;
        ana_answers(&mut house, "2026-03-06T11:10:00Z", words).await;
        assert_eq!(house.case().await.jobs[0].check_in.name(), "shown", "{words}");
        let help = last_to(&house, "ana@brook");
        assert!(help.contains("“send”, “skip”, “always send mine”, “take”"), "{words}: {help}");
    }
}

#[tokio::test]
async fn what_waits_for_a_yes_stands_among_what_is_owed_to_its_person() {
    let mut house = House::with_a_job_done().await;
    house.until("2026-03-06T11:00:00Z").await;
    let other = QUESTION.replace("q@customer", "r@other").replace("jo@customer", "kim@other");
    house.takes("2026-03-06T11:00:00Z", Proof::None, &other).await;
    let (policy, now) = (house.engine.policy(), house.clock.now());
    let mut tx = house.engine.store().read().await.unwrap();
    for (person, kinds) in [
        (None, vec!["reply", "check-in"]),
        (Some("017"), vec!["reply", "check-in"]),
        (Some("004"), vec![]),
    ] {
        let wanted = Wanted { person: person.map(PersonId::new), ..Wanted::default() };
        let listed = listing::rows(&mut tx, &policy, &wanted, now).await.unwrap();
        let found: Vec<&str> = listed.rows.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(found, kinds, "{person:?}");
    }
    let [job] = &jobs::rows(&mut tx, &policy, false).await.unwrap()[..] else { panic!("one") };
    assert_eq!((&*job.title, &*job.check_in), ("Repaired the kitchen tap", "shown"));
}

#[tokio::test]
async fn what_is_shown_is_what_is_sent_but_for_whither_the_links_lead() {
    let house = House::with_a_job_done().await;
    house.until("2026-03-06T11:00:00Z").await;
    let approve = house.link("ana@brook", "/send");
    let (mail, page) = (last_to(&house, "ana@brook"), house.get(&approve).await.text);
    house.post(&approve, "").await;
    let sent = text(&house.mails_to("jo@customer").pop().unwrap());
    let lines = sent.lines().filter(|line| !line.starts_with("https://"));
    let mut seen = 0;
    for line in lines.filter(|line| !line.is_empty()) {
        let escaped = line.replace('&', "&#38;");
        assert!(page.contains(&escaped), "{line}: {page}");
        seen += 1;
    }
    assert!(seen > 8, "{sent}");
    let quoted = mail.replace("> ", "");
    for line in ["Yes, all is well: (link)", "If you would rather not get"] {
        assert!(quoted.contains(line), "{line}: {mail}");
    }
}

#[tokio::test]
async fn the_question_waits_until_it_is_eight_where_the_contact_wrote() {
    for (date, asked_at) in [
        ("Wed, 04 Mar 2026 05:00:00 -0500", "2026-03-06T13:00:00Z"),
        ("Wed, 04 Mar 2026 10:00:00 +0000", "2026-03-06T11:30:00Z"),
    ] {
        let question = QUESTION.replacen('\n', &format!("\nDate: {date}\n"), 1);
        let house = House::with_a_job_done_for(&question).await;
        house.until("2026-03-06T11:00:00Z").await;
        house.act(Act::Send { shown: None, words: None }).await;
        house.until("2026-03-06T15:00:00Z").await;
        let asked = house.case().await.jobs[0].check_in.asked_at.unwrap();
        assert_eq!(asked.to_string(), asked_at, "{date}");
    }
}
