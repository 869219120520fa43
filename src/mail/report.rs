//! What a delivery report or a read receipt says.
//!
//! RFC 3464 and RFC 8098 where a mail follows them; the marks and words of
//! older mail servers where it does not. Whether a report is to be believed is
//! asked elsewhere.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::pattern;

use super::header;
use super::parse::{Message, Outcome, Report};
use crate::domain::ids::MessageId;

/// How many recipients of one report are kept.
const MOST_RECIPIENTS: usize = 100;

static DAEMON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^(mailer[-_.\ ]?daemon|mail[-_.\ ]?(deliver(y|er)?|daemon)[-_.\ a-z]*|m?daemon
            |system\ administrator|[a-z]+mail\ system|postmaster|mmdf|mailer
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

/// A receipt: whatever its disposition, somebody's program handled the mail.
pub(super) fn from_disposition(disposition: &str) -> Report {
    Report { outcome: Outcome::Displayed, ..from_status(disposition) }
}

/// A report in prose, from a server that knows no better: told by its sender
/// together with its subject, or by `X-Failed-Recipients`.
pub(super) fn from_prose(message: &Message) -> Option<Report> {
    let failed = message.header("x-failed-recipients");
    let daemon = is_from_daemon(message) && is_undelivered(message);
    let returned = RETURNED.is_match(&message.subject) && holds_a_mail(message);
    if failed.is_none() && !daemon && !returned && !is_from_mailer_daemon(message) {
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

/// Whether the sender is a mail server.
pub(super) fn is_from_daemon(message: &Message) -> bool {
    let named = |text: &str| DAEMON.is_match(text.trim());
    match &message.from {
        Some(from) => named(from.address.local_part()) || named(&from.name),
        // An empty or broken From with an empty return path is a server's too.
        None => message
            .header("from")
            .is_some_and(|from| from.split(['@', '<', '>', '"', '(', ')']).any(named)),
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
    let empty_return =
        message.header("return-path").is_some_and(|path| path.split_whitespace().eq(["<>"]));
    UNDELIVERED.is_match(&message.subject)
        || empty_return && !message.subject.to_lowercase().starts_with("re:")
}

/// The first Message-ID that a quoted head in `text` names.
pub(super) fn original_in(text: &str) -> Option<MessageId> {
    let found = ORIGINAL.captures(text)?;
    MessageId::parse(found.get(1)?.as_str())
}

fn word(value: &str) -> &str {
    value.split([' ', ';', '(', '\t']).next().unwrap_or("")
}
