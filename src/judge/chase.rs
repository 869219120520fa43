//! Does a mail ask again, or say that nothing is needed any more?
//!
//! A second mail before our answer is no chase by itself: most are additions
//! and corrections, some say "solved it myself". Only a short text that speaks
//! of the missing answer is one. The words are those of each language's file.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::asks;
use super::plain::any_of;
use crate::mail::languages;

/// How many words a chase may have.
const MOST_WORDS: usize = 60;

/// What this file reads of a language's section `words`.
#[derive(Debug, Deserialize)]
struct Section {
    chase: Vec<String>,
    unchased: Vec<String>,
    settled: Vec<String>,
    unsettled: Vec<String>,
}

/// What is listened for, of all languages together: a chase is too short to
/// tell its language.
#[derive(Debug)]
struct Words {
    chase: Regex,
    unchased: Regex,
    settled: Regex,
    unsettled: Regex,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let sections = languages::section::<Section>("words");
    let all = |part: fn(&Section) -> &Vec<String>| {
        any_of(sections.iter().flat_map(|(_, section)| part(section)).map(String::as_str))
    };
    Words {
        chase: all(|section| &section.chase),
        unchased: all(|section| &section.unchased),
        settled: all(|section| &section.settled),
        unsettled: all(|section| &section.unsettled),
    }
});

/// Whether this text, in small letters, asks again for an answer.
pub(super) fn chases(plain: &str) -> bool {
    let words = plain.split_whitespace().take(MOST_WORDS + 1).count();
    (1..=MOST_WORDS).contains(&words)
        && WORDS.chase.is_match(plain)
        && !WORDS.unchased.is_match(plain)
}

/// Whether this text, here also in small letters, takes its request back, or
/// says that it has been met.
pub(super) fn settles(own: &str, plain: &str) -> bool {
    let short = plain.split_whitespace().take(MOST_WORDS * 2 + 1).count() <= MOST_WORDS * 2;
    short && WORDS.settled.is_match(plain) && !WORDS.unsettled.is_match(plain) && !asks::asks(own)
}
