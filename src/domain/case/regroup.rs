//! Two cases that are one conversation, and one case that is two.
//!
//! Nothing is patched by hand: what is owed afterwards follows from when the
//! contact asked and when we answered.

use jiff::Timestamp;

use super::{Case, Illegal, Phase, Step, Stepping};
use crate::domain::deadline::{self, Place};
use crate::domain::effect::{Entry, What};
use crate::domain::ids::MessageId;
use crate::domain::obligation::{Kind, Obligation, State, Told};
use crate::domain::policy::Policy;

impl Case {
    /// This case with all of `other` in it, which ends with that: the steps of
    /// both, this one first.
    pub fn absorb(
        self,
        other: Self,
        by: &str,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Step, Step), Illegal> {
        if self.number == other.number {
            return Err(Illegal::Itself { case: self.number });
        }
        self.is_itself()?;
        other.is_itself()?;
        let (into, from) = (self.number, other.number);
        let asked = (self.offer.clone(), other.offer.clone());
        let mut whole = Stepping { case: self, policy, now, effects: Vec::new() };
        whole.take_in(&other);
        whole.tell(What::Regrouped, None, format!("{from} is one with it (by {by})"));
        let mut rest = Stepping { case: other, policy, now, effects: Vec::new() };
        rest.drop_all(Timestamp::MAX, now);
        rest.case.phase = Phase::GoesOn { at: now, into };
        rest.withdraw(&format!("it goes on in {into}"));
        rest.tell(What::Regrouped, None, format!("it goes on in {into} (by {by})"));
        Ok((whole.done(asked.0), rest.done(asked.1)))
    }

    /// This case without the messages that begin a case of their own; `waiting` is
    /// the first message left in it that we have not answered.
    pub fn without(
        self,
        gone: &[MessageId],
        waiting: Option<(MessageId, Timestamp)>,
        by: &str,
        (policy, now): (&Policy, Timestamp),
    ) -> Step {
        let asked = self.offer.clone();
        let mut stepping = Stepping { case: self, policy, now, effects: Vec::new() };
        stepping.give_away(gone, waiting);
        let count = gone.len();
        let reason = format!("messages that go on elsewhere: {count} (by {by})");
        stepping.tell(What::Regrouped, None, reason);
        stepping.done(asked)
    }
}

impl Stepping<'_> {
    fn take_in(&mut self, other: &Case) {
        let case = &mut self.case;
        if other.is_owed() && !case.is_owed() {
            case.contact.clone_from(&other.contact);
        }
        for address in &other.side {
            if !case.side.contains(address) {
                case.side.push(address.clone());
            }
        }
        if other.answered_at > case.answered_at {
            case.answered_at = other.answered_at;
            case.answerer.clone_from(&other.answerer);
        }
        case.last_at = case.last_at.max(other.last_at);
        case.opened_at = case.opened_at.min(other.opened_at);
        if other.open().next().is_some() {
            case.phase = Phase::Open;
        }
        for obligation in other.open() {
            self.take_over(obligation);
        }
    }

    /// Makes an obligation of another case one of this: of two of a kind, the one
    /// that has waited longer stays.
    fn take_over(&mut self, theirs: &Obligation) {
        let next = self.case.next_seq();
        let same = |o: &&mut Obligation| o.is_open() && o.kind == theirs.kind;
        let Some(ours) = self.case.obligations.iter_mut().find(same) else {
            return self.case.obligations.push(Obligation { seq: next, ..theirs.clone() });
        };
        ours.chases = ours.chases.saturating_add(theirs.chases);
        if theirs.since < ours.since {
            ours.since = theirs.since;
            ours.due = ours.due.min(theirs.due);
            ours.because.clone_from(&theirs.because);
            ours.message.clone_from(&theirs.message);
            let higher = |told: &Told| (told.rung, told.times);
            ours.told = ours.told.into_iter().chain(theirs.told).max_by_key(higher);
        }
    }

    fn give_away(&mut self, gone: &[MessageId], waiting: Option<(MessageId, Timestamp)>) {
        let (now, policy) = (self.now, self.policy);
        let left = |o: &Obligation| o.message.as_ref().is_some_and(|id| gone.contains(id));
        let Some(reply) = self.case.obligations.iter_mut().find(|o| o.is_open() && left(o)) else {
            return;
        };
        let Some((id, since)) = waiting.filter(|_| reply.kind == Kind::Reply) else {
            reply.state = State::Dropped { at: now };
            return;
        };
        reply.since = since;
        reply.message = Some(id);
        let rule = policy.rule(&reply.rule).or_else(|| policy.rules.last());
        if let Some(rule) = rule {
            let place = Place { mailbox: &self.case.mailbox, owner: reply.owner.as_ref() };
            let due = deadline::due(policy, rule, place, since);
            (reply.due, reply.because) = (due.at, due.because);
        }
        let mut entry = Entry::new(now, What::Rederived, reply.because.clone());
        entry.due = Some(reply.due);
        self.write(entry);
    }
}
