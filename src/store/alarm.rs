//! Alarms: when time alone will change something. Only armed ones are rows.

use jiff::Timestamp;
use sqlx::Row;

use super::{Result, Tx, instant, stored};
use crate::domain::ids::CaseNumber;

const ARM: &str = "INSERT INTO alarm (kind, subject, due, generation) VALUES ('case', $1, $2, 1) \
    ON CONFLICT (kind, subject) DO UPDATE SET due = excluded.due, \
    generation = alarm.generation + 1";
const DISARM: &str = "DELETE FROM alarm WHERE kind = 'case' AND subject = $1";
const DUE: &str = "SELECT subject FROM alarm WHERE kind = 'case' AND due <= $1 \
    ORDER BY due LIMIT $2";
const EARLIEST: &str = "SELECT due FROM alarm WHERE kind = 'case' ORDER BY due LIMIT 1";
const UNARMED: &str = "SELECT o.case_row FROM obligation o \
    WHERE o.state = 'open' AND o.enforced AND NOT EXISTS (\
    SELECT 1 FROM alarm a WHERE a.kind = 'case' AND a.subject = o.case_row) \
    ORDER BY o.due LIMIT $1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ARM, DISARM, DUE, EARLIEST, UNARMED];

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

    /// When the earliest alarm of all cases is due.
    pub async fn earliest_alarm(&mut self) -> Result<Option<Timestamp>> {
        let row = sqlx::query(EARLIEST).fetch_optional(&mut *self.inner).await?;
        row.map(|row| instant(row.try_get(0)?, "alarm", 0, "due")).transpose()
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
