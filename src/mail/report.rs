//! What a delivery report or a read receipt says.
//!
//! RFC 3464 and RFC 8098 where a mail follows them; the marks and words of
//! older mail servers where it does not. Whether a report is to be believed is
//! asked elsewhere.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::header;
use super::languages;
use super::parse::{Message, Outcome, Report};
use super::pattern::pattern;
use super::phrase::{Phrases, Plain};
use super::thread;
use crate::domain::ids::MessageId;

/// How many recipients of one report are kept.
const MOST_RECIPIENTS: usize = 100;
/// How many characters of a mail's beginning say that it is a report.
const BEGINNING: usize = 1000;

/// The section `[delivery]` of a language file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Delivery {
    failed: Vec<String>,
    server: Vec<String>,
    read: Vec<String>,
    yours: Vec<String>,
}

static FAILED: LazyLock<Phrases> = LazyLock::new(|| phrases(|section| &section.failed));
static SERVER: LazyLock<Phrases> = LazyLock::new(|| phrases(|section| &section.server));
static READ: LazyLock<Phrases> = LazyLock::new(|| phrases(|section| &section.read));
static YOURS: LazyLock<Phrases> = LazyLock::new(|| phrases(|section| &section.yours));

fn phrases(of: impl Fn(&Delivery) -> &Vec<String>) -> Phrases {
    let sections = languages::section::<Delivery>("delivery");
    Phrases::of(sections.iter().flat_map(|(_, section)| of(section)).map(String::as_str))
}

static DAEMON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^(mailer[-_.\ ]?daemon|mail[-_.\ ]?(deliver(y|er)?|daemon)[-_.\ a-z]*|m?daemon
            |system\ administrator|[a-z]+mail\ system|post[-_]?master|mmdf|mailer
            |[a-z]*[\ ]?mail[\ ]?server
            |microsoftexchange[0-9a-f]+|bounce[sd]?|smtp[-_.]?daemon)$",
    )
});

static UNDELIVERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            undeliver|un-deliver|returned\ (mail|to\ sender|message)|(mail
            |message)\ returned|deliver[a-z]*\ +(status|fail|problem|error|report
            |notification|delayed|has\ been\ delayed)|(mail|message)\ (delivery
            |system)\ (fail|error|status|delayed)|(fail|failure|failed|delayed|error|unable
            |could\ not|cannot|can't|not)\ .{0,30}deliver|mail\ +(status\ report|failure
            |error|could\ not)|non[-]?delivery|\bNDN\b|\bDSN\b|failure\ notice
            |warning:?\ .{0,40}(could\ not|message|mail|delay)|user\ unknown|address\ (error
            |not\ found|unknown)|unknown\ (user|address|recipient)|nondeliverable
            |unzustellbar|zustellung|nicht\ zugestellt|non\ remis|échec|non\ recapitat
            |mancata\ consegna|no\ entregad|devuelto|não\ entregue|onbestelbaar|配信|不達|エラー|送信
            |退信|не\ доставлен|delivery\ to.{1,80}\ (failed|delayed)|message\ .{0,20}(delayed
            |not\ sent|undelivered|status)|postmaster\ notify|mail\ system\ error
            |mail\ failed|failed\ mail|mail\ error|processing\ error|rejected|bounce
            |transcript|permanent\ fatal\ errors|no\ such\ (user|mailbox)",
    )
});

/// Subjects that mail servers give a mail that they send back.
static RETURNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^\s*(mail\ delivery\ fail|delivery\ (failure|status\ notification)
            |undeliver(able|ed)|returned\ mail|failure\ notice
            |mail\ could\ not\ be\ delivered|mail\ system\ error)",
    )
});

static ORIGINAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?im)^[> \t]*(?:message-id|original-message-id):\s{0,4}<([^<>\s]{3,250})>")
});

static DELAYED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)delayed|\bdelay\b|warning|still (trying|being retried)|verzögert|retardé")
});

/// The fields of a machine-readable part.
pub(super) fn from_status(status: &str) -> Report {
    let mut report = Report { outcome: Outcome::Other, original: None, recipients: Vec::new() };
    let (mut recipient, mut group_failed) = (None, false);
    let lines = status.lines().chain([""]);
    for line in lines {
        if line.trim().is_empty() {
            if group_failed && report.recipients.len() < MOST_RECIPIENTS {
                report.recipients.extend(recipient.take());
            }
            (recipient, group_failed) = (None, false);
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "action" if word(value).eq_ignore_ascii_case("failed") => {
                group_failed = true;
                report.outcome = Outcome::Failed;
            }
            "final-recipient" | "original-recipient" => {
                let address = value.split_once(';').map_or(value, |(_, address)| address);
                recipient = Some(address.trim().trim_matches(['<', '>']).to_owned());
            }
            "original-message-id" => report.original = header::own_id(value),
            _ => {}
        }
    }
    report
}

/// A receipt: whatever its disposition, somebody's program handled the mail. But
/// what a filter deleted unread was refused, by RFC 5429, 2.1.2.
pub(super) fn from_disposition(disposition: &str) -> Report {
    let refused = disposition.lines().filter_map(|line| line.split_once(':')).any(|(name, how)| {
        let how = how.to_ascii_lowercase();
        name.trim().eq_ignore_ascii_case("disposition")
            && how.contains("automatic-action")
            && how.contains("deleted")
    });
    let outcome = if refused { Outcome::Failed } else { Outcome::Displayed };
    Report { outcome, ..from_status(disposition) }
}

/// What Amazon SES tells by a mail of SNS: one JSON object ("Amazon SNS
/// notification contents for Amazon SES", fields `notificationType`, `bounce`,
/// `mail`).
fn from_service(message: &Message) -> Option<Report> {
    message.header("x-amz-sns-message-id")?;
    // A line that was folded on its way is one line of the object all the same.
    let text: String = message.text.replace("!\n ", "").lines().take(1).collect();
    let told: serde_json::Value = serde_json::from_str(text.trim()).ok()?;
    let kind = told.get("notificationType").or_else(|| told.get("eventType"))?.as_str()?;
    let outcome = match kind {
        "Bounce" => Outcome::Failed,
        "Complaint" | "Delivery" | "DeliveryDelay" | "Reject" => Outcome::Other,
        _ => return None,
    };
    let list = told.pointer("/bounce/bouncedRecipients").and_then(serde_json::Value::as_array);
    let address = |entry: &serde_json::Value| Some(entry.get("emailAddress")?.as_str()?.to_owned());
    let original = told.pointer("/mail/commonHeaders/messageId").and_then(|id| id.as_str());
    Some(Report {
        outcome,
        original: original.and_then(header::own_id),
        recipients: list.into_iter().flatten().filter_map(address).take(MOST_RECIPIENTS).collect(),
    })
}

/// A report in prose, from a server that knows no better: told by two of its
/// sender, its subject and its first words, or by `X-Failed-Recipients`.
pub(super) fn from_prose(message: &Message) -> Option<Report> {
    from_service(message)
        .or_else(|| from_certified(message))
        .or_else(|| from_words(message))
        .or_else(|| from_reader(message))
}

/// What Italian certified mail tells of a mail (RFC 6109, 4.3.1 and 4.4).
fn from_certified(message: &Message) -> Option<Report> {
    let outcome = match message.header("x-ricevuta")?.trim().to_ascii_lowercase().as_str() {
        "errore-consegna" | "non-accettazione" | "rilevazione-virus" => Outcome::Failed,
        "preavviso-errore-consegna" => Outcome::Other,
        _ => Outcome::Displayed,
    };
    let original = message.header("x-riferimento-message-id").and_then(header::own_id);
    Some(Report { outcome, original, recipients: Vec::new() })
}

/// A read receipt whose machine-readable part a gateway took out: what Outlook says, by
/// its subject ("Read: …") and its first line ("Your message").
fn from_reader(message: &Message) -> Option<Report> {
    let (label, _) = message.subject.split_once([':', '：'])?;
    let first = message.text.lines().find(|line| !line.trim().is_empty())?;
    let is = |phrases: &Phrases, text| phrases.are(&Plain::of(text, BEGINNING));
    (is(&READ, label) && is(&YOURS, first)).then(|| Report {
        outcome: Outcome::Displayed,
        original: None,
        recipients: Vec::new(),
    })
}

fn from_words(message: &Message) -> Option<Report> {
    let failed = message.header("x-failed-recipients");
    let daemon = is_from_daemon(message) && is_undelivered(message);
    // Who asks about a mail that came back may send it along.
    let asks = || Plain::of(&message.text, BEGINNING).asks();
    let returned = RETURNED.is_match(&message.subject) && holds_a_mail(message) && !asks();
    let known = failed.is_some() || daemon || returned || is_from_mailer_daemon(message);
    if !known && !says_undelivered(message) {
        return None;
    }
    let split = |list: &str| list.split(',').map(|r| r.trim().to_owned()).collect();
    let delayed = DELAYED.is_match(&message.subject);
    Some(Report {
        outcome: if delayed { Outcome::Other } else { Outcome::Failed },
        original: original_in(&message.text),
        recipients: failed.map(split).unwrap_or_default(),
    })
}

/// Whether its words say that a mail was not delivered, and something else does:
/// its sender, or, where nobody speaks before them or a server names itself, its
/// subject.
fn says_undelivered(message: &Message) -> bool {
    let words = message.text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let text = Plain::of(words, BEGINNING);
    let passed_on = message.subject.trim_start().to_lowercase().starts_with("fw");
    let first = !passed_on && !thread::base_subject(&message.subject).is_reply;
    let named = first && SERVER.stated(&text);
    let server = is_from_daemon(message) || returns_to_nobody(message);
    server && FAILED.stated(&text)
        || UNDELIVERED.is_match(&message.subject) && (named || FAILED.begin(&text))
}

/// Whether the sender is a mail server.
fn is_from_daemon(message: &Message) -> bool {
    let named = |text: &str| DAEMON.is_match(text.trim());
    match &message.from {
        // A broken address may have more than one `@`, or a backslash.
        Some(from) => from.address.local_part().split(['@', '\\']).any(named) || named(&from.name),
        // An empty or broken From with an empty return path is a server's too.
        None => message
            .header("from")
            .is_some_and(|from| from.split(['@', '<', '>', '"', '(', ')', '\\']).any(named)),
    }
}

/// No person writes under this name, whatever the subject.
fn is_from_mailer_daemon(message: &Message) -> bool {
    let from = message.from.as_ref().map_or("", |from| from.address.local_part());
    from.eq_ignore_ascii_case("mailer-daemon")
}

fn holds_a_mail(message: &Message) -> bool {
    message.parts.iter().any(|part| part.starts_with("message/") || part == "text/rfc822-headers")
}

fn is_undelivered(message: &Message) -> bool {
    UNDELIVERED.is_match(&message.subject)
        || returns_to_nobody(message) && !message.subject.to_lowercase().starts_with("re:")
}

/// RFC 5321, 4.5.5: what tells of a delivery has no return path.
fn returns_to_nobody(message: &Message) -> bool {
    message.header("return-path").is_some_and(|path| path.split_whitespace().eq(["<>"]))
}

/// The first Message-ID that a quoted head in `text` names.
pub(super) fn original_in(text: &str) -> Option<MessageId> {
    let found = ORIGINAL.captures(text)?;
    MessageId::parse(found.get(1)?.as_str())
}

fn word(value: &str) -> &str {
    value.split([' ', ';', '(', '\t']).next().unwrap_or("")
}
