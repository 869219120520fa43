//! When a promise is due: sentences said at a time on somebody's hours, and the
//! local time at which what they name has ended. The table is the data; among
//! its times are days on which the clocks change, weekends, Friday evenings and
//! the ends of months and of the year.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use owed::domain::calendar::{Calendar, Days, Interval};
use owed::judge::promise::{Said, promises};

/// Hours as `9:00-13:00` for the days of the week, Monday first.
fn week(hours: [&str; 7]) -> [Vec<Interval>; 7] {
    let minute = |clock: &str| {
        let (hour, minute) = clock.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let stretch = |text: &str| {
        let (start, end) = text.split_once('-').unwrap();
        Interval::new(minute(start), minute(end)).unwrap()
    };
    hours.map(|day| day.split_whitespace().map(stretch).collect())
}

fn only(day: Date) -> Days {
    Days { first: day, last: day }
}

/// The people whose hours the table is on.
fn calendars() -> BTreeMap<&'static str, Calendar> {
    let zone = |name: &str| TimeZone::get(name).unwrap();
    let calendar = |name: &str, hours: [&str; 7], closed: Vec<Days>| {
        Calendar::new(zone(name), week(hours), closed).unwrap()
    };
    let (office, berlin) = ("9:00-13:00 14:00-17:30", "8:00-12:00 12:30-16:30");
    let (new_york, shop) = ("9:00-17:00", "10:00-19:00");
    let holidays = vec![only(date(2026, 12, 1)), only(date(2026, 12, 8))];
    BTreeMap::from([
        (
            "lisbon",
            calendar("Europe/Lisbon", [office, office, office, office, office, "", ""], holidays),
        ),
        (
            "berlin",
            calendar(
                "Europe/Berlin",
                [berlin, berlin, berlin, berlin, "8:00-14:00", "", ""],
                Vec::new(),
            ),
        ),
        (
            "new-york",
            calendar(
                "America/New_York",
                [new_york, new_york, new_york, new_york, new_york, "", ""],
                Vec::new(),
            ),
        ),
        ("shop", calendar("Europe/Paris", ["", shop, shop, shop, shop, shop, ""], Vec::new())),
    ])
}

/// What is found in a sentence: the local time it is due, `-` for none, and
/// `no promise` where none is heard.
fn due(sentence: &str, said: &str, calendar: &Calendar) -> String {
    let local: DateTime = said.parse().unwrap();
    let at = local.to_zoned(calendar.zone().clone()).unwrap().timestamp();
    let found = promises(sentence, &Said { at, calendar });
    let Some(promise) = found.first() else { return "no promise".into() };
    let local = promise.due.map(|due| calendar.zone().to_datetime(due));
    local.map_or_else(|| "-".into(), |local| local.strftime("%Y-%m-%dT%H:%M").to_string())
}

#[test]
fn a_promise_is_due_when_what_it_names_has_ended() {
    let calendars = calendars();
    let (mut all, mut wrong) = (0, Vec::new());
    for row in include_str!("promises.tsv").lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [_, calendar, said, sentence, expected] = fields.as_slice() else { panic!("{row}") };
        let got = due(sentence, said, &calendars[calendar]);
        all += 1;
        if got != *expected {
            wrong.push(format!("{row}: {got}"));
        }
    }
    println!("{} of {all} right", all - wrong.len());
    assert!(all >= 300, "only {all} rows");
    assert!(wrong.is_empty(), "{} of {all} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
