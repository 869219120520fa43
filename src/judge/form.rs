//! Forms on web sites: what they send was written by whoever filled them in.
//!
//! The configuration names those that write to a mailbox; some show it by themselves.
//! Who filled one in is found here, and not whether that is true: anybody can type any
//! address.

use std::sync::LazyLock;

use serde::Deserialize;

use super::asks::asks;
use crate::domain::ids::{Address, Party};
use crate::domain::roster::Roster;
use crate::mail::automatic::{form_author, is_answer, is_no_reply, list_header};
use crate::mail::languages;
use crate::mail::parse::Message;
use crate::mail::phrase::{Phrases, Plain};
use crate::mail::trust::is_aligned;
use crate::mail::visible::{own_words, visible};

/// How far into a mail the fields of a form are looked for.
const MOST_LINES: usize = 200;
/// How many words stand before the address in such a field.
const MOST_WORDS: usize = 6;

/// How many characters of a mail may say that somebody filled in a form.
const BEGINNING: usize = 1000;

/// A language's section `form`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    name: Vec<String>,
    message: Vec<String>,
    sent: Vec<String>,
}

static NAME: LazyLock<Phrases> = LazyLock::new(|| phrases(|section| &section.name));
static MESSAGE: LazyLock<Phrases> = LazyLock::new(|| phrases(|section| &section.message));
static SENT: LazyLock<Phrases> = LazyLock::new(|| phrases(|section| &section.sent));

fn phrases(of: impl Fn(&Section) -> &Vec<String>) -> Phrases {
    let sections = languages::section::<Section>("form");
    Phrases::of(sections.iter().flat_map(|(_, section)| of(section)).map(String::as_str))
}

/// A form that wrote a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) sender: Address,
    /// Who filled it in, where it names somebody outside.
    pub(super) author: Option<Party>,
}

/// The form that wrote `message` for somebody else, which reached these besides
/// those it names.
pub(super) fn form(
    message: &Message,
    roster: Option<&Roster>,
    reached: &[Address],
) -> Option<Form> {
    roster
        .and_then(|roster| named(message, roster, reached))
        .or_else(|| evident(message, roster))
        .or_else(|| passed_on(message, roster))
}

/// A form that nobody named: it writes as one of us and answers go to somebody outside, or
/// as a machine, and has in a field the very address that answers go to. What else it says
/// of itself (`Auto-Submitted`, `List-Unsubscribe`) is then said of the form.
fn evident(message: &Message, roster: Option<&Roster>) -> Option<Form> {
    let sender = &message.from.as_ref()?.address;
    let [author] = message.reply_to.as_slice() else { return None };
    let of_ours = |roster: &Roster| {
        roster.is_ours(sender)
            && roster.person_at(sender).is_none()
            && !roster.is_ours(&author.address)
            && !is_no_reply(author.address.local_part())
            && list_header(message).is_none()
    };
    let has_field = || {
        let mut fields = message.text.lines().take(MOST_LINES).filter_map(field);
        form_author(message) == Some(author) && fields.any(|party| party.address == author.address)
    };
    (roster.is_some_and(of_ours) || has_field())
        .then(|| Form { sender: sender.clone(), author: Some(author.clone()) })
}

/// A form of a portal whose mail says that a machine sent it, or how to leave: it shows a
/// field for what somebody wrote beside one with an address from elsewhere, or says that
/// somebody has sent a message, and has one such address alone. What was sent to many has
/// such lines, too, but asks for nothing.
fn passed_on(message: &Message, roster: Option<&Roster>) -> Option<Form> {
    let sender = &message.from.as_ref()?.address;
    let generated =
        message.header("auto-submitted").is_some_and(|v| v.starts_with("auto-generated"));
    let to_many = message.header("list-unsubscribe").is_some();
    let marked = generated || to_many;
    let of_machine = marked || is_no_reply(sender.local_part());
    if !of_machine || is_answer(message) || message.report.is_some() {
        return None;
    }
    if to_many && !asks(&own_words(&visible(message))) {
        return None;
    }
    let named = || message.to.iter().chain(&message.cc);
    let elsewhere = |Party { address, .. }: &Party| {
        !is_aligned(address.domain(), sender.domain())
            && !is_no_reply(address.local_part())
            && !roster.is_some_and(|roster| roster.is_ours(address))
            && !named().any(|party| party.address == *address)
    };
    let lines = || message.text.lines().take(MOST_LINES);
    let author = if let Some(at) = lines().position(|line| has_label(line, &MESSAGE)) {
        // Whoever sends has an address, too; below the message it needs a name to be a form's.
        let named = lines().any(|line| has_label(line, &NAME));
        let fields = lines().take(if named { MOST_LINES } else { at }).filter_map(field);
        message.reply_to.iter().cloned().chain(fields).find(elsewhere)
    } else if SENT.stated(&Plain::of(&message.text, BEGINNING)) {
        let words = lines().flat_map(before_a_question).filter_map(bare);
        let mut found = words.filter(elsewhere);
        let first = found.next();
        first.filter(|first| found.all(|party| party.address == first.address))
    } else {
        None
    };
    author.map(|author| Form { sender: sender.clone(), author: Some(author) })
}

/// Whether a line is a field of that name.
fn has_label(line: &str, labels: &Phrases) -> bool {
    let label = line.split_once([':', '：']).map(|(label, _)| Plain::of(label, BEGINNING));
    label.is_some_and(|label| labels.are(&label))
}

/// The words of a line up to its question: below "Questions?" stands who helps.
fn before_a_question(line: &str) -> impl Iterator<Item = &str> {
    line.split('?').next().unwrap_or_default().split_whitespace()
}

/// An address in a sentence, whatever marks stand around it.
fn bare(word: &str) -> Option<Party> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    Some(Party { name: String::new(), address: Address::parse(word)? })
}

/// The form among those that the configuration names.
fn named(message: &Message, roster: &Roster, reached: &[Address]) -> Option<Form> {
    let named = message.to.iter().chain(&message.cc).map(|party| &party.address);
    let recipients: Vec<&Address> = named.chain(reached).collect();
    let mut senders = message.from.iter().chain(&message.sender).map(|party| &party.address);
    let sender = senders.find(|sender| roster.is_form(sender, recipients.iter().copied()))?;
    let outside = |party: &Party| {
        let Party { address, .. } = party;
        address != sender && !roster.is_ours(address) && !is_no_reply(address.local_part())
    };
    let named = message.from.iter().chain(&message.reply_to).cloned();
    let author = named.chain(message.text.lines().take(MOST_LINES).filter_map(field)).find(outside);
    Some(Form { sender: sender.clone(), author })
}

/// The party in a field as forms write it: `E-mail: jane@customer.example`,
/// `From: Jane Doe <jane@customer.example>`.
fn field(line: &str) -> Option<Party> {
    let (before, address) = match line.split_once('<') {
        Some((before, rest)) => (before, rest.split('>').next()?.trim_start_matches("mailto:")),
        None => line.trim().rsplit_once([' ', ':', '：']).unwrap_or(("", line)),
    };
    let address = Address::parse(address)?;
    let name = before.split_once([':', '：']).map_or("", |(_, name)| name.trim());
    (before.split_whitespace().count() <= MOST_WORDS)
        .then(|| Party { name: name.to_owned(), address })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_a_label_and_an_address() {
        let cases = [
            ("E-mail: jane@customer.example", Some(("", "jane@customer.example"))),
            ("Email:jane@customer.example ", Some(("", "jane@customer.example"))),
            ("From: Jane Doe <jane@customer.example>", Some(("Jane Doe", "jane@customer.example"))),
            ("Ihre E-Mail-Adresse jane@customer.example", Some(("", "jane@customer.example"))),
            (
                "jane@customer.example <mailto:jane@customer.example>",
                Some(("", "jane@customer.example")),
            ),
            ("Phone: 21 000 00 00", None),
            ("Please tell it to my neighbour as well, eve@customer.example", None),
            ("I wrote to eve@customer.example last week", None),
        ];
        for (line, expected) in cases {
            let found = field(line);
            let found = found.as_ref().map(|party| (party.name.as_str(), party.address.as_str()));
            assert_eq!(found, expected, "{line}");
        }
    }
}
