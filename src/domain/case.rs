//! The case: one conversation, as a pure state machine.
//!
//! [`Case::step`] takes a fact or the passing of time and returns the next
//! state with what is to be written down and whom to write to. [`Case::wake_at`]
//! says when time alone will change something: that is the case's one alarm.
//!
//! The unit is the waiting period. It opens with the first unanswered message
//! and closes with the first adequate answer; what the contact writes in
//! between never restarts the clock.

use jiff::Timestamp;

use super::deadline::{self, Place};
use super::effect::{Effect, Entry, Notice, Purpose, What};
use super::ids::{Address, CaseNumber, MessageId, Party, PersonId};
use super::obligation::{Kind, Obligation, State};
use super::policy::Policy;
use super::rule::{Rule, Traits};

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub number: CaseNumber,
    /// Its subject, as first written.
    pub subject: String,
    /// Who waits.
    pub contact: Party,
    /// Whether the contact is a colleague.
    pub internal: bool,
    /// The mailbox it came to.
    pub mailbox: Address,
    /// The addresses an answer may go to: who wrote in this case, and whom they
    /// addressed beside us.
    pub side: Vec<Address>,
    /// Who of us answered last.
    pub answerer: Option<PersonId>,
    /// When we answered last.
    pub answered_at: Option<Timestamp>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When anything was last said in it.
    pub last_at: Timestamp,
    /// Whether it is at an end.
    pub phase: Phase,
    /// What is owed, and what was, oldest first.
    pub obligations: Vec<Obligation>,
}

/// Whether a case is at an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is not.
    Open,
    /// It was closed.
    Closed {
        /// When.
        at: Timestamp,
    },
}

/// What can happen to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The other side wrote.
    Received(Received),
    /// Our side wrote, or says that it answered.
    Answered(Answer),
    /// Somebody of us judged that no answer is needed.
    Dismissed {
        /// Who, in words.
        by: String,
        /// Why.
        reason: String,
    },
    /// The clock reached the alarm.
    TimePassed,
}

/// A message of the other side, with what was judged of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its Message-ID.
    pub message: Option<MessageId>,
    /// Who wrote it, where answers are wanted.
    pub from: Party,
    /// Its subject.
    pub subject: String,
    /// When we accepted it.
    pub at: Timestamp,
    /// Which of our mailboxes it is for.
    pub mailbox: Address,
    /// Everybody it is addressed to, ours and others.
    pub to: Vec<Address>,
    /// Addresses that an answer may go to beside its writer's.
    pub also: Vec<Address>,
    /// What its writer wrote.
    pub text: String,
    /// Whether it is from a colleague.
    pub internal: bool,
    /// What it asks of us.
    pub need: Need,
    /// Why, in words.
    pub reason: String,
}

/// What a message asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// An answer.
    Reply,
    /// An answer where the rule counts messages in which we are only in Cc.
    ReplyIfCopied,
    /// The answer that is owed already.
    Again,
    /// Nothing any more: it says that the matter is settled.
    Settled,
    /// Nothing.
    Nothing,
}

/// An answer of our side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its Message-ID, where it is a mail.
    pub message: Option<MessageId>,
    /// The messages that it names as what it answers.
    pub parents: Vec<MessageId>,
    /// Who gave it, where that is known.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// How: `by mail`, `by phone`.
    pub how: String,
    /// Whether it can meet what is owed.
    pub adequate: Adequate,
}

/// Whether an answer can meet what is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adequate {
    /// It is a person's, it is vouched for, and it went to these.
    To(Vec<Address>),
    /// It was told by hand.
    Told,
    /// It cannot; why, in words.
    No(String),
}

/// What a step leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The next state.
    pub next: Case,
    /// What is to be written down, and whom to write to.
    pub effects: Vec<Effect>,
}

/// An event that the present state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing is owed in {case}, so there is nothing to {what}")]
pub struct Illegal {
    /// The case.
    pub case: CaseNumber,
    /// What was tried, as a verb.
    pub what: &'static str,
}

impl Case {
    /// A case that begins with this message; nothing is owed in it yet.
    pub fn begin(number: CaseNumber, first: &Received) -> Self {
        Self {
            number,
            subject: first.subject.clone(),
            contact: first.from.clone(),
            internal: first.internal,
            mailbox: first.mailbox.clone(),
            side: Vec::new(),
            answerer: None,
            answered_at: None,
            opened_at: first.at,
            last_at: first.at,
            phase: Phase::Open,
            obligations: Vec::new(),
        }
    }

    /// What is owed now.
    pub fn open(&self) -> impl Iterator<Item = &Obligation> {
        self.obligations.iter().filter(|obligation| obligation.is_open())
    }

    /// Whether anything is owed now.
    pub fn is_owed(&self) -> bool {
        self.open().next().is_some()
    }

    /// When time alone will change something: the case's one alarm.
    pub fn wake_at(&self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        self.open().filter_map(|o| o.wake_at(policy, &self.mailbox, now)).min()
    }

    /// What happens to the case when `event` does.
    pub fn step(self, event: Event, policy: &Policy, now: Timestamp) -> Result<Step, Illegal> {
        let mut stepping = Stepping { case: self, effects: Vec::new() };
        match event {
            Event::Received(message) => stepping.receive(&message, policy),
            Event::Answered(answer) => stepping.answer(&answer)?,
            Event::Dismissed { by, reason } => stepping.dismiss(&by, &reason, now)?,
            Event::TimePassed => stepping.pass_time(policy, now),
        }
        Ok(Step { next: stepping.case, effects: stepping.effects })
    }
}

/// A step in the making.
struct Stepping {
    case: Case,
    effects: Vec<Effect>,
}

impl Stepping {
    fn receive(&mut self, message: &Received, policy: &Policy) {
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
        match message.need {
            Need::Nothing => self.note(message, What::Ignored, message.reason.clone()),
            Need::Settled => self.settle(message),
            Need::Again if self.waits_since(message.at) => self.chase(message),
            Need::Reply | Need::ReplyIfCopied | Need::Again => self.owe(message, policy),
        }
    }

    fn owe(&mut self, message: &Received, policy: &Policy) {
        if self.case.is_owed() {
            return;
        }
        if self.case.answered_at.is_some_and(|answered| answered >= message.at) {
            let reason = "our answer was given after it was written".to_owned();
            return self.note(message, What::Ignored, reason);
        }
        let Some(rule) = policy.rule_for(message.traits()) else {
            return self.note(message, What::Ignored, "no rule is for this message".to_owned());
        };
        if message.need == Need::ReplyIfCopied && !rule.cc {
            return self.note(message, What::Ignored, "we are only in Cc".to_owned());
        }
        if let Phase::Closed { .. } = self.case.phase {
            self.case.phase = Phase::Open;
            self.note(message, What::Reopened, "the contact wrote again".to_owned());
        }
        // Who waits may be another of their side than the one who wrote first.
        self.case.contact = message.from.clone();
        let obligation = self.obligation(message, rule, policy);
        let mut entry = Entry::new(message.at, What::Owed, obligation.because.clone());
        entry.owner.clone_from(&obligation.owner);
        entry.due = Some(obligation.due);
        entry.rule = Some(rule.name.clone());
        if !obligation.enforced {
            entry.reason = format!("{}; older than enforce_from, so only listed", entry.reason);
        }
        self.case.obligations.push(obligation);
        self.write(entry.about(message.message.as_ref()));
    }

    fn obligation(&self, message: &Received, rule: &Rule, policy: &Policy) -> Obligation {
        let personal = !policy.roster.mailboxes.contains_key(&self.case.mailbox);
        let holder = policy.roster.person_at(&self.case.mailbox).map(|person| person.id.clone());
        let owner = if personal { holder } else { self.case.answerer.clone() };
        let place = Place { mailbox: &self.case.mailbox, owner: owner.as_ref() };
        let due = deadline::due(policy, rule, place, message.at);
        Obligation {
            seq: u32::try_from(self.case.obligations.len() + 1).unwrap_or(u32::MAX),
            kind: Kind::Reply,
            message: message.message.clone(),
            owner,
            since: message.at,
            due: due.at,
            because: due.because,
            rule: rule.name.clone(),
            enforced: policy.enforce_from.is_none_or(|from| message.at >= from),
            chases: 0,
            told: None,
            state: State::Open,
        }
    }

    fn chase(&mut self, message: &Received) {
        let mut chases = 0;
        for obligation in self.case.obligations.iter_mut().filter(|o| o.waits_at(message.at)) {
            obligation.chases = obligation.chases.saturating_add(1);
            chases = chases.max(obligation.chases);
        }
        let times = if chases == 1 { "once".to_owned() } else { format!("{chases} times") };
        self.note(message, What::Chased, format!("asked again {times} while the answer is owed"));
    }

    fn settle(&mut self, message: &Received) {
        if self.waits_since(message.at) {
            self.drop_all(message.at, message.at);
            self.note(message, What::Settled, message.reason.clone());
        } else {
            self.note(message, What::Ignored, message.reason.clone());
        }
    }

    fn answer(&mut self, answer: &Answer) -> Result<(), Illegal> {
        let case = &mut self.case;
        let why_not = match &answer.adequate {
            Adequate::No(why) => Some(why.clone()),
            Adequate::To(to) if !to.iter().any(|address| case.side.contains(address)) => {
                Some("it is not addressed to who waits".to_owned())
            }
            Adequate::Told if !case.obligations.iter().any(|o| answer.is_for(o)) => {
                return Err(Illegal { case: case.number, what: "answer" });
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
        if answer.by.is_some() {
            case.answerer.clone_from(&answer.by);
        }
        let waited: Vec<&mut Obligation> = (case.obligations.iter_mut())
            .filter(|o| o.kind == Kind::Reply && answer.is_for(o))
            .collect();
        let due = waited.iter().map(|o| o.due).min();
        for obligation in waited {
            obligation.state = State::Met { at: answer.at, by: answer.by.clone() };
        }
        self.write(answer.entry(due));
        Ok(())
    }

    fn dismiss(&mut self, by: &str, reason: &str, now: Timestamp) -> Result<(), Illegal> {
        if !self.case.is_owed() {
            return Err(Illegal { case: self.case.number, what: "dismiss" });
        }
        self.drop_all(Timestamp::MAX, now);
        self.write(Entry::new(now, What::Dismissed, format!("{reason} (by {by})")));
        Ok(())
    }

    fn pass_time(&mut self, policy: &Policy, now: Timestamp) {
        let Case { obligations, mailbox, .. } = &mut self.case;
        for obligation in obligations {
            while let Some(notice) = obligation.climb(policy, mailbox, now) {
                let entry = told(obligation, &notice, now);
                self.effects.extend([Effect::Journal(entry), Effect::Notice(notice)]);
            }
        }
    }

    /// Whether anything is owed that was waited for by `at`.
    fn waits_since(&self, at: Timestamp) -> bool {
        self.case.obligations.iter().any(|obligation| obligation.waits_at(at))
    }

    /// Ends, as of `now`, what is owed and was waited for by `at`.
    fn drop_all(&mut self, at: Timestamp, now: Timestamp) {
        for obligation in self.case.obligations.iter_mut().filter(|o| o.waits_at(at)) {
            obligation.state = State::Dropped { at: now };
        }
    }

    fn note(&mut self, message: &Received, what: What, reason: String) {
        self.write(Entry::new(message.at, what, reason).about(message.message.as_ref()));
    }

    fn write(&mut self, entry: Entry) {
        self.effects.push(Effect::Journal(entry));
    }
}

/// The entry that says whom a step of the ladder told.
fn told(obligation: &Obligation, notice: &Notice, now: Timestamp) -> Entry {
    let what = match notice.purpose {
        Purpose::Remind => What::Reminded,
        Purpose::Escalate => What::Escalated,
    };
    let state = if obligation.due <= now { "overdue" } else { "due soon" };
    let mut entry = Entry::new(now, what, format!("{state}: {}", obligation.because));
    entry.owner.clone_from(&obligation.owner);
    entry.to = Some(notice.to.address.clone());
    entry.due = Some(obligation.due);
    entry.rule = Some(obligation.rule.clone());
    entry
}

impl Received {
    /// What rules look at.
    pub fn traits(&self) -> Traits<'_> {
        Traits {
            internal: self.internal,
            from: &self.from.address,
            to: &self.to,
            subject: &self.subject,
            text: &self.text,
        }
    }
}

impl Answer {
    /// Whether it can meet this: the waiting had begun when it was given, or it
    /// names the very message that began it, whatever two servers' clocks say.
    fn is_for(&self, obligation: &Obligation) -> bool {
        let named = obligation.message.as_ref().is_some_and(|id| self.parents.contains(id));
        obligation.waits_at(self.at) || (obligation.is_open() && named)
    }

    fn entry(&self, due: Option<Timestamp>) -> Entry {
        let reason = match due {
            None => format!("{}, though nothing was owed", self.how),
            Some(due) if self.at <= due => format!("{}, in time", self.how),
            Some(_) => format!("{}, after it was due", self.how),
        };
        let mut entry = Entry::new(self.at, What::Answered, reason).about(self.message.as_ref());
        entry.owner.clone_from(&self.by);
        entry.due = due;
        entry
    }
}

#[cfg(test)]
mod tests;
