//! What was said in a case, and what of it was said between us and the contact. What
//! went on among ourselves, or with others, is no contact's to read.

use jiff::Timestamp;

use super::effect::{Entry, What};
use super::ids::{Address, Party, PersonId};
use super::rule::Channel;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Speaker,
    /// Who else was told, by address.
    pub to: Vec<Address>,
    /// How; `None` where nobody wrote that down.
    pub channel: Option<Channel>,
    /// The words, where they are known.
    pub words: String,
    /// The mail that it was, where it was one.
    pub kept: Kept,
}

/// Who said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// Somebody outside.
    Theirs(Party),
    /// Somebody of ours, as mails name them.
    Ours(Party),
    /// Somebody of ours, by number.
    Person(PersonId),
}

/// Where the bytes of a mail are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is this message.
    Message(i64),
    /// It is a mail that owed sent.
    Sent(Vec<u8>),
    /// It was no mail.
    Nowhere,
}

impl Utterance {
    /// The answer that a line of the journal tells of, if it was given outside mail. What
    /// was written down about it is a note among colleagues.
    pub fn told_by_hand(entry: &Entry) -> Option<Self> {
        let by = entry.owner.clone().filter(|_| entry.message.is_none())?;
        (entry.what == What::Answered).then(|| Self {
            at: entry.at,
            by: Speaker::Person(by),
            to: Vec::new(),
            channel: None,
            words: String::new(),
            kept: Kept::Nowhere,
        })
    }

    /// Whether it passed between us and `contact`.
    pub fn is_with(&self, contact: &Address) -> bool {
        match &self.by {
            Speaker::Theirs(party) => party.address == *contact,
            // A contact may be a colleague.
            Speaker::Ours(party) => party.address == *contact || self.to.contains(contact),
            Speaker::Person(_) => true,
        }
    }
}

/// What passed between us and `contact`, oldest first.
pub fn shared_with(contact: &Address, mut said: Vec<Utterance>) -> Vec<Utterance> {
    said.retain(|utterance| utterance.is_with(contact));
    said.sort_by_key(|utterance| utterance.at);
    said
}
