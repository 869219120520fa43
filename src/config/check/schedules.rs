//! `[leaving]` and `[schedule]`: what is told by the clock alone.

use jiff::SignedDuration;

use super::amounts::working_time;
use super::patterns::cron;
use crate::config::faults::{Fault, Faults};
use crate::config::raw::Raw;
use crate::domain::schedule::{Report, Schedule};

/// How much of the day is left, unless the file says otherwise.
const BEFORE_LEAVING: SignedDuration = SignedDuration::from_mins(30);

/// How much of a person's day is left when they hear what they owe.
pub(super) fn before_leaving(raw: &Raw, faults: &mut Faults) -> Option<SignedDuration> {
    let Some(text) = &raw.leaving.remind else { return Some(BEFORE_LEAVING) };
    if text.get_ref().trim() == "off" {
        return None;
    }
    let lead = working_time(text, faults)?;
    if lead.is_zero() {
        let fault = Fault::error("E-duration", "nothing can be done once the day is over");
        let right = "as in remind = \"30m\"; \"off\" where nobody is to hear of it";
        faults.push(fault.at(text.span()).label("no time at all").right(right));
    }
    Some(lead)
}

/// The schedules that are acted on; the others are checked all the same.
pub(super) fn schedules(raw: &Raw, faults: &mut Faults) -> Vec<Schedule> {
    let written = [
        (Some(Report::SupervisorDigest), &raw.schedule.supervisor_digest),
        (None, &raw.schedule.weekly_report),
    ];
    let mut sound = Vec::new();
    for (report, text) in written {
        let times = text.as_ref().and_then(|text| cron(text, faults));
        sound.extend(report.zip(times).map(|(report, times)| Schedule { report, times }));
    }
    sound
}
