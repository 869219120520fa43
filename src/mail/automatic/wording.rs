//! What a machine says of itself in its own words, in the languages of
//! `config/languages/`: sections `[automatic]`, `[notice]` and `[mailing]`.
//!
//! Exchange, Notes and the rules of Outlook write no header that would tell.
//! Then subject and first lines do, and only together: who writes *about* an
//! absence asks, or begins with "Re:". What stands in a quotation or in a mail
//! that is passed on is not said by its sender.

use std::cell::OnceCell;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::sender::form_author;
use super::{Class, Found, Setting, found};
use crate::mail::languages;
use crate::mail::parse::Message;
use crate::mail::pattern::pattern;
use crate::mail::phrase::{Phrases, Plain};
use crate::mail::wording::CLOSING;
use crate::mail::{html, line, thread, visible};

/// How many characters of a mail's beginning say what it is.
const BEGINNING: usize = 1500;
/// How many characters of its end tell how to leave a list.
const END: usize = 3000;
/// How many characters the words of a link may have.
const LONGEST_LINK: usize = 60;
/// Mail to many is longer than this, in bytes.
const LETTER: usize = 300;
/// A line or two are no longer than this.
const LINES: usize = 100;
/// How many words a sentence may have that tells nothing.
const GREETING: usize = 3;
/// How many words a salutation may have on its line.
const SALUTATION: usize = 7;
/// How many lines may stand below "Regards".
const MOST_BELOW: usize = 6;
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
    desk: Vec<String>,
    person: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Notice {
    unread: Vec<String>,
    begins: Vec<String>,
    answered: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    refused: Vec<String>,
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
    desk: Phrases,
    person: Phrases,
    unread: Phrases,
    unread_begins: Phrases,
    answered: Phrases,
    refused: Phrases,
    leave: Phrases,
    link: Phrases,
}

static SAYS: LazyLock<Says> = LazyLock::new(|| {
    let automatic = languages::section::<Automatic>("automatic");
    let notice = languages::section::<Notice>("notice");
    let calendar = languages::section::<Calendar>("calendar");
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
        desk: all(&automatic, |section| &section.desk),
        person: all(&automatic, |section| &section.person),
        unread: all(&notice, |section| &section.unread),
        unread_begins: all(&notice, |section| &section.begins),
        answered: all(&notice, |section| &section.answered),
        refused: all(&calendar, |section| &section.refused),
        leave: all(&mailing, |section| &section.leave),
        link: all(&mailing, |section| &section.link),
    }
});

fn all<T>(sections: &[(&'static str, T)], of: impl Fn(&T) -> &Vec<String>) -> Phrases {
    Phrases::of(sections.iter().flat_map(|(_, section)| of(section)).map(String::as_str))
}

/// The part of a mail that its sender wrote, made plain.
pub(in crate::mail) struct Own<'a> {
    message: &'a Message,
    written: String,
    beginning: Plain,
    passes_on: bool,
    ending: OnceCell<Ending>,
}

/// How it ends.
struct Ending {
    text: Plain,
    offers_to_leave: bool,
}

impl<'a> Own<'a> {
    /// Of a mail and its visible text.
    pub(in crate::mail) fn of(message: &'a Message, visible: &str) -> Self {
        let lines: Vec<&str> = visible.lines().collect();
        let begins_another =
            |class: &line::Class| matches!(class, line::Class::Forward | line::Class::Original);
        let end = line::classes(&lines).iter().position(begins_another);
        let written = lines.get(..end.unwrap_or(lines.len())).unwrap_or_default();
        let written = unquoted(&visible::own_words(&written.join("\n")));
        let beginning = Plain::of(&written, BEGINNING);
        let passes_on = end.is_some();
        Self { message, written, beginning, passes_on, ending: OnceCell::new() }
    }

    /// Whether it tells how to leave a list.
    pub(in crate::mail) fn offers_to_leave(&self) -> bool {
        SAYS.leave.stated(&self.beginning) || self.ending().offers_to_leave
    }

    /// Whether it is as long as mail to many is, and says more than how to leave, what stands
    /// below a closing and what lawyers want said: below a line or two that is what a firm
    /// has under all its mails.
    pub(in crate::mail) fn is_letter(&self) -> bool {
        let lines: Vec<&str> = self.written.lines().collect();
        let closing = lines.iter().rposition(|line| CLOSING.is_match(line));
        let above = lines.get(..closing.unwrap_or(lines.len())).unwrap_or_default().join("\n");
        let leaves = |text: &&str| SAYS.leave.stated(&Plain::of(text, BEGINNING));
        let paragraphs = above.split("\n\n").filter(|text| !leaves(text));
        let letter = visible::visible_text(&paragraphs.collect::<Vec<_>>().join("\n\n"));
        self.written.len() > LETTER && letter.len() > LINES
    }

    /// Whether a help desk says what became of a request, or wants to be rated.
    pub(super) fn is_of_the_desk(&self) -> bool {
        self.beginning.sentences().any(|sentence| SAYS.desk.stated(&sentence))
    }

    /// Whether it asks or closes as people do: a machine's "please" stands alone.
    pub(super) fn is_of_a_person(&self) -> bool {
        let closes = || self.written.lines().any(|line| CLOSING.is_match(line));
        self.beginning.asks() || self.states(&SAYS.person) || closes()
    }

    fn states(&self, phrases: &Phrases) -> bool {
        phrases.stated(&self.beginning)
    }

    /// Whether it is short, and each sentence of more than a greeting tells of an
    /// absence or a receipt: until when, who helps, that a machine says so.
    fn says_nothing_else(&self) -> bool {
        let told =
            [&SAYS.absent, &SAYS.back, &SAYS.instead, &SAYS.robot, &SAYS.later, &SAYS.received];
        let is_told = |sentence: Plain| {
            sentence.words() <= GREETING || told.iter().any(|phrases| phrases.stated(&sentence))
        };
        let said = Plain::of(&without_courtesy(&self.written), BEGINNING);
        said.words() <= MOST_WORDS && said.sentences().all(is_told)
    }

    fn ending(&self) -> &Ending {
        self.ending.get_or_init(|| {
            let text =
                if self.passes_on { tail(&self.written).to_owned() } else { footer(self.message) };
            let is_link = |piece| SAYS.link.are(&Plain::of(piece, LONGEST_LINK));
            let links = text.split(is_edge).any(is_link);
            let text = Plain::of(&text, 2 * END);
            Ending { offers_to_leave: links || SAYS.leave.stated(&text), text }
        })
    }
}

/// How a mail ends: there may stand what a signature's mark cut off, and what a
/// page tells but not the plain text beside it.
fn footer(message: &Message) -> String {
    let links_apart =
        |page| html::text(&tail(page).replace("<a ", "|<a ").replace("</a>", "</a>|"));
    let page = message.html.as_deref().map(links_apart).unwrap_or_default();
    unquoted(&format!("{}\n\n{}", tail(&message.text), tail(&page)))
}

/// A text without what it says that somebody else says: who writes about "you are
/// subscribed to …" has not sent it.
fn unquoted(text: &str) -> String {
    SAID.replace_all(text, " ").into_owned()
}

/// Some words between quotation marks.
static SAID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#""[^"]{1,200}"|[“„][^”“„]{1,200}[”“]|«[^«»]{1,200}»"#));

/// A text without its first line, where that greets, and without what stands below its
/// closing.
fn without_courtesy(text: &str) -> String {
    let mut lines: Vec<&str> = text.trim().lines().collect();
    let closing = lines.iter().rposition(|line| CLOSING.is_match(line));
    if let Some(at) = closing.filter(|at| lines.len() - at <= MOST_BELOW) {
        lines.truncate(at);
    }
    let greets = |line: &&str| {
        line.trim_end().ends_with([',', ':', '!']) && line.split_whitespace().count() <= SALUTATION
    };
    let greeting = usize::from(lines.first().is_some_and(greets));
    lines.get(greeting..).unwrap_or_default().join("\n")
}

fn tail(text: &str) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(END))..).unwrap_or_default()
}

/// Between the links at the end of a page.
fn is_edge(c: char) -> bool {
    "\n|•·[]<>()".contains(c)
}

/// An automatic answer without any header that says so.
pub(super) fn auto_reply(message: &Message, own: &Own<'_>, setting: Setting) -> Found {
    let says = |phrases| own.states(phrases);
    let subject = Subject::of(&message.subject);
    let named = subject.begins == Begins::Label;
    let like_one = subject.begins != Begins::Otherwise;
    let empty = own.beginning.words() == 0;
    let quiet = message.header("x-auto-response-suppress").is_some() || empty;
    let asks = own.beginning.asks();
    let robot = says(&SAYS.robot);
    let more = says(&SAYS.back) || says(&SAYS.instead);
    let away = says(&SAYS.absent) || robot || subject.is_absence && more;
    let told = away || more || subject.names_another || says(&SAYS.received);
    if named && (quiet || robot || setting.answers || told && !asks) {
        return found(Class::AutoReply, "it is an automatic answer, by the name in its subject");
    }
    if robot && (setting.answers || says(&SAYS.received) || like_one) {
        return found(Class::AutoReply, "it says itself that it is an automatic answer");
    }
    if like_one && !asks && (quiet || away && own.says_nothing_else()) {
        let reason = "it is an automatic answer, by its subject and first lines";
        return found(Class::AutoReply, reason);
    }
    if setting.ours || asks || !own.says_nothing_else() {
        return None;
    }
    let (absent, back, instead) = (says(&SAYS.absent), says(&SAYS.back), says(&SAYS.instead));
    let whole = absent && back && (instead || says(&SAYS.later)) || quiet && absent && more;
    if whole && setting.answers {
        return found(Class::AutoReply, "it only says that its writer is away");
    }
    let confirms = subject.is_receipt || setting.answers || like_one;
    if confirms && says(&SAYS.received) && says(&SAYS.later) {
        return found(Class::AutoReply, "it only says that a mail was received");
    }
    None
}

/// A service that says that it wants no answer, and not whom an answer reaches.
pub(super) fn notice(message: &Message, own: &Own<'_>, setting: Setting) -> Found {
    let says = |text: &Plain| {
        let begins = || text.sentences().any(|sentence| SAYS.unread_begins.begin(&sentence));
        (SAYS.unread.stated(text) || begins()) && !SAYS.answered.stated(text)
    };
    let unread = !setting.answers && says(&own.ending().text) || says(&own.beginning);
    (unread && !setting.ours && form_author(message).is_none())
        .then(|| (Class::Notification, "it says that nobody reads answers to it".to_owned()))
}

/// Whether a calendar program says in the subject that somebody will not, or may not, come.
pub(super) fn refuses(message: &Message) -> bool {
    let (label, _) = message.subject.split_once([':', '：']).unwrap_or_default();
    SAYS.refused.are(&Plain::of(label, BEGINNING))
}

/// How a subject begins.
#[derive(PartialEq, Eq)]
enum Begins {
    /// It is named an automatic answer.
    Label,
    /// As automatic answers do, and some people.
    Away,
    /// As any other, or as an answer.
    Otherwise,
}

/// What a subject says of its mail.
struct Subject {
    /// What its beginning says.
    begins: Begins,
    /// It names what it answers, after a colon.
    names_another: bool,
    /// It says that its writer is away.
    is_absence: bool,
    /// It has the number of a ticket, or says that something was received.
    is_receipt: bool,
}

impl Subject {
    fn of(whole_subject: &str) -> Self {
        let subject = thread::untagged(whole_subject);
        let reply = thread::base_subject(subject).is_reply;
        let (head, rest) = subject.split_once([':', '：']).unwrap_or((subject, ""));
        let (head, whole) = (Plain::of(head, BEGINNING), Plain::of(subject, BEGINNING));
        let begins = match reply {
            false if SAYS.label.are(&head) => Begins::Label,
            false if SAYS.away.begin(&whole) || SAYS.label.begin(&whole) => Begins::Away,
            _ => Begins::Otherwise,
        };
        Self {
            begins,
            names_another: !rest.trim().is_empty(),
            is_absence: SAYS.absent.stated(&whole),
            is_receipt: SAYS.received.stated(&Plain::of(whole_subject, BEGINNING))
                || is_numbered(whole_subject),
        }
    }
}

/// Whether it has a number as tickets have: `#7`, `SUP-7`, or of some length.
fn is_numbered(subject: &str) -> bool {
    let numbers = || subject.split(|c: char| !c.is_ascii_digit());
    let is_key = |word: &str| {
        let key = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).split_once('-');
        key.is_some_and(|(project, number)| {
            let of = |text: &str, is: fn(&char) -> bool| {
                !text.is_empty() && text.chars().all(|c| is(&c))
            };
            project.len() > 1
                && of(project, char::is_ascii_uppercase)
                && of(number, char::is_ascii_digit)
        })
    };
    numbers().any(|number| number.len() >= 5)
        || subject.contains('#') && numbers().any(|number| !number.is_empty())
        || subject.split_whitespace().any(is_key)
}
