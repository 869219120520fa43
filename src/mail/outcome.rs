//! The words that answer somebody who asked for something, by mail or on a page: what
//! was understood and is done, or why not. The first line says it; more may follow.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::approval::Asked;
use super::command::SAYINGS;
use super::letter::one_line;
use super::when::clock;
use crate::domain::act::Act;
use crate::domain::calendar::Days;
use crate::domain::case::Case;
use crate::domain::ids::{CaseNumber, Party};
use crate::domain::roster::Roster;

/// How much of a name or of somebody's words is repeated.
const SHORT: usize = 80;

/// How many cases are listed for somebody to choose from.
const MOST_CASES: usize = 12;

/// What is known beside an act, to tell of it.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// The case.
    pub case: CaseNumber,
    /// Who waits.
    pub contact: &'a Party,
    /// Everybody here.
    pub roster: &'a Roster,
    /// The time it is, on the clocks of who acts.
    pub now: Zoned,
}

/// What came of one order.
#[derive(Debug, Clone)]
pub struct Said {
    /// The order as it was written.
    pub line: String,
    /// Whether it was done.
    pub done: bool,
    /// What is said to it.
    pub words: String,
}

/// What becomes of a concern.
pub fn raised(case: &str, who: &str) -> String {
    format!("{case}: {} hears of it, and owes you an answer. Thank you for saying it.", short(who))
}

/// What is added where words that somebody wrote to owed could have been meant for whoever
/// raised a concern.
pub const KEPT_BACK: &str = "\nNone of your words was passed on. Words for whoever raised a \
    concern are passed on where no order stands with them and, in answer to a mail about \
    several cases, behind the number of theirs.";

/// The words of somebody were passed on to `to`, who raised a concern.
pub fn passed_on(case: CaseNumber, to: &Party, attached: bool, unread: Option<&str>) -> String {
    let who = short(to.called());
    let lead =
        format!("Your words are on their way to {who}, in your name, as your answer in {case}.");
    let attached = attached.then(|| {
        let address = &to.address;
        format!("What was attached does not go with them: please send it to {address} yourself.")
    });
    let unread = unread
        .map(|line| format!("“{}” stands among them and was not read as an order.", short(line)));
    [Some(lead), attached, unread].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// What was done to a case.
pub fn done(act: &Act, about: &About<'_>) -> String {
    let case = format!("{} ({})", about.case, short(about.contact.called()));
    match act {
        Act::Claim | Act::Accept => format!("{case} is yours now."),
        Act::HandOver { to } => format!(
            "{} was asked to take {case}. It stays with whoever has it until they accept.",
            short(about.roster.name_of(to))
        ),
        Act::Answered { how } => format!("{case} is noted as answered{}", with(how)),
        Act::Promise { due, .. } => format!(
            "The answer in {case} is noted as promised for {}. owed has written nothing \
             to the contact.",
            about.clock(*due)
        ),
        Act::TellWhen { due, .. } => format!(
            "A note in your name is on its way: the answer in {case} comes by {}.",
            about.clock(*due)
        ),
        Act::Correct { due: Some(due), .. } => {
            format!("The answer in {case} is promised for {}.", about.clock(*due))
        }
        Act::Correct { due: None, .. } => {
            format!("In {case} nothing is noted as promised any more.")
        }
        Act::Close { title } => format!("{case} is closed{}", with(title)),
        Act::Send { .. } => {
            format!(
                "The question whether all is well, in {case}, goes in your name, by day on a \
                 working day; until it has gone, “skip” takes it back."
            )
        }
        Act::Skip { .. } => format!("In {case} nobody is asked whether all is well."),
        Act::Read { fine: true } => {
            format!("In {case} all is well, as you read the answer, and it is closed again.")
        }
        Act::Read { fine: false } => {
            format!("In {case} it is not OK, as you read the answer: it is urgent now.")
        }
        Act::Reopen { .. } => format!("{case} is open again, and an answer is owed."),
        Act::Dismiss { reason } => format!("{case} needs no answer any more{}", with(reason)),
        Act::Refuse { .. } => format!("You did not take {case}, and whoever asked you is told."),
    }
}

/// Whoever promises has it from then on; `before` had it.
pub fn passes(before: &str) -> String {
    format!(" It was with {}, and is with you now: who promises answers.", short(before))
}

/// They are away on these days; `stands_in` is who answers meanwhile, by name.
pub fn away(days: Days, stands_in: Option<&str>) -> String {
    let day = |at: Date| at.strftime("%A %-d %B").to_string();
    let days = if days.first == days.last {
        format!("on {}", day(days.first))
    } else {
        format!("from {} up to and with {}", day(days.first), day(days.last))
    };
    let meanwhile = match stands_in {
        Some(name) => format!("{} stands in for you.", short(name)),
        None => "Nobody who is here is named to stand in for you.".to_owned(),
    };
    format!(
        "You are noted as away {days}. {meanwhile}\n\
         If you are here earlier, answer with “back”."
    )
}

/// They are here again.
pub fn back() -> String {
    "Welcome back. You are noted as here again.".to_owned()
}

/// Their check-ins go by themselves from now on, or no longer.
pub fn check_ins(go: bool) -> String {
    let said = if go {
        "From now on your check-ins go by themselves, in your name, where the configuration lets \
         them. “never send mine” takes that back."
    } else {
        "From now on you are shown each of your check-ins before it is sent."
    };
    said.to_owned()
}

/// What can be said.
pub fn help(asked: Asked) -> String {
    let sayings = asked.sayings().iter().chain(SAYINGS);
    let sayings: Vec<String> = sayings.map(|saying| format!("“{saying}”")).collect();
    format!(
        "An answer may say, at the beginning, each on a line of its own, for instance:\n{}\n\
         A mail whose subject, or whose text below a greeting, begins with “concern: …” goes, as a \
         whole, to whoever is above.",
        sayings.join(", ")
    )
}

/// The contact was told by a note when the answer comes, and is not told another time
/// unasked.
pub fn told_already(about: &About<'_>, by: &str, (due, at): (Timestamp, Timestamp)) -> String {
    format!(
        "{} was told already that the answer comes by {}, in a note of {}, {}",
        short(about.contact.called()),
        about.clock(due),
        short(by),
        about.clock(at)
    )
}

/// The line was no order.
pub fn not_understood(why: &str) -> String {
    format!("It is no order, and changed nothing: {why}.")
}

/// It was an order, and could not be done.
pub fn not_done(why: &str) -> String {
    format!("Nothing was changed: {why}.")
}

/// An order without a case number, in answer to a mail about several: what to type for
/// each that is open.
pub fn which(order: &str, open: &[Case]) -> String {
    if open.is_empty() {
        return not_done("nothing is owed any more in any case of that mail");
    }
    let lines = open.iter().take(MOST_CASES).map(|case| {
        let (who, subject) = (short(case.contact.called()), short(&case.subject));
        format!("\n“{} {}”: {who}, {subject}", case.number, short(order))
    });
    let lead = "Nothing was changed: that mail is about several cases. Say of which, a line each:";
    let more = open.len().saturating_sub(MOST_CASES);
    let rest = if more == 0 { String::new() } else { format!("\nAnd {more} more.") };
    format!("{lead}{}{rest}", lines.collect::<String>())
}

/// A mail of one of ours that owed could not follow at all.
pub fn lost(why: &str) -> String {
    format!(
        "Nothing was done of what you asked for: {why}.\nAnswer the newest mail from owed that \
         is about it, with your mail program's answer button. {}",
        help(Asked::Nothing)
    )
}

/// What the journal says of an order.
pub fn ordered(by: &str, line: &str, (done, words): (bool, &str)) -> String {
    let did = if done { "done" } else { "not done" };
    format!("{by} by mail, “{}”, {did}: {}", short(line), words.replace('\n', " "))
}

/// All that is said to a mail with orders; where one was not understood, with what can be
/// said to a mail that has `asked` that.
pub fn answered(said: &[Said], unread: Option<&str>, puzzled: Option<Asked>) -> String {
    let words = match said {
        [Said { line, words, .. }] if puzzled.is_some() => format!("“{}”: {words}", short(line)),
        [Said { words, .. }] => words.clone(),
        several => {
            let done = several.iter().filter(|said| said.done).count();
            let lines = several
                .iter()
                .map(|Said { line, words, .. }| format!("\n“{}”: {words}", short(line)));
            format!("{done} of {} orders are done.{}", several.len(), lines.collect::<String>())
        }
    };
    let unread = unread.map(|line| {
        format!(
            "What stands further down was not read as an order: “{}”. Orders come first, each on \
             a line of its own.",
            short(line)
        )
    });
    let parts = [Some(words), unread, puzzled.map(help)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

impl About<'_> {
    fn clock(&self, at: Timestamp) -> String {
        clock(&at.to_zoned(self.now.time_zone().clone()), &self.now)
    }
}

/// What is said beside, where something is.
fn with(words: &str) -> String {
    if words.trim().is_empty() { ".".to_owned() } else { format!(": {}.", short(words)) }
}

fn short(text: &str) -> String {
    one_line(text, SHORT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use crate::domain::ids::{Address, PersonId};

    fn nobody() -> Roster {
        Roster {
            organisation: String::new(),
            domains: Vec::new(),
            zone: jiff::tz::TimeZone::UTC,
            last_resort: None,
            people: BTreeMap::new(),
            rotas: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
        }
    }

    #[test]
    fn every_answer_says_which_case_it_is_about() {
        let address = Address::parse("jo@customer.example").unwrap();
        let contact = Party { name: "Jo Field".to_owned(), address };
        let now: Zoned = "2026-11-25T14:00[Europe/Lisbon]".parse().unwrap();
        let case = CaseNumber::from_row(1);
        let roster = nobody();
        let about = About { case, contact: &contact, roster: &roster, now };
        let due = "2026-11-27T15:00:00Z".parse().unwrap();
        let (how, title) = (|how: &str| how.to_owned(), "fixed the tap".to_owned());
        for (act, said) in [
            (Act::Claim, "is yours now."),
            (Act::Accept, "is yours now."),
            (Act::HandOver { to: PersonId::new("021") }, "021 was asked to take"),
            (Act::Answered { how: how("by phone") }, "is noted as answered: by phone."),
            (Act::Answered { how: how("") }, "is noted as answered."),
            (Act::Promise { due, words: how("") }, "Friday 27 November, 15:00"),
            (Act::Close { title }, "is closed: fixed the tap."),
            (Act::Reopen { reason: how("it drips") }, "is open again"),
            (Act::Dismiss { reason: how("spam") }, "needs no answer any more: spam."),
            (Act::Refuse { reason: how("") }, "You did not take"),
            (Act::TellWhen { due, again: false }, "Friday 27 November, 15:00"),
            (Act::Correct { seq: 1, due: Some(due) }, "Friday 27 November, 15:00"),
            (Act::Correct { seq: 1, due: None }, "nothing is noted as promised"),
            (Act::Read { fine: true }, "all is well"),
            (Act::Read { fine: false }, "it is not OK"),
        ] {
            let words = done(&act, &about);
            assert!(words.contains(said) && words.contains("(Jo Field)"), "{words}");
        }
    }

    #[test]
    fn what_is_repeated_is_on_a_leash() {
        let line = format!("x\u{7}{}", "y".repeat(500));
        let said = Said { line, done: false, words: not_understood("it is prose") };
        let words = answered(&[said], None, Some(Asked::Nothing));
        assert!(words.contains("x y") && words.len() < 600, "{words}");
    }
}
