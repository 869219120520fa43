//! What is owed by several, gathered for one letter.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::desk::Desk;
use crate::domain::deadline::Place;
use crate::domain::policy::Policy;
use crate::mail::letter::Item;
use crate::store::{self, Owed};

/// The most that one letter tells of one person and mailbox.
const MOST: i64 = 1_000;

/// What is due by `until` where `wanted`, as it ranks at `at`, most urgent first. What is
/// only listed is told to nobody.
pub(super) async fn due_by(
    desk: &mut Desk<'_>,
    (until, at): (Timestamp, Timestamp),
    wanted: impl Fn(Place<'_>) -> bool,
) -> store::Result<Vec<Owed>> {
    let mut due: Vec<Owed> = Vec::new();
    for there in desk.tx.owing().await? {
        let Some(there) = desk.readable(there).await? else { continue };
        if !wanted(Place { mailbox: &there.mailbox, owner: there.owner.as_ref() }) {
            continue;
        }
        for owed in desk.tx.owed_there(&there, until, MOST).await? {
            due.extend(desk.readable(owed).await?);
        }
    }
    due.sort_by_key(|owed| owed.kind.rank(owed.due, at));
    Ok(due)
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
