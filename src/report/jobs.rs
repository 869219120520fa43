//! Jobs that were done, and where asking their contacts stands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::instant;
use super::owed::{Row as Owed, Wanted};
use crate::domain::check_in::{CheckIn, Stage};
use crate::domain::ids::PersonId;
use crate::domain::policy::Policy;
use crate::store::{self, Jobs, ListedJob, Tx};

/// The most rows that one answer lists, those of the newest cases first.
pub const MOST: usize = 1_000;

/// What a check-in that waits is called where it stands among what is owed.
const CHECK_IN: &str = "check-in";

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its case.
    pub case: String,
    /// The case with which that was made one.
    #[serde(default)]
    pub goes_on_in: Option<String>,
    /// Its place among the jobs of the case, counted from 1.
    pub job: u32,
    /// What was done.
    pub title: String,
    /// The address of whom it was done for.
    pub contact: String,
    /// Their name.
    pub contact_name: String,
    /// Who did it, by name.
    pub done_by: Vec<String>,
    /// When, in RFC 3339.
    pub closed_at: String,
    /// What another system knows it by.
    pub reference: Option<String>,
    /// Where asking stands: `planned`, `shown`, `agreed`, `asked`, or how it ended: `ok`,
    /// `not-ok`, `in-words`, `silent`, `skipped`, `lapsed`, `cancelled`, `refused`,
    /// `bounced`.
    pub check_in: String,
    /// When the contact was last asked, in RFC 3339.
    pub asked_at: Option<String>,
    /// When owed next does something of itself, in RFC 3339.
    pub next: Option<String>,
}

/// Jobs of which something may still come, or all of them.
pub async fn rows(tx: &mut Tx, policy: &Policy, all: bool) -> store::Result<Vec<Row>> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let which = if all { Jobs::All } else { Jobs::Live };
    Ok(tx.jobs(which, most).await?.iter().map(|job| row(job, policy)).collect())
}

fn row(listed: &ListedJob, policy: &Policy) -> Row {
    let ListedJob { case, goes_on_in, contact, job, .. } = listed;
    let (roster, check_in) = (&policy.roster, &job.check_in);
    let at = |at: Timestamp| instant(at, &roster.zone);
    Row {
        case: case.to_string(),
        goes_on_in: goes_on_in.map(|case| case.to_string()),
        job: job.seq,
        title: job.title.clone(),
        contact: contact.reached_at().to_owned(),
        contact_name: contact.name.clone(),
        done_by: job.done_by.iter().map(|id| roster.name_of(id).to_owned()).collect(),
        closed_at: at(job.closed_at),
        reference: job.reference.as_ref().map(|reference| reference.name.clone()),
        check_in: check_in.name().to_owned(),
        asked_at: check_in.asked_at.map(at),
        next: check_in.wake_at().map(at),
    }
}

/// The check-ins that wait for a word of whoever did the job, as rows of what is owed:
/// first those that are let go first.
pub(super) async fn to_approve(
    tx: &mut Tx,
    policy: &Policy,
    wanted: &Wanted,
) -> store::Result<Vec<(Timestamp, Owed)>> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let jobs = tx.jobs(Jobs::ToApprove, most).await?;
    let waits = jobs.iter().filter_map(|listed| {
        let ListedJob { contact, mailbox, job, .. } = listed;
        let CheckIn { stage: Stage::Shown { until, .. }, by: Some(by), .. } = &job.check_in else {
            return None;
        };
        let is_wanted = wanted.names(by, mailbox, &contact.address);
        is_wanted.then(|| (*until, waiting(listed, (by, *until), policy)))
    });
    Ok(waits.collect())
}

fn waiting(listed: &ListedJob, (by, until): (&PersonId, Timestamp), policy: &Policy) -> Owed {
    let ListedJob { case, contact, mailbox, job, .. } = listed;
    let roster = &policy.roster;
    Owed {
        case: case.to_string(),
        kind: CHECK_IN.to_owned(),
        subject: job.title.clone(),
        contact: contact.reached_at().to_owned(),
        contact_name: contact.name.clone(),
        mailbox: mailbox.to_string(),
        owner: Some(by.to_string()),
        responsible: Some(roster.name_of(by).to_owned()),
        since: instant(job.closed_at, &roster.zone),
        due: instant(until, &roster.zone),
        overdue: false,
        rule: String::new(),
        because: "nobody is asked after a job without a word from who did it".to_owned(),
        chases: 0,
        listed_only: false,
    }
}
