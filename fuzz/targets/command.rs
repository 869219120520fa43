//! Any words, in answer to whatever was asked: orders, the cases they name, and what was
//! not understood.

#![no_main]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use owed::domain::calendar::Calendar;
use owed::mail::approval::Asked;
use owed::mail::orders::answer;

fuzz_target!(|bytes: &[u8]| {
    let zone = TimeZone::get("Europe/Lisbon").unwrap_or(TimeZone::UTC);
    let calendar = Calendar::always(zone);
    let now: Timestamp = "2026-03-04T10:00:00Z".parse().expect("a time");
    let words = String::from_utf8_lossy(bytes);
    for asked in [Asked::Nothing, Asked::Approval, Asked::Meaning] {
        let _understood = answer(&words, asked, &calendar, now);
    }
});
