//! Bytes to a [`Message`]: the only place that knows the parsing library.

use jiff::Timestamp;

use crate::domain::ids::{MessageId, Party};

/// One mail, as far as owed has to know it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Its Message-ID, where it has one.
    pub id: Option<MessageId>,
    /// Who says they wrote it; the first address of From.
    pub from: Option<Party>,
    /// Sender, where it differs in the mail.
    pub sender: Option<Party>,
    /// Where answers are wanted.
    pub reply_to: Vec<Party>,
    /// To.
    pub to: Vec<Party>,
    /// Cc.
    pub cc: Vec<Party>,
    /// The decoded subject, on one line.
    pub subject: String,
    /// Date.
    pub date: Option<Timestamp>,
    /// The time in the top-most Received line.
    pub received: Option<Timestamp>,
    /// In-Reply-To, the `<…>` tokens only.
    pub in_reply_to: Vec<MessageId>,
    /// References, oldest first, the `<…>` tokens only.
    pub references: Vec<MessageId>,
    /// Every header in the order of the mail: name in lower case, value decoded
    /// and unfolded.
    pub headers: Vec<(String, String)>,
    /// The whole text: the plain part, else the HTML part as text.
    pub text: String,
    /// The HTML part as it came, for quotation marks of mail programs.
    pub html: Option<String>,
    /// The media types of all parts, in lower case, with `; report-type=…` or
    /// `; method=…` kept where they are.
    pub parts: Vec<String>,
    /// Names of attachments.
    pub attachments: Vec<String>,
    /// What a delivery report or a read receipt is about.
    pub report: Option<Report>,
}

/// A machine's report on a mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What happened.
    pub outcome: Outcome,
    /// The mail it is about, where the report says so.
    pub original: Option<MessageId>,
    /// Who did not get it, as the report writes them.
    pub recipients: Vec<String>,
}

/// What a report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It will not arrive.
    Failed,
    /// It is late, delivered, relayed or expanded: nothing changes.
    Other,
    /// Somebody's program opened it.
    Displayed,
}

/// These bytes are no mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Nothing in it, or only white space.
    #[error("the message is empty")]
    Empty,
    /// No header line could be found.
    #[error("no header line was found")]
    NoHeaders,
    /// The parser gave up.
    #[error("the message could not be read")]
    Unreadable,
}

impl Message {
    /// The first header called `name` (lower case), if there is one.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_called(name).next()
    }

    /// Every header called `name` (lower case), top-most first.
    pub fn headers_called<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}
