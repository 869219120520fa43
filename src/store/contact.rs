//! What is known of contacts beside their cases: who wants no more check-ins, where mail
//! comes back from, when they were asked last; and who of us lets theirs go by itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::Row;

use super::{Result, Tx, instant, stored};
use crate::domain::ids::{Address, CaseNumber, PersonId};

const OPT_OUT: &str = "INSERT INTO contact (address, opted_out_at) VALUES ($1, $2) \
    ON CONFLICT (address) DO UPDATE SET opted_out_at = \
    COALESCE(contact.opted_out_at, excluded.opted_out_at)";
const BOUNCES: &str = "INSERT INTO contact (address, bounced_at) VALUES ($1, $2) \
    ON CONFLICT (address) DO UPDATE SET bounced_at = excluded.bounced_at";
const WRITES: &str = "UPDATE contact SET bounced_at = NULL WHERE address = $1 \
    AND bounced_at IS NOT NULL";
const KNOWN: &str = "SELECT opted_out_at, bounced_at FROM contact WHERE address = $1";
const OPEN_CASE: &str = "SELECT id FROM cases WHERE contact_address = $1 AND id <> $2 \
    AND closed_at IS NULL ORDER BY id DESC LIMIT 1";
const ASKED: &str = "SELECT MAX(j.asked_at) FROM cases c JOIN job j ON j.case_row = c.id \
    WHERE c.contact_address = $1 AND c.id <> $2 \
    AND (COALESCE(j.ending, '') <> 'bounced' OR j.asked > 1)";
const LAST_MAIL: &str = "SELECT i.raw FROM cases c JOIN message m ON m.case_row = c.id \
    JOIN inbound i ON i.id = m.inbound WHERE c.contact_address = $1 AND m.from_address = $1 \
    AND m.direction <> 'outbound' AND m.kind IN ('human', 'thanks') AND m.channel = 'email' \
    ORDER BY m.at DESC LIMIT 1";
const LIVE: &str = "SELECT c.id FROM cases c JOIN job j ON j.case_row = c.id \
    WHERE c.contact_address = $1 AND j.stage <> 'over' GROUP BY c.id ORDER BY c.id LIMIT $2";
const AGREE: &str = "INSERT INTO consent (person, at) VALUES ($1, $2) \
    ON CONFLICT (person) DO NOTHING";
const REVOKE: &str = "DELETE FROM consent WHERE person = $1";
const AGREED: &str = "SELECT person FROM consent";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] =
    &[OPT_OUT, BOUNCES, WRITES, KNOWN, OPEN_CASE, ASKED, LAST_MAIL, LIVE, AGREE, REVOKE, AGREED];

/// What is known of an address outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contact {
    /// Since when they want no more check-ins.
    pub opted_out_at: Option<Timestamp>,
    /// When a mail to them last came back.
    pub bounced_at: Option<Timestamp>,
}

impl Tx {
    /// What is known of an address.
    pub async fn contact(&mut self, address: &Address) -> Result<Contact> {
        let query = sqlx::query(KNOWN).bind(address.as_str());
        let Some(row) = query.fetch_optional(&mut *self.inner).await? else {
            return Ok(Contact::default());
        };
        let at = |column| -> Result<Option<Timestamp>> {
            let micros: Option<i64> = row.try_get(column)?;
            micros.map(|micros| instant(micros, "contact", 0, column)).transpose()
        };
        Ok(Contact { opted_out_at: at("opted_out_at")?, bounced_at: at("bounced_at")? })
    }

    /// Notes that whoever reads this address wants no more check-ins, for ever.
    pub async fn opt_out(&mut self, address: &Address, now: Timestamp) -> Result<()> {
        self.change_one(sqlx::query(OPT_OUT).bind(address.as_str()).bind(stored(now))).await
    }

    /// Notes that mail to this address comes back.
    pub async fn note_bouncing(&mut self, address: &Address, now: Timestamp) -> Result<()> {
        self.change_one(sqlx::query(BOUNCES).bind(address.as_str()).bind(stored(now))).await
    }

    /// Notes that somebody writes from this address, so that mail to it arrives again.
    pub async fn note_writing(&mut self, address: &Address) -> Result<()> {
        sqlx::query(WRITES).bind(address.as_str()).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// An open case of a contact beside this one.
    pub async fn open_case_of(
        &mut self,
        contact: &Address,
        beside: CaseNumber,
    ) -> Result<Option<CaseNumber>> {
        let query = sqlx::query(OPEN_CASE).bind(contact.as_str()).bind(beside.row());
        Ok(self.case_numbers(query).await?.into_iter().next())
    }

    /// The last mail that a contact wrote themselves, as it came.
    pub async fn last_mail_of(&mut self, contact: &Address) -> Result<Option<Vec<u8>>> {
        let query = sqlx::query(LAST_MAIL).bind(contact.as_str());
        let row = query.fetch_optional(&mut *self.inner).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// When a contact was last asked about a job of another case than this; what did not
    /// arrive asked nothing.
    pub async fn asked_beside(
        &mut self,
        contact: &Address,
        case: CaseNumber,
    ) -> Result<Option<Timestamp>> {
        let query = sqlx::query(ASKED).bind(contact.as_str()).bind(case.row());
        let micros: Option<i64> = query.fetch_one(&mut *self.inner).await?.try_get(0)?;
        micros.map(|micros| instant(micros, "job", case.row(), "asked_at")).transpose()
    }

    /// Cases of a contact with a check-in of which something may still come.
    pub async fn check_ins_of(&mut self, contact: &Address, most: i64) -> Result<Vec<CaseNumber>> {
        self.case_numbers(sqlx::query(LIVE).bind(contact.as_str()).bind(most)).await
    }

    /// Notes that all check-ins of a person go by themselves, or no longer.
    pub async fn let_check_ins_go(
        &mut self,
        person: &PersonId,
        agreed: bool,
        now: Timestamp,
    ) -> Result<()> {
        let query = if agreed {
            sqlx::query(AGREE).bind(person.as_str()).bind(stored(now))
        } else {
            sqlx::query(REVOKE).bind(person.as_str())
        };
        query.execute(&mut *self.inner).await?;
        Ok(())
    }

    /// Who agreed that their check-ins go by themselves.
    pub async fn who_lets_check_ins_go(&mut self) -> Result<BTreeSet<PersonId>> {
        let rows = sqlx::query(AGREED).fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| Ok(PersonId::new(row.try_get::<String, _>(0)?))).collect()
    }
}
