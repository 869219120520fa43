//! What a contact and we said to each other, as text, and as the mails that it was.
//!
//! Which of it a contact may read is decided in `domain::conversation`; here it is
//! given its shape. Quotations of earlier mails are left out: they stand above.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::letter::one_line;
use super::page::Words;
use super::parse::parse;
use super::visible::visible;
use crate::domain::conversation::{Kept, Speaker, Utterance};
use crate::domain::roster::Roster;

/// How much of a name is shown.
const SHORT: usize = 80;

/// Headers of a mail of ours that are nobody else's to read.
const OURS_ALONE: [&[u8]; 2] = [b"bcc", b"resent-bcc"];

/// Something that was said, as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who said it.
    pub who: String,
    /// Whether they are of ours.
    pub ours: bool,
    /// When, on the organisation's clocks.
    pub at: Zoned,
    /// How, where it was not by mail.
    pub how: Option<String>,
    /// The words; empty where nobody wrote them down.
    pub words: String,
}

/// How what was said is read, on the clocks and with the names of `roster`.
pub(crate) fn said(shared: &[Utterance], roster: &Roster, words: &Words) -> Vec<Said> {
    let zone = &roster.zone;
    shared.iter().map(|utterance| one(utterance, roster, zone, words)).collect()
}

fn one(utterance: &Utterance, roster: &Roster, zone: &TimeZone, words: &Words) -> Said {
    let mail = match &utterance.kept {
        Kept::Sent(bytes) => parse(bytes).ok(),
        Kept::Message(_) | Kept::Nowhere => None,
    };
    let (ours, who) = match &utterance.by {
        Speaker::Theirs(party) => (false, party.called().to_owned()),
        Speaker::Ours(party) => {
            let party = mail.as_ref().and_then(|mail| mail.from.as_ref()).unwrap_or(party);
            let known = roster.person_at(&party.address).map(|person| person.name.clone());
            (true, known.unwrap_or_else(|| party.called().to_owned()))
        }
        Speaker::Person(id) => (true, roster.name_of(id).to_owned()),
    };
    let text = mail.as_ref().map_or_else(|| utterance.words.clone(), visible);
    Said {
        who: one_line(&who, SHORT),
        ours,
        at: utterance.at.to_zoned(zone.clone()),
        how: words.channel(utterance.channel).map(str::to_owned),
        words: tame(&text),
    }
}

impl Said {
    /// "2026-11-17 09:12 WET"
    pub fn time(&self) -> String {
        self.at.strftime("%Y-%m-%d %H:%M %Z").to_string()
    }
}

/// The whole of it as text, oldest first.
pub fn text(all: &[Said]) -> String {
    let mut text = String::new();
    for said in all {
        let how = said.how.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
        let end = if said.words.is_empty() { "" } else { ":" };
        let _never = writeln!(text, "{}, {}{how}{end}\n", said.who, said.time());
        for line in said.words.lines() {
            let _never = writeln!(text, "> {line}");
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// Somebody's words without what acts on a reader's screen.
fn tame(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim().lines().map(|line| one_line(line, usize::MAX)) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Adds a mail to an mbox file, as RFC 4155 and the form "mboxrd" have it. Of a mail of
/// ours, what names hidden recipients is left out.
pub fn add_to_mbox(mbox: &mut Vec<u8>, utterance: &Utterance, raw: &[u8]) {
    let from = match &utterance.by {
        Speaker::Theirs(party) => party.address.as_str(),
        Speaker::Ours(_) | Speaker::Person(_) => "MAILER-DAEMON",
    };
    let date = asctime(utterance.at);
    mbox.extend(format!("From {from} {date}\n").into_bytes());
    let mut head = true;
    let mut hidden = false;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        head &= !line.is_empty();
        if head {
            let folded = line.first().is_some_and(u8::is_ascii_whitespace);
            hidden = (folded && hidden) || (!folded && is_hidden(line));
        }
        if head && hidden {
            continue;
        }
        let quoted = line.iter().position(|byte| *byte != b'>').and_then(|at| line.get(at..));
        if quoted.is_some_and(|rest| rest.starts_with(b"From ")) {
            mbox.push(b'>');
        }
        mbox.extend(line);
        mbox.push(b'\n');
    }
    mbox.push(b'\n');
}

fn is_hidden(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii();
    OURS_ALONE.iter().any(|hidden| name.eq_ignore_ascii_case(hidden))
}

fn asctime(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%a %b %e %H:%M:%S %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{Address, Party};
    use crate::domain::rule::Channel;

    #[test]
    fn an_mbox_keeps_lines_that_look_like_its_marks_and_hides_hidden_recipients() {
        let address = Address::parse("jo@customer.example").unwrap();
        let utterance = Utterance {
            at: "2026-11-03T09:12:00Z".parse().unwrap(),
            by: Speaker::Theirs(Party { name: "Jo".to_owned(), address }),
            to: Vec::new(),
            channel: Some(Channel::Email),
            words: String::new(),
            kept: Kept::Message(1),
        };
        let raw = b"Subject: x\r\nBCC: boss@brook.example,\r\n more@brook.example\r\n\
            To: a@b.example\r\n\r\nFrom here on\r\n>From there\r\nBcc: is a word\r\n";
        let mut mbox = Vec::new();
        add_to_mbox(&mut mbox, &utterance, raw);
        let expected = "From jo@customer.example Tue Nov  3 09:12:00 2026\nSubject: x\n\
            To: a@b.example\n\n>From here on\n>>From there\nBcc: is a word\n\n";
        assert_eq!(String::from_utf8(mbox).unwrap(), expected);
    }
}
