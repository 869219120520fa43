//! Promises in what somebody of ours wrote: that they come back, answer or
//! deliver, and by when.
//!
//! A sentence is a promise where its writer commits to act. It is none where
//! the reader has to do something first, where it only offers, asks or reports,
//! or where others are to act. What is half a promise ("I hope to …") counts
//! with a time. The words are those of each language's file.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use jiff::Timestamp;
use regex::{Captures, Regex};
use serde::Deserialize;

use super::dates::{self, Lead, Named, Vocabulary};
use super::plain::{any_of, plain};
use super::sentence::sentences;
use super::verdict::Promise;
use crate::domain::calendar::Calendar;
use crate::mail::languages;

/// How many promises of one mail are kept.
const MOST: usize = 8;
/// How much of a sentence is kept, in characters.
const LONGEST: usize = 200;
/// How long a sentence is listened to, in bytes.
const LISTENED: usize = 2_000;
/// How much text is looked at, in bytes.
const READ: usize = 64 * 1024;

/// When something was written, and on whose hours.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// When it was written.
    pub at: Timestamp,
    /// The hours and the zone of its writer.
    pub calendar: &'a Calendar,
}

/// The section `promise` of a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    starts: Vec<String>,
    between: Vec<String>,
    acts: Vec<String>,
    whole: Vec<String>,
    soft: Vec<String>,
    unless: Vec<String>,
    despite: Vec<String>,
}

/// How one language promises.
#[derive(Debug)]
struct Language {
    firm: Regex,
    soft: Regex,
    unless: Regex,
    despite: Regex,
    dates: &'static Vocabulary,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let sections = languages::section::<Section>("promise").into_iter();
    let known = sections.filter_map(|(code, section)| Some((dates::vocabulary(code)?, section)));
    known.map(|(dates, section)| Language::new(&section, dates)).collect()
});

impl Language {
    fn new(section: &Section, dates: &'static Vocabulary) -> Self {
        let all = |parts: &[String]| any_of(parts.iter().map(String::as_str));
        Self {
            firm: any_of(section.firm().iter().map(String::as_str)),
            soft: all(&section.soft),
            unless: all(&section.unless),
            despite: all(&section.despite),
            dates,
        }
    }

    /// What this language finds in a sentence: where a promise ends to be said,
    /// and whether it counts without a time.
    fn hears(&self, plain: &str) -> Option<(usize, bool)> {
        let (found, firm) = match self.firm.find(plain) {
            Some(found) => (found, true),
            None => (self.soft.find(plain)?, false),
        };
        let quoted = plain.split_at(found.start()).0.matches('"').count() % 2 == 1;
        let holds = !quoted && !self.takes_back(plain, found.end());
        holds.then_some((found.end(), firm))
    }

    /// Whether a sentence says what makes none of a promise that is said before
    /// `end`. What begins another clause after it (", and if you like …") is
    /// another matter.
    fn takes_back(&self, plain: &str, end: usize) -> bool {
        let blank = |found: &Captures<'_>| " ".repeat(found.get_match().len());
        let listened = self.despite.replace_all(plain, blank);
        self.unless.find_iter(&listened).any(|found| {
            let between = listened.get(end..found.start()).unwrap_or_default();
            let clause = between.rsplit_once([',', ';']);
            clause.is_none_or(|(_, lead)| lead.trim().is_empty())
        })
    }
}

impl Section {
    /// What promises by itself: a whole, or a start with an act.
    fn firm(&self) -> Vec<String> {
        let mut firm = self.whole.clone();
        if !self.starts.is_empty() {
            let start = |start: &String| {
                let bound = if start.starts_with('^') { "" } else { r"\b" };
                format!("{bound}(?:{start})")
            };
            let starts: Vec<String> = self.starts.iter().map(start).collect();
            let (starts, acts) = (starts.join("|"), self.acts.join("|"));
            let between = self.between.iter().map(|words| format!("{words} "));
            let between = between.collect::<Vec<_>>().join("|");
            firm.push(format!(r"(?:{starts}),? (?:{between}){{0,3}}(?:{acts})"));
        }
        firm
    }
}

/// The promises in `own`, the words of their writer.
pub fn promises(own: &str, said: &Said<'_>) -> Vec<Promise> {
    let read = own.get(..own.floor_char_boundary(READ)).unwrap_or(own);
    let all = sentences(read).into_iter();
    all.filter_map(|sentence| promise(&sentence, said)).take(MOST).collect()
}

fn promise(sentence: &str, said: &Said<'_>) -> Option<Promise> {
    if sentence.ends_with(['?', '？']) || sentence.len() > LISTENED {
        return None;
    }
    let plain = plain(sentence);
    let heard = LANGUAGES.iter().try_for_each(|language| match language.hears(&plain) {
        Some((end, firm)) => ControlFlow::Break((language, end, firm)),
        None => ControlFlow::Continue(()),
    });
    let (language, end, firm) = heard.break_value()?;
    let mut named = dates::mentions(&plain, language.dates);
    named.retain(|named| named.lead != Lead::Past);
    let due = due(&named, end, language.dates, said);
    (firm || due.is_some()).then(|| Promise { text: shortened(sentence), due })
}

/// When the promise that is said before `end` is due, of the times that its
/// sentence names: the first limit after it, else the first time after it, else
/// the last before it ("By Friday I will …").
fn due(named: &[Named], end: usize, words: &Vocabulary, said: &Said<'_>) -> Option<Timestamp> {
    let after = named.iter().position(|named| named.at + 1 >= end).unwrap_or(named.len());
    let (before, after) = named.split_at(after);
    let chosen = after
        .iter()
        .position(|named| matches!(named.lead, Lead::Limit | Lead::Before))
        .or((!after.is_empty()).then_some(0));
    let chosen = match chosen {
        Some(chosen) => after.get(chosen..)?,
        None => before.get(before.len().checked_sub(1)?..)?,
    };
    // "Monday or Tuesday" is Tuesday.
    let (first, more) = chosen.split_first()?;
    let joined = more.iter().take_while(|named| named.joined);
    let ends = |named| dates::resolve::end(named, words.order, said.at, said.calendar);
    std::iter::once(first).chain(joined).filter_map(ends).max()
}

fn shortened(sentence: &str) -> String {
    match sentence.char_indices().nth(LONGEST) {
        Some((end, _)) => sentence.split_at(end).0.to_owned(),
        None => sentence.to_owned(),
    }
}
