//! The marks of machine-written mail, strongest first, each with its reason.
//!
//! A mark says who *wrote* a mail. What only says who relayed it (`List-Id`,
//! `Precedence: bulk`) or who should not answer by machine
//! (`X-Auto-Response-Suppress`) is no mark alone. Headers that only machines
//! write come first (`header`), then what it says in its own words (`wording`);
//! where a case knows more, it says so in [`Setting`].

mod header;
mod sender;
mod wording;

pub use self::header::{is_answer, is_forwarded, is_reaction, list_header};
pub use self::sender::{form_author, is_no_reply};

pub(super) use self::header::{is_discussion, keyword};
pub(super) use self::sender::from_no_reply;
pub(super) use self::wording::Own;

use std::cell::LazyCell;

use super::bulk;
use super::parse::Message;

/// The header by which owed knows its own mails.
pub const OWN_MARK: &str = "x-owed-case";

/// What sort of machine wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// owed itself.
    Own,
    /// A mail server, about a delivery.
    Bounce,
    /// A mail program, about a reading.
    Receipt,
    /// A calendar program.
    Calendar,
    /// An out-of-office or other automatic answer.
    AutoReply,
    /// List software.
    List,
    /// A sender of mail to many.
    Bulk,
    /// A service telling of an event.
    Notification,
    /// The mail system says that it is spam.
    Spam,
}

/// A mark that was found, and its reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What wrote the mail.
    pub class: Class,
    /// Why we think so.
    pub reason: String,
}

/// What is known of a mail besides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is known on its own")]
pub struct Setting {
    /// A group in front of our own address relayed it: its list headers are no marks.
    pub group: bool,
    /// Somebody here wrote it: their words are taken as theirs.
    pub ours: bool,
    /// It answers a mail.
    pub answers: bool,
    /// Its words ask for something.
    pub asks: bool,
}

pub(super) type Found = Option<(Class, String)>;

/// The strongest mark of a machine on this mail, if it has any. `visible` is its
/// visible text.
pub fn automatic(message: &Message, visible: &str, setting: Setting) -> Option<Mark> {
    let own = LazyCell::new(|| Own::of(message, visible));
    header::own(message)
        .or_else(|| header::reported(message))
        .or_else(|| header::spam(message))
        .or_else(|| header::calendar(message))
        .or_else(|| header::auto_reply(message))
        .or_else(|| wording::auto_reply(message, &own, setting))
        .or_else(|| bulk::list_software(message))
        .or_else(|| bulk::bulk(message))
        .or_else(|| if setting.group { None } else { bulk::bulk_by_list(message, &own) })
        .or_else(|| sender::notification(message, &own, setting))
        .or_else(|| wording::notice(message, &own, setting))
        .or_else(|| bulk::bulk_by_words(message, &own))
        .map(|(class, reason)| Mark { class, reason })
}

/// Whether a machine may answer this mail, which a person wrote and nobody relayed: not
/// where it says that none should, or comes from nobody who could be answered (RFC 3834,
/// 2). In doubt none does.
pub fn may_be_answered(message: &Message) -> bool {
    const UNWANTED: [&str; 3] = ["x-auto-response-suppress", "precedence", "list-unsubscribe"];
    let from = message.from.as_ref().map(|from| &from.address);
    let elsewhere = message.reply_to.iter().any(|party| Some(&party.address) != from);
    let nobody = message.header("return-path").is_some_and(|path| path.trim() == "<>");
    let unwanted = UNWANTED.iter().any(|name| message.header(name).is_some());
    // What counts as a person's because it asks may be a machine's all the same.
    let machine = keyword(message, "auto-submitted").is_some_and(|word| word != "no")
        || from_no_reply(message);
    from.is_some() && !elsewhere && !nobody && !unwanted && !machine
}

#[expect(clippy::unnecessary_wraps, reason = "every caller answers with an Option")]
pub(super) fn found(class: Class, reason: impl Into<String>) -> Found {
    Some((class, reason.into()))
}
