//! Notices on their way to becoming mails.
//!
//! A notice waits until it is claimed for sending; then it is moot, or sealed,
//! with others to the same recipient, into a mail whose bytes are never made
//! again. How a mail leaves is `sending`'s.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant, stored};
use crate::domain::effect::{Notice, Occasion, OccasionKind, Purpose};
use crate::domain::ids::{Address, CaseNumber, PersonId};
use crate::domain::roster::Recipient;

/// Whether a notice `n` of the case `c` still has something to tell: a step of the
/// ladder while its obligation `o` is open, an offer while it stands, its end to whoever
/// had read of it, a word to the contact unless the promise in it was taken back, a
/// check-in while its job `j` waits for just that.
macro_rules! still_told {
    () => {
        "CASE n.purpose WHEN 'remind' THEN o.state = 'open' WHEN 'escalate' THEN o.state = 'open' \
        WHEN 'hear' THEN o.state = 'open' \
        WHEN 'offer' THEN c.offer_to = n.person \
        WHEN 'withdrawn' THEN COALESCE(c.offer_to, '') <> n.person AND EXISTS (SELECT 1 \
        FROM notice p JOIN mail pm ON pm.id = p.mail WHERE p.case_row = n.case_row \
        AND p.purpose = 'offer' AND p.person = n.person AND pm.state <> 'moot') \
        WHEN 'tell-when' THEN o.state = 'open' WHEN 'receipt' THEN o.state = 'open' \
        WHEN 'approve' THEN j.stage IN ('shown', 'reminded') \
        WHEN 'check-in' THEN j.stage = 'asked' WHEN 'doubt' THEN o.state = 'open' \
        AND EXISTS (SELECT 1 FROM job d WHERE d.case_row = n.case_row AND d.ending = 'in-words') \
        WHEN 'fine' THEN j.ending = 'ok' \
        WHEN 'transcript' THEN c.closed_at IS NOT NULL ELSE TRUE END"
    };
}
pub(super) use still_told;

/// Notices as they are read, whichever of them.
macro_rules! notices {
    () => {
        concat!(
            "SELECT n.id, n.case_row, n.obligation, n.rung, n.occurrence, n.purpose, n.subject, \
            n.recipient, n.person, n.at, n.not_before, n.key, n.down_from, n.down_to, ",
            still_told!(),
            " AS matters FROM notice n \
            LEFT JOIN obligation o ON o.case_row = n.case_row AND o.seq = n.obligation \
            LEFT JOIN cases c ON c.id = n.case_row \
            LEFT JOIN job j ON j.case_row = n.case_row AND j.seq = n.obligation"
        )
    };
}

const TELL: &str = "INSERT INTO notice (key, case_row, obligation, rung, occurrence, purpose, \
    subject, recipient, person, at, not_before, down_from, down_to, state) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting') \
    ON CONFLICT (key) DO NOTHING";
const READER: &str = "SELECT id, recipient FROM notice WHERE state = 'waiting' \
    AND not_before <= $1 ORDER BY not_before, id LIMIT 1";
const WAITING: &str = concat!(
    notices!(),
    " WHERE n.state = 'waiting' AND n.recipient = $1 ORDER BY n.not_before, n.id LIMIT $2"
);
const DUE: &str = concat!(
    notices!(),
    " WHERE n.state = 'waiting' AND n.not_before <= $1 ORDER BY n.not_before, n.id LIMIT $2"
);
const HOLD: &str = "UPDATE notice SET not_before = $2 WHERE recipient = $1 AND state = 'waiting' \
    AND case_row IS NOT NULL AND purpose <> 'hear' AND not_before < $2";
const PACE: &str = "SELECT COUNT(*), MAX(CASE WHEN NOT EXISTS (SELECT 1 FROM notice n \
    WHERE n.mail = m.id AND n.purpose = 'hear') THEN m.made_at END) FROM mail m \
    WHERE m.recipient = $1 AND m.made_at > $2 AND m.audience = 'house'";
const MOOT: &str = "UPDATE notice SET state = 'moot' WHERE id = $1 AND state = 'waiting'";
const UNSEALABLE: &str =
    "UPDATE notice SET state = 'unsealable' WHERE id = $1 AND state = 'waiting'";
const SEAL: &str = "INSERT INTO mail (case_row, sender, recipient, message_id, bytes, made_at, \
    state, attempt, next_try, fence, remark, audience, cases) \
    VALUES ($1, $2, $3, $4, $5, $6, 'ready', 0, $6, 0, '', $7, $8) RETURNING id";
const CASES: &str = "SELECT m.cases FROM notice n JOIN mail m ON m.id = n.mail WHERE n.id = $1";
const SEALED: &str = "UPDATE notice SET state = 'sealed', mail = $2 \
    WHERE id = $1 AND state = 'waiting'";
const SENT_OF: &str = "SELECT n.recipient, COALESCE(m.state, n.state) AS state, m.remark \
    FROM notice n LEFT JOIN mail m ON m.id = n.mail WHERE n.case_row = $1 ORDER BY n.id";

const NOTE_LEFT: &str = "SELECT m.made_at FROM notice n JOIN mail m ON m.id = n.mail \
    WHERE n.case_row = $1 AND n.obligation = $2 AND n.purpose = 'tell-when' \
    AND m.state IN ('leased', 'dot-sent', 'sent', 'held')";
const UNSHOWN: &str = "SELECT case_row, seq FROM obligation WHERE owner = $1 \
    AND kind = 'promise' AND state = 'open' AND NOT shown AND message_id IS NOT NULL \
    ORDER BY due LIMIT $2";
const SHOWN: &str = "UPDATE obligation SET shown = TRUE WHERE case_row = $1 AND seq = $2";
const OF_MAIL: &str = concat!(notices!(), " WHERE n.mail = $1 ORDER BY n.id");

const TOLD_BY: &str = concat!(
    notices!(),
    " WHERE n.mail = (SELECT id FROM mail WHERE message_id = $1) ORDER BY n.id"
);
const BY_ID: &str = concat!(notices!(), " WHERE n.id = $1");

/// The kind of the alarm that says that what a notice was to tell was settled before.
pub const UNSAID: &str = "unsaid";

/// The kind of the alarm that says that a notice cannot become a mail.
pub const UNWRITTEN: &str = "unwritten";

/// The kind of the alarm that says that something cannot be read; its subject says what.
pub const UNREADABLE: &str = "unreadable";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    TELL, DUE, READER, WAITING, HOLD, PACE, MOOT, UNSEALABLE, SEAL, CASES, SEALED, SENT_OF,
    NOTE_LEFT, UNSHOWN, SHOWN, OF_MAIL, TOLD_BY, BY_ID,
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
    /// Until when it waits for others.
    pub not_before: Timestamp,
    /// The outage in which it fell due, if it did.
    pub outage: Option<Outage>,
    /// The key under which it is told at most once.
    pub key: String,
    /// Whether there is still something to tell; if not, the notice is moot.
    pub matters: bool,
}

/// How much somebody of us was written to of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// How many mails.
    pub mails: u32,
    /// When the last of them was made.
    pub last: Timestamp,
}

/// Who would see a second copy of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Somebody here: the mail system and the reader know it by its Message-ID.
    House,
    /// A contact, who would wonder.
    Contact,
}

/// Both directions of an audience's name.
const AUDIENCES: &[(Audience, &str)] =
    &[(Audience::House, "house"), (Audience::Contact, "contact")];

impl Audience {
    /// Its stable name in the store.
    pub(super) fn name(self) -> &'static str {
        AUDIENCES.iter().find(|(audience, _)| *audience == self).map_or("", |(_, name)| name)
    }

    /// The audience called `name`.
    pub(super) fn called(name: &str) -> Option<Self> {
        AUDIENCES.iter().find(|(_, known)| *known == name).map(|(audience, _)| *audience)
    }
}

/// A mail that has its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The case it is about, if it is about one.
    pub case: Option<CaseNumber>,
    /// The cases it tells of, where it tells of several.
    pub cases: Vec<CaseNumber>,
    /// Who it comes from.
    pub sender: Address,
    /// Who it goes to.
    pub recipient: Address,
    /// Its Message-ID.
    pub message_id: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Who would see a second copy.
    pub audience: Audience,
}

/// What became of a notice, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// To whom.
    pub recipient: String,
    /// What became of it: `waiting`, `moot` or `unsealable`, or of its mail:
    /// `ready`, `leased`, `sent`, `failed`, `bounced`, `held` or `moot`.
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
    /// only for this key, whoever says it again. Whether it is new.
    pub async fn tell_occasion(
        &mut self,
        key: &str,
        occasion: &Occasion,
        when: Timing,
    ) -> Result<bool> {
        let told = sqlx::query(TELL)
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
        Ok(told.rows_affected() > 0)
    }

    /// The oldest notices that may become mails now, whomever they are for.
    pub async fn unsealed(&mut self, now: Timestamp, most: i64) -> Result<Vec<Unsealed>> {
        let query = sqlx::query(DUE).bind(stored(now)).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(unsealed).collect()
    }

    /// Who has waited longest for a mail that may be made now.
    pub async fn next_reader(&mut self, now: Timestamp) -> Result<Option<Address>> {
        let row = sqlx::query(READER).bind(stored(now)).fetch_optional(&mut *self.inner).await?;
        let Some(row) = row else { return Ok(None) };
        let key = row.try_get("id")?;
        let senseless = Error::Senseless { table: "notice", key, column: "recipient" };
        Address::parse(row.try_get("recipient")?).ok_or(senseless).map(Some)
    }

    /// The notices that wait for a mail to `reader`, also those that still wait for
    /// company; those that may be told first come first.
    pub async fn waiting_for(&mut self, reader: &Address, most: i64) -> Result<Vec<Unsealed>> {
        let query = sqlx::query(WAITING).bind(reader.as_str()).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(unsealed).collect()
    }

    /// Lets all that waits for `reader` and is of a case wait until `at`.
    pub async fn hold(&mut self, reader: &Address, at: Timestamp) -> Result<()> {
        let query = sqlx::query(HOLD).bind(reader.as_str()).bind(stored(at));
        query.execute(&mut *self.inner).await?;
        Ok(())
    }

    /// How much `reader` was written to after `since`; `None` where they were not, or only of
    /// what somebody said just then, for which nothing else waits.
    pub async fn received_since(
        &mut self,
        reader: &Address,
        since: Timestamp,
    ) -> Result<Option<Received>> {
        let query = sqlx::query(PACE).bind(reader.as_str()).bind(stored(since));
        let row = query.fetch_one(&mut *self.inner).await?;
        let Some(last) = row.try_get::<Option<i64>, _>(1)? else { return Ok(None) };
        let mails = u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX);
        Ok(Some(Received { mails, last: instant(last, "mail", 0, "made_at")? }))
    }

    /// The promises of `owner` that owed understood from their words and has not
    /// told them of, the first due first: case and obligation.
    pub async fn unshown_promises(
        &mut self,
        owner: &PersonId,
        most: i64,
    ) -> Result<Vec<(CaseNumber, u32)>> {
        let query = sqlx::query(UNSHOWN).bind(owner.as_str()).bind(most);
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter()
            .map(|row| {
                let case: i64 = row.try_get(0)?;
                let senseless = Error::Senseless { table: "obligation", key: case, column: "seq" };
                let seq = u32::try_from(row.try_get::<i64, _>(1)?).map_err(|_| senseless)?;
                Ok((CaseNumber::from_row(case), seq))
            })
            .collect()
    }

    /// Notes that the owner of a promise was told what was understood.
    pub async fn show_promise(&mut self, case: CaseNumber, seq: u32) -> Result<()> {
        self.change_one(sqlx::query(SHOWN).bind(case.row()).bind(i64::from(seq))).await
    }

    /// What a mail tells.
    pub async fn notices_of(&mut self, mail: i64) -> Result<Vec<Unsealed>> {
        let rows = sqlx::query(OF_MAIL).bind(mail).fetch_all(&mut *self.inner).await?;
        rows.iter().map(unsealed).collect()
    }

    /// What the mail with this Message-ID tells.
    pub async fn told_by(&mut self, message_id: &str) -> Result<Vec<Unsealed>> {
        let rows = sqlx::query(TOLD_BY).bind(message_id).fetch_all(&mut *self.inner).await?;
        rows.iter().map(unsealed).collect()
    }

    /// Drops a notice whose matter was settled meanwhile; an alarm says so to its case, where
    /// that has written down that it was told.
    pub async fn drop_notice(&mut self, notice: &Unsealed, now: Timestamp) -> Result<()> {
        self.change_one(sqlx::query(MOOT).bind(notice.id)).await?;
        match &notice.about {
            About::Case(_, told) if told.purpose.is_journalled() => {
                self.arm_other(UNSAID, &notice.id.to_string(), Some(now)).await
            }
            About::Case(..) | About::Occasion(_) => Ok(()),
        }
    }

    /// Sets a notice aside that cannot become a mail; an alarm says so to its case.
    pub async fn fail_notice(&mut self, id: i64, now: Timestamp) -> Result<()> {
        self.change_one(sqlx::query(UNSEALABLE).bind(id)).await?;
        self.arm_other(UNWRITTEN, &id.to_string(), Some(now)).await
    }

    /// The notice with this key in the store.
    pub async fn notice(&mut self, id: i64) -> Result<Option<Unsealed>> {
        let row = sqlx::query(BY_ID).bind(id).fetch_optional(&mut *self.inner).await?;
        row.as_ref().map(unsealed).transpose()
    }

    /// Makes a mail of notices.
    pub async fn seal(&mut self, notices: &[i64], mail: &Sealed, now: Timestamp) -> Result<()> {
        let cases: Vec<String> = mail.cases.iter().map(|case| case.row().to_string()).collect();
        let row = sqlx::query(SEAL)
            .bind(mail.case.map(CaseNumber::row))
            .bind(mail.sender.as_str())
            .bind(mail.recipient.as_str())
            .bind(&mail.message_id)
            .bind(&mail.bytes)
            .bind(stored(now))
            .bind(mail.audience.name())
            .bind(cases.join(" "))
            .fetch_one(&mut *self.inner)
            .await?;
        let id: i64 = row.try_get(0)?;
        for notice in notices {
            self.change_one(sqlx::query(SEALED).bind(notice).bind(id)).await?;
        }
        Ok(())
    }

    /// The cases that the mail tells of in which this notice was told, where that is no
    /// mail about one case.
    pub async fn cases_told_with(&mut self, notice: i64) -> Result<Vec<CaseNumber>> {
        let row = sqlx::query(CASES).bind(notice).fetch_optional(&mut *self.inner).await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        let cases: &str = row.try_get(0)?;
        let rows = cases.split_whitespace().filter_map(|row| row.parse().ok());
        Ok(rows.map(CaseNumber::from_row).collect())
    }

    /// When the note was made that tells a contact of this promise, where it is on its way
    /// or has arrived.
    pub async fn note_left(&mut self, case: CaseNumber, seq: u32) -> Result<Option<Timestamp>> {
        let query = sqlx::query(NOTE_LEFT).bind(case.row()).bind(i64::from(seq));
        let row = query.fetch_optional(&mut *self.inner).await?;
        row.map(|row| instant(row.try_get(0)?, "mail", 0, "made_at")).transpose()
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
        not_before: instant(row.try_get("not_before")?, "notice", id, "not_before")?,
        outage: outage.map(|(from, to)| Outage { from, to }),
        key: row.try_get("key")?,
        // Where its obligation or its case is gone, nothing is told of it.
        matters: row.try_get::<Option<bool>, _>("matters")?.unwrap_or(false),
    })
}
