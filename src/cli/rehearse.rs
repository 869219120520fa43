//! `owed rehearse`: how a month of your mail would have looked under your rules.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Exit;
use super::speak::{complain, find, load, say, say_json, wait_for};
use crate::domain::effect::What;
use crate::domain::ids::CaseNumber;
use crate::domain::policy::Policy;
use crate::engine::accept::{Delivery, Proof};
use crate::engine::rehearse::Rehearsal;
use crate::intake::archive::{self, Item};
use crate::mail::parse::parse;
use crate::report::event::Event;
use crate::store::Line;

/// How long time goes on after the last mail, so that its deadlines pass.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What `owed rehearse` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration to rehearse; else ./owed.toml or /etc/owed/owed.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The archive: Maildirs, mbox files, .eml files, or folders of them
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    mail: Vec<PathBuf>,
    /// One JSON object an event
    #[arg(long)]
    json: bool,
}

/// Rehearses an archive.
pub(super) fn rehearse(arguments: &Arguments) -> Exit {
    let loaded = match find(arguments.config.as_ref()).and_then(|path| load(&path)) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    // An archive is old by nature: every waiting period in it is played.
    let policy = Arc::new(Policy { enforce_from: None, ..loaded.policy });
    let (mails, unread) = read(&arguments.mail);
    let mut teller = Teller::new(Arc::clone(&policy), arguments.json);
    let played = wait_for(async {
        play(policy, &mails, &mut teller).await.map_err(std::io::Error::other)
    });
    if let Err(error) = played {
        complain(error);
        return Exit::No;
    }
    if !arguments.json {
        teller.sum_up(mails.len());
    }
    for trouble in &unread {
        complain(trouble);
    }
    if unread.is_empty() { Exit::Fine } else { Exit::No }
}

async fn play(
    policy: Arc<Policy>,
    mails: &[Delivery],
    teller: &mut Teller,
) -> Result<(), crate::engine::Error> {
    let (Some(first), Some(last)) = (mails.first(), mails.last()) else { return Ok(()) };
    let mut rehearsal = Rehearsal::new(policy, first.at).await?;
    for mail in mails {
        rehearsal.take(mail).await?;
        rehearsal.news().await?.iter().for_each(|line| teller.tell(line));
    }
    let end = last.at.saturating_add(AFTERWARDS).unwrap_or(last.at);
    rehearsal.pass_until(end).await?;
    rehearsal.news().await?.iter().for_each(|line| teller.tell(line));
    teller.still_owed = rehearsal.owed().await?.len();
    Ok(())
}

/// The mails of an archive in the order in which they came, and what could not
/// be read.
fn read(paths: &[PathBuf]) -> (Vec<Delivery>, Vec<String>) {
    let mut mails = Vec::new();
    let mut unread = Vec::new();
    for item in archive::open(paths) {
        match item {
            Ok(item) => match arrival(&item) {
                Some(at) => mails.push(delivery(item, at)),
                None => unread.push(format!("{}: nobody can tell when it came", item.origin)),
            },
            Err(error) => unread.push(error.to_string()),
        }
    }
    // Stable: mails of one second stay in the order of their names.
    mails.sort_by_key(|mail| mail.at);
    (mails, unread)
}

/// When a mail came: the top-most Received line, else Date, else the time in
/// its file's name.
fn arrival(item: &Item) -> Option<Timestamp> {
    let message = parse(&item.raw).ok();
    let told = message.and_then(|message| message.received.or(message.date));
    told.or(item.fallback)
}

fn delivery(item: Item, at: Timestamp) -> Delivery {
    Delivery {
        position: Some(item.origin.clone()),
        source: item.origin,
        at,
        envelope: Vec::new(),
        proof: if item.sent { Proof::Sent } else { Proof::All },
        raw: item.raw,
    }
}

/// Tells what happens, and counts.
struct Teller {
    policy: Arc<Policy>,
    json: bool,
    day: Option<Date>,
    counts: BTreeMap<&'static str, usize>,
    known: BTreeMap<CaseNumber, ()>,
    still_owed: usize,
}

impl Teller {
    fn new(policy: Arc<Policy>, json: bool) -> Self {
        let (counts, known) = (BTreeMap::new(), BTreeMap::new());
        Self { policy, json, day: None, counts, known, still_owed: 0 }
    }

    fn tell(&mut self, line: &Line) {
        let event = Event::of(line, &self.policy);
        *self.counts.entry(line.entry.what.name()).or_default() += 1;
        if let Some(case) = line.case {
            self.known.insert(case, ());
        }
        if self.json {
            say_json(&event);
            return;
        }
        let zone: &TimeZone = &self.policy.roster.zone;
        let at = line.entry.at.to_zoned(zone.clone());
        if self.day != Some(at.date()) {
            self.day = Some(at.date());
            say(format_args!("\n{}", at.strftime("%A %-d %B %Y")));
        }
        say(format_args!("  {}  {}", at.strftime("%H:%M"), in_words(&event, line, zone)));
    }

    fn sum_up(&self, mails: usize) {
        let count = |what: What| self.counts.get(what.name()).copied().unwrap_or(0);
        say(format_args!(
            "\n{mails} mails in {} cases: {} replies became owed, {} answers were seen, {} \
             reminders and {} escalations would have been sent, {} contacts asked again, {} are \
             still owed at the end; {} mails needed no reply.",
            self.known.len(),
            count(What::Owed),
            count(What::Answered),
            count(What::Reminded),
            count(What::Escalated),
            count(What::Chased),
            self.still_owed,
            count(What::Ignored),
        ));
    }
}

/// One event on one line.
fn in_words(event: &Event, line: &Line, zone: &TimeZone) -> String {
    let case = event.case.as_deref().unwrap_or("no case  ");
    let owner = event.owner.as_deref();
    let who = match (line.entry.what, owner, event.to.as_deref()) {
        (What::Owed, owner, _) => format!(" by {}", owner.unwrap_or("whoever is on duty")),
        (What::Answered, Some(owner), _) => format!(" by {owner}"),
        (_, _, Some(to)) => format!(" to {to}"),
        _ => String::new(),
    };
    let due = line.entry.due.filter(|_| line.entry.what == What::Owed).map(|due| {
        format!(", due {}", due.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M"))
    });
    let rule = event.rule.as_deref().map(|rule| format!(" [rule {rule}]")).unwrap_or_default();
    format!("{case}  {}{who}{}: {}{rule}", event.event, due.unwrap_or_default(), event.reason)
}
