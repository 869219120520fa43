//! What programs and people tell of what was said outside mail: checked field by field,
//! all faults at once.
//!
//! The API and `owed log` are two faces of this. What is sound becomes a [`Said`], and
//! goes the way of every mail.

mod concern;
mod job;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Engine, Error};
use crate::domain::ids::{Address, CaseNumber, Party};
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Roster};
use crate::domain::rule::Channel;

pub use concern::ToldConcern;
pub use job::ToldJob;

/// The longest text that is taken, in characters.
pub const LONGEST_TEXT: usize = 100_000;

/// The longest of everything else.
pub const LONGEST_FIELD: usize = 500;

/// How far the clock of another machine may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What was said, as it is told; every field in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Told {
    /// How it was said: `phone`, `voicemail`, `chat`, `form`, `social`.
    pub channel: Option<String>,
    /// `inbound`, or `outbound` where one of us said it; else `inbound`.
    pub direction: Option<String>,
    /// The other side: an address, a number, either behind a name, or a name.
    pub contact: Option<String>,
    /// Who of us said it: a short name, number or address.
    pub by: Option<String>,
    /// For which mailbox it is.
    pub mailbox: Option<String>,
    /// What about.
    pub subject: Option<String>,
    /// The words.
    pub text: Option<String>,
    /// When, in RFC 3339, or a day and a time; else now.
    pub at: Option<String>,
    /// The case it belongs to.
    pub case: Option<String>,
    /// What the conversation is called elsewhere: what has the same belongs together.
    pub reference: Option<String>,
}

/// What is wrong with one field, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfit {
    /// Which field.
    pub field: String,
    /// A sentence fragment.
    pub why: String,
}

impl Said {
    /// What the contact of a case wrote on its page.
    pub fn on_page(case: CaseNumber, text: String, at: Timestamp) -> Self {
        Self {
            channel: Channel::Form,
            by: None,
            contact: None,
            mailbox: None,
            case: Some(case),
            subject: None,
            text,
            at,
            reference: None,
        }
    }
}

impl Unfit {
    /// A fault of `field`.
    pub fn new(field: &str, why: impl Into<String>) -> Self {
        Self { field: field.to_owned(), why: why.into() }
    }
}

/// What was said, and is sound.
#[derive(Debug, Clone)]
pub struct Said {
    pub(super) channel: Channel,
    /// Who of us said it; `None` where the contact did.
    pub(super) by: Option<Person>,
    pub(super) contact: Option<Party>,
    pub(super) mailbox: Option<Address>,
    pub(super) case: Option<CaseNumber>,
    pub(super) subject: Option<String>,
    pub(super) text: String,
    pub(super) at: Timestamp,
    pub(super) reference: Option<String>,
}

impl Engine {
    /// What `told` says, as the organisation understands it, or all that is wrong in it.
    pub fn understood(&self, told: &Told) -> Result<Said, Error> {
        Reading { policy: &self.policy(), now: self.now(), wrong: Vec::new() }
            .said(told)
            .map_err(Error::Unfit)
    }
}

/// The fields as they are read, and what was wrong so far.
struct Reading<'a> {
    policy: &'a Policy,
    now: Timestamp,
    wrong: Vec<Unfit>,
}

impl Reading<'_> {
    fn said(mut self, told: &Told) -> Result<Said, Vec<Unfit>> {
        let channel = self.channel(told);
        let outbound = self.is_outbound(told);
        let case = self.case(told.case.as_ref());
        let contact = self.contact(told.contact.as_ref());
        let by = field(told.by.as_ref()).and_then(|name| self.person("by", name));
        let mailbox = field(told.mailbox.as_ref()).and_then(|text| self.mailbox(text));
        self.needs(told, outbound);
        for (name, text) in
            [("contact", &told.contact), ("subject", &told.subject), ("reference", &told.reference)]
        {
            self.fits(name, text.as_ref(), LONGEST_FIELD);
        }
        self.fits("text", told.text.as_ref(), LONGEST_TEXT);
        let at = field(told.at.as_ref()).map_or(Some(self.now), |text| self.moment(text));
        let (Some(channel), Some(at), []) = (channel, at, self.wrong.as_slice()) else {
            return Err(self.wrong);
        };
        Ok(Said {
            channel,
            by: by.filter(|_| outbound),
            contact,
            mailbox,
            case,
            subject: field(told.subject.as_ref()).map(str::to_owned),
            text: told.text.clone().unwrap_or_default(),
            at,
            reference: field(told.reference.as_ref()).map(str::to_owned),
        })
    }

    /// What cannot be left out.
    fn needs(&mut self, told: &Told, outbound: bool) {
        let by_case = field(told.case.as_ref()).is_some();
        if field(told.contact.as_ref()).is_none() && !by_case {
            self.refuse::<()>("contact", "say who it was: an address, a number or a name");
        }
        if outbound && field(told.by.as_ref()).is_none() {
            self.refuse::<()>("by", "say who of you said it: a short name, number or address");
        }
        if outbound {
            return;
        }
        if field(told.text.as_ref()).is_none() {
            self.refuse::<()>("text", "say what was said");
        }
        if field(told.mailbox.as_ref()).is_none() && !by_case {
            let known = mailboxes(&self.policy.roster);
            self.refuse::<()>("mailbox", format!("say for whom it is: {known}, or a person's"));
        }
    }

    fn channel(&mut self, told: &Told) -> Option<Channel> {
        let known = "phone, voicemail, chat, form, social";
        let Some(text) = field(told.channel.as_ref()) else {
            return self.refuse("channel", format!("say how it was said: {known}"));
        };
        match Channel::called(&text.to_lowercase()) {
            Some(Channel::Concern) => {
                self.refuse("channel", format!("{text:?} is none of {known}"))
            }
            Some(Channel::Email) => {
                self.refuse("channel", format!("mail comes in by itself; here it is {known}"))
            }
            Some(channel) => Some(channel),
            None => self.refuse("channel", format!("{text:?} is none of {known}")),
        }
    }

    fn is_outbound(&mut self, told: &Told) -> bool {
        match field(told.direction.as_ref()).map(str::to_lowercase).as_deref() {
            None | Some("inbound") => false,
            Some("outbound") => true,
            Some(other) => {
                let why = format!("{other:?} is neither \"inbound\" nor \"outbound\"");
                self.refuse::<()>("direction", why).is_some()
            }
        }
    }

    fn case(&mut self, text: Option<&String>) -> Option<CaseNumber> {
        let number = field(text)?.parse::<CaseNumber>().map_err(|error| error.to_string());
        number.map_or_else(|why| self.refuse("case", why), Some)
    }

    fn contact(&mut self, text: Option<&String>) -> Option<Party> {
        let what = "this is no mail address, no telephone number and no name; as in \
                    \"Rui Lopes <+351 912 345 678>\"";
        Party::called_so(field(text)?).or_else(|| self.refuse("contact", what))
    }

    fn person(&mut self, of: &str, name: &str) -> Option<Person> {
        let roster = &self.policy.roster;
        let found = roster.hand_called(name);
        found.or_else(|| self.refuse(of, roster.unknown(name).to_string()))
    }

    fn mailbox(&mut self, text: &str) -> Option<Address> {
        let roster = &self.policy.roster;
        let found = Address::parse(text).filter(|address| roster.watches(address));
        found.or_else(|| {
            let known = mailboxes(roster);
            self.refuse("mailbox", format!("{text:?} is none of yours: {known}, or a person's"))
        })
    }

    fn moment(&mut self, text: &str) -> Option<Timestamp> {
        let Some(at) = self.instant(text) else {
            let right = "as in 2026-03-02 15:30 or 2026-03-02T15:30:00+00:00";
            return self.refuse("at", format!("{text:?} is no moment; {right}"));
        };
        if at.duration_since(self.now) > AHEAD {
            return self.refuse("at", format!("{text} is still to come: say when it was said"));
        }
        Some(at.min(self.now))
    }

    /// A moment as programs write it, or as people do, on the organisation's clocks.
    fn instant(&self, text: &str) -> Option<Timestamp> {
        let zone = &self.policy.roster.zone;
        let civil = |at| zone.to_ambiguous_timestamp(at).compatible().ok();
        text.parse().ok().or_else(|| text.parse::<DateTime>().ok().and_then(civil))
    }

    fn fits(&mut self, name: &str, text: Option<&String>, longest: usize) {
        let length = text.map_or(0, |text| text.chars().count());
        if length > longest {
            self.refuse::<()>(name, format!("it has {length} characters; {longest} are taken"));
        }
    }

    fn refuse<T>(&mut self, field: &str, why: impl Into<String>) -> Option<T> {
        self.wrong.push(Unfit::new(field, why));
        None
    }
}

/// What a field says, where it says something.
fn field(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn mailboxes(roster: &Roster) -> String {
    let known: Vec<&str> = roster.mailboxes.keys().map(Address::as_str).collect();
    known.join(", ")
}
