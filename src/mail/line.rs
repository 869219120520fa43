//! What a line of a plain text mail is, told from the line and its neighbours.
//!
//! The words are data of the languages ([`super::wording`]); here are the shapes.
//! Each pattern is matched in linear time, and only against lines of bounded
//! length.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::pattern;
use super::wording::{
    FIELD, FIRST_FIELD, FORWARD, INTRODUCTION, INTRODUCTION_START, ORIGINAL, PHONE, SAID,
};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The writer's words, as far as can be told.
    Words,
    /// Nothing.
    Empty,
    /// Begins with a quotation mark.
    Quote,
    /// Introduces a quotation: "On … wrote:".
    Attribution,
    /// Begins the mail that is answered: a separator, or its copied head.
    Original,
    /// Begins a mail that is passed on: what follows is the content.
    Forward,
    /// A rule of dashes or underscores.
    Rule,
    /// Begins a signature.
    Signature,
    /// What a telephone writes below a mail.
    Phone,
}

/// Longer lines are words: no mail program writes such marks.
const LONGEST: usize = 400;
/// Over how many lines an introduction may be folded.
const MOST_FOLDS: usize = 4;
/// A telephone's footer has no more words than this.
const LONGEST_PHONE: usize = 14;
/// Where mail programs fold what they quote: at 72 to 80 columns (RFC 3676, 2).
const FOLDED_AT: usize = 72;

static DELIMITER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(--|__|-- -|--\s+-+)\s*$"));
/// What list software draws above its footer.
static FOOTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*_{20,}\s*$"));
static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*([-_=*—~#+]{3,}|[—–])\s*$"));
/// What the head of a mail has and somebody's own list hardly: an address, or a time of a day
/// with its year (RFC 5322, 3.3), in which programs may hide marks of direction.
static OF_A_MAIL: LazyLock<Regex> = LazyLock::new(|| {
    let year = r"((19|20)\d\d|\d[./-]\p{Cf}?\d\d?[./-]\p{Cf}?\d\d)";
    let time = r"\d\p{Cf}?[:.h]\p{Cf}?\d\d";
    pattern(&format!("@|{year}.*{time}|{time}.*{year}"))
});
/// Old programs quote with the initials of whom they quote: "JD> ", and Outlook
/// with a bar.
static INITIALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s{0,3}[A-Za-z]{1,3}>(\s|>|$)"));

/// The class of each line.
pub(super) fn classes(lines: &[&str]) -> Vec<Class> {
    let mut classes: Vec<Class> = lines.iter().map(|line| alone(line)).collect();
    for at in 0..lines.len() {
        if classes.get(at) == Some(&Class::Words) {
            let window = lines.get(at..).unwrap_or_default();
            let folds = introduction_length(window);
            for class in classes.iter_mut().skip(at).take(folds) {
                *class = Class::Attribution;
            }
            let above = lines.get(..at).unwrap_or_default();
            let head = folds == 0 && begins_head(above, window);
            if let Some(class) = classes.get_mut(at).filter(|_| head) {
                *class = Class::Original;
            }
        }
    }
    mend_folds(lines, &mut classes);
    free_footers(&mut classes);
    classes
}

fn alone(line: &str) -> Class {
    let trimmed = line.trim();
    // Some programs leave a mark of one strange letter that stands for a pixel.
    if trimmed.is_empty() || trimmed == "\u{1427}" {
        return Class::Empty;
    }
    if trimmed.starts_with('>') || INITIALS.is_match(line) {
        return Class::Quote;
    }
    if line.len() > LONGEST {
        return Class::Words;
    }
    let patterns = [
        (&DELIMITER, Class::Signature),
        (&FOOTER, Class::Signature),
        (&RULE, Class::Rule),
        (&FORWARD, Class::Forward),
        (&ORIGINAL, Class::Original),
    ];
    let found = patterns.iter().find(|(pattern, _)| pattern.is_match(line));
    let phone = || if is_phone(trimmed) { Class::Phone } else { Class::Words };
    found.map_or_else(phone, |(_, class)| *class)
}

/// "Sent from my desk, which is easier" is no telephone's, nor what goes on with a sentence.
fn is_phone(line: &str) -> bool {
    let said = line.split("http").next().unwrap_or(line);
    let goes_on = said.contains('?')
        || said.starts_with(char::is_lowercase) && said.ends_with('.')
        || said.split(", ").skip(1).any(|rest| rest.starts_with(char::is_lowercase));
    !goes_on && line.split_whitespace().count() <= LONGEST_PHONE && PHONE.is_match(line)
}

/// Over how many lines an introduction that begins here goes; 0 if none does.
/// Never more are joined than mail programs fold it into, never across a blank
/// line: "On Sunday" in running text must not swallow the mail.
fn introduction_length(lines: &[&str]) -> usize {
    let mut joined = String::new();
    for (i, line) in lines.iter().take(MOST_FOLDS).enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || joined.len() + trimmed.len() > LONGEST {
            return 0;
        }
        if i == 0 && !INTRODUCTION_START.is_match(trimmed) {
            return usize::from(SAID.is_match(trimmed) && INTRODUCTION.is_match(trimmed));
        }
        joined.push_str(if joined.is_empty() { "" } else { " " });
        joined.push_str(trimmed);
        let named = joined.contains('@') || joined.contains(|c: char| c.is_ascii_digit());
        if named && SAID.is_match(&joined) && INTRODUCTION.is_match(&joined) {
            return i + 1;
        }
    }
    0
}

/// Whether a copied head begins here: four fields close together, the first of them one
/// that such heads begin with, or three with an address or the time of a day. "From: the
/// station" begins what somebody writes, the more so where they announce it with a colon.
fn begins_head(above: &[&str], lines: &[&str]) -> bool {
    let field = |line: &&&str| line.len() <= LONGEST * 4 && FIELD.is_match(line);
    if !lines.first().is_some_and(|line| line.len() <= LONGEST && FIRST_FIELD.is_match(line)) {
        return false;
    }
    let fields: Vec<&&str> = lines.iter().take(7).filter(field).collect();
    let of_a_mail = || fields.iter().any(|line| OF_A_MAIL.is_match(line));
    let addressed = || fields.iter().any(|line| line.contains('@'));
    let last = above.iter().rev().find(|line| !line.trim().is_empty());
    let announced = last.is_some_and(|line| line.trim_end().ends_with(':'));
    (fields.len() > 3 || fields.len() == 3 && of_a_mail()) && (!announced || addressed())
}

/// A quoted line that was folded once more has its end on a line without a mark
/// (RFC 3676, 2: "embarrassing line wrap"): one that would not have fitted, and
/// begins in the middle of a sentence.
fn mend_folds(lines: &[&str], classes: &mut [Class]) {
    for at in 1..lines.len() {
        let (Some(before), Some(line)) = (lines.get(at - 1), lines.get(at)) else { return };
        let first = line.split_whitespace().next().unwrap_or_default();
        let full = before.chars().count() + 1 + first.chars().count() > FOLDED_AT;
        let goes_on = first.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit())
            && !before.trim_end().ends_with(['.', '!', '?', ':', ';', '>']);
        let quoted = classes.get(at - 1) == Some(&Class::Quote);
        if let Some(class) = classes.get_mut(at)
            && *class == Class::Words
            && (quoted && full && goes_on)
        {
            *class = Class::Quote;
        }
    }
}

/// A telephone's footer stands apart: what others wrote right below it, or right
/// above and below, makes it a line of theirs.
fn free_footers(classes: &mut [Class]) {
    for at in 0..classes.len() {
        let is_words = |i: Option<usize>| i.and_then(|i| classes.get(i)) == Some(&Class::Words);
        let between = is_words(at.checked_sub(1)) && is_words(Some(at + 1));
        if let Some(class) = classes.get_mut(at).filter(|class| **class == Class::Phone && between)
        {
            *class = Class::Words;
        }
    }
}

/// Whether a line only says what a mail program or a rule would.
pub(super) fn is_furniture(class: Class) -> bool {
    matches!(class, Class::Empty | Class::Rule | Class::Attribution | Class::Quote)
}
