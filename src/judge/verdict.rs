//! The verdict on one message, and how it is reached.
//!
//! Judged from the message alone, what its case knows, and who is ours. In
//! doubt a reply is owed. Rules are asked later: what is only in Cc to us, or
//! comes from a colleague, may be owed by a rule all the same.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::form::Form;
use super::parties::{self, Route};
use super::plain::plain;
use super::promise::{self, Said};
use super::{absence, asks, chase, complaint, language, thanks};
use crate::domain::ids::{Address, MessageId, Party};
use crate::domain::roster::Roster;
use crate::mail::automatic::{self, Class, Mark, Setting};
use crate::mail::parse::{Malformed, Message};
use crate::mail::{thread, visible};

/// Who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    Human,
    /// An out-of-office or other automatic answer.
    AutoReply,
    /// A delivery report.
    Bounce,
    /// A read receipt.
    Receipt,
    /// The list software's own mail, and machine posts.
    List,
    /// A newsletter or other mail to many.
    Bulk,
    /// A service telling of an event.
    Notification,
    /// A calendar program's request or answer.
    Calendar,
    /// Marked as spam by the mail system.
    Spam,
    /// A person who only thanks.
    Thanks,
    /// No mail that could be read.
    Malformed,
}

/// What passed it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relay {
    /// A mailing list.
    List,
    /// A group or alias in front of an address of ours.
    Group,
    /// A forwarding rule.
    Forward,
}

/// How it is addressed to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForUs {
    /// One of our addresses is in To.
    To,
    /// In Cc only.
    Cc,
    /// By the envelope only, or not at all.
    Other,
}

/// Which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From outside to us.
    Inbound,
    /// From us to somebody outside.
    Outbound,
    /// Among ourselves.
    Internal,
    /// Nobody can tell: no From, or nothing is known of who is ours.
    Unknown,
}

impl Kind {
    /// Its stable name, in the store and in every report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::AutoReply => "auto-reply",
            Self::Bounce => "bounce",
            Self::Receipt => "receipt",
            Self::List => "list",
            Self::Bulk => "bulk",
            Self::Notification => "notification",
            Self::Calendar => "calendar",
            Self::Spam => "spam",
            Self::Thanks => "thanks",
            Self::Malformed => "malformed",
        }
    }
}

impl Direction {
    /// Its stable name, in the store and in every report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Internal => "internal",
            Self::Unknown => "unknown",
        }
    }
}

/// A commitment found in outbound text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The sentence as it was written, on one line.
    pub text: String,
    /// The end of the time that it names.
    pub due: Option<Timestamp>,
}

/// What a message was judged to be, and why, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct Verdict {
    /// Which way it goes.
    pub direction: Direction,
    /// Who wrote it.
    pub kind: Kind,
    /// Its author, who waits for an answer, be it in From or elsewhere.
    pub author: Option<Party>,
    /// What passed it on.
    pub relayed: Option<Relay>,
    /// How it is addressed to us.
    pub for_us: ForUs,
    /// Which of our watched addresses it is for, the first in To, Cc, envelope.
    pub mailbox: Option<Address>,
    /// Whether its own text asks for something.
    pub asks: bool,
    /// Whether it asks again for an answer that is owed.
    pub chase: bool,
    /// Whether it says that nothing is needed any more.
    pub settled: bool,
    /// Whether it complains.
    pub complaint: bool,
    /// Whether somebody here owes an answer to it, before rules are asked.
    pub reply_owed: bool,
    /// The deciding reason, one sentence fragment in lower case.
    pub reason: String,
    /// What its writer wrote, without quotations and signature.
    pub visible_text: String,
    /// The Message-IDs it hangs on, nearest parent first.
    pub thread: Vec<MessageId>,
    /// Commitments in it.
    pub promises: Vec<Promise>,
    /// The first day on which somebody whose auto-reply it is will be back.
    pub back_on: Option<Date>,
    /// Its language, as a two-letter code, where it can be told.
    pub language: Option<String>,
}

/// What the case that a message belongs to knows, for the judgement.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is known on its own")]
pub struct Known<'a> {
    /// Whether the message continues a case at all.
    pub in_case: bool,
    /// Whether we owe something in it.
    pub owed: bool,
    /// Whether the last human message in it was ours.
    pub we_spoke_last: bool,
    /// Whether somebody outside wrote it to owed's own address, and so to us, whoever of us
    /// stands in Cc.
    pub astray: bool,
    /// When it was written and on whose hours, where one of ours wrote it;
    /// without them its promises are not looked for.
    pub said: Option<Said<'a>>,
}

/// Judges one message.
pub fn judge(
    message: &Message,
    roster: Option<&Roster>,
    envelope: &[Address],
    known: Known<'_>,
) -> Verdict {
    let mut route = parties::route(message, roster, envelope);
    if known.astray && route.for_us == ForUs::Cc {
        route.for_us = ForUs::To;
    }
    let visible_text = visible::visible(message);
    let own = visible::own_words(&visible_text);
    let words = Words::of(&own, message, known);
    let (kind, automatic) = kind((message, &visible_text), &route, &words, known);
    let (reply_owed, reason) = match automatic {
        Some(reason) => (false, reason),
        None => decide(message, &route, &words, kind),
    };
    let reason = reason + &by_form(&route, kind);
    let limits = message.limits.iter().map(|limit| format!("; {limit}"));
    let reason = limits.fold(reason, |reason, limit| reason + &limit);
    let human = matches!(kind, Kind::Human | Kind::Thanks);
    Verdict {
        direction: route.direction,
        kind,
        relayed: route.origin.relayed,
        for_us: route.for_us,
        mailbox: route.mailbox,
        asks: human && words.asks,
        chase: human && words.chases,
        settled: human && words.settles,
        complaint: human && words.complains,
        reply_owed,
        reason,
        language: language::language(&own),
        promises: promises(&own, route.direction, kind, known),
        back_on: if kind == Kind::AutoReply { back_on(&own, message, roster) } else { None },
        visible_text,
        thread: thread::parents(message),
        author: route.origin.author,
    }
}

/// The verdict on bytes that are no mail.
pub fn malformed(error: &Malformed) -> Verdict {
    Verdict {
        direction: Direction::Unknown,
        author: None,
        kind: Kind::Malformed,
        relayed: None,
        for_us: ForUs::Other,
        mailbox: None,
        asks: false,
        chase: false,
        settled: false,
        complaint: false,
        reply_owed: false,
        reason: error.to_string(),
        visible_text: String::new(),
        thread: Vec::new(),
        promises: Vec::new(),
        back_on: None,
        language: None,
    }
}

/// What a person of ours promises in this mail.
fn promises(own: &str, direction: Direction, kind: Kind, known: Known<'_>) -> Vec<Promise> {
    let ours = matches!(direction, Direction::Outbound | Direction::Internal);
    let human = matches!(kind, Kind::Human | Kind::Thanks);
    let said = known.said.filter(|_| ours && human);
    said.map_or_else(Vec::new, |said| promise::promises(own, &said))
}

/// When the writer of an auto-reply is back, on the clocks of the organisation.
fn back_on(own: &str, message: &Message, roster: Option<&Roster>) -> Option<Date> {
    let zone = roster.map_or(TimeZone::UTC, |roster| roster.zone.clone());
    absence::returns(own, message.date?, &zone)
}

impl Verdict {
    /// Whether a person wrote it and said something: what an answer of ours
    /// must be to meet what is owed.
    pub fn is_human_answer(&self) -> bool {
        matches!(self.kind, Kind::Human | Kind::Thanks)
            && !visible::own_words(&self.visible_text).trim().is_empty()
    }
}

/// What the own words of a message say.
#[expect(clippy::struct_excessive_bools, reason = "each is found on its own")]
struct Words {
    asks: bool,
    thanks: bool,
    chases: bool,
    settles: bool,
    complains: bool,
}

impl Words {
    fn of(own: &str, message: &Message, known: Known<'_>) -> Self {
        // Judged alone, a mail is taken at its word; in a case, the case knows.
        let follows_us = if known.in_case {
            known.we_spoke_last || !known.owed
        } else {
            // What begins a conversation may ask in its subject alone.
            let topic = message.subject.trim();
            automatic::is_answer(message) || topic.is_empty() || thanks::only_thanks(topic)
        };
        let may_chase = !known.in_case || known.owed;
        let plain = plain(own);
        let settles = chase::settles(own, &plain);
        let may_thank = follows_us && !settles && message.attachments.is_empty();
        Self {
            asks: asks::asks(own),
            thanks: may_thank && thanks::only_thanks(own),
            chases: may_chase && chase::chases(&plain),
            settles,
            complains: complaint::complains(&plain),
        }
    }
}

/// Who wrote it; for a machine, also why we think so.
fn kind(
    (message, visible): (&Message, &str),
    route: &Route,
    words: &Words,
    known: Known<'_>,
) -> (Kind, Option<String>) {
    // What a group of ours adds to a mail says nothing of its writer.
    let group = route.origin.relayed == Some(Relay::Group);
    let ours = matches!(route.direction, Direction::Outbound | Direction::Internal);
    let answers = known.we_spoke_last || automatic::is_answer(message);
    let setting = Setting { group, ours, answers, asks: words.asks };
    // What a form says of itself, it does not say of who filled it in.
    let filled_in = route.origin.form.as_ref().is_some_and(|form| form.author.is_some());
    let of_form = |mark: &Mark| {
        filled_in && matches!(mark.class, Class::Notification | Class::List | Class::Bulk)
    };
    let mark = automatic::automatic(message, visible, setting).filter(|mark| !of_form(mark));
    let Some(mark) = mark else {
        let thanks = words.thanks || automatic::is_reaction(message);
        return (if thanks { Kind::Thanks } else { Kind::Human }, None);
    };
    let kind = match mark.class {
        Class::Own | Class::Notification => Kind::Notification,
        Class::Bounce => Kind::Bounce,
        Class::Receipt => Kind::Receipt,
        Class::Calendar => Kind::Calendar,
        Class::AutoReply => Kind::AutoReply,
        Class::List => Kind::List,
        Class::Bulk => Kind::Bulk,
        Class::Spam => Kind::Spam,
    };
    (kind, Some(mark.reason))
}

/// Whether a person's message is owed a reply, and the fact that decides it.
fn decide(message: &Message, route: &Route, words: &Words, kind: Kind) -> (bool, String) {
    let no = |reason: &str| (false, reason.to_owned());
    if route.direction == Direction::Outbound {
        return no("it is from us to somebody outside");
    }
    if route.origin.author.is_none() {
        return no("neither From nor Reply-To names anybody who could be answered");
    }
    if kind == Kind::Thanks {
        return no("it only thanks");
    }
    if words.settles {
        return no("its writer says that nothing is needed any more");
    }
    match route.for_us {
        ForUs::Cc => return no("we are only in Cc"),
        ForUs::Other => {
            if let Some(reason) = not_for_us(message, route) {
                return (false, reason);
            }
        }
        ForUs::To => {}
    }
    (true, owed_because(route, words))
}

/// Why a message that names no watched address of ours is not for us, if so.
fn not_for_us(message: &Message, route: &Route) -> Option<String> {
    if route.origin.relayed == Some(Relay::List) {
        return Some("it was written to a mailing list, not to us".to_owned());
    }
    // Delivered to a mailbox of ours without being named: a blind copy, or an
    // alias we do not know. In doubt it is for us.
    if route.mailbox.is_some() {
        return None;
    }
    if let Some(address) = &route.unwatched {
        return Some(format!("{address} is not a watched mailbox"));
    }
    let nobody = message.to.is_empty() && message.cc.is_empty();
    let unknown = route.direction == Direction::Unknown && message.from.is_some();
    if nobody && unknown {
        // Judged alone, without any recipient: it reached somebody.
        return None;
    }
    Some("it is not addressed to anyone here".to_owned())
}

/// Through which form it came, or that a form wrote for nobody.
fn by_form(route: &Route, kind: Kind) -> String {
    match &route.origin.form {
        Some(Form { sender, author: Some(_) }) if matches!(kind, Kind::Human | Kind::Thanks) => {
            format!(", through the form {sender}")
        }
        Some(Form { sender, author: None }) => {
            format!("; the form {sender} names nobody outside who filled it in")
        }
        _ => String::new(),
    }
}

fn owed_because(route: &Route, words: &Words) -> String {
    let who = match route.direction {
        Direction::Internal => "a colleague",
        _ => "a person",
    };
    let what = match words {
        Words { chases: true, .. } => "asks again for an answer",
        Words { asks: true, .. } => "asks for something",
        _ => "wrote",
    };
    match &route.mailbox {
        Some(mailbox) => format!("{who} {what}, to {mailbox}"),
        None => format!("{who} {what}"),
    }
}
