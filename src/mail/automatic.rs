//! The marks of machine-written mail, strongest first, each with its reason.
//!
//! A mark says who *wrote* a mail. What only says who relayed it (`List-Id`,
//! `Precedence: bulk`) or who should not answer by machine
//! (`X-Auto-Response-Suppress`) is no mark alone. Delivery reports are looked
//! for before automatic answers, because Exim calls its reports auto-replied.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::pattern;

use super::bulk;
use super::parse::{Message, Outcome};
use super::visible;

/// The header by which owed knows its own mails.
pub const OWN_MARK: &str = "x-owed-case";

/// What sort of machine wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// owed itself.
    Own,
    /// A mail server, about a delivery.
    Bounce,
    /// A mail program, about a reading.
    Receipt,
    /// A calendar program.
    Calendar,
    /// An out-of-office or other automatic answer.
    AutoReply,
    /// List software.
    List,
    /// A sender of mail to many.
    Bulk,
    /// A service telling of an event.
    Notification,
    /// The mail system says that it is spam.
    Spam,
}

/// A mark that was found, and its reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What wrote the mail.
    pub class: Class,
    /// Why we think so.
    pub reason: String,
}

pub(super) type Found = Option<(Class, String)>;

/// The strongest mark of a machine on this mail, if it has any. Where a group in
/// front of our own address relayed it, the group's list headers are no marks.
pub fn automatic(message: &Message, group: bool) -> Option<Mark> {
    own(message)
        .or_else(|| reported(message))
        .or_else(|| spam(message))
        .or_else(|| calendar(message))
        .or_else(|| auto_reply(message))
        .or_else(|| auto_reply_by_words(message))
        .or_else(|| bulk::list_software(message))
        .or_else(|| bulk::bulk(message))
        .or_else(|| if group { None } else { bulk::bulk_by_list(message) })
        .or_else(|| notification(message))
        .or_else(|| bulk::bulk_by_words(message))
        .map(|(class, reason)| Mark { class, reason })
}

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
    const NAMES: [&str; 8] = [
        "list-id",
        "list-post",
        "x-beenthere",
        "mailing-list",
        "x-mailing-list",
        "x-loop-list",
        "x-mailman-version",
        "list-owner",
    ];
    let named = NAMES.into_iter().find(|name| message.header(name).is_some());
    let precedence = keyword(message, "precedence").is_some_and(|p| p == "list");
    let bulk = keyword(message, "precedence").is_some_and(|p| p == "bulk");
    let owner = message.sender.as_ref().is_some_and(|sender| {
        let local = sender.address.local_part();
        local.starts_with("owner-")
            || local.ends_with("-admin")
            || local.ends_with("-owner")
            || local.ends_with("-bounces")
            || local.contains("-bounces+")
    });
    named
        .or(precedence.then_some("precedence"))
        .or(owner.then_some("sender"))
        // `bulk` is what old list software writes; without any answer it may be anything.
        .or((bulk && is_answer(message)).then_some("precedence"))
}

/// Whether it answers another mail, by its headers.
pub fn is_answer(message: &Message) -> bool {
    !message.in_reply_to.is_empty()
        || !message.references.is_empty()
        || super::thread::base_subject(&message.subject).is_reply
}

/// Whether it is an emoji set under a mail (RFC 9078): a thanks at most.
pub fn is_reaction(message: &Message) -> bool {
    let disposed = message.header("content-disposition").unwrap_or("").to_lowercase();
    let part = |part: &String| part.starts_with("text/vnd.google.email-reaction");
    disposed.trim_start().starts_with("reaction") || message.parts.iter().any(part)
}

/// Whether it came from an address that nobody reads, by its name.
pub fn is_no_reply(local_part: &str) -> bool {
    NO_REPLY.is_match(local_part)
}

static NO_REPLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            (^|[._+-])(no|do-?_?not|dont|non|ne-?pas)[._-]?(reply|replies|respond|response
            |answer|repondre)($|[._+@-])|^(noreply|donotreply|nobody|keine-?antwort
            |nicht-?antworten)|^(notifications?|notify|alerts?|mailer|auto-?(mailer|confirm
            |mailsender)|automated|bounces?|daemon|robot|bot|rss\w*|cron|root|nagios|jenkins
            |bugzilla\S*|gitlab|jira|system)([._+-]|$)|^bounces?[+-]",
    )
});

#[expect(clippy::unnecessary_wraps, reason = "every caller answers with an Option")]
pub(super) fn found(class: Class, reason: impl Into<String>) -> Found {
    Some((class, reason.into()))
}

/// The first word of a header, in lower case: without parameters and comments.
pub(super) fn keyword(message: &Message, name: &str) -> Option<String> {
    let value = message.header(name)?;
    let word = value.split([';', '(', ',']).next().unwrap_or("").trim();
    Some(word.trim_matches('"').to_lowercase())
}

fn own(message: &Message) -> Found {
    message.header(OWN_MARK)?;
    found(Class::Own, "owed wrote it itself (X-Owed-Case)")
}

/// RFC 3464, RFC 8098, RFC 5965, RFC 8460 and the servers that know none.
fn reported(message: &Message) -> Found {
    let root = message.parts.first().map_or("", String::as_str);
    let root = if root.starts_with("multipart/report") { root } else { "" };
    let has = |kind: &str| message.parts.iter().any(|part| part.starts_with(kind));
    if root.ends_with("disposition-notification") || has("message/disposition-notification") {
        return found(Class::Receipt, "it is a read receipt (multipart/report)");
    }
    if root.ends_with("feedback-report") || has("message/feedback-report") {
        return found(Class::Notification, "it is an abuse report (multipart/report)");
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
        Outcome::Displayed => found(Class::Receipt, "it is a read receipt"),
        _ => found(Class::Bounce, "a mail server reports on a delivery (From and Subject)"),
    }
}

fn spam(message: &Message) -> Found {
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
/// proposal, or a request with a question typed beside it, is a person's.
fn calendar(message: &Message) -> Found {
    let part = message.parts.iter().find(|part| part.starts_with("text/calendar"))?;
    let method = part.split_once("method=").map_or("", |(_, method)| method);
    let typed = visible::visible(message).contains('?');
    match method.split(';').next().unwrap_or("").trim().trim_matches('"') {
        "reply" if !typed => found(Class::Calendar, "it is a calendar answer (method=REPLY)"),
        "request" if !typed => found(
            Class::Calendar,
            "it is a meeting request, to be answered in the calendar (method=REQUEST)",
        ),
        "cancel" => found(Class::Calendar, "it cancels a meeting (method=CANCEL)"),
        "publish" | "refresh" | "add" if !typed => {
            found(Class::Calendar, "it comes from a calendar program (text/calendar)")
        }
        _ => None,
    }
}

/// Headers that only automatic answers have. `Auto-Submitted` by RFC 3834, 5:
/// `no` is a person, and any keyword but `auto-generated` that we do not know
/// is automatic too.
fn auto_reply(message: &Message) -> Found {
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
    None
}

static AUTO_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^\s*(auto(mat(ic|ed))?[\ -]?(re(ply|sponse)|response)\b|auto:\s|autoreply
            |autosvar|automatisk\ svar|out[\ -]of[\ -](the[\ -])?office
            |[^:]{1,80}\ is\ (currently\ )?(out\ of\ (the\ )?office|away|on\ (vacation
            |holiday|leave))|(on|away\ on)\ (vacation|holiday|leave)\b|vacation\ (reply
            |message|notice|response)|away\ from\ (my\ )?(mail|office|desk)
            |automatische\ (antwort|nachricht|rückmeldung)|abwesen(heit|d)|autom\.?\ antwort
            |ich\ bin\ (nicht\ im\ büro|im\ urlaub)|réponse\ automatique|absence\ du\ bureau
            |absent\b.{0,30}|en\ congés?\b|respuesta\ automática|resposta\ automática
            |fuera\ de\ la?\ ?oficina|ausencia|ausente|ausência|risposta\ automatica
            |fuori\ (sede|ufficio)|assente\b|automatisch\ (antwoord|bericht)|afwezig(heid)?
            |niet\ aanwezig|frånvaro|fraværende|fravær|poissaolo|automaattinen\ vastaus
            |automatyczna\ odpowiedź|nieobecn|odpowiedź\ automatyczna|automatická\ odpověď
            |mimo\ kancelář|автоответ|автоматический\ ответ|自动回复|自動回覆|自動応答|自動返信|不在)",
    )
});

static ABSENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            out\ of\ (the\ |my\ )?office|(am|are|'m|will\ be|be)\ (currently\ )?(away
            |on\ (vacation|holiday|leave|annual|maternity|business)|out\ (of|from|until)
            |absent|travel|unavailable)|(limited|no|sporadic)\ access\ to\ (my\ )?(e-?mail)
            |(will\ )?return(ing)?\ (on|to\ the\ office|in|from)|back\ (in|on|at)\ 
            |automatic(ally)?\ (reply|generated|response)|auto-?(reply|response|responder)
            |no\ longer\ (work|with|employed|monitored)|has\ left\ the\ company
            |not\ (be\ )?(read|forwarded|in\ the\ office)|in\ urgent\ (cases|matters)
            |nicht\ (im\ büro|im\ hause|erreichbar|anwesend)|abwesen|urlaub
            |wieder\ (erreichbar|zurück|im\ büro)|automatische|absent|absence|congé
            |de\ retour|réponse\ automatique|fuera\ de\ la\ oficina|ausente|vacaciones
            |de\ vuelta|regres|fuori\ (sede|ufficio)|ferie|assen|rientr|afwezig|vakantie
            |terug|semester|fravær|ferie|tillbaka|urlop|nieobecn|в\ отпуске|отсутств|自动|自動
            |不在|休暇|thank\ you\ for\ (your|contacting)|received\ your\ (e-?mail|message)
            |vielen\ dank\ für\ (ihre|deine)|merci\ (de|pour)\ votre",
    )
});

/// Exchange, Notes and Outlook rules write no header: the subject's beginning
/// and the first lines say so together. A person who writes *about* such an
/// answer writes "Re: out of office".
fn auto_reply_by_words(message: &Message) -> Found {
    if !AUTO_SUBJECT.is_match(&message.subject) {
        return None;
    }
    let start: String = message.text.chars().take(1500).collect();
    if visible::visible(message).contains('?') {
        // Robots seldom ask; who writes of an absence and asks is a person.
        return None;
    }
    let suppress = message.header("x-auto-response-suppress").is_some();
    (ABSENCE.is_match(&start) || suppress || start.trim().is_empty()).then(|| {
        (Class::AutoReply, "it is an automatic answer, by its subject and first lines".into())
    })
}

pub(super) fn from_no_reply(message: &Message) -> bool {
    message.from.as_ref().is_some_and(|from| is_no_reply(from.address.local_part()))
}

/// Machines that tell of an event. A form on a web site that writes for a
/// person names that person in Reply-To.
fn notification(message: &Message) -> Found {
    let submitted = keyword(message, "auto-submitted").filter(|word| !word.is_empty());
    let forwarded = is_forwarded(message).is_some();
    if let Some(word) = submitted.filter(|word| word != "no" && !forwarded) {
        return found(Class::Notification, format!("a machine wrote it (Auto-Submitted: {word})"));
    }
    if message.header("x-amazon-mail-relay-type").is_some_and(|v| v.contains("notification")) {
        return found(Class::Notification, "a service wrote it (X-Amazon-Mail-Relay-Type)");
    }
    let rss = message.header("user-agent").is_some_and(|agent| agent.contains("rss2email"));
    if rss || message.header("x-rss-url").is_some() || message.header("x-rss-feed").is_some() {
        return found(Class::Notification, "a news feed wrote it");
    }
    let from = message.from.as_ref()?;
    if form_author(message).is_none() && is_no_reply(from.address.local_part()) {
        let reason = format!("nobody reads answers to {}", from.address);
        return found(Class::Notification, reason);
    }
    None
}

/// Who filled in the form on a web site that wrote this mail: the one Reply-To
/// of a sender that nobody reads. Vendors' automation keeps to its own domain.
pub fn form_author(message: &Message) -> Option<&crate::domain::ids::Party> {
    let from = message.from.as_ref()?;
    let [author] = message.reply_to.as_slice() else { return None };
    let machine = is_no_reply(from.address.local_part()) || is_form(from.address.local_part());
    let person = !is_no_reply(author.address.local_part());
    let elsewhere = author.address.domain() != from.address.domain();
    (machine && person && elsewhere).then_some(author)
}

fn is_form(local_part: &str) -> bool {
    const NAMES: [&str; 9] = [
        "web",
        "website",
        "webform",
        "www-data",
        "wordpress",
        "forms",
        "form",
        "webmaster",
        "contactform",
    ];
    NAMES.contains(&local_part) || local_part.starts_with("kontaktform")
}
