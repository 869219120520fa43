//! What may be written already and is acted on by a later version only.
//!
//! It is checked like everything else, so that a file that is taken today is
//! taken then; and one warning says that nothing comes of it yet.

use super::amounts::positive;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{Raw, Text};
use crate::domain::calendar::Allowance;

/// Checks these parts, and tells which of them are written.
pub(super) fn later(raw: &Raw, faults: &mut Faults) {
    let mut written: Vec<(String, Span)> = Vec::new();
    let weekly = raw.schedule.weekly_report.as_ref();
    written.extend(weekly.map(|text| ("weekly_report".to_owned(), text.span())));
    if let Some(text) = &raw.daemon.keep_bodies {
        written.push(("keep_bodies".to_owned(), text.span()));
        keep_bodies(text, faults);
    }
    tell(written, faults);
}

fn tell(mut written: Vec<(String, Span)>, faults: &mut Faults) {
    // A file that is refused has other worries first.
    if faults.errors() > 0 {
        return;
    }
    written.sort_by_key(|(_, span)| span.start);
    let Some((_, first)) = written.first().cloned() else { return };
    let names: Vec<String> =
        written.iter().map(|(name, span)| format!("{name} (line {})", faults.line(span))).collect();
    let mut fault = Fault::warning("W-later", "this version does not act on all of this file yet")
        .at(first)
        .label("taken and checked, but nothing comes of it yet");
    for names in names.chunks(4) {
        fault = fault.right(names.join(", "));
    }
    faults.push(fault);
}

fn keep_bodies(text: &Text, faults: &mut Faults) {
    let amount = positive(text, "bodies are kept for some days, as in \"400d\"", faults);
    if matches!(amount, Some(Allowance::Working(_))) {
        let fault = Fault::error("E-duration", "bodies are kept for whole days");
        faults.push(fault.at(text.span()).right("keep_bodies = \"400d\""));
    }
}
