//! Orders: what the first paragraph of an answer to owed's own mail asks for.
//!
//! Forgiving of capitals, full stops and good manners, and strict about all else:
//! somebody who answers in prose did not give an order, and nothing is guessed from
//! their words. Whether the sender may give it, and whether it can be done, is asked
//! elsewhere.

use jiff::Timestamp;

use super::moment::{day, moment};
use super::visible::own_words;
use crate::domain::act::Act;
use crate::domain::calendar::{Calendar, Days};

/// The longest line that is an order.
const LONGEST: usize = 120;

/// How many words an order has at the most; what is longer is prose.
const MOST_WORDS: usize = 12;

/// How many words a reason has at the most where nothing sets it apart.
const MOST_BARE: usize = 8;

/// How many lines are looked through for the first with words in it.
const MOST_LINES: usize = 50;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// They do something to the case.
    Do(Act),
    /// They ask somebody else to take it: the name as written.
    Give(String),
    /// They are away on these days.
    Away(Days),
    /// They are here again.
    Back,
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
const NOT_APART: &str = "it may be prose: if a reason was meant, put a colon before it";
const NO_TIME: &str = "the time in it could not be read, or has passed";
const NO_DAYS: &str = "the days in it could not be read, or have passed";
const NO_REASON: &str = "a reason is missing: it stays on record";
const NO_NAME: &str = "it does not say to whom";

/// What is noted of a promise that an order tells of.
const PROMISED: &str = "promised, says an order by mail";

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

/// How somebody ends a mail right below an order.
const FAREWELLS: &[&str] =
    &["best", "cheers", "greetings", "kind", "many", "regards", "thank", "thanks", "yours"];

/// Where and when an order is read, and how the rest of its line stands behind its verb.
struct Scene<'a> {
    calendar: &'a Calendar,
    now: Timestamp,
    /// A colon, comma or dash sets it apart.
    apart: bool,
}

/// What somebody's own words, as they stand in an answer, ask for; times are on their
/// `calendar`. An order is the whole first paragraph: whatever runs on is prose.
pub fn order(words: &str, calendar: &Calendar, now: Timestamp) -> Result<Order, NotUnderstood> {
    let own = own_words(words);
    let mut lines = own.lines().take(MOST_LINES).map(str::trim);
    let Some(first) = lines.find(|line| !line.is_empty() && !is_greeting(line)) else {
        return Err(NotUnderstood { line: String::new(), why: NOTHING });
    };
    let not = |why| NotUnderstood { line: first.chars().take(LONGEST).collect(), why };
    let alone = lines.take_while(|line| !line.is_empty()).all(is_farewell);
    let short = first.split_whitespace().count() <= MOST_WORDS;
    if !alone || !short || first.chars().count() > LONGEST {
        return Err(not(PROSE));
    }
    read(first, calendar, now).map_err(not)
}

fn read(line: &str, calendar: &Calendar, now: Timestamp) -> Result<Order, &'static str> {
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

/// A line that only greets.
fn is_greeting(line: &str) -> bool {
    let lower = line.to_lowercase();
    let mut words = lower.split_whitespace();
    let first = words.next().is_some_and(|w| {
        ["hi", "hello", "hey", "dear"].contains(&w.trim_end_matches([',', '!', '.']))
    });
    first && words.count() <= 2 && line.ends_with([',', '!'])
}

/// A line that only ends a mail: a name, or a good wish.
fn is_farewell(line: &str) -> bool {
    let plain = line.trim_start_matches(['-', '–', '—', ' ']);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let wishes = words.first().is_some_and(|first| {
        FAREWELLS.contains(&first.trim_end_matches([',', '!', '.']).to_lowercase().as_str())
    });
    let named = words.iter().all(|word| word.starts_with(char::is_uppercase));
    words.len() <= 4 && (wishes || named)
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
    let due = moment(rest, scene.calendar, scene.now).ok_or(NO_TIME)?;
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

    fn closed(title: &str) -> Order {
        Order::Do(Act::Close { title: text(title) })
    }

    #[test]
    fn an_order_is_understood_however_it_is_written() {
        let due = "2026-11-27T15:00:00Z".parse().unwrap();
        let friday = Order::Do(Act::Promise { due, words: text(PROMISED) });
        let days = |first, last| Order::Away(Days { first, last });
        let phone = Order::Do(Act::Answered { how: text("by phone") });
        let (answered, take) = (Act::Answered { how: String::new() }, Order::Do(Act::Claim));
        for (words, order) in [
            ("take", take.clone()),
            ("Take it, please!", take.clone()),
            ("\n\nHi owed,\n\nI’ll take it.\n\nAna", take.clone()),
            ("take\nAna Ruiz", take.clone()),
            ("take\nKind regards,\nAna\n\nBrook & Sons, the plumbers", take.clone()),
            ("Please TAKE...", take),
            ("give ben", Order::Give(text("ben"))),
            ("Give it to Ben Ode, thanks", Order::Give(text("Ben Ode"))),
            ("hand over to: ben@brook.example", Order::Give(text("ben@brook.example"))),
            ("Answered by phone.", phone.clone()),
            ("answered: by phone\n\n> reminder", phone),
            ("answered", Order::Do(answered)),
            ("promise fri 15:00", friday.clone()),
            ("Promised: Friday, 3 pm", friday),
            ("done", closed("")),
            ("Done: fixed the tap", closed("fixed the tap")),
            ("done fixed the tap, thanks", closed("fixed the tap")),
            ("away until 2 dec", days(date(2026, 11, 25), date(2026, 12, 2))),
            ("Away from 1 dec until 5 dec", days(date(2026, 12, 1), date(2026, 12, 5))),
            ("away tomorrow", days(date(2026, 11, 26), date(2026, 11, 26))),
            ("I'm back", Order::Back),
            ("accept", Order::Do(Act::Accept)),
            ("help", Order::Help),
        ] {
            assert_eq!(read(words), Ok(order), "{words:?}");
        }
    }

    #[test]
    fn a_reason_is_whatever_stands_apart_or_speaks_of_nothing_else() {
        for (words, reason) in [
            ("dismiss spam", "spam"),
            ("dismiss it is spam", "it is spam"),
            ("Dismiss, it’s a newsletter.", "it’s a newsletter"),
            ("dismiss it: he called me", "he called me"),
            ("dismiss this, not for us", "not for us"),
            ("dismiss not for us", "not for us"),
            ("Dismiss: the customer solved it himself", "the customer solved it himself"),
            ("dismiss - in the wrong queue", "in the wrong queue"),
            ("dismiss because he only says thanks", "because he only says thanks"),
            ("dismiss it because he only says thanks", "because he only says thanks"),
            ("dismiss he wrote to sales already, thanks", "he wrote to sales already"),
            ("Please dismiss: duplicate of OW-7K3F-2", "duplicate of OW-7K3F-2"),
            ("dismiss duplicate\nAna", "duplicate"),
        ] {
            let order = Order::Do(Act::Dismiss { reason: text(reason) });
            assert_eq!(read(words), Ok(order), "{words:?}");
        }
        for (words, reason) in [
            ("refuse I am in Porto", "I am in Porto"),
            ("decline", ""),
            ("refuse it", ""),
            ("refuse, too much on my desk", "too much on my desk"),
            ("Decline: in meetings all day, sorry", "in meetings all day, sorry"),
            ("refuse no time before Friday", "no time before Friday"),
            ("Hello,\n\nrefuse not my customer\n\nBen", "not my customer"),
        ] {
            let order = Order::Do(Act::Refuse { reason: text(reason) });
            assert_eq!(read(words), Ok(order), "{words:?}");
        }
    }

    #[test]
    fn prose_is_no_order() {
        for words in [
            "Take care of this one, please, I am at the dentist.",
            "Take it\neasy on him, he is new.",
            "Take it\nThat is, if Ben has no time for it.",
            "Taken by surprise, I must say",
            "Give me a call when you see this",
            "Give Ben my best wishes for his birthday",
            "Done that already, see my mail of this morning.",
            "Done! But what about the invoice?",
            "Done? I never said so",
            "Done so far: the first two taps, the third needs a part from Porto",
            "Answered her yesterday, and she is happy",
            "Answered the phone all day",
            "He promised to call back on Friday 15:00",
            "Promise to call him tomorrow",
            "Accept my apologies, I forgot",
            "Back in the office tomorrow",
            "Help me with this, I do not know the customer",
            "Should I dismiss this?",
            "I am away until 2 December and will answer then.",
            "Dismiss the thought, I will of course answer him",
            "Dismiss him kindly and I will call tomorrow",
            "Dismiss all of these from last week, then we talk",
            "Dismiss those who only say thanks",
            "Dismiss my last mail, I had the wrong customer in mind",
            "Dismiss any reminders until I am back",
            "Dismiss it as you like, but I would rather answer him",
            "Dismiss this customer at your peril",
            "Dismiss? No, I will answer it this afternoon",
            "Dismiss spam. And what about the other one",
            "Dismiss: he has written four times and I think that we should call him now",
            "dismiss spam\nis what I would say if he had not written before.",
            "Dismiss for now",
            "Refuse to pay him until the invoice is corrected",
            "Refuse the parcel when it comes, it is the wrong one",
            "Refuse her offer politely",
            "Refuse such requests in future, as we agreed",
            "Refuse collection is on Thursday, can we move our date with him",
            "Refusing this would be wrong",
            "Decline in sales is what he asks about",
            "Decline all meetings that he asks for",
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
            ("dismiss it", NO_REASON),
            ("dismiss the customer called me", NOT_APART),
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
