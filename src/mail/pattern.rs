//! Patterns that are constants of the code.

use regex::Regex;

/// The pattern in `text`. A word's boundary is that of ASCII words: with
/// Unicode's, the regex engine falls back to one that takes longer than all
/// other reading and judging together.
///
/// # Panics
///
/// Where it is none. It is a constant, so then no test passes.
pub fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace(r"\b", r"(?-u:\b)")).expect("the pattern is a constant")
}
