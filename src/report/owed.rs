//! What is owed now, row by row.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{instant, jobs};
use crate::domain::deadline::{self, responsible};
use crate::domain::ids::{Address, PersonId};
use crate::domain::policy::Policy;
use crate::store::{self, Owed, Tx};

/// The most rows that one answer lists; it says how many it leaves out.
const MOST: usize = 10_000;

/// How many rows are read at a time: whatever is owed, memory is bounded.
const PAGE: i64 = 500;

/// One thing that is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The case number.
    pub case: String,
    /// What is owed: `reply`, `promise`, `update` or `resolution`; or `check-in`, which waits
    /// for a word of whoever did the job.
    pub kind: String,
    /// The subject.
    pub subject: String,
    /// The address of who waits.
    pub contact: String,
    /// The name of who waits.
    pub contact_name: String,
    /// The mailbox it came to.
    pub mailbox: String,
    /// The number of who owes it; none while it belongs to the mailbox.
    pub owner: Option<String>,
    /// The name of who is to answer now: the owner, or who acts for them.
    pub responsible: Option<String>,
    /// Since when they wait, in RFC 3339.
    pub since: String,
    /// When it is due, in RFC 3339.
    pub due: String,
    /// Whether that has passed.
    pub overdue: bool,
    /// The rule it was given by.
    pub rule: String,
    /// Why then, in words.
    pub because: String,
    /// How often they asked again.
    pub chases: u32,
    /// Whether it is only listed, being older than `enforce_from`.
    pub listed_only: bool,
}

/// What is owed, as far as one answer tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The rows, earliest due first.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub more: u64,
}

/// Which rows are wanted: all that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Somebody who is to answer now.
    pub person: Option<PersonId>,
    /// The mailbox it came to.
    pub mailbox: Option<Address>,
    /// Who waits.
    pub contact: Option<Address>,
}

/// The rows that are wanted, earliest due first.
pub async fn rows(
    tx: &mut Tx,
    policy: &Policy,
    wanted: &Wanted,
    now: Timestamp,
) -> store::Result<Listed> {
    let mut listed = Listed::default();
    let mut check_ins = jobs::to_approve(tx, policy, wanted).await?.into_iter().peekable();
    each(tx, policy, (wanted, now), |owed: &Owed| {
        while let Some((_, row)) = check_ins.next_if(|(until, _)| *until < owed.due) {
            listed.add(row);
        }
        listed.add(row(owed, policy, now));
    })
    .await?;
    check_ins.for_each(|(_, row)| listed.add(row));
    Ok(listed)
}

impl Listed {
    fn add(&mut self, row: Row) {
        if self.rows.len() < MOST {
            self.rows.push(row);
        } else {
            self.more += 1;
        }
    }
}

/// Calls `visit` for everything that is wanted at a moment, earliest due first.
async fn each(
    tx: &mut Tx,
    policy: &Policy,
    (wanted, now): (&Wanted, Timestamp),
    mut visit: impl FnMut(&Owed),
) -> store::Result<()> {
    let mut place = store::Place::START;
    loop {
        let page = tx.owed(place, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        place = last.place;
        page.iter().filter(|owed| wanted.includes(owed, policy, now)).for_each(&mut visit);
    }
}

impl Wanted {
    /// Whether what is with this person, in this mailbox and for this contact is wanted.
    pub(super) fn names(&self, person: &PersonId, mailbox: &Address, contact: &Address) -> bool {
        self.person.as_ref().is_none_or(|wanted| wanted == person)
            && self.mailbox.as_ref().is_none_or(|wanted| wanted == mailbox)
            && self.contact.as_ref().is_none_or(|wanted| wanted == contact)
    }

    fn includes(&self, owed: &Owed, policy: &Policy, now: Timestamp) -> bool {
        self.mailbox.as_ref().is_none_or(|mailbox| owed.mailbox == *mailbox)
            && self.contact.as_ref().is_none_or(|contact| owed.contact.address == *contact)
            && self.person.as_ref().is_none_or(|id| acting(owed, policy, now) == Some(id))
    }
}

/// Who is to answer now.
pub(super) fn acting<'a>(owed: &Owed, policy: &'a Policy, now: Timestamp) -> Option<&'a PersonId> {
    let place = deadline::Place { mailbox: &owed.mailbox, owner: owed.owner.as_ref() };
    responsible(policy, place, now).map(|person| &person.id)
}

/// One row as it is shown.
pub(super) fn row(owed: &Owed, policy: &Policy, now: Timestamp) -> Row {
    let roster = &policy.roster;
    Row {
        case: owed.case.to_string(),
        kind: owed.kind.name().to_owned(),
        subject: owed.subject.clone(),
        contact: owed.contact.reached_at().to_owned(),
        contact_name: owed.contact.name.clone(),
        mailbox: owed.mailbox.to_string(),
        owner: owed.owner.as_ref().map(ToString::to_string),
        responsible: acting(owed, policy, now).map(|id| roster.name_of(id).to_owned()),
        since: instant(owed.since, &roster.zone),
        due: instant(owed.due, &roster.zone),
        overdue: owed.due <= now,
        rule: owed.rule.clone(),
        because: owed.because.clone(),
        chases: owed.chases,
        listed_only: !owed.enforced,
    }
}
