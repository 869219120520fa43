//! The answers to orders by mail, and how many there are a day to what is none: a machine that
//! passes for a person falls silent. What they say is not written here.

use jiff::Timestamp;

use super::Given;
use crate::domain::effect::Occasion;
use crate::domain::ids::CaseNumber;
use crate::domain::roster::{Person, recipient};
use crate::engine::{Engine, Error};
use crate::mail::orders::Answer;
use crate::store::{Timing, Tx};

/// How often a day somebody is told that they were not understood: enough for who tries again
/// in other words, and an end for machines that pass for people.
const NOT_UNDERSTOOD: u32 = 2;

impl Engine {
    /// Answers somebody of ours, once under each of these keys.
    pub(super) async fn reply(
        &self,
        tx: &mut Tx,
        keys: &[String],
        (person, cases): (&Person, &[CaseNumber]),
        words: &str,
    ) -> Result<(), Error> {
        let now = self.now();
        let Some(to) = recipient(person) else { return Ok(()) };
        let timing = Timing { at: now, not_before: now, outage: None };
        let occasion = Occasion::to_orders(cases, words, to);
        for key in keys {
            if tx.tell_occasion(key, &occasion, timing).await? {
                break;
            }
        }
        Ok(())
    }
}

impl Given {
    /// Under which keys what they wrote is answered, once each. Words in answer to an answer
    /// have a few a day: so machines that pass for people fall silent.
    pub(super) fn keys(&self, row: i64, read: &Answer, now: Timestamp) -> Vec<String> {
        if self.again && read.lines.iter().all(|line| line.order.is_err()) {
            a_day("again", &self.person, now)
        } else {
            vec![row.to_string()]
        }
    }
}

/// The keys under which somebody hears on a day that they were not understood.
pub(super) fn a_day(
    what: &str,
    Person { id, calendar, .. }: &Person,
    now: Timestamp,
) -> Vec<String> {
    let day = calendar.date(now);
    (1..=NOT_UNDERSTOOD).map(|n| format!("{what}/{id}/{day}/{n}")).collect()
}
