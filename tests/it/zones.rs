//! Working time in every zone there is, around every change of the clocks from
//! 2020 to 2040.
//!
//! Zones whose clocks change in the same way at the same instant are one to a
//! calendar, so each change is tried once; a zone that changes nothing is tried
//! at one instant for its offset.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::tz::{TimeZone, TimeZoneTransition};
use jiff::{SignedDuration, Timestamp};
use owed::config::load;
use owed::domain::calendar::{Calendar, Days, Interval};
use owed::domain::deadline::{Place, due};
use owed::domain::ids::Address;
use owed::domain::policy::Policy;

const NANOSECOND: SignedDuration = SignedDuration::from_nanos(1);

/// Minutes from a change at which things are tried, in order.
const AROUND: [i64; 9] = [-4000, -1500, -200, -31, 0, 29, 61, 700, 3000];

/// Amounts of working time, in seconds.
const AMOUNTS: [i64; 3] = [1, 4 * 3600, 40 * 3600 + 7];

/// One change of the clocks, and a zone in which it is made.
struct Change {
    at: Timestamp,
    zone: TimeZone,
    name: String,
}

impl Change {
    fn instants(&self) -> impl Iterator<Item = Timestamp> + '_ {
        AROUND.iter().map(|minutes| self.at + SignedDuration::from_mins(*minutes))
    }
}

fn changes() -> Vec<Change> {
    let (first, last): (Timestamp, Timestamp) =
        ("2020-01-01T00:00Z".parse().unwrap(), "2041-01-01T00:00Z".parse().unwrap());
    let quiet: Timestamp = "2030-06-05T12:00Z".parse().unwrap();
    let mut found = BTreeMap::new();
    let mut zones = 0;
    for name in jiff::tz::db().available() {
        let Ok(zone) = TimeZone::get(name.as_str()) else { continue };
        zones += 1;
        let before = |at: Timestamp| zone.to_offset(at - NANOSECOND).seconds();
        let instants =
            zone.following(first).map(|change: TimeZoneTransition<'_>| change.timestamp());
        for at in instants.take_while(|at| *at < last).chain([quiet]) {
            let key = (at, before(at), zone.to_offset(at).seconds());
            found.entry(key).or_insert_with(|| (zone.clone(), name.to_string()));
        }
    }
    assert!(zones > 400, "only {zones} zones");
    let found: Vec<Change> =
        found.into_iter().map(|((at, ..), (zone, name))| Change { at, zone, name }).collect();
    assert!(found.len() > 800, "only {} changes", found.len());
    found
}

fn hours(text: &str) -> Vec<Interval> {
    let minutes = |text: &str| text.parse::<u16>().unwrap() * 60;
    let interval = |text: &str| {
        let (start, end) = text.split_once('-').unwrap();
        Interval::new(minutes(start), minutes(end)).unwrap()
    };
    text.split_whitespace().map(interval).collect()
}

/// A week with the same hours from Monday to Friday, and others at its end.
fn week(weekday: &str, weekend: &str) -> [Vec<Interval>; 7] {
    std::array::from_fn(|day| hours(if day < 5 { weekday } else { weekend }))
}

/// An office, a night, hours that lie where clocks are changed, and no closing.
fn calendars(change: &Change) -> Vec<Calendar> {
    let date = change.zone.to_datetime(change.at).date();
    let holiday = Days::one(date.tomorrow().unwrap());
    [week("9-12 13-18", ""), week("22-6", "22-6"), week("0-5", "1-3"), week("0-24", "0-24")]
        .map(|week| Calendar::new(change.zone.clone(), week, vec![holiday]).unwrap())
        .into()
}

#[test]
fn working_time_adds_up_around_every_change_of_the_clocks() {
    for change in changes() {
        for (which, calendar) in calendars(&change).iter().enumerate() {
            for amount in AMOUNTS {
                let mut before = Timestamp::MIN;
                for at in change.instants() {
                    let case = Case { change: &change, which, at, amount };
                    let end = checked_sum(calendar, at, amount, &case);
                    assert!(before <= end, "{case}: sooner than what came before it");
                    before = end;
                }
            }
        }
    }
}

/// What is tried, for whoever has to look into it.
struct Case<'a> {
    change: &'a Change,
    which: usize,
    at: Timestamp,
    amount: i64,
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { change, which, at, amount } = self;
        write!(f, "{} {at} + {amount} s on calendar {which}", change.name)
    }
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// `amount` after `at`, held against everything else that can be asked.
fn checked_sum(calendar: &Calendar, at: Timestamp, amount: i64, case: &Case<'_>) -> Timestamp {
    let whole = seconds(amount);
    let end = calendar.add_working(at, whole);
    assert!(at < end, "{case}: not later");
    assert!(calendar.contains(end - NANOSECOND), "{case}: not worked until then");
    assert_eq!(calendar.working_between(at, end), whole, "{case}: not so much between");
    let (first, rest) = (whole / 3, whole - whole / 3);
    let in_two = calendar.add_working(calendar.add_working(at, first), rest);
    assert_eq!(in_two, end, "{case}: not the same in two steps");
    let back = calendar.sub_working(end, whole);
    assert!(at <= back, "{case}: back before the beginning");
    assert_eq!(calendar.working_between(at, back), SignedDuration::ZERO, "{case}: not all of it");
    assert_eq!(calendar.add_working(back, whole), end, "{case}: not there again");
    end
}

#[test]
fn a_day_opens_and_closes_around_every_change_of_the_clocks() {
    for change in changes() {
        for calendar in calendars(&change) {
            for at in change.instants() {
                let case = format!("{} {at}", change.name);
                let opens = calendar.next_open(at);
                assert!(at <= opens && calendar.contains(opens), "{case}");
                assert_eq!(calendar.working_between(at, opens), SignedDuration::ZERO, "{case}");
                let (opening, closing) = calendar.working_day(at);
                assert!(opening <= opens && opens < closing, "{case}");
                assert!(calendar.contains(closing - NANOSECOND), "{case}");
                assert_eq!(
                    calendar.closing_on(calendar.working_date(opens)),
                    Some(closing),
                    "{case}"
                );
            }
        }
    }
}

/// Ana at an office, Nik at night, and a mailbox that both serve.
fn policy(zone: &str) -> Policy {
    let text = format!(
        "[organisation]\nname = \"Brook\"\ndomains = \"brook.example\"\ntime_zone = \"{zone}\"\n\
         last_resort = \"owner@brook.example\"\n\
         [calendar.office]\nmon-fri = [\"09:00-12:00\", \"13:00-18:00\"]\n\
         [calendar.night]\nmon-sun = \"22:00-06:00\"\n\
         [[person]]\nid = \"ana\"\nname = \"Ana\"\nemail = \"ana@brook.example\"\n\
         calendar = \"office\"\n\
         [[person]]\nid = \"nik\"\nname = \"Nik\"\nemail = \"nik@brook.example\"\n\
         calendar = \"night\"\n\
         [[mailbox]]\naddress = \"help@brook.example\"\nserved_by = [\"ana\", \"nik\"]\n\
         [[rule]]\nname = \"all\"\nreply_within = \"30h\"\nbefore_leaving = true\n\
         [escalation.standard]\nsteps = [{{ after = \"0m\", tell = \"supervisor\" }}]\n\
         [trust]\nauthserv_id = \"mx.brook.example\"\n\
         [intake.lmtp]\nlisten = \"127.0.0.1:2424\"\n"
    );
    load("owed.toml", &text, Path::new("")).expect("it is sound").policy
}

#[test]
fn an_answer_is_due_after_it_is_asked_for_and_never_sooner_for_who_asks_later() {
    for change in changes() {
        let policy = policy(&change.name);
        for name in ["ana", "nik", "help"] {
            let mailbox = Address::parse(&format!("{name}@brook.example")).unwrap();
            let owner = policy.roster.person_at(&mailbox).map(|person| &person.id);
            let mut before = Timestamp::MIN;
            for at in change.instants() {
                let due = due(&policy, &policy.rules[0], Place { mailbox: &mailbox, owner }, at);
                let case = format!("{} {name} {at}: {} {}", change.name, due.at, due.because);
                assert!(at < due.at && before <= due.at, "{case}");
                assert!(due.at.duration_since(at) < SignedDuration::from_hours(5 * 24), "{case}");
                before = due.at;
            }
        }
    }
}
