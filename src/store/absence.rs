//! Who is away, beside what the configuration says, and whose cases have to be
//! looked at again when somebody leaves or comes back.
//!
//! Nothing is erased here: who came back early was away until then.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant, stored};
use crate::domain::calendar::Days;
use crate::domain::ids::{Address, PersonId};

const ADD: &str = "INSERT INTO absence (person, first, last, source, said_at) \
    VALUES ($1, $2, $3, $4, $5)";
const END: &str = "UPDATE absence SET ended_on = $2 WHERE person = $1 AND last >= $2 \
    AND first <= $3 AND ended_on IS NULL";
const CAME_BACK: &str = "SELECT COUNT(*) FROM absence WHERE person = $1 AND ended_on = $2";
const SINCE: &str = "SELECT id, person, first, last, source, said_at, ended_on FROM absence \
    WHERE last >= $1 ORDER BY first, id";
const STALE: &str = "UPDATE cases SET epoch = -1 WHERE id IN (\
    SELECT case_row FROM obligation WHERE state = 'open' AND owner = $1)";
const STALE_UNOWNED: &str = "UPDATE cases SET epoch = -1 WHERE mailbox = $1 AND id IN (\
    SELECT case_row FROM obligation WHERE state = 'open' AND owner IS NULL)";
const HASTEN_STALE: &str = "INSERT INTO alarm (kind, subject, due, generation) \
    SELECT 'case', id, $1, 1 FROM cases WHERE epoch = -1 \
    ON CONFLICT (kind, subject) DO UPDATE SET due = min(alarm.due, excluded.due), \
    generation = alarm.generation + 1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[ADD, END, CAME_BACK, SINCE, STALE, STALE_UNOWNED, HASTEN_STALE];

/// Days on which somebody is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Who.
    pub person: PersonId,
    /// When.
    pub days: Days,
    /// Who said so, in words.
    pub source: String,
    /// When that was said.
    pub said_at: Timestamp,
}

impl Tx {
    /// Notes that somebody is away.
    pub async fn add_absence(&mut self, absence: &Absence) -> Result<()> {
        let query = sqlx::query(ADD)
            .bind(absence.person.as_str())
            .bind(absence.days.first.to_string())
            .bind(absence.days.last.to_string())
            .bind(&absence.source)
            .bind(stored(absence.said_at));
        self.change_one(query).await
    }

    /// Ends, as of `today`, those absences of somebody that are not over and begin
    /// by `latest`; how many there were.
    pub async fn end_absences(
        &mut self,
        person: &PersonId,
        today: Date,
        latest: Date,
    ) -> Result<u64> {
        let query =
            sqlx::query(END).bind(person.as_str()).bind(today.to_string()).bind(latest.to_string());
        Ok(query.execute(&mut *self.inner).await?.rows_affected())
    }

    /// Whether an absence of somebody was ended on this day.
    pub async fn came_back(&mut self, person: &PersonId, on: Date) -> Result<bool> {
        let query = sqlx::query(CAME_BACK).bind(person.as_str()).bind(on.to_string());
        let ended: i64 = query.fetch_one(&mut *self.inner).await?.try_get(0)?;
        Ok(ended > 0)
    }

    /// The absences that were not over on `day`, earliest first.
    pub async fn absences_since(&mut self, day: Date) -> Result<Vec<Absence>> {
        let query = sqlx::query(SINCE).bind(day.to_string());
        let rows = query.fetch_all(&mut *self.inner).await?;
        let all: Result<Vec<Option<Absence>>> = rows.iter().map(absence).collect();
        Ok(all?.into_iter().flatten().filter(|absence| absence.days.last >= day).collect())
    }

    /// Has every case looked at again that owes something of one of these people,
    /// or that nobody owns in one of these mailboxes.
    pub async fn look_again<'a>(
        &mut self,
        owners: impl Iterator<Item = &'a PersonId>,
        mailboxes: impl Iterator<Item = &'a Address>,
        now: Timestamp,
    ) -> Result<()> {
        for owner in owners {
            sqlx::query(STALE).bind(owner.as_str()).execute(&mut *self.inner).await?;
        }
        for mailbox in mailboxes {
            let query = sqlx::query(STALE_UNOWNED).bind(mailbox.as_str());
            query.execute(&mut *self.inner).await?;
        }
        sqlx::query(HASTEN_STALE).bind(stored(now)).execute(&mut *self.inner).await?;
        Ok(())
    }
}

/// What a row says; `None` where it was ended before it began.
fn absence(row: &SqliteRow) -> Result<Option<Absence>> {
    let key = row.try_get("id")?;
    let date = |text: &str, column| {
        text.parse().map_err(|_| Error::Senseless { table: "absence", key, column })
    };
    let first: Date = date(row.try_get("first")?, "first")?;
    let mut last: Date = date(row.try_get("last")?, "last")?;
    if let Some(ended) = row.try_get::<Option<&str>, _>("ended_on")? {
        let ended: Date = date(ended, "ended_on")?;
        last = last.min(ended.yesterday().unwrap_or(ended));
    }
    if last < first {
        return Ok(None);
    }
    Ok(Some(Absence {
        person: PersonId::new(row.try_get::<String, _>("person")?),
        days: Days { first, last },
        source: row.try_get("source")?,
        said_at: instant(row.try_get("said_at")?, "absence", key, "said_at")?,
    }))
}
