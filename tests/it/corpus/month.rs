//! A month of real mail, rehearsed for ten of those who write in it: what a supervisor
//! would read of it, held against the headers of the mails themselves.
//!
//! The ten are those of whom the most questions have their answers in the collection,
//! which is a sample: what else stays open here was answered in mails that it lacks, or
//! by nobody. They are found anew each time, and named by numbers. Nothing is known here
//! of how owed judges; what it says is only compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use owed::domain::ids::{Address, MessageId};
use owed::mail::parse::Message;
use serde_json::Value;

use super::{corpus, mails};
use crate::binary::owed;

/// The month of which the collection has the most answers.
const MONTH: &str = "2002-09";

const ZONE: &str = "America/New_York";

const HOUSE: &str = r#"
[organisation]
name = "Ten people"
domains = ["ten.example"]
time_zone = "America/New_York"
last_resort = "owner@ten.example"

[calendar.office]
mon-fri = ["09:00-12:30", "13:30-18:00"]

[[rule]]
name = "everyone"
before_leaving = true
cutoff = "30m"
escalation = "standard"

[escalation.standard]
steps = [
  { before = "45m", tell = "owner" },
  { after = "0m",   tell = "supervisor" },
  { after = "4h",   tell = "supervisor.supervisor", repeat = "1d" },
]

[schedule]
supervisor_digest = "0 30 8 * * Mon-Fri"

[intake.lmtp]
listen = "127.0.0.1:2424"
"#;

/// A mail of the month, as its own headers tell of it.
struct Letter<'a> {
    path: &'a str,
    id: &'a MessageId,
    from: &'a Address,
    to: Vec<&'a Address>,
    parents: Vec<&'a MessageId>,
    at: Timestamp,
}

impl<'a> Letter<'a> {
    fn of(path: &'a str, message: &'a Message) -> Option<Self> {
        let to = message.to.iter().chain(&message.cc).map(|party| &party.address);
        Some(Self {
            path,
            id: message.id.as_ref()?,
            from: &message.from.as_ref()?.address,
            to: to.collect(),
            parents: message.references.iter().chain(&message.in_reply_to).collect(),
            at: message.date?,
        })
    }

    /// Whether `self` answers `question`, to whoever asked.
    fn answers(&self, question: &Letter<'_>) -> bool {
        self.parents.contains(&question.id) && self.to.contains(&question.from)
    }
}

/// The ten: one after the other whoever adds the most answered questions, where three
/// that stay open weigh as much as one.
fn ten<'a>(letters: &[Letter<'a>]) -> Vec<&'a Address> {
    let answers = |n: usize| letters.iter().filter(move |other| other.answers(&letters[n]));
    let answered: Vec<BTreeSet<&Address>> =
        (0..letters.len()).map(|n| answers(n).map(|answer| answer.from).collect()).collect();
    let score = |ours: &BTreeSet<&Address>| -> i64 {
        let asked = letters.iter().zip(&answered).filter(|(letter, _)| {
            !ours.contains(letter.from) && letter.to.iter().any(|to| ours.contains(to))
        });
        asked.map(|(_, by)| if by.is_disjoint(ours) { -1 } else { 3 }).sum()
    };
    let people: BTreeSet<&Address> = letters.iter().map(|letter| letter.from).collect();
    let mut ours = BTreeSet::new();
    let mut chosen = Vec::new();
    for _ in 0..10 {
        let with = |person| ours.iter().copied().chain([person]).collect::<BTreeSet<&Address>>();
        let others = people.iter().copied().filter(|person| !ours.contains(person));
        let best = others.max_by_key(|person| (score(&with(person)), *person)).unwrap();
        ours.insert(best);
        chosen.push(best);
    }
    chosen
}

/// The first is above five of them, and the sixth above the rest.
fn house(people: &[&Address]) -> String {
    let mut text = HOUSE.to_owned();
    for (n, address) in people.iter().enumerate() {
        let supervisor = match n {
            0 => "",
            1..=5 => "supervisor = \"1\"\n",
            _ => "supervisor = \"6\"\n",
        };
        let number = n + 1;
        writeln!(
            text,
            "[[person]]\nid = \"{number}\"\nname = \"Number {number}\"\n\
             email = [\"{address}\"]\n{supervisor}"
        )
        .unwrap();
    }
    text
}

/// A mail without the marks of its way: they say when one reader fetched a heap of mail.
fn unmarked(raw: &[u8]) -> Vec<u8> {
    let text = raw.split_inclusive(|byte| *byte == b'\n');
    let (mut kept, mut skipping, mut head) = (Vec::new(), false, true);
    for line in text {
        head &= !line.trim_ascii().is_empty();
        let folded = line.first().is_some_and(u8::is_ascii_whitespace);
        skipping = head
            && if folded { skipping } else { line.to_ascii_lowercase().starts_with(b"received:") };
        if !skipping {
            kept.extend_from_slice(line);
        }
    }
    kept
}

fn local(event: &Value) -> Zoned {
    let at: Timestamp = event["at"].as_str().unwrap().parse().unwrap();
    at.to_zoned(TimeZone::get(ZONE).unwrap())
}

fn is(event: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| event["event"] == *name)
}

/// Nobody hears of work outside of it, nor of the same evening or morning twice.
fn at_the_right_hours(events: &[Value]) {
    let told = ["reminded", "escalated", "leaving", "left", "digest"];
    let mut once = BTreeSet::new();
    for event in events.iter().filter(|event| is(event, &told)) {
        let (at, to) = (local(event), event["to"].as_str().unwrap());
        // The last resort is an address and not a person: it has no hours.
        if to != "owner@ten.example" {
            let hours = Time::constant(9, 0, 0, 0)..Time::constant(18, 15, 0, 0);
            assert!(
                hours.contains(&at.time()) && at.weekday().to_monday_one_offset() < 6,
                "{event}"
            );
        }
        if is(event, &["leaving", "left", "digest"]) {
            let of = (event["event"].to_string(), event["owner"].to_string(), to, at.date());
            assert!(once.insert(of), "twice: {event}");
        }
        if is(event, &["escalated"]) {
            let due: Timestamp = event["due"].as_str().unwrap().parse().unwrap();
            assert!(at.timestamp() >= due, "too early: {event}");
        }
    }
}

/// What is told as answered was, and what is told as open was not, by the headers.
fn as_the_headers_say(events: &[Value], letters: &[Letter<'_>], people: &[&Address]) -> usize {
    let by_id: BTreeMap<&str, &Letter<'_>> = letters.iter().map(|l| (l.id.as_str(), l)).collect();
    let mut answered = 0;
    for (n, owed) in events.iter().enumerate().filter(|(_, event)| is(event, &["owed"])) {
        let question = by_id[owed["message_id"].as_str().unwrap()];
        let ours = letters.iter().filter(|letter| people.contains(&letter.from));
        let answer = ours.filter(|letter| letter.answers(question)).map(|letter| letter.at).min();
        let later = events[n..].iter().filter(|event| event["case"] == owed["case"]);
        let end = later.clone().find(|event| is(event, &["answered"]));
        match (answer, end) {
            (Some(_), end) => assert!(end.is_some(), "it was answered: {} {owed}", question.path),
            // Somebody of ours may have answered without naming what they answer.
            (None, Some(end)) => {
                let answer = by_id[end["message_id"].as_str().unwrap()];
                assert!(people.contains(&answer.from), "not by us: {} {end}", answer.path);
                assert!(answer.to.contains(&question.from), "{} {end}", answer.path);
            }
            (None, None) => {}
        }
        answered += usize::from(end.is_some());
    }
    answered
}

/// The number before these words in the summary.
fn figure(story: &str, words: &str) -> usize {
    let line = story.lines().find(|line| line.contains(words)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn rehearse(folder: &Path, json: bool) -> String {
    let words = ["rehearse", "--mail", "mails", "--json"];
    owed(folder, &words[..if json { 4 } else { 3 }]).out
}

#[test]
fn a_month_of_ten_people_is_told_as_it_was() {
    let Some(corpus) = corpus() else { return };
    let all = mails(&corpus).iter();
    let letters = all.filter_map(|mail| Letter::of(mail.says("path"), mail.message.as_ref().ok()?));
    let letters: Vec<Letter<'_>> =
        letters.filter(|letter| letter.at.to_string().starts_with(MONTH)).collect();
    let people = ten(&letters);

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("mails")).unwrap();
    std::fs::write(folder.path().join("owed.toml"), house(&people)).unwrap();
    for (n, letter) in letters.iter().enumerate() {
        let raw = std::fs::read(corpus.join(letter.path)).unwrap();
        std::fs::write(folder.path().join(format!("mails/{n:04}.eml")), unmarked(&raw)).unwrap();
    }

    let events = rehearse(folder.path(), true);
    let events: Vec<Value> = events.lines().map(|e| serde_json::from_str(e).unwrap()).collect();
    at_the_right_hours(&events);
    let answered = as_the_headers_say(&events, &letters, &people);

    let story = rehearse(folder.path(), false);
    let summary = story.split("How it would have looked").nth(1).unwrap();
    println!("{summary}");
    let waits = figure(summary, "began to wait");
    let parts = ["in time:", "answered late", "settled", "overdue still", "not due yet"];
    let parts: Vec<usize> = parts.iter().map(|words| figure(summary, words)).collect();
    assert_eq!(parts.iter().sum::<usize>(), waits, "every wait is counted once\n{summary}");
    assert_eq!(parts[0] + parts[1], answered, "{summary}");
    assert_eq!(figure(summary, "mails came"), letters.len());
    assert!(waits >= 15 && answered * 4 >= waits * 3, "an archive with its answers\n{summary}");
    let shown = story.lines().count();
    assert!(shown < letters.len(), "{shown} lines are more than a supervisor reads");
}
