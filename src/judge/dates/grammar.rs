//! How the words of dates stand together in a sentence: which of them are one
//! date, and how it is led in. What a date is made of, [`super::parts`] knows.

use super::parts::{Part, part};
use super::terms::{Term, Vocabulary, Word};
use super::{Day, Lead, Named, Time, Week};

use Term::{Few, Month, Number, Other, Sign, Weekday, Word as W};

/// The days and times that a sentence names, in its order.
pub(in crate::judge) fn mentions(sentence: &str, words: &Vocabulary) -> Vec<Named> {
    let terms = words.terms(sentence);
    let (row, at): (Vec<Term>, Vec<usize>) = terms.into_iter().unzip();
    let mut scan = Scan::default();
    let mut from = 0;
    while let (Some(rest), Some(at)) = (row.get(from..), at.get(from)) {
        let Some(first) = rest.first() else { break };
        if let Some((part, count)) = part(rest) {
            scan.lead(*first);
            scan.take(part, *at);
            from += count;
        } else {
            scan.pass(*first);
            from += 1;
        }
    }
    scan.close();
    scan.found
}

/// What has been read so far of a sentence.
#[derive(Debug, Default)]
struct Scan {
    found: Vec<Named>,
    open: Option<Named>,
    lead: Lead,
    joined: bool,
}

impl Scan {
    /// A term that leads in what follows it, or that a part begins with.
    fn lead(&mut self, term: Term) {
        self.lead = match (term, self.lead) {
            (_, Lead::Past) => Lead::Past,
            (W(Word::Before), _) => Lead::Before,
            // "before the end of the week" is by its end.
            (W(Word::By | Word::In), Lead::None)
            | (W(Word::Start | Word::Middle | Word::End), Lead::Before) => Lead::Limit,
            (_, lead) => lead,
        };
    }

    fn take(&mut self, part: Part, at: usize) {
        let (day, time) = match part {
            // "Montag morgen": after a weekday it is the morning of it.
            Part::Day(Day::Offset(1)) if self.on_weekday() => (None, Some(Time::Noon)),
            Part::Day(day) => (Some(day), None),
            Part::Time(time) => (None, Some(time)),
            Part::Both(day, time) => (Some(day), Some(time)),
        };
        // "morgen bis 15 Uhr": a day and its time are no two choices.
        let whole = |open: &Named| !self.joined || (open.time.is_none() && day.is_none());
        let one = self.open.filter(whole).and_then(|open| completed(open, day, time));
        if let Some(one) = one {
            self.joined = false;
            let lead = if one.lead == Lead::None { self.lead } else { one.lead };
            self.open = Some(Named { lead, ..one });
            return;
        }
        let joined = self.joined && self.open.is_some();
        self.close();
        self.open = Some(Named { day, time, lead: self.lead, joined, at });
    }

    fn on_weekday(&self) -> bool {
        let open = self.open.filter(|open| open.time.is_none() && !self.joined);
        open.is_some_and(|open| matches!(open.day, Some(Day::Weekday(..))))
    }

    /// A term that is no part of a date.
    fn pass(&mut self, term: Term) {
        match term {
            W(Word::Past) => {
                self.close();
                self.lead = Lead::Past;
            }
            W(Word::Ago) => self.open = None,
            W(Word::Or) | Sign('-' | '–' | '/') => self.joined = self.open.is_some(),
            W(_) => self.lead(term),
            Sign(',' | '(' | ')') => {}
            Other | Sign(_) | Weekday(_) | Month(_) | Number(_) | Few(_) => {
                self.close();
                self.lead = Lead::None;
            }
        }
    }

    fn close(&mut self) {
        self.found.extend(self.open.take());
        self.joined = false;
    }
}

/// A date with another part of it; `None` where that begins another date.
fn completed(open: Named, day: Option<Day>, time: Option<Time>) -> Option<Named> {
    if open.time.is_some() && time.is_some() {
        return None;
    }
    let day = match (open.day, day) {
        (Some(known), Some(new)) => Some(one_day(known, new)?),
        (known, new) => known.or(new),
    };
    Some(Named { day, time: open.time.or(time), ..open })
}

/// The one day that two names are of: "Friday, 4 December", "Monday next week".
fn one_day(known: Day, new: Day) -> Option<Day> {
    match (known, new) {
        (Day::Weekday(..), Day::Date { .. } | Day::Slashed { .. }) => Some(new),
        (Day::Offset(_), Day::Weekday(..) | Day::Date { .. })
        | (Day::Date { .. }, Day::Weekday(..)) => Some(known),
        (Day::Weekday(day, _), Day::Week(weeks, _))
        | (Day::Week(weeks, _), Day::Weekday(day, Week::Coming)) => {
            Some(Day::Weekday(day, Week::From(weeks)))
        }
        _ => None,
    }
}
