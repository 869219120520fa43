//! Whole days that are not worked: dates, ranges `a..b`, and calendar files.
//!
//! A file that is not there is a warning, so that a configuration can be checked
//! elsewhere; the daemon does not start without it. One that is there and cannot
//! be read is an error: its days would count as working days.

use std::io::ErrorKind;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::Beside;
use crate::config::faults::{Fault, Faults};
use crate::config::ics::{self, Away, MOST_BYTES};
use crate::config::raw::{Texts, every};
use crate::domain::calendar::{Days, merged};

pub(super) use crate::config::ics::Meant;

/// The code of the letter about a file that is not there.
pub(in crate::config) const FILE_IS_MISSING: &str = "W-file";

/// The days and times that are listed. In a file, a time without a zone is on the
/// clocks of `zone`.
pub(super) fn away(
    texts: &Texts,
    meant: Meant,
    (zone, beside): (&TimeZone, Beside<'_>),
    faults: &mut Faults,
) -> Away {
    let mut away = Away::default();
    for (text, span) in every(texts) {
        match text.trim().strip_prefix("file:") {
            Some(path) => match in_file(path, meant, (zone, beside)) {
                Ok(found) => {
                    away.days.extend(found.days);
                    away.gaps.extend(found.gaps);
                }
                Err(letters) => {
                    let placed = letters.into_iter().map(|fault| fault.at(span.clone()));
                    placed.for_each(|fault| faults.push(fault));
                }
            },
            None => match range(text) {
                Ok(range) => away.days.push(range),
                Err(fault) => faults.push(fault.at(span)),
            },
        }
    }
    Away { days: merged(away.days), ..away }
}

fn in_file(
    path: &str,
    meant: Meant,
    (zone, beside): (&TimeZone, Beside<'_>),
) -> Result<Away, Vec<Fault>> {
    let path = path.trim();
    if path.is_empty() {
        let fault = Fault::error("E-date", "the file has no name");
        return Err(vec![fault.right("as in \"file:holidays.ics\"")]);
    }
    let bytes = (beside.read)(&beside.folder.join(path)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => vec![missing(path)],
        _ => vec![
            Fault::error("E-file", format!("{path:?} cannot be read: {error}"))
                .label("its days would count as working days")
                .right("it must be a file that the user of the daemon may read"),
        ],
    })?;
    if bytes.len() > MOST_BYTES {
        let most = MOST_BYTES / (1024 * 1024);
        let fault = Fault::error("E-file", format!("{path:?} is larger than {most} MB"));
        let right = "export holidays and absences alone, without attachments";
        return Err(vec![fault.label("too large").right(right)]);
    }
    ics::read(&bytes, meant, zone).map_err(|broken| {
        let letter = |fault: ics::Broken| {
            Fault::error("E-ics", format!("{path:?}, line {}: {}", fault.line, fault.wrong))
                .label("its days would count as working days")
                .right(fault.right)
        };
        broken.into_iter().map(letter).collect()
    })
}

fn missing(path: &str) -> Fault {
    Fault::warning(FILE_IS_MISSING, format!("there is no file {path:?}"))
        .label("seen from the folder of this configuration")
        .right("until it is there its days are working days, and `owed run` does not start;")
        .right("or list the days here: \"2026-12-25\", \"2026-12-28..2026-12-31\"")
}

/// The days that a date, or two with `..` between, mean.
pub(super) fn range(text: &str) -> Result<Days, Fault> {
    let Some((first, last)) = text.split_once("..") else {
        let day = date(text)?;
        return Ok(Days::one(day));
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
