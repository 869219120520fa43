//! The receipt for whoever begins a case, written where it is still true and they got
//! no other mail of a machine today.

use jiff::SignedDuration;

use super::desk::{Desk, Unsealable, Written};
use super::scene::zone_of;
use crate::domain::deadline::{Place, responsible};
use crate::domain::effect::Notice;
use crate::domain::ids::{CaseNumber, Party};
use crate::mail::letter::{self, Receipt};
use crate::store::{Audience, Sealed, Unsealed};

/// A receipt that is late says nothing any more.
const LATE: SignedDuration = SignedDuration::from_hours(12);

impl Desk<'_> {
    /// The receipt, or nothing where it has become untrue, or unwanted.
    pub(super) async fn receipt(
        &mut self,
        told: &Unsealed,
        number: CaseNumber,
        notice: &Notice,
    ) -> Written {
        let Some((case, reply)) = self.case_of(number, notice).await? else {
            return Ok(Err(Unsealable::NoCase));
        };
        let to = &notice.to.address;
        let timely = self.now.duration_since(reply.since) <= LATE && self.now < reply.due;
        if !timely || !self.tx.may_write_to(to, self.now).await? {
            return Ok(Ok(None));
        }
        let place = Place { mailbox: &case.mailbox, owner: reply.owner.as_ref() };
        let Some(person) = responsible(self.policy, place, self.now) else { return Ok(Ok(None)) };
        let asked = match &reply.message {
            Some(id) => self.tx.message_of(number, id).await?,
            None => None,
        };
        let receipt = Receipt {
            contact: case.contact.clone(),
            subject: case.subject.clone(),
            case: number,
            person: person.name.clone(),
            number: person.id.clone(),
            organisation: self.policy.roster.organisation.clone(),
            due: reply.said.unwrap_or(reply.due).to_zoned(zone_of(self.policy, None)),
            page: self.stationery.page_link(number, self.now),
            language: asked.and_then(|message| message.language),
        };
        let words = match letter::receipt(&receipt, &self.stationery.templates) {
            Ok(words) => words,
            Err(error) => return Ok(Err(error.into())),
        };
        let to = Party { name: case.contact.name.clone(), address: to.clone() };
        let parties = (receipt.organisation.as_str(), to);
        let mut headers = self.stationery.answer(&told.key, parties, &case.mailbox, self.now);
        headers.thread = reply.message.as_ref().map(|id| format!("<{}>", id.as_str()));
        let sealed = self.sealed(&words, headers);
        Ok(sealed.map(|sealed| {
            Some(Sealed { case: Some(number), audience: Audience::Contact, ..sealed })
        }))
    }
}
