//! Ladders climbed by the clock alone: who is told what, and when.

use super::super::fixture::*;
use super::super::ladder::{Ladder, Offset};
use super::*;

const ANA: &str = "ana@brook.example";
const HELP: &str = "help@brook.example";

/// What Ana owes by Wednesday evening.
fn owed(owner: Option<&str>) -> Obligation {
    Obligation {
        seq: 1,
        kind: Kind::Reply,
        message: None,
        owner: owner.map(id),
        since: at("2026-03-04 10:00"),
        due: at("2026-03-04 18:00"),
        because: "Ana Ruiz leaves on Wednesday 18:00".to_owned(),
        rule: "everyone".to_owned(),
        enforced: true,
        chases: 0,
        told: None,
        hastened: None,
        words: None,
        said: None,
        broken: false,
        state: State::Open,
    }
}

fn line(now: Timestamp, notice: &Notice) -> String {
    let to = notice.to.address.local_part();
    format!("{} {} {}/{} {to}", shown(now), notice.purpose.name(), notice.rung, notice.occurrence)
}

/// The first `count` notices from `start` on, on a clock that jumps from one
/// alarm to the next.
fn told(
    policy: &Policy,
    obligation: &mut Obligation,
    mailbox: &str,
    start: &str,
    count: usize,
) -> Vec<String> {
    let mailbox = address(mailbox);
    let mut now = at(start);
    let mut lines = Vec::new();
    let mut alarms = 0;
    while lines.len() < count {
        while let Some(notice) = obligation.climb(policy, &mailbox, now) {
            lines.push(line(now, &notice));
            assert!(lines.len() < 100, "told without end at {}", shown(now));
        }
        let next = obligation.wake_at(policy, &mailbox, now).expect("it is owed");
        assert!(next > now, "a clock that stands still at {}", shown(now));
        now = next;
        alarms += 1;
        assert!(alarms < 100, "alarms that tell nobody: {lines:?}");
    }
    lines
}

fn with_ladder(rungs: Vec<Rung>) -> Policy {
    let mut policy = policy();
    policy.ladders.insert("standard".to_owned(), Ladder::new("standard", rungs));
    policy
}

fn check(policy: &Policy, owner: Option<&str>, mailbox: &str, start: &str, expected: &[&str]) {
    let lines = told(policy, &mut owed(owner), mailbox, start, expected.len());
    assert_eq!(lines, expected, "from {start}");
}

#[test]
fn the_ladder_is_climbed_in_working_time_and_its_last_step_repeats() {
    check(
        &policy(),
        Some("017"),
        ANA,
        "2026-03-04 10:00",
        &[
            "2026-03-04 17:15 remind 0/0 ana",
            "2026-03-04 18:00 escalate 1/0 marta",
            "2026-03-05 14:00 escalate 2/0 owner",
            "2026-03-06 14:00 escalate 2/1 owner",
            "2026-03-09 14:00 escalate 2/2 owner",
        ],
    );
}

#[test]
fn while_nobody_has_it_the_last_to_leave_is_reminded() {
    let mut policy = policy();
    works(&mut policy, "021", LISBON, "12:00-20:00");
    check(
        &policy,
        None,
        HELP,
        "2026-03-04 10:00",
        &["2026-03-04 17:15 remind 0/0 ben", "2026-03-04 18:00 escalate 1/0 marta"],
    );
}

#[test]
fn what_fell_due_together_is_told_once_by_the_highest_step() {
    // The clock stood still over the weekend.
    check(
        &policy(),
        Some("017"),
        ANA,
        "2026-03-09 08:00",
        &["2026-03-09 08:00 escalate 2/0 owner", "2026-03-10 09:00 escalate 2/1 owner"],
    );
    check(
        &policy(),
        Some("017"),
        ANA,
        "2026-03-05 08:30",
        &["2026-03-05 09:00 escalate 1/0 marta", "2026-03-05 14:00 escalate 2/0 owner"],
    );
}

#[test]
fn steps_of_one_moment_are_all_told() {
    let at_due = |tell| rung(Offset::After(mins(0)), tell, None);
    let policy = with_ladder(vec![at_due(Tell::Owner), at_due(Tell::Above(1))]);
    check(
        &policy,
        Some("017"),
        ANA,
        "2026-03-05 08:30",
        &["2026-03-05 09:00 remind 0/0 ana", "2026-03-05 09:00 escalate 1/0 marta"],
    );
}

#[test]
fn a_lower_step_is_never_taken_after_a_higher_one() {
    let policy = policy();
    let mut obligation = owed(Some("017"));
    told(&policy, &mut obligation, ANA, "2026-03-05 15:00", 1);
    assert_eq!(obligation.told.unwrap().rung, 2);
    // A clock that was set back must not climb down.
    assert_eq!(obligation.climb(&policy, &address(ANA), at("2026-03-04 17:30")), None);
    assert_eq!(obligation.told.unwrap().rung, 2);
}

#[test]
fn who_goes_home_sooner_than_the_one_who_owes_hears_of_it_in_the_morning() {
    let mut policy = policy();
    for (closing, told) in [
        ("09:00-17:46", "2026-03-04 18:00 escalate 1/0 marta"),
        ("09:00-17:45", "2026-03-05 09:00 escalate 1/0 marta"),
    ] {
        works(&mut policy, "004", LISBON, closing);
        let reminded = "2026-03-04 17:15 remind 0/0 ana";
        check(&policy, Some("017"), ANA, "2026-03-04 10:00", &[reminded, told]);
    }
}

#[test]
fn the_absent_are_not_written_to() {
    let mut policy = policy();
    away(&mut policy, "017", "2026-03-04", "2026-03-04");
    away(&mut policy, "004", "2026-03-05", "2026-03-06");
    of(&mut policy, "004").deputy = Some(id("021"));
    works(&mut policy, "004", LISBON, "09:00-17:00");
    check(
        &policy,
        Some("017"),
        ANA,
        "2026-03-04 10:00",
        &["2026-03-04 17:15 remind 0/0 ben", "2026-03-05 09:00 escalate 1/0 ben"],
    );
}

#[test]
fn whoever_answers_for_the_owner_is_not_told_of_their_own_lateness() {
    let mut policy = policy();
    away(&mut policy, "017", "2026-03-04", "2026-03-06");
    of(&mut policy, "017").deputy = Some(id("004"));
    check(
        &policy,
        Some("017"),
        ANA,
        "2026-03-04 10:00",
        &["2026-03-04 17:15 remind 0/0 marta", "2026-03-04 18:00 escalate 1/0 owner"],
    );
}

#[test]
fn who_comes_back_first_is_told_first() {
    // Ana is away until Thursday; Ben, who answers for her, works on Fridays.
    let mut policy = policy();
    away(&mut policy, "017", "2026-03-04", "2026-03-04");
    let mut fridays: [Vec<_>; 7] = Default::default();
    fridays[4] = hours("09:00-15:00");
    let calendar = Calendar::new(zone(LISBON), fridays, Vec::new()).unwrap();
    of(&mut policy, "021").calendar = calendar.into();
    policy.ladders.get_mut("standard").unwrap().rungs.truncate(1);
    check(&policy, Some("017"), HELP, "2026-03-04 17:15", &["2026-03-05 09:00 remind 0/0 ana"]);
}

#[test]
fn a_step_may_be_told_at_any_time() {
    let mut policy = policy();
    for rung in &mut policy.ladders.get_mut("standard").unwrap().rungs {
        rung.any_time = true;
    }
    check(
        &policy,
        Some("017"),
        ANA,
        "2026-03-04 10:00",
        &["2026-03-04 17:15 remind 0/0 ana", "2026-03-04 18:00 escalate 1/0 marta"],
    );
}

#[test]
fn a_repeat_counts_from_the_last_telling_until_the_next_step() {
    let policy = with_ladder(vec![
        rung(Offset::After(mins(240)), Tell::Above(1), None),
        rung(Offset::After(mins(0)), Tell::Owner, Some(mins(90))),
    ]);
    check(
        &policy,
        Some("017"),
        ANA,
        "2026-03-04 10:00",
        &[
            "2026-03-05 09:00 remind 0/0 ana",
            "2026-03-05 10:30 remind 0/1 ana",
            "2026-03-05 12:00 remind 0/2 ana",
            "2026-03-05 14:00 escalate 1/0 marta",
            // Without a repeat, the top is told again after five working days.
            "2026-03-12 14:00 escalate 1/1 marta",
            "2026-03-19 14:00 escalate 1/2 marta",
        ],
    );
}

#[test]
fn a_ladder_that_only_reminds_never_falls_silent() {
    let policy = with_ladder(vec![rung(Offset::Before(mins(45)), Tell::Owner, None)]);
    check(
        &policy,
        Some("017"),
        ANA,
        "2026-03-04 10:00",
        &["2026-03-04 17:15 remind 0/0 ana", "2026-03-11 17:15 remind 0/1 ana"],
    );
}

#[test]
fn a_repeat_of_nothing_is_no_tight_loop() {
    for nothing in [mins(0), Allowance::WorkingDays(0), Allowance::Elapsed(SignedDuration::ZERO)] {
        let policy = with_ladder(vec![rung(Offset::After(mins(0)), Tell::Owner, Some(nothing))]);
        check(
            &policy,
            Some("017"),
            ANA,
            "2026-03-05 10:00",
            &["2026-03-05 10:00 remind 0/0 ana", "2026-03-05 10:01 remind 0/1 ana"],
        );
    }
}

#[test]
fn a_case_of_a_rule_that_is_gone_keeps_a_ladder() {
    let mut obligation = owed(Some("017"));
    obligation.rule = "forgotten".to_owned();
    let lines = told(&policy(), &mut obligation, ANA, "2026-03-04 10:00", 1);
    assert_eq!(lines, ["2026-03-04 17:15 remind 0/0 ana"]);
}

#[test]
fn what_is_met_dropped_or_only_listed_has_no_alarm() {
    let policy = policy();
    let now = at("2026-03-09 10:00");
    let met = State::Met { at: now, by: None };
    let silent = [
        Obligation { state: met, ..owed(Some("017")) },
        Obligation { state: State::Dropped { at: now }, ..owed(Some("017")) },
        Obligation { enforced: false, ..owed(Some("017")) },
    ];
    for mut obligation in silent {
        assert_eq!(obligation.wake_at(&policy, &address(ANA), now), None);
        assert_eq!(obligation.climb(&policy, &address(ANA), now), None);
    }
}

#[test]
fn with_nobody_to_tell_there_is_still_an_alarm() {
    let mut policy = policy();
    policy.roster.people.clear();
    policy.roster.last_resort = None;
    let mut obligation = owed(Some("017"));
    let now = at("2026-03-09 10:00");
    assert_eq!(obligation.climb(&policy, &address(ANA), now), None);
    assert!(obligation.wake_at(&policy, &address(ANA), now).unwrap() > now);
}
