//! The verdict on one message, and how it is reached.

use jiff::Timestamp;

use crate::domain::ids::{Address, MessageId};

/// Who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    Human,
    /// An out-of-office or other automatic answer.
    AutoReply,
    /// A delivery report.
    Bounce,
    /// A read receipt.
    Receipt,
    /// The list software's own mail, and machine posts.
    List,
    /// A newsletter or other mail to many.
    Bulk,
    /// A service telling of an event.
    Notification,
    /// A calendar program's request or answer.
    Calendar,
    /// Marked as spam by the mail system.
    Spam,
    /// A person who only thanks.
    Thanks,
    /// No mail that could be read.
    Malformed,
}

/// What passed it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relay {
    /// A mailing list.
    List,
    /// A group or alias in front of an address of ours.
    Group,
    /// A forwarding rule.
    Forward,
}

/// How it is addressed to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForUs {
    /// One of our addresses is in To.
    To,
    /// In Cc only.
    Cc,
    /// By the envelope only, or not at all.
    Other,
}

/// Which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From outside to us.
    Inbound,
    /// From us to somebody outside.
    Outbound,
    /// Among ourselves.
    Internal,
    /// Nobody can tell: no From, or nothing is known of who is ours.
    Unknown,
}

/// A commitment found in outbound text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The words.
    pub text: String,
    /// The time they name.
    pub due: Option<Timestamp>,
}

/// What a message was judged to be, and why, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which way it goes.
    pub direction: Direction,
    /// Who wrote it.
    pub kind: Kind,
    /// What passed it on.
    pub relayed: Option<Relay>,
    /// How it is addressed to us.
    pub for_us: ForUs,
    /// Which of our watched addresses it is for, the first in To, Cc, envelope.
    pub mailbox: Option<Address>,
    /// Whether its own text asks for something.
    pub asks: bool,
    /// Whether it asks again for an answer that is owed.
    pub chase: bool,
    /// Whether it says that nothing is needed any more.
    pub settled: bool,
    /// Whether it complains.
    pub complaint: bool,
    /// Whether somebody here owes an answer to it, before rules are asked.
    pub reply_owed: bool,
    /// The deciding reason, one sentence fragment in lower case.
    pub reason: String,
    /// What its writer wrote, without quotations and signature.
    pub visible_text: String,
    /// The Message-IDs it hangs on, nearest parent first.
    pub thread: Vec<MessageId>,
    /// Commitments in it.
    pub promises: Vec<Promise>,
    /// Its language, as a two-letter code, where it can be told.
    pub language: Option<String>,
}

/// What the case that a message belongs to knows, for the judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Whether the message continues a case at all.
    pub in_case: bool,
    /// Whether we owe something in it.
    pub owed: bool,
    /// Whether the last human message in it was ours.
    pub we_spoke_last: bool,
}
