//! Time passes, mails do not arrive, and the organisation changes its mind.

use super::{Asked, Stepping};
use crate::domain::check_in;
use crate::domain::deadline::{self, Place};
use crate::domain::effect::{Effect, Entry, Notice, Purpose, What};
use crate::domain::ids::PersonId;
use crate::domain::obligation::{Kind, Obligation, State};
use crate::domain::roster::{Recipient, recipient};

impl Stepping<'_> {
    pub(super) fn pass_time(&mut self) {
        self.note_broken();
        self.climb();
        let quiet = self.case.closes_at(self.policy).is_some_and(|at| at <= self.now);
        if quiet {
            self.end("nothing was said for as long as the rule waits");
            self.finish_by_closing(None, None);
        }
    }

    fn note_broken(&mut self) {
        let now = self.now;
        let promises = self.case.obligations.iter_mut();
        let broken = promises.filter_map(|o| o.note_broken(now).then(|| broken(o)));
        let broken: Vec<Effect> = broken.map(Effect::Journal).collect();
        self.effects.extend(broken);
    }

    fn climb(&mut self) {
        let (policy, now) = (self.policy, self.now);
        let mailbox = &self.case.mailbox;
        let asks = policy.roster.person_at(&self.case.contact.address).map(|person| &person.id);
        let own = |notice: &Notice| asks.is_some() && notice.to.person.as_ref() == asks;
        for obligation in &mut self.case.obligations {
            while let Some(mut notice) = obligation.climb(policy, mailbox, now) {
                // Whoever stands in for an owner, or is above them, may be who asked them.
                if own(&notice) {
                    notice.to = policy.roster.above(asks, 1, now).unwrap_or(notice.to);
                }
                let entry = told(obligation, &notice, now);
                self.effects.extend([Effect::Journal(entry), Effect::Notice(notice)]);
            }
        }
    }

    /// Whoever cannot be reached is passed over: the next above is told instead.
    pub(super) fn undelivered(&mut self, notice: &Notice, why: &str) {
        let next = self.next_above(&notice.to);
        let mut entry = Entry::new(self.now, What::Unreachable, why.to_owned());
        entry.to = Some(notice.to.address.clone());
        if next.is_none() && notice.purpose.is_step() {
            entry.reason.push_str("; nobody is above them, so nobody is told");
        }
        self.write(entry);
        match notice.purpose {
            Purpose::TellWhen | Purpose::Answer => return self.unsay(notice),
            Purpose::Receipt => return self.unacknowledge(notice),
            Purpose::CheckIn => {
                // One that is over already does not mind.
                let bounced = check_in::Event::Bounced(why.to_owned());
                return drop(self.check_in(Some(notice.obligation), bounced));
            }
            _ => {}
        }
        let obligation = self.case.obligations.iter().find(|o| o.seq == notice.obligation);
        let Some(obligation) = obligation.filter(|o| o.is_open() && notice.purpose.is_step())
        else {
            return;
        };
        let Some(to) = next else { return };
        let next = Notice { to, purpose: Purpose::Escalate, ..notice.clone() };
        let entry = told(obligation, &next, self.now);
        self.effects.extend([Effect::Journal(entry), Effect::Notice(next)]);
    }

    /// What was written down as told was not, because there was nothing to tell any more.
    pub(super) fn unsaid(&mut self, notice: &Notice) {
        let why = match notice.purpose {
            Purpose::Receipt => "it was settled before, or too late for a receipt",
            purpose if purpose.is_journalled() => "it was settled before",
            _ => return,
        };
        let mut entry = Entry::new(self.now, What::Unsaid, format!("not sent: {why}"));
        entry.to = Some(notice.to.address.clone());
        self.write(entry);
        if notice.purpose == Purpose::Receipt {
            self.unacknowledge(notice);
        }
    }

    /// The contact was not told by when they hear, so it is due when the rule says.
    fn unacknowledge(&mut self, receipt: &Notice) {
        let Self { case, policy, .. } = self;
        let mut open = case.obligations.iter_mut().filter(|o| o.is_open());
        let Some(reply) = open.find(|o| o.seq == receipt.obligation) else { return };
        reply.said = None;
        if let Some(rule) = policy.rule(&reply.rule) {
            let place = Place { mailbox: &case.mailbox, owner: reply.owner.as_ref() };
            reply.fall_due(deadline::due(policy, rule, place, reply.since));
        }
    }

    /// Who is told instead of somebody; nobody is above the last resort.
    fn next_above(&self, unreachable: &Recipient) -> Option<Recipient> {
        let roster = &self.policy.roster;
        let next = roster.above(unreachable.person.as_ref(), 1, self.now)?;
        (next.address != unreachable.address).then_some(next)
    }

    /// What the contact was told did not reach them after all: what it met is owed again,
    /// since when and until when it was before, and nothing in it is promised.
    fn unsay(&mut self, notice: &Notice) {
        let told = self.case.obligations.iter().find(|o| o.seq == notice.obligation);
        let told_at = told.and_then(|o| match (notice.purpose, &o.state) {
            (Purpose::TellWhen, State::Open) => Some(o.since),
            (Purpose::Answer, State::Met { at, .. }) => Some(*at),
            _ => None,
        });
        let Some(told_at) = told_at else { return };
        let promise = |o: &&mut Obligation| o.kind == Kind::Promise && o.waits_at(told_at);
        for promise in self.case.obligations.iter_mut().filter(promise) {
            promise.state = State::Dropped { at: self.now };
        }
        // Whoever wrote again meanwhile waits already.
        if self.case.owes(Kind::Reply).is_some() {
            return;
        }
        let met = |o: &&mut Obligation| matches!(o.state, State::Met { at, .. } if at == told_at);
        for obligation in self.case.obligations.iter_mut().filter(met) {
            obligation.state = State::Open;
        }
    }

    /// Due times are given anew. What was told to the contact stays, steps that
    /// were told stay told, and a time that has passed meanwhile tells the
    /// highest step.
    pub(super) fn rederive(&mut self, asked: &[Asked]) {
        self.let_go();
        let seqs: Vec<u32> = self.case.open().map(|o| o.seq).collect();
        for seq in seqs {
            let asked = asked.iter().find(|asked| asked.seq == seq);
            self.rederive_one(seq, asked);
        }
    }

    /// What was somebody's who is not here any more is whose it is without them. They hear
    /// of it: whoever was told before was told of another's.
    fn let_go(&mut self) {
        let (policy, now) = (self.policy, self.now);
        let gone = |id: &PersonId| policy.roster.hand(id).is_none();
        self.case.holder.take_if(|holder| gone(holder));
        self.case.answerer.take_if(|answerer| gone(answerer));
        self.case.offer.take_if(|offer| gone(&offer.to) || gone(&offer.by));
        let theirs = |o: &&Obligation| o.is_open() && o.owner.as_ref().is_some_and(gone);
        let first = self.case.obligations.iter().filter(theirs).min_by_key(|o| o.rank(now));
        let Some(Obligation { seq, owner: Some(left), enforced, .. }) = first.cloned() else {
            return;
        };
        let owner = self.case.owner(policy, now);
        for obligation in self.case.obligations.iter_mut().filter(|o| o.is_open()) {
            if obligation.owner.as_ref().is_some_and(gone) {
                obligation.owner.clone_from(&owner);
            }
        }
        let reason = format!("{} is not here any more", self.name_of(&left));
        self.tell(What::Rederived, owner.as_ref(), reason);
        let place = Place { mailbox: &self.case.mailbox, owner: owner.as_ref() };
        let person = deadline::responsible(policy, place, now).and_then(recipient);
        let to = person.or_else(|| policy.roster.above(owner.as_ref(), 1, now));
        if let Some(to) = to.filter(|_| enforced) {
            self.tell_at_work(seq, Purpose::Remind, (to, "told that it is theirs".to_owned()));
        }
    }

    fn rederive_one(&mut self, seq: u32, asked: Option<&Asked>) {
        let (policy, now) = (self.policy, self.now);
        let mailbox = self.case.mailbox.clone();
        let Some(obligation) = self.case.obligations.iter_mut().find(|o| o.seq == seq) else {
            return;
        };
        let rule = match asked {
            Some(asked) => policy.rule_for(asked.traits()),
            None => policy.rule(&obligation.rule).or_else(|| policy.rules.last()),
        };
        let Some(rule) = rule else {
            obligation.state = State::Dropped { at: now };
            let reason = "no rule is for it any more, since the configuration changed".to_owned();
            return self.tell(What::Dismissed, None, reason);
        };
        obligation.enforced = policy.enforce_from.is_none_or(|from| obligation.since >= from);
        let another = (obligation.rule != rule.name).then(|| match asked {
            Some(asked) => rule.because(asked.traits()),
            None => format!("rule “{}”", rule.name),
        });
        obligation.rule.clone_from(&rule.name);
        if obligation.kind != Kind::Reply {
            return;
        }
        let place = Place { mailbox: &mailbox, owner: obligation.owner.as_ref() };
        let due = deadline::due(policy, rule, place, obligation.since);
        let before = obligation.due;
        obligation.fall_due(due);
        let changed = obligation.due != before;
        let reason = match (changed, another) {
            (false, None) => return,
            (true, None) => format!("the due time changed: {}", obligation.because),
            (_, Some(why)) => format!("another rule is for it now: {}; {why}", obligation.because),
        };
        let mut entry = entry(obligation, now, What::Rederived);
        entry.reason = reason;
        self.write(entry);
    }
}

/// The entry that says whom a step of the ladder told.
fn told(obligation: &Obligation, notice: &Notice, now: jiff::Timestamp) -> Entry {
    let what = match notice.purpose {
        Purpose::Remind => What::Reminded,
        _ => What::Escalated,
    };
    let moved_up = obligation.hastened.is_some_and(|moved| notice.rung <= moved.rung);
    let state = match (obligation.due <= now, moved_up) {
        (true, _) => "overdue",
        (false, true) => "at once, before it is due",
        (false, false) => "due soon",
    };
    let mut entry = entry(obligation, now, what);
    entry.reason = format!("{state}: {}", obligation.because);
    entry.to = Some(notice.to.address.clone());
    entry
}

fn broken(promise: &Obligation) -> Entry {
    // The moment of breaking is the promised one, however late owed looks.
    let mut entry = entry(promise, promise.due, What::PromiseBroken);
    entry.reason = format!("“{}”", promise.words.as_deref().unwrap_or("a promise"));
    entry
}

/// What an entry says of an obligation itself.
fn entry(obligation: &Obligation, at: jiff::Timestamp, what: What) -> Entry {
    let mut entry = Entry::new(at, what, String::new());
    entry.owner.clone_from(&obligation.owner);
    entry.due = Some(obligation.due);
    entry.rule = Some(obligation.rule.clone());
    entry
}
