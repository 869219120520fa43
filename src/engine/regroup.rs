//! Cases made one, and one made two, because a person says so.

use jiff::Timestamp;

use super::place::followed;
use super::{Engine, Error};
use crate::domain::case::{Adequate, Answer, Case, Event, Need, Received};
use crate::domain::ids::{CaseNumber, MessageId, Party};
use crate::store::{Loaded, Recorded, Tx};

impl Engine {
    /// Makes two cases one: `from` goes on in `into`.
    pub async fn merge(&self, from: CaseNumber, into: CaseNumber, by: &str) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        // Not where they went meanwhile: who merges says what of which.
        let whole = tx.case(into).await?.ok_or(Error::NoSuchCase(into))?;
        let rest = tx.case(from).await?.ok_or(Error::NoSuchCase(from))?;
        let (policy, now) = (self.policy(), self.now());
        let steps = whole.case.clone().absorb(rest.case.clone(), by, &policy, now)?;
        self.save(&mut tx, whole, steps.0, now).await?;
        self.save(&mut tx, rest, steps.1, now).await?;
        tx.move_messages(from, into).await?;
        self.acted(tx).await
    }

    /// Lets a message of a case, and what follows it there, begin a case of its
    /// own; its number.
    pub async fn split(
        &self,
        case: CaseNumber,
        first: &MessageId,
        by: &str,
    ) -> Result<CaseNumber, Error> {
        let mut tx = self.store.write().await?;
        let whole = self.loaded(&mut tx, case).await?;
        let mut messages = tx.messages_of(case).await?;
        // A note among ourselves, in a case of somebody outside, is nobody's question.
        messages.retain(|m| m.direction != "internal" || whole.case.internal);
        let at = messages.iter().position(|m| m.message_id.as_ref() == Some(first));
        let (stays, goes) = at.and_then(|at| messages.split_at_checked(at)).unwrap_or_default();
        let begins = goes.first().filter(|m| m.direction != "outbound" && !stays.is_empty());
        let Some(received) = begins.and_then(|m| heard(m, &whole.case)) else {
            return Err(Error::NotSplit(case));
        };
        let gone: Vec<MessageId> = goes.iter().filter_map(|m| m.message_id.clone()).collect();
        let (policy, now) = (self.policy(), self.now());
        let waiting = unanswered(stays);
        let step = whole.case.clone().without(&gone, waiting, by, (&policy, now));
        let number = tx.begin_case().await?;
        let begun = Case::begin(number, &received);
        self.save(&mut tx, whole, step, now).await?;
        let mut loaded = Loaded::begun(begun, self.epoch());
        for message in goes {
            tx.attach_message(message.id, number).await?;
            if let Some(event) = event(message, &loaded.case) {
                loaded = self.happen(&mut tx, loaded, event, message.at).await?;
            }
        }
        self.acted(tx).await?;
        Ok(number)
    }

    /// The case with this number, or the one in which it goes on.
    pub async fn loaded(&self, tx: &mut Tx, case: CaseNumber) -> Result<Loaded, Error> {
        followed(tx, case).await?.ok_or(Error::NoSuchCase(case))
    }
}

/// What a message asked, as the case heard it. Whatever it was in the whole, a
/// person says that it is a matter of its own.
fn heard(message: &Recorded, case: &Case) -> Option<Received> {
    let from: Party = message.from.clone()?;
    Some(Received {
        message: message.message_id.clone(),
        from,
        subject: message.subject.clone(),
        at: message.at,
        mailbox: case.mailbox.clone(),
        to: message.recipients.iter().chain([&case.mailbox]).cloned().collect(),
        named: None,
        answers: None,
        also: Vec::new(),
        text: message.words.clone(),
        internal: case.internal,
        channel: message.channel,
        language: message.language.clone(),
        complaint: message.complaint,
        receipt: false,
        need: if is_human(message) { Need::Reply } else { Need::Nothing },
        reason: message.reason.clone(),
    })
}

fn event(message: &Recorded, case: &Case) -> Option<Event> {
    if message.direction != "outbound" {
        return heard(message, case).map(Event::Received);
    }
    let adequate = match (message.vouched, is_human(message)) {
        (true, true) => Adequate::To(message.recipients.clone()),
        (false, _) => Adequate::No("its sender is not vouched for".to_owned()),
        (_, false) => Adequate::No(message.reason.clone()),
    };
    Some(Event::Answered(Answer {
        message: message.message_id.clone(),
        parents: Vec::new(),
        by: None,
        at: message.at,
        how: "by mail".to_owned(),
        adequate,
        pledge: None,
    }))
}

/// The first message of the other side after our last answer.
fn unanswered(messages: &[Recorded]) -> Option<(MessageId, Timestamp)> {
    let ours = |m: &Recorded| m.direction == "outbound" && m.vouched && is_human(m);
    let after = messages.iter().rposition(ours).map_or(0, |at| at + 1);
    let asks = |m: &&Recorded| m.direction != "outbound" && m.kind == "human";
    let first = messages.iter().skip(after).find(asks)?;
    Some((first.message_id.clone()?, first.at))
}

fn is_human(message: &Recorded) -> bool {
    message.kind == "human"
}
