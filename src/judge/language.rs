//! Which language a text is in, told by its commonest small words: those of
//! each language's file.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::mail::languages;

/// Of how many words the language is told, at most.
const MOST_WORDS: usize = 400;
/// How many small words must be found.
const LEAST_FOUND: usize = 2;

/// What this file reads of a language's section `words`.
#[derive(Debug, Deserialize)]
struct Section {
    small: String,
}

/// Each small word with the languages that have it.
static SMALL: LazyLock<HashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut small: HashMap<String, Vec<&'static str>> = HashMap::new();
    for (code, section) in languages::section::<Section>("words") {
        for word in section.small.split_whitespace() {
            small.entry(word.to_owned()).or_default().push(code);
        }
    }
    small
});

/// The language of `text` as a two-letter code, where it can be told.
pub(super) fn language(text: &str) -> Option<String> {
    let split = |c: char| !c.is_alphabetic() && c != '\'';
    let words = text.split(split).filter(|word| !word.is_empty()).take(MOST_WORDS);
    let mut found: Vec<(&str, usize)> = Vec::new();
    for code in words.filter_map(|word| SMALL.get(&word.to_lowercase())).flatten() {
        match found.iter_mut().find(|(known, _)| known == code) {
            Some((_, count)) => *count += 1,
            None => found.push((code, 1)),
        }
    }
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    match found.as_slice() {
        [(_, best), (_, second), ..] if best == second => None,
        [(code, best), ..] if *best >= LEAST_FOUND => Some((*code).to_owned()),
        _ => None,
    }
}
