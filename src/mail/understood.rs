//! The words that answer an order: what was understood and is done, or why not.

use jiff::Zoned;

use super::command::{NotUnderstood, SAYINGS};
use super::when::clock;
use crate::domain::ids::{CaseNumber, Party};

/// How much of a name or of somebody's words is repeated.
const SHORT: usize = 80;

/// The case that an order is about.
#[derive(Debug, Clone)]
pub struct About {
    /// Its number.
    pub case: CaseNumber,
    /// Who waits.
    pub contact: Party,
}

/// What was done.
#[derive(Debug, Clone)]
pub enum Deed {
    /// They took the case.
    Taken,
    /// Somebody else was asked to take it: their name.
    Offered(String),
    /// It was answered outside mail: how.
    Answered(String),
    /// The contact was told when the answer comes: when, and the time it is.
    Promised(Zoned, Zoned),
    /// The case was closed: what was done.
    Closed(String),
    /// It needs no answer: why.
    Dismissed(String),
    /// They did not take it.
    Refused,
}

/// An order about a case was done.
pub fn done(deed: &Deed, about: &About) -> String {
    let case = format!("{} ({})", about.case, short(about.contact.called()));
    let with = |words: &str| {
        if words.is_empty() { ".".to_owned() } else { format!(": {}.", short(words)) }
    };
    match deed {
        Deed::Taken => format!("{case} is yours now."),
        Deed::Offered(name) => format!(
            "{} was asked to take {case}. It stays with whoever has it until they accept.",
            short(name)
        ),
        Deed::Answered(how) => format!("{case} is noted as answered{}", with(how)),
        Deed::Promised(at, now) => format!(
            "It is noted that the answer in {case} was promised for {}. The contact was \
             written nothing: you told them, or will.",
            clock(at, now)
        ),
        Deed::Closed(title) => format!("{case} is closed{}", with(title)),
        Deed::Dismissed(reason) => format!("{case} needs no answer any more{}", with(reason)),
        Deed::Refused => format!("You did not take {case}, and whoever asked you is told."),
    }
}

/// They are away on some days.
pub fn away(first: &Zoned, last: &Zoned) -> String {
    let day = |at: &Zoned| at.strftime("%A %-d %B").to_string();
    let days = match first.date() == last.date() {
        true => format!("on {}", day(first)),
        false => format!("from {} up to and with {}", day(first), day(last)),
    };
    format!(
        "You are noted as away {days}. What you owe goes to who acts for you. \
         If you are here earlier, answer with “back”."
    )
}

/// They are here again.
pub fn back() -> String {
    "Welcome back. You are noted as here again.".to_owned()
}

/// What can be said.
pub fn help() -> String {
    let sayings: Vec<String> = SAYINGS.iter().map(|saying| format!("“{saying}”")).collect();
    format!("What the first line of an answer may say: {}.", sayings.join(", "))
}

/// The line was no order.
pub fn not_understood(not: &NotUnderstood) -> String {
    let read = match not.line.as_str() {
        "" => "Your answer came, but".to_owned(),
        line => format!("Your answer came, but of “{}”", short(line)),
    };
    format!("{read} owed understood no order: {}. Nothing was changed. {}", not.why, help())
}

/// It was an order, and could not be done.
pub fn not_done(why: &str) -> String {
    format!("Nothing was changed: {why}.")
}

/// On a leash: no control characters, no endless text.
fn short(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(SHORT + 1).collect();
    match clean.char_indices().nth(SHORT) {
        Some((at, _)) => format!("{}…", clean.get(..at).unwrap_or_default().trim_end()),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Address;

    fn about() -> About {
        let address = Address::parse("jo@customer.example").unwrap();
        let contact = Party { name: "Jo Field".to_owned(), address };
        About { case: CaseNumber::from_row(1), contact }
    }

    #[test]
    fn every_answer_says_which_case_it_is_about() {
        let at: Zoned = "2026-11-27T15:00[Europe/Lisbon]".parse().unwrap();
        let now: Zoned = "2026-11-25T14:00[Europe/Lisbon]".parse().unwrap();
        for (deed, said) in [
            (Deed::Taken, "is yours now."),
            (Deed::Offered("Ben Ode".to_owned()), "Ben Ode was asked to take"),
            (Deed::Answered("by phone".to_owned()), "is noted as answered: by phone."),
            (Deed::Answered(String::new()), "is noted as answered."),
            (Deed::Promised(at, now), "Friday 27 November, 15:00"),
            (Deed::Closed("fixed the tap".to_owned()), "is closed: fixed the tap."),
            (Deed::Dismissed("spam".to_owned()), "needs no answer any more: spam."),
            (Deed::Refused, "You did not take"),
        ] {
            let words = done(&deed, &about());
            assert!(words.contains(said) && words.contains("(Jo Field)"), "{words}");
        }
    }

    #[test]
    fn what_is_repeated_is_on_a_leash() {
        let line = format!("x\u{7}{}", "y".repeat(500));
        let words = not_understood(&NotUnderstood { line, why: "it is prose" });
        assert!(words.contains("xy") && words.len() < 600, "{words}");
    }
}
