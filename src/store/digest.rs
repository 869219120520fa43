//! What an evening and a morning look back on: what somebody was told, what people
//! decided, and what was filed as needing no answer.

use futures_util::TryStreamExt;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::journal::line;
use super::{Error, Filed, Line, Result, Tx, filed, instant, stored};
use crate::domain::effect::{Occasion, Purpose};
use crate::domain::ids::{Address, CaseNumber, Party, PersonId};

/// Whether a notice `n` reached its reader, or still may: it was not dropped, and no
/// mail of it came to nothing.
macro_rules! told {
    () => {
        "(n.state = 'waiting' OR (n.state = 'sealed' AND NOT EXISTS (SELECT 1 FROM mail m \
        WHERE m.id = n.mail AND m.state IN ('failed', 'bounced', 'moot'))))"
    };
}

const TOLD: &str = concat!(
    "SELECT n.id, n.case_row, n.obligation, n.purpose FROM notice n \
    WHERE n.recipient = $1 AND n.at >= $2 AND n.case_row IS NOT NULL AND ",
    told!(),
    " ORDER BY n.at DESC LIMIT $3"
);
const WAS_TOLD: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM notice n WHERE n.case_row = $1 AND n.obligation = $2 \
    AND n.recipient = $3 AND n.purpose IN ('remind', 'escalate', 'hear') AND ",
    told!(),
    ")"
);
const LAST_OCCASION: &str = concat!(
    "SELECT n.at FROM notice n WHERE n.recipient = $1 AND n.at < $2 AND n.purpose = $3 \
    AND n.subject = $4 AND n.case_row IS NULL AND n.state = 'sealed' AND ",
    told!(),
    " ORDER BY n.at DESC LIMIT 1"
);
const DECIDED: &str = "SELECT j.id, j.case_row, j.at, j.what, j.message_id, j.owner, j.recipient, \
    j.due, j.rule, j.reason, c.subject, c.mailbox, c.contact_name, c.contact_address, \
    (SELECT o.owner FROM obligation o WHERE o.case_row = c.id ORDER BY o.seq DESC LIMIT 1) \
    AS last_owner FROM journal j JOIN cases c ON c.id = j.case_row \
    WHERE j.what IN ('dismissed', 'chased', 'corrected') AND j.at > $1 AND j.at <= $2 \
    ORDER BY j.at DESC";
const AFTER_JOBS: &str = "SELECT j.id, j.case_row, j.at, j.what, j.message_id, j.owner, \
    j.recipient, j.due, j.rule, j.reason, c.subject, c.mailbox, c.contact_name, \
    c.contact_address, j.owner AS last_owner FROM journal j JOIN cases c ON c.id = j.case_row \
    WHERE j.what IN ('check-in', 'check-in-ok', 'check-in-not-ok', 'check-in-over') \
    AND j.at > $1 AND j.at <= $2 ORDER BY j.at DESC";
const SORTED: &str = "SELECT at, from_name, from_address, subject, kind, reason, message_id, \
    recipients FROM message WHERE case_row IS NULL AND direction <> 'outbound' \
    AND kind <> 'order' \
    AND at > $1 AND at <= $2 ORDER BY at DESC";
const SORTED_IN_CASES: &str = "SELECT m.at, m.from_name, m.from_address, m.subject, m.kind, \
    j.reason, m.message_id, m.recipients FROM journal j JOIN message m \
    ON m.case_row = j.case_row AND m.message_id = j.message_id \
    WHERE j.what = 'ignored' AND j.case_row IS NOT NULL AND m.direction <> 'outbound' \
    AND m.kind <> 'order' AND j.at > $1 AND j.at <= $2 ORDER BY j.at DESC";
const UNREAD: &str = "SELECT q.at, i.source, q.reason, i.envelope AS recipients \
    FROM quarantine q JOIN inbound i ON i.id = q.inbound \
    WHERE q.at > $1 AND q.at <= $2 ORDER BY q.at DESC LIMIT $3";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[TOLD, WAS_TOLD, LAST_OCCASION, DECIDED, AFTER_JOBS, SORTED, SORTED_IN_CASES, UNREAD];

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

/// Something that people decided in a case, or a contact asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What is written of it.
    pub line: Line,
    /// The case.
    pub case: CaseNumber,
    /// Its subject.
    pub subject: String,
    /// The mailbox it came to.
    pub mailbox: Address,
    /// Who waits.
    pub contact: Party,
    /// Who owed last in it.
    pub owner: Option<PersonId>,
}

/// A message that needs no answer or could not be read, and whom it reached.
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

    /// Whether a step of the ladder of something owed was ever told to `reader`.
    pub async fn was_told(
        &mut self,
        reader: &Address,
        (case, obligation): (CaseNumber, u32),
    ) -> Result<bool> {
        let query = sqlx::query(WAS_TOLD).bind(case.row()).bind(i64::from(obligation));
        let row = query.bind(reader.as_str()).fetch_one(&mut *self.inner).await?;
        Ok(row.try_get(0)?)
    }

    /// When such a mail was last decided before `before` that its reader got.
    pub async fn last_occasion(
        &mut self,
        occasion: &Occasion,
        before: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let Occasion { kind, subject, to } = occasion;
        let query = sqlx::query(LAST_OCCASION).bind(to.address.as_str()).bind(stored(before));
        let query = query.bind(kind.name()).bind(subject);
        let row = query.fetch_optional(&mut *self.inner).await?;
        row.map(|row| instant(row.try_get(0)?, "notice", 0, "at")).transpose()
    }

    /// What was dismissed or put right, and who asked again, in a period, newest first: the
    /// first `most` that are `wanted`, and what cannot be read.
    pub async fn decided(
        &mut self,
        period: (Timestamp, Timestamp),
        most: usize,
        wanted: impl Fn(&Decision) -> bool,
    ) -> Result<Vec<Result<Decision>>> {
        self.decisions(DECIDED, period, (most, wanted)).await
    }

    /// Who was asked after a job, and what came of it, in the same way; of those who did
    /// the job.
    pub async fn after_jobs(
        &mut self,
        period: (Timestamp, Timestamp),
        most: usize,
        wanted: impl Fn(&Decision) -> bool,
    ) -> Result<Vec<Result<Decision>>> {
        self.decisions(AFTER_JOBS, period, (most, wanted)).await
    }

    async fn decisions(
        &mut self,
        statement: &'static str,
        (since, until): (Timestamp, Timestamp),
        (most, wanted): (usize, impl Fn(&Decision) -> bool),
    ) -> Result<Vec<Result<Decision>>> {
        let query = sqlx::query(statement).bind(stored(since)).bind(stored(until));
        let mut rows = query.fetch(&mut *self.inner);
        let mut decided = Vec::new();
        while decided.len() < most
            && let Some(row) = rows.try_next().await?
        {
            let decision = decision(&row);
            if decision.as_ref().map_or(true, &wanted) {
                decided.push(decision);
            }
        }
        Ok(decided)
    }

    /// Shows `visit` what was filed as needing no answer within `since` and `until`,
    /// in a case or in none, newest first, each or why it cannot be read.
    pub async fn sorted(
        &mut self,
        (since, until): (Timestamp, Timestamp),
        mut visit: impl FnMut(Result<Sorted>),
    ) -> Result<()> {
        for statement in [SORTED, SORTED_IN_CASES] {
            let query = sqlx::query(statement).bind(stored(since)).bind(stored(until));
            let mut rows = query.fetch(&mut *self.inner);
            while let Some(row) = rows.try_next().await? {
                visit(filed::filed(&row).and_then(|filed| sorted(filed, &row)));
            }
        }
        Ok(())
    }

    /// What was set aside unread within `since` and `until`, newest first.
    pub async fn unread(
        &mut self,
        (since, until): (Timestamp, Timestamp),
        most: i64,
    ) -> Result<Vec<Sorted>> {
        let query = sqlx::query(UNREAD).bind(stored(since)).bind(stored(until)).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        let all = rows.iter().map(|row| sorted(filed::set_aside(row)?, row));
        all.collect()
    }
}

fn decision(row: &SqliteRow) -> Result<Decision> {
    let key: i64 = row.try_get("case_row")?;
    let address = |column| -> Result<Address> {
        let senseless = Error::Senseless { table: "cases", key, column };
        Address::parse(row.try_get(column)?).ok_or(senseless)
    };
    Ok(Decision {
        line: line(row)?,
        case: CaseNumber::from_row(key),
        subject: row.try_get("subject")?,
        mailbox: address("mailbox")?,
        contact: Party { name: row.try_get("contact_name")?, address: address("contact_address")? },
        owner: row.try_get::<Option<String>, _>("last_owner")?.map(PersonId::new),
    })
}

fn sorted(filed: Filed, row: &SqliteRow) -> Result<Sorted> {
    let recipients: &str = row.try_get("recipients")?;
    let recipients = recipients.split_whitespace().filter_map(Address::parse).collect();
    Ok(Sorted { filed, recipients })
}
