//! Conversations as data.

use super::super::fixture::*;
use super::super::ids::MessageId;
use super::super::rule::{Channel, When};
use super::*;

const HELP: &str = "help@brook.example";
const ANN: &str = "ann@customer.example";

fn message(from: &str, civil: &str, need: Need) -> Received {
    Received {
        message: None,
        from: Party { name: String::new(), address: address(from) },
        subject: "The tap".to_owned(),
        at: at(civil),
        mailbox: address(HELP),
        to: vec![address(HELP)],
        named: None,
        answers: None,
        also: Vec::new(),
        text: "It drips.".to_owned(),
        internal: false,
        channel: Channel::Email,
        language: None,
        complaint: false,
        receipt: false,
        need,
        reason: "a person asks".to_owned(),
    }
}

fn wrote(civil: &str, need: Need) -> Event {
    Event::Received(message(ANN, civil, need))
}

fn asks(civil: &str) -> Event {
    wrote(civil, Need::Reply)
}

fn answers(civil: &str, adequate: Adequate) -> Event {
    let (message, parents, by) = (None, Vec::new(), Some(id("021")));
    let how = "by mail".to_owned();
    let (at, pledge) = (at(civil), None);
    Event::Answered(Answer { message, parents, by, at, how, adequate, pledge })
}

fn writes_to(civil: &str, to: &str) -> Event {
    answers(civil, Adequate::To(vec![address(to)]))
}

fn dismisses() -> Event {
    Event::Dismissed { by: "Ben Ode".to_owned(), reason: "spam".to_owned() }
}

/// The moment at which an event becomes known.
fn moment(event: &Event) -> Timestamp {
    match event {
        Event::Received(message) => message.at,
        Event::Answered(answer) => answer.at,
        _ => at("2026-03-04 16:00"),
    }
}

fn new_case() -> Case {
    Case::begin(CaseNumber::from_row(1), &message(ANN, "2026-03-04 10:00", Need::Reply))
}

/// Plays the events; the journal in names, and the case.
fn play(policy: &Policy, case: Case, events: Vec<Event>) -> (String, Case) {
    let (entries, case) = journal(policy, case, events);
    let names: Vec<&str> = entries.iter().map(|entry| entry.what.name()).collect();
    (names.join(" "), case)
}

fn journal(policy: &Policy, mut case: Case, events: Vec<Event>) -> (Vec<Entry>, Case) {
    let mut entries = Vec::new();
    for event in events {
        let now = moment(&event);
        let step = case.step(event, policy, now).unwrap();
        case = step.next;
        entries.extend(step.effects.into_iter().filter_map(|effect| match effect {
            Effect::Journal(entry) => Some(entry),
            Effect::Notice(_) | Effect::Later(..) => None,
        }));
    }
    (entries, case)
}

/// Each obligation in a word or two.
fn standing(case: &Case) -> String {
    let word = |o: &Obligation| {
        let state = match o.state {
            State::Open => "open",
            State::Met { .. } => "met",
            State::Dropped { .. } => "dropped",
        };
        let chased = if o.chases > 0 { format!("+{}", o.chases) } else { String::new() };
        format!("{state}{chased} since {}", &shown(o.since)[5..])
    };
    case.obligations.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// What it shows, what happens, the journal in names, and what is owed then.
type Row = (&'static str, Vec<Event>, &'static str, &'static str);

fn check(table: Vec<Row>) {
    for (name, events, names, expected) in table {
        let (written, case) = play(&policy(), new_case(), events);
        assert_eq!(written, names, "{name}");
        assert_eq!(standing(&case), expected, "{name}");
    }
}

#[test]
fn a_waiting_period_is_opened_once() {
    check(vec![
        (
            "later messages never restart the clock",
            vec![asks("2026-03-04 10:00"), asks("2026-03-04 12:00"), asks("2026-03-05 12:00")],
            "received owed received received",
            "open since 03-04 10:00",
        ),
        (
            "chases are counted",
            vec![
                asks("2026-03-04 10:00"),
                wrote("2026-03-04 12:00", Need::Again),
                wrote("2026-03-04 13:00", Need::Again),
                wrote("2026-03-04 14:00", Need::Again),
            ],
            "received owed received chased received chased received chased",
            "open+3 since 03-04 10:00",
        ),
        (
            "a chase of what was answered asks anew",
            vec![
                asks("2026-03-04 10:00"),
                writes_to("2026-03-04 11:00", ANN),
                wrote("2026-03-04 12:00", Need::Again),
            ],
            "received owed answered received owed",
            "met since 03-04 10:00, open since 03-04 12:00",
        ),
        (
            "thanks after an answer owe nothing",
            vec![
                asks("2026-03-04 10:00"),
                writes_to("2026-03-04 11:00", ANN),
                wrote("2026-03-04 12:00", Need::Nothing),
            ],
            "received owed answered received ignored",
            "met since 03-04 10:00",
        ),
        (
            "an older word is no chase",
            vec![asks("2026-03-04 10:00"), wrote("2026-03-04 09:00", Need::Again)],
            "received owed received",
            "open since 03-04 10:00",
        ),
        (
            "a waiting period ends and another begins",
            vec![
                asks("2026-03-04 10:00"),
                writes_to("2026-03-04 11:00", ANN),
                asks("2026-03-04 12:00"),
                writes_to("2026-03-04 13:00", ANN),
            ],
            "received owed answered received owed answered",
            "met since 03-04 10:00, met since 03-04 12:00",
        ),
    ]);
}

#[test]
fn an_answer_meets_what_it_answers() {
    check(vec![
        (
            "an answer meets what waits",
            vec![asks("2026-03-04 10:00"), writes_to("2026-03-04 11:00", ANN)],
            "received owed answered",
            "met since 03-04 10:00",
        ),
        (
            "an answer to a supplier is none",
            vec![asks("2026-03-04 10:00"), writes_to("2026-03-04 11:00", "parts@supplier.example")],
            "received owed ignored",
            "open since 03-04 10:00",
        ),
        (
            "an automatic or unvouched answer is none",
            vec![
                asks("2026-03-04 10:00"),
                answers("2026-03-04 11:00", Adequate::No("automatic".to_owned())),
            ],
            "received owed ignored",
            "open since 03-04 10:00",
        ),
        (
            "an answer told by hand is one",
            vec![asks("2026-03-04 10:00"), answers("2026-03-04 11:00", Adequate::Told)],
            "received owed answered",
            "met since 03-04 10:00",
        ),
        (
            "an answer meets nothing that came after it",
            vec![asks("2026-03-04 10:00"), writes_to("2026-03-04 09:00", ANN)],
            "received owed answered",
            "open since 03-04 10:00",
        ),
        (
            "what was written before our answer is answered",
            vec![
                asks("2026-03-04 10:00"),
                writes_to("2026-03-04 11:00", ANN),
                asks("2026-03-04 10:30"),
            ],
            "received owed answered received ignored",
            "met since 03-04 10:00",
        ),
    ]);
}

#[test]
fn nothing_is_owed_where_nothing_is_wanted() {
    check(vec![
        (
            "who solved it themselves is owed nothing",
            vec![asks("2026-03-04 10:00"), wrote("2026-03-04 12:00", Need::Settled)],
            "received owed received settled",
            "dropped since 03-04 10:00",
        ),
        (
            "an older word settles nothing newer",
            vec![asks("2026-03-04 10:00"), wrote("2026-03-04 09:00", Need::Settled)],
            "received owed received ignored",
            "open since 03-04 10:00",
        ),
        (
            "settled with nothing owed is ignored",
            vec![wrote("2026-03-04 12:00", Need::Settled)],
            "received ignored",
            "",
        ),
        (
            "in Cc nothing is owed unless the rule says so",
            vec![wrote("2026-03-04 10:00", Need::ReplyIfCopied)],
            "received ignored",
            "",
        ),
        (
            "somebody of us may judge that nothing is needed",
            vec![asks("2026-03-04 10:00"), dismisses()],
            "received owed dismissed",
            "dropped since 03-04 10:00",
        ),
    ]);
}

#[test]
fn there_is_nothing_to_answer_or_dismiss_where_nothing_is_owed() {
    let (_, quiet) = play(&policy(), new_case(), vec![wrote("2026-03-04 10:00", Need::Nothing)]);
    let (_, late) = play(&policy(), new_case(), vec![asks("2026-03-04 10:00")]);
    let table = [
        (quiet.clone(), answers("2026-03-04 11:00", Adequate::Told), "answer"),
        (quiet, dismisses(), "dismiss"),
        (late, answers("2026-03-04 09:00", Adequate::Told), "answer"),
    ];
    for (case, event, what) in table {
        let refused = case.step(event, &policy(), at("2026-03-04 16:00")).unwrap_err();
        assert_eq!(refused, Illegal::NothingOwed { case: CaseNumber::from_row(1), what });
    }
}

#[test]
fn an_unknown_address_is_of_the_contacts_side_and_flagged() {
    let boss = "boss@customer.example";
    let events = vec![
        asks("2026-03-04 10:00"),
        Event::Received(message(boss, "2026-03-04 12:00", Need::Again)),
        writes_to("2026-03-04 13:00", boss),
    ];
    let (entries, case) = journal(&policy(), new_case(), events);
    assert_eq!(entries[2].reason, "a person asks; boss@customer.example is new in this case");
    assert_eq!(entries[0].reason, "a person asks", "the first is no stranger");
    assert_eq!(standing(&case), "met+1 since 03-04 10:00");
}

#[test]
fn a_copied_colleague_of_theirs_may_be_answered() {
    let mut first = message(ANN, "2026-03-04 10:00", Need::Reply);
    first.also = vec![address("bob@customer.example")];
    let events =
        vec![Event::Received(first), writes_to("2026-03-04 11:00", "bob@customer.example")];
    assert_eq!(standing(&play(&policy(), new_case(), events).1), "met since 03-04 10:00");
}

#[test]
fn a_closed_case_opens_for_a_question_and_not_for_thanks() {
    let closed = || Case { phase: Phase::Closed { at: at("2026-03-03 10:00") }, ..new_case() };
    let (written, case) = play(&policy(), closed(), vec![wrote("2026-03-04 10:00", Need::Nothing)]);
    assert_eq!((written.as_str(), case.phase), ("received ignored", closed().phase));
    let (written, case) = play(&policy(), closed(), vec![asks("2026-03-04 10:00")]);
    assert_eq!((written.as_str(), case.phase), ("received reopened owed", Phase::Open));
}

#[test]
fn what_no_rule_is_for_is_ignored_with_its_reason() {
    let mut policy = policy();
    policy.rules[0].when = When { from: vec![address("bob@customer.example")], ..When::default() };
    let (entries, case) = journal(&policy, new_case(), vec![asks("2026-03-04 10:00")]);
    assert_eq!(
        (entries[1].what, entries[1].reason.as_str()),
        (What::Ignored, "no rule is for this message")
    );
    assert!(!case.is_owed());
}

#[test]
fn a_rule_may_count_copies() {
    let mut policy = policy();
    policy.rules[0].cc = true;
    let (_, case) = play(&policy, new_case(), vec![wrote("2026-03-04 10:00", Need::ReplyIfCopied)]);
    assert!(case.is_owed());
}

#[test]
fn what_is_older_than_enforce_from_is_only_listed() {
    let mut policy = policy();
    policy.enforce_from = Some(at("2026-03-04 10:01"));
    let events = vec![asks("2026-03-04 10:00"), wrote("2026-03-05 10:00", Need::Again)];
    let (entries, case) = journal(&policy, new_case(), events);
    assert!(entries[1].reason.ends_with("older than enforce_from, so only listed"));
    assert!(case.is_owed());
    assert_eq!(case.wake_at(&policy, at("2026-03-09 10:00")), None);
}

#[test]
fn whoever_answered_last_owns_what_comes_next_and_a_person_their_own_mailbox() {
    let owners = |case: &Case| case.obligations.iter().map(|o| o.owner.clone()).collect::<Vec<_>>();
    let events = || {
        vec![asks("2026-03-04 10:00"), writes_to("2026-03-04 11:00", ANN), asks("2026-03-04 12:00")]
    };
    let (_, case) = play(&policy(), new_case(), events());
    assert_eq!(owners(&case), [None, Some(id("021"))]);
    let personal = Case { mailbox: address("ana@brook.example"), ..new_case() };
    let (_, case) = play(&policy(), personal, events());
    assert_eq!(owners(&case), [Some(id("017")), Some(id("017"))]);
}

#[test]
fn the_alarm_is_the_earliest_and_a_step_without_one_changes_nothing() {
    let policy = policy();
    let (_, case) = play(&policy, new_case(), vec![asks("2026-03-04 10:00")]);
    let now = at("2026-03-04 11:00");
    assert_eq!(case.wake_at(&policy, now).map(shown), Some("2026-03-04 17:15".to_owned()));
    let idle = case.clone().step(Event::TimePassed, &policy, now).unwrap();
    assert_eq!((idle.next, idle.effects), (case.clone(), Vec::new()));
    let step = case.step(Event::TimePassed, &policy, at("2026-03-04 17:15")).unwrap();
    let [Effect::Journal(entry), Effect::Notice(notice)] = &step.effects[..] else {
        panic!("{:?}", step.effects)
    };
    assert_eq!((entry.what, entry.to.as_ref()), (What::Reminded, Some(&notice.to.address)));
    assert_eq!(entry.rule.as_deref(), Some("everyone"));
    assert!(entry.reason.starts_with("due soon: "));
}

#[test]
fn an_answer_that_names_what_it_answers_counts_whatever_two_clocks_say() {
    let policy = policy();
    let mut asked = message(ANN, "2026-03-02 10:00", Need::Reply);
    asked.message = MessageId::parse("asked@client.example");
    let begun = Case::begin(CaseNumber::from_row(1), &asked);
    let now = at("2026-03-02 10:00");
    let owed = begun.step(Event::Received(asked), &policy, now).unwrap().next;
    let answer = |parents| Answer {
        message: None,
        parents,
        by: Some(id("021")),
        at: at("2026-03-02 09:59"),
        how: "by mail".to_owned(),
        adequate: Adequate::To(vec![address(ANN)]),
        pledge: None,
    };
    let before = owed.clone().step(Event::Answered(answer(Vec::new())), &policy, now).unwrap().next;
    assert!(before.is_owed(), "what was said before it was asked answers nothing");
    let named = MessageId::parse("asked@client.example").into_iter().collect();
    let after = owed.step(Event::Answered(answer(named)), &policy, now).unwrap().next;
    assert!(!after.is_owed());
}

#[test]
fn a_strangers_word_does_not_end_what_is_owed_to_somebody_else() {
    let policy = policy();
    let asked = message(ANN, "2026-03-02 10:00", Need::Reply);
    let begun = Case::begin(CaseNumber::from_row(1), &asked);
    let owed = begun.step(Event::Received(asked), &policy, at("2026-03-02 10:00")).unwrap().next;
    for (from, is_owed) in [("eve@elsewhere.example", true), (ANN, false)] {
        let settled = message(from, "2026-03-02 11:00", Need::Settled);
        let event = Event::Received(settled);
        let after = owed.clone().step(event, &policy, at("2026-03-02 11:00")).unwrap().next;
        assert_eq!(after.is_owed(), is_owed, "{from}");
    }
}

#[test]
fn who_waits_is_who_wrote_first_in_this_waiting_period() {
    let policy = policy();
    let first = message(ANN, "2026-03-02 10:00", Need::Reply);
    let mut case = Case::begin(CaseNumber::from_row(1), &first);
    let answered = answers("2026-03-02 11:00", Adequate::To(vec![address(ANN)]));
    let later = message("bob@customer.example", "2026-03-02 12:00", Need::Reply);
    for event in [Event::Received(first), answered, Event::Received(later)] {
        case = case.step(event, &policy, at("2026-03-02 12:00")).unwrap().next;
    }
    assert_eq!(case.contact.address, address("bob@customer.example"));
}

mod random;
mod stories;
