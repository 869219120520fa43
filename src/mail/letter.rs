//! Every sentence that owed says to people, and nothing else.
//!
//! A letter is content: blocks that are rendered to text and to HTML by
//! `compose`, so that both say the same words. No text blames anybody.

use jiff::Zoned;

use crate::domain::ids::{CaseNumber, Party};

/// All that a mail about one case may tell.
#[derive(Debug, Clone)]
pub struct Matter {
    /// Its number.
    pub case: CaseNumber,
    /// Its subject, as the contact wrote it.
    pub subject: String,
    /// Who waits.
    pub contact: Party,
    /// The mailbox it came to, as a name or address.
    pub mailbox: String,
    /// Who owes the answer; `None` where it belongs to the whole mailbox.
    pub owner: Option<String>,
    /// Since when they wait, on the reader's clocks.
    pub since: Zoned,
    /// When the answer is due, on the reader's clocks.
    pub due: Zoned,
    /// When this mail is written, on the reader's clocks.
    pub now: Zoned,
    /// Why then, in words.
    pub because: String,
    /// The rule's name.
    pub rule: String,
    /// What the contact wrote first in this waiting period, without quotations.
    pub words: String,
    /// How often they asked again.
    pub chases: u32,
    /// What was done so far, oldest first: when, and what, in words.
    pub done: Vec<(Zoned, String)>,
}

/// A letter before it has an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, with the case number.
    pub subject: String,
    /// What mail programs show beside the subject in a list.
    pub preview: String,
    /// The body.
    pub blocks: Vec<Block>,
}

/// A piece of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A greeting, or the one sentence that says it all.
    Lead(String),
    /// Running text.
    Paragraph(String),
    /// Names and values: who, since when, due when.
    Facts(Vec<(String, String)>),
    /// Somebody's words: whose, and the text.
    Quote(String, String),
    /// A heading with a list of lines under it.
    List(String, Vec<String>),
    /// Small print at the end.
    Footer(String),
}
