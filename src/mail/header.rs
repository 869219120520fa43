//! The head of a mail: lines to named fields, and fields to values.
//!
//! Read by hand, because a judgement hangs on the exact order and wording of
//! header lines, and because much real mail breaks the rules: raw 8-bit bytes,
//! a `From ` line in front, lines that are no header at all. Such lines are
//! skipped; nothing here fails. How much is read is bounded.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::Offset;
use mail_parser::decoders::html::add_html_token;
use mail_parser::parsers::MessageStream;
use mail_parser::{DateTime, HeaderValue};

use super::limit::Limit;
use crate::domain::ids::{Address, MessageId, Party};

/// How many header lines are read; further ones are not looked at.
const MOST_FIELDS: usize = 1000;
/// How long a field may be, in bytes; the rest of it is not looked at.
const LONGEST_FIELD: usize = 32 * 1024;
/// How many addresses or Message-IDs of one field are read.
const MOST_ENTRIES: usize = 500;
/// The fields that are kept whole: one of ours may stand behind thousands of others.
const KEPT_WHOLE: [&str; 2] = ["to", "cc"];

/// The head of a mail and what stands below it.
#[derive(Debug)]
pub(super) struct Head<'a> {
    /// Names in lower case, values unfolded but not decoded, in order.
    pub(super) fields: Vec<(String, String)>,
    /// All after the first blank line.
    pub(super) body: &'a [u8],
    /// What was too much of it.
    pub(super) limits: BTreeSet<Limit>,
}

impl Head<'_> {
    /// Takes one more line.
    fn read(&mut self, line: &[u8]) {
        let fields = &mut self.fields;
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            match fields.last_mut() {
                Some((name, value)) if value.len() < LONGEST_FIELD || is_kept(name) => {
                    value.push(' ');
                    value.push_str(to_text(line).trim());
                }
                Some(_) => drop(self.limits.insert(Limit::Field)),
                None => {}
            }
        } else if fields.len() >= MOST_FIELDS {
            self.limits.insert(Limit::Fields);
        } else if let Some((name, value)) = named(line) {
            if line.len() > LONGEST_FIELD && !is_kept(&name) {
                self.limits.insert(Limit::Field);
            }
            fields.push((name, value));
        }
    }

    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The mail without what only an archive put in front of it, and with line
/// feeds where an old system wrote carriage returns alone.
pub(super) fn tidied(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let from_line = bytes.starts_with(b"From ") || bytes.starts_with(b">From ");
    let rest = match bytes.iter().position(|b| matches!(b, b'\n' | b'\r')) {
        Some(end) if from_line => bytes.get(end..).unwrap_or_default().trim_ascii_start(),
        _ => bytes,
    };
    if rest.contains(&b'\n') || !rest.contains(&b'\r') {
        return Cow::Borrowed(rest);
    }
    rest.iter().map(|&b| if b == b'\r' { b'\n' } else { b }).collect::<Vec<u8>>().into()
}

/// Splits a mail into its head and its body.
pub(super) fn split(bytes: &[u8]) -> Head<'_> {
    let mut head = Head { fields: Vec::new(), body: &[], limits: BTreeSet::new() };
    let mut rest = bytes;
    while !rest.is_empty() {
        let (line, after) = cut_line(rest);
        if line.is_empty() {
            head.body = after;
            break;
        }
        rest = after;
        head.read(line);
    }
    head
}

/// A line without its end, and all that follows it.
fn cut_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&b| b == b'\n').unwrap_or(bytes.len());
    let (line, rest) = bytes.split_at(end);
    (line.strip_suffix(b"\r").unwrap_or(line), rest.strip_prefix(b"\n").unwrap_or(rest))
}

/// A header line's name and value, by RFC 5322, 2.2; white space before the
/// colon is forgiven (4.5).
fn named(line: &[u8]) -> Option<(String, String)> {
    let colon = line.iter().position(|&b| b == b':')?;
    let (name, value) = line.split_at(colon);
    let name = name.trim_ascii_end();
    let legal = !name.is_empty() && name.len() <= 128 && name.iter().all(u8::is_ascii_graphic);
    let value = value.strip_prefix(b":").unwrap_or(value);
    let name = legal.then(|| to_text(name).to_ascii_lowercase())?;
    let most = if is_kept(&name) { value.len() } else { LONGEST_FIELD };
    let value = value.get(..most).unwrap_or(value);
    Some((name, to_text(value).trim().to_owned()))
}

fn is_kept(name: &str) -> bool {
    KEPT_WHOLE.contains(&name)
}

/// Whether an address field holds more than is read of it by name.
pub(super) fn is_crowd(value: &str) -> bool {
    value.len() > LONGEST_FIELD || value.matches('@').count() > MOST_ENTRIES
}

/// The addresses that stand in a field, however many: as words, without their names.
pub(crate) fn addresses(value: &str) -> impl Iterator<Item = Address> {
    let ends = |c: char| c.is_whitespace() || "<>,;()\"".contains(c);
    value.split(ends).filter(|word| word.contains('@')).filter_map(Address::parse)
}

/// Bytes as text: UTF-8 where they are, else Latin-1, which never fails.
pub(super) fn to_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.replace('\0', ""),
        Err(_) => bytes.iter().filter(|b| **b != 0).map(|&b| char::from(b)).collect(),
    }
}

/// A field's text with encoded words (RFC 2047) read.
pub(super) fn decoded(value: &str) -> String {
    if !value.contains("=?") {
        return value.to_owned();
    }
    let line = format!("{value}\n");
    match MessageStream::new(line.as_bytes()).parse_unstructured() {
        HeaderValue::Text(text) => {
            text.replace(['\r', '\n', '\t'], " ").replace('\0', "").trim().to_owned()
        }
        _ => value.to_owned(),
    }
}

/// The parties in an address field; groups are opened.
pub(super) fn parties(value: &str) -> Vec<Party> {
    let first = value.get(..value.floor_char_boundary(LONGEST_FIELD)).unwrap_or(value);
    let line = format!("{first}\n");
    let mut found = Vec::new();
    if let HeaderValue::Address(list) = MessageStream::new(line.as_bytes()).parse_address() {
        for entry in list.iter().take(MOST_ENTRIES) {
            let Some(address) = entry.address().and_then(Address::parse) else { continue };
            let name = entry.name().unwrap_or("").replace(['\r', '\n', '\0'], " ");
            let name = name.trim().trim_matches(|c| c == '"' || c == '\'').trim().to_owned();
            found.push(Party { name, address });
        }
    }
    if found.is_empty() {
        // Better a bare address out of a broken line than nobody.
        let ends = |c: char| c.is_whitespace() || "<>,;()\"".contains(c);
        found.extend(value.split(ends).find_map(bare));
    }
    found
}

fn bare(word: &str) -> Option<Party> {
    let address = Address::parse(word.trim_start_matches("mailto:"))?;
    Some(Party { name: String::new(), address })
}

/// The `<…>` tokens of a field, in order; junk around them is common
/// (RFC 5322, 4.5.4) and is left out.
pub(super) fn ids(value: &str) -> Vec<MessageId> {
    let mut found: Vec<MessageId> = Vec::new();
    for piece in value.split('<').skip(1).take(MOST_ENTRIES) {
        // White space inside the brackets comes from folding.
        let token: String =
            piece.split('>').next().unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect();
        if let Some(id) = MessageId::parse(&token).filter(|id| !found.contains(id)) {
            found.push(id);
        }
    }
    found
}

/// The ID of a Message-ID line, which some programs write without brackets.
pub(super) fn own_id(value: &str) -> Option<MessageId> {
    ids(value).into_iter().next().or_else(|| MessageId::parse(value))
}

/// The time in a Date line.
pub(super) fn date(value: &str) -> Option<Timestamp> {
    let line = format!("{value}\n");
    let HeaderValue::DateTime(date) = MessageStream::new(line.as_bytes()).parse_date() else {
        return None;
    };
    timestamp(&date)
}

/// What the clocks are ahead of UTC that a Date line was written by; nothing where it is
/// in UTC, by which programs write who do not know, or do not say, where somebody is.
pub(super) fn clocks(value: &str) -> Option<Offset> {
    let line = format!("{value}\n");
    let HeaderValue::DateTime(date) = MessageStream::new(line.as_bytes()).parse_date() else {
        return None;
    };
    timestamp(&date)?;
    let seconds = (i32::from(date.tz_hour) * 60 + i32::from(date.tz_minute)) * 60;
    let ahead = if date.tz_before_gmt { -seconds } else { seconds };
    Offset::from_seconds(ahead).ok().filter(|_| ahead != 0)
}

fn timestamp(date: &DateTime) -> Option<Timestamp> {
    // A zone of more than a day, or a year of two digits gone wrong, is no time.
    let sane = date.is_valid() && (1970..=9000).contains(&date.year) && date.tz_hour < 24;
    sane.then(|| Timestamp::from_second(date.to_timestamp()).ok()).flatten()
}

/// The time behind the last `;` of a Received line (RFC 5322, 3.6.7).
pub(super) fn received(value: &str) -> Option<Timestamp> {
    value.rsplit_once(';').and_then(|(_, time)| date(time.trim()))
}

/// The character that a page calls by this name or number.
pub(super) fn character(name: &str) -> Option<char> {
    let (token, mut read) = (format!("&{name};"), String::new());
    add_html_token(&mut read, token.as_bytes(), false);
    let mut all = read.chars();
    let character = all.next().map(|c| if c == '\u{a0}' { ' ' } else { c });
    character.filter(|_| all.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_says_where_its_writer_is_unless_it_is_in_utc() {
        for (date, hours) in [
            ("Fri, 6 Mar 2026 09:00:00 -0500", Some(-5)),
            ("Fri, 6 Mar 2026 09:00:00 +0900 (JST)", Some(9)),
            ("Fri, 6 Mar 2026 09:00:00 EST", Some(-5)),
            ("Fri, 6 Mar 2026 09:00:00 +0000", None),
            ("Fri, 6 Mar 2026 09:00:00 -0000", None),
            ("yesterday", None),
        ] {
            let offset = hours.map(|hours| Offset::from_hours(hours).unwrap());
            assert_eq!(clocks(date), offset, "{date}");
        }
    }
}
