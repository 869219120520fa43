//! Everything about one case.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::Event;
use super::instant;
use crate::domain::case::{Case, Phase};
use crate::domain::ids::CaseNumber;
use crate::domain::job::Job;
use crate::domain::obligation::{Obligation, State};
use crate::domain::policy::Policy;
use crate::mail::letter;
use crate::store::{self, Recorded, Tx};

/// How much is repeated of what a contact wrote.
const LONGEST: usize = 160;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Show {
    /// Its number.
    pub case: String,
    /// Its subject.
    pub subject: String,
    /// Who waits, by name and address.
    pub contact: String,
    /// The mailbox it came to.
    pub mailbox: String,
    /// `owed`, `waiting` on the contact, or `closed`.
    pub state: String,
    /// The case in which it goes on, where it was made one with another.
    #[serde(default)]
    pub goes_on_in: Option<String>,
    /// What it owes, and what it owed, oldest first.
    pub obligations: Vec<Duty>,
    /// What was done in it, and what came of asking whether all is well, oldest first.
    #[serde(default)]
    pub jobs: Vec<Work>,
    /// How it went with the contact beside this case, a line each.
    #[serde(default)]
    pub history: Vec<String>,
    /// What happened, oldest first.
    pub journal: Vec<Event>,
    /// The messages it is made of, oldest first.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// What became of the mails about it.
    pub mails: Vec<Sent>,
}

/// One obligation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// What is owed.
    pub kind: String,
    /// `open`, `met` or `dropped`.
    pub state: String,
    /// The name of who owes it; none while it belongs to the mailbox.
    pub owner: Option<String>,
    /// What the contact wrote last before that, shortened.
    #[serde(default)]
    pub words: Option<String>,
    /// Since when, in RFC 3339.
    pub since: String,
    /// Until when, in RFC 3339.
    pub due: String,
    /// Whether that has passed while it is open.
    pub overdue: bool,
    /// The rule it was given by.
    pub rule: String,
    /// Why then, in words.
    pub because: String,
    /// How often the contact asked again.
    pub chases: u32,
    /// The next moment at which owed does something of itself, in RFC 3339.
    pub next: Option<String>,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// What was done.
    pub title: String,
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
    /// When owed next does something of itself, in RFC 3339.
    pub next: Option<String>,
    /// What the contact answered to the questions behind a yes.
    #[serde(default)]
    pub answers: Vec<Answered>,
}

/// An answer to one question behind a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// One message of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// When it came or went, in RFC 3339.
    pub at: String,
    /// Who wrote it.
    pub from: String,
    /// The Message-ID by which `owed split` is told of it.
    pub message_id: Option<String>,
}

/// One mail about a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// To whom.
    pub to: String,
    /// What became of it.
    pub state: String,
    /// Why, where there is something to say.
    pub remark: String,
}

/// The case with this number.
pub async fn show(
    tx: &mut Tx,
    policy: &Policy,
    number: CaseNumber,
    now: Timestamp,
) -> store::Result<Option<Show>> {
    let Some(loaded) = tx.case(number).await? else { return Ok(None) };
    let case = loaded.case;
    let journal = tx.journal_of(number).await?;
    let ledger = tx.ledger_beside(number, &case.contact.address, now).await?;
    let mails = tx.fates(number).await?.into_iter().map(|fate| Sent {
        to: fate.recipient,
        state: fate.state,
        remark: fate.remark.unwrap_or_default(),
    });
    let messages = tx.messages_of(number).await?;
    let duties = case.obligations.iter();
    let obligations = duties.map(|o| duty(o, (&case, &messages), policy, now)).collect();
    let messages = messages.into_iter().map(|message| Message {
        at: instant(message.at, &policy.roster.zone),
        from: message.from.map(|from| from.to_string()).unwrap_or_default(),
        message_id: message.message_id.map(|id| id.to_string()),
    });
    let mut jobs = Vec::with_capacity(case.jobs.len());
    for job in &case.jobs {
        jobs.push(work(job, tx.answers_about(number, job.seq).await?, policy));
    }
    Ok(Some(Show {
        case: number.to_string(),
        subject: case.subject.clone(),
        contact: case.contact.to_string(),
        mailbox: case.mailbox.to_string(),
        state: state(&case).to_owned(),
        goes_on_in: match case.phase {
            Phase::GoesOn { into, .. } => Some(into.to_string()),
            Phase::Open | Phase::Closed { .. } => None,
        },
        obligations,
        jobs,
        history: letter::ledger(&ledger, &now.to_zoned(policy.roster.zone.clone())),
        journal: journal.iter().map(|line| Event::of(line, policy)).collect(),
        messages: messages.collect(),
        mails: mails.collect(),
    }))
}

fn work(job: &Job, answers: Vec<(String, String)>, policy: &Policy) -> Work {
    let answers = answers.into_iter().map(|(question, answer)| Answered { question, answer });
    let roster = &policy.roster;
    Work {
        title: job.title.clone(),
        done_by: job.done_by.iter().map(|id| roster.name_of(id).to_owned()).collect(),
        closed_at: instant(job.closed_at, &roster.zone),
        reference: job.reference.as_ref().map(|reference| reference.name.clone()),
        check_in: job.check_in.name().to_owned(),
        next: job.check_in.wake_at().map(|at| instant(at, &roster.zone)),
        answers: answers.collect(),
    }
}

fn state(case: &Case) -> &'static str {
    match case.phase {
        Phase::Closed { .. } | Phase::GoesOn { .. } => "closed",
        Phase::Open if case.is_owed() => "owed",
        Phase::Open => "waiting",
    }
}

fn duty(
    o: &Obligation,
    (case, messages): (&Case, &[Recorded]),
    policy: &Policy,
    now: Timestamp,
) -> Duty {
    let roster = &policy.roster;
    let state = match o.state {
        State::Open => "open",
        State::Met { .. } => "met",
        State::Dropped { .. } => "dropped",
    };
    Duty {
        kind: o.kind.name().to_owned(),
        state: state.to_owned(),
        owner: o.owner.as_ref().map(|id| roster.name_of(id).to_owned()),
        words: asked(o, messages),
        since: instant(o.since, &roster.zone),
        due: instant(o.due, &roster.zone),
        overdue: o.is_overdue(now),
        rule: o.rule.clone(),
        because: o.because.clone(),
        chases: o.chases,
        next: o.wake_at(policy, &case.mailbox, now).map(|at| instant(at, &roster.zone)),
    }
}

/// The words by which the contact asked: of the message with which the waiting began, or
/// of the last before it, where a person said that it goes on.
fn asked(o: &Obligation, messages: &[Recorded]) -> Option<String> {
    let theirs = || messages.iter().filter(|message| message.direction != "outbound");
    let first = theirs().find(|m| o.message.is_some() && m.message_id == o.message);
    let last = || theirs().rfind(|message| message.at <= o.since);
    let words = letter::one_line(&first.or_else(last)?.words, LONGEST);
    Some(words).filter(|words| !words.is_empty())
}
