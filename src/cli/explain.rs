//! `owed explain`: what each mail was judged to be, and why.
//!
//! For people a few lines a mail, for programs one JSON object a line with the
//! fields that are promised to them. It decides nothing.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::Exit;
use super::speak::load;
use crate::domain::ids::MessageId;
use crate::domain::roster::Roster;
use crate::intake::archive;
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
    let roster = loaded.as_ref().map(|loaded| &loaded.policy.roster);
    let told = explain(&arguments.paths, roster, arguments.json, &mut io::stdout().lock());
    // A reader who has gone away is no fault.
    if told.unwrap_or(true) { Exit::Fine } else { Exit::No }
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
pub fn explain(
    paths: &[PathBuf],
    roster: Option<&Roster>,
    json: bool,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let mut all_read = true;
    for item in archive::open(paths) {
        let (origin, verdict, id) = match item {
            Ok(item) => {
                let (verdict, id) = judged(&item.raw, roster);
                (item.origin, verdict, id)
            }
            Err(error) => {
                let unread = Verdict {
                    reason: error.to_string(),
                    ..verdict::malformed(&parse::Malformed::Unreadable)
                };
                all_read = false;
                (error.path.display().to_string(), unread, None)
            }
        };
        all_read &= verdict.kind != Kind::Malformed;
        if json {
            serde_json::to_writer(&mut *out, &explained(&origin, &verdict, id.as_ref()))?;
            writeln!(out)?;
        } else {
            tell(&origin, &verdict, out)?;
        }
    }
    Ok(all_read)
}

fn judged(raw: &[u8], roster: Option<&Roster>) -> (Verdict, Option<MessageId>) {
    match parse::parse(raw) {
        Ok(message) => {
            let known = Known { said: said(&message, roster), ..Known::default() };
            let verdict = verdict::judge(&message, roster, &[], known);
            let Message { id, .. } = message;
            (verdict, id)
        }
        Err(error) => (verdict::malformed(&error), None),
    }
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

fn tell(origin: &str, verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let owed = if verdict.reply_owed { "a reply is owed" } else { "no reply is owed" };
    writeln!(out, "{origin}")?;
    writeln!(out, "  {owed}: {}", verdict.reason)?;
    write!(out, "  {}, {}", verdict.kind.name(), verdict.direction.name())?;
    if let Some(relayed) = verdict.relayed {
        write!(out, ", relayed by a {}", relay(relayed))?;
    }
    write!(out, ", for us: {}", for_us(verdict.for_us))?;
    let signs = [
        (verdict.asks, "asks for something"),
        (verdict.chase, "asks again"),
        (verdict.settled, "says it is settled"),
        (verdict.complaint, "complains"),
    ];
    for (_, sign) in signs.iter().filter(|(holds, _)| *holds) {
        write!(out, ", {sign}")?;
    }
    writeln!(out)?;
    for line in verdict.visible_text.lines().take(6) {
        // Another's words must not steer a terminal.
        let plain: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
        writeln!(out, "  | {plain}")?;
    }
    writeln!(out)
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
