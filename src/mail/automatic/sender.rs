//! What a sender's address says: that nobody reads answers to it, or that a form
//! on a web site wrote for somebody else.

use std::sync::LazyLock;

use regex::Regex;

use super::header::{is_forwarded, keyword};
use super::{Class, Found, Own, Setting, found};
use crate::domain::ids::Party;
use crate::mail::parse::Message;
use crate::mail::pattern::pattern;
use crate::mail::trust::is_aligned;
use crate::mail::wording::REPLY_ABOVE;

/// Within how many lines a help desk says where answers go.
const FIRST_LINES: usize = 3;

/// Whether it came from an address that nobody reads, by its name.
pub fn is_no_reply(local_part: &str) -> bool {
    NO_REPLY.is_match(local_part)
}

static NO_REPLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            (^|[._+-])(no|do-?_?not|dont|non|ne-?pas)[._-]?(reply|replies|respond|response
            |answer|repondre)($|[._+@-])|^(noreply|donotreply|nobody|keine-?antwort
            |nicht-?antworten)|^(notify|mailer|auto-?(mailer|confirm
            |mailsender)|automated|bounces?|daemon|robot|bot|rss\w*|cron|root|nagios|icinga\d?
            |zabbix|grafana|logwatch|jenkins|bugzilla\S*|gitlab|gitea|forgejo|jira|system|backups?
            |quarantine|scanner|copier|monit|munin|smartd|fail2ban|logcheck|apticron
            |alertmanager)([._+-]|$)
            |(^|[._+-])(notifications?|alerts?)([._+-]|$)",
    )
});

/// What machines are called, and firms that deal in them, and people.
static ALSO_A_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(robot|bot|system|backups?|scanner|copier|quarantine|alert)$"));

/// Whether nobody reads answers to who sent it.
pub(in crate::mail) fn from_no_reply(message: &Message) -> bool {
    message.from.as_ref().is_some_and(|from| is_no_reply(from.address.local_part()))
}

/// Machines that tell of an event. A form on a web site that writes for a
/// person names that person in Reply-To; who answers under a name that a firm may have, too,
/// or asks as people do, is a person.
pub(super) fn notification(message: &Message, own: &Own<'_>, setting: Setting) -> Found {
    let submitted = keyword(message, "auto-submitted").filter(|word| !word.is_empty());
    let forwarded = is_forwarded(message).is_some();
    // What a calendar program says of itself, it does not say of what was typed beside it.
    let calendar = message.parts.iter().any(|part| part.starts_with("text/calendar"));
    // Nor does a help desk of who asks by it.
    let desk = || setting.asks && is_of_a_help_desk(message) && !own.is_of_the_desk();
    let submitted = submitted.filter(|word| word != "no" && !forwarded && !calendar);
    if let Some(word) = submitted.filter(|word| word != "auto-generated" || !desk()) {
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
    let local = from.address.local_part();
    let writes = || setting.answers || setting.asks && own.is_of_a_person();
    let person = ALSO_A_NAME.is_match(local) && writes();
    if form_author(message).is_none() && is_no_reply(local) && !person {
        let reason = format!("nobody reads answers to {}", from.address);
        return found(Class::Notification, reason);
    }
    None
}

/// Whether a help desk sent it, and takes an answer.
fn is_of_a_help_desk(message: &Message) -> bool {
    let filled = |line: &&str| !line.trim().is_empty();
    message.text.lines().filter(filled).take(FIRST_LINES).any(|line| REPLY_ABOVE.is_match(line))
}

/// Who filled in the form on a web site that wrote this mail: the one Reply-To
/// of a sender that nobody reads, or that writes on behalf of them. Vendors' automation
/// keeps to its own domain, be it `mail.shop.example` that sends for `shop.example`.
pub fn form_author(message: &Message) -> Option<&Party> {
    let from = message.from.as_ref()?;
    let [author] = message.reply_to.as_slice() else { return None };
    let local = from.address.local_part();
    let machine = is_no_reply(local) || is_form(local) || writes_for(from, author);
    let person = !is_no_reply(author.address.local_part());
    let elsewhere = !is_aligned(author.address.domain(), from.address.domain());
    // A place where people meet gives each an address of its own, and says for whom it writes.
    let via = from.name.split(|c: char| !c.is_alphanumeric()).any(|word| word == "via");
    (machine && person && (elsewhere || via)).then_some(author)
}

/// Whether a sender's name says that it writes for `author`: "Jane Doe via …", or
/// "Per conto di: jane@…" (RFC 6109, 3.1.5).
fn writes_for(from: &Party, author: &Party) -> bool {
    let (name, person) = (from.name.to_lowercase(), author.name.to_lowercase());
    let named = person.contains(' ') && name != person && name.contains(&person);
    named || name.contains(author.address.as_str())
}

fn is_form(local_part: &str) -> bool {
    FORM.is_match(local_part)
}

static FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^(web(site|master)?|www-data|wordpress)$
            |(^|[._+-])(web|conta[ck]to?|contatto|kontakt)?-?form(s|ul[a-z]+)?($|[._+-])",
    )
});
