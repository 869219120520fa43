//! `owed rehearse`: how a month of your mail would have looked under your rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::Exit;
use super::speak::{complain, find, load, say, say_json, wait_for};
use super::timeline::Timeline;
use crate::config;
use crate::domain::effect::What;
use crate::domain::ids::{Address, CaseNumber, MessageId};
use crate::domain::policy::Policy;
use crate::domain::rule::Channel;
use crate::engine::accept::{Delivery, Proof};
use crate::engine::rehearse::Rehearsal;
use crate::intake::archive::{self, Item};
use crate::mail::parse::{Message, parse};
use crate::report::event::Event;
use crate::store::{Line, Owed};

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
    if !loaded.warnings.is_empty() {
        complain(config::diagnostic::render(&loaded.warnings, false));
    }
    // An archive is old by nature: every waiting period in it is played.
    let policy = Arc::new(Policy { enforce_from: None, ..loaded.policy });
    let Archive { mut mails, titles, unread } = read(&arguments.mail);
    if mails.is_empty() && unread.is_empty() {
        complain("there is no mail in what --mail names");
        return Exit::No;
    }
    let mut teller = Teller::new(Arc::clone(&policy), arguments.json, titles);
    let played = wait_for(async {
        play(policy, &mut mails, &mut teller).await.map_err(std::io::Error::other)
    });
    match played {
        Ok(owed) if !arguments.json => teller.sum_up(mails.len(), &owed),
        Ok(_) => {}
        Err(error) => {
            complain(error);
            return Exit::No;
        }
    }
    for trouble in &unread {
        complain(trouble);
    }
    if unread.is_empty() { Exit::Fine } else { Exit::No }
}

async fn play(
    policy: Arc<Policy>,
    mails: &mut [Mail],
    teller: &mut Teller,
) -> Result<Vec<Owed>, crate::engine::Error> {
    let (Some(first), Some(last)) = (mails.first(), mails.last()) else { return Ok(Vec::new()) };
    let (start, last) = (first.at, last.at);
    let mut rehearsal = Rehearsal::new(policy, start).await?;
    for mail in mails {
        rehearsal.take(mail.delivery()).await?;
        rehearsal.news().await?.iter().for_each(|line| teller.tell(line));
    }
    let end = last.saturating_add(AFTERWARDS).unwrap_or(last);
    rehearsal.pass_until(end).await?;
    rehearsal.news().await?.iter().for_each(|line| teller.tell(line));
    rehearsal.owed().await
}

/// An archive that was read.
#[derive(Debug, Default)]
struct Archive {
    /// Its mails in the order in which they came.
    mails: Vec<Mail>,
    /// What each is about, by its Message-ID.
    titles: BTreeMap<MessageId, String>,
    /// What could not be read.
    unread: Vec<String>,
}

fn read(paths: &[PathBuf]) -> Archive {
    let mut read = Archive::default();
    for item in archive::open(paths) {
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                read.unread.push(error.to_string());
                continue;
            }
        };
        let message = parse(&item.raw).ok();
        // The top-most Received line, else Date, else the time in the file's name.
        let told = message.as_ref().and_then(|message| message.received.or(message.date));
        match told.or(item.fallback) {
            Some(at) => read.mails.push(Mail::of(item, at)),
            None => read.unread.push(format!("{}: it does not say when it came", item.origin)),
        }
        if let Some(Message { id: Some(id), from, subject, .. }) = message {
            let from = from.map_or(String::new(), |party| format!("{}: ", party.called()));
            read.titles.insert(id, format!("«{from}{subject}»"));
        }
    }
    // Stable: mails of one second stay in the order of their names.
    read.mails.sort_by_key(|mail| mail.at);
    read
}

/// A mail of the archive, without its bytes where they can be read again: an
/// archive may be larger than memory.
#[derive(Debug)]
struct Mail {
    at: Timestamp,
    origin: String,
    sent: bool,
    bytes: Option<Vec<u8>>,
}

impl Mail {
    fn of(item: Item, at: Timestamp) -> Self {
        let Item { origin, raw, sent, .. } = item;
        let bytes = if Path::new(&origin).is_file() { None } else { Some(raw) };
        Self { at, origin, sent, bytes }
    }

    fn delivery(&mut self) -> Delivery {
        // A file that was there a moment ago and is gone is an empty mail, which
        // is set aside and told.
        let read = || std::fs::read(&self.origin).unwrap_or_default();
        Delivery {
            position: Some(self.origin.clone()),
            source: self.origin.clone(),
            at: self.at,
            envelope: Vec::new(),
            proof: if self.sent { Proof::Sent } else { Proof::All },
            channel: Channel::Email,
            raw: self.bytes.take().unwrap_or_else(read),
        }
    }
}

/// Tells what happens, and counts.
struct Teller {
    policy: Arc<Policy>,
    json: bool,
    timeline: Timeline,
    /// What each message is about, by its Message-ID.
    titles: BTreeMap<MessageId, String>,
    counts: BTreeMap<&'static str, usize>,
    cases: BTreeSet<CaseNumber>,
    /// How often each recipient was told of each case.
    told: BTreeMap<(CaseNumber, Address), usize>,
}

impl Teller {
    fn new(policy: Arc<Policy>, json: bool, titles: BTreeMap<MessageId, String>) -> Self {
        let (timeline, counts) = (Timeline::default(), BTreeMap::new());
        let (cases, told) = (BTreeSet::new(), BTreeMap::new());
        Self { policy, json, timeline, titles, counts, cases, told }
    }

    fn tell(&mut self, line: &Line) {
        *self.counts.entry(line.entry.what.name()).or_default() += 1;
        self.cases.extend(line.case);
        let again = self.tells_again(line);
        if self.json {
            say_json(&Event::of(line, &self.policy));
        } else if !again {
            let first_word =
                matches!(line.entry.what, What::Received | What::Answered | What::Ignored);
            let title = line.entry.message.as_ref().and_then(|id| self.titles.get(id));
            let about = title.filter(|_| first_word).map(String::as_str);
            say(self.timeline.tell(line, about.unwrap_or_default(), &self.policy));
        }
    }

    /// Whether the line tells somebody what they were told before: a person who
    /// reads along wants to see that once, and the number at the end.
    fn tells_again(&mut self, line: &Line) -> bool {
        let (Some(case), Some(to)) = (line.case, &line.entry.to) else { return false };
        let times = self.told.entry((case, to.clone())).or_default();
        *times += 1;
        *times > 1
    }

    fn sum_up(&self, mails: usize, owed: &[Owed]) {
        if !owed.is_empty() {
            say("\nStill owed at the end");
        }
        for owed in owed {
            let told = self.told.iter().filter(|((case, _), _)| *case == owed.case);
            let told: Vec<String> =
                told.map(|((_, to), times)| format!("{to} was told {times}×")).collect();
            let (contact, subject) = (owed.contact.called(), &owed.subject);
            say(format_args!("  {}  «{contact}: {subject}»  {}", owed.case, told.join(", ")));
        }
        let count = |what: What| self.counts.get(what.name()).copied().unwrap_or(0);
        say(format_args!("\n{mails} mails, {} cases", self.cases.len()));
        for (what, number) in [
            ("replies became owed", count(What::Owed)),
            ("answers were seen", count(What::Answered)),
            ("reminders", count(What::Reminded)),
            ("escalations, repeats included", count(What::Escalated)),
            ("times a contact asked again", count(What::Chased)),
            ("still owed at the end", owed.len()),
            ("mails needed no reply", count(What::Ignored)),
        ] {
            say(format_args!("  {number:6}  {what}"));
        }
        say("Who is told again is listed once. Time went on for a week after the last mail, so \
             that its deadlines could pass.");
    }
}
