//! What an evening and a morning look back on: what somebody was told, what people
//! decided, and what was filed as needing no answer.

use jiff::Timestamp;
use sqlx::Row;

use super::journal::line;
use super::{Error, Filed, Line, Result, Tx, filed, instant, stored};
use crate::domain::effect::{OccasionKind, Purpose};
use crate::domain::ids::{Address, CaseNumber};

const TOLD: &str = "SELECT id, case_row, obligation, purpose FROM notice \
    WHERE recipient = $1 AND at >= $2 AND case_row IS NOT NULL AND state <> 'moot' \
    ORDER BY at DESC LIMIT $3";
const LAST_OCCASION: &str = "SELECT at FROM notice WHERE recipient = $1 AND at < $2 \
    AND purpose = $3 ORDER BY at DESC LIMIT 1";
const DECIDED: &str = "SELECT id, case_row, at, what, message_id, owner, recipient, due, rule, \
    reason FROM journal WHERE what IN ('dismissed', 'chased', 'corrected') \
    AND at > $1 AND at <= $2 ORDER BY at DESC LIMIT $3";
const SORTED: &str = "SELECT at, from_name, from_address, subject, kind, reason, message_id, \
    recipients FROM message WHERE case_row IS NULL AND direction <> 'outbound' \
    AND kind <> 'order' \
    AND at > $1 AND at <= $2 ORDER BY at DESC LIMIT $3";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[TOLD, LAST_OCCASION, DECIDED, SORTED];

/// That somebody was told of something owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    /// The case.
    pub case: CaseNumber,
    /// What of it.
    pub obligation: u32,
    /// Why they were told.
    pub purpose: Purpose,
}

/// A message that was filed without a case, and whom it reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorted {
    /// The message.
    pub filed: Filed,
    /// Whom it was addressed to.
    pub recipients: Vec<Address>,
}

impl Tx {
    /// What `reader` was told of cases since `since`, newest first; also what waits
    /// to be sent.
    pub async fn told_since(
        &mut self,
        reader: &Address,
        since: Timestamp,
        most: i64,
    ) -> Result<Vec<Telling>> {
        let query = sqlx::query(TOLD).bind(reader.as_str()).bind(stored(since)).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        let tellings = rows.iter().map(|row| {
            let key: i64 = row.try_get("id")?;
            let senseless = |column| Error::Senseless { table: "notice", key, column };
            let obligation = u32::try_from(row.try_get::<i64, _>("obligation")?);
            Ok(Telling {
                case: CaseNumber::from_row(row.try_get("case_row")?),
                obligation: obligation.map_err(|_| senseless("obligation"))?,
                purpose: Purpose::called(row.try_get("purpose")?).ok_or(senseless("purpose"))?,
            })
        });
        tellings.collect()
    }

    /// When `reader` was last told of such an occasion before `before`.
    pub async fn last_occasion(
        &mut self,
        reader: &Address,
        kind: OccasionKind,
        before: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let query = sqlx::query(LAST_OCCASION);
        let query = query.bind(reader.as_str()).bind(stored(before)).bind(kind.name());
        let row = query.fetch_optional(&mut *self.inner).await?;
        row.map(|row| instant(row.try_get(0)?, "notice", 0, "at")).transpose()
    }

    /// What was dismissed or put right, and who asked again, within `since` and
    /// `until`, newest first.
    pub async fn decided(
        &mut self,
        (since, until): (Timestamp, Timestamp),
        most: i64,
    ) -> Result<Vec<Line>> {
        let query = sqlx::query(DECIDED).bind(stored(since)).bind(stored(until)).bind(most);
        query.fetch_all(&mut *self.inner).await?.iter().map(line).collect()
    }

    /// What was filed without a case within `since` and `until`, newest first.
    pub async fn sorted(
        &mut self,
        (since, until): (Timestamp, Timestamp),
        most: i64,
    ) -> Result<Vec<Sorted>> {
        let query = sqlx::query(SORTED).bind(stored(since)).bind(stored(until)).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        let all = rows.iter().map(|row| {
            let recipients: &str = row.try_get("recipients")?;
            let recipients = recipients.split_whitespace().filter_map(Address::parse).collect();
            Ok(Sorted { filed: filed::filed(row)?, recipients })
        });
        all.collect()
    }
}
