//! What needed no answer on one day: as many lines as there are reasons, and not as there
//! are mails.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// How many reasons of one day are told apart.
const REASONS: usize = 6;

/// The mails of one day that belong to no case.
#[derive(Debug)]
pub(super) struct Pile {
    pub(super) day: Date,
    /// By their reason: how many, and what the first of them is about.
    reasons: BTreeMap<String, (usize, String)>,
}

impl Pile {
    /// An empty one.
    pub(super) fn of(day: Date) -> Self {
        Self { day, reasons: BTreeMap::new() }
    }

    /// Lays a mail on it.
    pub(super) fn add(&mut self, reason: &str, about: &str) {
        let first = || (0, about.to_owned());
        self.reasons.entry(reason.to_owned()).or_insert_with(first).0 += 1;
    }

    /// What lies on it, in words, most of a reason first.
    pub(super) fn in_words(&self) -> Vec<String> {
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        let line = |(reason, (count, about)): &(&String, &(usize, String))| match count {
            1 => format!("{about}  {reason}"),
            _ => format!("{count} mails: {reason}"),
        };
        let mut lines: Vec<String> = reasons.iter().take(REASONS).map(line).collect();
        let rest: usize = reasons.iter().skip(REASONS).map(|(_, (count, _))| count).sum();
        if rest > 0 {
            lines
                .push(format!("{rest} more, each for a reason that --json and “owed explain” say"));
        }
        lines
    }
}
