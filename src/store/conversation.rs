//! What was said in a case, and the mails that it was said in.

use sqlx::Row;

use super::{Result, Tx, instant};
use crate::domain::conversation::{Kept, Speaker, Utterance};
use crate::domain::ids::{Address, CaseNumber, Party};
use crate::domain::rule::Channel;

const RAW: &str = "SELECT i.raw FROM message m JOIN inbound i ON i.id = m.inbound WHERE m.id = $1";
const SENT: &str = "SELECT m.id, m.recipient, m.bytes, m.ended_at FROM notice n \
    JOIN mail m ON m.id = n.mail WHERE n.case_row = $1 AND m.state = 'sent' \
    AND (m.audience = 'contact' OR n.purpose = 'answer') ORDER BY m.id";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[RAW, SENT];

impl Tx {
    /// All that was said in a case by people: messages, answers that were told by hand,
    /// and mails that owed sent to the contact, whose words stand in their bytes.
    pub async fn conversation(&mut self, case: CaseNumber) -> Result<Vec<Utterance>> {
        let mut said = Vec::new();
        for message in self.messages_of(case).await? {
            let by_people = ["human", "thanks"].contains(&message.kind.as_str());
            let Some(from) = message.from else { continue };
            if !by_people && message.channel == Channel::Email {
                continue;
            }
            said.push(Utterance {
                at: message.at,
                by: match message.direction {
                    "inbound" => Speaker::Theirs(from),
                    _ => Speaker::Ours(from),
                },
                to: message.recipients,
                channel: Some(message.channel),
                words: message.words,
                kept: Kept::Message(message.id),
            });
        }
        let journal = self.journal_of(case).await?;
        said.extend(journal.iter().filter_map(|line| Utterance::told_by_hand(&line.entry)));
        for row in sqlx::query(SENT).bind(case.row()).fetch_all(&mut *self.inner).await? {
            let (id, recipient): (i64, &str) = (row.try_get(0)?, row.try_get(1)?);
            let Some(to) = Address::parse(recipient) else { continue };
            let nobody = Party { name: String::new(), address: to.clone() };
            said.push(Utterance {
                at: instant(row.try_get(3)?, "mail", id, "ended_at")?,
                by: Speaker::Ours(nobody),
                to: vec![to],
                channel: Some(Channel::Email),
                words: String::new(),
                kept: Kept::Sent(row.try_get(2)?),
            });
        }
        Ok(said)
    }

    /// The bytes of a message.
    pub async fn raw_of_message(&mut self, id: i64) -> Result<Vec<u8>> {
        Ok(sqlx::query(RAW).bind(id).fetch_one(&mut *self.inner).await?.try_get(0)?)
    }
}
