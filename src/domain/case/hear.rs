//! The other side writes: what becomes owed, asked again, or settled.

use jiff::Timestamp;

use super::{Need, Phase, Received, Stepping};
use crate::domain::check_in::End;
use crate::domain::deadline::{self, Due, Place};
use crate::domain::effect::{Entry, Purpose, What};
use crate::domain::ids::PersonId;
use crate::domain::obligation::Kind;
use crate::domain::roster::Recipient;
use crate::domain::rule::{Channel, Rule};

impl Stepping<'_> {
    pub(super) fn receive(&mut self, message: &Received) {
        let case = &mut self.case;
        case.last_at = case.last_at.max(message.at);
        let known = case.side.is_empty() || case.side.contains(&message.from.address);
        for address in std::iter::once(&message.from.address).chain(&message.also) {
            if !case.side.contains(address) {
                case.side.push(address.clone());
            }
        }
        let mut heard = Entry::new(message.at, What::Received, message.reason.clone());
        if !known {
            heard.reason =
                format!("{}; {} is new in this case", heard.reason, message.from.address);
        }
        self.write(heard.about(message.message.as_ref()));
        let of_job = match message.need {
            Need::Fine(job) if known => self.hear_of_job(job, message, End::Fine),
            Need::NotFine(job) => self.hear_of_job(job, message, End::NotFine),
            _ => false,
        };
        match message.need {
            Need::Fine(_) | Need::NotFine(_) if of_job => {}
            // A stranger's word does not end what is owed to somebody else.
            Need::Settled if known => self.settle(message),
            Need::Nothing | Need::Fine(_) | Need::Settled => {
                self.note(message, What::Ignored, message.reason.clone());
            }
            Need::Again if self.waits_since(message.at) => self.chase(message),
            Need::Reply | Need::ReplyIfCopied | Need::Again | Need::NotFine(_) => {
                self.owe(message);
            }
        }
        if message.complaint {
            self.hasten(message.at);
        }
    }

    fn owe(&mut self, message: &Received) {
        if self.case.owes(Kind::Reply).is_some() {
            return;
        }
        if self.case.answered_at.is_some_and(|answered| answered >= message.at) {
            let reason = "our answer was given after it was written".to_owned();
            return self.note(message, What::Ignored, reason);
        }
        let policy = self.policy;
        let Some(rule) = policy.rule_for(message.traits()) else {
            return self.note(message, What::Ignored, "no rule is for this message".to_owned());
        };
        if message.need == Need::ReplyIfCopied && !rule.cc {
            return self.note(message, What::Ignored, "we are only in Cc".to_owned());
        }
        let mut in_words = false;
        if let Phase::Closed { .. } = self.case.phase {
            let asked = self.case.asks_about(message.answers).filter(|job| job.check_in.asked > 0);
            let asked = asked.map(|job| job.seq);
            in_words = asked.is_some_and(|job| self.hear_of_job(job, message, End::InWords));
            self.case.phase = Phase::Open;
            self.note(message, What::Reopened, "the contact wrote again".to_owned());
        }
        // Who waits may be another of their side than the one who wrote first.
        self.case.contact = message.from.clone();
        // Whom they name is whom they wait for, unless somebody here took the case.
        let named = message.named.as_ref().filter(|_| self.case.holder.is_none());
        self.owe_reply(rule, message.at, named);
        if let Some(reply) = self.case.obligations.last_mut() {
            reply.message.clone_from(&message.message);
        }
        self.write_owed(rule, message);
        if in_words {
            self.ask_what_it_means();
        }
        self.acknowledge(rule, message);
        if message.channel == Channel::Concern {
            self.pass_concern();
        }
        self.owe_resolution(rule, message.at);
    }

    /// Opens the waiting period that began at `since`, for somebody to end who is named, or
    /// whose the case is.
    pub(super) fn owe_reply(&mut self, rule: &Rule, since: Timestamp, named: Option<&PersonId>) {
        let owner = named.cloned().or_else(|| self.case.owner(self.policy, since));
        let place = Place { mailbox: &self.case.mailbox, owner: owner.as_ref() };
        let due = deadline::due(self.policy, rule, place, since);
        self.open_for(owner, Kind::Reply, rule, (since, due));
    }

    /// Tells whoever begins a case who has it and until when, where the rule wants that
    /// and there is somebody to name. It is a promise, and no answer.
    fn acknowledge(&mut self, rule: &Rule, message: &Received) {
        let Self { case, policy, .. } = self;
        let begins = case.answered_at.is_none() && case.obligations.len() == 1;
        if !(rule.receipt && message.receipt && begins && case.takes_letters(policy)) {
            return;
        }
        let Some(reply) = case.obligations.last_mut().filter(|reply| reply.enforced) else {
            return;
        };
        let place = Place { mailbox: &case.mailbox, owner: reply.owner.as_ref() };
        let Some(person) = deadline::responsible(policy, place, message.at) else { return };
        reply.said = Some(reply.due);
        let mut entry = Entry::new(message.at, What::Acknowledged, String::new());
        entry.reason = format!("told by a receipt that {} answers", person.name);
        entry.to = Some(message.from.address.clone());
        entry.due = Some(reply.due);
        let (seq, address) = (reply.seq, message.from.address.clone());
        self.write(entry.about(message.message.as_ref()));
        self.notify(seq, Purpose::Receipt, Recipient { address, person: None });
    }

    /// A concern reaches whoever answers it by owed alone.
    fn pass_concern(&mut self) {
        let Some(reply) = self.case.owes(Kind::Reply) else { return };
        let address = self.case.mailbox.clone();
        let reads = || self.policy.roster.hand_at(&address).map(|reader| reader.id);
        let (seq, person) = (reply.seq, reply.owner.clone().or_else(reads));
        let to = Recipient { address, person };
        self.tell_at_work(seq, Purpose::Hear, (to, "told of the concern".to_owned()));
    }

    fn owe_resolution(&mut self, rule: &Rule, since: Timestamp) {
        let Some(amount) = rule.resolve_within else { return };
        if self.case.owes(Kind::Resolution).is_none() {
            let at = self.calendar(since).add(since, amount);
            let because = format!("the rule gives the whole matter {}", deadline::in_words(amount));
            self.open(Kind::Resolution, rule, (since, Due { at, because }));
        }
    }

    fn write_owed(&mut self, rule: &Rule, message: &Received) {
        let Some(reply) = self.case.owes(Kind::Reply) else { return };
        let reason = format!("{}; {}", reply.because, rule.because(message.traits()));
        let mut entry = Entry::new(message.at, What::Owed, reason);
        entry.owner.clone_from(&reply.owner);
        entry.due = Some(reply.due);
        entry.rule = Some(reply.rule.clone());
        if !reply.enforced {
            entry.reason = format!("{}; older than enforce_from, so only listed", entry.reason);
        }
        self.write(entry.about(message.message.as_ref()));
    }

    fn chase(&mut self, message: &Received) {
        let mut chases = 0;
        let awaited = |kind: Kind| kind.is_awaited();
        let waiting = self.case.obligations.iter_mut().filter(|o| o.waits_at(message.at));
        for obligation in waiting.filter(|o| awaited(o.kind)) {
            obligation.chases = obligation.chases.saturating_add(1);
            chases = chases.max(obligation.chases);
        }
        let times = if chases == 1 { "once".to_owned() } else { format!("{chases} times") };
        self.note(message, What::Chased, format!("asked again {times} while the answer is owed"));
        self.hasten(message.at);
    }

    /// Who asks again or complains is heard of at once: the next step is taken.
    fn hasten(&mut self, at: Timestamp) {
        let waiting = self.case.obligations.iter_mut().filter(|o| o.waits_at(at));
        let urgent = waiting.filter(|o| o.kind.is_awaited()).min_by_key(|o| o.due);
        if let Some(obligation) = urgent {
            obligation.hasten(at);
        }
    }

    fn settle(&mut self, message: &Received) {
        if self.waits_since(message.at) {
            self.drop_all(message.at, message.at);
            self.note(message, What::Settled, message.reason.clone());
        } else {
            self.note(message, What::Ignored, message.reason.clone());
        }
    }

    fn note(&mut self, message: &Received, what: What, reason: String) {
        self.write(Entry::new(message.at, what, reason).about(message.message.as_ref()));
    }
}
