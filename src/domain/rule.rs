//! A checked rule: which messages it applies to, their targets, their ladder.

use jiff::SignedDuration;
use regex::Regex;

use super::calendar::Allowance;
use super::ids::Address;

/// So much is quoted of what a pattern found.
const LONGEST_QUOTE: usize = 40;

/// Which messages get which targets. The first rule that matches holds.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Rule {
    /// Its name, which every case and every mail tells.
    pub name: String,
    /// Which messages it is for.
    pub when: When,
    /// How long an answer may take.
    pub reply_within: Option<Allowance>,
    /// Whether the answer is due before its owner goes home.
    pub before_leaving: bool,
    /// What arrives this close to leaving is due the next working day.
    pub cutoff: SignedDuration,
    /// The name of its escalation policy.
    pub escalation: String,
    /// Whether a message in which we are only in Cc is owed a reply.
    pub cc: bool,
    /// How long a matter may take altogether.
    pub resolve_within: Option<Allowance>,
    /// How often a contact hears from us while their case stays open.
    pub keep_informed: Option<Allowance>,
    /// After how much silence a case with nothing owed is closed.
    pub close_after_quiet: Option<Allowance>,
    /// Whether closing a case is a job, and so brings a check-in.
    pub job_on_close: bool,
    /// Whether whoever begins a case is told at once who has it, and until when.
    pub receipt: bool,
    /// Whether the contact gets what was said when a case is closed.
    pub transcript_on_close: bool,
}

impl Rule {
    /// Why it is this rule that governs a message, in words.
    pub fn because(&self, message: Traits<'_>) -> String {
        format!("rule “{}”: {}", self.name, self.when.because(message))
    }
}

/// What a rule asks of a message: all that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// Only mail among ourselves (`true`), or only from outside (`false`).
    /// Without it, only from outside: colleagues are tracked where a rule says so.
    pub internal: Option<bool>,
    /// One of these is a recipient.
    pub to: Vec<Address>,
    /// It comes from one of these.
    pub from: Vec<Address>,
    /// It comes from one of these domains.
    pub from_domain: Vec<String>,
    /// The subject contains a match.
    pub subject: Option<Regex>,
    /// The visible text contains a match.
    pub text: Option<Regex>,
    /// It came by one of these.
    pub channel: Vec<Channel>,
    /// It is in one of these languages, as two-letter codes.
    pub language: Vec<String>,
    /// Only complaints (`true`), or none of them (`false`).
    pub complaint: Option<bool>,
    /// It comes from somebody of one of these groups of contacts.
    pub group: Vec<Group>,
}

/// Contacts that rules treat alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// The name that rules call it by.
    pub name: String,
    /// These addresses.
    pub addresses: Vec<Address>,
    /// Everybody of these domains.
    pub domains: Vec<String>,
}

/// How a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// By mail.
    Email,
    /// By phone.
    Phone,
    /// It was left on an answering machine.
    Voicemail,
    /// In a chat.
    Chat,
    /// In a form of a web site.
    Form,
    /// On a social network.
    Social,
    /// It is a concern of somebody here.
    Concern,
}

/// Both directions of a channel's name.
const CHANNELS: &[(Channel, &str)] = &[
    (Channel::Email, "email"),
    (Channel::Phone, "phone"),
    (Channel::Voicemail, "voicemail"),
    (Channel::Chat, "chat"),
    (Channel::Form, "form"),
    (Channel::Social, "social"),
    (Channel::Concern, "concern"),
];

impl Channel {
    /// Its stable name, in the configuration and in the store.
    pub fn name(self) -> &'static str {
        CHANNELS.iter().find(|(channel, _)| *channel == self).map_or("", |(_, name)| name)
    }

    /// The channel called `name`.
    pub fn called(name: &str) -> Option<Self> {
        CHANNELS.iter().find(|(_, known)| *known == name).map(|(channel, _)| *channel)
    }

    /// How an answer was given by it: `by phone`.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Email => "by mail",
            Self::Phone => "by phone",
            Self::Voicemail => "on their answering machine",
            Self::Chat => "in a chat",
            Self::Form => "by a form",
            Self::Social => "on a social network",
            Self::Concern => "in answer to a concern",
        }
    }

    /// What came by it: `Phone call`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Email => "Mail",
            Self::Phone => "Phone call",
            Self::Voicemail => "Voice message",
            Self::Chat => "Chat",
            Self::Form => "Form",
            Self::Social => "Message on a social network",
            Self::Concern => "Concern",
        }
    }

    /// All of them, by name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        CHANNELS.iter().map(|(_, name)| *name)
    }
}

impl Group {
    /// Whether this address is of the group.
    pub fn has(&self, address: &Address) -> bool {
        self.addresses.contains(address) || self.domains.iter().any(|d| d == address.domain())
    }
}

/// What a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    /// Whether it is from one of us to one of us.
    pub internal: bool,
    /// Who wrote it.
    pub from: &'a Address,
    /// Everybody it is addressed to, and whose mailbox it reached.
    pub to: &'a [Address],
    /// Its subject.
    pub subject: &'a str,
    /// What its writer wrote, without quotations.
    pub text: &'a str,
    /// How it came.
    pub channel: Channel,
    /// Its language, where it can be told.
    pub language: Option<&'a str>,
    /// Whether it complains.
    pub complaint: bool,
}

impl When {
    /// Whether all that is asked holds.
    pub fn matches(&self, message: Traits<'_>) -> bool {
        let any = |wanted: &[Address], found: &[Address]| {
            wanted.is_empty() || wanted.iter().any(|address| found.contains(address))
        };
        let domain = message.from.domain();
        let found = |pattern: &Option<Regex>, text: &str| {
            pattern.as_ref().is_none_or(|regex| regex.is_match(text))
        };
        // Whoever has a concern is owed an answer as a contact is.
        let internal = message.internal && message.channel != Channel::Concern;
        self.internal.unwrap_or(false) == internal
            && any(&self.to, message.to)
            && any(&self.from, std::slice::from_ref(message.from))
            && (self.from_domain.is_empty() || self.from_domain.iter().any(|d| d == domain))
            && found(&self.subject, message.subject)
            && found(&self.text, message.text)
            && (self.channel.is_empty() || self.channel.contains(&message.channel))
            && self.speaks(message.language)
            && self.complaint.is_none_or(|complaint| complaint == message.complaint)
            && (self.group.is_empty() || self.group.iter().any(|group| group.has(message.from)))
    }

    /// Why it holds of a message that it matches, in words.
    pub fn because(&self, message: Traits<'_>) -> String {
        let found = |pattern: &Option<Regex>, text: &str| {
            pattern.as_ref().and_then(|regex| regex.find(text)).map(|found| cut(found.as_str()))
        };
        let first = |wanted: &[Address], all: &[Address]| {
            wanted.iter().find(|address| all.contains(address)).map(Address::to_string)
        };
        let from = message.from;
        let domain = (!self.from_domain.is_empty()).then(|| from.domain());
        let group = self.group.iter().find(|group| group.has(from));
        let language = message.language.filter(|_| !self.language.is_empty());
        let channel = (!self.channel.is_empty()).then(|| message.channel.name());
        let complains = |complaint| if complaint { "it complains" } else { "it is no complaint" };
        let parts = [
            self.internal.filter(|internal| *internal).map(|_| "it is from a colleague".to_owned()),
            first(&self.to, message.to).map(|to| format!("it is to {to}")),
            first(&self.from, std::slice::from_ref(from)).map(|from| format!("it is from {from}")),
            domain.map(|domain| format!("it is from {domain}")),
            group.map(|group| format!("its writer is of the group “{}”", group.name)),
            channel.map(|channel| format!("it came by {channel}")),
            language.map(|language| format!("its language is “{language}”")),
            self.complaint.map(|complaint| complains(complaint).to_owned()),
            found(&self.subject, message.subject).map(|words| format!("its subject has “{words}”")),
            found(&self.text, message.text).map(|words| format!("it says “{words}”")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "it takes all that is left".to_owned() } else { parts.join(" and ") }
    }

    fn speaks(&self, language: Option<&str>) -> bool {
        self.language.is_empty() || self.language.iter().any(|wanted| Some(&**wanted) == language)
    }
}

/// What a pattern found, on one line, and not for too long.
fn cut(found: &str) -> String {
    let plain = found.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= LONGEST_QUOTE {
        return plain;
    }
    plain.chars().take(LONGEST_QUOTE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
