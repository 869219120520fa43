//! The words that answer somebody who asked for something, by mail or on a page: what
//! was understood and is done, or why not. The first line says it; more may follow.

use jiff::Zoned;

use super::command::{NotUnderstood, SAYINGS};
use super::letter::one_line;
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
    /// It was opened again.
    Reopened,
    /// It needs no answer: why.
    Dismissed(String),
    /// They did not take it.
    Refused,
    /// The contact is written to, in their name: when the answer comes, and the time
    /// it is.
    Told(Zoned, Zoned),
    /// A promise is for another time than was understood: when, and the time it is.
    Corrected(Zoned, Zoned),
    /// What was taken for a promise is none.
    NoPromise,
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
            "The answer in {case} is noted as promised for {}. owed has written nothing \
             to the contact.",
            clock(at, now)
        ),
        Deed::Told(at, now) => format!(
            "A note in your name is on its way: the answer in {case} comes by {}.",
            clock(at, now)
        ),
        Deed::Corrected(at, now) => {
            format!("The answer in {case} is promised for {}.", clock(at, now))
        }
        Deed::NoPromise => format!("In {case} nothing is noted as promised any more."),
        Deed::Closed(title) => format!("{case} is closed{}", with(title)),
        Deed::Reopened => format!("{case} is open again, and an answer is owed."),
        Deed::Dismissed(reason) => format!("{case} needs no answer any more{}", with(reason)),
        Deed::Refused => format!("You did not take {case}, and whoever asked you is told."),
    }
}

/// They are away on some days.
pub fn away(first: &Zoned, last: &Zoned) -> String {
    let day = |at: &Zoned| at.strftime("%A %-d %B").to_string();
    let days = if first.date() == last.date() {
        format!("on {}", day(first))
    } else {
        format!("from {} up to and with {}", day(first), day(last))
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
    format!("The first line of an answer may say, for instance:\n{}", sayings.join(", "))
}

/// The line was no order.
pub fn not_understood(not: &NotUnderstood) -> String {
    let read = match not.line.as_str() {
        "" => String::new(),
        line => format!("It begins with “{}”: ", short(line)),
    };
    let lead = "owed understood no order in your answer, and changed nothing.";
    format!("{lead}\n{read}{}.\n{}", not.why, help())
}

/// It was an order, and could not be done.
pub fn not_done(why: &str) -> String {
    format!("Nothing was changed: {why}.")
}

fn short(text: &str) -> String {
    one_line(text, SHORT)
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
            (Deed::Promised(at.clone(), now.clone()), "Friday 27 November, 15:00"),
            (Deed::Closed("fixed the tap".to_owned()), "is closed: fixed the tap."),
            (Deed::Reopened, "is open again"),
            (Deed::Dismissed("spam".to_owned()), "needs no answer any more: spam."),
            (Deed::Refused, "You did not take"),
            (Deed::Told(at.clone(), now.clone()), "Friday 27 November, 15:00"),
            (Deed::Corrected(at, now), "Friday 27 November, 15:00"),
            (Deed::NoPromise, "nothing is noted as promised"),
        ] {
            let words = done(&deed, &about());
            assert!(words.contains(said) && words.contains("(Jo Field)"), "{words}");
        }
    }

    #[test]
    fn what_is_repeated_is_on_a_leash() {
        let line = format!("x\u{7}{}", "y".repeat(500));
        let words = not_understood(&NotUnderstood { line, why: "it is prose" });
        assert!(words.contains("x y") && words.len() < 600, "{words}");
    }
}
