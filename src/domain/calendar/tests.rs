//! Working time against tables, and against a clock that is read minute by minute.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

use super::super::fixture::{cases, days, hours, mins, week, zone};
use super::*;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn calendar(name: &str, weekday: &str, saturday: &str, sunday: &str) -> Calendar {
    Calendar::new(zone(name), week(weekday, saturday, sunday), Vec::new()).unwrap()
}

fn office() -> Calendar {
    calendar("Europe/Lisbon", "09:00-12:30 13:30-18:00", "", "")
}

/// A civil minute in the calendar's zone, the first one where there are two.
fn local(calendar: &Calendar, civil: &str) -> Timestamp {
    let civil: DateTime = civil.parse().unwrap();
    calendar.zone().to_ambiguous_zoned(civil).compatible().unwrap().timestamp()
}

fn shown(calendar: &Calendar, at: Timestamp) -> String {
    calendar.zone().to_datetime(at).strftime("%F %H:%M").to_string()
}

fn short_friday() -> Calendar {
    let week = std::array::from_fn(|day| {
        hours(["09:00-18:00", "09:00-15:00", ""][day.saturating_sub(3).min(2)])
    });
    Calendar::new(zone("Europe/Lisbon"), week, vec![days("2026-12-25", "2026-12-25")]).unwrap()
}

/// Open on Mondays alone, and not in March.
fn mondays() -> Calendar {
    let week = std::array::from_fn(|day| hours(["08:00-10:00", ""][day.min(1)]));
    Calendar::new(zone("UTC"), week, vec![days("2026-03-02", "2026-03-31")]).unwrap()
}

fn night() -> Calendar {
    calendar("Europe/Lisbon", "22:00-06:00", "", "")
}

#[test]
fn time_is_added_as_the_table_says() {
    let (office, short_friday, night, mondays) = (office(), short_friday(), night(), mondays());
    let always = Calendar::always(zone("Europe/Berlin"));
    let table = [
        // The office: a split day, a weekend, the exact closing, nothing at all.
        (&office, "2026-03-04 09:00", mins(60), "2026-03-04 10:00"),
        (&office, "2026-03-04 12:00", mins(60), "2026-03-04 14:00"),
        (&office, "2026-03-04 12:00", mins(30), "2026-03-04 12:30"),
        (&office, "2026-03-04 17:00", mins(60), "2026-03-04 18:00"),
        (&office, "2026-03-04 17:00", mins(61), "2026-03-05 09:01"),
        (&office, "2026-03-06 17:30", mins(60), "2026-03-09 09:30"),
        (&office, "2026-03-07 11:00", mins(60), "2026-03-09 10:00"),
        (&office, "2026-03-04 18:00", mins(0), "2026-03-04 18:00"),
        (&office, "2026-03-04 20:00", mins(-5), "2026-03-04 20:00"),
        (&office, "2026-03-04 18:00", Allowance::Elapsed(MINUTE * 90), "2026-03-04 19:30"),
        // Working days: the same time of day, the closing where that is later.
        (&office, "2026-03-04 10:00", Allowance::WorkingDays(2), "2026-03-06 10:00"),
        (&office, "2026-03-05 10:00", Allowance::WorkingDays(2), "2026-03-09 10:00"),
        (&office, "2026-03-07 10:00", Allowance::WorkingDays(1), "2026-03-10 09:00"),
        (&office, "2026-03-04 18:00", Allowance::WorkingDays(1), "2026-03-06 09:00"),
        (&office, "2026-03-04 07:00", Allowance::WorkingDays(0), "2026-03-04 09:00"),
        (&short_friday, "2026-03-05 17:00", Allowance::WorkingDays(1), "2026-03-06 15:00"),
        (&short_friday, "2026-12-24 16:00", Allowance::WorkingDays(1), "2026-12-28 16:00"),
        (&short_friday, "2026-12-24 17:00", mins(90), "2026-12-28 09:30"),
        // A night shift belongs to the day on which it starts.
        (&night, "2026-03-04 23:00", mins(8 * 60), "2026-03-05 23:00"),
        (&night, "2026-03-07 01:00", mins(6 * 60), "2026-03-09 23:00"),
        (&night, "2026-03-07 01:00", Allowance::WorkingDays(1), "2026-03-10 01:00"),
        (&night, "2026-03-04 23:00", Allowance::WorkingDays(1), "2026-03-05 23:00"),
        // One weekday and a closure of a month.
        (&mondays, "2026-02-23 09:00", mins(120), "2026-04-06 09:00"),
        (&mondays, "2026-02-23 09:00", Allowance::WorkingDays(1), "2026-04-06 09:00"),
        (&mondays, "2026-01-05 09:00", Allowance::WorkingDays(60), "2027-04-05 09:00"),
        (&mondays, "2026-01-05 08:00", mins(60 * 120), "2027-03-29 10:00"),
        // Clocks go forward on 29 March 2026 and back on 25 October.
        (&always, "2026-03-29 01:00", mins(120), "2026-03-29 04:00"),
        (&always, "2026-10-25 01:00", mins(180), "2026-10-25 03:00"),
        (&always, "2026-03-28 02:30", Allowance::WorkingDays(1), "2026-03-29 03:30"),
    ];
    for (calendar, start, amount, end) in table {
        let reached = calendar.add(local(calendar, start), amount);
        assert_eq!(shown(calendar, reached), end, "{start} + {amount:?}");
    }
}

#[test]
fn time_is_taken_off_as_the_table_says() {
    let (office, night, mondays) = (office(), night(), mondays());
    let table = [
        (&office, "2026-03-04 18:00", mins(45), "2026-03-04 17:15"),
        (&office, "2026-03-04 14:00", mins(60), "2026-03-04 12:00"),
        (&office, "2026-03-04 09:45", mins(45), "2026-03-04 09:00"),
        (&office, "2026-03-09 09:15", mins(30), "2026-03-06 17:45"),
        (&office, "2026-03-08 12:00", mins(30), "2026-03-06 17:30"),
        (&office, "2026-03-08 12:00", mins(0), "2026-03-08 12:00"),
        (&office, "2026-03-04 18:00", Allowance::Elapsed(MINUTE * 90), "2026-03-04 16:30"),
        (&office, "2026-03-09 11:00", Allowance::WorkingDays(1), "2026-03-06 11:00"),
        (&office, "2026-03-09 18:00", Allowance::WorkingDays(2), "2026-03-05 18:00"),
        (&night, "2026-03-10 06:00", Allowance::WorkingDays(1), "2026-03-07 06:00"),
        (&mondays, "2026-04-06 08:30", mins(60), "2026-02-23 09:30"),
    ];
    for (calendar, end, amount, start) in table {
        let reached = calendar.sub(local(calendar, end), amount);
        assert_eq!(shown(calendar, reached), start, "{end} - {amount:?}");
    }
}

#[test]
fn a_working_day_ends_as_the_table_says() {
    let (office, night, short_friday) = (office(), night(), short_friday());
    let always = Calendar::always(zone("Europe/Lisbon"));
    let until_midnight = calendar("Europe/Lisbon", "16:00-24:00", "", "");
    let past_midnight = calendar("Europe/Lisbon", "00:00-04:00 20:00-24:00", "00:00-04:00", "");
    let table = [
        (&office, "2026-03-04 08:00", "2026-03-04 18:00"),
        (&office, "2026-03-04 12:45", "2026-03-04 18:00"),
        (&office, "2026-03-04 17:59", "2026-03-04 18:00"),
        (&office, "2026-03-04 18:00", "2026-03-05 18:00"),
        (&office, "2026-03-07 12:00", "2026-03-09 18:00"),
        (&short_friday, "2026-12-24 18:00", "2026-12-28 18:00"),
        (&night, "2026-03-04 23:00", "2026-03-05 06:00"),
        (&night, "2026-03-05 02:00", "2026-03-05 06:00"),
        (&night, "2026-03-05 06:00", "2026-03-06 06:00"),
        (&night, "2026-03-07 03:00", "2026-03-07 06:00"),
        (&always, "2026-03-04 23:59", "2026-03-05 00:00"),
        (&always, "2026-03-05 00:00", "2026-03-06 00:00"),
        (&until_midnight, "2026-03-04 17:00", "2026-03-05 00:00"),
        // A night that is written as two is one.
        (&past_midnight, "2026-03-04 21:00", "2026-03-05 04:00"),
        (&past_midnight, "2026-03-05 01:00", "2026-03-05 04:00"),
        (&past_midnight, "2026-03-05 04:00", "2026-03-06 04:00"),
        (&past_midnight, "2026-03-06 23:00", "2026-03-07 04:00"),
        (&past_midnight, "2026-03-07 04:00", "2026-03-10 04:00"),
    ];
    for (calendar, instant, end) in table {
        assert_eq!(
            shown(calendar, calendar.end_of_day(local(calendar, instant))),
            end,
            "{instant}"
        );
    }
    assert!(
        !past_midnight.works_on("2026-03-07".parse().unwrap()),
        "Friday's night is no Saturday"
    );
}

#[test]
fn a_day_that_the_zone_skips_is_not_worked() {
    // Samoa went from the 29th of December 2011 straight to the 31st.
    let apia = calendar("Pacific/Apia", "09:00-17:00", "09:00-17:00", "");
    assert!(!apia.works_on("2011-12-30".parse().unwrap()));
    let start = local(&apia, "2011-12-29 16:00");
    assert_eq!(shown(&apia, apia.add(start, mins(120))), "2011-12-31 10:00");
    assert_eq!(shown(&apia, apia.add(start, Allowance::WorkingDays(1))), "2011-12-31 16:00");
}

#[test]
fn an_extra_day_opens_a_holiday_and_a_closure_closes_a_night() {
    let closed = vec![days("2026-03-04", "2026-03-06")];
    let extra = BTreeMap::from([("2026-03-05".parse().unwrap(), hours("10:00-11:00"))]);
    let hours = week("09:00-18:00", "", "");
    let office = Calendar::with_extra(zone("Europe/Lisbon"), hours, closed.clone(), extra).unwrap();
    let from = local(&office, "2026-03-03 18:00");
    assert_eq!(shown(&office, office.next_open(from)), "2026-03-05 10:00");
    assert_eq!(shown(&office, office.add(from, mins(90))), "2026-03-09 09:30");
    let night = night().without(&closed).unwrap();
    assert!(night.contains(local(&night, "2026-03-04 05:59")), "Tuesday's shift goes on");
    assert!(!night.contains(local(&night, "2026-03-04 22:00")));
    assert!(!night.contains(local(&night, "2026-03-07 01:00")), "Friday had none");
}

#[test]
fn hours_that_overlap_from_day_to_day_are_worked_once() {
    let long = calendar("Europe/Lisbon", "07:00-09:00 22:00-08:00", "", "");
    let (start, end) = (local(&long, "2026-03-04 00:00"), local(&long, "2026-03-05 00:00"));
    assert_eq!(long.working_between(start, end), SignedDuration::from_hours(11));
}

#[test]
fn a_calendar_that_stays_closed_too_long_is_refused() {
    let shut = |closed: &[Days]| office().without(closed).is_err();
    assert!(Calendar::new(TimeZone::UTC, week("", "", ""), Vec::new()).is_err());
    assert!(shut(&[days("2026-01-01", "2027-02-28")]));
    assert!(!shut(&[days("2026-01-01", "2026-12-31")]));
    assert!(shut(&[days("2026-01-01", "2026-08-31"), days("2026-09-01", "2027-03-01")]));
    assert!(shut(&[days("2026-01-01", "9999-12-31")]));
    assert!(!shut(&[days("2026-01-02", "2026-01-01")]), "no day at all");
}

#[test]
fn extra_days_count_in_the_search() {
    let closed = vec![days("2026-01-01", "2027-06-30")];
    let with = |closed: &[Days], extra: &[(&str, &str)]| {
        let extra = extra.iter().map(|(date, text)| (date.parse().unwrap(), hours(text)));
        let week = week("09:00-18:00", "", "");
        Calendar::with_extra(TimeZone::UTC, week, closed.to_vec(), extra.collect()).is_ok()
    };
    assert!(!with(&closed, &[]));
    assert!(with(&closed, &[("2026-10-01", "09:00-12:00")]), "open in the middle of it");
    assert!(!with(&closed, &[("2026-10-01", "")]), "an extra day without hours opens nothing");
    let two = [days("2026-01-01", "2026-08-31"), days("2026-09-02", "2027-03-01")];
    assert!(with(&two, &[]));
    assert!(!with(&two, &[("2026-09-01", "")]), "what was open between them is shut");
    let only = BTreeMap::from([("2026-10-01".parse().unwrap(), hours("09:00-12:00"))]);
    let never = Calendar::with_extra(TimeZone::UTC, week("", "", ""), Vec::new(), only);
    assert!(never.is_err(), "beyond the last extra day nothing is ever open");
}

/// A run of free days begins before the first that is listed, and goes on after
/// the last, where these lie beside a weekend.
#[test]
fn free_days_around_a_closure_belong_to_it() {
    let shut = |last: &str| office().without(&[days("2026-03-09", last)]).is_err();
    assert!(!shut("2027-04-08"), "shut from Saturday the 7th of March for 398 days");
    assert!(shut("2027-04-09"), "this is a Friday: the weekend makes it 401 days");
}

#[test]
fn gaps_make_days_shorter_or_take_them() {
    let office = office();
    let gap = |from, until| Gap { from: local(&office, from), until: local(&office, until) };
    let gaps = [
        gap("2026-03-02 12:00", "2026-03-02 20:00"),
        gap("2026-03-03 00:00", "2026-03-04 00:00"),
        gap("2026-03-04 10:00", "2026-03-04 11:00"),
        gap("2026-03-05 15:00", "2026-03-07 10:00"),
        gap("2026-03-09 08:00", "2026-03-09 09:30"),
        gap("2026-03-09 09:15", "2026-03-09 10:00"),
    ];
    let (short, gone) = office.clone().shortened(&gaps);
    assert_eq!(gone, [days("2026-03-03", "2026-03-03"), days("2026-03-06", "2026-03-06")]);
    for (from, opens, closes) in [
        ("2026-03-02 00:00", "2026-03-02 09:00", "2026-03-02 12:00"),
        ("2026-03-03 00:00", "2026-03-03 09:00", "2026-03-03 18:00"),
        ("2026-03-04 00:00", "2026-03-04 09:00", "2026-03-04 18:00"),
        ("2026-03-05 00:00", "2026-03-05 09:00", "2026-03-05 15:00"),
        ("2026-03-09 00:00", "2026-03-09 10:00", "2026-03-09 18:00"),
    ] {
        let (opening, closing) = short.working_day(local(&office, from));
        assert_eq!((shown(&short, opening), shown(&short, closing)), (opens.into(), closes.into()));
    }
    // A night is taken from by what happens on the day it ends on.
    let gap = |from, until| Gap { from: local(&office, from), until: local(&office, until) };
    let (night, gone) = night().shortened(&[gap("2026-03-05 03:00", "2026-03-05 12:00")]);
    assert!(gone.is_empty());
    let end = night.end_of_day(local(&night, "2026-03-04 23:00"));
    assert_eq!(shown(&night, end), "2026-03-05 03:00");
}

#[test]
fn intervals_are_what_a_clock_can_show() {
    assert_eq!(Interval::new(540, 1080), Some(Interval { start: 540, end: 1080 }));
    assert_eq!(Interval::new(1320, 360), Some(Interval { start: 1320, end: 1800 }));
    assert_eq!(Interval::new(0, 1440), Some(Interval { start: 0, end: 1440 }));
    for (start, end) in [(1440, 60), (0, 1441), (540, 540)] {
        assert_eq!(Interval::new(start, end), None, "{start}-{end}");
    }
}

#[test]
fn no_search_panics_or_goes_on_for_ever_at_the_ends_of_time() {
    let calendars = [office(), night(), mondays(), Calendar::always(zone("Pacific/Apia"))];
    let second = SignedDuration::from_secs(1);
    let (first, last) = (Timestamp::MIN, Timestamp::MAX);
    let ends =
        [first, first.saturating_add(second).unwrap(), last, last - second, Timestamp::UNIX_EPOCH];
    let amounts = [0, 1, 10_000].map(SignedDuration::from_mins);
    for calendar in &calendars {
        for at in ends {
            assert!(calendar.next_open(at) >= at);
            assert!(calendar.end_of_day(at) >= at);
            calendar.contains(at);
            calendar.works_on(calendar.date(at));
            for amount in amounts {
                assert!(calendar.add_working(at, amount) >= at);
                assert!(calendar.sub_working(at, amount) <= at);
                assert!(calendar.add(at, Allowance::Elapsed(amount)) >= at);
            }
            calendar.add(at, Allowance::WorkingDays(1000));
            calendar.sub(at, Allowance::WorkingDays(1000));
        }
        // More than there is until the end of time, from not too far away.
        let late = last - SignedDuration::from_hours(24 * 3000);
        assert!(calendar.add_working(late, SignedDuration::MAX) > late);
        assert!(calendar.add_working_days(late, u16::MAX) > late);
    }
}

/// Where clocks are changed, oddly or not at all, with a day near it.
const PLACES: [(&str, &str); 13] = [
    ("Europe/Lisbon", "2026-03-29"),
    ("Europe/Lisbon", "2026-10-25"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Kathmandu", "2026-06-10"),
    ("America/Havana", "2026-11-01"),
    // From 00:01 on the day after back to 23:01 on the day before.
    ("America/Goose_Bay", "2010-11-07"),
    ("UTC", "2028-02-29"),
];

/// A calendar, and the same hours for the clock that is read minute by minute.
#[derive(Debug, Clone)]
struct World {
    calendar: Calendar,
    hours: [Vec<Interval>; 7],
    closed: Vec<Days>,
    extra: BTreeMap<Date, Vec<Interval>>,
    noon: Timestamp,
}

/// How far from the noon of its place a world is looked at.
const REACH: i64 = 11 * 24 * 60;

impl World {
    fn hours_on(&self, date: Date) -> &[Interval] {
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
        let closed = self.closed.iter().any(|days| days.contains(date));
        self.extra.get(&date).unwrap_or(if closed {
            const { &Vec::new() }
        } else {
            &self.hours[weekday]
        })
    }

    fn worked(&self, at: Timestamp) -> bool {
        let civil = self.calendar.zone().to_datetime(at);
        let minute =
            u16::try_from(civil.hour()).unwrap() * 60 + u16::try_from(civil.minute()).unwrap();
        let within =
            |date, minute| self.hours_on(date).iter().any(|i| i.start <= minute && minute < i.end);
        within(civil.date(), minute) || within(civil.date().yesterday().unwrap(), minute + 24 * 60)
    }

    fn minute(&self, minute: i64) -> Timestamp {
        self.noon + SignedDuration::from_mins(minute)
    }

    /// Which minutes are worked, read one after the other.
    fn read(&self, minutes: std::ops::Range<i64>) -> impl DoubleEndedIterator<Item = (i64, bool)> {
        minutes.map(|minute| (minute, self.worked(self.minute(minute))))
    }
}

fn some_hours() -> impl Strategy<Value = Vec<Interval>> {
    let time = || (0_u16..=96).prop_map(|quarter| quarter * 15);
    let interval = (time(), time()).prop_filter_map("empty", |(a, b)| Interval::new(a, b));
    prop_oneof![2 => Just(Vec::new()), 3 => prop::collection::vec(interval, 1..4)]
}

fn world() -> impl Strategy<Value = World> {
    let place = prop::sample::select(&PLACES[..]);
    let week = prop::array::uniform7(some_hours())
        .prop_filter("shut", |w| w.iter().any(|d| !d.is_empty()));
    let closures = prop::collection::vec((-9_i64..9, 0_i64..5), 0..3);
    let extra = prop::collection::btree_map(-9_i64..9, some_hours(), 0..3);
    (place, week, closures, extra).prop_map(|((name, day), hours, closures, extra)| {
        let day: Date = day.parse().unwrap();
        let on = |offset: i64| day.checked_add(offset.days()).unwrap();
        let closed: Vec<Days> = closures
            .iter()
            .map(|(at, more)| Days { first: on(*at), last: on(at + more) })
            .collect();
        let extra: BTreeMap<Date, _> =
            extra.into_iter().map(|(at, hours)| (on(at), hours)).collect();
        let calendar =
            Calendar::with_extra(zone(name), hours.clone(), closed.clone(), extra.clone()).unwrap();
        let noon = TimeZone::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap();
        World { calendar, hours, closed, extra, noon }
    })
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn what_is_open_is_what_the_clock_on_the_wall_says(
        world in world(),
        from in -6_000_i64..6_000,
    ) {
        for (minute, worked) in world.read(from..from + 200) {
            prop_assert_eq!(world.calendar.contains(world.minute(minute)), worked);
        }
        let opens = world.read(from..REACH).find(|(_, worked)| *worked);
        let found = world.calendar.next_open(world.minute(from));
        match opens {
            Some((minute, _)) => prop_assert_eq!(found, world.minute(minute)),
            None => prop_assert!(found >= world.minute(REACH)),
        }
    }

    #[test]
    fn working_time_is_added_and_taken_off_minute_by_minute(
        world in world(), from in -4_000_i64..4_000, amount in 1_i64..3_000,
    ) {
        let at = world.minute(from);
        let duration = SignedDuration::from_mins(amount);
        let count = usize::try_from(amount).unwrap() - 1;
        let later = world.read(from..REACH).filter(|(_, worked)| *worked).nth(count);
        if let Some((last, _)) = later {
            prop_assert_eq!(world.calendar.add_working(at, duration), world.minute(last + 1));
        }
        let earlier = world.read(-REACH..from).rev().filter(|(_, worked)| *worked).nth(count);
        if let Some((first, _)) = earlier {
            prop_assert_eq!(world.calendar.sub_working(at, duration), world.minute(first));
        }
    }

    #[test]
    fn working_time_is_counted_adds_up_and_never_shrinks(
        world in world(), mut ends in prop::array::uniform3(-8_000_i64..8_000),
    ) {
        ends.sort_unstable();
        let [a, b, c] = ends.map(|minute| world.minute(minute));
        let between = |from, to| world.calendar.working_between(from, to);
        let counted = world.read(ends[0]..ends[2]).filter(|(_, worked)| *worked).count();
        prop_assert_eq!(between(a, c), SignedDuration::from_mins(i64::try_from(counted).unwrap()));
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert_eq!(between(c, a), SignedDuration::ZERO);
        prop_assert!(between(a, b) <= b.duration_since(a));
    }

    #[test]
    fn a_working_day_encloses_what_it_belongs_to(world in world(), from in -8_000_i64..8_000) {
        let at = world.minute(from);
        let (opening, closing) = world.calendar.working_day(at);
        let opens = world.calendar.next_open(at);
        prop_assert!(opening <= opens && opens < closing, "{} {} {}", opening, opens, closing);
        prop_assert!(world.worked(opening));
        prop_assert!(world.worked(closing - MINUTE));
        let date = world.calendar.working_date(opens);
        prop_assert_eq!(world.calendar.closing_on(date), Some(closing));
        prop_assert!(world.calendar.works_on(date));
    }
}
