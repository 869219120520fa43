//! Bytes to a [`Message`]: with `header`, the only place that knows the parsing
//! library, whose types go no further.
//!
//! Reading is forgiving and bounded: a truncated, nested, mislabelled or 8-bit
//! mail gives what can be read of it, and how long that takes depends only on
//! its size. What the mail means is judged elsewhere.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::Offset;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, MessageParser, MessagePart, MimeHeaders, PartType};

use super::header::{self, Head};
use super::limit::Limit;
use super::{flowed, html, report};
use crate::domain::ids::{Address, MessageId, Party};

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
    /// What there was too much of to be read.
    pub limits: BTreeSet<Limit>,
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
    /// All addresses in To or Cc, where there are too many to be read by name.
    pub fn crowd(&self, field: &str) -> impl Iterator<Item = Address> {
        let many = self.limits.contains(&Limit::Recipients);
        let fields = self.headers_called(field).filter(move |_| many);
        fields.flat_map(header::addresses)
    }

    /// What its writer's clocks are ahead of UTC, as far as its Date says so.
    pub fn clocks(&self) -> Option<Offset> {
        self.header("date").and_then(header::clocks)
    }

    /// The first header called `name` (lower case), if there is one.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_called(name).next()
    }

    /// Every header called `name` (lower case), top-most first.
    pub fn headers_called<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// How deep a mail may hold other mails; one that goes deeper is read as text.
const MOST_NESTED: usize = 100;
/// How much text is kept for judging, in bytes.
const LONGEST_TEXT: usize = 512 * 1024;
/// How many parts are looked at.
const MOST_PARTS: usize = 1000;

/// Fields in which `=?…?=` is no encoded word, or must not become one.
const VERBATIM: [&str; 8] = [
    "authentication-results",
    "received",
    "message-id",
    "in-reply-to",
    "references",
    "return-path",
    "dkim-signature",
    "content-type",
];

/// Reads a mail. Whatever is wrong with it, what can be read is read: only
/// bytes without a single header line are an error.
pub fn parse(bytes: &[u8]) -> Result<Message, Malformed> {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(Malformed::Empty);
    }
    let tidied = header::tidied(bytes);
    std::panic::catch_unwind(|| read(&tidied)).map_err(|_| Malformed::Unreadable)?
}

/// Reads the head of a mail alone: who, to whom, about what.
pub fn head(bytes: &[u8]) -> Result<Message, Malformed> {
    let tidied = header::tidied(bytes);
    let head = header::split(&tidied);
    if head.fields.is_empty() { Err(Malformed::NoHeaders) } else { Ok(from_head(&head)) }
}

/// Hands every leaf of a mail to `take`, decoded: the same content is the same
/// however it was encoded on its way.
pub(super) fn leaves(bytes: &[u8], take: &mut dyn FnMut(&[u8])) {
    let tidied = header::tidied(bytes);
    match body_of(&tidied) {
        Some(mail) => {
            let leaf = |p: &&MessagePart<'_>| !matches!(p.body, PartType::Multipart(_));
            mail.parts.iter().filter(leaf).take(MOST_PARTS).for_each(|part| take(part.contents()));
        }
        None => take(header::split(&tidied).body),
    }
}

fn read(bytes: &[u8]) -> Result<Message, Malformed> {
    let head = header::split(bytes);
    if head.fields.is_empty() {
        return Err(Malformed::NoHeaders);
    }
    let mut message = from_head(&head);
    if let Some(mail) = body_of(bytes) {
        add_body(&mut message, &mail);
    } else {
        message.limits.extend(is_nest(bytes).then_some(Limit::Nested));
        message.parts.push("text/plain".to_owned());
    }
    // A multipart without its boundary, or a body the parser made nothing of.
    if message.text.trim().is_empty() && message.html.is_none() && message.parts.len() == 1 {
        message.text = bounded(&header::to_text(head.body));
    }
    if message.report.is_none() {
        message.report = report::from_prose(&message);
    } else if let Some(found) = message.report.as_mut().filter(|r| r.original.is_none()) {
        found.original = report::original_in(&message.text);
    }
    Ok(message)
}

fn from_head(head: &Head<'_>) -> Message {
    let parties = |name| head.first(name).map(header::parties).unwrap_or_default();
    let crowd = ["to", "cc"].into_iter().filter_map(|name| head.first(name)).any(header::is_crowd);
    let ids = |name| head.first(name).map(header::ids).unwrap_or_default();
    let decode = |(name, value): &(String, String)| {
        let verbatim = VERBATIM.contains(&name.as_str());
        (name.clone(), if verbatim { value.clone() } else { header::decoded(value) })
    };
    Message {
        id: head.first("message-id").and_then(header::own_id),
        from: parties("from").into_iter().next(),
        sender: parties("sender").into_iter().next(),
        reply_to: parties("reply-to"),
        to: parties("to"),
        cc: parties("cc"),
        subject: head.first("subject").map(header::decoded).unwrap_or_default(),
        date: head.first("date").and_then(header::date),
        received: head.first("received").and_then(header::received),
        in_reply_to: ids("in-reply-to"),
        references: ids("references"),
        headers: head.fields.iter().map(decode).collect(),
        limits: head.limits.iter().copied().chain(crowd.then_some(Limit::Recipients)).collect(),
        ..Message::default()
    }
}

/// The MIME structure, unless the parser gives up or the mail is a nest.
fn body_of(bytes: &[u8]) -> Option<mail_parser::Message<'_>> {
    if is_nest(bytes) {
        return None;
    }
    std::panic::catch_unwind(|| MessageParser::default().parse(bytes)).ok().flatten()
}

/// Whether mails lie in mails so deep that dropping them would exhaust the stack.
fn is_nest(bytes: &[u8]) -> bool {
    let holds_mails = |subtype: &[u8]| {
        let known: [&[u8]; 3] = [b"rfc822", b"global", b"digest"];
        known.iter().any(|name| subtype.get(..6).is_some_and(|s| s.eq_ignore_ascii_case(name)))
    };
    let subtypes = memchr::memchr_iter(b'/', bytes).filter_map(|slash| bytes.get(slash + 1..));
    subtypes.filter(|subtype| holds_mails(subtype)).take(MOST_NESTED + 1).count() > MOST_NESTED
}

fn add_body(message: &mut Message, mail: &mail_parser::Message<'_>) {
    message.parts = mail.parts.iter().take(MOST_PARTS).map(media_type).collect();
    if mail.parts.len() > MOST_PARTS {
        message.limits.insert(Limit::Parts);
    }
    add_text(message, mail);
    for part in mail.attachments().take(MOST_PARTS) {
        let alone = message.text.trim().is_empty() && part.attachment_name().is_none();
        match (&part.body, media_type(part).as_str()) {
            (PartType::Text(text), media @ ("text/plain" | "text/html")) if alone => {
                add_cut_off(message, media, &uncoded(part, text));
            }
            _ => add_attachment(message, part),
        }
    }
    if message.header("x-trasporto").is_some() {
        open_envelope(message, mail);
    }
}

/// The last part of a truncated mail, which ends without a boundary.
fn add_cut_off(message: &mut Message, media: &str, text: &str) {
    if media == "text/html" {
        message.text = bounded(&html::text(text));
        message.html = Some(bounded(text));
    } else {
        message.text = bounded(text);
    }
}

/// The text of a part that the parser left as it came, because its end is missing.
fn uncoded(part: &MessagePart<'_>, text: &str) -> String {
    let coding = part.content_transfer_encoding().unwrap_or_default().to_ascii_lowercase();
    let decoded = match coding.as_str() {
        _ if !part.is_encoding_problem => None,
        "base64" => base64_decode(text.as_bytes()),
        "quoted-printable" => quoted_printable_decode(text.as_bytes()),
        _ => None,
    };
    decoded.map_or_else(|| text.to_owned(), |bytes| header::to_text(&bytes))
}

/// Certified mail is an envelope that only says who wrote; what they wrote is the mail in it
/// (RFC 6109, 3.1.5).
fn open_envelope(message: &mut Message, envelope: &mail_parser::Message<'_>) {
    let is_mail = |part: &&MessagePart<'_>| matches!(part.body, PartType::Message(_));
    let carried = envelope.attachments().take(MOST_PARTS).find(is_mail).map(MessagePart::contents);
    let Some((carried, mail)) = carried.and_then(|bytes| Some((bytes, body_of(bytes)?))) else {
        return;
    };
    let head = from_head(&header::split(carried));
    message.in_reply_to.extend(head.in_reply_to);
    message.references.extend(head.references);
    add_text(message, &mail);
}

/// What a mail says, as text and as a page.
fn add_text(message: &mut Message, mail: &mail_parser::Message<'_>) {
    let mut plain = String::new();
    for part in mail.text_bodies().take(MOST_PARTS) {
        push_text(&mut plain, &plain_text(part, mail.raw_message()));
    }
    let html = mail.html_bodies().take(MOST_PARTS).find_map(|part| match &part.body {
        PartType::Html(html) => Some(bounded(html)),
        _ => None,
    });
    message.text = match &html {
        Some(html) if plain.trim().is_empty() => bounded(&html::text(html)),
        _ => plain,
    };
    message.html = html;
    let mut shown = mail.html_bodies().take(MOST_PARTS);
    let long = |part: &MessagePart<'_>| part.contents().len() > LONGEST_TEXT;
    if message.text.len() >= LONGEST_TEXT || shown.any(long) {
        message.limits.insert(Limit::Text);
    }
}

/// A plain part's text. Bytes that are not what the part says of them are read
/// as Latin-1 where the parser had only question marks left.
fn plain_text(part: &MessagePart<'_>, raw: &[u8]) -> String {
    let PartType::Text(text) = &part.body else { return String::new() };
    // Nothing is copied or looked through that is not judged.
    let text = head_of(text, LONGEST_TEXT);
    let bytes = raw.get(part.offset_body as usize..part.offset_end as usize);
    let bytes = bytes.map(|bytes| bytes.get(..LONGEST_TEXT).unwrap_or(bytes));
    let text = match bytes.filter(|_| part.encoding == Encoding::None && text.contains('\u{fffd}'))
    {
        Some(bytes) => header::to_text(bytes),
        None => text.to_string(),
    };
    let says = |name: &str, value: &str| {
        let found = part.content_type().and_then(|kind| kind.attribute(name));
        found.is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    if says("format", "flowed") { flowed::joined(&text, says("delsp", "yes")) } else { text }
}

fn add_attachment(message: &mut Message, part: &MessagePart<'_>) {
    let media = media_type(part);
    let kind = media.split(';').next().unwrap_or("").to_owned();
    let content = || header::to_text(part.contents());
    let original = match (&part.body, kind.as_str()) {
        (PartType::Message(inner), _) => inner.message_id().and_then(MessageId::parse),
        (_, "text/rfc822-headers") => {
            header::split(part.contents()).first("message-id").and_then(header::own_id)
        }
        _ => None,
    };
    match kind.as_str() {
        "message/delivery-status" | "message/global-delivery-status" => {
            message.report.get_or_insert_with(|| report::from_status(&content()));
        }
        "message/disposition-notification" => {
            message.report.get_or_insert_with(|| report::from_disposition(&content()));
        }
        "text/rfc822-headers" | "text/calendar" => {}
        _ if kind.starts_with("multipart/") => {}
        _ => message.attachments.push(part.attachment_name().unwrap_or(&kind).to_owned()),
    }
    if let Some(report) = message.report.as_mut().filter(|r| r.original.is_none()) {
        report.original = original;
    }
}

fn media_type(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else {
        let html = matches!(part.body, PartType::Html(_));
        return if html { "text/html" } else { "text/plain" }.to_owned();
    };
    let mut media = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*"));
    for name in ["report-type", "method"] {
        if let Some(value) = kind.attribute(name) {
            media = format!("{media}; {name}={value}");
        }
    }
    media.to_lowercase()
}

fn push_text(whole: &mut String, text: &str) {
    if !whole.is_empty() && !whole.ends_with('\n') {
        whole.push('\n');
    }
    let room = LONGEST_TEXT.saturating_sub(whole.len());
    whole.push_str(head_of(&bounded(text), room));
}

/// Text without NUL, with line feeds alone, no longer than is judged.
fn bounded(text: &str) -> String {
    head_of(text, LONGEST_TEXT).replace('\0', "").replace("\r\n", "\n").replace('\r', "\n")
}

fn head_of(text: &str, length: usize) -> &str {
    text.get(..text.floor_char_boundary(length)).unwrap_or(text)
}
