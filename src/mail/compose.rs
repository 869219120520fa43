//! What a mail says and its headers, to its bytes.
//!
//! The same words and headers always give the same bytes: the date, the
//! Message-ID and the thread come as arguments and the MIME boundary is made of
//! the Message-ID, so that every attempt to send is byte-identical. No header
//! line is written here: the mail library folds and encodes them all.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, Message, MessageBuilder, MultiPart, MultiPartKind, SinglePart};
use sha2::Sha256;

use super::letter::{LONGEST_SUBJECT, one_line};
use super::typeset::Written;
use crate::domain::ids::{Address, CaseNumber, Party};

/// A name is cut here; an identifier too.
const LONGEST: usize = 180;

/// What words need to become a mail.
#[derive(Debug, Clone)]
pub struct Headers {
    /// owed, by its name in this organisation.
    pub from: Party,
    /// The one recipient.
    pub to: Party,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<Address>,
    /// When it was written.
    pub date: Timestamp,
    /// Its Message-ID in angle brackets, as [`message_id`] makes it.
    pub message_id: String,
    /// What it threads with, in angle brackets: as [`thread_root`] makes it, or
    /// the message that it answers.
    pub thread: Option<String>,
    /// The case it is about, where it is about one.
    pub case: Option<CaseNumber>,
    /// Whose hand it is.
    pub hand: Hand,
    /// How its reader asks for no more of the kind, where they may.
    pub leave: Option<Leave>,
}

/// Whose hand a mail is, and so what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// owed's: marked as written by a machine.
    Owed,
    /// A person's, who asked for it: as they would have sent it.
    Person,
    /// owed's, in answer to somebody outside: marked as an automatic answer (RFC 3834, 5).
    Answer,
    /// A person's, who asked for all such mails at once: the same, marked as sent by a
    /// machine.
    Standing,
}

/// How a reader asks for no more mails of a kind: RFC 2369, 3.2, and with a page by one
/// click, RFC 8058.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// The page.
    pub url: Option<String>,
    /// The address.
    pub address: Option<Address>,
}

/// Why words could not become a mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uncomposable {
    /// The address is nothing a mail can be sent from or to.
    #[error("{0} cannot stand in a mail header: correct the address in the configuration")]
    Address(Address),
    /// The library refused what it was given.
    #[error("the mail could not be put together: {0}")]
    Library(String),
}

/// The mail, its lines ended by CRLF, in seven-bit characters only.
pub fn compose(written: &Written, headers: &Headers) -> Result<Vec<u8>, Uncomposable> {
    let mut builder = addressed(&written.subject, headers)?;
    let mark = match headers.hand {
        Hand::Owed | Hand::Standing => Some("auto-generated"),
        Hand::Answer => Some("auto-replied"),
        Hand::Person => None,
    };
    if let Some(mark) = mark {
        builder =
            builder.header(AutoSubmitted::marked(mark)).header(SuppressResponses::marked("All"));
        if let Some(case) = headers.case {
            builder = builder.header(OwedCase::marked(&case.to_string()));
        }
    }
    let text = part(ContentType::TEXT_PLAIN, written.text.clone());
    let mail = match &written.html {
        None => builder.singlepart(text),
        Some(html) => {
            let html = part(ContentType::TEXT_HTML, html.clone());
            let both = MultiPart::builder()
                .kind(MultiPartKind::Alternative)
                .boundary(boundary(&headers.message_id));
            builder.multipart(both.singlepart(text).singlepart(html))
        }
    };
    Ok(mail.map_err(|error| Uncomposable::Library(error.to_string()))?.formatted())
}

/// The headers of every mail, whoever's hand it is.
fn addressed(subject: &str, headers: &Headers) -> Result<MessageBuilder, Uncomposable> {
    let mut builder = Message::builder()
        .from(mailbox(&headers.from)?)
        .to(mailbox(&headers.to)?)
        .subject(subject_line(subject))
        .date(headers.date.into())
        .message_id(Some(token(&headers.message_id)));
    if let Some(address) = &headers.reply_to {
        let name = headers.from.name.clone();
        builder = builder.reply_to(mailbox(&Party { name, address: address.clone() })?);
    }
    if let Some(leave) = &headers.leave {
        builder = builder.header(ListUnsubscribe::marked(&ways(leave)));
        if leave.url.is_some() {
            builder = builder.header(OneClick::marked("List-Unsubscribe=One-Click"));
        }
    }
    if let Some(root) = &headers.thread {
        builder = builder.in_reply_to(token(root)).references(token(root));
    }
    Ok(builder)
}

fn ways(leave: &Leave) -> String {
    let url = leave.url.as_ref().map(|url| format!("<{url}>"));
    let address = leave.address.as_ref().map(|to| format!("<mailto:{to}?subject=stop>"));
    let ways: Vec<String> = url.into_iter().chain(address).collect();
    ways.join(", ")
}

/// The Message-ID of the mail that was decided under the deduplication key
/// `dedup`: the same decision always has the same ID, and nobody without `key`
/// can guess it.
pub fn message_id(key: &[u8], dedup: &str, domain: &str) -> String {
    format!("<{}@{domain}>", mac(key, dedup, 20))
}

/// What every mail about `case` to `recipient` names as its parent.
///
/// No mail of this ID is ever sent: mail programs join siblings of a missing
/// parent, so it does not matter which mail arrives first, or was deleted.
pub fn thread_root(key: &[u8], case: CaseNumber, recipient: &Address, domain: &str) -> String {
    let whose = mac(key, &format!("thread {case} {recipient}"), 10);
    format!("<{}.{whose}@{domain}>", case.to_string().to_lowercase())
}

/// The first `bytes` of HMAC-SHA256, in lower-case base 32.
fn mac(key: &[u8], text: &str, bytes: usize) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of whatever length");
    mac.update(text.as_bytes());
    let digest = mac.finalize().into_bytes();
    let kept: Vec<u8> = digest.iter().copied().take(bytes).collect();
    BASE32_NOPAD.encode(&kept).to_lowercase()
}

fn part(kind: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(body)
}

/// Two parts need a mark between them that stands in neither: quoted-printable
/// text never holds `=_`.
fn boundary(message_id: &str) -> String {
    let own: String = message_id.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    format!("=_{own}")
}

pub(super) fn mailbox(party: &Party) -> Result<Mailbox, Uncomposable> {
    let address = party.address.as_str();
    let parsed = address.parse().map_err(|_| Uncomposable::Address(party.address.clone()))?;
    let name = header_text(&party.name, LONGEST);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), parsed))
}

pub(super) fn subject_line(subject: &str) -> String {
    let line = header_text(subject, LONGEST_SUBJECT);
    if line.is_empty() { "owed".to_owned() } else { line }
}

/// Text that stands in a header as it is read: on one line, and with nothing in
/// it that looks like an encoded word and would be decoded.
fn header_text(text: &str, limit: usize) -> String {
    one_line(text, limit).replace("=?", "= ?")
}

/// An identifier for a header, whatever came along with it taken off; a header
/// line has an end, and an identifier cannot be folded.
pub(super) fn token(id: &str) -> String {
    id.chars().filter(char::is_ascii_graphic).take(LONGEST).collect()
}

/// A header of a fixed name; the library wants a type for each.
macro_rules! mark {
    ($type:ident, $name:literal) => {
        #[derive(Clone)]
        struct $type(String);

        impl $type {
            fn marked(value: &str) -> Self {
                Self(value.to_owned())
            }
        }

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self::marked(text))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

mark!(ListUnsubscribe, "List-Unsubscribe");
mark!(OneClick, "List-Unsubscribe-Post");
mark!(AutoSubmitted, "Auto-Submitted");
mark!(SuppressResponses, "X-Auto-Response-Suppress");
mark!(OwedCase, "X-Owed-Case");
