//! Times and lengths as a person says them: "today 17:30", "12 minutes ago".
//!
//! Every time comes on the reader's clocks; nothing here knows whose they are.
//! Nothing is rounded upwards: "2 hours ago" is never less than two hours.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Zoned};

/// The time `at` as somebody says it at `now`: the day by its name where that
/// is near, by its date where it is not.
pub fn clock(at: &Zoned, now: &Zoned) -> String {
    let at = at.with_time_zone(now.time_zone().clone());
    let time = at.strftime("%H:%M");
    match days_between(now.date(), at.date()) {
        0 => format!("today {time}"),
        1 => format!("tomorrow {time}"),
        -1 => format!("yesterday {time}"),
        _ => format!("{}, {time}", day(at.date(), now.date())),
    }
}

/// The day of `at` as somebody says it at `now`: "today", "on 3 March".
pub fn date(at: &Zoned, now: &Zoned) -> String {
    let date = at.with_time_zone(now.time_zone().clone()).date();
    match days_between(now.date(), date) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        _ if date.year() == now.year() => format!("on {} {}", date.day(), date.strftime("%B")),
        _ => format!("on {} {} {}", date.day(), date.strftime("%B"), date.year()),
    }
}

/// How far `at` is from `now`: "in 45 minutes", "2 hours ago", "just now".
pub fn distance(at: &Zoned, now: &Zoned) -> String {
    let ahead = now.duration_until(at);
    let unsigned = SignedDuration::from_secs(ahead.as_secs().saturating_abs());
    if unsigned.as_mins() == 0 {
        if ahead.as_secs() > 0 { "in a moment" } else { "just now" }.to_owned()
    } else if ahead.is_negative() {
        format!("{} ago", length(unsigned))
    } else {
        format!("in {}", length(unsigned))
    }
}

/// A length of time: minutes where it is short, days where it is long.
pub fn length(amount: SignedDuration) -> String {
    let minutes = amount.as_mins();
    let hours = amount.as_hours();
    if hours == 0 {
        counted(minutes, "minute")
    } else if hours < 6 && minutes % 60 > 0 {
        format!("{} {}", counted(hours, "hour"), counted(minutes % 60, "minute"))
    } else if hours < 48 {
        counted(hours, "hour")
    } else {
        counted(hours / 24, "day")
    }
}

/// How often: "once", "twice", "3 times".
pub fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

fn counted(count: i64, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// The year is said only where it is another one.
fn day(date: Date, today: Date) -> String {
    let name = match date.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    let date_in_year = format!("{name} {} {}", date.day(), date.strftime("%B"));
    if date.year() == today.year() {
        date_in_year
    } else {
        format!("{date_in_year} {}", date.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-20T16:45[Europe/Lisbon]";

    fn zoned(text: &str) -> Zoned {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_is_said_by_the_day_it_is_seen_from() {
        for (at, said) in [
            ("2026-11-20T17:30[Europe/Lisbon]", "today 17:30"),
            ("2026-11-20T09:05[Europe/Lisbon]", "today 09:05"),
            ("2026-11-21T00:00[Europe/Lisbon]", "tomorrow 00:00"),
            ("2026-11-19T18:00[Europe/Lisbon]", "yesterday 18:00"),
            ("2026-11-23T09:00[Europe/Lisbon]", "Monday 23 November, 09:00"),
            ("2026-11-06T16:00[Europe/Lisbon]", "Friday 6 November, 16:00"),
            ("2027-01-04T09:00[Europe/Lisbon]", "Monday 4 January 2027, 09:00"),
            // Somebody else's half past midnight is still this evening here.
            ("2026-11-21T00:30[Europe/Madrid]", "today 23:30"),
        ] {
            assert_eq!(clock(&zoned(at), &zoned(NOW)), said, "{at}");
        }
    }

    #[test]
    fn a_distance_is_never_made_longer_than_it_is() {
        for (at, said) in [
            ("2026-11-20T17:30[Europe/Lisbon]", "in 45 minutes"),
            ("2026-11-20T16:45:59[Europe/Lisbon]", "in a moment"),
            ("2026-11-20T16:45[Europe/Lisbon]", "just now"),
            ("2026-11-20T16:44:01[Europe/Lisbon]", "just now"),
            ("2026-11-20T16:44[Europe/Lisbon]", "1 minute ago"),
            ("2026-11-20T15:45[Europe/Lisbon]", "1 hour ago"),
            ("2026-11-20T14:35[Europe/Lisbon]", "2 hours 10 minutes ago"),
            ("2026-11-20T09:50[Europe/Lisbon]", "6 hours ago"),
            ("2026-11-18T16:46[Europe/Lisbon]", "47 hours ago"),
            ("2026-11-18T16:45[Europe/Lisbon]", "2 days ago"),
            ("2026-11-30T16:44[Europe/Lisbon]", "in 9 days"),
        ] {
            assert_eq!(distance(&zoned(at), &zoned(NOW)), said, "{at}");
        }
    }

    #[test]
    fn a_count_is_a_word_where_there_is_one() {
        assert_eq!([1, 2, 3].map(times), ["once", "twice", "3 times"]);
    }
}
