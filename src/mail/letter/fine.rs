//! To whoever did a job: the contact says that all is well.

use jiff::Zoned;

use super::{Block, LONGEST_SUBJECT, Letter, SHORT, called, cut, excerpt, fact, one_line, when};
use crate::domain::ids::{CaseNumber, Party};

/// A job with which all is well.
#[derive(Debug, Clone)]
pub struct Fine {
    /// The case.
    pub case: CaseNumber,
    /// Who says so.
    pub contact: Party,
    /// What was done.
    pub title: String,
    /// In which words, and when, on the reader's clocks.
    pub words: Option<(String, Zoned)>,
    /// What they answered to the questions behind that.
    pub answers: Vec<(String, String)>,
    /// The time it is, on the reader's clocks.
    pub now: Zoned,
}

/// All is well.
pub fn fine(fine: &Fine) -> Letter {
    let contact = called(&fine.contact);
    let title = one_line(&fine.title, SHORT);
    let lead = format!("{contact} says that all is well: “{title}”.");
    let mut blocks = vec![Block::Lead(lead.clone())];
    if let Some((words, at)) = &fine.words {
        let whose = format!("{contact} wrote {}", when::clock(at, &fine.now));
        blocks.push(Block::Quote(whose, excerpt(words)));
    }
    let answers = fine.answers.iter().map(|(question, answer)| {
        format!("{} {}", one_line(question, SHORT), one_line(answer, 4 * SHORT))
    });
    let answers: Vec<String> = answers.collect();
    if !answers.is_empty() {
        blocks.push(Block::List("Asked for more, they answered".to_owned(), answers));
    }
    blocks.push(Block::Facts(vec![fact("Case", &fine.case.to_string())]));
    blocks
        .push(Block::Footer("Written by owed, automatically. There is nothing to do.".to_owned()));
    let number = format!(" [{}]", fine.case);
    let room = LONGEST_SUBJECT.saturating_sub(number.len());
    let subject = cut(&format!("{contact} says that all is well: {title}"), room);
    Letter { subject: format!("{subject}{number}"), preview: lead, blocks }
}
