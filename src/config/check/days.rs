//! Whole days that are not worked: dates, ranges `a..b`, and ICS files.
//!
//! This version does not read ICS files. That is told where one is named, since
//! its days then count as ordinary working days.

use jiff::civil::Date;

use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{Texts, every};
use crate::domain::calendar::Days;

/// The days that are listed.
pub(super) fn days(texts: &Texts, faults: &mut Faults) -> Vec<Days> {
    let mut days = Vec::new();
    for (text, span) in every(texts) {
        match text.trim().strip_prefix("file:") {
            Some(path) => not_read_yet(path, span, faults),
            None => match range(text) {
                Ok(range) => days.push(range),
                Err(fault) => faults.push(fault.at(span)),
            },
        }
    }
    days
}

fn not_read_yet(path: &str, span: Span, faults: &mut Faults) {
    if path.trim().is_empty() {
        let fault = Fault::error("E-date", "the file has no name").at(span);
        faults.push(fault.right("as in \"file:holidays.ics\""));
        return;
    }
    let fault = Fault::warning(
        "W-ics",
        format!("{path:?} is not read yet: its days count as working days"),
    )
    .at(span)
    .label("a later version reads ICS files")
    .right("until then, list the days here: \"2026-12-25\", \"2026-12-28..2026-12-31\"");
    faults.push(fault);
}

/// The days that a date, or two with `..` between, mean.
pub(super) fn range(text: &str) -> Result<Days, Fault> {
    let Some((first, last)) = text.split_once("..") else {
        let day = date(text)?;
        return Ok(Days { first: day, last: day });
    };
    let days = Days { first: date(first)?, last: date(last)? };
    if days.first <= days.last {
        return Ok(days);
    }
    let fault = Fault::error("E-date", format!("{text:?} ends before it starts"));
    Err(fault.right(format!("did you mean \"{}..{}\"?", days.last, days.first)))
}

/// The civil day that is written as year, month and day.
pub(super) fn date(text: &str) -> Result<Date, Fault> {
    let clean = text.trim();
    let shape = clean.len() == 10 && clean.bytes().filter(|b| *b == b'-').count() == 2;
    let wrong = |label: &str| {
        Fault::error("E-date", format!("{clean:?} is no date"))
            .label(label)
            .right("year, month and day, as in \"2026-12-25\"")
    };
    if !shape {
        return Err(wrong("not written as a date"));
    }
    clean.parse().map_err(|_| wrong("not in the calendar"))
}
