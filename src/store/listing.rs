//! What is owed, for people to read: rows without loading whole cases.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant};
use crate::domain::ids::{Address, CaseNumber, Party, PersonId};
use crate::domain::obligation::Kind;

/// What is owed as it is read, whichever of it.
macro_rules! rows {
    () => {
        "SELECT o.case_row, o.seq, o.kind, o.owner, o.since, o.due, o.because, o.rule, \
        o.enforced, o.chases, c.subject, c.contact_name, c.contact_address, c.mailbox \
        FROM obligation o JOIN cases c ON c.id = o.case_row"
    };
}
pub(super) use rows;

const OWED: &str = concat!(
    rows!(),
    " WHERE o.state = 'open' AND (o.due, o.case_row, o.seq) > ($1, $2, $3) \
    ORDER BY o.due, o.case_row, o.seq LIMIT $4"
);
const OVERVIEW: &str = "SELECT (SELECT COUNT(*) FROM inbound), (SELECT COUNT(*) FROM pending), \
    (SELECT COUNT(*) FROM quarantine), (SELECT COUNT(*) FROM mail WHERE state = 'ready'), \
    (SELECT COUNT(*) FROM mail WHERE state = 'sent'), \
    (SELECT COUNT(*) FROM mail WHERE state = 'failed')";
const PENDING: &str = "SELECT COUNT(*) FROM pending";

const OWED_TO: &str = "SELECT c.id FROM cases c WHERE c.contact_address = $1 AND EXISTS (\
    SELECT 1 FROM obligation o WHERE o.case_row = c.id AND o.state = 'open' \
    AND o.kind <> 'resolution') ORDER BY c.id DESC LIMIT $2";

const REPLIES: &str = "SELECT case_row, owner, since, due, state, ended_at, ended_by \
    FROM obligation WHERE kind = 'reply' ORDER BY since, case_row, seq";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[OWED, OVERVIEW, PENDING, OWED_TO, REPLIES];

/// A place in the list of what is owed: page after page, nobody has to hold
/// all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    due: i64,
    case: i64,
    seq: i64,
}

impl Place {
    /// Before the first.
    pub const START: Self = Self { due: i64::MIN, case: 0, seq: 0 };
}

/// One thing that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Its case.
    pub case: CaseNumber,
    /// Its place among the obligations of the case.
    pub seq: u32,
    /// What is owed.
    pub kind: Kind,
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
    /// Where it stands in the list.
    pub place: Place,
}

/// An answer that was waited for, or is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Who owes it, or did; nobody yet in a shared mailbox.
    pub owner: Option<PersonId>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub due: Timestamp,
    /// How the waiting ended; it goes on where that is `None`.
    pub end: Option<End>,
}

/// How somebody's waiting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With an answer.
    Answered {
        /// When.
        at: Timestamp,
        /// By whom, where that is known.
        by: Option<PersonId>,
    },
    /// Without one, for none was needed any more.
    Dropped,
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

impl Tx {
    /// The cases in which something is owed to this contact, newest first.
    pub async fn owed_to(&mut self, contact: &Address, most: i64) -> Result<Vec<CaseNumber>> {
        self.case_numbers(sqlx::query(OWED_TO).bind(contact.as_str()).bind(most)).await
    }

    /// What is owed after `place`, earliest due first.
    pub async fn owed(&mut self, place: Place, most: i64) -> Result<Vec<Owed>> {
        let query = sqlx::query(OWED).bind(place.due).bind(place.case).bind(place.seq).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(owed).collect()
    }

    /// Every answer that was ever waited for, oldest first: for rehearsals, which have
    /// all of it in memory.
    pub async fn replies(&mut self) -> Result<Vec<Reply>> {
        let rows = sqlx::query(REPLIES).fetch_all(&mut *self.inner).await?;
        rows.iter().map(reply).collect()
    }

    /// How many mails are taken in and not yet judged.
    pub async fn count_pending(&mut self) -> Result<i64> {
        Ok(sqlx::query(PENDING).fetch_one(&mut *self.inner).await?.try_get(0)?)
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
}

fn reply(row: &SqliteRow) -> Result<Reply> {
    let key: i64 = row.try_get("case_row")?;
    let at = |column| instant(row.try_get(column)?, "obligation", key, column);
    let person = |column| -> Result<Option<PersonId>> {
        Ok(row.try_get::<Option<String>, _>(column)?.map(PersonId::new))
    };
    Ok(Reply {
        owner: person("owner")?,
        since: at("since")?,
        due: at("due")?,
        end: match row.try_get("state")? {
            "met" => Some(End::Answered { at: at("ended_at")?, by: person("ended_by")? }),
            "dropped" => Some(End::Dropped),
            _ => None,
        },
    })
}

pub(super) fn owed(row: &SqliteRow) -> Result<Owed> {
    let key: i64 = row.try_get("case_row")?;
    let senseless = |column| Error::Senseless { table: "obligation", key, column };
    let at = |column| instant(row.try_get(column)?, "obligation", key, column);
    let address = |column| -> Result<Address> {
        Address::parse(row.try_get(column)?).ok_or(senseless(column))
    };
    Ok(Owed {
        case: CaseNumber::from_row(key),
        seq: u32::try_from(row.try_get::<i64, _>("seq")?).map_err(|_| senseless("seq"))?,
        kind: Kind::called(row.try_get("kind")?).ok_or(senseless("kind"))?,
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
        place: Place { due: row.try_get("due")?, case: key, seq: row.try_get("seq")? },
    })
}
