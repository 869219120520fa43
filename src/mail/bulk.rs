//! The marks of lists and of mail to many.
//!
//! A list relays what people write; only its software's own mail, and what
//! announces without discussing, is a machine's.

use std::sync::LazyLock;

use regex::Regex;

use super::automatic::{
    Class, Found, Own, form_author, found, from_no_reply, is_answer, is_discussion, is_no_reply,
    keyword, list_header,
};
use super::parse::Message;
use super::pattern::pattern;

static LIST_SOFTWARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^(majordomo|listserv|listproc|mailman(-\S*)?|sympa|ezmlm|ecartis|listmaster|smartlist
            |\S+-(request|bounces|owner|confirm|unsubscribe|subscribe|help|return-\S+
            |digest)|owner-\S+|lists?-(owner|admin))$",
    )
});

static LIST_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^\s*(confirm\ [0-9a-f]{6,}|welcome\ to\ (the\ )?.{1,100}(mailing\ list|list
            |digest)|you\ have\ been\ (un)?subscribed|(un)?subscri(be|ption)\ (confirm
            |request|notification|results?)|confirm\ (un)?subscri
            |.{1,80}\ post\ from\ \S+\ requires\ approval|\d+\ .{1,80}moderator\ request
            |your\ message\ to\ .{1,80}\ awaits|.{1,100}\bdigest\b,?\ (vol|issue|number|of|v\d|\#)
            |(command|majordomo)\ results|.{1,60}\ mailing\ list\ memberships\ reminder
            |result\ of\ your\ email\ commands)",
    )
});

/// The list software's own mail and digests, and machines that post to lists.
pub(super) fn list_software(message: &Message) -> Found {
    let local = message.from.as_ref().map_or("", |from| from.address.local_part());
    if message.header("x-list-administrivia").is_some_and(|v| v.eq_ignore_ascii_case("yes")) {
        return found(Class::List, "the list software wrote it (X-List-Administrivia)");
    }
    let software = LIST_SOFTWARE.is_match(local);
    if software && (list_header(message).is_some() || LIST_SUBJECT.is_match(&message.subject)) {
        return found(Class::List, "the list software wrote it (From)");
    }
    let relayed = list_header(message).filter(|_| !is_answer(message))?;
    if LIST_SUBJECT.is_match(&message.subject) {
        return found(Class::List, "it is the list software's own mail (Subject)");
    }
    if is_no_reply(local) {
        return found(Class::List, format!("a machine posted it to a list (From, {relayed})"));
    }
    None
}

/// Marks of sending to many. A discussion list sets `List-Unsubscribe` too, so
/// that alone is a mark only where no list says where to post: RFC 2369, 3.4.
pub(super) fn bulk(message: &Message) -> Found {
    const ALONE: [&str; 15] = [
        "x-campaign",
        "x-campaign-id",
        "x-campaignid",
        "x-mailgun-tag",
        "x-mailgun-campaign-id",
        "x-mc-user",
        "x-mailchimp-campaign-id",
        "x-mandrill-user",
        "x-sg-eid-campaign",
        "x-cmail-gameid",
        "x-mailer-recptid",
        "x-csa-complaints",
        // Constant Contact.
        "x-ctct-id",
        "x-roving-id",
        // Mail::Bulkmail, of Slash and other sites.
        "x-bulkmail",
    ];
    let answer = !message.in_reply_to.is_empty() || !message.references.is_empty();
    if answer {
        return None;
    }
    let reason = |header: &str| format!("it was sent to many ({header})");
    if message.header("list-unsubscribe-post").is_some() {
        // RFC 8058: only who sends to many offers to leave with one click.
        return found(Class::Bulk, reason("List-Unsubscribe-Post"));
    }
    if let Some(name) = ALONE.into_iter().find(|name| message.header(name).is_some()) {
        return found(Class::Bulk, reason(name));
    }
    if message.header("feedback-id").is_some() && from_no_reply(message) {
        return found(Class::Bulk, reason("Feedback-ID"));
    }
    None
}

/// List headers without a discussion: what announces, or was sent by a machine
/// that knows only how to leave.
pub(super) fn bulk_by_list(message: &Message, own: &Own<'_>) -> Found {
    let reason = |header: &str| format!("it was sent to many ({header})");
    let post = message.header("list-post");
    if post.is_some_and(|post| post.trim().to_lowercase().starts_with("no")) {
        return found(Class::Bulk, reason("List-Post: NO"));
    }
    if is_discussion(message) || is_answer(message) {
        return None;
    }
    if message.header("list-unsubscribe").is_some() {
        return found(Class::Bulk, reason("List-Unsubscribe, no list to post to"));
    }
    let junk =
        keyword(message, "precedence").is_some_and(|p| p == "bulk" || p == "junk" || p == "list");
    (junk && own.offers_to_leave()).then(|| (Class::Bulk, reason("Precedence")))
}

/// Newsletters without any header: they tell the reader how to leave, answer
/// nothing, and came through no list. Who wants to leave says so otherwise.
pub(super) fn bulk_by_words(message: &Message, own: &Own<'_>) -> Found {
    let letter = list_header(message).is_none() && !is_answer(message);
    (letter && form_author(message).is_none() && own.offers_to_leave() && own.is_letter())
        .then(|| (Class::Bulk, "it tells how to unsubscribe, as only mail to many does".into()))
}
