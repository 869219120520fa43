//! Any mail's place among others: its identity, its parents, its base subject.

#![no_main]

use libfuzzer_sys::fuzz_target;
use owed::mail::parse::parse;
use owed::mail::thread;

fuzz_target!(init: drop(std::panic::take_hook()), |bytes: &[u8]| {
    let Ok(message) = parse(bytes) else { return };
    let identity = thread::identity(&message, bytes);
    assert_eq!(identity, thread::identity(&message, bytes), "one mail, two identities");
    let parents = thread::parents(&message);
    assert!(message.id.as_ref().is_none_or(|id| !parents.contains(id)), "its own parent");
    let base = thread::base_subject(&message.subject);
    let again = thread::base_subject(&base.text);
    assert_eq!(base.text, again.text, "a base subject that has one of its own");
    let _numbers = thread::case_numbers(&message.subject);
});
