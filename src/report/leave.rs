//! "May I leave?": yes, or what is still owed before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::instant;
use super::owed::{Row, Wanted, each, row};
use crate::domain::obligation::Rank;
use crate::domain::policy::Policy;
use crate::domain::roster::Person;
use crate::store::{self, Owed, Tx};

/// The one honest answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// The person's number.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Whether nothing is due before they leave.
    pub may_leave: bool,
    /// When their working day ends, in RFC 3339.
    pub leaves: String,
    /// What is due before that, or was, most urgent first.
    pub owed: Vec<Row>,
    /// What is theirs and due later.
    pub later: Vec<Row>,
    /// Mails that came in and are not yet judged; the answer may change.
    pub unread: i64,
}

/// Whether `person` may leave at `now`.
pub async fn leave(
    tx: &mut Tx,
    policy: &Policy,
    person: &Person,
    now: Timestamp,
) -> store::Result<Leave> {
    let leaves = person.calendar.end_of_day(now);
    let theirs = Wanted { person: Some(person.id.clone()), ..Wanted::default() };
    let (mut before, mut later) = (Vec::new(), Vec::new());
    let list = |owed: &Owed| {
        // What waited before owed came is listed; it keeps nobody here.
        if !owed.enforced {
            return;
        }
        let rows = if owed.due <= leaves { &mut before } else { &mut later };
        rows.push((owed.kind.rank(owed.due, now), row(owed, policy, now)));
    };
    each(tx, policy, (&theirs, now), list).await?;
    before.sort_by_key(|(rank, _)| *rank);
    let rows = |ranked: Vec<(Rank, Row)>| ranked.into_iter().map(|(_, row)| row).collect();
    let (before, later): (Vec<Row>, Vec<Row>) = (rows(before), rows(later));
    Ok(Leave {
        person: person.id.to_string(),
        name: person.name.clone(),
        may_leave: before.is_empty(),
        leaves: instant(leaves, person.calendar.zone()),
        owed: before,
        later,
        unread: tx.count_pending().await?,
    })
}
