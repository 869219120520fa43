//! Any bytes: a mail with its verdict, or the reason why it is none.

#![no_main]

use libfuzzer_sys::fuzz_target;
use owed::judge::verdict::{Known, judge};
use owed::mail::parse::parse;
use owed::mail::trust::vouch;

/// A mail that has all languages read before one is timed.
const FIRST: &[u8] = b"From: jo@customer.example\nSubject: Tap\n\nCan you come?\n-- \nJo\n";

fuzz_target!(init: judged(FIRST), |bytes: &[u8]| judged(bytes));

fn judged(bytes: &[u8]) {
    let Ok(message) = parse(bytes) else { return };
    let verdict = judge(&message, None, &[], Known::default());
    assert!(!verdict.reason.is_empty(), "a verdict without a reason");
    let _vouched = vouch(&message, &["mx.brook.example".to_owned()]);
}
