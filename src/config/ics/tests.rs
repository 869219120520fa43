//! Files as programs write them, and as they break.

use jiff::civil::Date;
use proptest::prelude::*;

use super::Meant::{Absences, Holidays};
use super::event::Moment;
use super::*;

fn lisbon() -> TimeZone {
    TimeZone::get("Europe/Lisbon").unwrap()
}

/// A file with these events, whose lines are written with `|` between them.
fn file(events: &[&str]) -> String {
    let event =
        |event: &&str| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", event.replace('|', "\r\n"));
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

/// What is found, in words: days, and times on the clocks of Lisbon.
fn found(text: &str, meant: Meant) -> Result<String, String> {
    let away = read(text.as_bytes(), meant, &lisbon()).map_err(|broken| {
        let told = broken.iter().map(|fault| format!("{}: {}", fault.line, fault.wrong));
        told.collect::<Vec<_>>().join("; ")
    })?;
    let days = away.days.iter().map(|days| match days.first == days.last {
        true => days.first.to_string(),
        false => format!("{}..{}", days.first, days.last),
    });
    let shown = |at: Timestamp| at.to_zoned(lisbon()).strftime("%F %H:%M").to_string();
    let gaps = away.gaps.iter().map(|gap| format!("{}/{}", shown(gap.from), shown(gap.until)));
    Ok(days.chain(gaps).collect::<Vec<_>>().join(" "))
}

#[test]
fn events_become_days_and_times() {
    let rows: &[(&str, Meant, &[&str], &str)] = &[
        ("a day", Holidays, &["DTSTART;VALUE=DATE:20261225"], "2026-12-25"),
        (
            "the end of a day is the morning after",
            Holidays,
            &["DTSTART;VALUE=DATE:20261225|DTEND;VALUE=DATE:20261226"],
            "2026-12-25",
        ),
        (
            "many days",
            Absences,
            &["DTSTART;VALUE=DATE:20260803|DTEND;VALUE=DATE:20260822"],
            "2026-08-03..2026-08-21",
        ),
        (
            "a day that ends on itself",
            Holidays,
            &["DTSTART;VALUE=DATE:20261225|DTEND;VALUE=DATE:20261225"],
            "2026-12-25",
        ),
        (
            "a length",
            Absences,
            &["DTSTART;VALUE=DATE:20261221|DURATION:P1W"],
            "2026-12-21..2026-12-27",
        ),
        (
            "neighbours are one",
            Holidays,
            &["DTSTART;VALUE=DATE:20261226", "DTSTART;VALUE=DATE:20261225"],
            "2026-12-25..2026-12-26",
        ),
        (
            "an instant",
            Absences,
            &["DTSTART:20260710T120000Z|DTEND:20260710T160000Z"],
            "2026-07-10 13:00/2026-07-10 17:00",
        ),
        (
            "a time on the clocks of the house",
            Absences,
            &["DTSTART:20260710T120000|DURATION:PT4H"],
            "2026-07-10 12:00/2026-07-10 16:00",
        ),
        (
            "a time elsewhere",
            Absences,
            &[
                "DTSTART;TZID=Europe/Berlin:20260710T090000|DTEND;TZID=Europe/Berlin:20260710T180000",
            ],
            "2026-07-10 08:00/2026-07-10 17:00",
        ),
        (
            "zones as Windows, Mozilla and quotes name them",
            Absences,
            &[
                "DTSTART;TZID=\"W. Europe Standard Time\":20260710T090000|DURATION:PT1H",
                "DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260711T090000|DURATION:PT1H",
                "DTSTART;TZID=\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\"\
                 :20260712T090000|DURATION:PT1H",
            ],
            "2026-07-10 08:00/2026-07-10 09:00 2026-07-11 08:00/2026-07-11 09:00 \
             2026-07-12 08:00/2026-07-12 09:00",
        ),
        ("a reminder of no length", Absences, &["DTSTART:20260710T120000Z"], ""),
        (
            "a day of Exchange, written as its midnights",
            Absences,
            &["X-MICROSOFT-CDO-ALLDAYEVENT:TRUE|DTSTART;TZID=Pacific/Auckland:20260710T000000|\
               DTEND;TZID=Pacific/Auckland:20260711T000000"],
            "2026-07-10",
        ),
        (
            "an alarm inside is no part of it",
            Absences,
            &["DTSTART;VALUE=DATE:20260710|BEGIN:VALARM|DURATION:P9D|DTSTART:1|END:VALARM"],
            "2026-07-10",
        ),
        (
            "lines that run on, capitals or none",
            Holidays,
            &["dtstart;va| lue=DATE:2026|\t1225|SUMMARY:Natal;\u{e9}:\"|X-END:VEVENT"],
            "2026-12-25",
        ),
        // Which events count.
        (
            "cancelled and uncertain",
            Absences,
            &[
                "DTSTART;VALUE=DATE:20260710|STATUS:CANCELLED",
                "DTSTART;VALUE=DATE:20260711|STATUS:TENTATIVE",
            ],
            "",
        ),
        ("free time", Absences, &["DTSTART;VALUE=DATE:20260710|TRANSP:TRANSPARENT"], ""),
        (
            "free time of a feed",
            Holidays,
            &["DTSTART;VALUE=DATE:20260710|TRANSP:TRANSPARENT"],
            "2026-07-10",
        ),
        (
            "a day with a name on which people work",
            Holidays,
            &["DTSTART;VALUE=DATE:20260214|DESCRIPTION:Observance\\nTo hide observances"],
            "",
        ),
        (
            "as Outlook says that somebody is there",
            Absences,
            &[
                "DTSTART;VALUE=DATE:20260710|X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
                "DTSTART;VALUE=DATE:20260720|X-MICROSOFT-CDO-BUSYSTATUS:OOF",
            ],
            "2026-07-20",
        ),
        // What comes again.
        (
            "as often as it says",
            Holidays,
            &["DTSTART;VALUE=DATE:20261225|RRULE:FREQ=YEARLY;COUNT=3"],
            "2026-12-25 2027-12-25 2028-12-25",
        ),
        (
            "until a day, which is one of them",
            Absences,
            &["DTSTART;VALUE=DATE:20260703|RRULE:FREQ=WEEKLY;UNTIL=20260717"],
            "2026-07-03 2026-07-10 2026-07-17",
        ),
        (
            "until an instant, on the clocks of the event",
            Absences,
            &["DTSTART;TZID=Asia/Tokyo:20260703T090000|DURATION:PT1H|\
               RRULE:FREQ=DAILY;UNTIL=20260705T000000Z"],
            "2026-07-03 01:00/2026-07-03 02:00 2026-07-04 01:00/2026-07-04 02:00 \
             2026-07-05 01:00/2026-07-05 02:00",
        ),
        (
            "but not then, and then as well",
            Absences,
            &["DTSTART;VALUE=DATE:20260703|RRULE:FREQ=WEEKLY;COUNT=3|EXDATE;VALUE=DATE:20260710|\
               RDATE;VALUE=DATE:20260714,20260721"],
            "2026-07-03 2026-07-14 2026-07-17 2026-07-21",
        ),
        (
            "left out in another zone",
            Absences,
            &["DTSTART;TZID=Asia/Tokyo:20260703T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2|\
               EXDATE:20260704T000000Z"],
            "2026-07-03 01:00/2026-07-03 02:00",
        ),
        (
            "a time that brings its end",
            Absences,
            &["DTSTART:20260703T090000|DURATION:PT1H|\
               RDATE;VALUE=PERIOD:20260704T090000/PT3H,20260705T090000/20260705T110000"],
            "2026-07-03 09:00/2026-07-03 10:00 2026-07-04 09:00/2026-07-04 12:00 \
             2026-07-05 09:00/2026-07-05 11:00",
        ),
        (
            "one time moved, one cancelled",
            Absences,
            &[
                "UID:a|DTSTART;VALUE=DATE:20260703|RRULE:FREQ=WEEKLY;COUNT=4",
                "UID:a|RECURRENCE-ID;VALUE=DATE:20260710|DTSTART;VALUE=DATE:20260711",
                "UID:a|RECURRENCE-ID;VALUE=DATE:20260717|DTSTART;VALUE=DATE:20260717|STATUS:CANCELLED",
                "UID:b|DTSTART;VALUE=DATE:20260717",
            ],
            "2026-07-03 2026-07-11 2026-07-17 2026-07-24",
        ),
        (
            "the same hour while the clocks are changed",
            Absences,
            &["DTSTART;TZID=Europe/Lisbon:20260328T100000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2"],
            "2026-03-28 10:00/2026-03-28 11:00 2026-03-29 10:00/2026-03-29 11:00",
        ),
        (
            "the fourth Thursday of November",
            Holidays,
            &["DTSTART;VALUE=DATE:20261126|RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2"],
            "2026-11-26 2027-11-25",
        ),
        (
            "long ago and far ahead",
            Holidays,
            &[
                "DTSTART;VALUE=DATE:19990101",
                "DTSTART;VALUE=DATE:20600101",
                "DTSTART;VALUE=DATE:19991230|DTEND;VALUE=DATE:20000103",
            ],
            "2000-01-01..2000-01-02",
        ),
        ("nothing at all", Absences, &[], ""),
    ];
    for (what, meant, events, expected) in rows {
        assert_eq!(found(&file(events), *meant).as_deref(), Ok(*expected), "{what}");
    }
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
            whole.replace("END:VEVENT", "END:VTODO"),
            "5: a VTODO ends here, though a VEVENT has begun",
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(120) })]

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
    fn no_rule_makes_the_reader_fall_over(
        freq in prop::sample::select(&["SECONDLY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"][..]),
        parts in prop::collection::vec(
            (prop::sample::select(&["COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY",
                "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST", "UNTIL", "SKIP",
                "RSCALE"][..]),
             prop_oneof!["-?[0-9]{1,3}", "-?[0-9]{1,12}", "-?[0-9]{0,2}(MO|SU)", "[A-Z0-9,+-]{0,8}"]),
            0..3,
        ),
        year in 1_i16..9999,
    ) {
        let parts: String = parts.iter().map(|(name, value)| format!(";{name}={value}")).collect();
        let text = file(&[&format!("DTSTART:{year:04}0131T090000|DURATION:PT1H|RRULE:FREQ={freq}{parts}")]);
        let _ = found(&text, Absences);
    }

    #[test]
    fn no_bytes_make_the_reader_fall_over(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "(BEGIN|END|DTSTART|DTEND|RDATE|EXDATE|DURATION|TZID|[:;=/,\"\r\n\\PC])*",
    ) {
        let _ = read(&bytes, Holidays, &lisbon());
        let _ = found(&file(&[&text]), Absences);
    }
}
