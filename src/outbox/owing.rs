//! What is owed by several, gathered for one letter.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::policy::Policy;
use crate::mail::letter::Item;
use crate::store::{self, Owed, Place, Tx};

/// How many rows are read at a time.
const PAGE: i64 = 500;

/// The most that one letter is made of.
const MOST: usize = 1_000;

/// What is due by `until` and `wanted`, earliest first. What is only listed is told
/// to nobody.
pub(super) async fn due_by(
    tx: &mut Tx,
    until: Timestamp,
    wanted: impl Fn(&Owed) -> bool,
) -> store::Result<Vec<Owed>> {
    let mut rows: Vec<Owed> = Vec::new();
    let mut place = Place::START;
    while rows.len() < MOST {
        let page = tx.owed(place, PAGE).await?;
        let Some(last) = page.last() else { break };
        place = last.place;
        let beyond = last.due > until;
        let due = page.into_iter().filter(|owed| owed.due <= until && owed.enforced);
        rows.extend(due.filter(|owed| wanted(owed)));
        if beyond {
            break;
        }
    }
    rows.truncate(MOST);
    Ok(rows)
}

/// One of them as a letter tells it, on the clocks of `zone`.
pub(super) fn item(policy: &Policy, owed: &Owed, zone: &TimeZone) -> Item {
    let local = |at: Timestamp| at.to_zoned(zone.clone());
    let owner = owed.owner.as_ref();
    Item {
        case: owed.case,
        subject: owed.subject.clone(),
        contact: owed.contact.clone(),
        kind: owed.kind,
        owner: owner.map(|id| policy.roster.name_of(id).to_owned()),
        mailbox: owed.mailbox.to_string(),
        since: local(owed.since),
        due: local(owed.due),
        chases: owed.chases,
        others: Vec::new(),
        actions: Vec::new(),
    }
}
