//! Jobs with where their check-ins stand: loaded and saved with their case.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant, stored};
use crate::domain::check_in::{CheckIn, End, Stage};
use crate::domain::ids::{Address, CaseNumber, Party, PersonId};
use crate::domain::job::{Job, Reference};

/// A job as it is listed.
macro_rules! listed {
    () => {
        "SELECT j.seq, j.title, j.done_by, j.closed_at, j.source, j.reference, j.stage, j.at, \
        j.ending, j.by_person, j.standing, j.words, j.asked, j.asked_at, j.put_right_at, \
        j.case_row, c.contact_name, c.contact_address, c.mailbox, c.goes_on_in \
        FROM job j JOIN cases c ON c.id = j.case_row"
    };
}

const OF_CASE: &str = "SELECT seq, title, done_by, closed_at, source, reference, stage, at, \
    ending, by_person, standing, words, asked, asked_at, put_right_at \
    FROM job WHERE case_row = $1 ORDER BY seq";
const LIVE: &str =
    concat!(listed!(), " WHERE j.stage <> 'over' ORDER BY j.case_row DESC, j.seq DESC LIMIT $1");
const TO_APPROVE: &str = concat!(
    listed!(),
    " WHERE j.stage <> 'over' AND j.stage IN ('shown', 'reminded') ORDER BY j.at LIMIT $1"
);
const NEWEST: &str = concat!(listed!(), " ORDER BY j.case_row DESC, j.seq DESC LIMIT $1");
const SAVE: &str = "INSERT INTO job (case_row, seq, title, done_by, closed_at, source, reference, \
    stage, at, ending, by_person, standing, words, asked, asked_at, put_right_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
    ON CONFLICT (case_row, seq) DO UPDATE SET title = excluded.title, \
    done_by = excluded.done_by, closed_at = excluded.closed_at, stage = excluded.stage, \
    at = excluded.at, ending = excluded.ending, by_person = excluded.by_person, \
    standing = excluded.standing, words = excluded.words, asked = excluded.asked, \
    asked_at = excluded.asked_at, put_right_at = excluded.put_right_at";
const REFERRED: &str = "SELECT case_row, seq FROM job WHERE source = $1 AND reference = $2";
const ANSWER: &str = "INSERT INTO survey (case_row, job, question, answer, at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (case_row, job, question) \
    DO UPDATE SET answer = excluded.answer, at = excluded.at";
const ANSWERS: &str =
    "SELECT question, answer FROM survey WHERE case_row = $1 AND job = $2 ORDER BY question";
const ANSWERS_SINCE: &str =
    "SELECT question, answer FROM survey WHERE case_row = $1 AND at > $2 ORDER BY job, question";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[OF_CASE, LIVE, TO_APPROVE, NEWEST, SAVE, REFERRED, ANSWER, ANSWERS, ANSWERS_SINCE];

/// Which jobs are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jobs {
    /// Those whose check-in waits for its person, first those that are let go first.
    ToApprove,
    /// Those of whose check-in something may still come, of the newest cases first.
    Live,
    /// All, those of the newest cases first.
    All,
}

/// A job with whose it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedJob {
    /// Its case.
    pub case: CaseNumber,
    /// The case with which that was made one.
    pub goes_on_in: Option<CaseNumber>,
    /// For whom it was done.
    pub contact: Party,
    /// The mailbox that they know.
    pub mailbox: Address,
    /// The job.
    pub job: Job,
}

impl Tx {
    /// Some of the jobs there are.
    pub async fn jobs(&mut self, which: Jobs, most: i64) -> Result<Vec<ListedJob>> {
        let statement = match which {
            Jobs::ToApprove => TO_APPROVE,
            Jobs::Live => LIVE,
            Jobs::All => NEWEST,
        };
        let query = sqlx::query(statement).bind(most);
        query.fetch_all(&mut *self.inner).await?.iter().map(listed).collect()
    }

    /// The jobs of a case, oldest first.
    pub(super) async fn jobs_of(&mut self, case: CaseNumber) -> Result<Vec<Job>> {
        let query = sqlx::query(OF_CASE).bind(case.row());
        query.fetch_all(&mut *self.inner).await?.iter().map(|row| job(case, row)).collect()
    }

    /// Saves the next state of a job.
    pub(super) async fn save_job(&mut self, case: CaseNumber, job: &Job) -> Result<()> {
        let CheckIn { stage, by, standing, words, asked, asked_at, put_right_at } = &job.check_in;
        let (stage, at, ending) = match stage {
            Stage::Planned { at } => ("planned", at, None),
            Stage::Shown { until, reminded: false } => ("shown", until, None),
            Stage::Shown { until, reminded: true } => ("reminded", until, None),
            Stage::Agreed { at } => ("agreed", at, None),
            Stage::Asked { until } => ("asked", until, None),
            Stage::Over { at, how } => ("over", at, Some(how.name())),
        };
        let done_by: Vec<&str> = job.done_by.iter().map(PersonId::as_str).collect();
        let query = sqlx::query(SAVE)
            .bind(case.row())
            .bind(i64::from(job.seq))
            .bind(&job.title)
            .bind(done_by.join("\n"))
            .bind(stored(job.closed_at))
            .bind(job.reference.as_ref().map(|reference| reference.source.as_str()))
            .bind(job.reference.as_ref().map(|reference| reference.name.as_str()))
            .bind(stage)
            .bind(stored(*at))
            .bind(ending)
            .bind(by.as_ref().map(PersonId::as_str))
            .bind(standing)
            .bind(words)
            .bind(i64::from(*asked))
            .bind(asked_at.map(stored))
            .bind(put_right_at.map(stored));
        self.change_one(query).await
    }

    /// The job that another system knows by this: its case and its number there.
    pub async fn job_referred(
        &mut self,
        reference: &Reference,
    ) -> Result<Option<(CaseNumber, u32)>> {
        let query = sqlx::query(REFERRED).bind(&reference.source).bind(&reference.name);
        let Some(row) = query.fetch_optional(&mut *self.inner).await? else { return Ok(None) };
        let case = CaseNumber::from_row(row.try_get(0)?);
        let senseless = Error::Senseless { table: "job", key: case.row(), column: "seq" };
        let seq = u32::try_from(row.try_get::<i64, _>(1)?).map_err(|_| senseless)?;
        Ok(Some((case, seq)))
    }

    /// Keeps what a contact answers to a question about a job.
    pub async fn keep_answer(
        &mut self,
        (case, job): (CaseNumber, u32),
        (question, answer): (&str, &str),
        now: Timestamp,
    ) -> Result<()> {
        let query = sqlx::query(ANSWER).bind(case.row()).bind(i64::from(job));
        self.change_one(query.bind(question).bind(answer).bind(stored(now))).await
    }

    /// What a contact answered to the questions about a job: question and answer.
    pub async fn answers_about(
        &mut self,
        case: CaseNumber,
        job: u32,
    ) -> Result<Vec<(String, String)>> {
        let query = sqlx::query(ANSWERS).bind(case.row()).bind(i64::from(job));
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// The same of all jobs of a case, as far as it was answered after `since`.
    pub async fn answers_since(
        &mut self,
        case: CaseNumber,
        since: Timestamp,
    ) -> Result<Vec<(String, String)>> {
        let query = sqlx::query(ANSWERS_SINCE).bind(case.row()).bind(stored(since));
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}

fn listed(row: &SqliteRow) -> Result<ListedJob> {
    let key: i64 = row.try_get("case_row")?;
    let address = |column| -> Result<Address> {
        let senseless = Error::Senseless { table: "cases", key, column };
        Address::parse(row.try_get(column)?).ok_or(senseless)
    };
    let (case, name) = (CaseNumber::from_row(key), row.try_get("contact_name")?);
    let contact = Party { name, address: address("contact_address")? };
    let goes_on_in = row.try_get::<Option<i64>, _>("goes_on_in")?.map(CaseNumber::from_row);
    let (mailbox, job) = (address("mailbox")?, job(case, row)?);
    Ok(ListedJob { case, goes_on_in, contact, mailbox, job })
}

fn job(case: CaseNumber, row: &SqliteRow) -> Result<Job> {
    let key = case.row();
    let senseless = |column| Error::Senseless { table: "job", key, column };
    let count =
        |value: i64, column| -> Result<u32> { u32::try_from(value).map_err(|_| senseless(column)) };
    let moment = |micros: i64, column| instant(micros, "job", key, column);
    let at = moment(row.try_get("at")?, "at")?;
    let ending: Option<&str> = row.try_get("ending")?;
    let stage = match (row.try_get("stage")?, ending.and_then(End::called)) {
        ("planned", None) => Stage::Planned { at },
        ("shown", None) => Stage::Shown { until: at, reminded: false },
        ("reminded", None) => Stage::Shown { until: at, reminded: true },
        ("agreed", None) => Stage::Agreed { at },
        ("asked", None) => Stage::Asked { until: at },
        ("over", Some(how)) => Stage::Over { at, how },
        _ => return Err(senseless("stage")),
    };
    let text = |column| row.try_get::<Option<String>, _>(column);
    let reference = text("source")?.zip(text("reference")?);
    let since = |column| -> Result<Option<Timestamp>> {
        let micros: Option<i64> = row.try_get(column)?;
        micros.map(|micros| moment(micros, column)).transpose()
    };
    let asked = count(row.try_get("asked")?, "asked")?;
    let done_by: String = row.try_get("done_by")?;
    Ok(Job {
        seq: count(row.try_get("seq")?, "seq")?,
        title: row.try_get("title")?,
        done_by: done_by.lines().map(PersonId::new).collect(),
        closed_at: moment(row.try_get("closed_at")?, "closed_at")?,
        reference: reference.map(|(source, name)| Reference { source, name }),
        check_in: CheckIn {
            stage,
            by: text("by_person")?.map(PersonId::new),
            standing: row.try_get("standing")?,
            words: text("words")?,
            asked: u8::try_from(asked).map_err(|_| senseless("asked"))?,
            asked_at: since("asked_at")?,
            put_right_at: since("put_right_at")?,
        },
    })
}
