//! A day and a time as they are said to a contact, in a language: data in
//! `config/languages/`. What is said to people of ours is `when`'s.

use std::sync::LazyLock;

use jiff::Zoned;
use serde::Deserialize;

use super::languages::section;

/// The words of one language.
#[derive(Debug, Deserialize)]
struct Words {
    when: String,
    day: String,
    weekdays: Vec<String>,
    months: Vec<String>,
}

static LANGUAGES: LazyLock<Vec<(&'static str, Words)>> = LazyLock::new(|| section("dated"));

/// "Friday, 20 November, 15:00"
pub fn when(at: &Zoned, language: &str) -> String {
    said(at, language, |words| &words.when, "%Y-%m-%d %H:%M")
}

/// "20 November"
pub fn day(at: &Zoned, language: &str) -> String {
    said(at, language, |words| &words.day, "%Y-%m-%d")
}

/// In a language whose words are not known, the form that all can read.
fn said(at: &Zoned, language: &str, shape: fn(&Words) -> &String, plain: &str) -> String {
    let words = LANGUAGES.iter().find(|(code, _)| *code == language);
    let Some((_, words)) = words else { return at.strftime(plain).to_string() };
    let named = |names: &[String], number: i8| {
        let index = usize::try_from(number).unwrap_or_default();
        names.get(index.wrapping_sub(1)).cloned().unwrap_or_default()
    };
    shape(words)
        .replace("{weekday}", &named(&words.weekdays, at.weekday().to_monday_one_offset()))
        .replace("{day}", &at.day().to_string())
        .replace("{month}", &named(&words.months, at.month()))
        .replace("{time}", &at.strftime("%H:%M").to_string())
}
