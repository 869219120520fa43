//! What one reader is to be told, in how many mails: bundles, storms, outages, and
//! mails that do not arrive. The real store and courier's steps, on a set clock.

use jiff::SignedDuration;
use owed::domain::act::Act;
use owed::domain::effect::{Occasion, What};
use owed::domain::ids::{Address, MessageId};
use owed::domain::obligation::{Obligation, State};
use owed::domain::roster::Recipient;
use owed::engine::accept::Proof;
use owed::mail::token::{self, Purpose};
use owed::store::{Audience, Choice, Outage, Record, Timing};

use super::office::{Office, at, head, person, text, to};

fn by_phone() -> Act {
    Act::Answered { how: "by phone".to_owned() }
}

#[tokio::test]
async fn reminders_wait_for_each_other_and_come_in_one_mail() {
    let office = Office::open().await;
    for who in ["jo", "kim", "lee"] {
        office.asks(who, "09:00").await;
    }
    assert_eq!(to(&office.mails("16:15").await), [""; 0], "they wait for company");
    let mails = office.mails("16:20").await;
    assert_eq!(to(&mails), ["ana@brook.example"]);
    let said = text(&mails[0]);
    assert!(said.starts_with("3 matters wait, the most urgent first."), "{said}");
    for who in ["jo", "kim", "lee"] {
        assert!(said.contains(&format!("{who} is waiting for your reply.")), "{who}: {said}");
        assert!(said.contains(&format!("A tap of {who}")), "{who}: {said}");
    }
    assert!(!head(&mails[0]).contains("In-Reply-To"), "a bundle begins its own thread");
    assert_eq!(to(&office.mails("16:30").await), [""; 0], "told once");
}

#[tokio::test]
async fn what_is_answered_while_it_waits_for_company_is_not_told() {
    let office = Office::open().await;
    let jo = office.asks("jo", "09:00").await;
    office.asks("kim", "09:00").await;
    office.mails("16:15").await;
    office.engine.act(jo, &person("017"), by_phone()).await.unwrap();
    let mails = office.mails("16:20").await;
    let said = text(&mails[0]);
    assert!(said.starts_with("kim is waiting for your reply."), "{said}");
    assert!(!said.contains("jo"), "{said}");
    assert!(head(&mails[0]).contains("In-Reply-To"), "one matter threads with its case");
    assert_eq!(office.states(jo).await, ["ana@brook.example moot"]);
}

#[tokio::test]
async fn a_reminder_is_never_held_past_the_time_it_reminds_of() {
    let office = Office::open().await;
    office.asks("jo", "09:00").await;
    // The clock slept; two minutes are left of the day.
    assert_eq!(to(&office.mails("16:58").await), [""; 0]);
    assert_eq!(to(&office.mails("17:00").await), ["ana@brook.example", "marta@brook.example"]);
}

#[tokio::test]
async fn a_bundle_is_moot_when_all_of_it_is_settled_and_goes_out_when_some_is_not() {
    for (answered, leaves) in [(&["jo"][..], true), (&["jo", "kim"], false)] {
        let office = Office::open().await;
        let cases = [office.asks("jo", "09:00").await, office.asks("kim", "09:00").await];
        office.mails("16:15").await;
        let mail = office.mails("16:20").await.remove(0);
        office.ends(&mail, Record::Again(at("16:22")), "greylisted").await;
        for case in &cases[..answered.len()] {
            office.engine.act(*case, &person("017"), by_phone()).await.unwrap();
        }
        assert_eq!(office.mails("16:22").await.len() == 1, leaves, "{answered:?}");
    }
}

#[tokio::test]
async fn a_storm_is_gathered_for_a_quarter_of_an_hour_and_names_everybody() {
    let office = Office::open().await;
    office.clock.set(at("09:00"));
    let mut sent = Vec::new();
    // Ana hands one case after the other to Ben: each offer is a mail at once.
    for n in 0..12 {
        let case = office.asks(&format!("kim{n}"), "09:00").await;
        let time = format!("09:{:02}", n + 1);
        office.clock.set(at(&time));
        office.engine.act(case, &person("017"), Act::HandOver { to: person("021") }).await.unwrap();
        sent.extend(office.mails(&time).await);
    }
    let offers: Vec<_> = to(&sent);
    assert_eq!(offers, ["ben@brook.example"; 3], "no more than three");
    assert_eq!(to(&office.mails("09:17").await), [""; 0], "held");
    let summary = office.mails("09:18").await;
    assert_eq!(to(&summary), ["ben@brook.example"]);
    let said = text(&summary[0]);
    assert!(said.starts_with("9 matters wait, all of them in this mail."), "{said}");
    for n in 3..12 {
        assert!(said.contains(&format!("A tap of kim{n}")), "{n}: {said}");
    }
    assert_eq!(to(&office.mails("09:40").await), [""; 0], "each counts as told");
    let after = office.asks("lee", "10:30").await;
    office.engine.act(after, &person("017"), Act::HandOver { to: person("021") }).await.unwrap();
    assert_eq!(to(&office.mails("10:30").await), ["ben@brook.example"], "the storm is over");
}

#[tokio::test]
async fn what_fell_due_while_owed_was_down_comes_in_one_mail_that_says_so() {
    let office = Office::open().await;
    for who in ["jo", "kim"] {
        office.asks(who, "09:00").await;
    }
    office.engine.was_down(Outage { from: at("12:00"), to: at("18:00") });
    assert_eq!(to(&office.mails("18:00").await), [""; 0], "first what came meanwhile is read");
    let mails = office.mails("18:02").await;
    assert_eq!(to(&mails), ["marta@brook.example"], "the highest step alone");
    let said = text(&mails[0]);
    assert!(said.starts_with("owed was down from today 12:00 to today 18:00."), "{said}");
    assert!(said.contains("A tap of jo") && said.contains("A tap of kim"), "{said}");
}

#[tokio::test]
async fn what_is_held_after_an_outage_stays_out_of_other_mails() {
    let office = Office::open().await;
    office.asks("jo", "09:00").await;
    let kim = office.asks("kim", "09:00").await;
    office.clock.set(at("11:59"));
    office.engine.act(kim, &person("017"), Act::HandOver { to: person("004") }).await.unwrap();
    office.engine.was_down(Outage { from: at("12:00"), to: at("18:00") });
    let offer = office.mails("18:00").await;
    assert_eq!(to(&offer), ["marta@brook.example"]);
    assert!(!text(&offer[0]).contains("A tap of jo"), "{}", text(&offer[0]));
    let mails = office.mails("18:02").await;
    assert_eq!(to(&mails), ["marta@brook.example"]);
    let said = text(&mails[0]);
    assert!(said.starts_with("owed was down from") && said.contains("A tap of jo"), "{said}");
}

#[tokio::test]
async fn a_mail_that_fails_for_good_goes_to_the_next_above() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    office.mails("16:15").await;
    let mail = office.mails("16:20").await.remove(0);
    office.ends(&mail, Record::Failed, "the server said: 550 5.1.1 no such user").await;
    let mails = office.mails("16:21").await;
    assert_eq!(to(&mails), ["marta@brook.example"]);
    assert!(text(&mails[0]).starts_with("jo is waiting for a reply from Ana Ruiz."));
    assert_eq!(
        office.states(case).await,
        ["ana@brook.example failed", "marta@brook.example leased"]
    );
}

#[tokio::test]
async fn a_report_that_names_our_message_counts_once_and_a_forged_one_never() {
    let office = Office::open().await;
    office.asks("jo", "09:00").await;
    office.mails("16:15").await;
    let mail = office.mails("16:20").await.remove(0);
    office.ends(&mail, Record::Sent, "").await;
    let report = |id: &str, n: u32| {
        format!(
            "From: MAILER-DAEMON@mx.example\nTo: owed@brook.example\nSubject: Undelivered Mail\n\
             Message-ID: <r{n}@mx.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; \
             report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\n\
             I could not deliver it.\n\n--b\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ana@brook.example\n\
             Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n\
             Message-ID: {id}\nFrom: owed@brook.example\n\nx\n\n--b--\n"
        )
    };
    office.takes("16:25", Proof::None, &report("<aaaaaaaa@brook.example>", 1)).await;
    assert_eq!(to(&office.mails("16:25").await), [""; 0], "nobody of us wrote that");
    office.takes("16:26", Proof::None, &report(&mail.sealed.message_id, 2)).await;
    assert_eq!(to(&office.mails("16:26").await), ["marta@brook.example"]);
    office.takes("16:27", Proof::None, &report(&mail.sealed.message_id, 3)).await;
    assert_eq!(to(&office.mails("16:27").await), [""; 0], "once");
}

#[tokio::test]
async fn the_note_to_a_contact_is_its_writers_own() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    office.clock.set(at("11:00"));
    office
        .engine
        .act(case, &person("017"), Act::TellWhen { due: at("15:00"), again: false })
        .await
        .unwrap();
    let mails = office.mails("11:00").await;
    assert_eq!(to(&mails), ["jo@customer.example"]);
    let (mail, head) = (&mails[0], head(&mails[0]));
    for line in [
        "From: \"Ana Ruiz\" <ana@brook.example>",
        "Subject: Re: A tap of jo",
        "In-Reply-To: <q-jo@customer.example>",
        "References: <q-jo@customer.example>",
    ] {
        assert!(head.lines().any(|found| found == line), "{line}: {head}");
    }
    assert!(!head.contains("Auto-Submitted") && !head.contains("X-Owed"), "{head}");
    assert!(!head.contains("multipart") && !head.contains("\r\nReply-To"), "{head}");
    let said = text(mail);
    assert!(said.contains("You will hear from me by Friday, 20 November, 15:00."), "{said}");
    assert_eq!(mail.sealed.audience, Audience::Contact);
    assert_eq!(mail.sealed.sender.as_str(), "owed@brook.example", "what bounces comes to owed");

    // A copy of it in a journal is no answer of Ana's.
    let copy = String::from_utf8(mail.sealed.bytes.clone()).unwrap().replace("\r\n", "\n");
    office.ends(mail, Record::Sent, "").await;
    office.takes("11:01", Proof::All, &copy).await;
    let loaded = office.engine.store().read().await.unwrap().case(case).await.unwrap().unwrap();
    let open: Vec<_> = loaded.case.open().map(|o| (o.kind.name(), o.due)).collect();
    assert_eq!(open, [("promise", at("15:00"))]);
}

#[tokio::test]
async fn a_note_that_may_have_arrived_is_held_and_never_sent_twice() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    office
        .engine
        .act(case, &person("017"), Act::TellWhen { due: at("15:00"), again: false })
        .await
        .unwrap();
    let mail = office.mails("11:00").await.remove(0);
    let mut tx = office.engine.store().write().await.unwrap();
    tx.dot_sent(&mail).await.unwrap();
    // Another process finds it: nobody knows whether it is out.
    tx.reclaim(at("11:05"), "another").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(to(&office.mails("11:05").await), ["ana@brook.example"], "she is told to ask");
    assert_eq!(office.states(case).await, ["jo@customer.example held"]);
}

#[tokio::test]
async fn an_offer_is_moot_when_it_no_longer_stands() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    office.clock.set(at("10:00"));
    office.engine.act(case, &person("017"), Act::HandOver { to: person("021") }).await.unwrap();
    office.engine.act(case, &person("017"), by_phone()).await.unwrap();
    assert_eq!(to(&office.mails("10:01").await), [""; 0]);
    let (asked, not_any_more) = ("ben@brook.example moot", "ben@brook.example moot");
    assert_eq!(office.states(case).await, [asked, not_any_more]);
}

#[tokio::test]
async fn an_offer_is_answered_with_one_click_or_one_line() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    office.clock.set(at("10:00"));
    office.engine.act(case, &person("017"), Act::HandOver { to: person("021") }).await.unwrap();
    let mails = office.mails("10:00").await;
    let said = text(&mails[0]);
    let url = said.lines().map(str::trim).find(|line| line.ends_with("/accept")).unwrap();
    let token = url.trim_start_matches("https://owed.brook.example/a/").trim_end_matches("/accept");
    let act = office.stationery.keys.open(token, Purpose::Act, at("10:00")).unwrap();
    assert_eq!((act.case, act.person), (Some(case), person("021")));

    let head = head(&mails[0]);
    let line = head.lines().find(|line| line.starts_with("Reply-To: ")).unwrap();
    let address = line.split(['<', '>']).nth(1).unwrap();
    let (own, address) = (&office.stationery.sender.address, Address::parse(address).unwrap());
    let token = token::in_address(own, &address).unwrap();
    let reply = office.stationery.keys.open(token, Purpose::Reply, at("10:00")).unwrap();
    assert_eq!((reply.case, reply.person), (Some(case), person("021")));
    assert!(!said.contains("owed accept"), "no command where there is a link: {said}");
}

#[tokio::test]
async fn the_owner_is_told_once_what_was_understood_of_their_words() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    office.asks("kim", "09:00").await;
    let words = "I will get back to you by Monday.";
    let monday = "2026-11-23T17:00:00Z".parse().unwrap();
    let promise = Act::Promise { due: monday, words: words.to_owned() };
    office.engine.act(case, &person("017"), promise).await.unwrap();
    // As if it had been read in a mail of hers.
    let mut tx = office.engine.store().write().await.unwrap();
    let loaded = tx.case(case).await.unwrap().unwrap();
    let mut next = loaded.case.clone();
    let told = next.obligations.last_mut().unwrap();
    let read = Obligation {
        seq: told.seq + 1,
        message: MessageId::parse("<a@brook.example>"),
        ..told.clone()
    };
    told.state = State::Dropped { at: at("10:00") };
    next.obligations.push(read);
    tx.save_case(&loaded, &next, "a tap of jo").await.unwrap();
    tx.commit().await.unwrap();
    office.mails("16:15").await;
    let mails = office.mails("16:20").await;
    let said = text(&mails[0]);
    assert!(said.starts_with("kim is waiting for your reply."), "{said}");
    assert!(said.contains("What owed understood as promised by you:"), "{said}");
    assert!(said.contains("get back to you by Monday"), "{said}");
    assert!(said.contains("/correct"), "{said}");
    office.asks("lee", "16:21").await;
    let later = office.mails("17:00").await;
    assert!(later.iter().all(|mail| !text(mail).contains("understood")), "told once");
}

#[tokio::test]
async fn an_order_is_answered_at_once_and_alone() {
    let office = Office::open().await;
    office.asks("jo", "09:00").await;
    office.mails("16:15").await;
    let mut tx = office.engine.store().write().await.unwrap();
    let to_ana = Recipient {
        address: Address::parse("ana@brook.example").unwrap(),
        person: Some(person("017")),
    };
    let occasion = Occasion::to_orders(&[], "You take it.\nBen is told.", to_ana);
    let timing = Timing { at: at("16:16"), not_before: at("16:16"), outage: None };
    tx.tell_occasion("1", &occasion, timing).await.unwrap();
    tx.commit().await.unwrap();
    let mails = office.mails("16:16").await;
    assert_eq!(to(&mails), ["ana@brook.example"], "the reminder still waits for company");
    assert!(text(&mails[0]).starts_with("You take it.\n\nBen is told.\n"), "{}", text(&mails[0]));
}

#[tokio::test]
async fn owed_knows_how_long_it_was_down() {
    for (minutes, was_down) in [(9, false), (11, true)] {
        let office = Office::open().await;
        office.asks("jo", "09:00").await;
        office.ends_at("16:10").await;
        let restarted = at("16:10") + SignedDuration::from_mins(minutes);
        office.clock.set(restarted);
        let office = office.restarted().await;
        office.engine.tick().await.unwrap();
        let ana = Address::parse("ana@brook.example").unwrap();
        let mut tx = office.engine.store().write().await.unwrap();
        let waiting = tx.waiting_for(&ana, 10).await.unwrap();
        let outage = Outage { from: at("16:10"), to: restarted };
        assert_eq!(waiting[0].outage, was_down.then_some(outage), "{minutes} minutes");
    }
}

#[tokio::test]
async fn an_outage_lasts_until_what_came_in_it_was_looked_at() {
    let fell_due = async |ends: &str, starts: &str| {
        let office = Office::open().await;
        office.asks("jo", "09:00").await;
        office.ends_at("12:00").await;
        office.clock.set(at("18:00"));
        let office = office.restarted().await;
        office.ends_at(ends).await;
        office.clock.set(at(starts));
        let office = office.restarted().await;
        office.engine.tick().await.unwrap();
        let marta = Address::parse("marta@brook.example").unwrap();
        let mut tx = office.engine.store().write().await.unwrap();
        tx.waiting_for(&marta, 10).await.unwrap().first().map(|notice| notice.outage)
    };
    // It crashed a minute after it came back, and was started again.
    let outage = Outage { from: at("12:00"), to: at("18:05") };
    assert_eq!(fell_due("18:01", "18:05").await, Some(Some(outage)));
    assert_eq!(fell_due("18:02", "18:05").await, Some(None), "that one was over");
}

#[tokio::test]
async fn who_was_asked_hears_that_they_are_not_any_more_and_what_became_of_it() {
    let asks = |to: &str| Act::HandOver { to: person(to) };
    for (act, by, became) in [
        (asks("004"), "017", "Marta Brook is asked instead."),
        (by_phone(), "017", "Nothing is owed in it any more."),
        (Act::Claim, "004", "Marta Brook has it."),
    ] {
        let office = Office::open().await;
        let case = office.asks("jo", "09:00").await;
        office.clock.set(at("10:00"));
        office.engine.act(case, &person("017"), asks("021")).await.unwrap();
        assert_eq!(to(&office.mails("10:01").await), ["ben@brook.example"]);
        office.clock.set(at("10:30"));
        office.engine.act(case, &person(by), act).await.unwrap();
        let mails = office.mails("10:31").await;
        let ben = mails.iter().find(|mail| mail.sealed.recipient.as_str() == "ben@brook.example");
        let said = text(ben.expect("Ben hears of it")).replace('\n', " ");
        assert!(said.starts_with("You need not take this over any more."), "{said}");
        assert!(said.contains(became), "{became}: {said}");
    }
    // Who took it, or refused, knows; so does who never read that they were asked.
    for act in [Act::Accept, Act::Refuse { reason: String::new() }, by_phone()] {
        let office = Office::open().await;
        let case = office.asks("jo", "09:00").await;
        office.clock.set(at("10:00"));
        office.engine.act(case, &person("017"), asks("021")).await.unwrap();
        office.mails("10:01").await;
        office.engine.act(case, &person("021"), act).await.unwrap();
        let mails = office.mails("10:31").await;
        assert!(!to(&mails).contains(&"ben@brook.example"), "{:?}", to(&mails));
    }
}

#[tokio::test]
async fn nobody_is_asked_who_has_no_address() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    let mut policy = (*office.engine.policy()).clone();
    policy.roster.people.get_mut(&person("021")).unwrap().addresses.clear();
    office.engine.adopt(policy.into()).await.unwrap();
    let asked = Act::HandOver { to: person("021") };
    let why = office.engine.act(case, &person("017"), asked).await.unwrap_err().to_string();
    assert!(why.starts_with("Ben Ode has no mail address here"), "{why}");
}

#[tokio::test]
async fn a_contact_has_one_note_with_one_time_unless_somebody_insists() {
    let office = Office::open().await;
    let case = office.asks("jo", "09:00").await;
    let tells = |time: &str, again| Act::TellWhen { due: at(time), again };
    office.clock.set(at("10:59"));
    office.engine.act(case, &person("017"), tells("15:00", false)).await.unwrap();
    office.clock.set(at("11:00"));
    // It has not left yet, so the second takes its place.
    office.engine.act(case, &person("021"), tells("15:30", false)).await.unwrap();
    let mails = office.mails("11:01").await;
    // Whose it was hears that another has it.
    assert_eq!(to(&mails), ["jo@customer.example", "ana@brook.example"], "one note");
    assert!(text(&mails[0]).contains("15:30"), "{}", text(&mails[0]));
    office.ends(&mails[0], Record::Sent, "").await;
    let why = office.engine.act(case, &person("017"), tells("16:00", false)).await.unwrap_err();
    let told = "jo was told already that the answer comes by today 15:30, in a note of Ben Ode, \
                today 11:01";
    assert_eq!(why.to_string(), told);
    assert_eq!(to(&office.mails("11:02").await), [""; 0]);
    office.engine.act(case, &person("017"), tells("16:00", true)).await.unwrap();
    let mails = office.mails("11:03").await;
    assert_eq!(to(&mails), ["ben@brook.example", "jo@customer.example"]);
    // A time that has passed unkept is no reason to be silent about a new one.
    office.clock.set(at("16:01"));
    office.engine.act(case, &person("017"), tells("16:45", false)).await.unwrap();
}

#[tokio::test]
async fn a_person_decides_of_a_note_that_may_have_arrived() {
    for (decision, sent, said) in [
        (Choice::Release, &["jo@customer.example"][..], "is sent again, the same as before."),
        (Choice::Drop, &[], "is not sent again."),
    ] {
        let office = Office::open().await;
        let case = office.asks("jo", "09:00").await;
        let tells = Act::TellWhen { due: at("15:00"), again: false };
        office.engine.act(case, &person("017"), tells).await.unwrap();
        let mail = office.mails("11:00").await.remove(0);
        office.ends(&mail, Record::Held, "the connection broke").await;
        let mut tx = office.engine.store().read().await.unwrap();
        let held = owed::report::outbox::rows(&mut tx, &office.engine.policy()).await.unwrap();
        drop(tx);
        let row = (held[0].mail, held[0].to.as_str(), held[0].remark.as_str());
        assert_eq!(row, (mail.id, "jo@customer.example", "the connection broke"));
        let done = office.engine.decide_held(mail.id, decision, "Ana Ruiz").await.unwrap();
        assert!(done.ends_with(said), "{done}");
        let mails = office.mails("11:05").await;
        let again = mails.iter().filter(|again| again.sealed.bytes == mail.sealed.bytes);
        assert_eq!(again.map(|mail| mail.sealed.recipient.as_str()).collect::<Vec<_>>(), sent);
        let journal = office.journal(case).await;
        assert!(journal.iter().any(|(what, _)| *what == What::Decided), "{journal:?}");
        let again = office.engine.decide_held(mail.id, decision, "Ana Ruiz").await.unwrap_err();
        assert!(again.to_string().contains("waits for a decision"), "{again}");
    }
}
