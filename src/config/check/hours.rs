//! Weekdays and hours: `mon-thu = ["09:00-12:30", "13:30-18:00"]`.
//!
//! An interval whose end is not after its start passes midnight and belongs to
//! the day it starts on; 24:00 is an end only.

use crate::config::faults::Fault;
use crate::domain::calendar::Interval;

/// The keys of the days, Monday first.
pub(in crate::config) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The days that `mon` or `mon-thu` means, Monday being 0. A span may pass the
/// end of the week.
pub(in crate::config) fn days_of_week(key: &str) -> Option<Vec<usize>> {
    let index = |name: &str| WEEKDAYS.iter().position(|day| *day == name);
    let Some((first, last)) = key.split_once('-') else {
        return index(key).map(|day| vec![day]);
    };
    let (first, last) = (index(first)?, index(last)?);
    let length = (last + 7 - first) % 7 + 1;
    Some((first..first + length).map(|day| day % 7).collect())
}

/// The interval that `09:00-12:30` means.
pub(super) fn interval(text: &str) -> Result<Interval, Fault> {
    let wrong = |what: &str| {
        Fault::error("E-interval", format!("{text:?} is no stretch of working time")).label(what)
    };
    let example = "as in \"09:00-12:30\"; \"22:00-06:00\" passes midnight";
    let Some((start, end)) = text.split_once(['-', '–']) else {
        return Err(wrong("a start and an end are needed").right(example));
    };
    let clock = |text: &str| {
        let what = format!("{:?} is no time of day", text.trim());
        minutes(text).ok_or_else(|| {
            wrong(&what).right("hours and minutes from 00:00 to 24:00, as in \"09:00-17:00\"")
        })
    };
    let (start, end) = (clock(start)?, clock(end)?);
    if start == end || (start == 0 && end == 0) {
        return Err(wrong("it is empty").right("a whole day is \"00:00-24:00\""));
    }
    Interval::new(start, end)
        .ok_or_else(|| wrong("24:00 is an end only").right("a day starts at 00:00"))
}

/// Minutes after midnight, 24:00 included.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str, most: usize| {
        let fits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if fits { part.parse::<u16>().ok() } else { None }
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2).filter(|_| minute.len() == 2)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 24 * 60).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_alone_and_in_spans() {
        assert_eq!(days_of_week("mon"), Some(vec![0]));
        assert_eq!(days_of_week("mon-thu"), Some(vec![0, 1, 2, 3]));
        assert_eq!(days_of_week("sat-mon"), Some(vec![5, 6, 0]));
        assert_eq!(days_of_week("mon-sun").map(|days| days.len()), Some(7));
        for wrong in ["monday", "mon-", "mon-thu-fri", "Mon", ""] {
            assert_eq!(days_of_week(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_interval_may_pass_midnight_but_not_be_empty() {
        for (text, start, end) in [
            ("09:00-12:30", 540, 750),
            ("9:00 - 12:30", 540, 750),
            ("22:00-06:00", 1320, 1800),
            ("00:00-24:00", 0, 1440),
            ("18:00-24:00", 1080, 1440),
            ("18:00-00:00", 1080, 1440),
        ] {
            assert_eq!(interval(text).ok(), Some(Interval { start, end }), "{text}");
        }
        for wrong in
            ["09:00", "09:00-09:00", "00:00-00:00", "24:00-06:00", "9-17", "09:60-10:00", "x-y"]
        {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
