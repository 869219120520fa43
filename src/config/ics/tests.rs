//! Files as programs write them, and as they break.

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;

use super::Meant::{Absences, Holidays};
use super::event::Moment;
use super::*;

fn lisbon() -> TimeZone {
    TimeZone::get("Europe/Lisbon").unwrap()
}

/// A file with these events, whose lines have a `|` between them or an end.
fn file(events: &[&str]) -> String {
    let event = |event: &&str| {
        format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", event.replace(['|', '\n'], "\r\n"))
    };
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

/// What is found, in words: days, and times on the clocks of Lisbon.
fn found(text: &str, meant: Meant) -> Result<String, String> {
    let away = read(text.as_bytes(), meant, &lisbon()).map_err(|broken| {
        let told = broken.iter().map(|fault| format!("{}: {}", fault.line, fault.wrong));
        told.collect::<Vec<_>>().join("; ")
    })?;
    let days = away.days.iter().map(|days| {
        let range =
            if days.first == days.last { String::new() } else { format!("..{}", days.last) };
        format!("{}{range}", days.first)
    });
    let shown = |at: Timestamp| at.to_zoned(lisbon()).strftime("%F %H:%M").to_string();
    let gaps = away.gaps.iter().map(|gap| format!("{}/{}", shown(gap.from), shown(gap.until)));
    Ok(days.chain(gaps).collect::<Vec<_>>().join(" "))
}

#[test]
fn events_become_days_and_times() {
    let cases = include_str!("cases.txt").split("\n-- ").skip(1);
    let count = cases.clone().count();
    assert!(count >= 30, "only {count} cases");
    for case in cases {
        let (head, rest) = case.split_once('\n').expect("properties behind the name");
        let (what, meant) = head.rsplit_once(": ").expect("what the file is for");
        let meant = if meant == "holidays" { Holidays } else { Absences };
        let (events, expected) = rest.split_once("\n=").expect("what is expected");
        let events: Vec<&str> = events.split("\n+\n").collect();
        assert_eq!(found(&file(&events), meant).as_deref(), Ok(expected.trim()), "{what}");
    }
}

#[test]
fn a_file_may_have_no_event() {
    assert_eq!(found(&file(&[]), Absences).as_deref(), Ok(""));
}

#[test]
fn an_endless_rule_does_not_starve_the_others() {
    let text = file(&[
        "DTSTART;VALUE=DATE:19700101|RRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:20200106|RRULE:FREQ=WEEKLY",
        "DTSTART;VALUE=DATE:20260710",
    ]);
    let away = read(text.as_bytes(), Holidays, &lisbon()).unwrap();
    let among = |date: Date| away.days.iter().any(|days| days.contains(date));
    for day in [date(2000, 1, 1), date(2059, 1, 1), date(2059, 12, 29), date(2026, 7, 10)] {
        assert!(among(day), "{day}");
    }
    assert_eq!(away.days.last().unwrap().last, date(2059, 12, 29));
}

#[test]
fn a_broken_file_is_told_with_its_line() {
    let whole = file(&["DTSTART;VALUE=DATE:20261225"]);
    let rows = [
        (String::new(), "1: the file is empty"),
        ("\r\n\r\n".to_owned(), "1: the file is empty"),
        ("<html>sign in</html>".to_owned(), "1: this is no calendar file"),
        (whole.replace("END:VCALENDAR\r\n", ""), "5: the file breaks off inside a VCALENDAR"),
        (whole[..60].to_owned(), "4: the file breaks off inside a VEVENT"),
        (
            whole.replace("END:VEVENT", "END:VALARM"),
            "5: a VALARM ends here, though a VEVENT has begun",
        ),
        (whole.clone() + "END:VEVENT\n", "7: a VEVENT ends here that never began"),
        (
            whole.replace("DTSTART;VALUE=DATE:20261225", "SUMMARY:x"),
            "3: this event does not say when it begins",
        ),
        (
            file(&["SUMMARY:x|DTSTART;VALUE=DATE:20260230"]),
            "5: \"20260230\" is no date and no time",
        ),
        (file(&["DTSTART:2026-02-20"]), "4: \"2026-02-20\" is no date and no time"),
        (
            file(&["DTSTART;TZID=Europe/Lisbonne:20260220T090000"]),
            "4: there is no time zone \"Europe/Lisbonne\"",
        ),
        (
            file(&["DTSTART:20260220T090000|DTEND:20260220T080000"]),
            "5: this event ends before it begins",
        ),
        (file(&["DTSTART:20260220T090000|DURATION:-PT1H"]), "5: \"-PT1H\" is no duration"),
        (
            file(&["DTSTART:20260220T090000|DURATION:PT1H|RRULE:FREQ=SOMETIMES"]),
            "6: the rule \"FREQ=SOMETIMES\" cannot be read",
        ),
        (
            file(&["DTSTART:20260220T090000|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=soon"]),
            "6: the rule \"FREQ=DAILY;UNTIL=soon\" cannot be read",
        ),
        (
            file(&["DTSTART:20260220T090000|DURATION:PT1H|RRULE:FREQ=SECONDLY"]),
            "6: this file's events come again too often",
        ),
        (
            file(&[
                "UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE:20260220T090000Z|DTSTART:20260220T090000",
            ]),
            "5: a change of this and all later times of an event is not understood",
        ),
        (
            file(&["DTSTART:1", "DTSTART:2"]),
            "4: \"1\" is no date and no time; 7: \"2\" is no date and no time",
        ),
        ("BEGIN:VCALENDAR\n".repeat(20), "17: too much lies in each other here"),
    ];
    for (text, told) in rows {
        assert_eq!(found(&text, Absences), Err(told.to_owned()), "{text}");
    }
}

#[test]
fn a_file_has_a_limit_of_events() {
    let one = "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n";
    let many = |count: usize| format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", one.repeat(count));
    assert_eq!(found(&many(MOST_EVENTS), Holidays).as_deref(), Ok("2026-01-01"));
    let told = found(&many(MOST_EVENTS + 1), Holidays).unwrap_err();
    assert!(told.ends_with("there are more than 20000 events"), "{told}");
}

/// A letter folded in its middle, as programs do that count bytes.
#[test]
fn a_letter_may_be_folded_in_its_middle() {
    let mut bytes = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:\xc3\r\n \xa9\r\n".to_vec();
    bytes.extend(b"DTSTART:20261225\r\nEND:VEVENT\r\nEND:VCALENDAR");
    let away = read(&bytes, Holidays, &lisbon()).unwrap();
    assert_eq!(away.days, [Days::one(date(2026, 12, 25))]);
}

const WEEK: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const OFTEN: [&str; 6] = ["SECONDLY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
const PARTS: [&str; 15] = [
    "COUNT",
    "INTERVAL",
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
    "UNTIL",
    "SKIP",
    "RSCALE",
];

/// A rule, sensible or not.
fn rule() -> impl Strategy<Value = String> {
    let number = prop_oneof!["-?[0-9]{1,3}", "-?[0-9]{1,12}"];
    let value = prop_oneof![number, "-?[0-9]{0,2}(MO|SU)", "[A-Z0-9,+-]{0,8}"];
    let part =
        (prop::sample::select(&PARTS[..]), value).prop_map(|(name, v)| format!(";{name}={v}"));
    let parts = prop::collection::vec(part, 0..3);
    let often = prop::sample::select(&OFTEN[..]);
    (often, parts).prop_map(|(often, parts)| format!("FREQ={often}{}", parts.concat()))
}

fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(120) }
}

proptest! {
    #![proptest_config(cases())]

    /// Against a calendar that is leafed through day by day.
    #[test]
    fn weekly_rules_mean_what_they_say(
        offset in 0_i32..700, interval in 1_i32..4, mask in 1_usize..128, count in 1_usize..30,
    ) {
        let first = date(2026, 1, 1).checked_add(offset.days()).unwrap();
        let on = |date: &Date| mask >> date.weekday().to_monday_zero_offset() & 1 == 1;
        let monday = first.checked_sub(first.weekday().to_monday_zero_offset().days()).unwrap();
        let week = |date: Date| (date - monday).get_days() / 7;
        let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        let expected: Vec<Date> =
            days.filter(|day| on(day) && week(*day) % interval == 0).take(count).collect();
        let by_day: Vec<&str> =
            (0..7).filter(|day| mask >> day & 1 == 1).map(|day| WEEK[day]).collect();
        let rule =
            format!("FREQ=WEEKLY;INTERVAL={interval};COUNT={count};BYDAY={}", by_day.join(","));
        let start = Moment { civil: first.at(0, 0, 0, 0), zone: None };
        let starts = recurrence::starts(&start, &rule, YEARS.last, 1000).unwrap();
        prop_assert_eq!(starts.iter().map(|at| at.date()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn no_rule_makes_the_reader_fall_over(rule in rule(), year in 1_i16..9999) {
        let event = format!("DTSTART:{year:04}0131T090000|DURATION:PT1H|RRULE:{rule}");
        let _ = found(&file(&[&event]), Absences);
    }

    #[test]
    fn no_bytes_make_the_reader_fall_over(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "(BEGIN|END|DTSTART|RRULE|RDATE|EXDATE|DURATION|TZID|[:;=/,\"\r\n\\PC])*",
    ) {
        let _ = read(&bytes, Holidays, &lisbon());
        let _ = found(&file(&[&text]), Absences);
    }
}
