//! Signatures and notices that no mark announces.
//!
//! Only at the end of a text, and only what cannot be a sentence: a block of
//! names, titles and ways to reach somebody, or a paragraph that speaks as
//! lawyers and servers do. A name alone below "Regards" stays: it costs nothing.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::ids::Party;
use crate::mail::pattern::pattern;
use crate::mail::wording::{CLOSING, NOTICE, NOTICE_MARK, PHONE, WARNING};

/// How many lines such a block may have.
const LONGEST_BLOCK: usize = 10;
/// A line of a block is no longer than this.
const LONGEST_LINE: usize = 90;
/// A notice is no shorter than this: nobody writes "this mail is confidential" to
/// fill less.
const SHORTEST_NOTICE: usize = 80;
/// Longer lines are not looked at.
const LONGEST_NOTICE: usize = 8000;

/// A way to reach somebody: a telephone number, an address, a site.
static REACH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}|https?://|www\.
        |(^|[\s:(])\+?\(?\d[\d\s().\-/]{6,}\d",
    )
});

/// The ranges of lines to cut, the last one first. `lines` end with the writer's
/// last words.
pub(super) fn unmarked(lines: &[&str]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut end = lines.len();
    while let Some(notice) = last_paragraph(lines, end).filter(|range| is_notice(lines, range)) {
        end = notice.start;
        ranges.push(notice);
    }
    ranges.extend(block(lines, end));
    ranges
}

/// The last paragraph before `end`, with the blank lines below it.
fn last_paragraph(lines: &[&str], end: usize) -> Option<Range<usize>> {
    let blank = |line: &&str| line.trim().is_empty();
    let above = lines.get(..end)?;
    let last = above.iter().rposition(|line| !blank(line))?;
    let start = above.get(..last)?.iter().rposition(blank).map_or(0, |at| at + 1);
    Some(start..end)
}

fn is_notice(lines: &[&str], range: &Range<usize>) -> bool {
    let text = lines.get(range.clone()).unwrap_or_default().join(" ");
    let speaks = (SHORTEST_NOTICE..LONGEST_NOTICE).contains(&text.len()) && !text.contains('?');
    speaks && NOTICE.is_match(text.trim()) && NOTICE_MARK.is_match(&text)
}

/// Whether a line begins what a server says of mail from outside.
pub(super) fn is_warning(line: &str) -> bool {
    line.len() <= LONGEST_NOTICE && WARNING.is_match(line)
}

/// A signature's block: from "Regards" on with more than a name, or the last
/// paragraph where it says how to reach somebody twice.
fn block(lines: &[&str], end: usize) -> Option<Range<usize>> {
    let filled = |line: &&&str| !line.trim().is_empty();
    let from = end.saturating_sub(2 * LONGEST_BLOCK);
    let near = lines.get(from..end)?;
    let closing =
        near.iter().rposition(|line| line.len() <= LONGEST_LINE && CLOSING.is_match(line));
    if let Some(at) = closing.map(|at| from + at) {
        let below: Vec<&str> = lines.get(at + 1..end)?.iter().filter(filled).copied().collect();
        let more = below.len() > 1 && below.len() <= LONGEST_BLOCK;
        if more && below.iter().all(|line| is_of_block(line)) {
            return Some(at..end);
        }
    }
    let last = last_paragraph(lines, end)?;
    let block = lines.get(last.clone())?;
    let block: Vec<&str> = block.iter().filter(filled).copied().collect();
    let reaches = block.iter().filter(|line| REACH.is_match(line)).count();
    let introduced = lines.get(..last.start)?.iter().rev().find(|line| !line.trim().is_empty());
    let announced = introduced.is_some_and(|line| line.trim_end().ends_with(':'));
    let short = (2..=LONGEST_BLOCK).contains(&block.len());
    // Who tells of others gives their addresses, each on its line.
    let of_others = block.iter().filter(|line| line.contains('@')).count() > 1;
    (short
        && reaches >= 2
        && !announced
        && !of_others
        && block.iter().all(|line| is_of_block(line)))
    .then_some(last)
}

/// Whether a line is the writer's name; where nobody knows it, any name of two
/// words.
pub(super) fn is_name_of(line: &str, writer: Option<&Party>) -> bool {
    let words: Vec<String> = line.split_whitespace().map(str::to_lowercase).collect();
    let known = writer.map(|party| format!("{} {}", party.name, party.address).to_lowercase());
    let theirs = match known {
        Some(known) => words.iter().all(|word| word.len() < 3 || known.contains(word.as_str())),
        None => words.len() > 1,
    };
    theirs && is_name(line)
}

/// A name, a title, a firm, or a way to reach somebody; no sentence.
pub(super) fn is_of_block(line: &str) -> bool {
    let line = line.trim();
    let sentence = line.contains('?') || line.ends_with(':') || line.len() > LONGEST_LINE;
    !sentence && (REACH.is_match(line) || PHONE.is_match(line) || is_name(line))
}

/// Whether every word begins as a name's or a title's does.
fn is_name(line: &str) -> bool {
    const SMALL: [&str; 16] = [
        "of", "and", "for", "the", "at", "de", "da", "do", "du", "la", "der", "und", "für", "di",
        "van", "y",
    ];
    let small = |word: &str| SMALL.contains(&word) || !word.chars().any(char::is_alphabetic);
    let begins = |word: &str| {
        let letter = word.chars().find(|c| c.is_alphabetic());
        letter.is_some_and(char::is_uppercase)
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    let named = words.iter().filter(|word| begins(word)).count();
    let closes = CLOSING.is_match(words.first().copied().unwrap_or_default());
    (1..=8).contains(&words.len())
        && named > 0
        && !closes
        && words.iter().all(|word| begins(word) || small(word))
}
