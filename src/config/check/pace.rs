//! `bundle_within` and `storm` of `[daemon]`: how much mail people get at once.

use jiff::SignedDuration;

use super::amounts::allowance;
use crate::config::faults::{Fault, Faults};
use crate::config::raw::Raw;
use crate::domain::calendar::Allowance;
use crate::domain::policy::Pace;

/// A reminder that waits longer for others is no reminder any more.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// How many mails an hour may be asked for before they are gathered.
const STORMS: std::ops::RangeInclusive<i64> = 1..=1_000;

/// What is written, or what is usual.
pub(super) fn pace(raw: &Raw, faults: &mut Faults) -> Pace {
    let usual = Pace::default();
    Pace {
        bundle_within: bundle_within(raw, faults).unwrap_or(usual.bundle_within),
        storm: storm(raw, faults).unwrap_or(usual.storm),
    }
}

fn bundle_within(raw: &Raw, faults: &mut Faults) -> Option<SignedDuration> {
    let text = raw.daemon.bundle_within.as_ref()?;
    match allowance(text, faults)? {
        Allowance::Working(time) | Allowance::Elapsed(time) if time <= LONGEST_WAIT => Some(time),
        _ => {
            let fault = Fault::error("E-duration", "a reminder waits no longer than an hour");
            let fault = fault.at(text.span()).label("longer than that");
            faults.push(fault.right("as in \"5m\", or \"0m\" for a mail of its own for each"));
            None
        }
    }
}

fn storm(raw: &Raw, faults: &mut Faults) -> Option<u32> {
    let number = raw.daemon.storm.as_ref()?;
    let written = *number.get_ref();
    if STORMS.contains(&written) {
        return u32::try_from(written).ok();
    }
    faults.push(
        Fault::error("E-value", format!("{written} is no sensible number of mails an hour"))
            .at(number.span())
            .label("from 1 to 1000")
            .right("storm = 20: what is more than that in an hour comes together"),
    );
    None
}
