//! Headers that only machines write, and headers that say what relayed a mail.

use super::sender::is_no_reply;
use super::{Class, Found, OWN_MARK, found, wording};
use crate::domain::ids::Party;
use crate::mail::parse::{Message, Outcome};
use crate::mail::phrase::Plain;
use crate::mail::{thread, visible};

/// How many characters of a note beside a calendar's part are looked at.
const LONGEST_NOTE: usize = 4000;

/// Whether a forwarding rule passed it on: then `auto-generated` speaks of the
/// rule, not of the writer.
pub fn is_forwarded(message: &Message) -> Option<&'static str> {
    const NAMES: [&str; 5] =
        ["resent-from", "resent-to", "x-forwarded-for", "x-forwarded-to", "resent-date"];
    let agent = message.header("x-ms-exchange-generated-message-source");
    if agent.is_some_and(|agent| agent.to_lowercase().contains("mailbox rules agent")) {
        return Some("X-MS-Exchange-Generated-Message-Source");
    }
    if keyword(message, "auto-submitted") == Some("auto-forwarded".to_owned()) {
        return Some("Auto-Submitted: auto-forwarded");
    }
    NAMES.into_iter().find(|name| message.header(name).is_some())
}

/// The header that says a mailing list or group relayed it.
pub fn list_header(message: &Message) -> Option<&'static str> {
    const NAMES: [&str; 4] = ["list-id", "list-post", "x-loop-list", "list-owner"];
    let named = NAMES.into_iter().find(|name| message.header(name).is_some());
    let precedence = |word: &str| keyword(message, "precedence").is_some_and(|p| p == word);
    named
        .or_else(|| discussion_header(message))
        .or(precedence("list").then_some("precedence"))
        // `bulk` is what old list software writes; without any answer it may be anything.
        .or((precedence("bulk") && is_answer(message)).then_some("precedence"))
}

/// Whether it came through a list on which people discuss: one that says where
/// to post (RFC 2369, 3.4), or that older list software runs.
pub(in crate::mail) fn is_discussion(message: &Message) -> bool {
    let post = message.header("list-post");
    post.is_some_and(|post| post.to_lowercase().contains("mailto:"))
        || discussion_header(message).is_some()
}

/// The header of list software (Mailman, ezmlm, Yahoo Groups, Majordomo, Ecartis)
/// that keeps the author in From. Majordomo and Mailman 2 name the list in Sender.
fn discussion_header(message: &Message) -> Option<&'static str> {
    const NAMES: [&str; 8] = [
        "x-beenthere",
        // fml.
        "x-ml-name",
        "mailing-list",
        "x-mailing-list",
        "x-mailman-version",
        "x-majordomo",
        "x-ecartis-version",
        "x-list-name",
    ];
    let named = NAMES.into_iter().find(|name| message.header(name).is_some());
    named.or_else(|| {
        let local = message.sender.as_ref()?.address.local_part();
        let owner = local.starts_with("owner-")
            || ["-admin", "-owner", "-bounces", "-bounce"].iter().any(|end| local.ends_with(end))
            || local.contains("-bounces+");
        (owner || answers_go_to_list(message)).then_some("sender")
    })
}

/// Whether who wrote it is another than who sent it, and it was sent by, and
/// answers go to, the very address that it was written to.
fn answers_go_to_list(message: &Message) -> bool {
    let is_to = |party: &Party| message.to.iter().any(|to| to.address == party.address);
    let is_from =
        |party: &Party| message.from.as_ref().is_some_and(|from| from.address == party.address);
    let list = |party: &Party| is_to(party) && !is_from(party);
    message.sender.as_ref().is_some_and(list) && message.reply_to.iter().any(list)
}

/// Whether it answers another mail, by its headers.
pub fn is_answer(message: &Message) -> bool {
    !message.in_reply_to.is_empty()
        || !message.references.is_empty()
        || thread::base_subject(&message.subject).is_reply
}

/// Whether it is an emoji set under a mail (RFC 9078): a thanks at most.
pub fn is_reaction(message: &Message) -> bool {
    let disposed = message.header("content-disposition").unwrap_or("").to_lowercase();
    let part = |part: &String| part.starts_with("text/vnd.google.email-reaction");
    disposed.trim_start().starts_with("reaction") || message.parts.iter().any(part)
}

/// The first word of a header, in lower case: without parameters and comments.
pub(in crate::mail) fn keyword(message: &Message, name: &str) -> Option<String> {
    let value = message.header(name)?;
    let word = value.split([';', '(', ',']).next().unwrap_or("").trim();
    Some(word.trim_matches('"').to_lowercase())
}

pub(super) fn own(message: &Message) -> Found {
    message.header(OWN_MARK)?;
    found(Class::Own, "owed wrote it itself (X-Owed-Case)")
}

/// RFC 3464, RFC 8098, RFC 5965, RFC 8460 and the servers that know none.
pub(super) fn reported(message: &Message) -> Found {
    let root = message.parts.first().map_or("", String::as_str);
    let root = if root.starts_with("multipart/report") { root } else { "" };
    let has = |kind: &str| message.parts.iter().any(|part| part.starts_with(kind));
    let refused = message.report.as_ref().is_some_and(|report| report.outcome == Outcome::Failed);
    if root.ends_with("disposition-notification") || has("message/disposition-notification") {
        if refused {
            return found(Class::Bounce, "a filter refused a mail (RFC 5429)");
        }
        return found(Class::Receipt, "it is a read receipt (multipart/report)");
    }
    if root.ends_with("feedback-report") || has("message/feedback-report") {
        return found(Class::Notification, "it is an abuse report (multipart/report)");
    }
    // RFC 7489, 7.2.1.1.
    if message.subject.starts_with("Report Domain: ") && message.subject.contains("Submitter: ") {
        return found(Class::Notification, "it is a DMARC report (Subject)");
    }
    let complaint = message.subject.trim_start().starts_with("complaint about message from");
    if complaint && has("message/rfc822") {
        return found(Class::Notification, "it is an abuse report (Subject)");
    }
    if root.ends_with("tlsrpt") || has("application/tlsrpt") {
        return found(Class::Notification, "it is a TLS report (multipart/report)");
    }
    if root.ends_with("delivery-status") || has("message/delivery-status") {
        return found(Class::Bounce, "it is a delivery report (multipart/report)");
    }
    if message.header("x-failed-recipients").is_some() {
        return found(Class::Bounce, "it is a delivery report (X-Failed-Recipients)");
    }
    let report = message.report.as_ref()?;
    match report.outcome {
        Outcome::Displayed => found(Class::Receipt, "it is a receipt for a mail"),
        _ => found(Class::Bounce, "a mail server reports on a delivery, by its sender and words"),
    }
}

pub(super) fn spam(message: &Message) -> Found {
    const FLAGS: [&str; 5] =
        ["x-spam-flag", "x-spam-status", "x-spam", "x-spam-flagged", "x-bogosity"];
    for name in FLAGS {
        let said = message.header(name).unwrap_or("").to_lowercase();
        if said.starts_with("yes") || said.starts_with("spam") || said.starts_with("true") {
            return found(Class::Spam, format!("the mail system marked it as spam ({name})"));
        }
    }
    let level = message.header("x-ms-exchange-organization-scl")?;
    let level: i32 = level.trim().parse().ok()?;
    (level >= 5).then(|| {
        (Class::Spam, "the mail system marked it as spam (X-MS-Exchange-Organization-SCL)".into())
    })
}

/// RFC 6047: a request wants an answer by calendar, not by mail; a counter
/// proposal, a request with a question typed beside it, or a refusal with a word why, is
/// a person's.
pub(super) fn calendar(message: &Message) -> Found {
    let part = message.parts.iter().find(|part| part.starts_with("text/calendar"));
    let typed = Typed::of(message);
    let Some(part) = part else {
        // What is left where a gateway took the calendar's part out (MS-OXCMAIL, 2.2.3.2.2).
        let class = message.header("content-class").unwrap_or_default();
        let meeting = class.eq_ignore_ascii_case("urn:content-classes:calendarmessage");
        return if meeting && typed == Typed::Nothing {
            found(Class::Calendar, "it comes from a calendar program (Content-Class)")
        } else {
            None
        };
    };
    let method = part.split_once("method=").map_or("", |(_, method)| method);
    let reason = match method.split(';').next().unwrap_or("").trim().trim_matches('"') {
        _ if typed == Typed::Question => return None,
        "reply" if typed == Typed::Words && wording::refuses(message) => return None,
        "reply" => "it is a calendar answer (method=REPLY)",
        "request" => "it is a meeting request, to be answered in the calendar (method=REQUEST)",
        "cancel" => "it cancels a meeting (method=CANCEL)",
        "publish" | "refresh" | "add" => "it comes from a calendar program (text/calendar)",
        _ => return None,
    };
    found(Class::Calendar, reason)
}

/// What somebody typed beside what a calendar program says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typed {
    Question,
    Words,
    Nothing,
}

impl Typed {
    fn of(message: &Message) -> Self {
        // How to join by video stands below a rule of the program's own.
        let is_rule = |line: &str| line.starts_with("-::~") || line.starts_with(&"_".repeat(20));
        let lines: Vec<&str> = message.text.lines().take_while(|l| !is_rule(l.trim())).collect();
        let typed = visible::own_words(&visible::visible_text(&lines.join("\n")));
        let plain = Plain::of(&typed.replace(['"', '“', '”'], " "), LONGEST_NOTE);
        let program = message.sender.as_ref().is_some_and(|s| is_no_reply(s.address.local_part()))
            || message.header("auto-submitted").is_some();
        // Programs speak of who answers by their name.
        let name = message.from.as_ref().map_or("", |from| from.name.as_str());
        let spoken_of = !name.is_empty() && typed.trim_start().starts_with(name);
        match plain.words() {
            _ if plain.asks() => Self::Question,
            0 => Self::Nothing,
            _ if program || spoken_of => Self::Nothing,
            _ => Self::Words,
        }
    }
}

/// Headers that only automatic answers have. `Auto-Submitted` by RFC 3834, 5:
/// `no` is a person, and any keyword but `auto-generated` that we do not know
/// is automatic too.
pub(super) fn auto_reply(message: &Message) -> Found {
    const VALUES: [(&str, &str); 10] = [
        ("precedence", "auto_reply"),
        ("precedence", "auto-reply"),
        ("x-precedence", "auto_reply"),
        ("x-autogenerated", "reply"),
        ("x-post-messageclass", "autoresponder"),
        ("x-fc-machinegenerated", "true"),
        ("delivered-to", "autoresponder"),
        ("content-identifier", "auto-replied"),
        ("x400-content-identifier", "auto reply"),
        ("x-apple-action", "vacation"),
    ];
    const ALONE: [&str; 12] = [
        "x-autoreply",
        "x-auto-reply",
        "x-autorespond",
        "x-autoresponder",
        "x-autoresponse",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-amazon-auto-reply",
        "x-autoresponse-id",
        "x-vacation",
        "x-auto-reply-from",
        "x-autoreply-domain",
    ];
    let reason = |header: &str| format!("it is an automatic answer ({header})");
    if keyword(message, "auto-submitted").is_some_and(|word| word == "auto-replied") {
        return found(Class::AutoReply, reason("Auto-Submitted: auto-replied"));
    }
    let no = |value: &str| ["no", "false", "0"].contains(&value.trim().to_lowercase().as_str());
    if let Some(name) = ALONE.into_iter().find(|n| message.header(n).is_some_and(|v| !no(v))) {
        return found(Class::AutoReply, reason(name));
    }
    let says = |name: &str, words: &str| {
        message.headers_called(name).any(|value| value.to_lowercase().contains(words))
    };
    if let Some((name, _)) = VALUES.into_iter().find(|(name, words)| says(name, words)) {
        return found(Class::AutoReply, reason(name));
    }
    let suppressed = keyword(message, "x-auto-response-suppress").is_some_and(|w| w == "all");
    if suppressed && message.header("x-ms-exchange-inbox-rules-loop").is_some() {
        return found(Class::AutoReply, reason("X-MS-Exchange-Inbox-Rules-Loop"));
    }
    // The vacation recipe of procmailex(5).
    let junk = keyword(message, "precedence").is_some_and(|word| word == "junk");
    if junk && message.header("x-loop").is_some() && is_answer(message) {
        return found(Class::AutoReply, reason("Precedence: junk, X-Loop"));
    }
    None
}
