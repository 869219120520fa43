//! `[check_in]`: how a contact is asked after a job whether all is well.

use jiff::SignedDuration;
use jiff::civil::Time;

use super::amounts::{allowance, positive};
use super::hours::minutes;
use crate::config::faults::{Fault, Faults};
use crate::config::raw::{CheckIn, Raw, Text};
use crate::domain::calendar::Allowance;
use crate::domain::check_in::{Approval, Terms};

/// What is usual, where the table says nothing else.
const AFTER: Allowance = Allowance::WorkingDays(2);
const AT: Time = Time::constant(10, 0, 0, 0);
const QUIET_FOR: Allowance = Allowance::WorkingDays(30);
const AGAIN_AFTER: Allowance = Allowance::WorkingDays(5);
const URGENT: Allowance = Allowance::Working(SignedDuration::from_hours(2));
const REOPENED: usize = 2;

/// How often a case may come back before one more above is told.
const REOPENINGS: std::ops::RangeInclusive<i64> = 0..=100;

/// What is decided about check-ins; `None` where nobody is asked.
pub(super) fn check_in(raw: &Raw, faults: &mut Faults) -> Option<Terms> {
    let written = raw.check_in.as_ref()?.get_ref();
    let CheckIn { after, at, approval, quiet_for, again_after, urgent, reopened, .. } = written;
    let mut some = |text: &Option<Text>, why: &str, usual| {
        text.as_ref().and_then(|text| positive(text, why, faults)).unwrap_or(usual)
    };
    let quiet_for = some(quiet_for, "wait a while, as in \"30d\"", QUIET_FOR);
    let again_after = some(again_after, "wait a while, as in \"5d\"", AGAIN_AFTER);
    let urgent = some(urgent, "somebody needs time to answer, as in \"2h\"", URGENT);
    let after = after.as_ref().and_then(|text| allowance(text, faults)).unwrap_or(AFTER);
    let words = [("person", Approval::Person), ("standing", Approval::Standing)];
    let approval = approval.as_ref().and_then(|t| super::word("approval", t, &words, faults));
    Some(Terms {
        after,
        at: at.as_ref().and_then(|text| time_of_day(text, faults)).unwrap_or(AT),
        approval: approval.unwrap_or(Approval::Person),
        quiet_for,
        again_after,
        urgent,
        patience: reopened.as_ref().and_then(|n| patience(n, faults)).unwrap_or(REOPENED),
    })
}

/// A time at which people are written to: not at night.
fn time_of_day(text: &Text, faults: &mut Faults) -> Option<Time> {
    let read = minutes(text.get_ref()).filter(|minutes| (8 * 60..20 * 60).contains(minutes));
    let time = read.and_then(|at| {
        let (hour, minute) = (i8::try_from(at / 60).ok()?, i8::try_from(at % 60).ok()?);
        Time::new(hour, minute, 0, 0).ok()
    });
    if time.is_none() {
        let what = format!("{:?} is no time of day at which people are written to", text.get_ref());
        let fault = Fault::error("E-value", what).at(text.span());
        faults.push(fault.label("from 08:00 to 19:59").right("as in at = \"10:00\""));
    }
    time
}

fn patience(number: &toml::Spanned<i64>, faults: &mut Faults) -> Option<usize> {
    let written = *number.get_ref();
    if REOPENINGS.contains(&written) {
        return usize::try_from(written).ok();
    }
    let fault = Fault::error("E-value", format!("{written} is no sensible number of times"));
    let fault = fault.at(number.span()).label("from 0 to 100");
    faults.push(fault.right("reopened = 2: the third time, one more above is told"));
    None
}
