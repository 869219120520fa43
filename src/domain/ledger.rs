//! The ledger of a contact: what added to the relationship, and what took away.
//!
//! It is read from the journal alone. A promise that was broken stays broken when
//! it is kept afterwards, and an answer to nothing that was owed counts on no
//! side.

use jiff::Timestamp;

use super::effect::{Entry, What};

/// How it went with one contact, as far back as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Answers that came by the time they were due.
    pub in_time: u32,
    /// Promises that were kept by their time.
    pub kept: u32,
    /// Jobs of which they said that all is well.
    pub fine: u32,
    /// Jobs of which they said that it is not.
    pub not_fine: u32,
    /// Answers that came after that.
    pub after_due: u32,
    /// How often they asked again.
    pub chased: u32,
    /// When they did, the last time.
    pub last_chased: Option<Timestamp>,
    /// Promises whose time passed.
    pub broken: u32,
    /// When the last of them passed.
    pub last_broken: Option<Timestamp>,
    /// What is overdue now.
    pub overdue: u32,
}

impl Ledger {
    /// What these entries of a contact's cases come to, with what is overdue now.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>, overdue: u32) -> Self {
        let mut ledger = Self { overdue, ..Self::default() };
        entries.into_iter().for_each(|entry| ledger.enter(entry));
        ledger
    }

    /// How much added to the relationship.
    pub fn added(&self) -> u32 {
        self.in_time.saturating_add(self.kept).saturating_add(self.fine)
    }

    /// How much took away from it.
    pub fn took_away(&self) -> u32 {
        let parts = [self.after_due, self.chased, self.broken, self.overdue, self.not_fine];
        parts.into_iter().fold(0, u32::saturating_add)
    }

    /// Whether there is anything to tell.
    pub fn is_empty(&self) -> bool {
        self.added() == 0 && self.took_away() == 0
    }

    fn enter(&mut self, entry: &Entry) {
        let in_time = entry.due.map(|due| entry.at <= due);
        let count = match (entry.what, in_time) {
            (What::Answered, Some(true)) => &mut self.in_time,
            (What::Answered, Some(false)) => &mut self.after_due,
            (What::PromiseKept, Some(true)) => &mut self.kept,
            (What::CheckInOk, _) => &mut self.fine,
            (What::CheckInNotOk, _) => &mut self.not_fine,
            (What::PromiseBroken, _) => {
                self.last_broken = self.last_broken.max(Some(entry.at));
                &mut self.broken
            }
            (What::Chased, _) => {
                self.last_chased = self.last_chased.max(Some(entry.at));
                &mut self.chased
            }
            _ => return,
        };
        *count = count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::at;
    use super::*;

    fn entry(what: What, when: &str, due: Option<&str>) -> Entry {
        Entry { due: due.map(at), ..Entry::new(at(when), what, "") }
    }

    #[test]
    fn what_adds_and_what_takes_away_is_counted_by_the_hour() {
        let due = Some("2026-03-04 18:00");
        let entries = [
            entry(What::Answered, "2026-03-04 18:00", due),
            entry(What::Answered, "2026-03-04 18:01", due),
            entry(What::Answered, "2026-03-04 10:00", None),
            entry(What::PromiseKept, "2026-03-04 17:00", due),
            entry(What::Chased, "2026-03-03 11:00", None),
            entry(What::Chased, "2026-03-02 11:00", None),
            entry(What::PromiseBroken, "2026-03-03 12:00", Some("2026-03-03 12:00")),
            // Kept after all: it was broken all the same, and is told once.
            entry(What::PromiseKept, "2026-03-04 09:00", Some("2026-03-03 12:00")),
            entry(What::Reminded, "2026-03-04 09:00", due),
            entry(What::CheckInOk, "2026-03-06 12:00", None),
            entry(What::CheckInNotOk, "2026-03-06 13:00", None),
        ];
        let ledger = Ledger::of(&entries, 2);
        let expected = Ledger {
            in_time: 1,
            kept: 1,
            after_due: 1,
            chased: 2,
            last_chased: Some(at("2026-03-03 11:00")),
            broken: 1,
            last_broken: Some(at("2026-03-03 12:00")),
            overdue: 2,
            fine: 1,
            not_fine: 1,
        };
        assert_eq!(ledger, expected);
        assert_eq!((ledger.added(), ledger.took_away()), (3, 7));
        assert!(Ledger::of(&[], 0).is_empty() && !ledger.is_empty());
    }
}
