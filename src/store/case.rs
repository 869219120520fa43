//! Cases and their obligations: loaded whole, saved by compare-and-set.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant, stored};
use crate::domain::case::{Case, Offer, Phase};
use crate::domain::ids::{Address, CaseNumber, MessageId, Party, PersonId};
use crate::domain::job::Job;
use crate::domain::obligation::{Hastened, Kind, Obligation, State, Told};

const BEGIN: &str = "INSERT INTO cases (version, subject, subject_key, contact_name, \
    contact_address, internal, mailbox, side, opened_at, last_at) \
    VALUES (0, '', '', '', '', FALSE, '', '', 0, 0) RETURNING id";
const LOAD: &str = "SELECT version, subject, contact_name, contact_address, internal, mailbox, \
    side, answerer, answered_at, opened_at, last_at, closed_at, goes_on_in, holder, offer_to, \
    offer_by, offer_at, epoch FROM cases WHERE id = $1";
const SAVE: &str = "UPDATE cases SET version = version + 1, subject = $3, subject_key = $4, \
    contact_name = $5, contact_address = $6, internal = $7, mailbox = $8, side = $9, \
    answerer = $10, answered_at = $11, opened_at = $12, last_at = $13, closed_at = $14, \
    holder = $15, offer_to = $16, offer_by = $17, offer_at = $18, epoch = $19, \
    goes_on_in = $20 \
    WHERE id = $1 AND version = $2";
const OBLIGATIONS: &str = "SELECT seq, kind, message_id, owner, since, due, because, rule, \
    enforced, chases, told_rung, told_times, told_at, state, ended_at, ended_by, words, \
    hastened_rung, hastened_at, broken, said FROM obligation \
    WHERE case_row = $1 ORDER BY seq";
const SAVE_OBLIGATION: &str = "INSERT INTO obligation (case_row, seq, kind, owner, since, due, \
    because, rule, enforced, chases, told_rung, told_times, told_at, state, ended_at, ended_by, \
    message_id, words, hastened_rung, hastened_at, broken, said, mailbox) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
    $20, $21, $22, $23) \
    ON CONFLICT (case_row, seq) DO UPDATE SET owner = excluded.owner, since = excluded.since, \
    message_id = excluded.message_id, due = excluded.due, \
    because = excluded.because, rule = excluded.rule, enforced = excluded.enforced, \
    chases = excluded.chases, told_rung = excluded.told_rung, told_times = excluded.told_times, \
    told_at = excluded.told_at, state = excluded.state, ended_at = excluded.ended_at, \
    ended_by = excluded.ended_by, words = excluded.words, \
    hastened_rung = excluded.hastened_rung, hastened_at = excluded.hastened_at, \
    broken = excluded.broken, said = excluded.said";
const BY_SUBJECT: &str = "SELECT id FROM cases WHERE subject_key = $1 AND last_at >= $2 \
    ORDER BY last_at DESC LIMIT 20";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[BEGIN, LOAD, SAVE, OBLIGATIONS, SAVE_OBLIGATION, BY_SUBJECT];

/// A case with the version it was loaded at.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The case.
    pub case: Case,
    /// By which policy its due times were given.
    pub epoch: i64,
    version: i64,
    saved: Vec<Obligation>,
    saved_jobs: Vec<Job>,
}

impl Loaded {
    /// A case that has only its number so far.
    pub fn begun(case: Case, epoch: i64) -> Self {
        Self { case, epoch, version: 0, saved: Vec::new(), saved_jobs: Vec::new() }
    }

    /// The same case after `next` was saved.
    #[must_use]
    pub fn saved_as(self, next: Case) -> Self {
        let (saved, saved_jobs) = (next.obligations.clone(), next.jobs.clone());
        Self { case: next, epoch: self.epoch, version: self.version + 1, saved, saved_jobs }
    }
}

impl Tx {
    /// A number for a new case, which holds nothing until it is saved.
    pub async fn begin_case(&mut self) -> Result<CaseNumber> {
        let row = sqlx::query(BEGIN).fetch_one(&mut *self.inner).await?;
        Ok(CaseNumber::from_row(row.try_get(0)?))
    }

    /// The case with this number.
    pub async fn case(&mut self, number: CaseNumber) -> Result<Option<Loaded>> {
        let row = sqlx::query(LOAD).bind(number.row()).fetch_optional(&mut *self.inner).await?;
        let Some(row) = row else { return Ok(None) };
        let rows = sqlx::query(OBLIGATIONS).bind(number.row()).fetch_all(&mut *self.inner).await?;
        let obligations: Result<Vec<_>> = rows.iter().map(|row| obligation(number, row)).collect();
        let saved = obligations?;
        let saved_jobs = self.jobs_of(number).await?;
        let case = Case { jobs: saved_jobs.clone(), ..case(number, &row, saved.clone())? };
        let (version, epoch) = (row.try_get("version")?, row.try_get("epoch")?);
        Ok(Some(Loaded { case, epoch, version, saved, saved_jobs }))
    }

    /// Saves the next state of a case, unless somebody else was first.
    /// `subject_key` is what later mails are joined by.
    pub async fn save_case(
        &mut self,
        loaded: &Loaded,
        next: &Case,
        subject_key: &str,
    ) -> Result<()> {
        let (closed_at, goes_on_in) = match next.phase {
            Phase::Open => (None, None),
            Phase::Closed { at } => (Some(stored(at)), None),
            Phase::GoesOn { at, into } => (Some(stored(at)), Some(into.row())),
        };
        let side: Vec<&str> = next.side.iter().map(Address::as_str).collect();
        let query = sqlx::query(SAVE)
            .bind(next.number.row())
            .bind(loaded.version)
            .bind(&next.subject)
            .bind(subject_key)
            .bind(&next.contact.name)
            .bind(next.contact.address.as_str())
            .bind(next.internal)
            .bind(next.mailbox.as_str())
            .bind(side.join(" "))
            .bind(next.answerer.as_ref().map(PersonId::as_str))
            .bind(next.answered_at.map(stored))
            .bind(stored(next.opened_at))
            .bind(stored(next.last_at))
            .bind(closed_at)
            .bind(next.holder.as_ref().map(PersonId::as_str))
            .bind(next.offer.as_ref().map(|offer| offer.to.as_str()))
            .bind(next.offer.as_ref().map(|offer| offer.by.as_str()))
            .bind(next.offer.as_ref().map(|offer| stored(offer.at)))
            .bind(loaded.epoch)
            .bind(goes_on_in);
        self.change_one(query).await?;
        for obligation in next.obligations.iter().filter(|o| !loaded.saved.contains(o)) {
            self.save_obligation(next, obligation).await?;
        }
        for job in next.jobs.iter().filter(|job| !loaded.saved_jobs.contains(job)) {
            self.save_job(next.number, job).await?;
        }
        Ok(())
    }

    /// Cases with this subject in which something was said since `since`,
    /// newest first.
    pub async fn cases_by_subject(
        &mut self,
        subject_key: &str,
        since: jiff::Timestamp,
    ) -> Result<Vec<CaseNumber>> {
        self.case_numbers(sqlx::query(BY_SUBJECT).bind(subject_key).bind(stored(since))).await
    }

    async fn save_obligation(&mut self, case: &Case, o: &Obligation) -> Result<()> {
        let (state, ended_at, ended_by) = match &o.state {
            State::Open => ("open", None, None),
            State::Met { at, by } => ("met", Some(stored(*at)), by.as_ref()),
            State::Dropped { at } => ("dropped", Some(stored(*at)), None),
        };
        let query = sqlx::query(SAVE_OBLIGATION)
            .bind(case.number.row())
            .bind(i64::from(o.seq))
            .bind(o.kind.name())
            .bind(o.owner.as_ref().map(PersonId::as_str))
            .bind(stored(o.since))
            .bind(stored(o.due))
            .bind(&o.because)
            .bind(&o.rule)
            .bind(o.enforced)
            .bind(i64::from(o.chases))
            .bind(o.told.map(|told| i64::from(told.rung)))
            .bind(o.told.map(|told| i64::from(told.times)))
            .bind(o.told.map(|told| stored(told.at)))
            .bind(state)
            .bind(ended_at)
            .bind(ended_by.map(PersonId::as_str))
            .bind(o.message.as_ref().map(MessageId::as_str))
            .bind(&o.words)
            .bind(o.hastened.map(|moved| i64::from(moved.rung)))
            .bind(o.hastened.map(|moved| stored(moved.at)))
            .bind(o.broken)
            .bind(o.said.map(stored))
            .bind(case.mailbox.as_str());
        self.change_one(query).await
    }
}

fn case(number: CaseNumber, row: &SqliteRow, obligations: Vec<Obligation>) -> Result<Case> {
    let key = number.row();
    let senseless = |column| Error::Senseless { table: "cases", key, column };
    let at = |micros: i64, column| instant(micros, "cases", key, column);
    let address = |text: &str, column| Address::parse(text).ok_or(senseless(column));
    let side: String = row.try_get("side")?;
    let side: Result<Vec<_>> = side.split_whitespace().map(|text| address(text, "side")).collect();
    let answered_at: Option<i64> = row.try_get("answered_at")?;
    let closed_at: Option<i64> = row.try_get("closed_at")?;
    Ok(Case {
        number,
        subject: row.try_get("subject")?,
        contact: Party {
            name: row.try_get("contact_name")?,
            address: address(row.try_get("contact_address")?, "contact_address")?,
        },
        internal: row.try_get("internal")?,
        mailbox: address(row.try_get("mailbox")?, "mailbox")?,
        side: side?,
        answerer: row.try_get::<Option<String>, _>("answerer")?.map(PersonId::new),
        holder: row.try_get::<Option<String>, _>("holder")?.map(PersonId::new),
        offer: offer(number, row)?,
        answered_at: answered_at.map(|micros| at(micros, "answered_at")).transpose()?,
        opened_at: at(row.try_get("opened_at")?, "opened_at")?,
        last_at: at(row.try_get("last_at")?, "last_at")?,
        phase: match (closed_at, row.try_get::<Option<i64>, _>("goes_on_in")?) {
            (None, _) => Phase::Open,
            (Some(micros), None) => Phase::Closed { at: at(micros, "closed_at")? },
            (Some(micros), Some(into)) => {
                Phase::GoesOn { at: at(micros, "closed_at")?, into: CaseNumber::from_row(into) }
            }
        },
        obligations,
        jobs: Vec::new(),
    })
}

fn offer(number: CaseNumber, row: &SqliteRow) -> Result<Option<Offer>> {
    let person = |column| -> Result<Option<PersonId>> {
        Ok(row.try_get::<Option<String>, _>(column)?.map(PersonId::new))
    };
    let at: Option<i64> = row.try_get("offer_at")?;
    let (Some(to), Some(by), Some(at)) = (person("offer_to")?, person("offer_by")?, at) else {
        return Ok(None);
    };
    Ok(Some(Offer { to, by, at: instant(at, "cases", number.row(), "offer_at")? }))
}

fn obligation(number: CaseNumber, row: &SqliteRow) -> Result<Obligation> {
    let key = number.row();
    let senseless = |column| Error::Senseless { table: "obligation", key, column };
    let at = |micros: i64, column| instant(micros, "obligation", key, column);
    let count = |value: i64, column| u32::try_from(value).map_err(|_| senseless(column));
    let rung = |column| -> Result<u16> {
        u16::try_from(row.try_get::<i64, _>(column)?).map_err(|_| senseless(column))
    };
    let moment = |column| -> Result<Option<jiff::Timestamp>> {
        row.try_get::<Option<i64>, _>(column)?.map(|micros| at(micros, column)).transpose()
    };
    let told = match moment("told_at")? {
        None => None,
        Some(at) => Some(Told {
            rung: rung("told_rung")?,
            times: count(row.try_get("told_times")?, "told_times")?,
            at,
        }),
    };
    let hastened = match moment("hastened_at")? {
        None => None,
        Some(at) => Some(Hastened { rung: rung("hastened_rung")?, at }),
    };
    let ended = moment("ended_at")?;
    let state = match (row.try_get("state")?, ended) {
        ("open", None) => State::Open,
        ("met", Some(at)) => {
            State::Met { at, by: row.try_get::<Option<String>, _>("ended_by")?.map(PersonId::new) }
        }
        ("dropped", Some(at)) => State::Dropped { at },
        _ => return Err(senseless("state")),
    };
    let message: Option<String> = row.try_get("message_id")?;
    Ok(Obligation {
        seq: count(row.try_get("seq")?, "seq")?,
        kind: Kind::called(row.try_get("kind")?).ok_or(senseless("kind"))?,
        message: message.as_deref().and_then(MessageId::parse),
        owner: row.try_get::<Option<String>, _>("owner")?.map(PersonId::new),
        since: at(row.try_get("since")?, "since")?,
        due: at(row.try_get("due")?, "due")?,
        because: row.try_get("because")?,
        rule: row.try_get("rule")?,
        enforced: row.try_get("enforced")?,
        chases: count(row.try_get("chases")?, "chases")?,
        told,
        hastened,
        words: row.try_get("words")?,
        said: moment("said")?,
        broken: row.try_get("broken")?,
        state,
    })
}
