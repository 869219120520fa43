//! What one person or one mailbox owes, found without the rest of what is owed.

use jiff::Timestamp;
use sqlx::Row;

use super::listing::{owed, rows};
use super::{Error, Owed, Result, Tx, stored};
use crate::domain::ids::{Address, PersonId};

const NEXT: &str = "SELECT owner, mailbox FROM obligation WHERE state = 'open' AND enforced \
    AND (COALESCE(owner, ''), mailbox) > ($1, $2) ORDER BY COALESCE(owner, ''), mailbox LIMIT 1";
// Promises first, so that no limit leaves out a broken one.
const DUE: &str = concat!(
    rows!(),
    " WHERE o.state = 'open' AND o.enforced AND COALESCE(o.owner, '') = $1 AND o.mailbox = $2 \
    AND o.due <= $3 ORDER BY o.kind <> 'promise', o.due, o.case_row, o.seq LIMIT $4"
);

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[NEXT, DUE];

/// Where something is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owing {
    /// Who owes it; nobody yet in a shared mailbox.
    pub owner: Option<PersonId>,
    /// The mailbox it came to.
    pub mailbox: Address,
}

impl Tx {
    /// Everywhere that anything is owed of which somebody is told, each or why it
    /// cannot be read: there are as many as people and their mailboxes, however much
    /// is owed.
    pub async fn owing(&mut self) -> Result<Vec<Result<Owing>>> {
        let mut all = Vec::new();
        let (mut owner, mut mailbox) = (None::<String>, String::new());
        loop {
            let query = sqlx::query(NEXT).bind(owner.as_deref().unwrap_or("")).bind(&mailbox);
            let Some(row) = query.fetch_optional(&mut *self.inner).await? else { return Ok(all) };
            (owner, mailbox) = (row.try_get("owner")?, row.try_get("mailbox")?);
            let senseless = Error::Senseless { table: "obligation", key: 0, column: "mailbox" };
            let there = Address::parse(&mailbox).ok_or(senseless);
            let owner = owner.clone().map(PersonId::new);
            all.push(there.map(|mailbox| Owing { owner, mailbox }));
        }
    }

    /// What is owed there by `until`, each or why it cannot be read: promises first,
    /// then the first due.
    pub async fn owed_there(
        &mut self,
        there: &Owing,
        until: Timestamp,
        most: i64,
    ) -> Result<Vec<Result<Owed>>> {
        let owner = there.owner.as_ref().map_or("", PersonId::as_str);
        let query = sqlx::query(DUE).bind(owner).bind(there.mailbox.as_str());
        let rows = query.bind(stored(until)).bind(most).fetch_all(&mut *self.inner).await?;
        Ok(rows.iter().map(owed).collect())
    }
}
