//! "May I leave?": yes, or what is still owed before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::instant;
use super::owed::{Row, row};
use crate::domain::deadline::{Place, responsible};
use crate::domain::policy::Policy;
use crate::domain::roster::Person;
use crate::store::{self, Owed, Tx};

/// The most that is told of one owner and mailbox.
const MOST: i64 = 1_000;

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

/// Whether `person` may leave at `now`. What waited before owed came is listed elsewhere;
/// it keeps nobody here.
pub async fn leave(
    tx: &mut Tx,
    policy: &Policy,
    person: &Person,
    now: Timestamp,
) -> store::Result<Leave> {
    let leaves = person.calendar.end_of_day(now);
    let (mut before, mut later): (Vec<Owed>, Vec<Owed>) = (Vec::new(), Vec::new());
    for there in tx.owing().await? {
        let there = there?;
        let place = Place { mailbox: &there.mailbox, owner: there.owner.as_ref() };
        if responsible(policy, place, now).is_none_or(|acting| acting.id != person.id) {
            continue;
        }
        for owed in tx.owed_there(&there, leaves, MOST).await? {
            before.push(owed?);
        }
        for owed in tx.owed_there(&there, Timestamp::MAX, MOST).await? {
            later.push(owed?);
        }
    }
    later.retain(|owed| owed.due > leaves);
    let rows = |mut owed: Vec<Owed>| -> Vec<Row> {
        // Whoever stands in for an owner may be who asked them.
        owed.retain(|owed| !person.addresses.contains(&owed.contact.address));
        owed.sort_by_key(|owed| owed.kind.rank(owed.due, now));
        owed.iter().map(|owed| row(owed, policy, now)).collect()
    };
    let (before, later) = (rows(before), rows(later));
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
