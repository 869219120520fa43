//! What a machine says of itself in its own words, in the languages of
//! `config/languages/`: sections `[automatic]`, `[notice]` and `[mailing]`.
//!
//! Exchange, Notes and the rules of Outlook write no header that would tell.
//! Then subject and first lines do, and only together: who writes *about* an
//! absence asks, or begins with "Re:". What stands in a quotation or in a mail
//! that is passed on is not said by its sender.

use std::sync::LazyLock;

use serde::Deserialize;

use super::sender::form_author;
use super::{Class, Found, Setting, found};
use crate::mail::languages;
use crate::mail::parse::Message;
use crate::mail::phrase::{Phrases, Plain};
use crate::mail::{html, line, thread, visible};

/// How many characters of a mail's beginning say what it is.
const BEGINNING: usize = 1500;
/// How many characters of its end tell how to leave a list.
const END: usize = 3000;
/// How many characters the words of a link may have.
const LONGEST_LINK: usize = 60;
/// A writer who is away says only that, in so many words.
const MOST_WORDS: usize = 160;

/// A file's section of that name; what a language does not say is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Automatic {
    label: Vec<String>,
    away: Vec<String>,
    robot: Vec<String>,
    absent: Vec<String>,
    back: Vec<String>,
    instead: Vec<String>,
    received: Vec<String>,
    later: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    unread: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mailing {
    leave: Vec<String>,
    link: Vec<String>,
}

/// The phrases of all languages, ready to be looked for.
struct Says {
    label: Phrases,
    away: Phrases,
    robot: Phrases,
    absent: Phrases,
    back: Phrases,
    instead: Phrases,
    received: Phrases,
    later: Phrases,
    unread: Phrases,
    leave: Phrases,
    link: Phrases,
}

static SAYS: LazyLock<Says> = LazyLock::new(|| {
    let automatic = languages::section::<Automatic>("automatic");
    let notice = languages::section::<Notice>("notice");
    let mailing = languages::section::<Mailing>("mailing");
    Says {
        label: all(&automatic, |section| &section.label),
        away: all(&automatic, |section| &section.away),
        robot: all(&automatic, |section| &section.robot),
        absent: all(&automatic, |section| &section.absent),
        back: all(&automatic, |section| &section.back),
        instead: all(&automatic, |section| &section.instead),
        received: all(&automatic, |section| &section.received),
        later: all(&automatic, |section| &section.later),
        unread: all(&notice, |section| &section.unread),
        leave: all(&mailing, |section| &section.leave),
        link: all(&mailing, |section| &section.link),
    }
});

fn all<T>(sections: &[(&'static str, T)], of: impl Fn(&T) -> &Vec<String>) -> Phrases {
    Phrases::of(sections.iter().flat_map(|(_, section)| of(section)).map(String::as_str))
}

/// The part of a mail that its sender wrote, made plain.
pub(in crate::mail) struct Own {
    beginning: Plain,
    end: Plain,
    links: bool,
    length: usize,
}

impl Own {
    pub(in crate::mail) fn of(message: &Message) -> Self {
        let visible = visible::visible(message);
        let lines: Vec<&str> = visible.lines().collect();
        let classes = line::classes(&lines);
        let begins_another =
            |class: &line::Class| matches!(class, line::Class::Forward | line::Class::Original);
        let passed_on = classes.iter().position(begins_another);
        let written = lines.get(..passed_on.unwrap_or(lines.len())).unwrap_or_default();
        let text = visible::own_words(&written.join("\n"));
        let end = if passed_on.is_some() { tail(&text).to_owned() } else { footer(message) };
        Self {
            beginning: Plain::of(&text, BEGINNING),
            end: Plain::of(&end, 2 * END),
            links: end.split(is_edge).any(|piece| SAYS.link.are(&Plain::of(piece, LONGEST_LINK))),
            length: text.len(),
        }
    }

    /// Whether it tells how to leave a list.
    pub(in crate::mail) fn offers_to_leave(&self) -> bool {
        self.links || SAYS.leave.stated(&self.beginning) || SAYS.leave.stated(&self.end)
    }

    /// How many bytes it has.
    pub(in crate::mail) fn length(&self) -> usize {
        self.length
    }

    fn states(&self, phrases: &Phrases) -> bool {
        phrases.stated(&self.beginning)
    }
}

/// How a mail ends: there may stand what a signature's mark cut off, and what a
/// page tells but not the plain text beside it.
fn footer(message: &Message) -> String {
    let page = message.html.as_deref().map(|page| html::text(tail(page))).unwrap_or_default();
    format!("{}\n\n{}", tail(&message.text), tail(&page))
}

fn tail(text: &str) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(END))..).unwrap_or_default()
}

/// Between the links at the end of a page.
fn is_edge(c: char) -> bool {
    "\n|•·[]<>()".contains(c)
}

/// An automatic answer without any header that says so.
pub(super) fn auto_reply(message: &Message, own: &Own, setting: Setting) -> Found {
    let subject = Subject::of(&message.subject);
    let quiet = message.header("x-auto-response-suppress").is_some();
    let says = |phrases| own.states(phrases);
    let away = says(&SAYS.absent) || says(&SAYS.robot);
    let more = says(&SAYS.back) || says(&SAYS.instead);
    let empty = own.beginning.words() == 0;
    let asks = own.beginning.asks();
    if subject.is_label && (away || more || quiet || empty || subject.names_another && !asks) {
        return found(Class::AutoReply, "it is an automatic answer, by the name in its subject");
    }
    if says(&SAYS.robot) && (setting.answers || says(&SAYS.received) || subject.says_away) {
        return found(Class::AutoReply, "it says itself that it is an automatic answer");
    }
    if subject.says_away && !asks && (away || quiet || empty) {
        return found(
            Class::AutoReply,
            "it is an automatic answer, by its subject and first lines",
        );
    }
    if setting.ours || asks || own.beginning.words() > MOST_WORDS {
        return None;
    }
    if says(&SAYS.absent) && more && setting.answers {
        return found(Class::AutoReply, "it only says that its writer is away");
    }
    let numbered = subject.is_numbered || setting.answers || subject.says_away;
    if says(&SAYS.received) && says(&SAYS.later) && numbered {
        return found(Class::AutoReply, "it only says that a mail was received");
    }
    None
}

/// A service that says that it wants no answer.
pub(super) fn notice(message: &Message, own: &Own, setting: Setting) -> Found {
    let footer = !setting.answers && SAYS.unread.stated(&own.end);
    let unread = footer || SAYS.unread.stated(&own.beginning);
    (unread && !setting.ours && form_author(message).is_none())
        .then(|| (Class::Notification, "it says that nobody reads answers to it".to_owned()))
}

/// What a subject says of its mail.
struct Subject {
    /// It is named an automatic answer.
    is_label: bool,
    /// It names what it answers, after a colon.
    names_another: bool,
    /// It begins as automatic answers do.
    says_away: bool,
    /// It has the number of a ticket.
    is_numbered: bool,
}

impl Subject {
    fn of(subject: &str) -> Self {
        let subject = untagged(subject);
        let reply = thread::base_subject(subject).is_reply;
        let (head, rest) = subject.split_once([':', '：']).unwrap_or((subject, ""));
        let (head, whole) = (Plain::of(head, BEGINNING), Plain::of(subject, BEGINNING));
        Self {
            is_label: !reply && SAYS.label.are(&head),
            names_another: !rest.trim().is_empty(),
            says_away: !reply && (SAYS.away.begin(&whole) || SAYS.label.begin(&whole)),
            is_numbered: subject.contains('#') && subject.contains(|c: char| c.is_ascii_digit()),
        }
    }
}

/// A subject without what lists and mail gateways put in front of it.
fn untagged(subject: &str) -> &str {
    const MOST_TAGS: usize = 4;
    let mut rest = subject.trim_start();
    for _ in 0..MOST_TAGS {
        let tag = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let Some((_, after)) = tag.filter(|(_, after)| !after.trim().is_empty()) else { break };
        rest = after.trim_start();
    }
    rest
}
