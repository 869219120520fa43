//! An answer to owed's own mail, read for orders: which of its lines are some, and of
//! which case each of them speaks.
//!
//! Orders stand at the beginning, each on a line of its own. A paragraph is orders, line
//! by line, or it is prose as a whole, and after the first prose nothing is read any
//! more: nobody's words are followed because a mail program wrapped or quoted them
//! unluckily.

use jiff::Timestamp;

use super::approval::{Asked, decides};
use super::command::{Order, PROSE, order};
use super::visible::own_words;
use crate::domain::calendar::Calendar;

/// How many lines of an answer are looked at, and how many orders are taken from it.
const MOST_LINES: usize = 50;
const MOST_ORDERS: usize = 20;

/// How much of a line is told again.
const SHORT: usize = 120;

const NOTHING: &str = "it says nothing";
const RUNS_ON: &str = "the words around it run on: an order has a line of its own";

/// How somebody ends a mail right below an order.
const FAREWELLS: &[&str] =
    &["best", "cheers", "greetings", "kind", "many", "regards", "thank", "thanks", "yours"];

/// What a case number is brought up with, where the order is about that case.
const BROUGHT_UP: &[&str] = &["for", "in", "on", "case", "and", "&", "+"];

/// What makes a number a part of a reason: `dismiss duplicate of OW-7K3F-2`.
const PART_OF_REASON: &[&str] =
    &["of", "as", "see", "with", "to", "from", "by", "than", "is", "was", "not", "duplicate"];

/// What stands in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The lines at its beginning that are orders, or one line that is none.
    pub lines: Vec<Line>,
    /// A line further down that looks like an order and was not read as one.
    pub unread: Option<String>,
    /// Whether it gives no order and was not meant to: it is [`words`] for somebody.
    pub is_words: bool,
    /// Whether words stand below the orders, more than a name or a good wish.
    pub more: bool,
}

/// A line that is read for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As it was written, shortened.
    pub text: String,
    /// The numbers of the cases that it names as its own, as they were written.
    pub cases: Vec<String>,
    /// What it asks for, or why it is no order, in words.
    pub order: Result<Order, &'static str>,
}

/// What somebody's own words ask for, as they stand in an answer to a mail that has
/// `asked` that; times are on their `calendar`.
pub fn answer(words: &str, asked: Asked, calendar: &Calendar, now: Timestamp) -> Answer {
    if let Some((text, act)) = decides(words, asked) {
        let line = Line { text, cases: Vec::new(), order: act.map(Order::Do) };
        return Answer { lines: vec![line], unread: None, is_words: false, more: false };
    }
    let own = own_words(words);
    let lines = own.lines().take(MOST_LINES).map(str::trim);
    let said: Vec<&str> = lines.skip_while(|line| line.is_empty() || is_greeting(line)).collect();
    let read = |line: &&str| line_of(line, calendar, now);
    let (mut lines, mut rest) = (Vec::new(), said.as_slice());
    let mut is_words = false;
    while lines.len() < MOST_ORDERS {
        let start = rest.iter().position(|line| !line.is_empty()).unwrap_or(rest.len());
        let (_, below) = rest.split_at_checked(start).unwrap_or_default();
        let end = below.iter().position(|line| line.is_empty()).unwrap_or(below.len());
        let Some((paragraph, after)) = below.split_at_checked(end) else { break };
        let whole: Vec<Line> = paragraph.iter().map(read).collect();
        // What begins as an order does was perhaps meant as one.
        let speaks = whole.first().is_some_and(|line| line.order.is_err())
            && whole.iter().any(|line| line.order == Err(PROSE));
        let orders = orders(whole);
        if lines.is_empty() && speaks && orders.iter().all(|line| line.order == Err(PROSE)) {
            is_words = !self::words(words).is_empty();
        }
        if orders.is_empty() {
            break;
        }
        lines.extend(orders);
        rest = after;
        if is_words {
            break;
        }
    }
    let more = rest.iter().any(|line| !line.is_empty() && !is_farewell(line));
    if let ([], Some((first, below))) = (lines.as_slice(), said.split_first()) {
        rest = below;
        let line = read(first);
        let order = Err(line.order.err().unwrap_or(RUNS_ON));
        lines.push(Line { order, ..line });
    }
    if lines.is_empty() {
        lines.push(Line { text: String::new(), cases: Vec::new(), order: Err(NOTHING) });
    }
    let unread = rest.iter().map(read).find(|line| !line.is_prose());
    Answer { lines, unread: unread.map(|line| line.text), is_words, more }
}

/// Somebody's own words, without the number of the case that they begin with.
pub fn words(words: &str) -> String {
    let own = own_words(words);
    let own = own.trim();
    let (first, rest) = own.split_once(char::is_whitespace).unwrap_or((own, ""));
    if number(first).is_some() { rest.trim().to_owned() } else { own.to_owned() }
}

/// The orders of a paragraph; none where a line of it is prose.
fn orders(mut lines: Vec<Line>) -> Vec<Line> {
    while lines.pop_if(|line| line.is_prose() && is_farewell(&line.text)).is_some() {}
    if lines.iter().any(Line::is_prose) { Vec::new() } else { lines }
}

impl Line {
    /// Whether it is nothing but words. What begins with a case number was meant as an
    /// order, whatever it says.
    fn is_prose(&self) -> bool {
        let numbered = self.text.split_whitespace().next().is_some_and(|w| number(w).is_some());
        self.order == Err(PROSE) && !numbered
    }
}

fn line_of(text: &str, calendar: &Calendar, now: Timestamp) -> Line {
    let (cases, plain) = without_numbers(text);
    let order = order(&plain, calendar, now);
    Line { text: text.chars().take(SHORT).collect(), cases, order }
}

/// The case numbers that a line is about, and the line without them.
fn without_numbers(line: &str) -> (Vec<String>, String) {
    let (mut cases, mut words): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for word in line.split_whitespace() {
        let before = words.last().map_or("", String::as_str).to_lowercase();
        let reason =
            PART_OF_REASON.contains(&before.as_str()) || words.iter().any(|word| ends_apart(word));
        let Some((case, mark)) = number(word).filter(|_| !reason) else {
            words.push(word.to_owned());
            continue;
        };
        cases.push(case.to_owned());
        words.truncate(words.len() - usize::from(BROUGHT_UP.contains(&before.as_str())));
        // `done OW-7K3F-2: fixed` is `done: fixed`.
        if let Some(last) = words.last_mut() {
            last.push_str(mark);
        }
    }
    (cases, words.join(" "))
}

/// Whether a colon or a dash sets what follows apart, as a reason.
fn ends_apart(word: &str) -> bool {
    word.ends_with([':', '-', '–', '—'])
}

/// The case number in a word, and the mark behind it.
fn number(word: &str) -> Option<(&str, &str)> {
    let inner = word.trim_start_matches(['[', '(']);
    let end = inner.find([']', ')', ':', ',', '.', ';', '!']).unwrap_or(inner.len());
    let (number, mark) = inner.split_at_checked(end)?;
    let (start, rest) = number.split_at_checked("OW-".len())?;
    let symbols = rest.len() >= 4 && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let mark = mark.trim_start_matches([']', ')', '.', ';', '!']);
    (start.eq_ignore_ascii_case("OW-") && symbols).then_some((number, mark))
}

/// A line that only greets.
pub(super) fn is_greeting(line: &str) -> bool {
    let lower = line.to_lowercase();
    let mut words = lower.split_whitespace();
    let first = words.next().is_some_and(|w| {
        ["hi", "hello", "hey", "dear"].contains(&w.trim_end_matches([',', '!', '.']))
    });
    first && words.count() <= 2 && line.ends_with([',', '!'])
}

/// A line that only ends a mail: a name, or a good wish.
pub(super) fn is_farewell(line: &str) -> bool {
    let plain = line.trim_start_matches(['-', '–', '—', ' ']);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let wishes = words.first().is_some_and(|first| {
        FAREWELLS.contains(&first.trim_end_matches([',', '!', '.']).to_lowercase().as_str())
    });
    let named = words.iter().all(|word| word.starts_with(char::is_uppercase));
    words.len() <= 4 && (wishes || named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use crate::domain::act::Act;
    use crate::domain::calendar::Days;
    use crate::mail::command::{NO_DAYS, NO_NAME, NO_REASON, NOT_APART, PROMISED, SAYINGS};
    use crate::mail::moment::Untimely;

    fn all(words: &str) -> Answer {
        let now = "2026-11-25T14:00:00Z".parse().unwrap();
        answer(words, Asked::Nothing, &Calendar::always(TimeZone::UTC), now)
    }

    /// The only order in some words.
    fn read(words: &str) -> Result<Order, &'static str> {
        let mut answer = all(words);
        assert_eq!(answer.lines.len(), 1, "{words:?}: {answer:?}");
        answer.lines.remove(0).order
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
            "OK then",
            "> take",
            "",
        ] {
            assert!(read(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn an_order_that_lacks_something_says_what() {
        for (words, why) in [
            ("promise", Untimely::Unclear.why()),
            ("promise soon", Untimely::Unclear.why()),
            ("dismiss", NO_REASON),
            ("dismiss it", NO_REASON),
            ("dismiss the customer called me", NOT_APART),
            ("give", NO_NAME),
            ("away", NO_DAYS),
            ("away until christmas", NO_DAYS),
        ] {
            assert_eq!(read(words), Err(why), "{words:?}");
        }
    }

    #[test]
    fn each_line_is_an_order_until_words_of_another_kind_begin() {
        let take = || Ok(Order::Do(Act::Claim));
        for (words, orders, unread) in [
            (
                "take\npromise soon\n\nback\n\nThanks,\nAna",
                vec![take(), Err(Untimely::Unclear.why()), Ok(Order::Back)],
                None,
            ),
            ("take\n\nI called him twice.\n\nback", vec![take()], Some("back")),
            ("take\n\nGive me a call when you see this", vec![take()], None),
            ("take\nback\nhome with you", vec![Err(RUNS_ON)], Some("back")),
            ("I told him that I would not\ntake", vec![Err(PROSE)], Some("take")),
            ("take\n\n> back", vec![take()], None),
        ] {
            let answer = all(words);
            let read: Vec<_> = answer.lines.into_iter().map(|line| line.order).collect();
            assert_eq!(read, orders, "{words:?}");
            assert_eq!(answer.unread.as_deref(), unread, "{words:?}");
        }
    }

    #[test]
    fn a_line_says_of_which_case_it_speaks() {
        let take = Order::Do(Act::Claim);
        let dismissed = |reason: &str| Order::Do(Act::Dismiss { reason: text(reason) });
        let due = "2026-11-27T15:00:00Z".parse().unwrap();
        let friday = Order::Do(Act::Promise { due, words: text(PROMISED) });
        let (one, both) = (["OW-7K3F-2"].as_slice(), ["OW-7K3F-2", "OW-9ABC"].as_slice());
        for (words, cases, order) in [
            ("OW-7K3F-2 take", one, take.clone()),
            ("[OW-7K3F-2]: take it, please", one, take.clone()),
            ("Take OW-7K3F-2.", one, take.clone()),
            ("take over case (OW-7K3F-2)", one, take.clone()),
            ("OW-7K3F-2, OW-9ABC take", both, take.clone()),
            ("take OW-7K3F-2 and OW-9ABC", both, take.clone()),
            ("ow-9abc take", &["ow-9abc"], take),
            ("[OW-7K3F-2] dismiss spam", one, dismissed("spam")),
            ("dismiss OW-7K3F-2: he called, all is well", one, dismissed("he called, all is well")),
            ("dismiss spam in OW-7K3F-2", one, dismissed("spam")),
            ("dismiss OW-7K3F-2 duplicate of OW-9ABC", one, dismissed("duplicate of OW-9ABC")),
            ("dismiss: see OW-7K3F-2", &[], dismissed("see OW-7K3F-2")),
            ("done OW-7K3F-2: fixed the tap", one, closed("fixed the tap")),
            ("give ben OW-7K3F-2", one, Order::Give(text("ben"))),
            ("give OW-7K3F-2 to ben", one, Order::Give(text("ben"))),
            ("promise fri 15:00 for OW-7K3F-2", one, friday),
        ] {
            let mut answer = all(words);
            assert_eq!(answer.lines.len(), 1, "{words:?}");
            let line = answer.lines.remove(0);
            assert_eq!(
                (line.cases, line.order),
                (cases.iter().map(|c| text(c)).collect(), Ok(order)),
                "{words:?}"
            );
        }
        let answer = all("OW-7K3F-2 take\nOW-9ABC whatever you say\nOW-1234 back");
        let read: Vec<bool> = answer.lines.iter().map(|line| line.order.is_ok()).collect();
        assert_eq!(read, [true, false, true]);
    }

    #[test]
    fn words_are_what_gives_no_order_and_was_not_meant_to() {
        for (written, said) in [
            ("I have asked Ben.", Some("I have asked Ben.")),
            ("Hi Ana,\n\nI have asked Ben.\n\ntake", Some("Hi Ana,\n\nI have asked Ben.\n\ntake")),
            ("Thank you, Ana!", Some("Thank you, Ana!")),
            ("Done that yesterday.", Some("Done that yesterday.")),
            (
                "Promise me to stay calm.\nI look at it.",
                Some("Promise me to stay calm.\nI look at it."),
            ),
            ("OW-7K3F-2\n\nI have asked Ben.", Some("I have asked Ben.")),
            ("OW-7K3F-2: I have asked Ben.", Some("I have asked Ben.")),
            ("I asked him.\n> what did he say?\nYes.", Some("I asked him.\nYes.")),
            ("take", None),
            ("take\n\nI have asked Ben.", None),
            ("Done.\nI have asked Ben.", None),
            ("dismiss the customer called me", None),
            ("promise yesterday", None),
            ("OW-7K3F-2", None),
            ("OW-7K3F-2 take\nOW-9ABC whatever you say", None),
            ("> quoted", None),
            ("", None),
        ] {
            let is_words = all(written).is_words;
            assert_eq!(is_words.then(|| super::words(written)).as_deref(), said, "{written:?}");
        }
        for (written, more) in [
            ("take\n\nI have asked Ben.", true),
            ("take\n\nKind regards,\nAna", false),
            ("take", false),
        ] {
            assert_eq!(all(written).more, more, "{written:?}");
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
