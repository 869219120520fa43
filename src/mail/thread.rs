//! Which mails belong together: parents, case numbers, subjects, identity.
//!
//! Order and caution follow RFC 5322, 3.6.4, RFC 5256 and what mail programs
//! really write. A subject alone never joins what it could not tell apart;
//! whether two mails share a counterpart and a month is the caller's to know.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::pattern;
use sha2::{Digest, Sha256};

use super::parse::{self, Message};
use crate::domain::ids::{CaseNumber, MessageId};

/// How many parents of one mail are looked up.
const MOST_PARENTS: usize = 100;

/// The mails that this one hangs on, nearest first: In-Reply-To, then
/// References from the newest, then the mail that a report is about.
pub fn parents(message: &Message) -> Vec<MessageId> {
    let mut found: Vec<MessageId> = Vec::new();
    let reported = message.report.as_ref().and_then(|report| report.original.as_ref());
    let all = message.in_reply_to.iter().chain(message.references.iter().rev()).chain(reported);
    for id in all {
        // A mail that names itself would make a circle.
        if message.id.as_ref() != Some(id) && !found.contains(id) && found.len() < MOST_PARENTS {
            found.push(id.clone());
        }
    }
    found
}

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
    /// Whether it was marked as an answer.
    pub is_reply: bool,
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

static BLOB: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\[[^\[\]]{0,80}\]\s*"));

static TRAILER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\s*\((fwd|fw)\)\s*$"));

/// The base subject, after RFC 5256, 2.1, with the marks of other languages.
pub fn base_subject(subject: &str) -> BaseSubject {
    let untagged = CASE_TAG.replace_all(subject, " ");
    let whole = untagged.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = whole.as_str();
    let mut is_reply = false;
    loop {
        let before = rest.len();
        if let Some(mark) = REPLY.find(rest) {
            is_reply = true;
            rest = rest.get(mark.end()..).unwrap_or("");
        } else if let Some(mark) = FORWARD.find(rest) {
            rest = rest.get(mark.end()..).unwrap_or("");
        } else if let Some(blob) = BLOB.find(rest).filter(|blob| blob.end() < rest.len()) {
            rest = rest.get(blob.end()..).unwrap_or("");
        }
        if let Some(trailer) = TRAILER.find(rest) {
            rest = rest.get(..trailer.start()).unwrap_or("");
        }
        if rest.len() == before {
            break;
        }
    }
    let text = rest.trim().to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).count();
    BaseSubject { text, is_reply, words }
}

/// Subjects under which every matter could stand.
const GENERIC: [&str; 16] = [
    "no subject",
    "(no subject)",
    "kein betreff",
    "(kein betreff)",
    "your order",
    "your request",
    "your message",
    "your email",
    "your e-mail",
    "my order",
    "quick question",
    "a question",
    "thank you",
    "many thanks",
    "good morning",
    "urgent request",
];

/// Whether a mail with this subject may join one with that subject when nothing
/// else links them: it is marked as an answer, and the subject says something.
/// That both have the same counterpart, lately, is for the caller to see to.
pub fn joins_by_subject(answer: &BaseSubject, earlier: &BaseSubject) -> bool {
    answer.is_reply
        && answer.text == earlier.text
        && answer.words >= 2
        && !GENERIC.contains(&answer.text.as_str())
}

/// A digest by which the same mail is known however it came: its Message-ID,
/// From, Date and content, but neither trace headers nor line endings nor the
/// transfer encoding. Two mails that only share a Message-ID have two.
pub fn identity(message: &Message, raw: &[u8]) -> [u8; 16] {
    let mut digest = Sha256::new();
    let mut field = |bytes: &[u8]| {
        digest.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(bytes);
    };
    field(message.id.as_ref().map_or("", MessageId::as_str).as_bytes());
    field(message.from.as_ref().map_or("", |from| from.address.as_str()).as_bytes());
    field(&message.date.map_or(i64::MIN, jiff::Timestamp::as_second).to_be_bytes());
    field(message.subject.as_bytes());
    parse::leaves(raw, &mut |leaf| {
        // Line endings and padding are the carriers' business, words are not.
        let words = leaf.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        field(&words.collect::<Vec<_>>().join(&b' '));
    });
    // Nothing names such a message, so only the very same bytes are a copy.
    if message.id.is_none() && message.from.is_none() {
        field(raw);
    }
    let whole = digest.finalize();
    let mut short = [0; 16];
    short.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    short
}
