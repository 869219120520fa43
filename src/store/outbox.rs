//! Notices on their way to becoming mails, and mails on their way out.
//!
//! A notice waits until it is claimed for sending; then it is moot, or sealed
//! into a mail whose bytes are never made again. A mail is leased before its
//! first byte leaves, and every change of a lease names its fence, so that a
//! sender which was superseded changes nothing.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant, stored};
use crate::domain::effect::{Notice, Occasion, OccasionKind, Purpose};
use crate::domain::ids::{Address, CaseNumber, PersonId};
use crate::domain::roster::Recipient;

const TELL: &str = "INSERT INTO notice (key, case_row, obligation, rung, occurrence, purpose, \
    subject, recipient, person, at, not_before, down_from, down_to, state) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting') \
    ON CONFLICT (key) DO NOTHING";
const WAITING: &str = "SELECT n.id, n.case_row, n.obligation, n.rung, n.occurrence, n.purpose, \
    n.subject, n.recipient, n.person, n.at, n.key, n.down_from, n.down_to, \
    COALESCE(o.state = 'open', TRUE) AS owed FROM notice n \
    LEFT JOIN obligation o ON o.case_row = n.case_row AND o.seq = n.obligation \
    WHERE n.state = 'waiting' AND n.not_before <= $1 ORDER BY n.not_before, n.id LIMIT $2";
const MOOT: &str = "UPDATE notice SET state = 'moot' WHERE id = $1 AND state = 'waiting'";
const UNSEALABLE: &str =
    "UPDATE notice SET state = 'unsealable' WHERE id = $1 AND state = 'waiting'";
const SEAL: &str = "INSERT INTO mail (case_row, sender, recipient, message_id, bytes, made_at, \
    state, attempt, next_try, fence, remark) \
    VALUES ($1, $2, $3, $4, $5, $6, 'ready', 0, $6, 0, '') RETURNING id";
const SEALED: &str = "UPDATE notice SET state = 'sealed', mail = $2 \
    WHERE id = $1 AND state = 'waiting'";
const DROP_MOOT: &str = "UPDATE mail SET state = 'moot', ended_at = $1, \
    remark = 'answered before it was sent' WHERE id IN (SELECT id FROM mail \
    WHERE state = 'ready' AND next_try <= $1 ORDER BY next_try, id LIMIT $2) \
    AND NOT EXISTS (SELECT 1 FROM notice n JOIN obligation o ON o.case_row = n.case_row \
    AND o.seq = n.obligation WHERE n.mail = mail.id AND o.state = 'open') \
    AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.mail = mail.id AND n.case_row IS NULL)";
const LEASE: &str = "UPDATE mail SET state = 'leased', fence = fence + 1, attempt = attempt + 1, \
    holder = $2, lease_until = $3 WHERE id IN (SELECT id FROM mail WHERE state = 'ready' \
    AND next_try <= $1 ORDER BY next_try, id LIMIT $4) \
    RETURNING id, case_row, sender, recipient, message_id, bytes, attempt, fence";
const DOT: &str = "UPDATE mail SET state = 'dot-sent' \
    WHERE id = $1 AND fence = $2 AND state = 'leased'";
const FINISH: &str = "UPDATE mail SET state = $3, next_try = $4, ended_at = $5, remark = $6, \
    holder = NULL, lease_until = NULL \
    WHERE id = $1 AND fence = $2 AND state IN ('leased', 'dot-sent')";
const RECLAIM: &str = "UPDATE mail SET state = 'ready', holder = NULL, lease_until = NULL, \
    fence = fence + 1, next_try = $1, remark = CASE state WHEN 'dot-sent' \
    THEN 'the server''s answer was not seen; the same mail is sent again' \
    ELSE 'interrupted before it was given to the server' END \
    WHERE state IN ('leased', 'dot-sent') AND (holder <> $2 OR lease_until <= $1)";
const ANEW: &str = "UPDATE mail SET next_try = $1, attempt = 0 \
    WHERE state = 'ready' AND next_try > $1";
const NEXT: &str = "SELECT MIN(at) FROM (\
    SELECT MIN(next_try) AS at FROM mail WHERE state = 'ready' \
    UNION ALL SELECT MIN(not_before) FROM notice WHERE state = 'waiting' \
    UNION ALL SELECT MIN(lease_until) FROM mail WHERE state IN ('leased', 'dot-sent')) AS times";
const SENT_OF: &str = "SELECT n.recipient, COALESCE(m.state, n.state) AS state, m.remark \
    FROM notice n LEFT JOIN mail m ON m.id = n.mail WHERE n.case_row = $1 ORDER BY n.id";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    TELL, WAITING, MOOT, UNSEALABLE, SEAL, SEALED, DROP_MOOT, LEASE, DOT, FINISH, RECLAIM, ANEW,
    NEXT, SENT_OF,
];

/// What a notice tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// An obligation of a case.
    Case(CaseNumber, Notice),
    /// Something that lies in no case.
    Occasion(Occasion),
}

impl About {
    /// Whom it tells.
    pub fn to(&self) -> &Recipient {
        match self {
            Self::Case(_, notice) => &notice.to,
            Self::Occasion(occasion) => &occasion.to,
        }
    }
}

/// From when to when owed was not running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// When it was last seen to run.
    pub from: Timestamp,
    /// When it started again.
    pub to: Timestamp,
}

/// When a notice was decided, and from when on it may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// When it was decided.
    pub at: Timestamp,
    /// Not before then, so that others can join it.
    pub not_before: Timestamp,
    /// The outage in which it fell due, if it did.
    pub outage: Option<Outage>,
}

/// A notice that waits to become a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// Its key in the store.
    pub id: i64,
    /// What is told, of what, and to whom.
    pub about: About,
    /// When it was decided.
    pub at: Timestamp,
    /// The outage in which it fell due, if it did.
    pub outage: Option<Outage>,
    /// The key under which it is told at most once.
    pub key: String,
    /// Whether the thing is still owed; if not, the notice is moot.
    pub owed: bool,
}

/// A mail that has its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The case it is about, if it is about one.
    pub case: Option<CaseNumber>,
    /// Who it comes from.
    pub sender: Address,
    /// Who it goes to.
    pub recipient: Address,
    /// Its Message-ID.
    pub message_id: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

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
    /// It is not tried again.
    Failed,
}

/// What became of a notice, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// To whom.
    pub recipient: String,
    /// What became of it: `waiting`, `moot` or `unsealable`, or of its mail:
    /// `ready`, `leased`, `sent`, `failed` or `moot`.
    pub state: String,
    /// The server's words, or why it waits.
    pub remark: Option<String>,
}

impl Tx {
    /// Records that somebody is to be told of a case; once only, whoever says it
    /// again.
    pub async fn tell(&mut self, case: CaseNumber, notice: &Notice, when: Timing) -> Result<()> {
        sqlx::query(TELL)
            .bind(format!("{}/{}", case.row(), notice.key()))
            .bind(case.row())
            .bind(i64::from(notice.obligation))
            .bind(i64::from(notice.rung))
            .bind(i64::from(notice.occurrence))
            .bind(notice.purpose.name())
            .bind("")
            .bind(notice.to.address.as_str())
            .bind(notice.to.person.as_ref().map(PersonId::as_str))
            .bind(stored(when.at))
            .bind(stored(when.not_before))
            .bind(when.outage.map(|outage| stored(outage.from)))
            .bind(when.outage.map(|outage| stored(outage.to)))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// Records that somebody is to be told of something that lies in no case; once
    /// only for this key, whoever says it again.
    pub async fn tell_occasion(
        &mut self,
        key: &str,
        occasion: &Occasion,
        when: Timing,
    ) -> Result<()> {
        sqlx::query(TELL)
            .bind(format!("{}/{key}", occasion.kind.name()))
            .bind(None::<i64>)
            .bind(0_i64)
            .bind(0_i64)
            .bind(0_i64)
            .bind(occasion.kind.name())
            .bind(&occasion.subject)
            .bind(occasion.to.address.as_str())
            .bind(occasion.to.person.as_ref().map(PersonId::as_str))
            .bind(stored(when.at))
            .bind(stored(when.not_before))
            .bind(when.outage.map(|outage| stored(outage.from)))
            .bind(when.outage.map(|outage| stored(outage.to)))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// The oldest notices that may become mails now.
    pub async fn unsealed(&mut self, now: Timestamp, most: i64) -> Result<Vec<Unsealed>> {
        let query = sqlx::query(WAITING).bind(stored(now)).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(unsealed).collect()
    }

    /// Drops a notice whose matter was settled meanwhile.
    pub async fn drop_notice(&mut self, id: i64) -> Result<()> {
        self.change_one(sqlx::query(MOOT).bind(id)).await
    }

    /// Sets a notice aside that cannot become a mail.
    pub async fn fail_notice(&mut self, id: i64) -> Result<()> {
        self.change_one(sqlx::query(UNSEALABLE).bind(id)).await
    }

    /// Makes a mail of notices.
    pub async fn seal(&mut self, notices: &[i64], mail: &Sealed, now: Timestamp) -> Result<()> {
        let row = sqlx::query(SEAL)
            .bind(mail.case.map(CaseNumber::row))
            .bind(mail.sender.as_str())
            .bind(mail.recipient.as_str())
            .bind(&mail.message_id)
            .bind(&mail.bytes)
            .bind(stored(now))
            .fetch_one(&mut *self.inner)
            .await?;
        let id: i64 = row.try_get(0)?;
        for notice in notices {
            self.change_one(sqlx::query(SEALED).bind(notice).bind(id)).await?;
        }
        Ok(())
    }

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
        loop {
            let query = sqlx::query(DROP_MOOT).bind(stored(now)).bind(most);
            if query.execute(&mut *self.inner).await?.rows_affected() == 0 {
                break;
            }
        }
        let rows = sqlx::query(LEASE)
            .bind(stored(now))
            .bind(holder)
            .bind(stored(until))
            .bind(most)
            .fetch_all(&mut *self.inner)
            .await?;
        rows.iter().map(mail).collect()
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
        };
        let query = sqlx::query(FINISH)
            .bind(mail.id)
            .bind(mail.fence)
            .bind(state)
            .bind(stored(next))
            .bind(ended)
            .bind(remark);
        self.change_one(query).await
    }

    /// Takes back leases that ran out or belong to a dead predecessor; how many.
    pub async fn reclaim(&mut self, now: Timestamp, holder: &str) -> Result<u64> {
        let query = sqlx::query(RECLAIM).bind(stored(now)).bind(holder);
        Ok(query.execute(&mut *self.inner).await?.rows_affected())
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

    /// What became of the notices of a case, oldest first.
    pub async fn fates(&mut self, case: CaseNumber) -> Result<Vec<Fate>> {
        let rows = sqlx::query(SENT_OF).bind(case.row()).fetch_all(&mut *self.inner).await?;
        rows.iter()
            .map(|row| {
                let (state, remark) = (row.try_get("state")?, row.try_get("remark")?);
                Ok(Fate { recipient: row.try_get("recipient")?, state, remark })
            })
            .collect()
    }
}

fn unsealed(row: &SqliteRow) -> Result<Unsealed> {
    let id: i64 = row.try_get("id")?;
    let senseless = |column| Error::Senseless { table: "notice", key: id, column };
    let count = |column| -> Result<u32> {
        u32::try_from(row.try_get::<i64, _>(column)?).map_err(|_| senseless(column))
    };
    let to = Recipient {
        address: Address::parse(row.try_get("recipient")?).ok_or(senseless("recipient"))?,
        person: row.try_get::<Option<String>, _>("person")?.map(PersonId::new),
    };
    let case: Option<i64> = row.try_get("case_row")?;
    let purpose: &str = row.try_get("purpose")?;
    let about = match case.map(CaseNumber::from_row) {
        Some(case) => {
            let notice = Notice {
                obligation: count("obligation")?,
                rung: u16::try_from(count("rung")?).map_err(|_| senseless("rung"))?,
                occurrence: count("occurrence")?,
                to,
                purpose: Purpose::called(purpose).ok_or(senseless("purpose"))?,
            };
            About::Case(case, notice)
        }
        None => About::Occasion(Occasion {
            kind: OccasionKind::called(purpose).ok_or(senseless("purpose"))?,
            subject: row.try_get("subject")?,
            to,
        }),
    };
    let moment = |column| -> Result<Option<Timestamp>> {
        let micros: Option<i64> = row.try_get(column)?;
        micros.map(|micros| instant(micros, "notice", id, column)).transpose()
    };
    let outage = moment("down_from")?.zip(moment("down_to")?);
    Ok(Unsealed {
        id,
        about,
        at: instant(row.try_get("at")?, "notice", id, "at")?,
        outage: outage.map(|(from, to)| Outage { from, to }),
        key: row.try_get("key")?,
        owed: row.try_get("owed")?,
    })
}

fn mail(row: &SqliteRow) -> Result<Mail> {
    let id: i64 = row.try_get("id")?;
    let senseless = |column| Error::Senseless { table: "mail", key: id, column };
    let address = |column| -> Result<Address> {
        Address::parse(row.try_get(column)?).ok_or(senseless(column))
    };
    let sealed = Sealed {
        case: row.try_get::<Option<i64>, _>("case_row")?.map(CaseNumber::from_row),
        sender: address("sender")?,
        recipient: address("recipient")?,
        message_id: row.try_get("message_id")?,
        bytes: row.try_get("bytes")?,
    };
    let attempt = u32::try_from(row.try_get::<i64, _>("attempt")?);
    let attempt = attempt.map_err(|_| senseless("attempt"))?;
    Ok(Mail { id, fence: row.try_get("fence")?, attempt, sealed })
}
