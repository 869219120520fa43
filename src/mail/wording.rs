//! The words by which mail programs and writers mark what is not said in a mail:
//! introductions, heads, footers, closings. Data in `config/languages/`, section
//! `[quote]`; in a phrase, `…` stands for anything.
//!
//! All languages are listened for at once: who answers in one language quotes
//! in the other.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::languages;
use super::pattern::pattern;

/// The section of a language, or of all of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Quote {
    begins: Vec<String>,
    wrote: Vec<String>,
    introductions: Vec<String>,
    original: Vec<String>,
    forward: Vec<String>,
    reply_above: Vec<String>,
    head_first: Vec<String>,
    head_then: Vec<String>,
    phone: Vec<String>,
    closings: Vec<String>,
    notices: Vec<String>,
    notice_marks: Vec<String>,
    warnings: Vec<String>,
}

static ALL: LazyLock<Quote> = LazyLock::new(|| {
    let mut all = Quote::default();
    for (_, quote) in languages::section::<Quote>("quote") {
        all.begins.extend(quote.begins);
        all.wrote.extend(quote.wrote);
        all.introductions.extend(quote.introductions);
        all.original.extend(quote.original);
        all.forward.extend(quote.forward);
        all.reply_above.extend(quote.reply_above);
        all.head_first.extend(quote.head_first);
        all.head_then.extend(quote.head_then);
        all.phone.extend(quote.phone);
        all.closings.extend(quote.closings);
        all.notices.extend(quote.notices);
        all.notice_marks.extend(quote.notice_marks);
        all.warnings.extend(quote.warnings);
    }
    all
});

/// An alternation of phrases, the longest first. Callers match lines of bounded
/// length only, so what `…` stands for needs no bound.
fn any(phrases: &[String]) -> String {
    let mut phrases: Vec<&String> = phrases.iter().collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.chars().count()));
    let literal = |phrase: &&String| {
        let escaped = regex::escape(phrase).replace(' ', r"\s+").replace('…', ".*");
        escaped.replace(['\'', '’'], "['’]")
    };
    let all: Vec<String> = phrases.iter().map(literal).collect();
    format!("(?:{})", all.join("|"))
}

/// The edge of a word that may begin or end with a letter outside ASCII, where a
/// [`pattern`] sees no boundary.
const EDGE: &str = r"(?:\b|\s)";
/// An address in brackets, with the link that some programs repeat behind it. A
/// fold may leave white space inside.
const ADDRESS: &str = r"<\s*[^<>\s]+@[^<>\s]+(<[^<>]*>)?\s*>";

/// Any sign that a line introduces a quotation, cheap to look for.
pub(super) static SAID: LazyLock<Regex> = LazyLock::new(|| {
    let wrote = any(&ALL.wrote);
    pattern(&format!(r"(?ix){wrote}|[:：>][\s\-_*]*$|^\d{{4}}-|\d\d:\d\d"))
});

/// A whole introduction, on one line.
pub(super) static INTRODUCTION: LazyLock<Regex> = LazyLock::new(|| {
    let (begins, wrote, whole) = (any(&ALL.begins), any(&ALL.wrote), any(&ALL.introductions));
    let forms = [
        format!(r"({begins}|v|kl|lø|ti|on:){EDGE}.{{4,}}{EDGE}{wrote}\s*[:：]?"),
        format!(r"{begins}{EDGE}.*\d.*{EDGE}{wrote}({EDGE}.*)?[:：]"),
        format!(r".*(@|\d{{4}}|\d:\d\d).*{EDGE}{wrote}\s*[:：]"),
        format!(r".{{0,60}}(@|\d{{4}}).*{wrote}\s*[:：]"),
        format!(r".*{ADDRESS}.*{EDGE}{wrote}({EDGE}.*)?[:：]"),
        format!(r".*\d.*{EDGE}{wrote}{EDGE}.*{ADDRESS}\s*[:：]"),
        format!(r".{{0,60}}\d{{4}}.{{0,60}}\d:\d\d.*{ADDRESS}\s*[:：]"),
        format!(r"{whole}\s*:"),
        r"\d{4}-\d\d-\d\d\s\d{1,2}:\d\d(:\d\d)?\s(gmt|utc|z)?\s?([+-]\d\d?:?\d\d)?.*".to_owned(),
        format!(r"\d{{4}}/\d\d?/\d\d?\s.+{ADDRESS}\s*[:：]?"),
        format!(r"\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\D.*{ADDRESS}\s*[:：]"),
        format!(r"[-–]*\s*(on|am|le)\s.{{4,}}\d.*{ADDRESS}\s*[:：]"),
        format!(r"[\w'.,\ -]{{2,60}}{ADDRESS}\s*{wrote}\s*[:：]"),
    ];
    pattern(&format!(r"(?ix)^[\s>*_-]*({})\s*[\-_*]*\s*$", forms.join("|")))
});

/// How an introduction that is folded into lines begins.
pub(super) static INTRODUCTION_START: LazyLock<Regex> = LazyLock::new(|| {
    let begins = any(&ALL.begins);
    pattern(&format!(
        r"(?ix)^[\s>*_-]*(({begins}|v|kl|lø|ti|quoting|in\ article|in\ message)(\s|:|,)
        |\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{4}}[/年]\d|\d{{4}}\.\s?\d
        |\d{{1,2}}\s\S+\s\d{{4}}|[^\s\d]{{2,12}}\.?,?\s(den\s)?\d{{1,2}}\.?\s
        |[\w'.,\ -]{{2,60}}<\s*[^<>\s]+@|<[^<>\s]+@[^<>\s]+>\s)"
    ))
});

/// The separator above the mail that is answered.
pub(super) static ORIGINAL: LazyLock<Regex> = LazyLock::new(|| {
    let (original, above) = (any(&ALL.original), any(&ALL.reply_above));
    pattern(&format!(
        r"(?ix)^[\s>*]*([-_=*—]{{2,}}\s*{original}|[\#\-_=*—\s]*{above})\s*[-_=*—\#]*\s*$"
    ))
});

/// What help desks put above what somebody there writes, for the answer to it.
pub(super) static REPLY_ABOVE: LazyLock<Regex> = LazyLock::new(|| {
    let above = any(&ALL.reply_above);
    pattern(&format!(r"(?ix)^[\s>*\#\-_=—]*{above}[\s\-_=*—\#]*$"))
});

/// The separator above a mail that is passed on.
pub(super) static FORWARD: LazyLock<Regex> = LazyLock::new(|| {
    let forward = any(&ALL.forward);
    pattern(&format!(r"(?ix)^[\s>]*([-_=*]{{2,}}\s*)?{forward}\s*:?\s*[-_=*]*\s*:?$"))
});

/// A field of a copied head.
pub(super) static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    let (first, then) = (any(&ALL.head_first), any(&ALL.head_then));
    pattern(&format!(r"(?ix)^[\s>*_|]*({first}|{then})[*_\s]{{0,4}}[:：]"))
});

/// A field that a copied head begins with.
pub(super) static FIRST_FIELD: LazyLock<Regex> = LazyLock::new(|| {
    let first = any(&ALL.head_first);
    pattern(&format!(r"(?ix)^[\s>*_|]*{first}[*_\s]{{0,4}}[:：]"))
});

/// What a telephone or a mail program writes below a mail.
pub(super) static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    let phone = any(&ALL.phone);
    pattern(&format!(r"(?ix)^[\s\[*_>(]*{phone}[\s\])*_.!]*$"))
});

/// The words above a signature, alone on their line.
pub(super) static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    let closing = any(&ALL.closings);
    pattern(&format!(r"(?ix)^\s*{closing}\s*[,.!;:–-]*\s*$"))
});

/// How a notice begins that a server or a lawyer put below a mail.
pub(super) static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
    let notice = any(&ALL.notices);
    pattern(&format!(r"(?ix)^[\s*_>|\[(-]*{notice}"))
});

/// What such a notice speaks of.
pub(super) static NOTICE_MARK: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!("(?i){}", any(&ALL.notice_marks))));

/// How a server begins to warn of a mail from outside, above it.
pub(super) static WARNING: LazyLock<Regex> = LazyLock::new(|| {
    let warning = any(&ALL.warnings);
    pattern(&format!(r"(?ix)^[\s*_>|\[(⚠️!-]*{warning}"))
});
