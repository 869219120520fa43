//! Orders: what the first line of an answer to owed's own mail asks for.
//!
//! Forgiving of capitals, full stops and good manners, and strict about all else:
//! somebody who answers in prose did not give an order, and nothing is guessed from
//! their words. Whether the sender may give it, and whether it can be done, is asked
//! elsewhere.

use jiff::Timestamp;
use jiff::civil::Date;

use super::moment::{day, moment};
use super::visible::own_words;
use crate::domain::calendar::Calendar;

/// The longest line that is an order.
const LONGEST: usize = 120;

/// How many lines are looked through for the first with words in it.
const MOST_LINES: usize = 50;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// They take the case.
    Take,
    /// They ask somebody else to take it: the name as written.
    Give(String),
    /// It was answered outside mail.
    Answered {
        /// `by phone`, `in person`; may be empty.
        how: String,
    },
    /// The contact was told when the answer comes.
    Promise(Timestamp),
    /// The matter is at an end, with what was done; may be empty.
    Done(String),
    /// It needs no answer, for this reason.
    Dismiss(String),
    /// They are away on these days.
    Away {
        /// The first.
        first: Date,
        /// The last.
        last: Date,
    },
    /// They are here again.
    Back,
    /// They take what was offered to them.
    Accept,
    /// They do not, for this reason; may be empty.
    Refuse(String),
    /// They ask what can be said.
    Help,
}

/// A line that is no order, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotUnderstood {
    /// The line, shortened.
    pub line: String,
    /// Why it is none, in words.
    pub why: &'static str,
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

const PROSE: &str = "its first line is none of the orders that owed knows";
const NOTHING: &str = "it says nothing";
const NO_TIME: &str = "the time in it could not be read, or has passed";
const NO_DAYS: &str = "the days in it could not be read, or have passed";
const NO_REASON: &str = "a reason is missing: it stays on record";
const NO_NAME: &str = "it does not say to whom";

/// Lines that are an order as a whole.
const WHOLE: &[(&str, Order)] = &[
    ("take", Order::Take),
    ("take it", Order::Take),
    ("take over", Order::Take),
    ("i take it", Order::Take),
    ("i'll take it", Order::Take),
    ("claim", Order::Take),
    ("accept", Order::Accept),
    ("accept it", Order::Accept),
    ("accepted", Order::Accept),
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
];

/// What goes on in prose behind a word that could begin an order: `done that`,
/// `answered her yesterday`, `give me a call`.
const GOES_ON: &[&str] = &[
    "a", "all", "already", "an", "and", "as", "because", "but", "by", "for", "have", "he", "her",
    "him", "his", "i", "i'll", "i'm", "i've", "if", "is", "it", "it's", "its", "me", "my", "not",
    "or", "our", "she", "so", "some", "that", "that's", "the", "their", "them", "then", "they",
    "this", "to", "until", "us", "was", "we", "when", "with", "yet", "you", "your",
];

/// Where and when an order is read.
struct Scene<'a> {
    calendar: &'a Calendar,
    now: Timestamp,
}

/// What somebody's own words, as they stand in an answer, ask for; times are on their
/// `calendar`.
pub fn order(words: &str, calendar: &Calendar, now: Timestamp) -> Result<Order, NotUnderstood> {
    let own = own_words(words);
    let mut lines = own.lines().take(MOST_LINES).map(str::trim);
    let Some(first) = lines.find(|line| !line.is_empty() && !is_greeting(line)) else {
        return Err(NotUnderstood { line: String::new(), why: NOTHING });
    };
    let not = |why| NotUnderstood { line: first.chars().take(LONGEST).collect(), why };
    // A sentence that runs on in the next line is prose.
    let goes_on = lines.next().is_some_and(|next| next.starts_with(char::is_lowercase));
    if goes_on || first.chars().count() > LONGEST {
        return Err(not(PROSE));
    }
    read(first, &Scene { calendar, now }).map_err(not)
}

fn read(line: &str, scene: &Scene<'_>) -> Result<Order, &'static str> {
    let plain = without_manners(line);
    let lower = plain.to_lowercase().replace('’', "'");
    if let Some((_, order)) = WHOLE.iter().find(|(whole, _)| *whole == lower) {
        return Ok(order.clone());
    }
    for (beginning, read) in BEGINNINGS {
        if let Some(rest) = after(&plain, beginning) {
            return read(rest, scene);
        }
    }
    Err(PROSE)
}

/// What stands behind `beginning`, where the line begins with it as whole words.
fn after<'a>(line: &'a str, beginning: &str) -> Option<&'a str> {
    let (start, rest) = line.split_at_checked(beginning.len())?;
    let whole = rest.is_empty() || rest.starts_with([' ', ':', ',', '\t']);
    let same = start.eq_ignore_ascii_case(beginning);
    (same && whole).then(|| rest.trim_matches([' ', ':', ',', '\t']))
}

/// The line without `please`, `thanks` and the punctuation at its end.
fn without_manners(line: &str) -> String {
    let ends = ['.', '!', ',', ';', ' ', '…'];
    let mut line = line.trim().trim_start_matches(['"', '“']).trim_end_matches(['"', '”']);
    loop {
        let before = line;
        line = line.trim_end_matches(ends);
        line = after(line, "please").unwrap_or(line);
        for manners in ["please", "thanks", "thank you"] {
            line = without_end(line, manners);
        }
        if line == before {
            return line.to_owned();
        }
    }
}

fn without_end<'a>(line: &'a str, end: &str) -> &'a str {
    let at = line.len().saturating_sub(end.len());
    match line.split_at_checked(at) {
        Some((rest, last)) if last.eq_ignore_ascii_case(end) && rest.ends_with([' ', ',']) => {
            rest.trim_end_matches([' ', ','])
        }
        _ => line,
    }
}

/// A line that only greets.
fn is_greeting(line: &str) -> bool {
    let lower = line.to_lowercase();
    let mut words = lower.split_whitespace();
    let first = words.next().is_some_and(|w| {
        ["hi", "hello", "hey", "dear"].contains(&w.trim_end_matches([',', '!', '.']))
    });
    first && words.count() <= 2 && line.ends_with([',', '!'])
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
        Ok(Order::Answered { how: rest.to_owned() })
    } else {
        Err(PROSE)
    }
}

fn promise(rest: &str, scene: &Scene<'_>) -> Result<Order, &'static str> {
    moment(rest, scene.calendar, scene.now).map(Order::Promise).ok_or(NO_TIME)
}

fn done(rest: &str, _: &Scene<'_>) -> Result<Order, &'static str> {
    free(rest).map(Order::Done)
}

fn dismiss(rest: &str, _: &Scene<'_>) -> Result<Order, &'static str> {
    // Here `it is spam` and `not for us` are reasons.
    if rest.contains('?') {
        return Err(PROSE);
    }
    Some(rest.to_owned()).filter(|r| !r.is_empty()).map(Order::Dismiss).ok_or(NO_REASON)
}

fn refuse(rest: &str, _: &Scene<'_>) -> Result<Order, &'static str> {
    if rest.contains('?') { Err(PROSE) } else { Ok(Order::Refuse(rest.to_owned())) }
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
    days.map(|(first, last)| Order::Away { first, last }).ok_or(NO_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    fn read(words: &str) -> Result<Order, NotUnderstood> {
        let now = "2026-11-25T14:00:00Z".parse().unwrap();
        order(words, &Calendar::always(TimeZone::UTC), now)
    }

    fn text(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn an_order_is_understood_however_it_is_written() {
        let friday = Order::Promise("2026-11-27T15:00:00Z".parse().unwrap());
        let until = Order::Away { first: date(2026, 11, 25), last: date(2026, 12, 2) };
        let between = Order::Away { first: date(2026, 12, 1), last: date(2026, 12, 5) };
        let tomorrow = Order::Away { first: date(2026, 11, 26), last: date(2026, 11, 26) };
        let phone = Order::Answered { how: text("by phone") };
        for (words, order) in [
            ("take", Order::Take),
            ("Take it, please!", Order::Take),
            ("\n\nHi owed,\n\nI’ll take it.\n\nAna", Order::Take),
            ("Please TAKE...", Order::Take),
            ("give ben", Order::Give(text("ben"))),
            ("Give it to Ben Ode, thanks", Order::Give(text("Ben Ode"))),
            ("hand over to: ben@brook.example", Order::Give(text("ben@brook.example"))),
            ("Answered by phone.", phone.clone()),
            ("answered: by phone\n\n> reminder", phone),
            ("answered", Order::Answered { how: String::new() }),
            ("promise fri 15:00", friday.clone()),
            ("Promised: Friday, 3 pm", friday),
            ("done", Order::Done(String::new())),
            ("Done: fixed the tap", Order::Done(text("fixed the tap"))),
            ("done fixed the tap, thanks", Order::Done(text("fixed the tap"))),
            ("dismiss it is spam", Order::Dismiss(text("it is spam"))),
            ("away until 2 dec", until),
            ("Away from 1 dec until 5 dec", between),
            ("away tomorrow", tomorrow),
            ("I'm back", Order::Back),
            ("accept", Order::Accept),
            ("refuse I am in Porto", Order::Refuse(text("I am in Porto"))),
            ("decline", Order::Refuse(String::new())),
            ("help", Order::Help),
        ] {
            assert_eq!(read(words), Ok(order), "{words:?}");
        }
    }

    #[test]
    fn prose_is_no_order() {
        for words in [
            "Take care of this one, please, I am at the dentist.",
            "Take it\neasy on him, he is new.",
            "Taken by surprise, I must say",
            "Give me a call when you see this",
            "Give Ben my best wishes for his birthday",
            "Done that already, see my mail of this morning.",
            "Done! But what about the invoice?",
            "Done? I never said so",
            "Answered her yesterday, and she is happy",
            "Answered the phone all day",
            "He promised to call back on Friday 15:00",
            "Accept my apologies, I forgot",
            "Back in the office tomorrow",
            "Help me with this, I do not know the customer",
            "Should I dismiss this?",
            "I am away until 2 December and will answer then.",
            "OK",
            "> take",
            "",
        ] {
            assert!(read(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn an_order_that_lacks_something_says_what() {
        for (words, why) in [
            ("promise", NO_TIME),
            ("promise soon", NO_TIME),
            ("dismiss", NO_REASON),
            ("give", NO_NAME),
            ("away", NO_DAYS),
            ("away until christmas", NO_DAYS),
        ] {
            let line = words.to_owned();
            assert_eq!(read(words), Err(NotUnderstood { line, why }), "{words:?}");
        }
    }

    #[test]
    fn what_is_said_to_be_sayable_is_understood() {
        for saying in SAYINGS {
            assert!(read(saying).is_ok(), "{saying}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_written_panics(
            words in "(take|give|done|away|promise|’|İ|ß|[ :.,!?]|[a-z0-9]){0,30}|.{0,60}",
        ) {
            let _understood = read(&words);
        }
    }
}
