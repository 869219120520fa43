//! Does a text ask for something? Sentence by sentence, on own words only.
//!
//! A question mark, or words that want something of the reader. What is only
//! said so (greetings, closings, legal text) and addresses with a `?` in them
//! ask nothing. The words are those of each language's file.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::plain::{any_of, plain};
use super::sentence::sentences;
use crate::mail::languages;
use crate::mail::pattern::pattern;

/// How much text is looked at, in bytes.
const LONGEST: usize = 64 * 1024;

/// What this file reads of a language's section `words`.
#[derive(Debug, Deserialize)]
struct Section {
    asks: Vec<String>,
    polite: Vec<String>,
}

static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)<?\b(?:https?|ftp|mailto):[^\s>]+>?|\bwww\.[^\s>]+"));

/// What is listened for, of all languages together.
#[derive(Debug)]
struct Words {
    asks: Regex,
    polite: Regex,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let sections = languages::section::<Section>("words");
    let all = |part: fn(&Section) -> &Vec<String>| {
        any_of(sections.iter().flat_map(|(_, section)| part(section)).map(String::as_str))
    };
    Words { asks: all(|section| &section.asks), polite: all(|section| &section.polite) }
});

/// Whether the text asks its reader for something.
pub(super) fn asks(own: &str) -> bool {
    let read = own.get(..own.floor_char_boundary(LONGEST)).unwrap_or(own);
    let without = ADDRESS.replace_all(read, " ");
    sentences(&without).iter().any(|sentence| is_request(&plain(sentence)))
}

fn is_request(sentence: &str) -> bool {
    (is_question(sentence) || WORDS.asks.is_match(sentence)) && !WORDS.polite.is_match(sentence)
}

/// Whether a sentence ends as a question, and has a word before it.
fn is_question(sentence: &str) -> bool {
    let bare = sentence.trim_end_matches(['!', '"', '\'', ')', ' ', '.', '*', '_']);
    let asked = bare.ends_with(['?', '？', '؟']);
    asked && bare.chars().filter(|c| c.is_alphabetic()).nth(1).is_some()
}
