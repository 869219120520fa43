//! How much there is of everything, for those who watch from outside. What it costs to
//! ask depends on what is overdue and what waits, not on what is open or was ever there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::Row;

use super::{Result, Tx, stored};

const TALLY: &str = "SELECT what, which, number FROM tally";
const NOW: &str = "SELECT \
    (SELECT COUNT(*) FROM obligation WHERE state = 'open' AND due < $1 AND enforced), \
    (SELECT COUNT(*) FROM notice WHERE state = 'waiting'), \
    (SELECT COUNT(*) FROM pending), \
    (SELECT COUNT(*) FROM quarantine)";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[TALLY, NOW];

/// How much there is of everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases that are open.
    pub cases: i64,
    /// What is owed, by its kind.
    pub owed: BTreeMap<String, i64>,
    /// What of it is overdue, and somebody is told of.
    pub overdue: i64,
    /// Messages that ever came, by direction and kind.
    pub messages: BTreeMap<(String, String), i64>,
    /// Mails of owed's own, by their state.
    pub mails: BTreeMap<String, i64>,
    /// Notices that are no part of a mail yet.
    pub notices: i64,
    /// Mails taken in and not judged yet.
    pub pending: i64,
    /// Mails set aside, because they could not be read.
    pub set_aside: i64,
    /// When the earliest of all alarms is due.
    pub earliest_alarm: Option<Timestamp>,
}

impl Tx {
    /// How much there is of everything at `now`.
    pub async fn tally(&mut self, now: Timestamp) -> Result<Tally> {
        let mut tally = Tally { earliest_alarm: self.earliest_alarm().await?, ..Tally::default() };
        for row in sqlx::query(TALLY).fetch_all(&mut *self.inner).await? {
            let (which, number): (String, i64) = (row.try_get("which")?, row.try_get("number")?);
            match (row.try_get("what")?, which.split_once(' ')) {
                ("case", _) => tally.cases = number,
                ("owed", _) => drop(tally.owed.insert(which, number)),
                ("mail", _) => drop(tally.mails.insert(which, number)),
                ("message", Some((direction, kind))) => {
                    tally.messages.insert((direction.to_owned(), kind.to_owned()), number);
                }
                _ => {}
            }
        }
        let row = sqlx::query(NOW).bind(stored(now)).fetch_one(&mut *self.inner).await?;
        tally.overdue = row.try_get(0)?;
        tally.notices = row.try_get(1)?;
        tally.pending = row.try_get(2)?;
        tally.set_aside = row.try_get(3)?;
        Ok(tally)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    const COUNTED: &str = "SELECT 'case' AS what, 'open' AS which, COUNT(*) AS number FROM cases \
        WHERE closed_at IS NULL \
        UNION ALL SELECT 'owed', kind, COUNT(*) FROM obligation WHERE state = 'open' GROUP BY kind \
        UNION ALL SELECT 'mail', state, COUNT(*) FROM mail GROUP BY state \
        UNION ALL SELECT 'message', direction || ' ' || kind, COUNT(*) FROM message \
        GROUP BY direction, kind";
    const KEPT: &str = "SELECT what, which, number FROM tally WHERE number <> 0";

    async fn rows(tx: &mut Tx, query: &'static str) -> Vec<(String, String, i64)> {
        let mut rows: Vec<(String, String, i64)> =
            sqlx::query_as(query).fetch_all(&mut *tx.inner).await.unwrap();
        rows.retain(|(_, _, number)| *number != 0);
        rows.sort();
        rows
    }

    /// What happens to each kind of row, one after the other.
    const LIFE: &[&str] = &[
        "INSERT INTO inbound VALUES (1, NULL, 's', 1, '', 0, x'', 'email')",
        "INSERT INTO cases (id, version, subject, subject_key, contact_name, contact_address, \
         internal, mailbox, side, opened_at, last_at) \
         VALUES (1, 1, '', '', '', '', FALSE, '', '', 1, 1), \
         (2, 1, '', '', '', '', FALSE, '', '', 1, 1)",
        "INSERT INTO obligation (case_row, seq, kind, since, due, because, rule, enforced, chases, \
         state) VALUES (1, 1, 'reply', 1, 1, '', '', TRUE, 0, 'open'), \
         (1, 2, 'promise', 1, 1, '', '', TRUE, 0, 'open'), \
         (2, 1, 'reply', 1, 1, '', '', TRUE, 0, 'met')",
        "INSERT INTO mail (id, case_row, sender, recipient, message_id, bytes, made_at, state, \
         attempt, next_try, fence, remark) VALUES \
         (1, 1, '', '', 'a', x'', 1, 'ready', 0, 1, 0, ''), \
         (2, 1, '', '', 'b', x'', 1, 'ready', 0, 1, 0, '')",
        "INSERT INTO message (identity, inbound, at, direction, kind, vouched, from_name, \
         from_address, recipients, subject, words, reason) VALUES \
         (x'01', 1, 1, 'inbound', 'human', FALSE, '', '', '', '', '', ''), \
         (x'02', 1, 1, 'inbound', 'bounce', FALSE, '', '', '', '', '', '')",
        "UPDATE mail SET state = 'leased' WHERE id = 1",
        "UPDATE mail SET state = 'sent' WHERE id = 1",
        "INSERT INTO obligation (case_row, seq, kind, since, due, because, rule, enforced, chases, \
         state) VALUES (1, 1, 'reply', 1, 1, '', '', TRUE, 0, 'met') \
         ON CONFLICT (case_row, seq) DO UPDATE SET state = excluded.state",
        "UPDATE obligation SET state = 'open' WHERE case_row = 2",
        "UPDATE cases SET closed_at = 2",
        "UPDATE cases SET closed_at = NULL WHERE id = 1",
        "UPDATE cases SET closed_at = NULL WHERE id = 1",
        "DELETE FROM mail WHERE id = 2",
        "DELETE FROM obligation",
        "DELETE FROM mail",
        "DELETE FROM message",
        "DELETE FROM cases",
    ];

    #[tokio::test]
    async fn what_is_kept_count_of_is_what_would_be_counted() {
        let store = Store::in_memory().await.unwrap();
        let mut tx = store.write().await.unwrap();
        for step in LIFE {
            sqlx::query(*step).execute(&mut *tx.inner).await.unwrap();
            let mut counted = rows(&mut tx, COUNTED).await;
            if step.starts_with("DELETE FROM message") || step.starts_with("DELETE FROM cases") {
                // Messages are counted as they come, and stay counted.
                counted.extend(
                    ["bounce", "human"]
                        .map(|kind| ("message".to_owned(), format!("inbound {kind}"), 1)),
                );
                counted.sort();
            }
            assert_eq!(rows(&mut tx, KEPT).await, counted, "after {step}");
        }
    }
}
