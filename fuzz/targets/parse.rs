//! Any bytes: a mail with its verdict, or the reason why it is none.

#![no_main]

use libfuzzer_sys::fuzz_target;
use owed::judge::verdict::{Known, judge};
use owed::mail::parse::parse;
use owed::mail::trust::vouch;

fuzz_target!(|bytes: &[u8]| {
    let Ok(message) = parse(bytes) else { return };
    let verdict = judge(&message, None, &[], Known::default());
    assert!(!verdict.reason.is_empty(), "a verdict without a reason");
    let _vouched = vouch(&message, &["mx.brook.example".to_owned()]);
});
