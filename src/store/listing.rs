//! What is owed, for people to read: rows without loading whole cases.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant};
use crate::domain::ids::{Address, CaseNumber, Party, PersonId};

const OWED: &str = "SELECT o.case_row, o.owner, o.since, o.due, o.because, o.rule, o.enforced, \
    o.chases, o.told_times, c.subject, c.contact_name, c.contact_address, c.mailbox \
    FROM obligation o JOIN cases c ON c.id = o.case_row \
    WHERE o.state = 'open' ORDER BY o.due, o.case_row LIMIT $1";
const OVERVIEW: &str = "SELECT (SELECT COUNT(*) FROM inbound), (SELECT COUNT(*) FROM pending), \
    (SELECT COUNT(*) FROM quarantine), (SELECT COUNT(*) FROM mail WHERE state = 'ready'), \
    (SELECT COUNT(*) FROM mail WHERE state = 'sent'), \
    (SELECT COUNT(*) FROM mail WHERE state = 'failed')";
const FILED: &str = "SELECT m.at, m.from_name, m.from_address, m.subject, m.kind, m.reason \
    FROM message m \
    WHERE m.case_row IS NULL AND m.direction <> 'outbound' ORDER BY m.id DESC LIMIT $1";
const SET_ASIDE: &str = "SELECT q.at, i.source, q.reason FROM quarantine q \
    JOIN inbound i ON i.id = q.inbound ORDER BY q.inbound DESC LIMIT $1";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[OWED, OVERVIEW, FILED, SET_ASIDE];

/// One thing that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Its case.
    pub case: CaseNumber,
    /// The subject.
    pub subject: String,
    /// Who waits.
    pub contact: Party,
    /// The mailbox it came to.
    pub mailbox: Address,
    /// Who owes it; nobody yet in a shared mailbox.
    pub owner: Option<PersonId>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub due: Timestamp,
    /// Why then, in words.
    pub because: String,
    /// The rule it was given by.
    pub rule: String,
    /// Whether anybody is told.
    pub enforced: bool,
    /// How often the contact asked again.
    pub chases: u32,
    /// Whether somebody was told already.
    pub told: bool,
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overview {
    /// Mails taken in.
    pub taken_in: i64,
    /// Mails taken in and not yet judged.
    pub pending: i64,
    /// Mails set aside as unreadable.
    pub quarantined: i64,
    /// Mails ready to be sent.
    pub ready: i64,
    /// Mails sent.
    pub sent: i64,
    /// Mails that could not be sent.
    pub failed: i64,
}

/// A message that nobody owes anything to, or that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// When it came.
    pub at: Timestamp,
    /// Who wrote it, or where it came from.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// What it was judged to be.
    pub kind: String,
    /// Why.
    pub reason: String,
}

impl Tx {
    /// Everything that is owed, earliest due first.
    pub async fn owed(&mut self, most: i64) -> Result<Vec<Owed>> {
        let rows = sqlx::query(OWED).bind(most).fetch_all(&mut *self.inner).await?;
        rows.iter().map(owed).collect()
    }

    /// How much there is of everything.
    pub async fn overview(&mut self) -> Result<Overview> {
        let row = sqlx::query(OVERVIEW).fetch_one(&mut *self.inner).await?;
        Ok(Overview {
            taken_in: row.try_get(0)?,
            pending: row.try_get(1)?,
            quarantined: row.try_get(2)?,
            ready: row.try_get(3)?,
            sent: row.try_get(4)?,
            failed: row.try_get(5)?,
        })
    }

    /// The newest messages that belong to no case, with those that could not be
    /// read, newest first.
    pub async fn filed(&mut self, most: i64) -> Result<Vec<Filed>> {
        let rows = sqlx::query(FILED).bind(most).fetch_all(&mut *self.inner).await?;
        let aside = sqlx::query(SET_ASIDE).bind(most).fetch_all(&mut *self.inner).await?;
        let all = rows.iter().map(filed).chain(aside.iter().map(set_aside));
        let mut all = all.collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|filed| std::cmp::Reverse(filed.at));
        Ok(all)
    }
}

fn owed(row: &SqliteRow) -> Result<Owed> {
    let key: i64 = row.try_get("case_row")?;
    let senseless = |column| Error::Senseless { table: "obligation", key, column };
    let at = |column| instant(row.try_get(column)?, "obligation", key, column);
    let address = |column| -> Result<Address> {
        Address::parse(row.try_get(column)?).ok_or(senseless(column))
    };
    Ok(Owed {
        case: CaseNumber::from_row(key),
        subject: row.try_get("subject")?,
        contact: Party { name: row.try_get("contact_name")?, address: address("contact_address")? },
        mailbox: address("mailbox")?,
        owner: row.try_get::<Option<String>, _>("owner")?.map(PersonId::new),
        since: at("since")?,
        due: at("due")?,
        because: row.try_get("because")?,
        rule: row.try_get("rule")?,
        enforced: row.try_get("enforced")?,
        chases: u32::try_from(row.try_get::<i64, _>("chases")?).map_err(|_| senseless("chases"))?,
        told: row.try_get::<Option<i64>, _>("told_times")?.is_some(),
    })
}

fn filed(row: &SqliteRow) -> Result<Filed> {
    let (name, address): (String, String) =
        (row.try_get("from_name")?, row.try_get("from_address")?);
    Ok(Filed {
        at: instant(row.try_get("at")?, "message", 0, "at")?,
        from: if name.is_empty() { address } else { format!("{name} <{address}>") },
        subject: row.try_get("subject")?,
        kind: row.try_get("kind")?,
        reason: row.try_get("reason")?,
    })
}

fn set_aside(row: &SqliteRow) -> Result<Filed> {
    Ok(Filed {
        at: instant(row.try_get("at")?, "quarantine", 0, "at")?,
        from: row.try_get("source")?,
        subject: String::new(),
        kind: "malformed".to_owned(),
        reason: row.try_get("reason")?,
    })
}
