//! `[leaving]` and `[schedule]`: what is told by the clock alone.

use jiff::SignedDuration;

use super::amounts::working_time;
use super::patterns::cron;
use crate::config::faults::{Fault, Faults};
use crate::config::nearest::nearest;
use crate::config::raw::{Raw, Text};
use crate::domain::schedule::{Report, Schedule};

/// How much of the day is left, unless the file says otherwise.
const BEFORE_LEAVING: SignedDuration = SignedDuration::from_mins(30);

/// All that may be written; what is no [`Report`] yet is acted on by a later version.
const KNOWN: [&str; 2] = ["supervisor_digest", "weekly_report"];

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

/// The schedules that are acted on.
pub(super) fn schedules(raw: &Raw, faults: &mut Faults) -> Vec<Schedule> {
    let table = raw.schedule.iter().flat_map(toml::Spanned::get_ref);
    table.filter_map(|(name, text)| schedule(name, text, faults)).collect()
}

fn schedule(name: &Text, text: &Text, faults: &mut Faults) -> Option<Schedule> {
    let times = cron(text, faults);
    let written = name.get_ref().as_str();
    if !KNOWN.contains(&written) {
        let right = match nearest(written, KNOWN) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("what may stand here: {}", KNOWN.join(", ")),
        };
        let fault = Fault::error("E-unknown-key", format!("there is no `{written}` in `schedule`"));
        faults.push(fault.at(name.span()).label("not known").right(right));
    }
    Some(Schedule { report: Report::called(written)?, times: times? })
}
