//! Orders: what one line of an answer to owed's own mail asks for.
//!
//! Forgiving of capitals, full stops and good manners, and strict about all else:
//! somebody who answers in prose did not give an order, and nothing is guessed from
//! their words. Which lines are read is `orders`' to say; whether the sender may give
//! an order, and whether it can be done, is asked elsewhere.

use jiff::Timestamp;

use super::moment::{Untimely, day, moment};
use crate::domain::act::Act;
use crate::domain::calendar::{Calendar, Days};

/// The longest line that is an order.
const LONGEST: usize = 120;

/// How many words an order has at the most; what is longer is prose.
const MOST_WORDS: usize = 12;

/// How many words a reason has at the most where nothing sets it apart.
const MOST_BARE: usize = 8;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// They do something to the case.
    Do(Act),
    /// They ask somebody else to take it: the name as written.
    Give(String),
    /// They are away on these days.
    Away(Days),
    /// All their check-ins go by themselves from now on, or no longer.
    CheckIns {
        /// Whether they do.
        go: bool,
    },
    /// They are here again.
    Back,
    /// They ask what can be said.
    Help,
}

/// What can be said, each with an example.
pub const SAYINGS: &[&str] = &[
    "take",
    "give ben",
    "answered by phone",
    "promise fri 15:00",
    "done fixed the tap",
    "dismiss spam",
    "accept",
    "refuse I am in Porto",
    "away until 2 dec",
    "back",
];

pub(super) const PROSE: &str = "that is none of the orders that owed knows";
pub(super) const NOT_APART: &str = "it may be prose: if a reason was meant, put a colon before it";
pub(super) const NO_DAYS: &str = "the days in it could not be read, or have passed";
pub(super) const NO_REASON: &str = "a reason is missing: it stays on record";
pub(super) const NO_NAME: &str = "it does not say to whom";

/// What is noted of a promise that an order tells of.
pub(super) const PROMISED: &str = "promised, says an order by mail";

/// Lines that are an order as a whole.
const WHOLE: &[(&str, Order)] = &[
    ("take", Order::Do(Act::Claim)),
    ("take it", Order::Do(Act::Claim)),
    ("take over", Order::Do(Act::Claim)),
    ("i take it", Order::Do(Act::Claim)),
    ("i'll take it", Order::Do(Act::Claim)),
    ("claim", Order::Do(Act::Claim)),
    ("accept", Order::Do(Act::Accept)),
    ("accept it", Order::Do(Act::Accept)),
    ("accepted", Order::Do(Act::Accept)),
    ("skip", Order::Do(Act::Skip { shown: None, reason: String::new() })),
    ("skip it", Order::Do(Act::Skip { shown: None, reason: String::new() })),
    ("ok", Order::Do(Act::Read { fine: true })),
    ("okay", Order::Do(Act::Read { fine: true })),
    ("it means ok", Order::Do(Act::Read { fine: true })),
    ("not ok", Order::Do(Act::Read { fine: false })),
    ("not okay", Order::Do(Act::Read { fine: false })),
    ("it means not ok", Order::Do(Act::Read { fine: false })),
    ("always send mine", Order::CheckIns { go: true }),
    ("never send mine", Order::CheckIns { go: false }),
    ("back", Order::Back),
    ("i'm back", Order::Back),
    ("i am back", Order::Back),
    ("help", Order::Help),
    ("?", Order::Help),
];

type Read = fn(&str, &Scene<'_>) -> Result<Order, &'static str>;

/// Words that begin an order, and how the rest of the line is read.
const BEGINNINGS: &[(&str, Read)] = &[
    ("give to", give),
    ("give it to", give),
    ("give", give),
    ("hand over to", give),
    ("answered", answered),
    ("promised", promise),
    ("promise", promise),
    ("done", done),
    ("dismiss", dismiss),
    ("away", away),
    ("refuse", refuse),
    ("decline", refuse),
    ("skip", skip),
];

/// What goes on in prose behind a word that could begin an order: `done that`,
/// `answered her yesterday`, `give me a call`.
const GOES_ON: &[&str] = &[
    "a", "all", "already", "an", "and", "as", "because", "but", "by", "for", "have", "he", "her",
    "him", "his", "i", "i'll", "i'm", "i've", "if", "is", "it", "it's", "its", "me", "my", "not",
    "or", "our", "she", "so", "some", "that", "that's", "the", "their", "them", "then", "they",
    "this", "to", "until", "us", "was", "we", "when", "with", "yet", "you", "your",
];

/// What makes `dismiss` or `refuse` speak of something, instead of giving a reason:
/// `refuse to pay him`, `dismiss the thought`.
const AIMS: &[&str] = &[
    "a",
    "all",
    "an",
    "and",
    "any",
    "anybody",
    "anyone",
    "as",
    "each",
    "every",
    "everyone",
    "everything",
    "for",
    "from",
    "her",
    "him",
    "his",
    "if",
    "in",
    "its",
    "me",
    "my",
    "nobody",
    "of",
    "only",
    "or",
    "our",
    "some",
    "such",
    "that",
    "the",
    "their",
    "them",
    "these",
    "this",
    "those",
    "to",
    "until",
    "us",
    "what",
    "when",
    "who",
    "with",
    "you",
    "your",
];

/// What makes a reason of `it` and `this`: `dismiss it is spam`.
const SAYS: &[&str] = &["is", "was", "isn't", "wasn't", "needs", "has", "had", "came"];

/// Where and when an order is read, and how the rest of its line stands behind its verb.
struct Scene<'a> {
    calendar: &'a Calendar,
    now: Timestamp,
    /// A colon, comma or dash sets it apart.
    apart: bool,
}

/// What a line asks for, or why it is no order; times are on their `calendar`.
pub(super) fn order(
    line: &str,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Order, &'static str> {
    if line.split_whitespace().count() > MOST_WORDS || line.chars().count() > LONGEST {
        return Err(PROSE);
    }
    let plain = without_manners(line);
    let lower = plain.to_lowercase().replace('’', "'");
    if let Some((_, order)) = WHOLE.iter().find(|(whole, _)| *whole == lower) {
        return Ok(order.clone());
    }
    for (beginning, read) in BEGINNINGS {
        if let Some((rest, apart)) = after(&plain, beginning) {
            return read(rest, &Scene { calendar, now, apart });
        }
    }
    Err(PROSE)
}

/// What stands behind `beginning`, where the line begins with it as whole words, and
/// whether it is set apart.
fn after<'a>(line: &'a str, beginning: &str) -> Option<(&'a str, bool)> {
    let (start, rest) = line.split_at_checked(beginning.len())?;
    let whole = rest.is_empty() || rest.starts_with([' ', ':', ',', '\t']);
    let same = start.eq_ignore_ascii_case(beginning);
    (same && whole).then(|| apart(rest))
}

/// The words behind a verb or a pronoun, and whether a mark sets them apart.
fn apart(rest: &str) -> (&str, bool) {
    let marked = rest.trim_start().starts_with([':', ',', '-', '–', '—']);
    (rest.trim_matches([' ', ':', ',', '-', '–', '—', '\t']), marked)
}

/// The line without `please`, `thanks` and the punctuation at its end.
fn without_manners(line: &str) -> String {
    let ends = ['.', '!', ',', ';', ' ', '…'];
    let mut line = line.trim().trim_start_matches(['"', '“']).trim_end_matches(['"', '”']);
    loop {
        let before = line;
        line = line.trim_end_matches(ends);
        line = after(line, "please").map_or(line, |(rest, _)| rest);
        line = without_end(line, "please", &[' ', ',']);
        // Not `he only says thanks`.
        for thanks in ["thanks", "thank you"] {
            line = without_end(line, thanks, &[',', '.', '!']);
        }
        if line == before {
            return line.to_owned();
        }
    }
}

/// The line without `end`, where one of `marks` and no other word parts them.
fn without_end<'a>(line: &'a str, end: &str, marks: &[char]) -> &'a str {
    let at = line.len().saturating_sub(end.len());
    match line.split_at_checked(at) {
        Some((rest, last)) if last.eq_ignore_ascii_case(end) => {
            let parted = rest.trim_end_matches(' ').ends_with(marks) || rest.ends_with(marks);
            if parted { rest.trim_end_matches([' ', ',']) } else { line }
        }
        _ => line,
    }
}

/// What a line says in free words, where it does not run on as prose does.
fn free(rest: &str) -> Result<String, &'static str> {
    let first = rest.split_whitespace().next().unwrap_or_default().to_lowercase();
    let first = first.replace('’', "'");
    let several = rest.contains(['?', '!']) || rest.contains(". ");
    if GOES_ON.contains(&first.as_str()) || several { Err(PROSE) } else { Ok(rest.to_owned()) }
}

fn give(rest: &str, _: &Scene<'_>) -> Result<Order, &'static str> {
    let name = free(rest)?;
    match name.split_whitespace().count() {
        0 => Err(NO_NAME),
        1..=3 => Ok(Order::Give(name)),
        _ => Err(PROSE),
    }
}

/// `by phone` is the one place where `by` does not go on.
fn answered(rest: &str, _: &Scene<'_>) -> Result<Order, &'static str> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let how = |word: &&str| ["by", "in", "on", "at", "over", "via"].contains(word);
    let short = words.len() <= 6 && words.first().is_none_or(how);
    if short && !rest.contains(['?', ',']) && !rest.contains(". ") {
        Ok(Order::Do(Act::Answered { how: rest.to_owned() }))
    } else {
        Err(PROSE)
    }
}

fn promise(rest: &str, scene: &Scene<'_>) -> Result<Order, &'static str> {
    let due = moment(rest, scene.calendar, scene.now).map_err(Untimely::why)?;
    Ok(Order::Do(Act::Promise { due, words: PROMISED.to_owned() }))
}

fn done(rest: &str, _: &Scene<'_>) -> Result<Order, &'static str> {
    free(rest).map(|title| Order::Do(Act::Close { title }))
}

fn dismiss(rest: &str, scene: &Scene<'_>) -> Result<Order, &'static str> {
    let reason = reason(rest, scene)?;
    Some(reason)
        .filter(|reason| !reason.is_empty())
        .map(|reason| Order::Do(Act::Dismiss { reason }))
        .ok_or(NO_REASON)
}

fn refuse(rest: &str, scene: &Scene<'_>) -> Result<Order, &'static str> {
    reason(rest, scene).map(|reason| Order::Do(Act::Refuse { reason }))
}

fn skip(rest: &str, scene: &Scene<'_>) -> Result<Order, &'static str> {
    reason(rest, scene).map(|reason| Order::Do(Act::Skip { shown: None, reason }))
}

/// Why: in any words where a mark sets them apart, else in few that speak of nothing
/// else. `it` and `this` alone are no reason.
fn reason(rest: &str, scene: &Scene<'_>) -> Result<String, &'static str> {
    let (word, more) = rest.split_at(rest.find([' ', ':', ',']).unwrap_or(rest.len()));
    let first = word.to_lowercase().replace('’', "'");
    let (behind, marked) = apart(more);
    let next = behind.split_whitespace().next().unwrap_or_default().to_lowercase();
    let pronoun = ["it", "this", "that"].contains(&first.as_str());
    let (reason, set_apart) = match pronoun {
        true if behind.is_empty() || marked => (behind, true),
        true if next == "because" => (behind, true),
        true if SAYS.contains(&next.as_str()) => (rest, true),
        true => (rest, scene.apart),
        false => (rest, scene.apart || first == "because"),
    };
    let few = reason.split_whitespace().count() <= MOST_BARE;
    let aims = pronoun || AIMS.contains(&first.as_str());
    let asks = reason.contains('?') || reason.contains(". ") || reason.contains("! ");
    if asks || !(set_apart || few && !aims) {
        return Err(if asks { PROSE } else { NOT_APART });
    }
    Ok(reason.to_owned())
}

/// `until 2 dec`, `from 1 dec until 5 dec`, `tomorrow`.
fn away(rest: &str, scene: &Scene<'_>) -> Result<Order, &'static str> {
    let today = scene.calendar.date(scene.now);
    let lower = rest.to_lowercase();
    let padded = format!(" {lower} ");
    let ends = [" until ", " till ", " to "].into_iter().find_map(|word| padded.split_once(word));
    let days = match ends {
        Some((start, end)) => {
            let start = start.trim().trim_start_matches("from ");
            let first = if start.is_empty() { Some(today) } else { day(start, today) };
            first.and_then(|first| Some((first, day(end, first)?)))
        }
        None => day(&lower, today).map(|day| (day, day)),
    };
    days.map(|(first, last)| Order::Away(Days { first, last })).ok_or(NO_DAYS)
}
