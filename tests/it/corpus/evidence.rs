//! What mails themselves say of belonging together, beside their headers: words
//! of one that another quotes, and whom a quotation names.
//!
//! By it labels are doubted that rest on Message-IDs alone, of programs that lost
//! them and of people who began a new matter by answering an old mail.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use owed::mail::parse::Message;
use owed::mail::thread::base_subject;
use owed::mail::visible::{own_words, parts};

/// How many words in a row are compared.
const WORDS: usize = 6;
/// How many such rows make a quotation.
const ROWS: usize = 2;
/// What more mails than that have is a list's footer, or a saying.
const COMMON: usize = 40;

/// What is compared of a mail.
struct Trace {
    own: HashSet<u64>,
    quoted: HashSet<u64>,
    /// What its author did not write: quotations, and what stands above them.
    told: String,
    author: Vec<String>,
    subjects: Vec<String>,
}

impl Trace {
    fn of(message: &Message) -> Self {
        let parts = parts(message);
        let own = own_words(&parts.own);
        let of_author: HashSet<&str> = own.lines().chain(parts.signature.lines()).collect();
        let told = message.text.lines().filter(|line| !of_author.contains(line));
        let told = told.collect::<Vec<_>>().join("\n").to_lowercase();
        let subject = base_subject(&message.subject);
        let subjects = subject.was.into_iter().chain([subject.text]).collect();
        let author = message.from.iter().flat_map(|party| {
            let name = Some(party.name.to_lowercase()).filter(|name| name.contains(' '));
            name.into_iter().chain([party.address.as_str().to_owned()])
        });
        let author = author.collect();
        Self { own: rows(&own), quoted: rows(&told), told, author, subjects }
    }

    fn shares_subject(&self, other: &Self) -> bool {
        self.subjects.iter().any(|subject| other.subjects.contains(subject))
    }

    fn names(&self, other: &Self) -> bool {
        other.author.iter().any(|name| self.told.contains(name))
    }

    fn quotes(&self, other: &Self) -> bool {
        self.quoted.intersection(&other.own).take(ROWS).count() == ROWS
    }
}

/// Words that follow each other, without case and marks.
fn rows(text: &str) -> HashSet<u64> {
    let text = text.to_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let hashed = |row: &[&str]| {
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        hasher.finish()
    };
    words.windows(WORDS).map(hashed).collect()
}

/// The mails, ready to be compared.
pub(super) struct Evidence(Vec<Trace>);

impl Evidence {
    pub(super) fn of<'a>(mails: impl Iterator<Item = &'a Message>) -> Self {
        let mut traces: Vec<Trace> = mails.map(Trace::of).collect();
        let mut known: HashMap<u64, usize> = HashMap::new();
        for row in traces.iter().flat_map(|trace| trace.own.union(&trace.quoted)) {
            *known.entry(*row).or_default() += 1;
        }
        for trace in &mut traces {
            trace.own.retain(|row| known[row] <= COMMON);
            trace.quoted.retain(|row| known[row] <= COMMON);
        }
        Self(traces)
    }

    /// Whether one quotes the other's own words.
    pub(super) fn is_quoted(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.0[one], &self.0[other]);
        one.quotes(other) || other.quotes(one)
    }

    /// Whether one quotes the other, or names who wrote it.
    pub(super) fn is_spoken_of(&self, one: usize, other: usize) -> bool {
        let (here, there) = (&self.0[one], &self.0[other]);
        self.is_quoted(one, other) || here.names(there) || there.names(here)
    }

    /// Whether they have one subject, or one had the other's before it was changed.
    pub(super) fn is_one_subject(&self, one: usize, other: usize) -> bool {
        self.0[one].shares_subject(&self.0[other])
    }
}

/// For each of so many the first that it hangs together with.
pub(super) fn together(many: usize, linked: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut first: Vec<usize> = (0..many).collect();
    for one in 0..many {
        for other in 0..one {
            let (here, there) = (first[one], first[other]);
            if here != there && linked(one, other) {
                let earlier = here.min(there);
                first
                    .iter_mut()
                    .filter(|of| [here, there].contains(of))
                    .for_each(|of| *of = earlier);
            }
        }
    }
    first
}
