//! Orders by mail: what somebody of ours asks for by answering owed's own mail.
//!
//! An order counts where three things hold: it went to an address with a token of
//! ours, it is from the person whom the token is for, and a server of ours, or our
//! Sent folder, vouches for that. Everything else that comes to owed's own address is
//! written down with its reason and changes nothing. Machines are not answered.

use std::sync::Arc;

use jiff::Timestamp;

use super::receive::Taken;
use super::{Engine, Error};
use crate::domain::act::Act;
use crate::domain::calendar::Days;
use crate::domain::effect::{Entry, Occasion, OccasionKind, What};
use crate::domain::ids::{Address, CaseNumber, PersonId};
use crate::domain::roster::{Person, recipient};
use crate::judge::verdict::Kind;
use crate::mail::command::{Order, order};
use crate::mail::outcome;
use crate::mail::parse::Message;
use crate::mail::token::{Grant, Keys, Purpose, in_address};
use crate::mail::trust::Vouch;
use crate::store::{Timing, Tx};

/// Where owed itself is written to.
#[derive(Debug)]
pub(super) struct Desk {
    own: Address,
    keys: Keys,
}

/// Why an order is none, in words for the journal.
enum Turned {
    /// It is in order, and just no order.
    Filed(String),
    /// Somebody may have tried to pass for another.
    Suspicious(String),
}

/// An order that counts.
struct Given {
    person: Person,
    case: Option<CaseNumber>,
}

impl Engine {
    /// The same engine, which takes orders by mail to `own`, sealed with `keys`.
    #[must_use]
    pub fn taking_orders(self, own: Address, keys: Keys) -> Self {
        Self { desk: Some(Arc::new(Desk { own, keys })), ..self }
    }

    /// The token in the address by which a mail is for owed itself; empty where it was
    /// written to owed and nobody else, without one.
    ///
    /// A copy of an answer or of a question may go to an address of owed's, in Bcc or beside
    /// others: what names anybody else is no order.
    pub(super) fn order_token(&self, message: &Message, envelope: &[Address]) -> Option<String> {
        let own = &self.desk.as_ref()?.own;
        let named: Vec<&Address> =
            message.to.iter().chain(&message.cc).map(|party| &party.address).collect();
        if !named.iter().all(|address| in_address(own, address).is_some()) {
            return None;
        }
        let everywhere = named.iter().copied().chain(envelope);
        let mut tokens = everywhere.filter_map(|address| in_address(own, address));
        if let Some(token) = tokens.find(|token| !token.is_empty()) {
            return Some(token.to_owned());
        }
        let alone = !named.is_empty() && named.iter().all(|address| *address == own);
        alone.then(String::new)
    }

    /// Does what a mail to owed itself asks for, or writes down why not, and answers.
    pub(super) async fn take_order(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        (row, seal): (i64, &str),
    ) -> Result<(), Error> {
        let given = match self.given(taken, seal) {
            Ok(given) => given,
            Err(turned) => return self.turn_away(tx, taken, turned).await,
        };
        let now = self.now();
        let words = match order(&taken.verdict.visible_text, &given.person.calendar, taken.at) {
            Err(not) => Err(outcome::not_understood(&not)),
            Ok(order) => self.follow(tx, &given, order).await?,
        };
        let (did, words) = match words {
            Ok(words) => ("done", words),
            Err(words) => ("not done", words),
        };
        let reason = format!("an order of {} by mail, {did}: {words}", given.person.name);
        let mut entry = Entry::new(taken.at, What::Ignored, reason);
        entry.owner = Some(given.person.id.clone());
        tx.write_journal(given.case, &entry.about(taken.message.id.as_ref())).await?;
        let Some(to) = recipient(&given.person) else { return Ok(()) };
        let timing = Timing { at: now, not_before: now, outage: None };
        let occasion = Occasion { kind: OccasionKind::Understood, subject: words, to };
        Ok(tx.tell_occasion(&row.to_string(), &occasion, timing).await?)
    }

    /// Who gives the order, and about which case.
    fn given(&self, taken: &Taken, seal: &str) -> Result<Given, Turned> {
        let Taken { message, verdict, vouch, at, .. } = taken;
        if !matches!(verdict.kind, Kind::Human | Kind::Thanks) {
            let why = &verdict.reason;
            return Err(Turned::Filed(format!("no order, and nobody's to answer: {why}")));
        }
        if seal.is_empty() {
            let why = "it is to owed itself, which answers orders alone, and not to the \
                       address of an order: only answers to owed's mails go there";
            return Err(Turned::Filed(why.to_owned()));
        }
        let suspicious = |why: String| Err(Turned::Suspicious(format!("suspicious: {why}")));
        let Grant { person, case, .. } = match self.opened(seal, *at) {
            Ok(grant) => grant,
            Err(why) => return suspicious(format!("an order to an address of owed, but {why}")),
        };
        let policy = self.policy();
        let from = message.from.as_ref().map(|party| &party.address);
        let author = from.and_then(|address| policy.roster.person_at(address));
        let Some(author) = author.filter(|author| author.id == person) else {
            let from = from.map_or("nobody", Address::as_str);
            let whose = policy.roster.name_of(&person);
            return suspicious(format!("an order from {from} to an address that is {whose}'s"));
        };
        if let Vouch::NotVouched(why) = vouch {
            return suspicious(format!("an order whose sender is not vouched for: {why}"));
        }
        Ok(Given { person: author.clone(), case })
    }

    fn opened(&self, token: &str, at: Timestamp) -> Result<Grant, String> {
        let Some(desk) = &self.desk else { return Err("owed takes no orders here".to_owned()) };
        desk.keys.open(token, Purpose::Reply, at).map_err(|refused| refused.to_string())
    }

    async fn turn_away(&self, tx: &mut Tx, taken: &Taken, turned: Turned) -> Result<(), Error> {
        let reason = match turned {
            Turned::Filed(reason) => reason,
            Turned::Suspicious(reason) => {
                tracing::warn!(reason, "an order by mail was not followed");
                reason
            }
        };
        let entry = Entry::new(taken.at, What::Ignored, reason);
        Ok(tx.write_journal(None, &entry.about(taken.message.id.as_ref())).await?)
    }

    /// Does what was ordered; what is said to that, or why it could not be done.
    async fn follow(
        &self,
        tx: &mut Tx,
        Given { person, case }: &Given,
        order: Order,
    ) -> Result<Result<String, String>, Error> {
        let done = match order {
            Order::Help => return Ok(Ok(outcome::help())),
            Order::Back => self.back_within(tx, &person.id).await.map(|()| outcome::back()),
            Order::Away(days) => self.leave_of(tx, person, days).await,
            Order::Do(act) => self.in_case(tx, *case, &person.id, act).await,
            Order::Give(to) => match self.policy().roster.person_called(&to) {
                Some(to) => {
                    let act = Act::HandOver { to: to.id.clone() };
                    self.in_case(tx, *case, &person.id, act).await
                }
                None => Err(Error::NotCalled(to)),
            },
        };
        match done {
            Ok(words) => Ok(Ok(words)),
            Err(why) if why.is_theirs() => Ok(Err(outcome::not_done(&why.to_string()))),
            Err(error) => Err(error),
        }
    }

    async fn in_case(
        &self,
        tx: &mut Tx,
        case: Option<CaseNumber>,
        by: &PersonId,
        act: Act,
    ) -> Result<String, Error> {
        self.act_within(tx, case.ok_or(Error::NoOneCase)?, by, act).await
    }

    /// Notes the days, and tells who stands in on the first of them.
    async fn leave_of(&self, tx: &mut Tx, person: &Person, days: Days) -> Result<String, Error> {
        self.away_within(tx, &person.id, days, &format!("a mail of {}", person.name)).await?;
        let noon = days.first.at(12, 0, 0, 0);
        let noon = person.calendar.zone().to_ambiguous_timestamp(noon).compatible();
        let policy = self.policy();
        let stands_in = noon.ok().and_then(|at| policy.roster.acting_for(&person.id, at));
        Ok(outcome::away(days, stands_in.map(|person| person.name.as_str())))
    }
}
