//! Conversations as data, and conversations at random.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::super::calendar::Allowance;
use super::super::effect::Notice;
use super::super::fixture::*;
use super::super::rule::When;
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
        also: Vec::new(),
        text: "It drips.".to_owned(),
        internal: false,
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
    Event::Answered(Answer { message, parents, by, at: at(civil), how, adequate })
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
        Event::Dismissed { .. } | Event::TimePassed => at("2026-03-04 16:00"),
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
            Effect::Notice(_) => None,
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
        assert_eq!(refused.what, what);
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

/// One move of a random conversation, some minutes after the last one; what is
/// said may have been written earlier than it is seen.
#[derive(Debug, Clone)]
struct Move {
    pause: i64,
    delay: i64,
    kind: u8,
}

fn event(m: &Move, now: Timestamp) -> Event {
    let needs =
        [Need::Reply, Need::Reply, Need::Again, Need::Settled, Need::Nothing, Need::ReplyIfCopied];
    let written = now - SignedDuration::from_mins(m.delay);
    let told = |to: &str| match writes_to("2026-03-04 10:00", to) {
        Event::Answered(answer) => Event::Answered(Answer { at: written, ..answer }),
        other => other,
    };
    match m.kind {
        kind @ 0..6 => {
            let from = if m.delay % 2 == 0 { ANN } else { "boss@customer.example" };
            let message = message(from, "2026-03-04 10:00", needs[usize::from(kind)]);
            Event::Received(Received { at: written, ..message })
        }
        6 => told(ANN),
        7 => told("parts@supplier.example"),
        8 => dismisses(),
        _ => Event::TimePassed,
    }
}

/// What must hold of every case at every moment.
#[derive(Default)]
struct Witness {
    told: BTreeSet<(u32, String)>,
}

impl Witness {
    fn sees(&mut self, before: &Case, step: &Step, policy: &Policy, now: Timestamp) {
        let after = &step.next;
        for (old, new) in before.obligations.iter().zip(&after.obligations) {
            assert_eq!((old.since, old.due), (new.since, new.due), "a clock was restarted");
            assert!(old.is_open() || old == new, "what has ended changed");
            let rung = |o: &Obligation| o.told.map(|told| (told.rung, told.times));
            assert!(rung(old) <= rung(new), "a ladder was climbed down");
        }
        assert!(after.obligations.len() >= before.obligations.len());
        assert!(after.open().count() <= 1, "two waiting periods at once");
        for effect in &step.effects {
            if let Effect::Notice(notice) = effect {
                self.hears(notice, before);
            }
        }
        let wake_at = after.wake_at(policy, now);
        assert_eq!(wake_at.is_some(), after.open().any(|o| o.enforced), "{after:?}");
        assert!(wake_at.is_none_or(|at| at >= now));
    }

    fn hears(&mut self, notice: &Notice, case: &Case) {
        let key = notice.key();
        assert!(self.told.insert((notice.obligation, key.clone())), "{key} was told twice");
        assert!(case.open().any(|o| o.seq == notice.obligation), "told of what is not owed");
    }
}

/// Hours, absences, and a ladder whose every step repeats like this.
fn people_come_and_go(repeats: &[Option<Allowance>]) -> impl Strategy<Value = Policy> + use<> {
    let absence = (0_usize..3, 0_i64..12, 0_i64..4);
    let hours = prop::sample::select(vec!["09:00-18:00", "22:00-06:00", "13:00-13:30"]);
    let zones = prop::sample::select(vec![LISBON, "America/New_York", "Pacific/Auckland"]);
    let repeat = prop::sample::select(repeats.to_vec());
    (prop::collection::vec(absence, 0..5), hours, zones, repeat, any::<bool>()).prop_map(
        |(absences, hours, zone, repeat, listed)| {
            let mut policy = policy();
            works(&mut policy, "021", zone, hours);
            for (person, start, more) in absences {
                let first = at("2026-03-04 12:00") + SignedDuration::from_hours(24 * start);
                let last = first + SignedDuration::from_hours(24 * more);
                let day = |at: Timestamp| shown(at)[..10].to_owned();
                away(&mut policy, ["004", "017", "021"][person], &day(first), &day(last));
            }
            for rung in &mut policy.ladders.get_mut("standard").unwrap().rungs {
                rung.repeat = repeat;
            }
            policy.enforce_from = listed.then(|| at("2026-03-06 10:00"));
            policy
        },
    )
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let pause = prop_oneof![0_i64..30, 0_i64..600, 0_i64..6000];
    let delay = prop_oneof![3 => Just(0_i64), 1 => 0_i64..900];
    let one = (pause, delay, 0_u8..10);
    prop::collection::vec(one.prop_map(|(pause, delay, kind)| Move { pause, delay, kind }), 1..12)
}

/// How many alarms one pause may bring; with a repeat every minute, that is
/// all there is time for.
const ALARMS: usize = 40;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_happens_a_case_keeps_its_word(
        policy in people_come_and_go(&[None, Some(mins(0)), Some(mins(60))]),
        moves in moves(),
    ) {
        let mut case = new_case();
        let mut witness = Witness::default();
        let mut now = at("2026-03-04 10:00");
        for m in &moves {
            let until = now + SignedDuration::from_mins(m.pause);
            for _ in 0..ALARMS {
                let Some(alarm) = case.wake_at(&policy, now).filter(|at| *at <= until) else { break };
                now = alarm;
                let step = case.clone().step(Event::TimePassed, &policy, now).unwrap();
                witness.sees(&case, &step, &policy, now);
                let next = step.next.wake_at(&policy, now);
                prop_assert!(next.is_none_or(|next| next > now), "the clock stands still");
                case = step.next;
            }
            now = until;
            if let Ok(step) = case.clone().step(event(m, now), &policy, now) {
                witness.sees(&case, &step, &policy, now);
                case = step.next;
            }
        }
    }

    #[test]
    fn a_forgotten_case_reaches_the_top_and_is_told_on(
        policy in people_come_and_go(&[None, Some(mins(60))]),
    ) {
        let (_, mut case) = play(&policy, new_case(), vec![asks("2026-03-09 10:00")]);
        let mut now = at("2026-03-09 10:00");
        let mut tops = 0;
        for _ in 0..200 {
            let next = case.wake_at(&policy, now).unwrap();
            prop_assert!(next > now || case.obligations[0].told.is_none());
            now = next;
            case = case.step(Event::TimePassed, &policy, now).unwrap().next;
            tops += usize::from(case.obligations[0].told.is_some_and(|told| told.rung == 2));
        }
        prop_assert!(tops > 100, "{:?} at {}", case.obligations[0], now);
    }
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
    };
    let before = owed.clone().step(Event::Answered(answer(Vec::new())), &policy, now).unwrap().next;
    assert!(before.is_owed(), "what was said before it was asked answers nothing");
    let named = MessageId::parse("asked@client.example").into_iter().collect();
    let after = owed.step(Event::Answered(answer(named)), &policy, now).unwrap().next;
    assert!(!after.is_owed());
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
