//! The answer to a concern, in the words and the name of whoever pressed reply.

use super::desk::{Desk, Unsealable, Written};
use crate::domain::effect::Notice;
use crate::domain::ids::{CaseNumber, MessageId, Party};
use crate::domain::rule::Channel;
use crate::mail::letter;
use crate::mail::parse::parse;
use crate::mail::thread::parents;
use crate::store::{self, Recorded, Sealed, Unsealed};

impl Desk<'_> {
    /// The words of the message that `notice` names, to the colleague who waits for them.
    pub(super) async fn answer(
        &mut self,
        told: &Unsealed,
        number: CaseNumber,
        notice: &Notice,
    ) -> Written {
        let messages = self.tx.messages_of(number).await?;
        let is_it = |message: &&Recorded| message.id == i64::from(notice.occurrence);
        let answer = messages.iter().find(is_it);
        let Some((answer, from)) = answer.and_then(|a| Some((a, a.from.clone()?))) else {
            return Ok(Err(Unsealable::NoCase));
        };
        let concern = messages.iter().rfind(|message| message.channel == Channel::Concern);
        let asked = concern.and_then(|concern| concern.from.clone());
        let name = asked.map(|party| party.name).unwrap_or_default();
        let to = Party { name, address: notice.to.address.clone() };
        let mut headers = self.stationery.personal(&told.key, (from, to), None, self.now);
        if let Some(concern) = concern {
            let thread = self.known_as(concern).await?;
            headers.thread = thread.map(|id| format!("<{}>", id.as_str()));
        }
        let subject = concern.map_or(answer.subject.as_str(), |concern| &concern.subject);
        let words = letter::answer(number, subject, &answer.words);
        Ok(self.sealed(&words, headers).map(|mail| Some(Sealed { case: Some(number), ..mail })))
    }

    /// The mail by which whoever raised a concern knows it: the one in which they did. One
    /// that was raised otherwise is nobody's mail, and holds its answers together all the
    /// same.
    async fn known_as(&mut self, concern: &Recorded) -> store::Result<Option<MessageId>> {
        let raw = self.tx.raw_of_message(concern.id).await?;
        let theirs = parse(&raw).ok().and_then(|mail| parents(&mail).into_iter().next());
        Ok(theirs.or_else(|| concern.message_id.clone()))
    }
}
