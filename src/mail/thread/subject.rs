//! Subjects: what is left of one without the marks around it, and the case
//! numbers in it.
//!
//! After RFC 5256, 2.1, with the marks of mail programs in other languages. It
//! does not know which mails exist: [`super::Ties`] asks.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::ids::CaseNumber;
use crate::mail::pattern::pattern;

static CASE_TAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\[\s*(OW-[0-9A-Z-]{4,20})\s*\]"));

/// The case numbers that stand in a subject, in order, each once. A number in
/// which a symbol is wrong is none.
pub fn case_numbers(subject: &str) -> Vec<CaseNumber> {
    let mut found: Vec<CaseNumber> = Vec::new();
    for tag in CASE_TAG.captures_iter(subject) {
        let number = tag.get(1).and_then(|number| number.as_str().parse().ok());
        found.extend(number.filter(|number| !found.contains(number)));
    }
    found
}

/// A subject without what mail programs and lists put around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseSubject {
    /// What is left, in lower case, with single spaces.
    pub text: String,
    /// Whether it was marked as an answer; the outermost mark counts.
    pub is_reply: bool,
    /// Whether it was marked as passed on.
    pub is_forward: bool,
    /// What it was before somebody changed it, latest first: "New (was: Old)".
    pub was: Vec<String>,
    /// The tag in front of it that a list or a gateway gives to all its mail.
    pub tag: Option<String>,
    /// How many words are left.
    pub words: usize,
}

static REPLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^(re|aw|antw(ort)?|sv|vs|odp|ref|rép|rif|ris|r|res|resp|回复|回覆|答复|ynt|atb|ha|vá
            |απ|отв|на)\s*(\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*",
    )
});

static FORWARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^(fwd?|wg|tr|rv|enc|i|vl|vb|fs|pd|doorst|转发|轉寄|ilt|tov|πρθ
            |пересл)\s*(\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：]\s*",
    )
});

/// What a list puts in front of a subject, or a gateway (Exchange's "prepend the subject of
/// the message with") in front of one from outside.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^(\[[^\[\]]{0,80}\]|[({*]{1,3}\s?ext(ern(al|e|o)?)?(\ sender|\ e?-?mail)?\s?[)}*]{1,3}
            |ext(ern(al|e|o)?)?(\ sender|\ e?-?mail)?\s?[:：])\s*",
    )
});

static TRAILER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\s*\((fwd|fw)\)\s*$"));

static WAS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)[(\[]\s*was\s*:?\s+(.+)$"));

/// How many changes of a subject are followed back.
const MOST_CHANGES: usize = 3;

/// The base subject, after RFC 5256, 2.1, with the marks of other languages.
pub fn base_subject(subject: &str) -> BaseSubject {
    let untagged = CASE_TAG.replace_all(subject, " ");
    let whole = untagged.split_whitespace().collect::<Vec<_>>().join(" ");
    let Bare { text, outermost, tag } = bare(&whole);
    let (text, tag) = (text.trim().to_lowercase(), tag.map(str::to_lowercase));
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).count();
    let (is_reply, is_forward) = (outermost == Some(Mark::Reply), outermost == Some(Mark::Forward));
    BaseSubject { was: changed_from(&text), text, is_reply, is_forward, tag, words }
}

/// A subject without what lists and gateways put in front of it.
pub(in crate::mail) fn untagged(subject: &str) -> &str {
    const MOST_TAGS: usize = 4;
    let mut rest = subject.trim_start();
    for _ in 0..MOST_TAGS {
        let Some(tag) = TAG.find(rest).filter(|tag| tag.end() < rest.len()) else { break };
        rest = rest.get(tag.end()..).unwrap_or_default();
    }
    rest
}

fn changed_from(text: &str) -> Vec<String> {
    let mut was: Vec<String> = Vec::new();
    for _ in 0..MOST_CHANGES {
        let latest = was.last().map_or(text, String::as_str);
        let Some(older) = WAS.captures(latest).and_then(|found| found.get(1)) else { break };
        let older = bare(older.as_str().trim_end_matches([')', ']', ' '])).text;
        was.push(older.trim().to_owned());
    }
    was
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Reply,
    Forward,
}

/// A subject without its marks.
struct Bare<'a> {
    text: &'a str,
    outermost: Option<Mark>,
    tag: Option<&'a str>,
}

fn bare(subject: &str) -> Bare<'_> {
    let mut bare = Bare { text: subject, outermost: None, tag: None };
    loop {
        let rest = bare.text;
        let mut after = |end: usize| bare.text = rest.get(end..).unwrap_or("");
        if let Some(mark) = REPLY.find(rest) {
            after(mark.end());
            bare.outermost.get_or_insert(Mark::Reply);
        } else if let Some(mark) = FORWARD.find(rest) {
            after(mark.end());
            bare.outermost.get_or_insert(Mark::Forward);
        } else if let Some(tag) = TAG.find(rest).filter(|tag| tag.end() < rest.len()) {
            after(tag.end());
            bare.tag.get_or_insert(tag.as_str().trim_end());
        }
        if let Some(trailer) = TRAILER.find(bare.text) {
            bare.outermost.get_or_insert(Mark::Forward);
            bare.text = bare.text.get(..trailer.start()).unwrap_or("");
        }
        if bare.text.len() == rest.len() {
            return bare;
        }
    }
}

/// Subjects under which every matter could stand.
const GENERIC: [&str; 30] = [
    "",
    "hi",
    "hello",
    "question",
    "help",
    "invoice",
    "order",
    "info",
    "test",
    "meeting",
    "urgent",
    "hallo",
    "hola",
    "bonjour",
    "ciao",
    "frage",
    "rechnung",
    "no subject",
    "(no subject)",
    "kein betreff",
    "(kein betreff)",
    "your order",
    "your request",
    "your message",
    "your email",
    "my order",
    "quick question",
    "a question",
    "thank you",
    "good morning",
];

impl BaseSubject {
    /// Whether a mail under it may hang on one with that subject, though nothing
    /// else links them: the subject says something.
    pub(super) fn names(&self, earlier: &Self) -> bool {
        let same = self.text == earlier.text || self.was.contains(&earlier.text);
        same && !GENERIC.contains(&earlier.text.as_str())
    }
}
