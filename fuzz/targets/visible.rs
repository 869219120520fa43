//! Any mail's text: what its writer wrote is found, and is part of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use owed::mail::parse::parse;
use owed::mail::visible::{own_words, visible};

/// A text that has all languages read before one is timed.
const FIRST: &[u8] = b"0Can you come?\n-- \nJo\n\nOn Monday Jo wrote:\n> The tap drips.\n";

fuzz_target!(init: first(), |bytes: &[u8]| cut(bytes));

fn first() {
    drop(std::panic::take_hook());
    cut(FIRST);
}

fn cut(bytes: &[u8]) {
    let mut mail =
        b"From: jo@customer.example\r\nContent-Type: text/plain; charset=utf-8\r\n".to_vec();
    if bytes.first().is_some_and(|byte| byte % 2 == 1) {
        mail = b"From: jo@customer.example\r\nContent-Type: text/html; charset=utf-8\r\n".to_vec();
    }
    mail.extend_from_slice(b"Content-Transfer-Encoding: 8bit\r\n\r\n");
    mail.extend_from_slice(bytes.get(1..).unwrap_or_default());
    let Ok(message) = parse(&mail) else { return };
    let shown = visible(&message);
    let own = own_words(&shown);
    assert!(own.len() <= shown.len() + 1, "own words that nobody wrote");
}
