//! Mails on their way out: leased before the first byte leaves, then recorded.
//!
//! Every change of a lease names its fence, so that a sender which was superseded
//! changes nothing. A mail whose matter is settled by the time it is leased is
//! moot; its bytes are never made again.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::outbox::{Audience, Sealed, UNSAID, still_told};
use super::{Error, Result, Tx, instant, stored};
use crate::domain::ids::{Address, CaseNumber, MessageId};

const DROP_MOOT: &str = concat!(
    "UPDATE mail SET state = 'moot', ended_at = $1, remark = 'settled before it was sent' \
    WHERE id IN (SELECT id FROM mail \
    WHERE state = 'ready' AND next_try <= $1 ORDER BY next_try, id LIMIT $2) \
    AND NOT EXISTS (SELECT 1 FROM notice n \
    LEFT JOIN obligation o ON o.case_row = n.case_row AND o.seq = n.obligation \
    LEFT JOIN cases c ON c.id = n.case_row \
    LEFT JOIN job j ON j.case_row = n.case_row AND j.seq = n.obligation \
    WHERE n.mail = mail.id AND ",
    still_told!(),
    ") RETURNING id"
);
const TOLD_IN: &str = "SELECT id FROM notice WHERE mail = $1";
const LEASE: &str = "UPDATE mail SET state = 'leased', fence = fence + 1, attempt = attempt + 1, \
    holder = $2, lease_until = $3 WHERE id IN (SELECT id FROM mail WHERE state = 'ready' \
    AND next_try <= $1 ORDER BY next_try, id LIMIT $4) \
    RETURNING id, case_row, sender, recipient, message_id, bytes, audience, attempt, \
    fence";
const DOT: &str = "UPDATE mail SET state = 'dot-sent' \
    WHERE id = $1 AND fence = $2 AND state = 'leased'";
const FINISH: &str = "UPDATE mail SET state = $3, next_try = $4, ended_at = $5, remark = $6, \
    holder = NULL, lease_until = NULL \
    WHERE id = $1 AND fence = $2 AND state IN ('leased', 'dot-sent')";
const RECLAIM: &str = "UPDATE mail SET holder = NULL, lease_until = NULL, fence = fence + 1, \
    next_try = $1, state = CASE WHEN state = 'dot-sent' AND audience = 'contact' \
    THEN 'held' ELSE 'ready' END, remark = CASE WHEN state = 'leased' \
    THEN 'interrupted before it was given to the server' WHEN audience = 'contact' \
    THEN 'the server''s answer was not seen; it is not sent again by itself' \
    ELSE 'the server''s answer was not seen; the same mail is sent again' END \
    WHERE state IN ('leased', 'dot-sent') AND (holder <> $2 OR lease_until <= $1) \
    RETURNING id, state";
const ANEW: &str = "UPDATE mail SET next_try = $1, attempt = 0 \
    WHERE state = 'ready' AND next_try > $1";
const NEXT: &str = "SELECT MIN(at) FROM (\
    SELECT MIN(next_try) AS at FROM mail WHERE state = 'ready' \
    UNION ALL SELECT MIN(not_before) FROM notice WHERE state = 'waiting' \
    UNION ALL SELECT MIN(lease_until) FROM mail WHERE state IN ('leased', 'dot-sent')) AS times";

const BOUNCED: &str = "UPDATE mail SET state = 'bounced', ended_at = $2, remark = $3 \
    WHERE message_id = $1 AND state IN ('sent', 'held') RETURNING id";
const WRITTEN_TO: &str = "SELECT 1 FROM mail WHERE recipient = $1 AND made_at > $2 \
    AND audience = 'contact' AND state <> 'moot' LIMIT 1";
const LAST_WRITTEN: &str = "SELECT MAX(made_at) FROM mail WHERE recipient = $1 AND made_at > $2 \
    AND audience = 'contact' AND state <> 'moot'";
const OURS: &str = "SELECT 1 FROM mail WHERE message_id = $1";
const LAST: &str = "SELECT state, ended_at, remark FROM mail WHERE recipient = $1 \
    AND audience = 'house' AND state IN ('sent', 'failed', 'bounced') \
    ORDER BY made_at DESC LIMIT 1";
const BECAME: &str = "SELECT state, remark FROM mail WHERE id = $1 \
    AND state IN ('held', 'failed', 'bounced')";

const WAITS: &str = "SELECT id, case_row, recipient, made_at, remark FROM mail \
    WHERE state = 'held' ORDER BY id LIMIT $1";
const DECIDE: &str = "UPDATE mail SET state = $2, next_try = $3, attempt = 0, ended_at = $4, \
    remark = $5 WHERE id = $1 AND state = 'held' RETURNING case_row, recipient";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    WAITS,
    DECIDE,
    DROP_MOOT,
    TOLD_IN,
    LEASE,
    DOT,
    FINISH,
    RECLAIM,
    ANEW,
    NEXT,
    BOUNCED,
    WRITTEN_TO,
    LAST_WRITTEN,
    OURS,
    LAST,
    BECAME,
];

/// The kind of the alarm that says that a mail will not arrive, or may not have.
pub const UNDELIVERED: &str = "undelivered";

/// For so long after one automatic mail somebody outside gets no other.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// The state of a mail that may have arrived.
const HELD: &str = "held";

/// A mail that was leased for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its key.
    pub id: i64,
    /// Its fence: the number of the lease.
    pub fence: i64,
    /// Which attempt this is, counted from 1.
    pub attempt: u32,
    /// What is sent.
    pub sealed: Sealed,
}

/// How an attempt is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// It was given to the server.
    Sent,
    /// It is tried again at this time.
    Again(Timestamp),
    /// It is not tried again, and the engine hears of it.
    Failed,
    /// It may have arrived, and the engine hears of it: a person has to ask.
    Held,
}

/// A mail that may have arrived, and waits for a person to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its key.
    pub mail: i64,
    /// The case it is about.
    pub case: Option<CaseNumber>,
    /// To whom.
    pub to: String,
    /// When it was made.
    pub at: Timestamp,
    /// Why nobody knows whether it arrived.
    pub remark: String,
}

/// What a person decides of a mail that may have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is sent again.
    Release,
    /// It is not.
    Drop,
}

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// Whether it may have arrived, so that a person has to ask.
    pub is_held: bool,
    /// What was last said of it.
    pub remark: String,
}

/// A mail that did not reach its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Since when that is known.
    pub at: Timestamp,
    /// Why, in words.
    pub remark: String,
}

impl Tx {
    /// Leases mails that are ready, after dropping those whose matter is
    /// settled. The lease is `holder`'s until `until`.
    pub async fn lease(
        &mut self,
        now: Timestamp,
        holder: &str,
        until: Timestamp,
        most: i64,
    ) -> Result<Vec<Mail>> {
        // Again until none is moot, so that those leased next were all looked at.
        while self.drop_moot(now, most).await? {}
        let rows = sqlx::query(LEASE)
            .bind(stored(now))
            .bind(holder)
            .bind(stored(until))
            .bind(most)
            .fetch_all(&mut *self.inner)
            .await?;
        rows.iter().map(mail).collect()
    }

    /// Drops mails that are ready and whose matter is settled, and says so to their cases;
    /// whether there was any.
    async fn drop_moot(&mut self, now: Timestamp, most: i64) -> Result<bool> {
        let query = sqlx::query(DROP_MOOT).bind(stored(now)).bind(most);
        let dropped = query.fetch_all(&mut *self.inner).await?;
        for mail in &dropped {
            let query = sqlx::query(TOLD_IN).bind(mail.try_get::<i64, _>(0)?);
            for notice in query.fetch_all(&mut *self.inner).await? {
                let id: i64 = notice.try_get(0)?;
                self.arm_other(UNSAID, &id.to_string(), Some(now)).await?;
            }
        }
        Ok(!dropped.is_empty())
    }

    /// Notes that the content of a mail is about to be given to the server.
    pub async fn dot_sent(&mut self, mail: &Mail) -> Result<()> {
        self.change_one(sqlx::query(DOT).bind(mail.id).bind(mail.fence)).await
    }

    /// Notes how an attempt ended.
    pub async fn finish(
        &mut self,
        mail: &Mail,
        record: &Record,
        remark: &str,
        now: Timestamp,
    ) -> Result<()> {
        let (state, next, ended) = match record {
            Record::Sent => ("sent", now, Some(stored(now))),
            Record::Again(at) => ("ready", *at, None),
            Record::Failed => ("failed", now, Some(stored(now))),
            Record::Held => (HELD, now, None),
        };
        let query = sqlx::query(FINISH)
            .bind(mail.id)
            .bind(mail.fence)
            .bind(state)
            .bind(stored(next))
            .bind(ended)
            .bind(remark);
        self.change_one(query).await?;
        if matches!(record, Record::Failed | Record::Held) {
            self.arm_other(UNDELIVERED, &mail.id.to_string(), Some(now)).await?;
        }
        Ok(())
    }

    /// Notes that a mail of ours came back; whether there is one that this is news
    /// of. A Message-ID that nobody of us gave changes nothing.
    pub async fn bounced(&mut self, id: &MessageId, why: &str, now: Timestamp) -> Result<bool> {
        let query = sqlx::query(BOUNCED).bind(bracketed(id)).bind(stored(now)).bind(why);
        let Some(row) = query.fetch_optional(&mut *self.inner).await? else { return Ok(false) };
        let mail: i64 = row.try_get(0)?;
        self.arm_other(UNDELIVERED, &mail.to_string(), Some(now)).await?;
        Ok(true)
    }

    /// Whether a machine may write to somebody outside at `now`: to each address, whatever
    /// about, one mail a day, and none where somebody here had owed write to them.
    pub async fn may_write_to(&mut self, outside: &Address, now: Timestamp) -> Result<bool> {
        let since = now.saturating_sub(A_DAY).unwrap_or(now);
        let query = sqlx::query(WRITTEN_TO).bind(outside.as_str()).bind(stored(since));
        let written_to = query.fetch_optional(&mut *self.inner).await?.is_some();
        Ok(outside.is_reachable() && !written_to)
    }

    /// When a machine may write to somebody outside again; `None` where it may now.
    pub async fn may_write_from(
        &mut self,
        outside: &Address,
        now: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let since = now.saturating_sub(A_DAY).unwrap_or(now);
        let query = sqlx::query(LAST_WRITTEN).bind(outside.as_str()).bind(stored(since));
        let last: Option<i64> = query.fetch_one(&mut *self.inner).await?.try_get(0)?;
        let last = last.map(|micros| instant(micros, "mail", 0, "made_at")).transpose()?;
        Ok(last.map(|last| last.saturating_add(A_DAY).unwrap_or(last)))
    }

    /// Whether a mail with this Message-ID was written by owed.
    pub async fn wrote(&mut self, id: &MessageId) -> Result<bool> {
        let query = sqlx::query(OURS).bind(bracketed(id));
        Ok(query.fetch_optional(&mut *self.inner).await?.is_some())
    }

    /// Whether the last mail to somebody here, of those whose end is known, was lost.
    pub async fn lost_last(&mut self, reader: &Address) -> Result<Option<Lost>> {
        let query = sqlx::query(LAST).bind(reader.as_str());
        let Some(row) = query.fetch_optional(&mut *self.inner).await? else { return Ok(None) };
        if row.try_get::<&str, _>("state")? == "sent" {
            return Ok(None);
        }
        let at = instant(row.try_get("ended_at")?, "mail", 0, "ended_at")?;
        Ok(Some(Lost { at, remark: row.try_get("remark")? }))
    }

    /// What became of a mail that did not arrive, or may not have; `None` for any other.
    pub async fn became(&mut self, mail: i64) -> Result<Option<Became>> {
        let row = sqlx::query(BECAME).bind(mail).fetch_optional(&mut *self.inner).await?;
        let Some(row) = row else { return Ok(None) };
        let state: &str = row.try_get("state")?;
        Ok(Some(Became { is_held: state == HELD, remark: row.try_get("remark")? }))
    }

    /// The mails that may have arrived, oldest first.
    pub async fn held(&mut self, most: i64) -> Result<Vec<Held>> {
        let rows = sqlx::query(WAITS).bind(most).fetch_all(&mut *self.inner).await?;
        let held = rows.iter().map(|row| {
            let mail: i64 = row.try_get("id")?;
            Ok(Held {
                mail,
                case: row.try_get::<Option<i64>, _>("case_row")?.map(CaseNumber::from_row),
                to: row.try_get("recipient")?,
                at: instant(row.try_get("made_at")?, "mail", mail, "made_at")?,
                remark: row.try_get("remark")?,
            })
        });
        held.collect()
    }

    /// Ends the waiting of a mail that may have arrived: its case, and whom it is to;
    /// `None` where no such mail waits.
    pub async fn decide_held(
        &mut self,
        mail: i64,
        (choice, why): (Choice, &str),
        now: Timestamp,
    ) -> Result<Option<(Option<CaseNumber>, String)>> {
        let (state, ended) = match choice {
            Choice::Release => ("ready", None),
            Choice::Drop => ("moot", Some(stored(now))),
        };
        let query = sqlx::query(DECIDE).bind(mail).bind(state).bind(stored(now)).bind(ended);
        let row = query.bind(why).fetch_optional(&mut *self.inner).await?;
        let Some(row) = row else { return Ok(None) };
        let case: Option<i64> = row.try_get(0)?;
        Ok(Some((case.map(CaseNumber::from_row), row.try_get(1)?)))
    }

    /// Takes back leases that ran out or belong to a dead predecessor; how many.
    pub async fn reclaim(&mut self, now: Timestamp, holder: &str) -> Result<usize> {
        let query = sqlx::query(RECLAIM).bind(stored(now)).bind(holder);
        let rows = query.fetch_all(&mut *self.inner).await?;
        for row in &rows {
            if row.try_get::<&str, _>("state")? == HELD {
                let mail: i64 = row.try_get("id")?;
                self.arm_other(UNDELIVERED, &mail.to_string(), Some(now)).await?;
            }
        }
        Ok(rows.len())
    }

    /// Makes every mail that waits for another attempt ready now, with all its
    /// attempts before it.
    pub async fn try_anew(&mut self, now: Timestamp) -> Result<()> {
        sqlx::query(ANEW).bind(stored(now)).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// When a mail is next to be tried or a lease runs out.
    pub async fn next_send(&mut self) -> Result<Option<Timestamp>> {
        let row = sqlx::query(NEXT).fetch_one(&mut *self.inner).await?;
        let at: Option<i64> = row.try_get(0)?;
        at.map(|micros| instant(micros, "mail", 0, "next_try")).transpose()
    }
}

fn mail(row: &SqliteRow) -> Result<Mail> {
    let id: i64 = row.try_get("id")?;
    let senseless = |column| Error::Senseless { table: "mail", key: id, column };
    let address = |column| -> Result<Address> {
        Address::parse(row.try_get(column)?).ok_or(senseless(column))
    };
    let sealed = Sealed {
        case: row.try_get::<Option<i64>, _>("case_row")?.map(CaseNumber::from_row),
        // Which they were is asked by who answers it, and not by who sends it.
        cases: Vec::new(),
        sender: address("sender")?,
        recipient: address("recipient")?,
        message_id: row.try_get("message_id")?,
        bytes: row.try_get("bytes")?,
        audience: Audience::called(row.try_get("audience")?).ok_or(senseless("audience"))?,
    };
    let attempt = u32::try_from(row.try_get::<i64, _>("attempt")?);
    let attempt = attempt.map_err(|_| senseless("attempt"))?;
    Ok(Mail { id, fence: row.try_get("fence")?, attempt, sealed })
}

/// A Message-ID as our mails are kept by it.
fn bracketed(id: &MessageId) -> String {
    format!("<{}>", id.as_str())
}
