//! What was said in a case, to its contact, when it is closed.

use super::desk::{Desk, Unsealable, Written};
use crate::domain::conversation::shared_with;
use crate::domain::effect::{Entry, Notice, What};
use crate::domain::ids::{CaseNumber, Party};
use crate::mail::automatic::is_no_reply;
use crate::mail::compose::Hand;
use crate::mail::letter::{self, Closing};
use crate::mail::page::words;
use crate::mail::template::Kind;
use crate::mail::transcript;
use crate::store::{self, Audience, Sealed, Unsealed};

impl Desk<'_> {
    /// The transcript; nothing, and why in the journal, where the contact wants no mails, had
    /// one of owed's meanwhile, or is nobody who reads.
    pub(super) async fn transcript(
        &mut self,
        told: &Unsealed,
        number: CaseNumber,
        notice: &Notice,
    ) -> Written {
        let Some(loaded) = self.tx.case(number).await? else {
            return Ok(Err(Unsealable::NoCase));
        };
        let case = loaded.case;
        let to = &notice.to.address;
        if let Some(why) = self.keeps_back(notice).await? {
            let mut entry = Entry::new(self.now, What::Transcript, format!("not sent: {why}"));
            entry.to = Some(to.clone());
            self.tx.write_journal(Some(number), &entry).await?;
            return Ok(Ok(None));
        }
        let last = self.tx.last_heard(number).await?;
        let theirs = last.as_ref().and_then(|message| message.language.as_deref());
        let templates = &self.stationery.templates;
        let language = templates.language(Kind::Transcript, theirs);
        let shared = shared_with(&case.contact.address, self.tx.conversation(number).await?);
        let said = transcript::said(&shared, &self.policy.roster, words(&[language]).1);
        let closing = Closing {
            contact: case.contact.clone(),
            subject: case.subject.clone(),
            case: number,
            organisation: self.policy.roster.organisation.clone(),
            transcript: transcript::text(&said),
            page: self.stationery.page_link(number, self.now),
        };
        let written = match letter::closing(&closing, language, templates) {
            Ok(written) => written,
            Err(error) => return Ok(Err(error.into())),
        };
        let house = Party { name: closing.organisation, ..self.stationery.sender.clone() };
        let to = Party { name: case.contact.name.clone(), address: to.clone() };
        let answers = Some(case.mailbox.clone());
        let mut headers = self.stationery.personal(&told.key, (house, to), answers, self.now);
        headers.thread = last.and_then(|m| m.message_id).map(|id| format!("<{}>", id.as_str()));
        headers.hand = Hand::Owed;
        Ok(self.sealed(&written, headers).map(|sealed| {
            Some(Sealed { case: Some(number), audience: Audience::Contact, ..sealed })
        }))
    }

    /// Why it is not for them, if so.
    async fn keeps_back(&mut self, notice: &Notice) -> store::Result<Option<&'static str>> {
        let to = &notice.to.address;
        let known = self.tx.contact(to).await?;
        Ok(if is_no_reply(to.local_part()) {
            Some("no person reads this address")
        } else if known.opted_out_at.is_some() {
            Some("the contact wants no such mails")
        } else if known.bounced_at.is_some() {
            Some("mail to this address comes back")
        } else if !self.tx.may_write_to(to, self.now).await? {
            Some("the contact had another mail from owed that day")
        } else {
            None
        })
    }
}
