//! Any words: the promises in them, none of which is due before it was made.

#![no_main]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use owed::domain::calendar::Calendar;
use owed::judge::promise::{Said, promises};

/// A promise that has all languages read before one is timed.
const FIRST: &[u8] = b"0000I will call you tomorrow.";

fuzz_target!(init: heard(FIRST), |bytes: &[u8]| heard(bytes));

fn heard(bytes: &[u8]) {
    let (head, text) = bytes.split_at_checked(4).unwrap_or((&[0; 4], bytes));
    let seconds = head.iter().fold(0_i64, |n, byte| (n << 8) | i64::from(*byte));
    let Ok(at) = Timestamp::from_second(seconds) else { return };
    let zone = TimeZone::get("Europe/Lisbon").unwrap_or(TimeZone::UTC);
    let calendar = Calendar::always(zone);
    let text = String::from_utf8_lossy(text);
    for promise in promises(&text, &Said { at, calendar: &calendar }) {
        assert!(promise.due.is_none_or(|due| due >= at), "promised for the past");
    }
}
