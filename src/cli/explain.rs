//! `owed explain`: what each mail was judged to be, and why.
//!
//! For people a short story a mail (`story`), for programs one JSON object a
//! line with the fields that are promised to them. It decides nothing.

mod story;

use std::io::{self, Write};
use std::path::PathBuf;
use std::slice;

use clap::Args;
use serde::Serialize;

use super::Exit;
use super::speak::load;
use crate::domain::ids::{Address, MessageId};
use crate::domain::roster::Roster;
use crate::intake::archive;
use crate::judge::own::{self, TO_OWED};
use crate::judge::promise::Said;
use crate::judge::verdict::{self, ForUs, Kind, Known, Relay, Verdict};
use crate::mail::parse::{self, Message};

/// What `owed explain` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Mails: .eml files, folders, Maildirs, mbox files
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// A configuration, to know who is ours; without it each mail is judged alone
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON object a mail
    #[arg(long)]
    json: bool,
}

/// Explains mails on standard output.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let loaded = match arguments.config.as_deref().map(load).transpose() {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let house = loaded.as_ref().map_or_else(House::default, |loaded| House {
        roster: Some(&loaded.policy.roster),
        authserv_ids: &loaded.settings.authserv_ids,
        dkim: loaded.settings.dkim,
        own: Some(loaded.settings.deliver.from()),
    });
    let told = explain(&arguments.paths, house, arguments.json, &mut io::stdout().lock());
    // A reader who has gone away is no fault.
    if told.unwrap_or(true) { Exit::Fine } else { Exit::No }
}

/// What is known of those whose mail it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct House<'a> {
    /// Who is ours; without it each mail is judged alone.
    pub roster: Option<&'a Roster>,
    /// Whose Authentication-Results count.
    pub authserv_ids: &'a [String],
    /// Whether signatures are checked when a mail comes in.
    pub dkim: bool,
    /// owed's own address.
    pub own: Option<&'a Address>,
}

impl<'a> From<Option<&'a Roster>> for House<'a> {
    fn from(roster: Option<&'a Roster>) -> Self {
        Self { roster, ..Self::default() }
    }
}

/// One mail, as `--json` tells of it.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are promised to programs")]
struct Explained<'a> {
    file: &'a str,
    message_id: Option<&'a str>,
    direction: &'static str,
    reply_owed: bool,
    kind: &'static str,
    reason: &'a str,
    visible_text: &'a str,
    relayed: Option<&'static str>,
    for_us: &'static str,
    asks: bool,
    thread: Vec<&'a str>,
    promises: Vec<Promised<'a>>,
    chase: bool,
    settled: bool,
    complaint: bool,
    language: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Promised<'a> {
    text: &'a str,
    due: Option<String>,
}

/// Explains every mail at `paths` on `out`; whether all of them could be read.
pub fn explain<'a>(
    paths: &[PathBuf],
    house: impl Into<House<'a>>,
    json: bool,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let house = house.into();
    let mut all_read = true;
    for item in archive::open(paths) {
        let (origin, message, verdict) = match item {
            Ok(item) => {
                let (message, verdict) = judged(&item.raw, &house);
                (item.origin, message, verdict)
            }
            Err(error) => {
                let unread = Verdict {
                    reason: error.to_string(),
                    ..verdict::malformed(&parse::Malformed::Unreadable)
                };
                (error.path.display().to_string(), None, unread)
            }
        };
        all_read &= verdict.kind != Kind::Malformed;
        if json {
            let id = message.as_ref().and_then(|message| message.id.as_ref());
            serde_json::to_writer(&mut *out, &explained(&origin, &verdict, id))?;
            writeln!(out)?;
        } else {
            writeln!(out, "{origin}\n{}\n", story::story(message.as_ref(), &verdict, &house))?;
        }
    }
    Ok(all_read)
}

fn judged(raw: &[u8], house: &House<'_>) -> (Option<Message>, Verdict) {
    let message = match parse::parse(raw) {
        Ok(message) => message,
        Err(error) => return (None, verdict::malformed(&error)),
    };
    let roster = house.roster;
    let (seal, astray) = house.own.zip(roster).map_or((None, false), |desk| {
        let seal = own::seal(&message, &[], desk);
        let astray = own::is_astray(&message, seal.as_deref(), desk);
        (seal, astray)
    });
    let shared = roster.and_then(|roster| roster.mailboxes.keys().next()).filter(|_| astray);
    let known = Known { said: said(&message, roster), astray, ..Known::default() };
    let mut verdict = verdict::judge(&message, roster, shared.map_or(&[], slice::from_ref), known);
    let human = matches!(verdict.kind, Kind::Human | Kind::Thanks);
    if human && seal.is_some() && !astray {
        verdict.reply_owed = false;
        TO_OWED.clone_into(&mut verdict.reason);
    }
    (Some(message), verdict)
}

/// When a person of ours wrote it, and on whose hours.
fn said<'a>(message: &Message, roster: Option<&'a Roster>) -> Option<Said<'a>> {
    let person = roster?.person_at(&message.from.as_ref()?.address)?;
    Some(Said { at: message.date?, calendar: &person.calendar })
}

fn explained<'a>(file: &'a str, verdict: &'a Verdict, id: Option<&'a MessageId>) -> Explained<'a> {
    Explained {
        file,
        message_id: id.map(MessageId::as_str),
        direction: verdict.direction.name(),
        reply_owed: verdict.reply_owed,
        kind: verdict.kind.name(),
        reason: &verdict.reason,
        visible_text: &verdict.visible_text,
        relayed: verdict.relayed.map(relay),
        for_us: for_us(verdict.for_us),
        asks: verdict.asks,
        thread: verdict.thread.iter().map(MessageId::as_str).collect(),
        promises: verdict
            .promises
            .iter()
            .map(|p| Promised { text: &p.text, due: p.due.map(|due| due.to_string()) })
            .collect(),
        chase: verdict.chase,
        settled: verdict.settled,
        complaint: verdict.complaint,
        language: verdict.language.as_deref(),
    }
}

fn relay(relay: Relay) -> &'static str {
    match relay {
        Relay::List => "list",
        Relay::Group => "group",
        Relay::Forward => "forward",
    }
}

fn for_us(for_us: ForUs) -> &'static str {
    match for_us {
        ForUs::To => "to",
        ForUs::Cc => "cc",
        ForUs::Other => "other",
    }
}
