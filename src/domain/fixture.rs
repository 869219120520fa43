//! A small organisation that the tests of this folder share.
//!
//! It is the one of the commented configuration: Marta Brook is above Ana Ruiz
//! and Ben Ode, who serve help@brook.example; Ben is Ana's deputy. Times are
//! written on the clocks of Lisbon. 2 March 2026 is a Monday.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::ProptestConfig;

use super::calendar::{Allowance, Calendar, Days, Interval};
use super::ids::{Address, PersonId};
use super::ladder::{Ladder, Offset, Rung, Tell};
use super::policy::{Pace, Policy};
use super::roster::{Mailbox, Person, Roster};
use super::rota::{Rota, Superior};
use super::rule::{Rule, When};

/// The organisation's zone.
pub(super) const LISBON: &str = "Europe/Lisbon";

pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// The instant of a civil time in Lisbon.
pub(super) fn at(civil: &str) -> Timestamp {
    let civil: DateTime = civil.parse().unwrap();
    zone(LISBON).to_ambiguous_zoned(civil).compatible().unwrap().timestamp()
}

/// An instant as the clocks in Lisbon show it.
pub(super) fn shown(at: Timestamp) -> String {
    at.to_zoned(zone(LISBON)).strftime("%F %H:%M").to_string()
}

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(super) fn id(text: &str) -> PersonId {
    PersonId::new(text)
}

pub(super) fn days(first: &str, last: &str) -> Days {
    Days { first: first.parse().unwrap(), last: last.parse().unwrap() }
}

pub(super) fn mins(minutes: i64) -> Allowance {
    Allowance::Working(SignedDuration::from_mins(minutes))
}

/// `"09:00-12:30 13:30-18:00"` as intervals.
pub(super) fn hours(text: &str) -> Vec<Interval> {
    let minutes = |text: &str| {
        let (hour, minute) = text.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let interval = |text: &str| {
        let (start, end) = text.split_once('-').unwrap();
        Interval::new(minutes(start), minutes(end)).unwrap()
    };
    text.split_whitespace().map(interval).collect()
}

/// A week of five equal days, with its own Saturday and Sunday.
pub(super) fn week(weekday: &str, saturday: &str, sunday: &str) -> [Vec<Interval>; 7] {
    std::array::from_fn(|day| hours([weekday, saturday, sunday][day.saturating_sub(4)]))
}

/// The office of the commented configuration: Friday ends at 15:00.
pub(super) fn office() -> Calendar {
    let mut week = week("09:00-12:30 13:30-18:00", "", "");
    week[4] = hours("09:00-15:00");
    let closed = vec![days("2026-12-25", "2026-12-25"), days("2026-12-28", "2026-12-31")];
    Calendar::new(zone(LISBON), week, closed).unwrap()
}

fn person(number: &str, name: &str, supervisor: Option<&str>) -> Person {
    let short = name.split(' ').next().unwrap().to_lowercase();
    Person {
        id: id(number),
        name: name.to_owned(),
        addresses: vec![address(&format!("{short}@brook.example"))],
        short: Some(short),
        calendar: Arc::new(office()),
        supervisor: supervisor.map(|above| Superior::Person(id(above))),
        deputy: None,
        absences: Vec::new(),
    }
}

/// A rule for everybody, due before leaving.
pub(super) fn rule() -> Rule {
    Rule {
        name: "everyone".to_owned(),
        when: When::default(),
        reply_within: None,
        before_leaving: true,
        cutoff: SignedDuration::from_mins(30),
        escalation: "standard".to_owned(),
        cc: false,
        resolve_within: None,
        keep_informed: None,
        close_after_quiet: None,
        job_on_close: false,
        receipt: false,
        transcript_on_close: false,
    }
}

pub(super) fn rung(offset: Offset, tell: Tell, repeat: Option<Allowance>) -> Rung {
    Rung { offset, tell, any_time: false, repeat }
}

/// The ladder of the commented configuration.
pub(super) fn standard() -> Ladder {
    let day = Some(Allowance::WorkingDays(1));
    let rungs = vec![
        rung(Offset::Before(mins(45)), Tell::Owner, None),
        rung(Offset::After(mins(0)), Tell::Above(1), None),
        rung(Offset::After(mins(240)), Tell::Above(2), day),
    ];
    Ladder::new("standard", rungs)
}

/// The whole organisation.
pub(super) fn policy() -> Policy {
    let mut ana = person("017", "Ana Ruiz", Some("004"));
    ana.deputy = Some(id("021"));
    let ben = person("021", "Ben Ode", Some("004"));
    let people = [person("004", "Marta Brook", None), ana, ben];
    let help = Mailbox {
        address: address("help@brook.example"),
        served_by: vec![id("017"), id("021")],
        calendar: Some(Arc::new(office())),
        forms: Vec::new(),
    };
    Policy {
        roster: Roster {
            organisation: "Brook & Sons".to_owned(),
            domains: vec!["brook.example".to_owned()],
            zone: zone(LISBON),
            last_resort: Some(address("owner@brook.example")),
            people: people.into_iter().map(|person| (person.id.clone(), person)).collect(),
            rotas: BTreeMap::new(),
            mailboxes: BTreeMap::from([(help.address.clone(), help)]),
        },
        rules: vec![rule()],
        ladders: BTreeMap::from([("standard".to_owned(), standard())]),
        enforce_from: None,
        before_leaving: Some(SignedDuration::from_mins(30)),
        schedules: Vec::new(),
        pace: Pace::default(),
        check_in: None,
        writes_to_contacts: true,
    }
}

/// Somebody of the organisation, to be changed.
pub(super) fn of<'a>(policy: &'a mut Policy, number: &str) -> &'a mut Person {
    policy.roster.people.get_mut(&id(number)).unwrap()
}

/// Makes a rota of these people, whose turns change each Monday at nine.
pub(super) fn rota(policy: &mut Policy, name: &str, people: &[&str]) {
    let rota = Rota {
        people: people.iter().map(|person| id(person)).collect(),
        first: "2026-03-02".parse().unwrap(),
        turn: 7,
        at: jiff::civil::time(9, 0, 0, 0),
        zone: zone(LISBON),
        overrides: Vec::new(),
    };
    policy.roster.rotas.insert(name.to_owned(), rota);
}

/// Sends somebody away.
pub(super) fn away(policy: &mut Policy, number: &str, first: &str, last: &str) {
    of(policy, number).absences.push(days(first, last));
}

/// Gives somebody other hours from Monday to Friday, on the clocks of `zone_name`.
pub(super) fn works(policy: &mut Policy, number: &str, zone_name: &str, weekday: &str) {
    let calendar = Calendar::new(zone(zone_name), week(weekday, "", ""), Vec::new());
    of(policy, number).calendar = Arc::new(calendar.unwrap());
}

/// The shared mailbox, to be changed.
pub(super) fn help(policy: &mut Policy) -> &mut Mailbox {
    policy.roster.mailboxes.get_mut(&address("help@brook.example")).unwrap()
}

/// So many worlds; a failing one is printed, and kept nowhere.
pub(super) fn cases(worlds: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(worlds) }
}
