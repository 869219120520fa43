//! What keeps owed from telling people: addresses to which its last mail did not go.

use serde::{Deserialize, Serialize};

use super::instant;
use crate::domain::policy::Policy;
use crate::domain::roster::recipient;
use crate::store::{self, Tx};

/// Something that somebody has to put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Since when, in RFC 3339.
    pub since: String,
    /// What, in words.
    pub what: String,
}

/// Whom the last mail of owed did not reach, the last resort first.
pub async fn rows(tx: &mut Tx, policy: &Policy) -> store::Result<Vec<Row>> {
    let roster = &policy.roster;
    let mut rows = Vec::new();
    let last_resort = roster.last_resort.iter().map(|address| {
        let nobody =
            "and nobody is above the last resort, so what is overdue may be told to nobody";
        (address.clone(), nobody.to_owned())
    });
    let people = roster.people.values().filter_map(|person| {
        let name = &person.name;
        Some((recipient(person)?.address, format!("so whoever is above {name} is told instead")))
    });
    for (address, so) in last_resort.chain(people) {
        let Some(lost) = tx.lost_last(&address).await? else { continue };
        let what = format!("mails to {address} do not arrive ({}), {so}", lost.remark);
        let row = Row { since: instant(lost.at, &roster.zone), what };
        if !rows.iter().any(|known: &Row| known.what.starts_with(&format!("mails to {address} "))) {
            rows.push(row);
        }
    }
    Ok(rows)
}
