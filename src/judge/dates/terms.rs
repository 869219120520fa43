//! The words of dates in one language, and a sentence as the row of those that
//! stand in it.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::judge::plain::plain;
use crate::mail::languages;

/// How many words of a sentence are looked at.
const MOST_TERMS: usize = 400;
/// The shortest part of a compound: "montag" and "abend" in "Montagabend".
const SHORTEST_PART: usize = 4;

/// What a word means in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Word {
    /// Days from now.
    Today,
    Tomorrow,
    DayAfterTomorrow,
    /// Times of the day; the first four say also which day they are of.
    Tonight,
    ThisMorning,
    ThisAfternoon,
    Morning,
    Noon,
    Afternoon,
    Evening,
    Close,
    Midnight,
    /// Which of several.
    This,
    Next,
    /// The next in time, but this week's Friday.
    Coming,
    AfterNext,
    Start,
    Middle,
    End,
    /// How it stands to what is named.
    By,
    Before,
    In,
    At,
    On,
    Past,
    Ago,
    FromNow,
    Or,
    /// Units.
    Minute,
    HalfHour,
    Hour,
    /// A word for hours of the clock and for a number of hours.
    HourOrClock,
    OClock,
    Am,
    Pm,
    Day,
    WorkingDay,
    Week,
    Weekend,
    Fortnight,
    Month,
    /// The end of an ordinal number: "14th".
    Ordinal,
    /// What may stand between and says nothing.
    Filler,
}

/// In which order a language writes 3/12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::judge) enum Order {
    /// The 3rd of December.
    DayFirst,
    /// Nobody can tell.
    Either,
}

/// The section `dates` of a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Section {
    order: Order,
    weekdays: [Vec<String>; 7],
    months: [Vec<String>; 12],
    numbers: BTreeMap<String, i32>,
    words: BTreeMap<Word, Vec<String>>,
}

/// The words of dates in one language.
#[derive(Debug)]
pub(in crate::judge) struct Vocabulary {
    /// In which order it writes 3/12.
    pub order: Order,
    phrases: HashMap<String, Term>,
    longest: usize,
}

/// A word of a sentence, as a date sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    Word(Word),
    Weekday(i8),
    Month(i8),
    /// In digits.
    Number(i32),
    /// In words, which only counts: "two days", but never "the two".
    Few(i32),
    Sign(char),
    Other,
}

static VOCABULARIES: LazyLock<HashMap<&'static str, Vocabulary>> = LazyLock::new(|| {
    let sections = languages::section::<Section>("dates");
    sections.into_iter().map(|(code, section)| (code, Vocabulary::new(section))).collect()
});

/// The words of the language with this code, where it has any.
pub(in crate::judge) fn vocabulary(code: &str) -> Option<&'static Vocabulary> {
    VOCABULARIES.get(code)
}

impl Vocabulary {
    fn new(section: Section) -> Self {
        let mut all: Vec<(String, Term)> = Vec::new();
        for (day, names) in (0..).zip(section.weekdays) {
            all.extend(names.into_iter().map(|name| (name, Term::Weekday(day))));
        }
        for (month, names) in (1..).zip(section.months) {
            all.extend(names.into_iter().map(|name| (name, Term::Month(month))));
        }
        all.extend(section.numbers.into_iter().map(|(name, n)| (name, Term::Few(n))));
        for (word, names) in section.words {
            all.extend(names.into_iter().map(|name| (name, Term::Word(word))));
        }
        let key = |(name, term): (String, Term)| (words_of(&plain(&name)).join(" "), term);
        let phrases: HashMap<String, Term> = all.into_iter().map(key).collect();
        let longest = phrases.keys().map(|phrase| phrase.split(' ').count()).max().unwrap_or(1);
        Self { order: section.order, phrases, longest }
    }

    /// The sentence as terms, each with where it begins; fillers are left out.
    pub(super) fn terms(&self, sentence: &str) -> Vec<(Term, usize)> {
        let tokens = tokens(sentence);
        let mut terms = Vec::new();
        let mut rest = tokens.as_slice();
        while let Some((first, _)) = rest.split_first() {
            let (found, count) = self.first(rest);
            terms.extend(found.into_iter().flatten().map(|term| (term, first.at)));
            rest = rest.get(count..).unwrap_or_default();
        }
        terms.retain(|(term, _)| *term != Term::Word(Word::Filler));
        without_articles(terms)
    }

    /// What the row of tokens begins with, and how many of them that takes.
    fn first(&self, tokens: &[Token]) -> ([Option<Term>; 2], usize) {
        let words = tokens.iter().take(self.longest).map_while(|token| match &token.kind {
            Kind::Word(word) => Some(word.as_str()),
            _ => None,
        });
        let words: Vec<&str> = words.collect();
        for count in (1..=words.len()).rev() {
            let phrase = words.get(..count).unwrap_or_default().join(" ");
            if let Some(term) = self.phrases.get(&phrase) {
                return ([Some(*term), None], count);
            }
        }
        let only = match tokens.first().map(|token| &token.kind) {
            Some(Kind::Number(n)) => Term::Number(*n),
            Some(Kind::Sign(sign)) => Term::Sign(*sign),
            Some(Kind::Word(word)) => return (self.compound(word), 1),
            None => Term::Other,
        };
        ([Some(only), None], 1)
    }

    /// The two words that one is made of, as German and Dutch make them.
    fn compound(&self, word: &str) -> [Option<Term>; 2] {
        let cuts = word.char_indices().map(|(at, _)| at).filter(|at| *at >= SHORTEST_PART);
        let parts = cuts.filter(|at| word.len() - at >= SHORTEST_PART).find_map(|at| {
            let (day, part) = word.split_at(at);
            let day = self.phrases.get(day).filter(|term| is_day(**term))?;
            Some([Some(*day), Some(*self.phrases.get(part)?)])
        });
        parts.unwrap_or([Some(Term::Other), None])
    }
}

/// An article says something before a number only: "on the 14th".
fn without_articles(terms: Vec<(Term, usize)>) -> Vec<(Term, usize)> {
    let next = terms.iter().skip(1).map(|(term, _)| Some(*term)).chain([None]);
    let numbers: Vec<bool> = next.map(|term| matches!(term, Some(Term::Number(_)))).collect();
    let all = terms.into_iter().zip(numbers);
    all.filter(|((term, _), number)| *term != Term::Word(Word::On) || *number)
        .map(|(term, _)| term)
        .collect()
}

fn is_day(term: Term) -> bool {
    matches!(term, Term::Weekday(_) | Term::Word(Word::Tomorrow | Word::Today))
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    at: usize,
}

#[derive(Debug)]
enum Kind {
    Word(String),
    Number(i32),
    Sign(char),
}

fn words_of(phrase: &str) -> Vec<String> {
    let word = |token: Token| match token.kind {
        Kind::Word(word) => Some(word),
        Kind::Number(_) | Kind::Sign(_) => None,
    };
    tokens(phrase).into_iter().filter_map(word).collect()
}

/// The words, numbers and signs of a text. An apostrophe ends a word, and so
/// does a hyphen between letters.
fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next().filter(|_| found.len() < MOST_TERMS) {
        let at = text.len() - rest.len();
        let run = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let (kind, length) = if first.is_alphabetic() {
            let length = run(char::is_alphabetic);
            (Some(Kind::Word(rest.split_at(length).0.to_lowercase())), length)
        } else if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            (Some(number(text, at, length)), length)
        } else {
            let between = first == '-' && rest.chars().nth(1).is_some_and(char::is_alphabetic);
            let silent = first.is_whitespace() || between || "'’".contains(first);
            ((!silent).then_some(Kind::Sign(first)), first.len_utf8())
        };
        found.extend(kind.map(|kind| Token { kind, at }));
        rest = rest.split_at(length).1;
    }
    found
}

/// A number of a date: not one that is part of a name, a price or a share.
fn number(text: &str, at: usize, length: usize) -> Kind {
    let (before, rest) = text.split_at(at);
    let (digits, after) = rest.split_at(length);
    // "Q3" and "$3" are none, "15h30" is.
    let name = before.trim_end_matches(char::is_alphabetic);
    let named = before.len() > name.len() && !name.ends_with(|c: char| c.is_ascii_digit())
        || before.ends_with(['$', '€', '£', '#']);
    let priced = after.trim_start().starts_with(['%', '€', '$', '£']);
    let value = digits.parse().ok().filter(|_| length <= 4 && !named && !priced);
    value.map_or(Kind::Sign('#'), Kind::Number)
}
