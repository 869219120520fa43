//! Schedules: what is told again and again, and when the next time is.
//!
//! Times are read by `cron` and looked up on civil days, which know no change of
//! the clocks; what a change does to them is decided here. At a fixed hour, each
//! time of day comes once: one that is skipped comes as much later as the clocks
//! are put forward, and one that is repeated comes the first time. A schedule of
//! every hour goes by the clock's face: what is skipped does not come, and what
//! is repeated comes twice.

use std::iter::successors;
use std::str::FromStr;

use cron::TimeUnitSpec;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// How many days ahead an occurrence is looked for: 29 February may stay away
/// for eight years.
const FARTHEST: usize = 9 * 366;

/// Something that is told by the clock alone.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// What is told.
    pub report: Report,
    /// When.
    pub times: Times,
}

/// What can be told on a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// How things stand, to everybody who is above somebody.
    SupervisorDigest,
}

/// Both directions of a report's name.
const REPORTS: &[(Report, &str)] = &[(Report::SupervisorDigest, "supervisor_digest")];

impl Report {
    /// Its name in the configuration and in the store.
    pub fn name(self) -> &'static str {
        REPORTS.iter().find(|(report, _)| *report == self).map_or("", |(_, name)| name)
    }

    /// The report called `name`.
    pub fn called(name: &str) -> Option<Self> {
        REPORTS.iter().find(|(_, known)| *known == name).map(|(report, _)| *report)
    }
}

/// The times of a schedule, as a cron expression names them.
#[derive(Debug, Clone)]
pub struct Times(cron::Schedule);

impl Times {
    /// The times that six fields name, the seconds first.
    pub fn parse(fields: &str) -> Option<Self> {
        cron::Schedule::from_str(fields).ok().map(Self)
    }

    /// How often within a minute.
    pub fn in_a_minute(&self) -> u32 {
        self.0.seconds().count()
    }

    /// The first occurrence after `after` on the clocks of `zone`.
    pub fn next(&self, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
        // A time that yesterday skipped may still come today.
        let yesterday = zone.to_datetime(after).date().yesterday().ok();
        let mut days = successors(yesterday, |day| day.tomorrow().ok()).take(FARTHEST);
        let (day, first) = days.find_map(|day| Some((day, self.first_on(day, zone, after)?)))?;
        // Where midnight itself is repeated, the day after may come sooner.
        let tomorrow = day.tomorrow().ok().and_then(|day| self.first_on(day, zone, after));
        Some(tomorrow.map_or(first, |other| first.min(other)))
    }

    /// The first occurrence after `after` that the civil day `day` has.
    fn first_on(&self, day: Date, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
        let times = self.on(day).flat_map(|civil| self.instants(civil, zone));
        times.flatten().filter(|at| *at > after).min()
    }

    fn on(&self, day: Date) -> impl Iterator<Item = DateTime> + '_ {
        let comes = self.comes_on(day);
        let hours = self.0.hours().iter().filter(move |_| comes);
        let minutes = hours.flat_map(|hour| self.0.minutes().iter().map(move |m| (hour, m)));
        let seconds = minutes
            .flat_map(|(hour, minute)| self.0.seconds().iter().map(move |s| (hour, minute, s)));
        seconds.filter_map(move |(hour, minute, second)| civil(day, [hour, minute, second]))
    }

    fn comes_on(&self, day: Date) -> bool {
        let number = |part: i8| u32::try_from(part).unwrap_or(0);
        let weekday = number(day.weekday().to_sunday_one_offset());
        self.0.months().includes(number(day.month()))
            && self.0.days_of_month().includes(number(day.day()))
            && self.0.days_of_week().includes(weekday)
    }

    fn instants(&self, civil: DateTime, zone: &TimeZone) -> [Option<Timestamp>; 2] {
        let every_hour = self.0.hours().count() == 24;
        let there = zone.to_ambiguous_timestamp(civil);
        match there.offset() {
            AmbiguousOffset::Gap { .. } if every_hour => [None, None],
            AmbiguousOffset::Fold { .. } if every_hour => {
                [there.earlier().ok(), there.later().ok()]
            }
            _ => [there.compatible().ok(), None],
        }
    }
}

fn civil(day: Date, time: [u32; 3]) -> Option<DateTime> {
    let [hour, minute, second] = time.map(|part| i8::try_from(part).ok());
    Some(day.at(hour?, minute?, second?, 0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{SignedDuration, Span};
    use proptest::prelude::*;

    use super::super::fixture::{cases, zone};
    use super::*;

    fn times(fields: &str) -> Times {
        Times::parse(fields).unwrap()
    }

    fn next(fields: &str, place: &str, after: &str) -> String {
        let zone = zone(place);
        let next = times(fields).next(&zone, after.parse().unwrap()).unwrap();
        next.to_zoned(zone).strftime("%F %H:%M:%S %:z").to_string()
    }

    #[test]
    fn a_schedule_comes_on_its_days_at_its_time() {
        let morning = "0 30 8 * * Mon-Fri";
        for (fields, place, after, expected) in [
            (morning, "Europe/Lisbon", "2026-11-25T08:29:59Z", "2026-11-25 08:30:00 +00:00"),
            (morning, "Europe/Lisbon", "2026-11-25T08:30:00Z", "2026-11-26 08:30:00 +00:00"),
            (morning, "Europe/Lisbon", "2026-11-27T09:00:00Z", "2026-11-30 08:30:00 +00:00"),
            ("0 0 8 29 Feb *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29 08:00:00 +00:00"),
            // Skipped: as much later as the clocks are put forward.
            ("0 30 2 * * *", "Europe/Berlin", "2027-03-28T00:00:00Z", "2027-03-28 03:30:00 +02:00"),
            // Repeated: the first time, and then not before the next day.
            ("0 30 2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25 02:30:00 +02:00"),
            ("0 30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26 02:30:00 +01:00"),
            // Every hour: both of them.
            ("0 30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25 02:30:00 +01:00"),
            // A civil day that was left out, with all its times.
            ("0 0 9 30 12 *", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-31 09:00:00 +14:00"),
        ] {
            assert_eq!(next(fields, place, after), expected, "{fields} {place} {after}");
        }
    }

    #[test]
    fn what_never_comes_is_looked_for_within_bounds() {
        assert_eq!(times("0 0 8 30 Feb *").next(&TimeZone::UTC, Timestamp::UNIX_EPOCH), None);
    }

    /// What is expected, worked out from the clock's face alone: minute after
    /// minute of real time, without asking what a civil time means.
    fn oracle(
        zone: &TimeZone,
        (from, until): (Timestamp, Timestamp),
        every_hour: bool,
        named: impl Fn(DateTime) -> bool,
    ) -> Vec<Timestamp> {
        let minute = SignedDuration::from_mins(1);
        let mut seen = BTreeSet::new();
        let mut latest: Option<DateTime> = None;
        let mut expected = Vec::new();
        let mut at = from - SignedDuration::from_hours(30);
        let mut skipped: Vec<(Timestamp, DateTime)> = Vec::new();
        while at <= until {
            let face = zone.to_datetime(at);
            if let Some(latest) = latest.filter(|_| !every_hour) {
                // What lies between two minutes was skipped; it comes that much later.
                let ahead = latest.checked_add(Span::new().minutes(1)).unwrap();
                let gap = face.duration_since(ahead);
                let minutes = gap.as_mins().max(0);
                for n in 0..minutes {
                    let civil = ahead.checked_add(Span::new().minutes(n)).unwrap();
                    skipped.push((at + SignedDuration::from_mins(n), civil));
                }
            }
            let first = seen.insert(face);
            let due = skipped.iter().any(|(when, civil)| *when == at && named(*civil));
            if due || ((first || every_hour) && named(face)) {
                expected.push(at);
            }
            latest = latest.max(Some(face));
            at += minute;
        }
        expected.retain(|at| *at > from);
        expected
    }

    const PLACES: &[&str] = &[
        "Europe/Berlin",
        "Europe/Lisbon",
        "America/New_York",
        "America/Santiago",
        "America/Asuncion",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Apia",
        "Africa/Casablanca",
        "Antarctica/Troll",
        "Asia/Beirut",
        "America/Scoresbysund",
    ];

    proptest! {
        #![proptest_config(cases(96))]

        #[test]
        fn every_occurrence_comes_once_however_the_clocks_are_changed(
            place in proptest::sample::select(PLACES),
            year in 2010_i16..2030,
            nth in 0_usize..2,
            hour in proptest::option::of(0_i8..24),
            minute in 0_i8..60,
        ) {
            let zone = zone(place);
            let start = Date::constant(year, 1, 1).to_zoned(zone.clone()).unwrap().timestamp();
            let change = zone.following(start).map(|change| change.timestamp());
            // The last of the table lies on no minute in zones that change no more.
            let change = change.filter(|at| at.as_second() % 60 == 0).nth(nth).unwrap_or(start);
            let from = change - SignedDuration::from_hours(27);
            let until = change + SignedDuration::from_hours(27);
            let named = |civil: DateTime| {
                civil.minute() == minute && hour.is_none_or(|hour| civil.hour() == hour)
            };
            let expected = oracle(&zone, (from, until), hour.is_none(), named);
            let hours = hour.map_or("*".to_owned(), |hour| hour.to_string());
            let times = times(&format!("0 {minute} {hours} * * *"));
            let found: Vec<Timestamp> = successors(times.next(&zone, from), |at| {
                times.next(&zone, *at)
            }).take_while(|at| *at <= until).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
