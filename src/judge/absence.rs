//! The day on which somebody is back, from their out-of-office text.
//!
//! "Back on the 14th" names it, "until 2 December" names the last day away. The
//! words are those of each language's file.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use regex::Regex;
use serde::Deserialize;

use super::dates::resolve::{self, Run};
use super::dates::{self, Day, Named, Portion, Vocabulary};
use super::plain::{any_of, plain};
use super::sentence::sentences;
use crate::mail::languages;

/// How far behind the words that announce it a day may stand, in bytes.
const NEAR: usize = 40;
/// How long the article of a day is, that the words before it may take in.
const ARTICLE: usize = 3;
/// How much text is looked at, in bytes.
const READ: usize = 8 * 1024;

/// The section `absence` of a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Section {
    back: Vec<String>,
    day_first: Vec<String>,
    until: Vec<String>,
}

#[derive(Debug)]
struct Language {
    back: Regex,
    day_first: Regex,
    until: Regex,
    dates: &'static Vocabulary,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let all = |parts: &[String]| any_of(parts.iter().map(String::as_str));
    let sections = languages::section::<Section>("absence").into_iter();
    let known = sections.filter_map(|(code, section)| Some((dates::vocabulary(code)?, section)));
    known
        .map(|(dates, section)| Language {
            back: all(&section.back),
            day_first: all(&section.day_first),
            until: all(&section.until),
            dates,
        })
        .collect()
});

/// The first day on which the writer of `own` is back.
pub fn returns(own: &str, said_at: Timestamp, zone: &TimeZone) -> Option<Date> {
    let read = own.get(..own.floor_char_boundary(READ)).unwrap_or(own);
    let today = zone.to_datetime(said_at).date();
    let said: Vec<String> = sentences(read).iter().map(|sentence| plain(sentence)).collect();
    let days = |of: fn(&Language, &str, Date) -> Option<Date>| {
        LANGUAGES.iter().find_map(|language| said.iter().find_map(|s| of(language, s, today)))
    };
    days(Language::back).or_else(|| days(Language::after_until))
}

impl Language {
    /// The day that is said to be the first back.
    fn back(&self, sentence: &str, today: Date) -> Option<Date> {
        let days = self.days(sentence, today);
        let after = self.back.find_iter(sentence).find_map(|found| {
            days.iter().find(|(_, named)| is_near(named.at, found.start(), found.end() + NEAR))
        });
        let before = || {
            let found = self.day_first.find(sentence)?;
            let near = found.start().saturating_sub(NEAR);
            days.iter().rfind(|(_, named)| is_near(named.at, near, found.start()))
        };
        after.or_else(before).map(|(run, _)| run.first)
    }

    /// The day after the last one away; where a whole week ahead is named
    /// ("until next week"), its first day.
    fn after_until(&self, sentence: &str, today: Date) -> Option<Date> {
        let days = self.days(sentence, today);
        let (run, named) = self.until.find_iter(sentence).find_map(|found| {
            let from = found.end().saturating_sub(ARTICLE);
            days.iter().find(|(_, named)| is_near(named.at, from, found.end() + NEAR))
        })?;
        match named.day {
            Some(Day::Week(1.., Portion::End)) => Some(run.first),
            _ => run.last.tomorrow().ok(),
        }
    }

    /// The days that a sentence names, today and later.
    fn days(&self, sentence: &str, today: Date) -> Vec<(Run, Named)> {
        let named = dates::mentions(sentence, self.dates).into_iter();
        let run = |named: &Named| resolve::run(named, self.dates.order, today);
        let days = named.filter_map(|named| Some((run(&named)?, named)));
        days.filter(|(run, _)| run.last >= today).collect()
    }
}

fn is_near(at: usize, from: usize, to: usize) -> bool {
    (from..=to).contains(&at)
}
