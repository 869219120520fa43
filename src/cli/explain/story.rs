//! One mail as a short story: who wrote what to whom, what becomes of it and
//! why, in sentences for somebody who never saw a header.
//!
//! It says what the verdict says and no more; it decides nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::super::speak::seen;
use super::House;
use crate::domain::ids::Party;
use crate::judge::own::TO_OWED;
use crate::judge::verdict::{Direction, Kind, Promise, Relay, Verdict};
use crate::mail::parse::Message;
use crate::mail::thread;
use crate::mail::trust::{Vouch, vouch};

/// How wide a line is.
const COLUMNS: usize = 76;
/// How many lines of a mail are shown, and how much of each.
const MOST_LINES: usize = 4;
const LONGEST_LINE: usize = 72;
/// How many recipients are named.
const MOST_NAMED: usize = 2;
/// How much of a name, a subject, a sentence is told.
const LONGEST: usize = 160;

/// The story of a mail, or of bytes that are none, in lines that fit a screen.
pub(super) fn story(message: Option<&Message>, verdict: &Verdict, house: &House<'_>) -> String {
    let zone = house.roster.map_or(TimeZone::UTC, |roster| roster.zone.clone());
    let mut told = Vec::new();
    match message {
        None => told.push(format!("This is no mail that can be read: {}.", verdict.reason)),
        Some(message) => {
            told.push(sent(message, &zone));
            told.extend(came(verdict));
            told.push(outcome(verdict));
            told.extend(for_owed(verdict));
            told.extend(says(verdict, &zone));
            told.push(belongs(message, verdict));
            told.extend(house.roster.and_then(|_| vouched(message, verdict, house)));
        }
    }
    let mut lines = vec![wrapped(&plain(&told.join(" "), usize::MAX))];
    let words = verdict.visible_text.lines().filter(|line| !line.trim().is_empty());
    lines.extend(words.take(MOST_LINES).map(|line| format!("  | {}", plain(line, LONGEST_LINE))));
    lines.join("\n")
}

/// Who wrote when to whom about what.
fn sent(message: &Message, zone: &TimeZone) -> String {
    let who = message.from.as_ref().map_or_else(|| "Nobody who is named".to_owned(), full);
    let when = message.date.map(|at| format!(" on {}", moment(at, zone))).unwrap_or_default();
    let about = match message.subject.trim() {
        "" => "without a subject".to_owned(),
        subject => format!("about “{}”", plain(subject, LONGEST)),
    };
    format!("{who} wrote{when} to {}, {about}.", recipients(message))
}

fn recipients(message: &Message) -> String {
    let all: Vec<&Party> = message.to.iter().chain(&message.cc).collect();
    let named: Vec<String> = all.iter().take(MOST_NAMED).map(|party| short(party)).collect();
    match all.len() {
        0 => "nobody who is named".to_owned(),
        n if n > MOST_NAMED => format!("{} and {} more", named.join(", "), n - MOST_NAMED),
        _ => named.join(" and "),
    }
}

/// What passed it on.
fn came(verdict: &Verdict) -> Option<String> {
    let how = match verdict.relayed? {
        Relay::List => "A mailing list passed it on.",
        Relay::Group => "A group address passed it on to us.",
        Relay::Forward => "A forwarding rule passed it on.",
    };
    Some(how.to_owned())
}

/// What it is, whether a reply is owed, and why.
fn outcome(verdict: &Verdict) -> String {
    let what = match verdict.kind {
        Kind::Human | Kind::Thanks => None,
        Kind::AutoReply => Some("It is an automatic answer"),
        Kind::Bounce => Some("It is a mail server's report on a delivery"),
        Kind::Receipt => Some("It is a receipt of somebody's mail program"),
        Kind::List => Some("It is the mailing list's own mail"),
        Kind::Bulk => Some("It is a newsletter, or other mail to many"),
        Kind::Notification => Some("It is a program's notice"),
        Kind::Calendar => Some("It is a calendar program's mail"),
        Kind::Spam => Some("The mail system has marked it as spam"),
        Kind::Malformed => Some("It cannot be read"),
    };
    let reason = &verdict.reason;
    let what = what.filter(|_| !reason.starts_with("it is "));
    let what = what.map(|what| format!("{what}. ")).unwrap_or_default();
    let owed = if verdict.reply_owed { "A reply is owed" } else { "No reply is owed" };
    format!("{what}{owed}, because {reason}.")
}

/// What owed does with what is written to it.
fn for_owed(verdict: &Verdict) -> Option<String> {
    let followed = "It is followed when it comes in, as an order, a concern or an answer to what \
                    owed wrote, if its sender is vouched for.";
    (verdict.reason == TO_OWED).then(|| followed.to_owned())
}

/// What it says, as far as that was understood and is not the reason already.
fn says(verdict: &Verdict, zone: &TimeZone) -> Vec<String> {
    let outbound = verdict.direction == Direction::Outbound;
    let signs = [
        (verdict.asks && !verdict.reply_owed, "It asks for something."),
        (verdict.chase && !verdict.reply_owed, "It asks again for an answer."),
        (verdict.settled && outbound, "It says that nothing is needed any more."),
        (verdict.complaint, "It complains."),
    ];
    let holding = signs.iter().filter(|(holds, _)| *holds);
    let mut told: Vec<String> = holding.map(|(_, sign)| (*sign).to_owned()).collect();
    told.extend(verdict.promises.iter().map(|promise| promised(promise, zone)));
    told.extend(verdict.back_on.map(|day| format!("Its writer is back on {}.", date(day))));
    told
}

fn promised(promise: &Promise, zone: &TimeZone) -> String {
    let words = plain(promise.text.trim().trim_end_matches('.'), LONGEST);
    match promise.due {
        Some(due) => format!("It promises, for {} at the latest: “{words}”.", moment(due, zone)),
        None => format!("It promises, without a time: “{words}”."),
    }
}

/// The conversation that it would join.
fn belongs(message: &Message, verdict: &Verdict) -> String {
    let numbers = thread::case_numbers(&message.subject);
    match (numbers.first(), verdict.thread.first()) {
        (Some(number), _) => format!("It names the case {number}."),
        (None, Some(parent)) => {
            format!("It continues a conversation ({}).", plain(parent.as_str(), LONGEST))
        }
        (None, None) => "It begins a conversation.".to_owned(),
    }
}

/// Who vouches for its sender, where that is known or decides something.
fn vouched(message: &Message, verdict: &Verdict, house: &House<'_>) -> Option<String> {
    let vouch = vouch(message, house.authserv_ids);
    let why = match vouch.of(verdict.author.as_ref(), message) {
        Vouch::Vouched(by) => return Some(format!("Its sender is vouched for: {by}.")),
        Vouch::Signed(domain) => return Some(format!("It is signed by {domain}.")),
        Vouch::NotVouched(why) => why,
    };
    // Of what a machine wrote, only that somebody is away is believed of anybody.
    if !matches!(verdict.kind, Kind::Human | Kind::Thanks | Kind::AutoReply) {
        return None;
    }
    let ours = matches!(verdict.direction, Direction::Outbound | Direction::Internal);
    let signed = house.dkim && message.header("dkim-signature").is_some();
    let otherwise = match (ours, signed, verdict.settled) {
        (true, true, _) => "only its signature can, which is checked when it comes in",
        (true, false, _) => "only a copy in a Sent folder of ours can",
        (false, _, true) => "so what we owe stays owed",
        (false, _, false) => return None,
    };
    Some(format!("Nobody vouches for its sender ({why}); {otherwise}."))
}

fn full(party: &Party) -> String {
    plain(&party.to_string(), LONGEST)
}

fn short(party: &Party) -> String {
    let name = party.name.trim();
    plain(if name.is_empty() { party.address.as_str() } else { name }, LONGEST)
}

fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let zone_said = if *zone == TimeZone::UTC { " UTC" } else { "" };
    format!("{}{zone_said}", at.to_zoned(zone.clone()).strftime("%a %-d %b %Y at %H:%M"))
}

fn date(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// Another's words, which must not steer a terminal, on one line.
fn plain(text: &str, longest: usize) -> String {
    let mut plain: String = text.chars().map(seen).take(longest).collect();
    if text.chars().nth(longest).is_some() {
        plain.push('…');
    }
    plain
}

/// Words in lines of at most `COLUMNS`; a longer word stays whole.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count() + 1;
        if width > 0 && width + length > COLUMNS {
            lines.push(String::new());
            width = 0;
        }
        width += length;
        if let Some(line) = lines.last_mut() {
            line.push_str(if line.is_empty() { "  " } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n")
}
