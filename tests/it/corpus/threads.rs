//! Which mails belong together: the conversations that joining finds, against
//! those that Message-IDs or annotators vouch for.
//!
//! Every mail that people may have written goes, in the order of its time,
//! through [`Ties`], as in the engine; only what is found is kept in memory here
//! instead of in the store, and everybody is a stranger. So mails that need no
//! answer are joined too, and those without a label may lead astray.

use std::collections::{BTreeMap, HashMap, HashSet};

use owed::domain::ids::{Address, MessageId};
use owed::mail::parse::{Message, parse};
use owed::mail::thread::{Earlier, Search, Ties, base_subject};

use jiff::Timestamp;

use super::evidence::{Evidence, together};
use super::{Mail, Row, Table, corpus, mails, rows};

#[derive(Default)]
struct Conversation {
    subject: String,
    people: Vec<Address>,
    linked: bool,
    last_at: Timestamp,
}

/// What the store keeps of cases, in memory. A mail that names two conversations
/// makes them one: it came after its own answer.
#[derive(Default)]
struct Archive {
    all: Vec<Conversation>,
    /// The conversation that another became part of; itself, where it did not.
    merged: Vec<usize>,
    named: HashMap<MessageId, usize>,
    subjects: HashMap<String, Vec<usize>>,
}

impl Archive {
    /// Takes a mail into the conversation that it continues, or begins one.
    fn place(&mut self, message: &Message) -> usize {
        let at = time(message);
        let ties = Ties::of(message, at, |_| false);
        let place = self.joined(&ties).unwrap_or_else(|| self.begin(message));
        for id in message.id.iter().chain(&ties.parents).chain(&ties.conversation) {
            if let Some(other) = self.named.insert(id.clone(), place) {
                let other = self.whole(other);
                self.merged[other] = place;
            }
        }
        let conversation = &mut self.all[place];
        conversation.linked |= !ties.parents.is_empty();
        conversation.last_at = at.max(conversation.last_at);
        let named = message.from.iter().chain(&message.to).chain(&message.cc);
        conversation.people.extend(named.map(|party| party.address.clone()));
        place
    }

    /// The conversation that the one at `place` is part of by now.
    fn whole(&self, mut place: usize) -> usize {
        while self.merged[place] != place {
            place = self.merged[place];
        }
        place
    }

    fn joined(&self, ties: &Ties) -> Option<usize> {
        let of = |ids: &[MessageId]| ids.iter().find_map(|id| self.named.get(id)).copied();
        ties.searches().into_iter().find_map(|search| {
            let found = match search {
                Search::Named(ids) => of(ids).into_iter().collect(),
                Search::Answering(id) | Search::Conversation(id) => {
                    of(std::slice::from_ref(id)).into_iter().collect()
                }
                Search::Subject(text) => self.by_subject(text),
                Search::Numbered(_) => Vec::new(),
            };
            let mut wholes = found.into_iter().map(|place| self.whole(place));
            wholes.find(|place| {
                let Conversation { subject, people, linked, last_at } = &self.all[*place];
                let (side, everybody, linked, last_at) = (people, people, *linked, *last_at);
                ties.continues(search, Earlier { subject, side, everybody, linked, last_at })
            })
        })
    }

    fn by_subject(&self, text: &str) -> Vec<usize> {
        let mut found = self.subjects.get(text).cloned().unwrap_or_default();
        found.sort_by_key(|place| std::cmp::Reverse(self.all[*place].last_at));
        found
    }

    fn begin(&mut self, message: &Message) -> usize {
        let place = self.all.len();
        let subject = message.subject.clone();
        self.subjects.entry(base_subject(&subject).text).or_default().push(place);
        self.all.push(Conversation { subject, ..Conversation::default() });
        self.merged.push(place);
        place
    }
}

/// When a mail was written. The top-most Received line of this collection says
/// when one reader fetched a heap of mail, in any order.
fn time(message: &Message) -> Timestamp {
    message.date.or(message.received).unwrap_or_default()
}

/// A mail as a program sends it that keeps no references.
fn stripped(message: &Message) -> Message {
    Message { in_reply_to: Vec::new(), references: Vec::new(), ..message.clone() }
}

/// Where a mail belongs, as labelled and as found.
struct Placed<'a> {
    thread: &'a str,
    /// Its part of the thread, where real Message-IDs tie it together; some labels
    /// rest on addresses: "In-Reply-To: Message from Jane <jane@customer.example>".
    part: usize,
    /// Which of the labelled mails it is.
    index: usize,
    place: usize,
}

/// Mails in the order of their time, each with its path.
type Mails<'a> = [(&'a str, &'a Message)];

/// How many pairs of mails that belong together were found, and how many were
/// put together that do not.
#[derive(Default)]
struct Pairs {
    found: usize,
    labelled: usize,
    joined: usize,
    astray: BTreeMap<(String, String), usize>,
    apart: BTreeMap<String, usize>,
}

impl Pairs {
    /// Counts every pair; those of which `counts` says no are left out.
    fn of(mails: &[Placed<'_>], counts: impl Fn(&Placed<'_>, &Placed<'_>) -> bool) -> Self {
        let mut pairs = Self::default();
        for (i, one) in mails.iter().enumerate() {
            for other in mails[..i].iter().filter(|other| counts(one, other)) {
                let (together, joined) = (one.thread == other.thread, one.place == other.place);
                pairs.labelled += usize::from(together);
                pairs.joined += usize::from(joined);
                pairs.found += usize::from(together && joined);
                if together && !joined {
                    *pairs.apart.entry(one.thread.to_owned()).or_default() += 1;
                } else if joined && !together {
                    let key = (one.thread.to_owned(), other.thread.to_owned());
                    *pairs.astray.entry(key).or_default() += 1;
                }
            }
        }
        pairs
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of pairs are small")]
    fn show(&self, table: &mut Table, name: &str, (precision, recall): (f64, f64)) {
        let share = |all: usize| self.found as f64 / all.max(1) as f64;
        table.figure(&format!("{name}: precision"), share(self.joined), precision);
        table.figure(&format!("{name}: recall"), share(self.labelled), recall);
        println!("{name}: joined though labelled apart: {:?}", self.astray);
        println!("{name}: left apart: {:?}", self.apart);
    }
}

/// The places of labelled mails, after every mail went its way.
fn placed<'a>(
    all: &Mails<'_>,
    thread_of: &HashMap<&str, &'a str>,
    as_sent: impl Fn(&Message) -> Message,
) -> Vec<Placed<'a>> {
    let parts = parts(all);
    let mut archive = Archive::default();
    let places: Vec<_> = all.iter().map(|(_, message)| archive.place(&as_sent(message))).collect();
    let labelled = all.iter().zip(places).zip(parts).filter_map(|(((path, _), place), part)| {
        Some((*thread_of.get(path)?, part, archive.whole(place)))
    });
    let numbered = labelled.enumerate();
    numbered.map(|(index, (thread, part, place))| Placed { thread, part, index, place }).collect()
}

/// For each mail the first one that it hangs together with, by Message-IDs that
/// are nobody's address.
fn parts(all: &Mails<'_>) -> Vec<usize> {
    let authors = all.iter().filter_map(|(_, message)| message.from.as_ref());
    let people: HashSet<&str> = authors.map(|author| author.address.as_str()).collect();
    let mut first: Vec<usize> = (0..all.len()).collect();
    let mut holder: HashMap<&str, usize> = HashMap::new();
    for (i, (_, message)) in all.iter().enumerate() {
        let named = message.in_reply_to.iter().chain(&message.references).chain(&message.id);
        for id in named.map(MessageId::as_str).filter(|id| !people.contains(*id)) {
            let (here, there) = (first[i], first[*holder.entry(id).or_insert(i)]);
            let earlier = here.min(there);
            for of in first.iter_mut().filter(|of| [here, there].contains(of)) {
                *of = earlier;
            }
        }
    }
    first
}

/// Threads that the labels hold apart because a program lost the references,
/// though they share subject and week.
fn torn<'a>(all: &Mails<'_>, thread_of: &HashMap<&str, &'a str>) -> HashSet<(&'a str, &'a str)> {
    const WEEK: i64 = 7 * 24 * 3600;
    let mut subjects: HashMap<String, Vec<(&str, Timestamp)>> = HashMap::new();
    for (path, message) in all {
        let Some(thread) = thread_of.get(path) else { continue };
        let subject = base_subject(&message.subject).text;
        subjects.entry(subject).or_default().push((thread, time(message)));
    }
    let mut torn = HashSet::new();
    for mails in subjects.values() {
        for (thread, at) in mails {
            for (other, then) in mails.iter().filter(|(other, _)| thread != other) {
                if at.duration_since(*then).as_secs().abs() <= WEEK {
                    torn.insert((*thread, *other));
                }
            }
        }
    }
    torn
}

/// What labelled mails say of themselves against labels that rest on headers.
struct Doubts {
    /// The first mail that each hangs together with by label, or because under one
    /// subject one quotes the other's words or names who wrote it.
    spoken: Vec<usize>,
    /// The same by label, where subject or quotation say so, too: who began a new
    /// matter by answering an old mail is left alone.
    matter: Vec<usize>,
}

impl Doubts {
    fn of(labelled: &[(&str, &Message)]) -> Self {
        let evidence = Evidence::of(labelled.iter().map(|(_, message)| *message));
        let one_label = |one: usize, other: usize| labelled[one].0 == labelled[other].0;
        let one_subject = |one: usize, other: usize| evidence.is_one_subject(one, other);
        Self {
            spoken: together(labelled.len(), |one, other| {
                one_label(one, other)
                    || one_subject(one, other) && evidence.is_spoken_of(one, other)
            }),
            matter: together(labelled.len(), |one, other| {
                one_label(one, other) && (one_subject(one, other) || evidence.is_quoted(one, other))
            }),
        }
    }

    /// Whether nothing but a header says what the label says of these two.
    fn doubt(&self, one: &Placed<'_>, other: &Placed<'_>) -> bool {
        if one.thread == other.thread {
            self.matter[one.index] != self.matter[other.index]
        } else {
            self.spoken[one.index] == self.spoken[other.index]
        }
    }
}

fn labels<'a>(rows: &'a [Row], thread: &str) -> HashMap<&'a str, &'a str> {
    rows.iter().map(|row| (row["path"].as_str(), row[thread].as_str())).collect()
}

/// Whether the collection says that people wrote it.
fn may_be_human(mail: &Mail) -> bool {
    ["newsletter/list", "thread-reply", "other"].contains(&mail.says("kind"))
}

#[test]
fn corpus_threads_are_found_with_references_and_without() {
    let Some(corpus) = corpus() else { return };
    let reference = rows(&corpus.join("reference_threads.tsv"));
    let thread_of = labels(&reference, "thread");
    let mails = mails(&corpus)
        .iter()
        .filter(|mail| may_be_human(mail) || thread_of.contains_key(mail.says("path")));
    let readable = |mail: &'static Mail| Some((mail.says("path"), mail.message.as_ref().ok()?));
    let mut all: Vec<_> = mails.filter_map(readable).collect();
    all.sort_by_key(|(_, message)| time(message));
    let mut table = Table::default();
    let torn = torn(&all, &thread_of);
    println!("labelled apart though one by subject and week: {torn:?}");
    let labelled = all.iter().filter_map(|(path, message)| Some((*thread_of.get(path)?, *message)));
    let doubts = Doubts::of(&labelled.collect::<Vec<_>>());
    let by_header = |one: &Placed<'_>, other: &Placed<'_>| {
        let by_address = one.thread == other.thread && one.part != other.part;
        !by_address && !torn.contains(&(one.thread, other.thread))
    };
    let undoubted = |one: &Placed<'_>, other: &Placed<'_>| !doubts.doubt(one, other);
    let counts =
        |one: &Placed<'_>, other: &Placed<'_>| by_header(one, other) && undoubted(one, other);
    let (whole, bare) =
        (placed(&all, &thread_of, Message::clone), placed(&all, &thread_of, stripped));
    let doubted = Pairs::of(&bare, |one, other| doubts.doubt(one, other));
    println!("joined by subject, and one mail quotes or names the other: {:?}", doubted.astray);
    println!("left apart, and neither subject nor quotation in common: {:?}", doubted.apart);
    Pairs::of(&whole, |_, _| true).show(&mut table, "threads, all labels", (0.995, 0.98));
    Pairs::of(&whole, by_header).show(&mut table, "threads", (0.995, 0.98));
    Pairs::of(&bare, |_, _| true).show(&mut table, "stripped, all labels", (0.84, 0.775));
    Pairs::of(&bare, undoubted).show(&mut table, "stripped, no mail against", (0.98, 0.85));
    Pairs::of(&bare, counts).show(&mut table, "stripped", (0.98, 0.85));
    table.close();
}

#[test]
fn corpus_conversations_without_any_reference_are_found() {
    let Some(corpus) = corpus() else { return };
    let annotated = rows(&corpus.join("threads/manifest.tsv"));
    let thread_of = labels(&annotated, "thread_id");
    let read = |row: &Row| {
        let message = parse(&std::fs::read(corpus.join(&row["path"])).unwrap()).unwrap();
        (row["path"].clone(), message)
    };
    let mut read: Vec<_> = annotated.iter().map(read).collect();
    read.sort_by_key(|(_, message)| time(message));
    let all: Vec<_> = read.iter().map(|(path, message)| (path.as_str(), message)).collect();
    let mut table = Table::default();
    let placed = placed(&all, &thread_of, Message::clone);
    Pairs::of(&placed, |_, _| true).show(&mut table, "BC3", (0.98, 0.85));
    table.close();
}
