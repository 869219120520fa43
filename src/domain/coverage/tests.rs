//! Rosters with holes in them, and the lines that name these.

use super::super::fixture::*;
use super::super::policy::Policy;
use super::super::rota::Superior;
use super::*;

/// The gaps of one kind in the two weeks from Monday 2 March 2026 on.
fn told(policy: &Policy, kind: Kind) -> Vec<String> {
    let all = gaps(policy, at("2026-03-02 00:00"), SignedDuration::from_hours(14 * 24));
    let line =
        |gap: Gap| format!("{}..{} {}", &shown(gap.from)[5..], &shown(gap.to)[5..], gap.what);
    all.into_iter().filter(|gap| gap.kind == kind).map(line).collect()
}

#[test]
fn a_house_where_everybody_is_here_has_no_gap() {
    let length = SignedDuration::from_hours(60 * 24);
    assert_eq!(gaps(&policy(), at("2026-03-02 10:07"), length), []);
}

#[test]
fn a_mailbox_that_is_open_while_nobody_of_it_works_is_named_once_a_stretch() {
    let mut policy = policy();
    works(&mut policy, "017", LISBON, "09:00-12:30");
    works(&mut policy, "021", LISBON, "09:00-12:30");
    let names = told(&policy, Kind::Unattended);
    let open = "help@brook.example is open, and nobody who serves it works";
    assert_eq!(names.len(), 10, "each working day of two weeks");
    assert_eq!(names[0], format!("03-02 13:30..03-02 18:00 {open}"));
    assert_eq!(names[4], format!("03-06 12:30..03-06 15:00 {open}"), "Friday ends at three");
    help(&mut policy).calendar = None;
    assert_eq!(told(&policy, Kind::Unattended), [""; 0], "it is open when its people work");
}

#[test]
fn whoever_acts_for_somebody_attends_their_mailbox() {
    let mut policy = policy();
    help(&mut policy).served_by = vec![id("017")];
    away(&mut policy, "017", "2026-03-04", "2026-03-04");
    assert_eq!(told(&policy, Kind::Unattended), [""; 0], "Ben acts for her");
    of(&mut policy, "017").deputy = None;
    assert_eq!(told(&policy, Kind::Unattended).len(), 2, "before and after lunch");
}

#[test]
fn a_head_who_is_the_last_resort_themselves_is_missing_only_when_away() {
    let mut policy = policy();
    policy.roster.last_resort = of(&mut policy, "004").addresses.first().cloned();
    assert_eq!(told(&policy, Kind::LastResort), [""; 0]);
    away(&mut policy, "004", "2026-03-04", "2026-03-05");
    let names = told(&policy, Kind::LastResort);
    assert!(names.len() == 1 && names[0].starts_with("03-04 00:00..03-06 00:00"), "{names:?}");
}

#[test]
fn absences_are_named_with_what_hangs_on_them() {
    let mut policy = policy();
    away(&mut policy, "004", "2026-03-04", "2026-03-05");
    assert_eq!(
        told(&policy, Kind::NoDeputy),
        ["03-04 00:00..03-06 00:00 Marta Brook is away, and has no deputy"]
    );
    assert_eq!(
        told(&policy, Kind::LastResort),
        ["03-04 00:00..03-06 00:00 nobody above Ana Ruiz and Ben Ode is here: \
         only owner@brook.example would be told"]
    );
    away(&mut policy, "017", "2026-03-05", "2026-03-05");
    assert_eq!(told(&policy, Kind::NoDeputy).len(), 1, "Ben acts for Ana");
    assert_eq!(told(&policy, Kind::Everybody), [""; 0]);
    away(&mut policy, "021", "2026-03-05", "2026-03-06");
    assert_eq!(
        told(&policy, Kind::NoDeputy)[1..],
        [
            "03-05 00:00..03-06 00:00 Ana Ruiz is away, and so is who would act for them, Ben Ode",
            "03-05 00:00..03-07 00:00 Ben Ode is away, and has no deputy",
        ]
    );
    assert_eq!(told(&policy, Kind::Everybody), ["03-05 00:00..03-06 00:00 everybody is away"]);
}

#[test]
fn a_turn_whose_person_is_away_is_named_with_who_is_told_instead() {
    let mut policy = policy();
    rota(&mut policy, "duty", &["004", "021"]);
    of(&mut policy, "017").supervisor = Some(Superior::Rota("duty".to_owned()));
    away(&mut policy, "004", "2026-03-06", "2026-03-10");
    let turn = "in the rota “duty” it is Marta Brook's turn, who is away";
    assert_eq!(
        told(&policy, Kind::Rota),
        [format!("03-06 00:00..03-09 09:00 {turn}: Ben Ode is told instead")]
    );
    away(&mut policy, "021", "2026-03-08", "2026-03-08");
    assert_eq!(
        told(&policy, Kind::Rota),
        [
            format!("03-06 00:00..03-08 00:00 {turn}: Ben Ode is told instead"),
            format!("03-08 00:00..03-09 00:00 {turn}: nobody else of it is here"),
            format!("03-09 00:00..03-09 09:00 {turn}: Ben Ode is told instead"),
        ]
    );
}
