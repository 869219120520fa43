//! Any bytes: a mail with its verdict, or the reason why it is none.

#![no_main]

use libfuzzer_sys::fuzz_target;
use owed::judge::verdict::{Known, judge};
use owed::mail::parse::{Malformed, parse};
use owed::mail::trust::vouch;

/// A mail that has all languages read before one is timed.
const FIRST: &[u8] = b"From: jo@customer.example\nSubject: Tap\n\nCan you come?\n-- \nJo\n";

fuzz_target!(init: first(), |bytes: &[u8]| judged(bytes));

fn first() {
    drop(std::panic::take_hook());
    judged(FIRST);
}

fn judged(bytes: &[u8]) {
    let message = match parse(bytes) {
        Ok(message) => message,
        Err(why) => return assert_ne!(why, Malformed::Unreadable, "a panic of our own"),
    };
    let verdict = judge(&message, None, &[], Known::default());
    assert!(!verdict.reason.is_empty(), "a verdict without a reason");
    let _vouched = vouch(&message, &["mx.brook.example".to_owned()]);
}
