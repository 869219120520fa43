//! Orders by mail: who may give one, what comes of it, and that nothing else that
//! comes to owed's own address changes anything.

use jiff::SignedDuration;
use owed::domain::act::Act;
use owed::domain::effect::{OccasionKind, What};
use owed::domain::ids::{Address, CaseNumber, PersonId};
use owed::engine::accept::Proof;
use owed::mail::token::{self, Grant, Key, Keys, Purpose};
use owed::store::About;

use crate::engine::{CONFIGURATION, QUESTION, Room, at, policy};

const ASKED: &str = "2026-03-02T09:00:00Z";
const NOW: &str = "2026-03-02T09:30:00Z";

/// A room with Jo's question to Ana in it, where orders are taken.
struct Desk {
    room: Room,
    case: CaseNumber,
}

impl Desk {
    async fn open() -> Self {
        Self::with(CONFIGURATION).await
    }

    async fn with(configuration: &str) -> Self {
        let room = Room::with(policy(configuration)).await;
        let engine = room.engine.clone().taking_orders(own(), keys(1));
        let room = Room { engine, ..room };
        room.takes(ASKED, Proof::None, QUESTION).await;
        let case = room.owed().await[0].case;
        Self { room, case }
    }

    fn token(&self, person: &str) -> String {
        keys(1).seal(&self.grant(person))
    }

    fn grant(&self, person: &str) -> Grant {
        let until = at(NOW).checked_add(SignedDuration::from_hours(1)).unwrap();
        let (purpose, case) = (Purpose::Reply, Some(self.case));
        Grant { purpose, case, obligation: 1, person: PersonId::new(person), until }
    }

    async fn hears(&self, proof: Proof, mail: &str) {
        self.room.delivered(NOW, proof, mail, &["owed@brook.example"]).await;
    }

    /// What owed is about to answer, and to whom.
    async fn answers(&self) -> Vec<(String, String)> {
        let understood =
            self.room.waiting().await.into_iter().filter_map(|notice| match notice.about {
                About::Occasion(about) if about.kind == OccasionKind::Understood => {
                    let (to, (_, words)) = (about.to.address.to_string(), about.understood());
                    Some((to, words.to_owned()))
                }
                _ => None,
            });
        understood.collect()
    }

    /// Everything that was written down about the order, and what happened.
    async fn journal(&self) -> Vec<(What, String)> {
        let mut tx = self.room.engine.store().read().await.unwrap();
        let lines = tx.journal_after(0, 100).await.unwrap();
        lines.into_iter().map(|line| (line.entry.what, line.entry.reason)).collect()
    }

    async fn happened(&self, what: What) -> usize {
        self.journal().await.iter().filter(|(known, _)| *known == what).count()
    }
}

fn own() -> Address {
    Address::parse("owed@brook.example").unwrap()
}

fn keys(byte: u8) -> Keys {
    Keys { current: Key::from(vec![byte; 32]), previous: None }
}

fn mail(from: &str, to: &str, words: &str) -> String {
    format!(
        "From: {from}\nTo: {to}\nSubject: Re: The tap\nMessage-ID: <order@brook.example>\n\
         In-Reply-To: <reminder@brook.example>\nDate: Mon, 02 Mar 2026 09:30:00 +0000\n\n{words}\n"
    )
}

fn answered() -> Act {
    Act::Answered { how: "by phone".to_owned() }
}

fn to(token: &str) -> String {
    token::address(&own(), token).unwrap().to_string()
}

#[tokio::test]
async fn a_concern_goes_to_whoever_is_above_and_needs_no_token() {
    let (plain, words) = ("Re: The tap", "Concern: Jo was promised this twice.\nNobody went.");
    let topic = "Concern: Jo was promised this twice.";
    for (token, proof, by, (subject, words), raised) in [
        (Some("017"), Proof::All, "ana", (plain, words), true),
        (None, Proof::All, "ben", (plain, words), true),
        (None, Proof::All, "ben", (topic, "Nobody went."), true),
        (None, Proof::None, "ben", (plain, words), false),
    ] {
        let desk = Desk::open().await;
        let to = token.map_or("owed@brook.example".to_owned(), |id| to(&desk.token(id)));
        let mail = mail(&format!("{by}@brook.example"), &to, words);
        desk.hears(proof, &mail.replace("Re: The tap", subject)).await;
        let owed = desk.room.owed().await;
        let concern = owed.iter().find(|owed| owed.subject.starts_with("Concern: "));
        let owner = concern.and_then(|owed| owed.owner.clone()).map(|id| id.to_string());
        assert_eq!(owner.as_deref(), raised.then_some("004"), "{by} {owed:?}");
        let answers = desk.answers().await;
        assert_eq!(answers.len(), usize::from(raised), "{answers:?}");
        if raised {
            assert!(answers[0].1.contains("Marta Brook hears of it, and owes you"), "{answers:?}");
            let mut tx = desk.room.engine.store().read().await.unwrap();
            let said = tx.messages_of(concern.unwrap().case).await.unwrap()[0].words.clone();
            assert!(said.contains("Nobody went."), "{said}");
            assert_eq!(said.contains(&desk.case.to_string()), token.is_some(), "{said}");
        }
    }
}

#[tokio::test]
async fn each_order_is_followed_and_answered_by_one_mail() {
    for (words, what, said) in [
        ("answered by phone", What::Answered, "is noted as answered: by phone."),
        ("Dismiss: spam", What::Dismissed, "needs no answer any more: spam."),
        ("promise fri 15:00", What::Promised, "Friday 6 March, 15:00"),
        ("give ben", What::Offered, "Ben Ode was asked to take"),
    ] {
        let desk = Desk::open().await;
        desk.hears(Proof::All, &mail("ana@brook.example", &to(&desk.token("017")), words)).await;
        let answers = desk.answers().await;
        assert_eq!(answers.len(), 1, "{words}: {answers:?}");
        assert_eq!(answers[0].0, "ana@brook.example");
        assert!(answers[0].1.contains(said), "{words}: {answers:?}");
        assert_eq!(desk.happened(what).await, 1, "{words}");
    }
}

#[tokio::test]
async fn somebody_else_takes_it_and_it_is_theirs() {
    let desk = Desk::open().await;
    desk.hears(Proof::All, &mail("ben@brook.example", &to(&desk.token("021")), "take")).await;
    assert_eq!(desk.room.owed().await[0].owner, Some(PersonId::new("021")));
}

#[tokio::test]
async fn whoever_promises_in_anothers_case_hears_whose_it_was() {
    for (who, id, said) in [("ben", "021", true), ("ana", "017", false)] {
        let desk = Desk::open().await;
        let from = format!("{who}@brook.example");
        let order = mail(&from, &to(&desk.token(id)), "promise fri 15:00");
        desk.hears(Proof::All, &order).await;
        let answers = desk.answers().await;
        assert_eq!(answers[0].1.contains("It was with Ana Ruiz, and is with you"), said, "{who}");
    }
}

#[tokio::test]
async fn a_case_that_goes_on_elsewhere_is_named_by_either_number() {
    let desk = Desk::open().await;
    let other = QUESTION.replace("<q@", "<other@").replace("The tap", "The sink");
    desk.room.takes(NOW, Proof::None, &other).await;
    let owed = desk.room.owed().await;
    let into = owed.iter().find(|owed| owed.case != desk.case).unwrap().case;
    desk.room.engine.merge(desk.case, into, "ana").await.unwrap();
    for (n, named) in [desk.case, into].into_iter().enumerate() {
        let order =
            mail("ana@brook.example", &to(&desk.token("017")), &format!("{named} give ben"));
        desk.hears(Proof::All, &order.replace("<order@", &format!("<order{n}@"))).await;
        let answers = desk.answers().await;
        assert!(answers[n].1.starts_with("Ben Ode was asked to take"), "{answers:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_done_and_what_is_no_order_is_answered_with_the_reason() {
    for (words, said) in [
        ("take", "is with them already"),
        ("accept", "is not offered to Ana Ruiz"),
        ("done fixed the tap", "cannot be closed yet"),
        ("give zoe", "nobody here is called “zoe”, or several are: the people are"),
        ("give ban", "nobody here is called “ban”, or several are: did you mean ben, Ben Ode?"),
        ("I will look at it this afternoon, thank you.", "is no order, and changed nothing"),
        ("promise yesterday", "the time in it could not be read"),
        ("Dismiss the thought, I will of course answer him", "It is no order"),
        ("dismiss the customer called me", "put a colon before it"),
        ("back", "Ana Ruiz is not away"),
        ("away until 1 mar 2028", "more than"),
    ] {
        let desk = Desk::open().await;
        let before = desk.room.owed().await;
        desk.hears(Proof::All, &mail("ana@brook.example", &to(&desk.token("017")), words)).await;
        let answers = desk.answers().await;
        assert!(answers.len() == 1 && answers[0].1.contains(said), "{words}: {answers:?}");
        assert_eq!(desk.room.owed().await, before, "{words}");
    }
}

#[tokio::test]
async fn who_is_not_understood_again_in_other_words_hears_that_too_and_a_machine_falls_silent() {
    let desk = Desk::open().await;
    desk.hears(Proof::All, &mail("ana@brook.example", &to(&desk.token("017")), "tke")).await;
    let waiting = desk.room.waiting().await;
    let answer = waiting.iter().find(|notice| matches!(notice.about, About::Occasion(_)));
    let obligation = u32::try_from(answer.expect("it is answered").id).unwrap();
    let token = keys(1).seal(&Grant { case: None, obligation, ..desk.grant("017") });
    for n in 0..9 {
        let words = format!("promse {n}");
        let order = mail("ana@brook.example", &to(&token), &words);
        desk.hears(Proof::All, &order.replace("<order@", &format!("<{n}@"))).await;
        let answers = desk.answers().await;
        let heard = answers.iter().any(|(_, said)| said.contains(&format!("“{words}”")));
        assert_eq!(heard, n < 2, "{answers:?}");
    }
}

#[tokio::test]
async fn somebody_is_away_and_back_by_mail_with_one_answer_each() {
    let ana = "email = [\"ana@brook.example\"]\n";
    let desk = Desk::with(&CONFIGURATION.replace(ana, &format!("{ana}deputy = \"021\"\n"))).await;
    let order = mail("ana@brook.example", &to(&desk.token("017")), "away until 4 mar\n\nAna");
    desk.hears(Proof::None, &order).await;
    assert_eq!(desk.room.engine.absences().await.unwrap(), [], "nobody vouches for it");
    for proof in [Proof::All, Proof::Sent] {
        desk.hears(proof, &order).await;
    }
    let answers = desk.answers().await;
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0].0, "ana@brook.example");
    for said in ["from Monday 2 March up to and with Wednesday 4 March", "Ben Ode stands in"] {
        assert!(answers[0].1.contains(said), "{said}: {answers:?}");
    }
    let absences = desk.room.engine.absences().await.unwrap();
    assert_eq!(absences.len(), 1);
    assert_eq!(absences[0].days.last, "2026-03-04".parse().unwrap());
    assert!(desk.room.engine.policy().roster.people[&PersonId::new("017")].is_away(at(NOW)));

    let order = mail("ana@brook.example", &to(&desk.token("017")), "I'm back!");
    desk.hears(Proof::All, &order.replace("<order@", "<second@")).await;
    let answers = desk.answers().await;
    assert!(answers.len() == 2 && answers[1].1.starts_with("Welcome back"), "{answers:?}");
    assert_eq!(desk.room.engine.absences().await.unwrap(), []);
    assert!(!desk.room.engine.policy().roster.people[&PersonId::new("017")].is_away(at(NOW)));
}

#[tokio::test]
async fn the_same_mail_by_three_ways_is_followed_once() {
    let desk = Desk::open().await;
    let order = mail("ana@brook.example", &to(&desk.token("017")), "give ben");
    for proof in [Proof::None, Proof::None, Proof::Sent, Proof::All, Proof::None] {
        desk.hears(proof, &order).await;
    }
    assert_eq!(desk.happened(What::Offered).await, 1);
    assert_eq!(desk.answers().await.len(), 1);
    let suspicious = |(_, reason): &&(What, String)| reason.contains("not vouched for");
    assert_eq!(desk.journal().await.iter().filter(suspicious).count(), 1, "the first copy");
}

#[tokio::test]
async fn a_forged_order_changes_nothing_and_is_written_down_as_suspicious() {
    let other = Grant { purpose: Purpose::Act, ..Desk::open().await.grant("017") };
    let ana = "ana@brook.example";
    for (about, proof, from, token) in [
        ("nobody vouches", Proof::None, ana, None),
        ("a stranger's From", Proof::All, "eve@other.example", None),
        ("nobody vouches, and another key", Proof::None, ana, Some(keys(2).seal(&other))),
        ("a stranger without a token", Proof::All, "eve@other.example", Some("x".to_owned())),
    ] {
        let desk = Desk::open().await;
        let before = desk.room.owed().await;
        let token = token.unwrap_or_else(|| desk.token("017"));
        desk.hears(proof, &mail(from, &to(&token), "dismiss spam")).await;
        assert_eq!(desk.room.owed().await, before, "{about}");
        assert_eq!(desk.answers().await, [], "{about}");
        let journal = desk.journal().await;
        let written = journal.last().is_some_and(|(_, reason)| reason.starts_with("suspicious: "));
        assert!(written, "{about}: {journal:?}");
    }
}

#[tokio::test]
async fn one_of_ours_whose_order_has_no_good_address_hears_of_it_twice_a_day() {
    let other = Grant { purpose: Purpose::Act, ..Desk::open().await.grant("017") };
    let old = Grant { until: at(ASKED), ..Desk::open().await.grant("017") };
    let (ana, ben) = ("ana@brook.example", "ben@brook.example");
    for (from, token, why) in [
        (ben, None, "in answer to a mail to Ana Ruiz"),
        (ana, Some(keys(2).seal(&other)), "is damaged"),
        (ana, Some(keys(1).seal(&other)), "is damaged"),
        (ana, Some(keys(1).seal(&old)), "is too old"),
        (ana, Some(keys(1).seal(&old)[..30].to_owned()), "is damaged"),
        (ana, Some("x".to_owned()), "is damaged"),
        (ana, Some(String::new()), "it went to owed's own address"),
    ] {
        let desk = Desk::open().await;
        let before = desk.room.owed().await;
        let token = token.unwrap_or_else(|| desk.token("017"));
        let to = if token.is_empty() { "owed@brook.example".to_owned() } else { to(&token) };
        for n in 0..9 {
            let order = mail(from, &to, "dismiss spam");
            desk.hears(Proof::All, &order.replace("<order@", &format!("<{n}@"))).await;
        }
        assert_eq!(desk.room.owed().await, before, "{why}");
        let answers = desk.answers().await;
        assert!(answers.len() == 2 && answers[0].0 == from, "{why}: {answers:?}");
        let said = &answers[0].1;
        assert!(said.starts_with("Nothing was done") && said.contains(why), "{why}: {said}");
        let journal = desk.journal().await;
        assert!(journal.last().unwrap().1.contains(why), "{why}: {journal:?}");
    }
}

#[tokio::test]
async fn an_order_is_no_filed_mail_and_what_was_not_followed_is_filed_with_its_reason() {
    let desk = Desk::open().await;
    let order = mail("ana@brook.example", &to(&desk.token("017")), "dismiss spam");
    desk.hears(Proof::All, &order).await;
    let filed = |desk: &Desk| {
        let (store, policy) = (desk.room.engine.store().clone(), desk.room.engine.policy());
        async move {
            owed::report::filed::rows(&mut store.read().await.unwrap(), &policy).await.unwrap()
        }
    };
    assert_eq!(filed(&desk).await, []);
    let journal = desk.journal().await;
    let (what, said) = journal.iter().find(|(what, _)| *what == What::Ordered).expect("an order");
    assert_eq!(
        (*what, said.starts_with("Ana Ruiz by mail, “dismiss spam”, done: ")),
        (What::Ordered, true)
    );
    desk.hears(Proof::None, &order.replace("<order@", "<forged@")).await;
    let filed = filed(&desk).await;
    assert!(filed.len() == 1 && filed[0].reason.starts_with("suspicious: "), "{filed:?}");
}

#[tokio::test]
async fn machines_are_neither_followed_nor_answered() {
    for header in [
        "Auto-Submitted: auto-replied",
        "X-Owed-Case: OW-0000-0\nAuto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-replied",
    ] {
        let desk = Desk::open().await;
        let order = mail("ana@brook.example", &to(&desk.token("017")), "dismiss spam");
        desk.hears(Proof::All, &format!("{header}\n{order}")).await;
        assert_eq!(desk.room.owed().await.len(), 1, "{header}");
        assert_eq!(desk.answers().await, [], "{header}");
        let journal = desk.journal().await;
        assert!(journal.last().unwrap().1.starts_with("no order"), "{header}: {journal:?}");
    }
}

#[tokio::test]
async fn what_one_of_ours_writes_to_owed_alone_is_filed_and_makes_no_case() {
    let desk = Desk::open().await;
    desk.hears(Proof::All, &mail("ana@brook.example", "owed@brook.example", "What is this?")).await;
    assert_eq!(desk.room.owed().await.len(), 1);
    assert_eq!(desk.answers().await.len(), 1);
    let journal = desk.journal().await;
    assert!(journal.last().unwrap().1.contains("owed's own address"), "{journal:?}");
}

#[tokio::test]
async fn whoever_answers_a_receipt_at_its_from_is_heard_in_their_case() {
    let (own, both) = ("owed@brook.example", "owed@brook.example, vi@customer.example");
    for (to, header, words, owed) in [
        (own, "", "Will you come today?", 1),
        (both, "", "Will you come today?", 1),
        (own, "", "Thank you!", 0),
        (own, "Auto-Submitted: auto-replied\n", "Will you come today?", 0),
    ] {
        let desk = Desk::open().await;
        desk.room.engine.act(desk.case, &PersonId::new("017"), answered()).await.unwrap();
        assert_eq!(desk.room.owed().await, []);
        let subject = format!("{header}Subject: Re: The tap [{}]", desk.case);
        let mail = mail("jo@customer.example", to, words);
        desk.hears(Proof::None, &mail.replace("Subject: Re: The tap", &subject)).await;
        let now: Vec<_> = desk.room.owed().await.iter().map(|owed| owed.case).collect();
        assert_eq!(now, vec![desk.case; owed], "{mail} {:?}", desk.room.reasons().await);
        assert_eq!(desk.answers().await, [], "{mail}");
    }
}

#[tokio::test]
async fn somebody_new_who_writes_to_owed_is_heard_in_a_shared_mailbox() {
    let desk = Desk::open().await;
    let mail = mail("vi@other.example", "owed@brook.example", "Could you call me?");
    let mail = mail.replace("The tap", "The roof");
    desk.hears(Proof::None, &format!("Auto-Submitted: auto-replied\n{mail}")).await;
    assert_eq!(desk.room.owed().await.len(), 1, "that was a machine");
    desk.hears(Proof::None, &mail.replace("order@", "roof@")).await;
    let reasons = desk.room.reasons().await;
    assert!(reasons.iter().any(|why| why.contains("to help@brook.example")), "{reasons:?}");
    assert_eq!(desk.room.owed().await.len(), 2, "{reasons:?}");
}

#[tokio::test]
async fn a_mailbox_in_cc_of_what_somebody_outside_writes_to_owed_is_written_to() {
    for (to, owed) in [("owed@brook.example", 2), ("someone@other.example", 1)] {
        let desk = Desk::open().await;
        let to = format!("{to}\nCc: help@brook.example");
        let mail = mail("vi@other.example", &to, "Could you call me?");
        desk.hears(Proof::None, &mail.replace("The tap", "The roof")).await;
        assert_eq!(desk.room.owed().await.len(), owed, "{:?}", desk.room.reasons().await);
    }
}

#[tokio::test]
async fn a_copy_of_an_answer_to_owed_is_an_answer() {
    let answer = "From: ana@brook.example\nTo: jo@customer.example\nCc: owed@brook.example\n\
        Subject: Re: The tap\nMessage-ID: <a@brook.example>\nIn-Reply-To: <q@customer.example>\n\
        Date: Mon, 02 Mar 2026 09:30:00 +0000\n\nYes, on Thursday.\n";
    for answer in [answer.to_owned(), answer.replace("Cc: owed@brook.example\n", "")] {
        let desk = Desk::open().await;
        desk.hears(Proof::All, &answer).await;
        assert_eq!(desk.room.owed().await, [], "{answer}");
    }
}

#[tokio::test]
async fn what_names_somebody_beside_owed_is_no_order() {
    let desk = Desk::open().await;
    let seal = to(&desk.token("017"));
    let answer = mail("ana@brook.example", &format!("{seal}, jo@customer.example"), "Yes, at ten.");
    let answer = answer.replace("reminder@brook.example", "q@customer.example");
    desk.hears(Proof::All, &answer).await;
    assert_eq!(desk.room.owed().await, [], "{:?}", desk.room.reasons().await);
    assert_eq!(desk.answers().await, []);
}

#[tokio::test]
async fn a_colleague_in_cc_hears_of_an_order_and_a_customer_there_of_an_answer() {
    let desk = Desk::open().await;
    let copied = |who: &str, words: &str| {
        let to = format!("{}\nCc: {who}", to(&desk.token("017")));
        mail("ana@brook.example", &to, words).replace("reminder@brook", "q@customer")
    };
    desk.hears(Proof::All, &copied("ben@brook.example", "give ben")).await;
    assert_eq!(desk.happened(What::Offered).await, 1, "{:?}", desk.journal().await);
    let concern = copied("help@brook.example", "Concern: Jo was promised this twice.");
    desk.hears(Proof::All, &concern.replace("order@", "concern@")).await;
    assert!(desk.answers().await[1].1.contains("Marta Brook hears of it"));
    let answer = copied("jo@customer.example", "Yes, at ten.").replace("order@", "answer@");
    desk.hears(Proof::All, &answer).await;
    assert_eq!(desk.happened(What::Answered).await, 1, "{:?}", desk.journal().await);
}

/// A desk whose case is closed with a job of Ana's, who was shown what Jo would be asked.
async fn shown() -> Desk {
    let check_in = "[check_in]\nafter = \"1d\"\n";
    let desk = Desk::with(&format!("{CONFIGURATION}\n{check_in}")).await;
    let (ana, engine) = (PersonId::new("017"), &desk.room.engine);
    let answered = Act::Answered { how: "by phone".to_owned() };
    engine.act(desk.case, &ana, answered).await.unwrap();
    engine.act(desk.case, &ana, Act::Close { title: "fixed the tap".to_owned() }).await.unwrap();
    desk.room.clock.set(at("2026-03-03T10:00:00Z"));
    engine.tick().await.unwrap();
    desk
}

#[tokio::test]
async fn a_check_in_is_sent_in_ones_own_words_or_not_at_all() {
    for (words, what, said) in [
        ("Send.\n\nHello Jo,\n\ndoes it hold?", What::CheckInAgreed, "goes in your name"),
        ("skip: I met him", What::CheckInOver, "nobody is asked whether all is well"),
    ] {
        let desk = shown().await;
        desk.hears(Proof::All, &mail("ana@brook.example", &to(&desk.token("017")), words)).await;
        let answers = desk.answers().await;
        assert!(answers.len() == 1 && answers[0].1.contains(said), "{words}: {answers:?}");
        assert_eq!(desk.happened(what).await, 1, "{words}");
        let mut tx = desk.room.engine.store().read().await.unwrap();
        let job = tx.case(desk.case).await.unwrap().unwrap().case.jobs.remove(0);
        let own = words.starts_with("Send").then_some("Hello Jo,\n\ndoes it hold?");
        assert_eq!(job.check_in.words.as_deref(), own);
    }
}

#[tokio::test]
async fn who_lets_all_their_check_ins_go_says_so_themselves_and_takes_it_back() {
    let desk = shown().await;
    for (words, agreed) in [("Always send mine", true), ("never send mine", false)] {
        let mail = mail("ana@brook.example", &to(&desk.token("017")), words);
        desk.hears(Proof::All, &mail.replace("order@", &format!("{agreed}@"))).await;
        let mut tx = desk.room.engine.store().read().await.unwrap();
        let agreed_now = tx.who_lets_check_ins_go().await.unwrap();
        assert_eq!(agreed_now.contains(&PersonId::new("017")), agreed, "{words}");
    }
}

#[tokio::test]
async fn a_contact_asks_for_no_more_by_mail_and_a_stranger_cannot() {
    let desk = shown().await;
    let stop = Grant { purpose: Purpose::OptOut, person: PersonId::new(""), ..desk.grant("017") };
    for (key, stopped) in [(9, false), (1, true)] {
        let mail = mail("jo@customer.example", &to(&keys(key).seal(&stop)), "stop");
        desk.hears(Proof::None, &mail.replace("order@", &format!("{key}@"))).await;
        let mut tx = desk.room.engine.store().read().await.unwrap();
        let jo = tx.case(desk.case).await.unwrap().unwrap().case;
        let known = tx.contact(&jo.contact.address).await.unwrap();
        assert_eq!(known.opted_out_at.is_some(), stopped, "key {key}");
        assert_eq!(jo.jobs[0].check_in.is_live(), !stopped);
    }
}
