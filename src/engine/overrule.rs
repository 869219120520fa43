//! A person overrules the judgement: a filed message needs an answer after all,
//! and a sender is remembered for the next time.

use super::{Engine, Error};
use crate::domain::case::{Case, Event, Need, Received};
use crate::domain::ids::{Address, CaseNumber, MessageId};
use crate::domain::roster::Roster;
use crate::store::{Exception, Loaded, Recorded};

impl Engine {
    /// Makes a case of a filed message: it needs an answer after all; its number.
    pub async fn needs_answer(
        &self,
        message: &MessageId,
        by: &str,
        reason: &str,
    ) -> Result<CaseNumber, Error> {
        let mut tx = self.store.write().await?;
        let filed = tx.filed_message(message).await?;
        let (filed, envelope) = filed.ok_or_else(|| Error::NotFiled(message.clone()))?;
        let policy = self.policy();
        let received = asks(&filed, &envelope, &policy.roster, &format!("{reason} (by {by})"))
            .ok_or_else(|| Error::NotFiled(message.clone()))?;
        if policy.rule_for(received.traits()).is_none() {
            return Err(Error::NoRule);
        }
        let number = tx.begin_case().await?;
        let begun = Loaded::begun(Case::begin(number, &received), self.epoch());
        tx.attach_message(filed.id, number).await?;
        self.happen(&mut tx, begun, Event::Received(received), filed.at).await?;
        self.acted(tx).await?;
        Ok(number)
    }

    /// Remembers whether mail of a sender needs an answer.
    pub async fn remember(
        &self,
        sender: &str,
        needed: bool,
        by: &str,
        reason: &str,
    ) -> Result<(), Error> {
        let sender = pattern(sender).ok_or_else(|| Error::NoSender(sender.to_owned()))?;
        let (reason, by, at) = (reason.to_owned(), by.to_owned(), self.now());
        let mut tx = self.store.write().await?;
        tx.remember(&Exception { sender, needed, reason, by, at }).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets what is remembered of a sender.
    pub async fn forget(&self, sender: &str) -> Result<(), Error> {
        let unknown = || Error::NoSender(sender.to_owned());
        let sender = pattern(sender).ok_or_else(unknown)?;
        let mut tx = self.store.write().await?;
        if !tx.forget_exception(&sender).await? {
            return Err(unknown());
        }
        Ok(tx.commit().await?)
    }
}

/// An address, or an `@` and a domain, as it is kept.
fn pattern(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let domain = text.strip_prefix('@').map(|domain| format!("any@{domain}"));
    Address::parse(domain.as_deref().unwrap_or(&text)).map(|_| text)
}

fn asks(filed: &Recorded, envelope: &[Address], roster: &Roster, reason: &str) -> Option<Received> {
    let reached = filed.recipients.iter().chain(envelope);
    let mailbox = reached.clone().find(|address| roster.watches(address))?.clone();
    let from = filed.from.clone()?;
    Some(Received {
        message: filed.message_id.clone(),
        internal: roster.is_ours(&from.address),
        from,
        subject: filed.subject.clone(),
        at: filed.at,
        mailbox,
        to: reached.cloned().collect(),
        named: None,
        answers: None,
        also: Vec::new(),
        text: filed.words.clone(),
        channel: filed.channel,
        language: filed.language.clone(),
        complaint: filed.complaint,
        receipt: false,
        need: Need::Reply,
        reason: format!("it needs an answer after all: {reason}"),
    })
}
