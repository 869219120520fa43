//! Due times row by row: what differs from the commented configuration, when
//! it arrived, when it is due, and the words that say why.

use jiff::SignedDuration;

use super::super::fixture::*;
use super::*;

/// What a row changes in the organisation.
type Change = fn(&mut Policy);

/// Change, mailbox, owner, arrival, due, words.
type Row = (Change, &'static str, Option<&'static str>, &'static str, &'static str, &'static str);

const HELP: &str = "help@brook.example";
const ANA: &str = "ana@brook.example";
const BEN: &str = "ben@brook.example";

fn check(rows: &[Row]) {
    for (row, (change, mailbox, owner, arrival, expected, words)) in rows.iter().enumerate() {
        let mut policy = policy();
        change(&mut policy);
        let (mailbox, owner) = (address(mailbox), owner.map(id));
        let place = Place { mailbox: &mailbox, owner: owner.as_ref() };
        let due = due(&policy, &policy.rules[0], place, at(arrival));
        assert_eq!(shown(due.at), *expected, "row {row}, {arrival}: {}", due.because);
        assert!(due.because.contains(words), "row {row}, {arrival}: {}", due.because);
    }
}

fn as_it_is(_: &mut Policy) {}

fn ana_is_away(policy: &mut Policy) {
    away(policy, "017", "2026-03-05", "2026-03-06");
}

fn ana_and_ben_are_away(policy: &mut Policy) {
    ana_is_away(policy);
    away(policy, "021", "2026-03-05", "2026-03-06");
}

fn ana_is_away_and_ben_starts_early(policy: &mut Policy) {
    ana_is_away(policy);
    works(policy, "021", LISBON, "07:00-08:00");
}

fn ben_in_auckland_is_away_tomorrow(policy: &mut Policy) {
    works(policy, "021", "Pacific/Auckland", "09:00-17:00");
    away(policy, "021", "2026-03-05", "2026-03-05");
    of(policy, "021").deputy = Some(id("004"));
}

fn everybody_is_away(policy: &mut Policy) {
    ana_and_ben_are_away(policy);
    away(policy, "004", "2026-03-05", "2026-03-06");
}

fn ben_stays_longer(policy: &mut Policy) {
    works(policy, "021", LISBON, "12:00-20:00");
}

fn ben_stays_longer_and_help_has_no_hours(policy: &mut Policy) {
    ben_stays_longer(policy);
    help(policy).calendar = None;
}

fn ben_leaves_early(policy: &mut Policy) {
    works(policy, "021", LISBON, "07:00-13:00");
}

fn only_ben_in(policy: &mut Policy, zone: &str, hours: &str) {
    help(policy).served_by = vec![id("021")];
    works(policy, "021", zone, hours);
}

fn ben_in_new_york(policy: &mut Policy) {
    only_ben_in(policy, "America/New_York", "09:00-17:00");
}

fn ben_in_honolulu(policy: &mut Policy) {
    only_ben_in(policy, "Pacific/Honolulu", "08:30-17:00");
}

fn ben_at_night(policy: &mut Policy) {
    only_ben_in(policy, LISBON, "22:00-06:00");
}

fn ben_always(policy: &mut Policy) {
    of(policy, "021").calendar = Arc::new(Calendar::always(zone(LISBON)));
}

fn ben_for_minutes(policy: &mut Policy) {
    only_ben_in(policy, LISBON, "09:00-09:20");
}

fn help_is_shut_on_thursday(policy: &mut Policy) {
    let shut = office().without(&[days("2026-03-05", "2026-03-05")]).unwrap();
    help(policy).calendar = Some(Arc::new(shut));
}

fn within(policy: &mut Policy, amount: Allowance, before_leaving: bool) {
    policy.rules[0].reply_within = Some(amount);
    policy.rules[0].before_leaving = before_leaving;
}

fn within_4h(policy: &mut Policy) {
    within(policy, mins(240), false);
}

fn within_4h_elapsed(policy: &mut Policy) {
    within(policy, Allowance::Elapsed(SignedDuration::from_hours(4)), false);
}

fn within_2d(policy: &mut Policy) {
    within(policy, Allowance::WorkingDays(2), false);
}

fn within_2h_before_leaving(policy: &mut Policy) {
    within(policy, mins(120), true);
}

fn within_2h_and_help_always(policy: &mut Policy) {
    within(policy, mins(120), true);
    help(policy).calendar = Some(Arc::new(Calendar::always(zone(LISBON))));
}

#[test]
fn an_answer_is_due_before_somebody_leaves() {
    check(&[
        (as_it_is, HELP, None, "2026-03-04 10:00", "2026-03-04 18:00", "Ana Ruiz leaves on Wed"),
        (as_it_is, HELP, None, "2026-03-04 07:00", "2026-03-04 18:00", "Ana Ruiz leaves"),
        (as_it_is, HELP, None, "2026-03-04 12:45", "2026-03-04 18:00", "Ana Ruiz leaves"),
        (as_it_is, HELP, None, "2026-03-04 17:29", "2026-03-04 18:00", "Ana Ruiz leaves"),
        (as_it_is, HELP, None, "2026-03-04 17:30", "2026-03-05 18:00", "next working day"),
        (as_it_is, HELP, None, "2026-03-04 18:00", "2026-03-05 18:00", "next working day"),
        (as_it_is, HELP, None, "2026-03-04 23:59", "2026-03-05 18:00", "next working day"),
        (as_it_is, HELP, None, "2026-03-05 17:45", "2026-03-06 15:00", "Friday 15:00"),
        (as_it_is, HELP, None, "2026-03-06 14:45", "2026-03-09 18:00", "Monday 18:00"),
        (as_it_is, HELP, None, "2026-03-07 12:00", "2026-03-09 18:00", "Monday 18:00"),
        (as_it_is, HELP, None, "2026-03-28 12:00", "2026-03-30 18:00", "Monday 18:00"),
        (as_it_is, HELP, None, "2026-12-24 17:45", "2027-01-01 15:00", "Friday 15:00"),
        (as_it_is, ANA, Some("017"), "2026-03-04 10:00", "2026-03-04 18:00", "Ana Ruiz leaves"),
        // The last of the mailbox, while nobody has it; then its owner.
        (ben_stays_longer, HELP, None, "2026-03-04 10:00", "2026-03-04 18:00", "mailbox closes on"),
        (ben_stays_longer, HELP, None, "2026-03-04 17:45", "2026-03-05 18:00", "mailbox closes on"),
        (
            ben_stays_longer_and_help_has_no_hours,
            HELP,
            None,
            "2026-03-04 18:30",
            "2026-03-04 20:00",
            "Ben Ode leaves",
        ),
        (
            ben_stays_longer_and_help_has_no_hours,
            HELP,
            Some("017"),
            "2026-03-04 18:30",
            "2026-03-05 18:00",
            "Ana Ruiz leaves",
        ),
        (ben_leaves_early, HELP, None, "2026-03-04 08:00", "2026-03-04 18:00", "Ana Ruiz leaves"),
        (ben_leaves_early, HELP, Some("021"), "2026-03-04 08:00", "2026-03-04 13:00", "Ben Ode"),
        (help_is_shut_on_thursday, HELP, None, "2026-03-04 17:45", "2026-03-06 15:00", "Friday"),
        // A day of minutes is still the next working day for what came before it.
        (ben_for_minutes, HELP, None, "2026-03-04 08:00", "2026-03-04 09:20", "Ben Ode leaves"),
        (ben_for_minutes, HELP, None, "2026-03-04 09:05", "2026-03-05 09:20", "Ben Ode leaves"),
    ]);
}

#[test]
fn the_absent_are_answered_for() {
    check(&[
        // Ana is away on Thursday and Friday; Ben is her deputy.
        (ana_is_away, ANA, Some("017"), "2026-03-04 10:00", "2026-03-04 18:00", "Ana Ruiz leaves"),
        (ana_is_away, ANA, Some("017"), "2026-03-04 17:45", "2026-03-05 18:00", "Ben Ode leaves"),
        (ana_is_away, ANA, Some("017"), "2026-03-05 10:00", "2026-03-05 18:00", "Ben Ode leaves"),
        (ana_is_away, ANA, Some("017"), "2026-03-06 14:45", "2026-03-09 18:00", "Ana Ruiz leaves"),
        (ana_is_away, HELP, None, "2026-03-04 17:45", "2026-03-05 18:00", "Ben Ode leaves"),
        (ana_is_away, HELP, Some("017"), "2026-03-05 10:00", "2026-03-05 18:00", "Ben Ode leaves"),
        (ana_and_ben_are_away, ANA, Some("017"), "2026-03-05 10:00", "2026-03-05 18:00", "Marta"),
        (ana_and_ben_are_away, HELP, None, "2026-03-05 10:00", "2026-03-05 18:00", "Marta"),
        (
            ana_is_away_and_ben_starts_early,
            ANA,
            Some("017"),
            "2026-03-04 17:45",
            "2026-03-05 08:00",
            "Ben Ode",
        ),
        // Tomorrow begins in Auckland while it is today in Lisbon.
        (
            ben_in_auckland_is_away_tomorrow,
            BEN,
            Some("021"),
            "2026-03-04 10:00",
            "2026-03-05 18:00",
            "Marta",
        ),
        // Only the last resort is left, and it has no hours: the day on which Ana
        // would leave, never that of her return.
        (everybody_is_away, ANA, Some("017"), "2026-03-05 10:00", "2026-03-05 18:00", "are away"),
    ]);
}

#[test]
fn a_person_leaves_on_their_own_clocks() {
    check(&[
        (ben_in_new_york, BEN, Some("021"), "2026-03-04 10:00", "2026-03-04 22:00", "Ben Ode"),
        (ben_in_new_york, HELP, None, "2026-03-04 10:00", "2026-03-04 18:00", "mailbox closes on"),
        (ben_in_new_york, HELP, None, "2026-03-04 17:45", "2026-03-05 18:00", "mailbox closes on"),
        // Where the mailbox is shut whenever they work, its own promise holds.
        (ben_in_honolulu, HELP, None, "2026-03-04 10:00", "2026-03-04 18:00", "closes then"),
        (ben_in_honolulu, HELP, None, "2026-03-04 17:45", "2026-03-05 18:00", "closes then"),
        (ben_at_night, BEN, Some("021"), "2026-03-04 23:00", "2026-03-05 06:00", "Ben Ode leaves"),
        (ben_at_night, BEN, Some("021"), "2026-03-05 02:00", "2026-03-05 06:00", "Ben Ode leaves"),
        (ben_at_night, BEN, Some("021"), "2026-03-05 05:45", "2026-03-06 06:00", "Ben Ode leaves"),
        (ben_at_night, BEN, Some("021"), "2026-03-07 05:45", "2026-03-10 06:00", "Ben Ode leaves"),
        (ben_always, BEN, Some("021"), "2026-03-04 19:00", "2026-03-05 00:00", "Ben Ode leaves"),
        (ben_always, BEN, Some("021"), "2026-03-04 23:45", "2026-03-06 00:00", "Ben Ode leaves"),
    ]);
}

#[test]
fn the_promise_counts_on_the_calendar_of_the_mailbox() {
    check(&[
        (within_4h, HELP, None, "2026-03-04 10:00", "2026-03-04 15:00", "4h of working time"),
        (within_4h, HELP, None, "2026-03-04 14:00", "2026-03-04 18:00", "4h of working time"),
        (within_4h, HELP, None, "2026-03-06 13:00", "2026-03-09 11:00", "4h of working time"),
        (within_4h, HELP, None, "2026-03-07 13:00", "2026-03-09 14:00", "4h of working time"),
        (within_4h, BEN, Some("021"), "2026-03-04 14:00", "2026-03-04 18:00", "4h of working"),
        (within_4h_elapsed, HELP, None, "2026-03-04 16:00", "2026-03-04 20:00", "4h on the clock"),
        (within_2d, HELP, None, "2026-03-04 10:00", "2026-03-06 10:00", "2 working days"),
        (within_2d, HELP, None, "2026-03-04 17:00", "2026-03-06 15:00", "2 working days"),
        (within_2d, HELP, None, "2026-03-05 17:00", "2026-03-09 17:00", "2 working days"),
        (within_2h_before_leaving, HELP, None, "2026-03-04 10:00", "2026-03-04 12:00", "2h of"),
        (within_2h_before_leaving, HELP, None, "2026-03-04 17:00", "2026-03-04 18:00", "leaves"),
        (within_2h_before_leaving, HELP, None, "2026-03-04 17:45", "2026-03-05 10:45", "2h of"),
        (within_2h_and_help_always, HELP, None, "2026-03-04 19:00", "2026-03-04 21:00", "2h of"),
        (within_2h_and_help_always, HELP, None, "2026-03-04 17:15", "2026-03-04 18:00", "leaves"),
    ]);
}

#[test]
fn a_rule_without_a_target_leaves_nobody_waiting() {
    fn no_target(policy: &mut Policy) {
        policy.rules[0].before_leaving = false;
    }
    check(&[(no_target, HELP, None, "2026-03-04 10:00", "2026-03-04 10:00", "no target")]);
}

#[test]
fn without_anybody_the_mailbox_still_closes() {
    let mut policy = policy();
    policy.roster.people.clear();
    let mailbox = address(HELP);
    let place = Place { mailbox: &mailbox, owner: None };
    let due = due(&policy, &policy.rules[0], place, at("2026-03-04 10:00"));
    assert_eq!(
        (shown(due.at).as_str(), due.because.as_str()),
        ("2026-03-04 18:00", "the mailbox closes then")
    );
}
