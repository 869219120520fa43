//! Who acts, who is on duty, and who is above whom, while people come and go.

use super::super::fixture::*;
use super::super::policy::Policy;
use super::*;

const NOON: &str = "2026-03-04 12:00";

fn short(person: Option<&Person>) -> &str {
    person.and_then(|person| person.short.as_deref()).unwrap_or("nobody")
}

#[test]
fn a_deputy_acts_for_who_is_away_and_a_loop_ends() {
    let mut policy = policy();
    let acting = |policy: &Policy, day: &str| {
        short(policy.roster.acting_for(&id("017"), at(&format!("{day} 12:00")))).to_owned()
    };
    assert_eq!(acting(&policy, "2026-03-04"), "ana");
    away(&mut policy, "017", "2026-03-04", "2026-03-04");
    assert_eq!(acting(&policy, "2026-03-03"), "ana");
    assert_eq!(acting(&policy, "2026-03-04"), "ben");
    assert_eq!(acting(&policy, "2026-03-05"), "ana", "one day is one day");
    away(&mut policy, "021", "2026-03-04", "2026-03-04");
    assert_eq!(acting(&policy, "2026-03-04"), "nobody");
    of(&mut policy, "021").deputy = Some(id("004"));
    assert_eq!(acting(&policy, "2026-03-04"), "marta", "a deputy's deputy");
    of(&mut policy, "021").deputy = Some(id("017"));
    assert_eq!(acting(&policy, "2026-03-04"), "nobody", "each is the other's");
    of(&mut policy, "021").deputy = Some(id("021"));
    assert_eq!(acting(&policy, "2026-03-04"), "nobody", "their own");
    assert!(policy.roster.acting_for(&id("999"), at(NOON)).is_none());
}

#[test]
fn a_night_shift_is_of_the_day_on_which_it_starts() {
    let mut policy = policy();
    works(&mut policy, "021", LISBON, "22:00-06:00");
    away(&mut policy, "021", "2026-03-04", "2026-03-04");
    let is_away = |civil: &str| policy.roster.people[&id("021")].is_away(at(civil));
    assert!(!is_away("2026-03-04 02:00"), "Tuesday's shift");
    assert!(is_away("2026-03-04 22:00"));
    assert!(is_away("2026-03-05 02:00"), "Wednesday's shift");
}

#[test]
fn whoever_leaves_last_is_on_duty() {
    let mut policy = policy();
    let on_duty = |policy: &Policy, mailbox: &str, civil: &str| {
        short(policy.roster.on_duty(&address(mailbox), at(civil))).to_owned()
    };
    let help = "help@brook.example";
    assert_eq!(on_duty(&policy, help, NOON), "ana", "the first named of two who leave together");
    works(&mut policy, "021", LISBON, "12:00-20:00");
    assert_eq!(on_duty(&policy, help, NOON), "ben");
    away(&mut policy, "021", "2026-03-04", "2026-03-04");
    assert_eq!(on_duty(&policy, help, NOON), "ana");
    works(&mut policy, "021", LISBON, "07:00-11:00");
    assert_eq!(on_duty(&policy, help, "2026-03-05 16:00"), "ana", "Ben is back tomorrow only");
    assert_eq!(on_duty(&policy, "ben@brook.example", "2026-03-05 16:00"), "ben");
    assert_eq!(on_duty(&policy, "nobody@brook.example", NOON), "nobody");
}

#[test]
fn the_chain_above_skips_the_away_and_never_ends_in_nobody() {
    let mut policy = policy();
    let above = |policy: &Policy, person: &str, levels| {
        let found = policy.roster.above(Some(&id(person)), levels, at(NOON));
        found.map_or("nobody".to_owned(), |to| to.address.local_part().to_owned())
    };
    assert_eq!(above(&policy, "017", 1), "marta");
    assert_eq!(above(&policy, "017", 2), "owner", "nobody is above Marta");
    assert_eq!(above(&policy, "004", 1), "owner");
    assert_eq!(above(&policy, "999", 1), "owner");
    assert_eq!(above(&policy, "017", u8::MAX), "owner");
    away(&mut policy, "004", "2026-03-04", "2026-03-04");
    assert_eq!(above(&policy, "017", 1), "owner");
    of(&mut policy, "004").deputy = Some(id("021"));
    assert_eq!(above(&policy, "017", 1), "ben", "Marta's deputy");
    assert_eq!(above(&policy, "021", 1), "owner", "nobody is told of their own lateness");
    of(&mut policy, "004").absences.clear();
    of(&mut policy, "004").supervisor = Some(Superior::Person(id("004")));
    assert_eq!(above(&policy, "004", 1), "owner", "nobody is above themselves");
    of(&mut policy, "004").supervisor = Some(Superior::Person(id("017")));
    assert_eq!(above(&policy, "017", 2), "marta", "a ring goes on to somebody else");
    policy.roster.last_resort = None;
    of(&mut policy, "004").supervisor = None;
    assert_eq!(above(&policy, "004", 1), "nobody", "which the configuration refuses");
}

#[test]
fn the_last_resort_may_be_a_person() {
    let mut policy = policy();
    policy.roster.last_resort = Some(address("ben@brook.example"));
    let told = policy.roster.above(Some(&id("004")), 1, at(NOON)).unwrap();
    assert_eq!(told.person, Some(id("021")));
    assert!(policy.roster.calendar_of(&told).is_some());
}

#[test]
fn an_address_is_watched_ours_or_a_strangers() {
    let mut policy = policy();
    of(&mut policy, "017").addresses.push(address("ana@elsewhere.example"));
    let table = [
        ("help@brook.example", true, true),
        ("Ana@Brook.example", true, true),
        ("ana@elsewhere.example", true, true),
        ("former@brook.example", false, true),
        ("ann@customer.example", false, false),
        ("ann@not-brook.example", false, false),
        ("ann@sub.brook.example", false, false),
    ];
    for (text, watched, ours) in table {
        let roster = &policy.roster;
        assert_eq!(roster.watches(&address(text)), watched, "{text}");
        assert_eq!(roster.is_ours(&address(text)), ours, "{text}");
    }
}

#[test]
fn people_are_called_by_short_name_number_or_address() {
    let policy = policy();
    for name in ["ana", "017", "ANA@brook.example"] {
        assert_eq!(short(policy.roster.person_called(name)), "ana", "{name}");
    }
    assert!(policy.roster.person_called("an").is_none());
    assert_eq!(policy.roster.name_of(&id("017")), "Ana Ruiz");
    assert_eq!(policy.roster.name_of(&id("999")), "999");
}

#[test]
fn a_person_is_called_by_what_is_theirs_alone() {
    let mut policy = policy();
    for name in ["ana", "ANA", "017", "ana@brook.example", "Ana Ruiz", "ana ruiz"] {
        assert_eq!(short(policy.roster.person_called(name)), "ana", "{name}");
    }
    assert_eq!(short(policy.roster.person_called("anabel")), "nobody");
    of(&mut policy, "021").name = "Ana Ruiz".to_owned();
    assert_eq!(short(policy.roster.person_called("Ana Ruiz")), "nobody", "which of the two?");
    assert_eq!(short(policy.roster.person_called("ben")), "ben");
}

fn above(policy: &Policy, person: &str, levels: u8, civil: &str) -> String {
    let found = policy.roster.above(Some(&id(person)), levels, at(civil));
    found.map_or("nobody".to_owned(), |to| to.address.local_part().to_owned())
}

#[test]
fn of_a_rota_whoever_is_on_duty_is_told_or_the_next_who_is_here() {
    let mut policy = policy();
    rota(&mut policy, "duty", &["004", "021"]);
    of(&mut policy, "017").supervisor = Some(Superior::Rota("duty".to_owned()));
    let told = |policy: &Policy| above(policy, "017", 1, NOON);
    assert_eq!(above(&policy, "017", 1, "2026-03-11 12:00"), "ben", "his week");
    assert_eq!(told(&policy), "marta", "her week");
    away(&mut policy, "004", "2026-03-04", "2026-03-04");
    assert_eq!(told(&policy), "ben", "the next of them");
    of(&mut policy, "004").deputy = Some(id("017"));
    assert_eq!(told(&policy), "ben", "nobody is told of their own lateness");
    away(&mut policy, "021", "2026-03-04", "2026-03-04");
    assert_eq!(told(&policy), "owner", "all of them are away");
    of(&mut policy, "004").supervisor = Some(Superior::Person(id("017")));
    of(&mut policy, "017").deputy = None;
    assert_eq!(told(&policy), "owner", "a circle ends");
    policy.roster.rotas.clear();
    assert_eq!(told(&policy), "owner", "a rota that is gone");
}

#[test]
fn who_is_above_a_rota_is_nobody_who_was_told_already() {
    let mut policy = policy();
    rota(&mut policy, "duty", &["021", "017"]);
    for member in ["017", "021"] {
        of(&mut policy, member).supervisor = Some(Superior::Rota("duty".to_owned()));
    }
    assert_eq!(above(&policy, "017", 1, NOON), "ben");
    assert_eq!(above(&policy, "021", 1, NOON), "ana", "on duty and late: the next of them");
    assert_eq!(above(&policy, "017", 2, NOON), "owner", "all of the rota were told, or are late");
    of(&mut policy, "021").supervisor = Some(Superior::Person(id("004")));
    assert_eq!(above(&policy, "017", 2, NOON), "marta", "who is above the one on duty");
    away(&mut policy, "021", "2026-03-04", "2026-03-04");
    assert_eq!(above(&policy, "017", 1, NOON), "marta", "nobody else of the rota is left");
}

#[test]
fn what_a_person_has_to_do_with_leads_to_them() {
    let mut policy = policy();
    let leading = |policy: &Policy, person: &str| {
        let person = id(person);
        let (people, mailboxes) = policy.roster.leading_to(&person);
        let people: Vec<&str> = people.into_iter().map(PersonId::as_str).collect();
        (people.join(" "), mailboxes.len())
    };
    assert_eq!(leading(&policy, "004"), ("004 017 021".to_owned(), 1), "she is above both");
    assert_eq!(leading(&policy, "021"), ("017 021".to_owned(), 1), "he is Ana's deputy");
    assert_eq!(leading(&policy, "017"), ("017".to_owned(), 1));
    away(&mut policy, "021", "2026-03-04", "2026-03-04");
    assert_eq!(leading(&policy, "017"), ("017 021".to_owned(), 1), "she has his mailbox alone");
    of(&mut policy, "021").absences.clear();
    rota(&mut policy, "duty", &["017"]);
    of(&mut policy, "004").supervisor = Some(Superior::Rota("duty".to_owned()));
    assert_eq!(leading(&policy, "017"), ("004 017 021".to_owned(), 1), "and all above whom she is");
}
