//! A supervisor's morning: how things stand, and what was decided since the last.

use std::collections::BTreeMap;

use jiff::Zoned;
use jiff::civil::Date;

use super::leaving::{counted, footer, heading, standing};
use super::{Block, Item, Letter, SHORT, called, joined, one_line, plain_topic, when};
use crate::domain::ids::{CaseNumber, Party};

/// How many lines one list has; what is beyond is counted.
const LINES: usize = 10;

/// The kinds of mail, in words.
const KINDS: &[(&str, &str)] = &[
    ("human", "from people"),
    ("thanks", "thanks"),
    ("auto-reply", "automatic answers"),
    ("bounce", "delivery reports"),
    ("receipt", "read receipts"),
    ("list", "mailing lists"),
    ("bulk", "newsletters"),
    ("notification", "notifications"),
    ("calendar", "calendar answers"),
    ("spam", "spam"),
];

/// How things stand, for one reader. All times are on the reader's clocks.
#[derive(Debug, Clone)]
pub struct Digest {
    /// When this is written.
    pub now: Zoned,
    /// When the last one was, or how far this one looks back.
    pub since: Zoned,
    /// What is overdue, most urgent first.
    pub overdue: Vec<Item>,
    /// What else is due today, in order.
    pub today: Vec<Item>,
    /// Where a contact asked again, newest first.
    pub chased: Vec<Decided>,
    /// What was judged to need no answer, by a person, newest first.
    pub dismissed: Vec<Decided>,
    /// Promises that were put right, newest first.
    pub corrected: Vec<Decided>,
    /// What came of asking after jobs.
    pub after_jobs: AfterJobs,
    /// What was filed as needing no reply: of each kind, how many.
    pub filed: Vec<(String, usize)>,
    /// Those of them that people wrote, newest first.
    pub human: Vec<FiledMail>,
    /// What could not be read, so that nobody judged it, newest first.
    pub unread: Vec<FiledMail>,
    /// Who is away today.
    pub away: Vec<Away>,
}

/// What came of asking contacts whether all is well after a job.
#[derive(Debug, Clone, Default)]
pub struct AfterJobs {
    /// How many were asked.
    pub asked: usize,
    /// How many said that it is.
    pub fine: usize,
    /// Who said that it is not, newest first.
    pub not_ok: Vec<Decided>,
    /// Who was not asked or did not say, and why, newest first.
    pub nothing: Vec<Decided>,
    /// What those who said that it is well answered to each question behind that.
    pub answers: BTreeMap<String, Vec<String>>,
}

/// What happened in a case.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The case.
    pub case: CaseNumber,
    /// Its subject.
    pub subject: String,
    /// Who waits, or waited.
    pub contact: Party,
    /// When.
    pub at: Zoned,
    /// What, with who decided it.
    pub words: String,
}

/// A mail that was filed.
#[derive(Debug, Clone)]
pub struct FiledMail {
    /// Who wrote it.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// Why nobody owes an answer.
    pub reason: String,
}

/// Somebody who is away.
#[derive(Debug, Clone)]
pub struct Away {
    /// Who.
    pub name: String,
    /// The last day of it.
    pub until: Date,
    /// Who stands in.
    pub deputy: Option<String>,
}

impl Digest {
    /// Whether there is nothing to tell: that somebody is away is known anyway, and how
    /// much came from programs and to lists can be told with the next one.
    pub fn is_empty(&self) -> bool {
        let owed = self.overdue.is_empty() && self.today.is_empty();
        let AfterJobs { asked, fine, not_ok, nothing, answers } = &self.after_jobs;
        let decided = [&self.chased, &self.dismissed, &self.corrected, not_ok, nothing];
        let written = [&self.human, &self.unread];
        owed && asked + fine + answers.len() == 0
            && decided.iter().all(|list| list.is_empty())
            && written.iter().all(|list| list.is_empty())
    }

    /// The cases that it tells of.
    pub fn cases(&self) -> Vec<CaseNumber> {
        let owed = self.overdue.iter().chain(&self.today).map(|item| item.case);
        let AfterJobs { not_ok, nothing, .. } = &self.after_jobs;
        let decided = [&self.chased, &self.dismissed, &self.corrected, not_ok, nothing];
        owed.chain(decided.into_iter().flatten().map(|decided| decided.case)).collect()
    }
}

/// To somebody who is above others, on a schedule.
pub fn digest(digest: &Digest) -> Letter {
    let Digest { now, overdue, today, .. } = digest;
    let standing = counts(overdue.len(), today.len());
    let since = format!("Since {}:", when::clock(&digest.since, now));
    let mut blocks = vec![Block::Lead(format!("{standing}."))];
    blocks.extend(owed("Overdue now", overdue, now));
    blocks.extend(owed("Due today", today, now));
    blocks.extend(list("Away today", &digest.away, |away| away_line(away, now)));
    let decided = [
        decided("Contacts who asked again", &digest.chased, now),
        decided("Judged to need no answer", &digest.dismissed, now),
        decided("Promises put right", &digest.corrected, now),
    ];
    let unread = list("Could not be read, so nobody judged it", &digest.unread, |mail| {
        format!("{}: {}.", one_line(&mail.from, SHORT), one_line(&mail.reason, SHORT))
    });
    let (after_jobs, filed) = (after_jobs(digest), filed(digest));
    let news = decided.into_iter().flatten().chain(after_jobs);
    let mut news = news.chain(unread).chain(filed).peekable();
    if news.peek().is_some() {
        blocks.push(Block::Paragraph(since));
    }
    blocks.extend(news);
    blocks.push(footer("Written by owed, automatically, for whoever is above somebody here."));
    let subject = format!("{}: {standing}", now.strftime("%A %-d %B"));
    Letter { subject, preview: preview(overdue), blocks }
}

/// "2 overdue, nothing more due today"
fn counts(overdue: usize, today: usize) -> String {
    let many = |count: usize| if count == 0 { "nothing".to_owned() } else { count.to_string() };
    let more = if overdue == 0 { "" } else { " more" };
    let first = if overdue == 0 { "Nothing".to_owned() } else { many(overdue) };
    format!("{first} overdue, {}{more} due today", many(today))
}

fn preview(overdue: &[Item]) -> String {
    overdue
        .first()
        .map_or("Nothing is overdue.".to_owned(), |item| format!("First {}.", heading(item)))
}

fn owed(title: &str, items: &[Item], now: &Zoned) -> Option<Block> {
    list(title, items, |item| {
        let who = match &item.owner {
            Some(owner) => one_line(owner, SHORT),
            None => format!("nobody yet at {}", one_line(&item.mailbox, SHORT)),
        };
        let since = when::clock(&item.since, now);
        let waits = format!("{}: {who}. Waiting since {since}.", heading(item));
        format!("{waits} {} {}", standing(item, now), item.case)
    })
}

fn decided(title: &str, all: &[Decided], now: &Zoned) -> Option<Block> {
    list(title, all, |decided| {
        let Decided { case, subject, contact, at, words } = decided;
        let (who, topic) = (called(contact), plain_topic(subject));
        let words = one_line(words, 2 * SHORT);
        // What was done for them may be the subject too, and is said once.
        let words = words.strip_prefix(&format!("“{topic}”: ")).unwrap_or(&words);
        format!("{who}, “{topic}”: {words}; {}. {case}", when::clock(at, now))
    })
}

/// What came of asking after jobs: how many said what, and who did not.
fn after_jobs(digest: &Digest) -> Vec<Block> {
    let AfterJobs { asked, fine, not_ok, nothing, answers } = &digest.after_jobs;
    let counts = (asked + fine > 0).then(|| {
        let were = counted(*asked, "contact was", "contacts were");
        let said = counted(*fine, "contact said", "contacts said");
        Block::Paragraph(format!(
            "After a job, {were} asked whether all is well, and {said} that it is."
        ))
    });
    let answers: Vec<(&String, &Vec<String>)> = answers.iter().collect();
    let lists = [
        list("What they answered behind that", &answers, |(question, answers)| {
            format!("{} {}", one_line(question, SHORT), in_numbers(answers))
        }),
        decided("Not OK after a job", not_ok, &digest.now),
        decided("After a job not asked, or without a word", nothing, &digest.now),
    ];
    counts.into_iter().chain(lists.into_iter().flatten()).collect()
}

/// Answers to one question, the same ones counted.
fn in_numbers(answers: &[String]) -> String {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer).or_default() += 1;
    }
    let said = counts.into_iter().take(LINES).map(|(answer, count)| {
        let answer = one_line(answer, 2 * SHORT);
        if count == 1 { answer } else { format!("{answer} ({count}×)") }
    });
    said.collect::<Vec<_>>().join("; ")
}

/// What needs no reply: its kinds, and what of it people wrote.
fn filed(digest: &Digest) -> Vec<Block> {
    let kinds: Vec<String> =
        digest.filed.iter().map(|(kind, count)| format!("{} {count}", kind_words(kind))).collect();
    if kinds.is_empty() {
        return Vec::new();
    }
    let all = digest.filed.iter().map(|(_, count)| count).sum();
    let mails = counted(all, "mail was", "mails were");
    let counts = format!("{mails} filed as needing no reply: {}.", kinds.join(", "));
    let round = "If one of them does need a reply, answer it as you always do, or have it watched: \
                 “owed list --filed” has all of them with their reasons, and “owed needs-answer” \
                 turns one round.";
    let human = list("Of these, people wrote to somebody here", &digest.human, |mail| {
        let from = one_line(&mail.from, SHORT);
        let (topic, reason) = (plain_topic(&mail.subject), one_line(&mail.reason, SHORT));
        format!("{from}, “{topic}”: {reason}.")
    });
    let turn = human.is_some().then(|| round.to_owned());
    let said = joined([Some(counts), turn]);
    std::iter::once(Block::Paragraph(said)).chain(human).collect()
}

/// What verdicts call it, as a reader says it.
fn kind_words(kind: &str) -> &str {
    let words = KINDS.iter().find(|(name, _)| *name == kind);
    words.map_or(kind, |(_, words)| words)
}

fn away_line(away: &Away, now: &Zoned) -> String {
    let name = one_line(&away.name, SHORT);
    let until = match away.until {
        last if last <= now.date() => "today".to_owned(),
        last => format!("until {} {}", last.day(), last.strftime("%B")),
    };
    match &away.deputy {
        Some(deputy) => format!("{name}, {until}; {} stands in.", one_line(deputy, SHORT)),
        None => format!("{name}, {until}."),
    }
}

/// A list with its title; what is beyond it is counted.
fn list<T>(title: &str, all: &[T], line: impl Fn(&T) -> String) -> Option<Block> {
    let more = all.len().saturating_sub(LINES);
    let mut lines: Vec<String> = all.iter().take(LINES).map(line).collect();
    if more > 0 {
        lines.push(format!("{more} more."));
    }
    (!lines.is_empty()).then(|| Block::List(title.to_owned(), lines))
}
