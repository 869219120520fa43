//! What people of ours do to a case: take it, hand it over, end it.

use super::{Illegal, Offer, Phase, Stepping};
use crate::domain::deadline::{self, Place};
use crate::domain::effect::{Effect, Entry, Notice, Purpose, What};
use crate::domain::ids::PersonId;
use crate::domain::obligation::{Kind, Obligation, State};
use crate::domain::roster::{Recipient, recipient};

impl Stepping<'_> {
    pub(super) fn claim(&mut self, by: &PersonId) -> Result<(), Illegal> {
        self.needs_something("take")?;
        if by.is_last_resort() {
            return Err(Illegal::Nobodys { case: self.case.number, who: self.name_of(by) });
        }
        if self.case.open().all(|o| o.owner.as_ref() == Some(by)) {
            return Err(Illegal::TheirsAlready { case: self.case.number });
        }
        let before = self.holds();
        self.give_to(by);
        let reason = format!("{} takes it", self.name_of(by));
        self.tell(What::Claimed, Some(by), reason);
        self.tell_taken(before.as_ref(), by);
        Ok(())
    }

    pub(super) fn offer(&mut self, by: &PersonId, to: &PersonId) -> Result<(), Illegal> {
        self.needs_something("hand over")?;
        if self.case.open().all(|o| o.owner.as_ref() == Some(to)) {
            return Err(Illegal::TheirsAlready { case: self.case.number });
        }
        let reached = self.policy.roster.people.get(to).and_then(recipient);
        if reached.is_none() {
            return Err(Illegal::Unreachable { case: self.case.number, who: self.name_of(to) });
        }
        self.case.offer = Some(Offer { to: to.clone(), by: by.clone(), at: self.now });
        let reason = format!("{} asks {} to take it", self.name_of(by), self.name_of(to));
        self.tell(What::Offered, Some(by), reason);
        self.write_to(to, Purpose::Offer);
        Ok(())
    }

    pub(super) fn accept(&mut self, by: &PersonId) -> Result<(), Illegal> {
        let offer = self.take_offer(by)?;
        let before = self.holds().filter(|holder| *holder != offer.by);
        self.give_to(by);
        let (taker, giver) = (self.name_of(by), self.name_of(&offer.by));
        self.tell(What::Claimed, Some(by), format!("{taker} takes it over from {giver}"));
        self.write_to(&offer.by, Purpose::Accepted);
        self.tell_taken(before.as_ref(), by);
        Ok(())
    }

    pub(super) fn refuse(&mut self, by: &PersonId, reason: &str) -> Result<(), Illegal> {
        let offer = self.take_offer(by)?;
        let mut words = format!("{} cannot take it", self.name_of(by));
        if !reason.trim().is_empty() {
            words = format!("{words}: {}", reason.trim());
        }
        self.tell(What::Refused, Some(by), words);
        self.write_to(&offer.by, Purpose::Refused);
        Ok(())
    }

    pub(super) fn dismiss(&mut self, by: &str, reason: &str) -> Result<(), Illegal> {
        self.needs_something("dismiss")?;
        self.tell(What::Dismissed, None, format!("{reason} (by {by})"));
        self.drop_all(jiff::Timestamp::MAX, self.now);
        Ok(())
    }

    pub(super) fn close(
        &mut self,
        by: &str,
        hand: Option<&PersonId>,
        title: Option<&str>,
    ) -> Result<(), Illegal> {
        let case = self.case.number;
        if self.case.phase != Phase::Open {
            return Err(Illegal::Already { case, state: "closed" });
        }
        self.nothing_blocks()?;
        let reason = match title {
            Some(title) => format!("{title} (by {by})"),
            None => format!("closed by {by}"),
        };
        self.end(&reason);
        self.finish_by_closing(hand, title);
        Ok(())
    }

    /// Whether the case may be closed: who waits for an answer is not left.
    pub(super) fn nothing_blocks(&self) -> Result<(), Illegal> {
        let case = self.case.number;
        let blocking = [(Kind::Reply, "an answer"), (Kind::Promise, "what was promised")];
        if let Some((_, what)) =
            blocking.into_iter().find(|(kind, _)| self.case.owes(*kind).is_some())
        {
            return Err(Illegal::StillOwed { case, what });
        }
        Ok(())
    }

    /// Closes the case; with that the whole matter is at its end.
    pub(super) fn end(&mut self, reason: &str) {
        let now = self.now;
        for obligation in self.case.obligations.iter_mut().filter(|o| o.is_open()) {
            obligation.state = State::Met { at: now, by: None };
        }
        self.case.phase = Phase::Closed { at: now };
        self.tell(What::Closed, None, reason.to_owned());
        self.hand_over_what_was_said();
    }

    /// The contact gets the transcript, where their rule says so and they were answered:
    /// what was dismissed or settled without us has nothing new to read.
    fn hand_over_what_was_said(&mut self) {
        let wanted = self.case.rule(self.policy).is_some_and(|rule| rule.transcript_on_close);
        if !wanted || !self.case.takes_letters(self.policy) {
            return;
        }
        let last = self.case.obligations.iter().rfind(|o| o.kind == Kind::Reply);
        if !last.is_some_and(|reply| matches!(reply.state, State::Met { .. })) {
            let why = "not sent: they were not answered since they last wrote";
            return self.write(Entry::new(self.now, What::Transcript, why));
        }
        let to = Recipient { address: self.case.contact.address.clone(), person: None };
        let (obligation, rung, purpose) = (0, 0, Purpose::Transcript);
        let occurrence = self.moment();
        self.effects.push(Effect::Notice(Notice { obligation, rung, occurrence, to, purpose }));
    }

    pub(super) fn reopen(&mut self, by: &str, reason: &str) -> Result<(), Illegal> {
        let (case, now, policy) = (self.case.number, self.now, self.policy);
        if self.case.is_owed() {
            return Err(Illegal::Already { case, state: "open" });
        }
        self.case.phase = Phase::Open;
        self.case.last_at = self.case.last_at.max(now);
        if let Some(rule) = self.case.rule(policy) {
            self.owe_reply(rule, now, None);
        }
        self.tell(What::Reopened, None, format!("{reason} (by {by})"));
        Ok(())
    }

    /// Who has it, if somebody does.
    pub(super) fn holds(&self) -> Option<PersonId> {
        self.case.open().min_by_key(|o| o.rank(self.now)).and_then(|o| o.owner.clone())
    }

    /// Whoever had it hears that another has it now, so that not both answer.
    pub(super) fn tell_taken(&mut self, before: Option<&PersonId>, by: &PersonId) {
        if let Some(before) = before.filter(|before| *before != by) {
            self.write_to(before, Purpose::Accepted);
        }
    }

    fn needs_something(&self, what: &'static str) -> Result<(), Illegal> {
        let case = self.case.number;
        let owes = self.case.open().next().is_some();
        if owes { Ok(()) } else { Err(Illegal::NothingOwed { case, what }) }
    }

    fn take_offer(&mut self, who: &PersonId) -> Result<Offer, Illegal> {
        let offer = self.case.offer.take_if(|offer| offer.to == *who);
        offer.ok_or_else(|| {
            let (case, who) = (self.case.number, self.name_of(who));
            Illegal::NotOffered { case, who }
        })
    }

    /// Makes what is owed theirs; a reply is then due when their day says so. What
    /// was told to the contact stays as it was told.
    fn give_to(&mut self, person: &PersonId) {
        let Self { case, policy, .. } = self;
        case.holder = Some(person.clone());
        case.offer = None;
        for obligation in case.obligations.iter_mut().filter(|o| o.is_open()) {
            obligation.owner = Some(person.clone());
            let rule = policy.rule(&obligation.rule).filter(|_| obligation.kind == Kind::Reply);
            if let Some(rule) = rule {
                let place = Place { mailbox: &case.mailbox, owner: Some(person) };
                obligation.fall_due(deadline::due(policy, rule, place, obligation.since));
            }
        }
    }

    pub(super) fn write_to(&mut self, person: &PersonId, purpose: Purpose) {
        let to = self.policy.roster.hand(person).as_ref().and_then(recipient);
        let about = self.case.open().min_by_key(|o| o.rank(self.now)).map_or(0, |o| o.seq);
        if let Some(to) = to {
            self.notify(about, purpose, to);
        }
    }
}

impl Obligation {
    /// Gives it another due time, but none later than was said.
    pub(super) fn fall_due(&mut self, due: deadline::Due) {
        match self.said.filter(|said| *said < due.at) {
            // What holds already keeps its reason.
            Some(said) if said == self.due => {}
            Some(said) => {
                self.due = said;
                "the contact was told so".clone_into(&mut self.because);
            }
            None => (self.due, self.because) = (due.at, due.because),
        }
    }
}
