//! Durations: `"4h"` of working time, `"2d"` working days, `"4h elapsed"`.
//!
//! A month or a week has no fixed amount of working time, and a fraction of a
//! day has no meaning on a calendar; so neither can be written.

use jiff::SignedDuration;

use crate::config::faults::{Fault, Faults};
use crate::config::raw::Text;
use crate::domain::calendar::Allowance;

const EXAMPLES: &str =
    "as in \"45m\", \"4h\", \"1h 30m\" (working time), \"2d\" (working days), \"4h elapsed\"";

/// Longer than this is a slip.
const LONGEST_DAYS: u64 = 400;

/// An amount that may be zero.
pub(super) fn allowance(text: &Text, faults: &mut Faults) -> Option<Allowance> {
    parse(text.get_ref()).map_err(|fault| faults.push(fault.at(text.span()))).ok()
}

/// An amount that must not be zero, and why.
pub(super) fn positive(text: &Text, why: &str, faults: &mut Faults) -> Option<Allowance> {
    let amount = allowance(text, faults)?;
    let zero = match amount {
        Allowance::Working(time) | Allowance::Elapsed(time) => time.is_zero(),
        Allowance::WorkingDays(days) => days == 0,
    };
    if zero {
        let fault = Fault::error("E-duration", format!("{:?} is no time at all", text.get_ref()));
        faults.push(fault.at(text.span()).label("zero").right(why));
    }
    Some(amount)
}

/// Working time within one day, in hours and minutes.
pub(super) fn working_time(text: &Text, faults: &mut Faults) -> Option<SignedDuration> {
    match allowance(text, faults)? {
        Allowance::Working(time) => Some(time),
        Allowance::WorkingDays(_) | Allowance::Elapsed(_) => {
            let fault = Fault::error("E-duration", "this is working time within one day");
            let fault = fault.at(text.span()).label("neither days nor elapsed time");
            faults.push(fault.right("as in \"30m\" or \"1h 30m\""));
            None
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Allowance, Fault> {
    let wrong = |what: &str| {
        Fault::error("E-duration", format!("{text:?} is no duration")).label(what).right(EXAMPLES)
    };
    let clean = text.trim();
    if clean.starts_with('-') || clean.ends_with("ago") {
        return Err(wrong("this points into the past"));
    }
    let (clean, elapsed) = match clean.strip_suffix("elapsed") {
        Some(rest) => (rest.trim(), true),
        None => (clean, false),
    };
    if clean.contains(['.', ',']) {
        return Err(wrong("only whole numbers; half an hour is 30m"));
    }
    let mut seconds = 0_u64;
    let (mut days, mut times) = (0_u64, 0_usize);
    for (number, unit) in parts(clean).ok_or_else(|| wrong("a number with a unit is missing"))? {
        let number: u64 = number.parse().map_err(|_| wrong("only whole numbers"))?;
        let length = match unit {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => 0,
            "" => return Err(wrong("the unit is missing")),
            _ => {
                let fault = wrong(&format!("the unit {unit:?} is not known"));
                return Err(fault.right(instead(number, unit)));
            }
        };
        if unit == "d" {
            days = days.saturating_add(number);
        } else {
            times += 1;
            seconds = seconds.saturating_add(number.saturating_mul(length));
        }
    }
    if days.saturating_add(seconds / 86_400) > LONGEST_DAYS {
        return Err(wrong("longer than 400 days"));
    }
    let time = |seconds: u64| SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    match (days, elapsed) {
        (_, true) => Ok(Allowance::Elapsed(time(days * 86_400 + seconds))),
        (0, false) if times > 0 => Ok(Allowance::Working(time(seconds))),
        (_, false) if times == 0 => Ok(Allowance::WorkingDays(u16::try_from(days).unwrap_or(0))),
        _ => Err(wrong("working days and hours cannot be mixed")),
    }
}

/// What somebody meant who wrote the unit in full.
fn instead(number: u64, unit: &str) -> String {
    match unit.to_lowercase().as_str() {
        "sec" | "second" | "seconds" => format!("did you mean \"{number}s\"?"),
        "mins" | "minute" | "minutes" => format!("did you mean \"{number}m\"?"),
        "hr" | "hrs" | "hour" | "hours" => format!("did you mean \"{number}h\"?"),
        "day" | "days" => format!("did you mean \"{number}d\", in working days?"),
        "w" | "week" | "weeks" => {
            "a week is \"5d\" in working days, or \"7d elapsed\" by the calendar".to_owned()
        }
        _ => String::new(),
    }
}

/// `1h 30m` as numbers with their units; `None` where there is none.
fn parts(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.find(|c: char| c.is_ascii_digit() || c.is_whitespace());
        let (unit, next) = after.split_at(letters.unwrap_or(after.len()));
        if number.is_empty() {
            return None;
        }
        parts.push((number, unit));
        rest = next.trim_start();
    }
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn working(minutes: i64) -> Allowance {
        Allowance::Working(SignedDuration::from_mins(minutes))
    }

    #[test]
    fn amounts_are_read_as_the_guide_writes_them() {
        let elapsed = |hours| Allowance::Elapsed(SignedDuration::from_hours(hours));
        for (text, amount) in [
            ("4h", working(240)),
            ("1h 30m", working(90)),
            ("1h30m", working(90)),
            ("45 min", working(45)),
            ("0m", working(0)),
            ("2d", Allowance::WorkingDays(2)),
            ("4h elapsed", elapsed(4)),
            ("2d elapsed", elapsed(48)),
            ("1d 4h elapsed", elapsed(28)),
        ] {
            assert_eq!(parse(text).ok(), Some(amount), "{text}");
        }
    }

    #[test]
    fn what_has_no_clear_length_is_refused() {
        for text in [
            "",
            "4",
            "h",
            "-4h",
            "2 weeks ago",
            "2 weeks",
            "1mo",
            "1.5h",
            "1d 4h",
            "4h elapse",
            "elapsed",
            "500d",
            "9999999999999999999h",
            "18446744073709551615d 1h elapsed",
            "4 h ?",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
