//! Conversations at random: whatever happens, a case keeps its word.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::super::super::calendar::Allowance;
use super::super::super::check_in::{self, Approval, End, Standing, Terms};
use super::super::super::effect::{Notice, Purpose};
use super::stories::promises;
use super::*;

/// One move of a random conversation, some minutes after the last one; what is
/// said may have been written earlier than it is seen.
#[derive(Debug, Clone)]
struct Move {
    pause: i64,
    delay: i64,
    kind: u8,
}

fn event(m: &Move, case: &Case, now: Timestamp) -> Event {
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
        9 => Event::TimePassed,
        26 => Event::CameBack(Returned {
            message: MessageId::parse("<answer@brook.example>").unwrap(),
            sent: case.answered_at.unwrap_or(now),
            reached: if m.delay % 3 == 2 { vec![case.contact.address.clone()] } else { Vec::new() },
        }),
        kind => acts(kind, m, now),
    }
}

/// What people of ours do, sensible or not.
fn acts(kind: u8, m: &Move, now: Timestamp) -> Event {
    let who = |n: i64| id(["004", "017", "021"][usize::try_from(n % 3).unwrap()]);
    let (by, to) = (who(m.delay), who(m.delay / 3));
    let due = now + SignedDuration::from_mins(m.delay * 7 + 1);
    match kind {
        10 => Event::Claimed { by },
        11 => Event::Offered { by, to },
        12 => Event::Accepted { by },
        13 => Event::Refused { by, reason: String::new() },
        14 => Event::ToldWhen { by, due },
        15 => promises(&shown(now), &shown(due)),
        16 => Event::Corrected { seq: 2, by, due: (m.delay % 2 == 0).then_some(due) },
        17 => Event::Closed { by: "Ben".to_owned(), hand: None, title: None },
        19 => Event::Closed {
            by: "Ben".to_owned(),
            hand: Some(id("021")),
            title: Some("the tap".to_owned()),
        },
        20 => Event::CheckIn {
            job: None,
            event: check_in::Event::Sent { by: id("021"), words: None, seen: None },
        },
        21 => {
            let reason = "not now".to_owned();
            Event::CheckIn { job: None, event: check_in::Event::Skipped { reason, seen: None } }
        }
        22 => Event::CheckIn { job: None, event: check_in::Event::Away { back: None } },
        23 => Event::Received(message(ANN, &shown(now), Need::Fine(1))),
        24 => Event::Received(message(ANN, &shown(now), Need::NotFine(1))),
        25 => {
            let how = if m.delay % 2 == 0 { End::Fine } else { End::NotFine };
            let event = check_in::Event::Read { how, reason: "Ben".to_owned() };
            Event::CheckIn { job: None, event }
        }
        18 => Event::Reopened { by: "Ben".to_owned(), reason: "it drips".to_owned() },
        _ => Event::PolicyChanged(Vec::new()),
    }
}

/// What must hold of every case at every moment.
#[derive(Default)]
struct Witness {
    told: BTreeSet<(u32, String)>,
    corrects: bool,
}

impl Witness {
    fn sees(&mut self, before: &Case, step: &Step, policy: &Policy, now: Timestamp) {
        let after = &step.next;
        for (old, new) in before.obligations.iter().zip(&after.obligations) {
            assert_eq!(old.since, new.since, "a clock was restarted");
            // What the contact was told never gets later but by who told it.
            let moved = old.due != new.due && old.kind == Kind::Promise;
            assert!(!moved || self.corrects, "a promise moved by itself");
            assert!(old.is_open() || old == new, "what has ended changed");
            let rung = |o: &Obligation| o.told.map(|told| (told.rung, told.times));
            assert!(rung(old) <= rung(new), "a ladder was climbed down");
        }
        assert!(after.obligations.len() >= before.obligations.len());
        is_sound(after, policy, now);
        for effect in &step.effects {
            if let Effect::Notice(notice) | Effect::Later(_, notice) = effect {
                self.hears(notice, before);
            }
        }
    }

    fn hears(&mut self, notice: &Notice, case: &Case) {
        let key = notice.key();
        if [Purpose::CheckIn, Purpose::Approve].contains(&notice.purpose) {
            let often = notice.purpose == Purpose::CheckIn && notice.occurrence > 2;
            assert!(!often && self.told.insert((0, key.clone())), "{key} again");
        }
        if !notice.purpose.is_step() {
            return;
        }
        assert!(self.told.insert((notice.obligation, key.clone())), "{key} was told twice");
        assert!(case.open().any(|o| o.seq == notice.obligation), "told of what is not owed");
    }
}

/// What holds of every case by itself.
fn is_sound(case: &Case, policy: &Policy, now: Timestamp) {
    let kinds = [Kind::Reply, Kind::Promise, Kind::Update, Kind::Resolution];
    let open = |kind: Kind| case.open().filter(|o| o.kind == kind).count();
    assert!(kinds.into_iter().all(|kind| open(kind) <= 1), "two of a kind at once: {case:?}");
    assert!(case.phase == Phase::Open || !case.is_owed(), "closed with something owed");
    assert!(case.offer.is_none() || case.open().next().is_some(), "nothing is offered");
    let wake_at = case.wake_at(policy, now);
    let live = |job: &Job| job.check_in.is_live();
    assert!(case.phase != Phase::Open || !case.jobs.iter().any(live), "asks while open");
    let asks = case.jobs.iter().any(live);
    let waits = case.open().any(|o| o.enforced) || case.closes_at(policy).is_some() || asks;
    assert_eq!(wake_at.is_some(), waits, "{case:?}");
    assert!(wake_at.is_none_or(|at| at >= now));
}

/// Hours, absences, and a ladder whose every step repeats like this.
fn people_come_and_go(repeats: &[Option<Allowance>]) -> impl Strategy<Value = Policy> + use<> {
    let absence = (0_usize..3, 0_i64..12, 0_i64..4);
    let hours = prop::sample::select(vec!["09:00-18:00", "22:00-06:00", "13:00-13:30"]);
    let zones = prop::sample::select(vec![LISBON, "America/New_York", "Pacific/Auckland"]);
    let repeat = prop::sample::select(repeats.to_vec());
    let long = any::<bool>();
    (prop::collection::vec(absence, 0..5), hours, zones, repeat, any::<bool>(), long).prop_map(
        |(absences, hours, zone, repeat, listed, long)| {
            let mut policy = policy();
            for rule in policy.rules.iter_mut().filter(|_| long) {
                rule.keep_informed = Some(Allowance::WorkingDays(1));
                rule.resolve_within = Some(Allowance::WorkingDays(4));
                rule.close_after_quiet = Some(Allowance::WorkingDays(2));
                rule.job_on_close = true;
            }
            policy.check_in = Some(terms(if long { Approval::Person } else { Approval::Standing }));
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
    let one = (pause, delay, 0_u8..28);
    prop::collection::vec(one.prop_map(|(pause, delay, kind)| Move { pause, delay, kind }), 1..12)
}

fn terms(approval: Approval) -> Terms {
    let days = Allowance::WorkingDays;
    let at = jiff::civil::time(10, 0, 0, 0);
    let (after, quiet_for, again_after) = (days(2), days(30), days(5));
    Terms { after, at, approval, quiet_for, again_after, urgent: mins(120), patience: 1 }
}

/// The case after its due check-ins were taken on, as the engine does.
fn asked(mut case: Case, witness: &mut Witness, policy: &Policy, now: Timestamp) -> Case {
    for seq in case.due_check_ins(now) {
        let standing = Standing { agreed: [id("021")].into(), ..Standing::default() };
        let event = check_in::Event::Due(standing);
        let event = Event::CheckIn { job: Some(seq), event };
        let step = case.clone().step(event, policy, now).unwrap();
        witness.sees(&case, &step, policy, now);
        case = step.next;
    }
    case
}

/// How many alarms one pause may bring; with a repeat every minute, that is
/// all there is time for.
const ALARMS: usize = 40;

/// The case after all these moves, and when that is.
fn lives(mut case: Case, moves: &[Move], policy: &Policy, mut now: Timestamp) -> (Case, Timestamp) {
    let mut witness = Witness::default();
    for m in moves {
        let until = now + SignedDuration::from_mins(m.pause);
        for _ in 0..ALARMS {
            let alarm = case.wake_at(policy, now).filter(|at| *at <= until);
            let Some(alarm) = alarm else { break };
            now = alarm;
            case = asked(case, &mut witness, policy, now);
            let step = case.clone().step(Event::TimePassed, policy, now).unwrap();
            witness.corrects = false;
            witness.sees(&case, &step, policy, now);
            let next = step.next.wake_at(policy, now);
            assert!(next.is_none_or(|next| next > now), "the clock stands still");
            case = step.next;
        }
        now = until;
        let event = event(m, &case, now);
        witness.corrects = matches!(event, Event::Corrected { .. });
        if let Ok(step) = case.clone().step(event, policy, now) {
            witness.sees(&case, &step, policy, now);
            case = step.next;
        }
    }
    (case, now)
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn whatever_happens_a_case_keeps_its_word(
        policy in people_come_and_go(&[None, Some(mins(0)), Some(mins(60))]),
        moves in moves(),
    ) {
        lives(new_case(), &moves, &policy, at("2026-03-04 10:00"));
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

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn two_cases_made_one_keep_the_word_of_both(
        policy in people_come_and_go(&[None, Some(mins(60))]),
        (ours, theirs, then) in (moves(), moves(), moves()),
    ) {
        let start = at("2026-03-04 10:00");
        let boss = message("boss@customer.example", "2026-03-04 10:00", Need::Reply);
        let other = Case::begin(CaseNumber::from_row(2), &boss);
        let (into, one) = lives(new_case(), &ours, &policy, start);
        let (from, two) = lives(other, &theirs, &policy, start);
        let (owed, now) = ((into.is_owed(), from.is_owed()), one.max(two));
        let who = if owed == (false, true) { from.contact.clone() } else { into.contact.clone() };
        let (whole, rest) = into.absorb(from, "Ben", &policy, now).unwrap();
        is_sound(&whole.next, &policy, now);
        is_sound(&rest.next, &policy, now);
        prop_assert_eq!(whole.next.is_owed(), owed.0 || owed.1);
        prop_assert_eq!(&whole.next.contact, &who);
        let left = (rest.next.open().next(), rest.next.wake_at(&policy, now));
        prop_assert_eq!(left, (None, None), "nothing comes of what is empty");
        lives(whole.next, &then, &policy, now);
    }
}
