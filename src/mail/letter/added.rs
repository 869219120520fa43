//! What is added to whatever letter goes out next: that owed was down, and which
//! promises it read in somebody's words.

use jiff::Zoned;

use super::{Block, Letter, SHORT, called, one_line, plain_topic, when};
use crate::domain::ids::Party;

/// A time in which owed did not run, on the reader's clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Down {
    /// When it was last seen to run.
    pub from: Zoned,
    /// When it started again.
    pub to: Zoned,
}

/// A promise that owed read in a mail of the reader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// To whom.
    pub contact: Party,
    /// The subject of the case.
    pub subject: String,
    /// The words.
    pub words: String,
    /// What time they were taken to mean.
    pub due: Zoned,
    /// Where it can be put right, where there are pages.
    pub correct: Option<String>,
}

impl Down {
    /// The sentence that says so.
    pub(super) fn told(&self, now: &Zoned) -> String {
        let (from, to) = (when::clock(&self.from, now), when::clock(&self.to, now));
        format!("owed was down from {from} to {to}.")
    }
}

impl Letter {
    /// Says, after the first sentence, that this comes after owed was down.
    pub fn admit(&mut self, down: &Down, now: &Zoned) {
        let said = format!("{} This fell due meanwhile and was not told before.", down.told(now));
        let after_lead = 1.min(self.blocks.len());
        self.blocks.insert(after_lead, Block::Paragraph(said));
    }

    /// Tells which promises owed read in what the reader wrote, above the small
    /// print.
    pub fn show_promises(&mut self, promises: &[Understood], now: &Zoned) {
        if promises.is_empty() {
            return;
        }
        let footer = self.blocks.pop();
        let lines = promises.iter().map(|promise| promise.told(now)).collect();
        let heading = "What owed understood as promised by you".to_owned();
        self.blocks.push(Block::List(heading, lines));
        let right: Vec<_> = promises.iter().filter_map(Understood::put_right).collect();
        if !right.is_empty() {
            let not_so = "If that is not what you meant".to_owned();
            self.blocks.push(Block::Actions(not_so, right));
        }
        self.blocks.extend(footer);
    }
}

impl Understood {
    fn told(&self, now: &Zoned) -> String {
        let (contact, words) = (called(&self.contact), one_line(&self.words, 2 * SHORT));
        let by = when::clock(&self.due, now);
        format!("“{words}”, to {contact} about {}: by {by}.", plain_topic(&self.subject))
    }

    fn put_right(&self) -> Option<(String, String)> {
        let (contact, topic) = (called(&self.contact), plain_topic(&self.subject));
        Some((format!("Correct it: {contact}, {topic}"), self.correct.clone()?))
    }
}
