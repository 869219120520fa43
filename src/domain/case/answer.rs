//! Our side answers: what that meets, and what it promises.

use jiff::Timestamp;

use super::{Adequate, Answer, Illegal, Phase, Pledge, Returned, Stepping};
use crate::domain::calendar::Allowance;
use crate::domain::deadline::{self, Due, Place, in_words};
use crate::domain::effect::{Effect, Entry, Notice, Purpose, What};
use crate::domain::ids::{Address, PersonId};
use crate::domain::obligation::{Kind, Obligation, State};
use crate::domain::roster::Recipient;

/// What "I will let you know" gives us, where neither it nor the rule says when.
const UNDATED: Allowance = Allowance::WorkingDays(2);

impl Stepping<'_> {
    pub(super) fn answer(&mut self, answer: &Answer) -> Result<(), Illegal> {
        let case = &mut self.case;
        let why_not = match &answer.adequate {
            Adequate::No(why) => Some(why.clone()),
            Adequate::To(to) if !to.iter().any(|address| case.side.contains(address)) => {
                Some("it is not addressed to who waits".to_owned())
            }
            Adequate::Told if answer.pledge.is_none() && !answer.meets_any(&case.obligations) => {
                return Err(Illegal::NothingOwed { case: case.number, what: "answer" });
            }
            Adequate::To(_) | Adequate::Told => None,
        };
        if let Some(why) = why_not {
            let entry = Entry::new(answer.at, What::Ignored, format!("no answer: {why}"));
            self.write(entry.about(answer.message.as_ref()));
            return Ok(());
        }
        case.last_at = case.last_at.max(answer.at);
        case.answered_at = case.answered_at.max(Some(answer.at));
        // What comes next is theirs, so it has to be somebody.
        if answer.by.as_ref().is_some_and(|by| !by.is_last_resort()) {
            case.answerer.clone_from(&answer.by);
        }
        let before = self.holds();
        self.meet(answer);
        if let Some(pledge) = &answer.pledge {
            self.promise(answer, pledge);
            // Who promises has it.
            let news = |by: &&PersonId| before.as_ref() != Some(by);
            let by = answer.by.as_ref().filter(|by| self.holds().as_ref() == Some(by));
            if let Some(by) = by.filter(news) {
                self.case.offer = None;
                self.tell_taken(before.as_ref(), by);
            }
        }
        self.keep_informed(answer.at);
        Ok(())
    }

    /// Ends what the answer meets, and writes down what that was.
    fn meet(&mut self, answer: &Answer) {
        let mut due = None;
        let mut kept = Vec::new();
        for obligation in self.case.obligations.iter_mut().filter(|o| answer.meets(o)) {
            if obligation.kind == Kind::Promise {
                kept.push(answer.kept(obligation));
                obligation.state = match answer.pledge {
                    // Another time was named: the old one no longer counts.
                    Some(_) => State::Dropped { at: answer.at },
                    None => State::Met { at: answer.at, by: answer.by.clone() },
                };
                continue;
            }
            due = due.into_iter().chain([obligation.due]).min();
            obligation.state = State::Met { at: answer.at, by: answer.by.clone() };
        }
        // A promise that is kept is said as such, and not as an answer late.
        if kept.is_empty() || due.is_some() || answer.pledge.is_some() {
            self.write(answer.entry(due, !kept.is_empty()));
        }
        if answer.pledge.is_none() {
            for entry in kept {
                self.write(entry);
            }
        }
    }

    /// Opens what the answer says is still to come.
    fn promise(&mut self, answer: &Answer, pledge: &Pledge) {
        let policy = self.policy;
        let Some(rule) = self.case.rule(policy) else { return };
        // Mails may come in another order than they were written: the last word counts.
        if self.case.owes(Kind::Promise).is_some() {
            return;
        }
        // More is to come, so the matter is not at its end.
        self.case.phase = Phase::Open;
        let due = if let Some(at) = pledge.due {
            Due { at, because: "it was promised for then".to_owned() }
        } else {
            let amount = rule.keep_informed.unwrap_or(UNDATED);
            let at = self.calendar(answer.at).add(answer.at, amount);
            Due { at, because: format!("no day was named, so it is given {}", in_words(amount)) }
        };
        let mut entry = Entry::new(answer.at, What::Promised, format!("“{}”", pledge.words));
        entry.due = Some(due.at);
        entry.rule = Some(rule.name.clone());
        self.open(Kind::Promise, rule, (answer.at, due));
        if let Some(promise) = self.case.obligations.last_mut() {
            promise.words = Some(pledge.words.clone());
            promise.message.clone_from(&answer.message);
            if answer.by.is_some() {
                promise.owner.clone_from(&answer.by);
            }
            entry.owner.clone_from(&promise.owner);
        }
        self.write(entry.about(answer.message.as_ref()));
    }

    /// While more is to come and it takes long, the contact hears of us.
    fn keep_informed(&mut self, at: Timestamp) {
        let policy = self.policy;
        let Some(rule) = self.case.rule(policy) else { return };
        let Some(amount) = rule.keep_informed else { return };
        let coming = [Kind::Promise, Kind::Resolution].map(|kind| self.case.owes(kind));
        let Some(first) = coming.into_iter().flatten().map(|o| o.due).min() else { return };
        let next = self.calendar(at).add(at, amount);
        if next < first && self.case.owes(Kind::Update).is_none() {
            let because = format!("the contact hears of us every {}", in_words(amount));
            self.open(Kind::Update, rule, (at, Due { at: next, because }));
        }
    }

    /// What the last answer met is owed again where that answer did not arrive, and what it
    /// promised was promised to nobody. Whose time has passed meanwhile gets it anew: they
    /// did answer.
    pub(super) fn take_back(&mut self, returned: &Returned) {
        let Self { case, now, policy, .. } = self;
        let (now, answered_at) = (*now, case.answered_at);
        let waits = |address: &Address| !returned.reached.contains(address);
        let unheard = case.side.iter().all(waits) || waits(&case.contact.address);
        let met = |o: &Obligation| unheard && returned.met(o, answered_at);
        if !case.obligations.iter().any(met) {
            return;
        }
        let promised = |o: &Obligation| o.message.as_ref() == Some(&returned.message);
        for promise in case.obligations.iter_mut().filter(|o| o.is_open() && promised(o)) {
            promise.state = State::Dropped { at: now };
        }
        let mut again: Vec<Obligation> =
            case.obligations.iter().filter(|o| met(o)).cloned().collect();
        again.retain(|o| case.owes(o.kind).is_none());
        for mut owed in again {
            owed.seq = case.next_seq();
            (owed.state, owed.told, owed.hastened, owed.broken) = (State::Open, None, None, false);
            let rule = policy.rule(&owed.rule).filter(|_| owed.due <= now);
            if let Some(rule) = rule {
                let place = Place { mailbox: &case.mailbox, owner: owed.owner.as_ref() };
                owed.said = None;
                owed.fall_due(deadline::due(policy, rule, place, now));
            }
            case.obligations.push(owed);
        }
        case.phase = Phase::Open;
        self.tell(What::CameBack, None, "the answer did not arrive".to_owned());
    }

    /// Tells the contact when the answer comes, in the name of whoever asks for it.
    pub(super) fn tell_when(&mut self, by: &PersonId, due: Timestamp) -> Result<(), Illegal> {
        let case = self.case.number;
        if self.case.internal {
            return Err(Illegal::Colleague { case });
        }
        if !self.case.contact.address.is_reachable() {
            return Err(Illegal::NoAddress { case });
        }
        if !self.case.is_owed() {
            return Err(Illegal::NothingOwed { case, what: "put off" });
        }
        if due <= self.now {
            return Err(Illegal::Past);
        }
        if !self.policy.writes_to_contacts {
            return Err(Illegal::Shadow);
        }
        // They were told so already, and nobody is told the same twice.
        if self.case.owes(Kind::Promise).is_some_and(|promise| promise.due == due) {
            return Err(Illegal::Already { case, state: "promised for then" });
        }
        let words = "told when the answer comes, by a note from owed in their name".to_owned();
        self.answer(&Answer {
            message: None,
            parents: Vec::new(),
            by: Some(by.clone()),
            at: self.now,
            how: "by a note that says when".to_owned(),
            adequate: Adequate::Told,
            pledge: Some(Pledge { words, due: Some(due) }),
        })?;
        let obligation = self.case.owes(Kind::Promise).map_or(0, |promise| promise.seq);
        let to = Recipient { address: self.case.contact.address.clone(), person: None };
        self.notify(obligation, Purpose::TellWhen, to);
        Ok(())
    }

    /// Puts right what was understood of a promise.
    pub(super) fn correct(
        &mut self,
        seq: u32,
        by: &PersonId,
        due: Option<Timestamp>,
    ) -> Result<(), Illegal> {
        let (case, now) = (self.case.number, self.now);
        let wanted = |o: &&mut Obligation| o.seq == seq && o.kind == Kind::Promise && o.is_open();
        let promise = self.case.obligations.iter_mut().find(wanted);
        let promise = promise.ok_or(Illegal::NoPromise { case })?;
        let reason = match due {
            Some(due) if due <= now => return Err(Illegal::Past),
            Some(due) => {
                promise.due = due;
                "it was promised for then, as its owner says".clone_into(&mut promise.because);
                "what was promised is put right"
            }
            None => {
                promise.state = State::Dropped { at: now };
                "it was no promise"
            }
        };
        let reason = format!("{reason} (by {})", self.name_of(by));
        self.tell(What::Corrected, Some(by), reason);
        Ok(())
    }

    /// Writes to somebody about an obligation, outside of its ladder.
    pub(super) fn notify(&mut self, obligation: u32, purpose: Purpose, to: Recipient) {
        let occurrence = self.moment();
        let notice = Notice { obligation, rung: 0, occurrence, to, purpose };
        self.effects.push(Effect::Notice(notice));
    }
}

impl Returned {
    /// Whether it is what ended this, and was the last word: one that came before its
    /// question ended that when it came.
    fn met(&self, obligation: &Obligation, answered_at: Option<Timestamp>) -> bool {
        let State::Met { at, .. } = obligation.state else { return false };
        answered_at == Some(at) && at == self.sent.max(obligation.since)
    }
}

impl Answer {
    fn meets_any(&self, obligations: &[Obligation]) -> bool {
        obligations.iter().any(|obligation| self.meets(obligation))
    }

    /// Whether it meets this. A promise is kept by what is said after it, and replaced by
    /// another made at the same moment.
    fn meets(&self, obligation: &Obligation) -> bool {
        match obligation.kind {
            Kind::Reply | Kind::Update => self.is_for(obligation),
            Kind::Promise if self.pledge.is_some() => {
                obligation.is_open() && obligation.since <= self.at
            }
            Kind::Promise => obligation.is_open() && obligation.since < self.at,
            Kind::Resolution => false,
        }
    }

    /// Whether it can meet this: the waiting had begun when it was given, or it
    /// names the very message that began it, whatever two servers' clocks say.
    fn is_for(&self, obligation: &Obligation) -> bool {
        let named = obligation.message.as_ref().is_some_and(|id| self.parents.contains(id));
        obligation.waits_at(self.at) || (obligation.is_open() && named)
    }

    fn entry(&self, due: Option<Timestamp>, promised: bool) -> Entry {
        let reason = match due {
            None if promised => format!("{}, with another word on when", self.how),
            None => format!("{}, though nothing was owed", self.how),
            Some(due) if self.at <= due => format!("{}, in time", self.how),
            Some(_) => format!("{}, after it was due", self.how),
        };
        let mut entry = Entry::new(self.at, What::Answered, reason).about(self.message.as_ref());
        entry.owner.clone_from(&self.by);
        entry.due = due;
        entry
    }

    fn kept(&self, promise: &Obligation) -> Entry {
        let (what, when) = if self.at <= promise.due {
            (What::PromiseKept, "in time")
        } else {
            (What::Answered, "after the promised time")
        };
        let mut entry = Entry::new(self.at, what, format!("{}, {when}", self.how));
        entry.owner = self.by.clone().or_else(|| promise.owner.clone());
        entry.due = Some(promise.due);
        entry.rule = Some(promise.rule.clone());
        entry.about(self.message.as_ref())
    }
}
