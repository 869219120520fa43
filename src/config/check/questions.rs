//! `[[check_in.question]]`: what a contact may answer after a job that went well.
//!
//! At most three, and each can be left out: who helps us owes us nothing.

use super::{given, word};
use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{self, Raw, every};
use crate::config::settings::{Asking, Question};

/// More than this, nobody answers gladly.
const MOST: usize = 3;

/// How many answers there may be to choose from.
const OPTIONS: std::ops::RangeInclusive<usize> = 2..=7;

/// How a question is answered, before what belongs to it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scale,
    Choice,
    Words,
}

/// The questions there are.
pub(super) fn questions(raw: &Raw, faults: &mut Faults) -> Vec<Question> {
    let Some(check_in) = &raw.check_in else { return Vec::new() };
    let written = &check_in.get_ref().question;
    if let Some(fourth) = written.get(MOST) {
        let wrong = format!("there are {} questions, and three are the most", written.len());
        let right = "keep those of which you would act on the answer";
        faults.push(Fault::error("E-value", wrong).at(fourth.span()).right(right));
    }
    written.iter().filter_map(|table| question(table.get_ref(), table.span(), faults)).collect()
}

fn question(written: &raw::Question, place: Span, faults: &mut Faults) -> Option<Question> {
    let text = given(written.text.as_ref(), faults);
    if written.text.is_none() {
        let fault = Fault::error("E-missing", "the question has no text");
        faults.missing(&place, "text", fault.right("text = \"Were we quick enough?\""));
    }
    let kinds = [("scale", Kind::Scale), ("choice", Kind::Choice), ("words", Kind::Words)];
    let kind = match &written.kind {
        Some(text) => word("kind", text, &kinds, faults)?,
        None => Kind::Words,
    };
    let asking = match kind {
        Kind::Words => Asking::Words,
        Kind::Choice => Asking::Choice(options(written, place, faults)?),
        Kind::Scale => {
            let ends = [&written.low, &written.high].map(|end| given(end.as_ref(), faults));
            let [Some(low), Some(high)] = ends else {
                let fault = Fault::error("E-missing", "a scale says what its ends mean");
                let right = "low = \"not at all\" and high = \"very\": 1 and 5 on it";
                faults.push(fault.at(place).right(right));
                return None;
            };
            Asking::Scale { low, high }
        }
    };
    Some(Question { text: text?, asking })
}

fn options(written: &raw::Question, place: Span, faults: &mut Faults) -> Option<Vec<String>> {
    let options: Vec<String> =
        every(&written.options).into_iter().map(|(text, _)| text.trim().to_owned()).collect();
    if OPTIONS.contains(&options.len()) {
        return Some(options);
    }
    let wrong = format!("there are {} answers to choose from", options.len());
    let right = "two to seven, as in options = [\"yes\", \"partly\", \"no\"]";
    faults.push(Fault::error("E-value", wrong).at(place).right(right));
    None
}
