//! Alarms: when time alone will change something. Only armed ones are rows.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Tx, instant, stored};
use crate::domain::ids::CaseNumber;

const ARM: &str = "INSERT INTO alarm (kind, subject, due, generation) VALUES ('case', $1, $2, 1) \
    ON CONFLICT (kind, subject) DO UPDATE SET due = excluded.due, \
    generation = alarm.generation + 1";
const DISARM: &str = "DELETE FROM alarm WHERE kind = 'case' AND subject = $1";
const DUE: &str = "SELECT subject FROM alarm WHERE kind = 'case' AND due <= $1 \
    ORDER BY due LIMIT $2";
const EARLIEST: &str = "SELECT MIN(due) FROM (\
    SELECT MIN(due) AS due FROM alarm WHERE kind = 'case' \
    UNION ALL SELECT MIN(due) FROM alarm WHERE kind <> 'case') AS earliest";
const HASTEN: &str = "INSERT INTO alarm (kind, subject, due, generation) \
    SELECT DISTINCT 'case', case_row, $1, 1 FROM obligation WHERE state = 'open' \
    ON CONFLICT (kind, subject) DO UPDATE SET due = min(alarm.due, excluded.due), \
    generation = alarm.generation + 1";
const NAME: &str = "INSERT INTO subject (name) VALUES ($1) \
    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id";
const ARM_OTHER: &str = "INSERT INTO alarm (kind, subject, due, generation) VALUES ($1, $2, $3, 1) \
    ON CONFLICT (kind, subject) DO UPDATE SET due = excluded.due, \
    generation = alarm.generation + 1";
const DISARM_OTHER: &str = "DELETE FROM alarm WHERE kind = $1 AND subject = $2";
const DUE_OTHERS: &str = "SELECT a.kind, s.name, a.due FROM alarm a \
    JOIN subject s ON s.id = a.subject WHERE a.kind <> 'case' AND a.due <= $1 \
    ORDER BY a.due LIMIT $2";
const OTHERS: &str = "SELECT a.kind, s.name, a.due FROM alarm a \
    JOIN subject s ON s.id = a.subject WHERE a.kind <> 'case' ORDER BY a.due";
const UNARMED: &str = "SELECT o.case_row FROM obligation o \
    WHERE o.state = 'open' AND o.enforced AND NOT EXISTS (\
    SELECT 1 FROM alarm a WHERE a.kind = 'case' AND a.subject = o.case_row) \
    UNION SELECT j.case_row FROM job j WHERE j.stage <> 'over' AND NOT EXISTS (\
    SELECT 1 FROM alarm a WHERE a.kind = 'case' AND a.subject = j.case_row) LIMIT $1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    ARM,
    DISARM,
    DUE,
    EARLIEST,
    HASTEN,
    NAME,
    ARM_OTHER,
    DISARM_OTHER,
    DUE_OTHERS,
    OTHERS,
    UNARMED,
];

/// An alarm of something that is no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What kind of thing: `leave`, `schedule`.
    pub kind: String,
    /// Which of them: a person's number, a schedule's name.
    pub subject: String,
    /// When.
    pub due: Timestamp,
}

impl Tx {
    /// Sets the one alarm of a case, or ends it.
    pub async fn arm(&mut self, case: CaseNumber, due: Option<Timestamp>) -> Result<()> {
        if let Some(due) = due {
            return self.change_one(sqlx::query(ARM).bind(case.row()).bind(stored(due))).await;
        }
        sqlx::query(DISARM).bind(case.row()).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// The cases whose alarm is due, oldest first.
    pub async fn due_cases(&mut self, now: Timestamp, most: i64) -> Result<Vec<CaseNumber>> {
        let query = sqlx::query(DUE).bind(stored(now)).bind(most);
        self.case_numbers(query).await
    }

    /// When the earliest of all alarms is due.
    pub async fn earliest_alarm(&mut self) -> Result<Option<Timestamp>> {
        let row = sqlx::query(EARLIEST).fetch_one(&mut *self.inner).await?;
        let due: Option<i64> = row.try_get(0)?;
        due.map(|due| instant(due, "alarm", 0, "due")).transpose()
    }

    /// Sets the alarm of something that is no case, or ends it.
    pub async fn arm_other(
        &mut self,
        kind: &str,
        subject: &str,
        due: Option<Timestamp>,
    ) -> Result<()> {
        let row = sqlx::query(NAME).bind(subject).fetch_one(&mut *self.inner).await?;
        let subject: i64 = row.try_get(0)?;
        if let Some(due) = due {
            let query = sqlx::query(ARM_OTHER).bind(kind).bind(subject).bind(stored(due));
            return self.change_one(query).await;
        }
        sqlx::query(DISARM_OTHER).bind(kind).bind(subject).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// The alarms that are due and of no case, oldest first.
    pub async fn due_others(&mut self, now: Timestamp, most: i64) -> Result<Vec<Alarm>> {
        let query = sqlx::query(DUE_OTHERS).bind(stored(now)).bind(most);
        query.fetch_all(&mut *self.inner).await?.iter().map(alarm).collect()
    }

    /// All alarms that are of no case, earliest first: there are few.
    pub async fn others(&mut self) -> Result<Vec<Alarm>> {
        sqlx::query(OTHERS).fetch_all(&mut *self.inner).await?.iter().map(alarm).collect()
    }

    /// Makes every case that owes something due, so that each is looked at again.
    pub async fn hasten(&mut self, now: Timestamp) -> Result<()> {
        sqlx::query(HASTEN).bind(stored(now)).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// Cases that owe something and have no alarm: there should be none.
    pub async fn unarmed_cases(&mut self, most: i64) -> Result<Vec<CaseNumber>> {
        self.case_numbers(sqlx::query(UNARMED).bind(most)).await
    }

    pub(super) async fn case_numbers(
        &mut self,
        query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> Result<Vec<CaseNumber>> {
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| Ok(CaseNumber::from_row(row.try_get(0)?))).collect()
    }
}

fn alarm(row: &SqliteRow) -> Result<Alarm> {
    let due = instant(row.try_get("due")?, "alarm", 0, "due")?;
    Ok(Alarm { kind: row.try_get("kind")?, subject: row.try_get("name")?, due })
}
