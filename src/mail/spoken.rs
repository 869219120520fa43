//! What was said outside mail, written down as one: so it goes the way of every mail.

use jiff::Timestamp;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Message, SinglePart};

use super::compose::{Uncomposable, mailbox, subject_line, token};
use crate::domain::ids::{MessageId, Party};

/// Something said to us, or by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Who said it.
    pub from: Party,
    /// To whom.
    pub to: Party,
    /// What about.
    pub subject: String,
    /// The words.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Its name, as mails have one.
    pub id: MessageId,
    /// What it continues, nearest first.
    pub parents: Vec<MessageId>,
}

/// The mail that says the same.
pub fn spoken(spoken: &Spoken) -> Result<Vec<u8>, Uncomposable> {
    let named = |id: &MessageId| token(&format!("<{}>", id.as_str()));
    let mut mail = Message::builder()
        .from(mailbox(&spoken.from)?)
        .to(mailbox(&spoken.to)?)
        .subject(subject_line(&spoken.subject))
        .date(spoken.at.into())
        .message_id(Some(named(&spoken.id)));
    if let Some(nearest) = spoken.parents.first() {
        let farthest_first: Vec<String> = spoken.parents.iter().rev().map(named).collect();
        mail = mail.in_reply_to(named(nearest)).references(farthest_first.join(" "));
    }
    let text = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(spoken.text.clone());
    let mail = mail.singlepart(text).map_err(|e| Uncomposable::Library(e.to_string()))?;
    Ok(mail.formatted())
}
