//! Patterns that are constants of the code.

use regex::{Regex, RegexBuilder};

/// How much a pattern may remember of what it has seen, in bytes. With the
/// usual 2 MB the alternations of all languages forget as fast as they learn,
/// and the engine falls back to one that took 1.6 ms for a line of 200 letters
/// instead of 0.4 µs. It is a bound: few patterns come near it.
const REMEMBERED: usize = 8 << 20;

/// The pattern in `text`. A word's boundary is that of ASCII words: with
/// Unicode's, the regex engine falls back to one that takes longer than all
/// other reading and judging together.
///
/// # Panics
///
/// Where it is none. It is a constant, so then no test passes.
pub fn pattern(text: &str) -> Regex {
    let text = text.replace(r"\b", r"(?-u:\b)");
    let built = RegexBuilder::new(&text).dfa_size_limit(REMEMBERED).build();
    built.expect("the pattern is a constant")
}
