//! An answer to a concern, by pressing reply: whoever was told of it by owed alone has no
//! mail of the colleague's to answer, so their words are passed on, in their name.
//!
//! Words are what gives no order and was not meant to. They count as every answer does:
//! a person wrote them, and a server vouches for that.

use crate::domain::case::{Adequate, Answer, Case, Event};
use crate::domain::effect::{Notice, Purpose};
use crate::domain::ids::CaseNumber;
use crate::domain::obligation::{Kind, State};
use crate::domain::roster::{Person, Recipient};
use crate::domain::rule::Channel;
use crate::engine::order::Given;
use crate::engine::receive::Taken;
use crate::engine::{Engine, Error};
use crate::mail::orders;
use crate::mail::outcome;
use crate::store::{Loaded, Recorded, Tx};

impl Engine {
    /// Passes on what `given` writes in answer to a mail about a concern; what became of
    /// it, in words. `None` where those are no answer to one.
    pub(in crate::engine) async fn answer_concern(
        &self,
        tx: &mut Tx,
        (taken, row): (&Taken, i64),
        given: &Given,
        read: &orders::Answer,
    ) -> Result<Option<String>, Error> {
        let meant = match read.lines.first().filter(|_| read.is_words) {
            Some(first) => given.meant(first).ok().flatten().unwrap_or_default(),
            None => return Ok(None),
        };
        let [number] = meant.as_slice() else { return Ok(None) };
        let loaded = self.loaded(tx, *number).await?;
        let Some(concern) = concern_of(tx, &loaded.case).await? else { return Ok(None) };
        let own = given.person.addresses.contains(&loaded.case.contact.address);
        if own || self.holds_token(&taken.verdict.visible_text, taken.at) {
            return Ok(None);
        }
        let case = self.pass_answer_on(tx, (taken, row), &given.person, (loaded, concern)).await?;
        let attached = !taken.message.attachments.is_empty();
        let unread = read.unread.as_deref();
        Ok(Some(outcome::passed_on(case.number, &case.contact, attached, unread)))
    }

    async fn pass_answer_on(
        &self,
        tx: &mut Tx,
        (taken, row): (&Taken, i64),
        by: &Person,
        (loaded, concern): (Loaded, Recorded),
    ) -> Result<Case, Error> {
        let number = loaded.case.number;
        let to = loaded.case.contact.clone();
        tx.attach_answer(row, number).await?;
        let how = "by mail, which owed passed on".to_owned();
        let answer = Answer {
            parents: concern.message_id.into_iter().collect(),
            by: Some(by.id.clone()),
            how,
            adequate: Adequate::To(vec![to.address.clone()]),
            ..self.answer(taken, true)
        };
        let case = self.happen(tx, loaded, Event::Answered(answer), taken.at).await?.case;
        let reason =
            format!("an answer of {} to the concern of {}, passed on", by.name, to.called());
        tx.judge_message(row, taken.verdict.kind.name(), &reason).await?;
        let policy = self.policy();
        let person = policy.roster.person_at(&to.address).map(|person| person.id.clone());
        let notice = Notice {
            obligation: met(&case, taken.at),
            rung: 0,
            occurrence: u32::try_from(row).unwrap_or(u32::MAX),
            to: Recipient { address: to.address, person },
            purpose: Purpose::Answer,
        };
        tx.tell(number, &notice, self.timing(self.now())).await?;
        Ok(case)
    }

    /// Whether one of these cases is about a concern.
    pub(in crate::engine) async fn is_of_concern(
        &self,
        tx: &mut Tx,
        cases: &[CaseNumber],
    ) -> Result<bool, Error> {
        for number in cases {
            let loaded = self.loaded(tx, *number).await?;
            if concern_of(tx, &loaded.case).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The concern that an answer in a case is owed to, or was last.
async fn concern_of(tx: &mut Tx, case: &Case) -> Result<Option<Recorded>, Error> {
    let mut asked = case.obligations.iter().rev().filter(|o| o.kind == Kind::Reply);
    let Some(id) = asked.find_map(|o| o.message.as_ref()) else { return Ok(None) };
    let message = tx.message_of(case.number, id).await?;
    Ok(message.filter(|message| message.channel == Channel::Concern))
}

/// What an answer that was given at `at` met, if anything.
fn met(case: &Case, at: jiff::Timestamp) -> u32 {
    let is_met = |state: &State| matches!(state, State::Met { at: met, .. } if *met == at);
    case.obligations.iter().find(|o| is_met(&o.state)).map_or(0, |o| o.seq)
}
