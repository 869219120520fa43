//! Messages that were judged, and which of them hang together.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Error, Result, Tx, instant, stored};
use crate::domain::ids::{Address, CaseNumber, MessageId, Party};
use crate::domain::rule::Channel;

const KNOWN: &str = "SELECT id, case_row, vouched, direction = 'outbound' FROM message \
    WHERE identity = $1";
const RECORD: &str = "INSERT INTO message (identity, inbound, message_id, case_row, at, \
    direction, kind, vouched, from_name, from_address, recipients, subject, words, reason, \
    channel, \
    language, complaint) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
    RETURNING id";
const LINK: &str = "INSERT INTO thread (hash, message_id, message, role) VALUES ($1, $2, $3, $4)";
const VOUCHED: &str = "UPDATE message SET vouched = TRUE, at = $2 WHERE id = $1";
const JUDGED: &str = "UPDATE message SET kind = $2, reason = $3 WHERE id = $1";
const ATTACH: &str = "UPDATE message SET case_row = $2 WHERE id = $1";
const ATTACH_OURS: &str = "UPDATE message SET case_row = $2, direction = 'outbound' WHERE id = $1";
const CASE_OF: &str = "SELECT m.case_row FROM thread t JOIN message m ON m.id = t.message \
    WHERE t.hash = $1 AND t.message_id = $2 AND m.case_row IS NOT NULL \
    ORDER BY t.role = 'self' DESC, m.id DESC LIMIT 1";
const CASE_WRITTEN_OF: &str =
    "SELECT case_row FROM mail WHERE message_id = $1 AND case_row IS NOT NULL";
const CASE_ANSWERING: &str = "SELECT m.case_row FROM thread t JOIN message m \
    ON m.id = t.message WHERE t.hash = $1 AND t.message_id = $2 AND t.role = 'parent' \
    AND m.case_row IS NOT NULL ORDER BY m.id DESC LIMIT 1";
const ANSWERS_TO: &str = "SELECT m.id, m.message_id, m.at, m.from_address, m.from_name, \
    m.recipients, m.kind, m.vouched, m.subject, m.words, m.reason, m.channel, m.language, \
    m.complaint FROM thread t \
    JOIN message m ON m.id = t.message WHERE t.hash = $1 AND t.message_id = $2 \
    AND t.role = 'parent' AND m.direction = 'outbound' AND m.case_row IS NULL ORDER BY m.at";
const PEOPLE: &str = "SELECT from_address, recipients FROM message WHERE case_row = $1 \
    ORDER BY at DESC LIMIT 100";
const LINKED: &str = "SELECT EXISTS (SELECT 1 FROM message m JOIN thread t ON t.message = m.id \
    WHERE m.case_row = $1 AND t.role = 'parent')";
const WORDS_SINCE: &str = "SELECT id, message_id, at, from_address, from_name, recipients, kind, \
    vouched, subject, words, reason, channel, language, complaint FROM message WHERE case_row = \
    $1 AND at >= $2 \
    AND direction <> 'outbound' ORDER BY at LIMIT 1";
const LAST_HEARD: &str = "SELECT id, message_id, at, from_address, from_name, recipients, kind, \
    vouched, subject, words, reason, channel, language, complaint FROM message \
    WHERE case_row = $1 AND direction <> 'outbound' AND message_id IS NOT NULL \
    ORDER BY at DESC LIMIT 1";
const OF_CASE: &str = "SELECT id, message_id, at, from_address, from_name, recipients, kind, \
    vouched, subject, words, reason, channel, language, complaint FROM message \
    WHERE case_row = $1 AND message_id = $2 LIMIT 1";

const FILED: &str = "SELECT m.id, m.message_id, m.at, m.from_address, m.from_name, m.recipients, \
    m.kind, m.vouched, m.subject, m.words, m.reason, m.channel, m.language, m.complaint, \
    i.envelope \
    FROM message m JOIN inbound i ON i.id = m.inbound JOIN thread t ON t.message = m.id \
    WHERE t.hash = $1 AND t.message_id = $2 AND t.role = 'self' AND m.case_row IS NULL \
    AND m.direction <> 'outbound' AND m.kind <> 'order' LIMIT 1";
const MOVE: &str = "UPDATE message SET case_row = $2 WHERE case_row = $1";
const ALL_OF_CASE: &str = "SELECT id, message_id, at, from_address, from_name, recipients, kind, \
    vouched, subject, words, reason, channel, language, complaint, direction FROM message \
    WHERE case_row = $1 ORDER BY at, id";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    KNOWN,
    RECORD,
    LINK,
    VOUCHED,
    JUDGED,
    ATTACH,
    ATTACH_OURS,
    CASE_OF,
    CASE_WRITTEN_OF,
    CASE_ANSWERING,
    ANSWERS_TO,
    PEOPLE,
    LINKED,
    WORDS_SINCE,
    LAST_HEARD,
    OF_CASE,
    FILED,
    MOVE,
    ALL_OF_CASE,
];

/// A message that was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its key.
    pub id: i64,
    /// The case it belongs to.
    pub case: Option<CaseNumber>,
    /// Whether one of its copies was vouched for.
    pub vouched: bool,
    /// Whether the copy that came first was one that we sent.
    pub outbound: bool,
}

/// A message as it was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its key; 0 before it is recorded.
    pub id: i64,
    /// Its Message-ID.
    pub message_id: Option<MessageId>,
    /// When it was accepted.
    pub at: Timestamp,
    /// Which way it went, as the judge names it.
    pub direction: &'static str,
    /// What it was judged to be, as the judge names it.
    pub kind: String,
    /// Whether its sender was vouched for.
    pub vouched: bool,
    /// Who wrote it; `None` where no address could be read.
    pub from: Option<Party>,
    /// Everybody it is addressed to.
    pub recipients: Vec<Address>,
    /// Its subject.
    pub subject: String,
    /// What its writer wrote.
    pub words: String,
    /// Why it was judged so.
    pub reason: String,
    /// How it came.
    pub channel: Channel,
    /// Its language, as a two-letter code, where it can be told.
    pub language: Option<String>,
    /// Whether it complains.
    pub complaint: bool,
    /// Outlook's name of its conversation.
    pub conversation: Option<MessageId>,
}

impl Known {
    /// Whether we sent it and no case has heard of it.
    pub fn is_unheard(&self) -> bool {
        self.outbound && self.case.is_none()
    }
}

impl Tx {
    /// The message with this identity, if it was seen before.
    pub async fn known_message(&mut self, identity: &[u8]) -> Result<Option<Known>> {
        let row = sqlx::query(KNOWN).bind(identity).fetch_optional(&mut *self.inner).await?;
        let Some(row) = row else { return Ok(None) };
        let case: Option<i64> = row.try_get(1)?;
        let case = case.map(CaseNumber::from_row);
        let (id, vouched, outbound) = (row.try_get(0)?, row.try_get(2)?, row.try_get(3)?);
        Ok(Some(Known { id, case, vouched, outbound }))
    }

    /// Records a judged message and what it hangs on.
    pub async fn record_message(
        &mut self,
        identity: &[u8],
        inbound: i64,
        message: &Recorded,
        parents: &[MessageId],
    ) -> Result<i64> {
        let recipients: Vec<&str> = message.recipients.iter().map(Address::as_str).collect();
        let from = message.from.as_ref();
        let row = sqlx::query(RECORD)
            .bind(identity)
            .bind(inbound)
            .bind(message.message_id.as_ref().map(MessageId::as_str))
            .bind(None::<i64>)
            .bind(stored(message.at))
            .bind(message.direction)
            .bind(&message.kind)
            .bind(message.vouched)
            .bind(from.map_or("", |party| party.name.as_str()))
            .bind(from.map_or("", |party| party.address.as_str()))
            .bind(recipients.join(" "))
            .bind(&message.subject)
            .bind(&message.words)
            .bind(&message.reason)
            .bind(message.channel.name())
            .bind(&message.language)
            .bind(message.complaint)
            .fetch_one(&mut *self.inner)
            .await?;
        let id: i64 = row.try_get(0)?;
        let own = message.message_id.iter().map(|id| (id, "self"));
        let conversation = message.conversation.iter().map(|id| (id, "conversation"));
        let named = parents.iter().map(|id| (id, "parent")).chain(conversation);
        for (name, role) in own.chain(named) {
            let query = sqlx::query(LINK).bind(hash(name)).bind(name.as_str()).bind(id).bind(role);
            self.change_one(query).await?;
        }
        Ok(id)
    }

    /// Notes that a copy of a message was vouched for after all, at `at`.
    pub async fn vouch_message(&mut self, id: i64, at: Timestamp) -> Result<()> {
        self.change_one(sqlx::query(VOUCHED).bind(id).bind(stored(at))).await
    }

    /// Notes what a message was judged to be after all, and why.
    pub async fn judge_message(&mut self, id: i64, kind: &str, reason: &str) -> Result<()> {
        self.change_one(sqlx::query(JUDGED).bind(id).bind(kind).bind(reason)).await
    }

    /// Makes a message part of a case.
    pub async fn attach_message(&mut self, id: i64, case: CaseNumber) -> Result<()> {
        self.change_one(sqlx::query(ATTACH).bind(id).bind(case.row())).await
    }

    /// Makes a message part of a case as one of our side, whichever way it went: among
    /// colleagues the side does not show in it.
    pub async fn attach_answer(&mut self, id: i64, case: CaseNumber) -> Result<()> {
        self.change_one(sqlx::query(ATTACH_OURS).bind(id).bind(case.row())).await
    }

    /// The case of the first of these Message-IDs that is known or was named by
    /// a message of a case, or is of a mail that owed wrote about one.
    pub async fn case_of_thread(&mut self, ids: &[MessageId]) -> Result<Option<CaseNumber>> {
        for id in ids {
            let query = sqlx::query(CASE_OF).bind(hash(id)).bind(id.as_str());
            if let Some(row) = query.fetch_optional(&mut *self.inner).await? {
                return Ok(Some(CaseNumber::from_row(row.try_get(0)?)));
            }
        }
        for id in ids {
            let query = sqlx::query(CASE_WRITTEN_OF).bind(format!("<{id}>"));
            if let Some(row) = query.fetch_optional(&mut *self.inner).await? {
                return Ok(Some(CaseNumber::from_row(row.try_get(0)?)));
            }
        }
        Ok(None)
    }

    /// The case of the latest message that names `id` as what it answers.
    pub async fn case_that_answers(&mut self, id: &MessageId) -> Result<Option<CaseNumber>> {
        let query = sqlx::query(CASE_ANSWERING).bind(hash(id)).bind(id.as_str());
        let row = query.fetch_optional(&mut *self.inner).await?;
        row.map(|row| Ok(CaseNumber::from_row(row.try_get(0)?))).transpose()
    }

    /// Messages of ours that answer `id` and came before it was known.
    pub async fn early_answers(&mut self, id: &MessageId) -> Result<Vec<Recorded>> {
        let query = sqlx::query(ANSWERS_TO).bind(hash(id)).bind(id.as_str());
        let rows = query.fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| recorded(row, "outbound")).collect()
    }

    /// Everybody whom the latest messages of a case name.
    pub async fn people_of(&mut self, case: CaseNumber) -> Result<Vec<Address>> {
        let query = sqlx::query(PEOPLE).bind(case.row());
        let mut people = Vec::new();
        for row in query.fetch_all(&mut *self.inner).await? {
            let (from, to): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let named = to.split_whitespace().chain([from.as_str()]);
            people.extend(named.filter_map(Address::parse));
        }
        Ok(people)
    }

    /// Whether a message of a case names another, there or elsewhere, as what it
    /// answers.
    pub async fn is_linked(&mut self, case: CaseNumber) -> Result<bool> {
        let row = sqlx::query(LINKED).bind(case.row()).fetch_one(&mut *self.inner).await?;
        Ok(row.try_get(0)?)
    }

    /// The first message of the other side in a case since `since`.
    pub async fn words_since(
        &mut self,
        case: CaseNumber,
        since: Timestamp,
    ) -> Result<Option<Recorded>> {
        let query = sqlx::query(WORDS_SINCE).bind(case.row()).bind(stored(since));
        let row = query.fetch_optional(&mut *self.inner).await?;
        row.map(|row| recorded(&row, "inbound")).transpose()
    }

    /// What the other side of a case last wrote that can be answered by its
    /// Message-ID.
    pub async fn last_heard(&mut self, case: CaseNumber) -> Result<Option<Recorded>> {
        let query = sqlx::query(LAST_HEARD).bind(case.row());
        let row = query.fetch_optional(&mut *self.inner).await?;
        row.map(|row| recorded(&row, "inbound")).transpose()
    }

    /// The message with this Message-ID, where it belongs to no case, and whom it
    /// was delivered to.
    pub async fn filed_message(
        &mut self,
        id: &MessageId,
    ) -> Result<Option<(Recorded, Vec<Address>)>> {
        let query = sqlx::query(FILED).bind(hash(id)).bind(id.as_str());
        let Some(row) = query.fetch_optional(&mut *self.inner).await? else { return Ok(None) };
        let envelope: &str = row.try_get("envelope")?;
        let envelope = envelope.split_whitespace().filter_map(Address::parse).collect();
        Ok(Some((recorded(&row, "inbound")?, envelope)))
    }

    /// Makes all messages of one case messages of another.
    pub async fn move_messages(&mut self, from: CaseNumber, into: CaseNumber) -> Result<()> {
        sqlx::query(MOVE).bind(from.row()).bind(into.row()).execute(&mut *self.inner).await?;
        Ok(())
    }

    /// The messages of a case, oldest first.
    pub async fn messages_of(&mut self, case: CaseNumber) -> Result<Vec<Recorded>> {
        let query = sqlx::query(ALL_OF_CASE).bind(case.row());
        let rows = query.fetch_all(&mut *self.inner).await?;
        let direction = |row: &SqliteRow| -> Result<&'static str> {
            Ok(match row.try_get("direction")? {
                "outbound" => "outbound",
                "internal" => "internal",
                _ => "inbound",
            })
        };
        rows.iter().map(|row| recorded(row, direction(row)?)).collect()
    }

    /// The message of a case that has this Message-ID.
    pub async fn message_of(
        &mut self,
        case: CaseNumber,
        id: &MessageId,
    ) -> Result<Option<Recorded>> {
        let query = sqlx::query(OF_CASE).bind(case.row()).bind(id.as_str());
        let row = query.fetch_optional(&mut *self.inner).await?;
        row.map(|row| recorded(&row, "inbound")).transpose()
    }
}

fn recorded(row: &SqliteRow, direction: &'static str) -> Result<Recorded> {
    let id: i64 = row.try_get("id")?;
    let senseless = |column| Error::Senseless { table: "message", key: id, column };
    let recipients: String = row.try_get("recipients")?;
    let recipients: Option<Vec<_>> = recipients.split_whitespace().map(Address::parse).collect();
    let message_id: Option<String> = row.try_get("message_id")?;
    let name: String = row.try_get("from_name")?;
    let from = Address::parse(row.try_get("from_address")?).map(|address| Party { name, address });
    Ok(Recorded {
        id,
        message_id: message_id.as_deref().and_then(MessageId::parse),
        at: instant(row.try_get("at")?, "message", id, "at")?,
        direction,
        kind: row.try_get("kind")?,
        vouched: row.try_get("vouched")?,
        from,
        recipients: recipients.ok_or(senseless("recipients"))?,
        subject: row.try_get("subject")?,
        words: row.try_get("words")?,
        reason: row.try_get("reason")?,
        channel: Channel::called(row.try_get("channel")?).ok_or(senseless("channel"))?,
        language: row.try_get("language")?,
        complaint: row.try_get("complaint")?,
        conversation: None,
    })
}

fn hash(id: &MessageId) -> i64 {
    let digest = Sha256::digest(id.as_str().as_bytes());
    let mut short = [0; 8];
    short.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    i64::from_be_bytes(short)
}
