//! Which mails belong together: parents, case numbers, Outlook's conversations,
//! subjects.
//!
//! Order and caution follow RFC 5322, 3.6.4, RFC 5256 and what mail programs
//! really write. Whoever keeps conversations asks [`Ties::searches`] where to
//! look and [`Ties::continues`] whether what was found is the place; so the
//! decision stands here alone, and this file knows no store.

mod identity;
mod origin;
mod subject;

use jiff::{SignedDuration, Timestamp};

use super::outlook;
use super::parse::Message;
use crate::domain::ids::{Address, CaseNumber, MessageId, Party};

pub use identity::identity;
pub use origin::origin;
pub(super) use subject::untagged;
pub use subject::{BaseSubject, base_subject, case_numbers};

/// How many parents of one mail are looked up.
const MOST_PARENTS: usize = 100;

/// How long after the last word in a conversation an equal subject continues it:
/// of a hundred answers on real lists, ninety-nine come within 21 days.
const SUBJECT_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The same for a subject of one word, which says less.
const WORD_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The same for what came through a list's archive, where the mark of an answer
/// and the people are lost.
const TAG_LASTS: SignedDuration = SignedDuration::from_hours(3 * 24);

/// The mails that this one hangs on, nearest first: In-Reply-To, then
/// References from the newest, then the mail that a report is about.
pub fn parents(message: &Message) -> Vec<MessageId> {
    let mut found: Vec<MessageId> = Vec::new();
    let reported = message.report.as_ref().and_then(|report| report.original.as_ref());
    let all = message.in_reply_to.iter().chain(message.references.iter().rev()).chain(reported);
    // "Message from Jane <jane@…> of Monday": an address is nobody's Message-ID.
    let address = |id: &MessageId| everybody(message).any(|p| p.address.as_str() == id.as_str());
    for id in all {
        // A mail that names itself would make a circle.
        let itself = message.id.as_ref() == Some(id);
        if !itself && !address(id) && !found.contains(id) && found.len() < MOST_PARENTS {
            found.push(id.clone());
        }
    }
    found
}

/// Everything by which a mail may hang on others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ties {
    /// The Message-IDs it names, nearest first.
    pub parents: Vec<MessageId>,
    /// Outlook's conversation, under a name that can stand beside Message-IDs.
    pub conversation: Option<MessageId>,
    id: Option<MessageId>,
    numbers: Vec<CaseNumber>,
    subject: BaseSubject,
    people: Vec<Address>,
    strangers: Vec<Address>,
    unaddressed: bool,
    ours: bool,
    at: Timestamp,
}

/// Where conversations that a mail may continue are to be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search<'a> {
    /// Those that hold, or whose mails name, one of these Message-IDs.
    Named(&'a [MessageId]),
    /// Those whose mails answer this Message-ID: an answer may be quicker than
    /// what it answers.
    Answering(&'a MessageId),
    /// The one with this number.
    Numbered(CaseNumber),
    /// Those in which this conversation of Outlook's was seen.
    Conversation(&'a MessageId),
    /// Those with this base subject, latest first.
    Subject(&'a str),
}

/// What is known of a conversation that was found.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// Its subject, as first written.
    pub subject: &'a str,
    /// The other side: whom an answer may go to.
    pub side: &'a [Address],
    /// Everybody whom its mails name, ours too.
    pub everybody: &'a [Address],
    /// Whether its mails name each other, or other mails, as what they answer.
    pub linked: bool,
    /// When anything was last said in it.
    pub last_at: Timestamp,
}

impl Ties {
    /// What ties `message`, which came `at`, to others, in the eyes of those
    /// whose addresses are `ours`.
    pub fn of(message: &Message, at: Timestamp, ours: impl Fn(&Address) -> bool) -> Self {
        let people: Vec<Address> = everybody(message).map(|party| party.address.clone()).collect();
        let parents = parents(message);
        Self {
            conversation: outlook::conversation(message),
            numbers: case_numbers(&message.subject),
            subject: base_subject(&message.subject),
            strangers: people.iter().filter(|address| !ours(address)).cloned().collect(),
            unaddressed: message.to.is_empty() && message.cc.is_empty(),
            ours: message.from.as_ref().is_some_and(|from| ours(&from.address)),
            id: message.id.clone(),
            parents,
            people,
            at,
        }
    }

    /// Where to look for what the mail continues, the surest first. A mail that
    /// names its parents says what it belongs to; though we know none of them, its
    /// subject is no reason to put it elsewhere.
    pub fn searches(&self) -> Vec<Search<'_>> {
        let named = Some(Search::Named(&self.parents)).filter(|_| !self.parents.is_empty());
        let numbered = self.numbers.iter().map(|number| Search::Numbered(*number));
        let of_tag = self.unaddressed && self.subject.tag.is_some();
        let now = Some(&self.subject.text).filter(|_| self.subject.is_reply || of_tag);
        let subjects = now.into_iter().chain(&self.subject.was);
        let subjects = subjects.filter(|_| self.parents.is_empty());
        named
            .into_iter()
            .chain(self.id.iter().map(Search::Answering))
            .chain(numbered)
            .chain(self.conversation.iter().map(Search::Conversation))
            .chain(subjects.map(|text| Search::Subject(text)))
            .collect()
    }

    /// The earliest end of a conversation that a subject alone may continue.
    pub fn since(&self) -> Timestamp {
        self.at.saturating_sub(SUBJECT_LASTS).unwrap_or(self.at)
    }

    /// Whether the mail continues `earlier`, which was found by `search`. A
    /// Message-ID is known to those only who saw the mail; all else can be
    /// guessed or shared, and joins only where both have somebody in common.
    ///
    /// A conversation that is held together by Message-IDs is not continued by a
    /// subject of the other side: a question kept apart for nothing is answered
    /// twice, one put under another's answer never. What we write ends something
    /// there, and apart it would end nothing.
    pub fn continues(&self, search: Search<'_>, earlier: Earlier<'_>) -> bool {
        let share = |these: &[Address], those: &[Address]| these.iter().any(|a| those.contains(a));
        match search {
            Search::Named(_) | Search::Answering(_) => true,
            Search::Numbered(_) | Search::Conversation(_) => share(&self.people, earlier.side),
            Search::Subject(_) => {
                let subject = base_subject(earlier.subject);
                let in_common = share(&self.strangers, earlier.everybody);
                let lasts = if in_common { self.lasts() } else { self.lasts_by_tag(&subject) };
                let since = self.at.duration_since(earlier.last_at);
                let trusted = self.ours || !earlier.linked;
                trusted && self.subject.names(&subject) && since <= lasts
            }
        }
    }

    fn lasts(&self) -> SignedDuration {
        if self.subject.words < 2 { WORD_LASTS } else { SUBJECT_LASTS }
    }

    /// A tag may be what a gateway gives to everybody's mail; it speaks for a list
    /// only where the mail names nobody it is for.
    fn lasts_by_tag(&self, earlier: &BaseSubject) -> SignedDuration {
        let same = self.subject.tag.is_some() && self.subject.tag == earlier.tag;
        if same && self.unaddressed { TAG_LASTS } else { SignedDuration::MIN }
    }
}

/// Everybody whom a message names.
fn everybody(message: &Message) -> impl Iterator<Item = &Party> {
    let parties = message.from.iter().chain(&message.reply_to).chain(&message.to);
    parties.chain(&message.cc)
}

#[cfg(test)]
mod tests;
