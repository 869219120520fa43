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

use super::calendar::Calendar;
use super::check_in::{End, Stage};
use super::deadline::{self, Place};
use super::effect::{Effect, Entry, Notice, Purpose, What};
use super::ids::{Address, CaseNumber, Party, PersonId};
use super::job::{Done, Job};
use super::obligation::{Hastened, Kind, Obligation, State};
use super::policy::Policy;
use super::rule::Rule;

mod act;
mod answer;
mod event;
mod hear;
mod job;
mod regroup;
mod time;

pub use event::{Adequate, Answer, Asked, Event, Illegal, Need, Pledge, Received, Returned};

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
    /// Who took the case, whoever owed it before.
    pub holder: Option<PersonId>,
    /// Whom somebody asked to take it, and has no word of yet.
    pub offer: Option<Offer>,
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
    /// What was done in it, oldest first.
    pub jobs: Vec<Job>,
}

/// A hand-over that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Who is asked.
    pub to: PersonId,
    /// Who asks.
    pub by: PersonId,
    /// Since when.
    pub at: Timestamp,
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
    /// It was made one with another case, which has all of it since.
    GoesOn {
        /// When.
        at: Timestamp,
        /// In which.
        into: CaseNumber,
    },
}

/// What a step leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The next state.
    pub next: Case,
    /// What is to be written down, and whom to write to.
    pub effects: Vec<Effect>,
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
            holder: None,
            offer: None,
            answered_at: None,
            opened_at: first.at,
            last_at: first.at,
            phase: Phase::Open,
            obligations: Vec::new(),
            jobs: Vec::new(),
        }
    }

    /// A case in which nobody wrote: it was closed with a job, which is still to be told
    /// of it.
    pub fn of_job(number: CaseNumber, contact: Party, mailbox: Address, done: &Done) -> Self {
        let at = done.closed_at;
        Self {
            number,
            subject: done.title.clone(),
            side: vec![contact.address.clone()],
            contact,
            internal: false,
            mailbox,
            answerer: None,
            holder: None,
            offer: None,
            answered_at: None,
            opened_at: at,
            last_at: at,
            phase: Phase::Closed { at },
            obligations: Vec::new(),
            jobs: Vec::new(),
        }
    }

    /// What is owed now.
    pub fn open(&self) -> impl Iterator<Item = &Obligation> {
        self.obligations.iter().filter(|obligation| obligation.is_open())
    }

    /// Whether the contact waits for something now.
    pub fn is_owed(&self) -> bool {
        self.open().any(|obligation| obligation.kind.is_awaited())
    }

    /// Whether its contact may be written to: not a colleague, not somebody of whom only
    /// a number or a name is known, and nobody while owed is only tried out.
    pub fn takes_letters(&self, policy: &Policy) -> bool {
        policy.writes_to_contacts && !self.internal && self.contact.address.is_reachable()
    }

    /// What is owed now of this kind, if anything is: there is one at the most.
    pub fn owes(&self, kind: Kind) -> Option<&Obligation> {
        self.open().find(|obligation| obligation.kind == kind)
    }

    /// When time alone will change something: the case's one alarm.
    pub fn wake_at(&self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        let owed = self.open().filter_map(|o| o.wake_at(policy, &self.mailbox, now));
        let check_ins = self.jobs.iter().filter_map(|job| job.check_in.wake_at());
        let ends = self.closes_at(policy).into_iter().chain(check_ins).map(|at| at.max(now));
        owed.chain(ends).min()
    }

    /// The check-ins whose moment has come, by the numbers of their jobs.
    pub fn due_check_ins(&self, now: Timestamp) -> Vec<u32> {
        let due = |job: &&Job| job.check_in.wake_at().is_some_and(|at| at <= now);
        self.jobs.iter().filter(due).map(|job| job.seq).collect()
    }

    /// The job about which the contact's word counts, if there is one: that whose question they
    /// answer, else that of which they were asked, before one of which they may be.
    pub fn asks_about(&self, answered: Option<u32>) -> Option<&Job> {
        let closed = matches!(self.phase, Phase::Closed { .. });
        let open = self.jobs.iter().filter(|job| closed && job.check_in.is_open_to_words());
        open.max_by_key(|job| (answered == Some(job.seq), job.check_in.is_asked(), job.seq))
    }

    /// The job of which the contact said something that nobody has said yet what it means.
    pub fn in_doubt(&self) -> Option<&Job> {
        self.jobs.iter().rfind(|job| job.check_in.is_in_doubt())
    }

    /// Whether a notice tells what somebody said just now, and not that time passes.
    pub fn is_news(&self, notice: &Notice) -> bool {
        let told_of = self.obligations.iter().find(|o| o.seq == notice.obligation);
        let moved = told_of.and_then(|o| o.hastened).filter(|moved| notice.is_first_of(*moved));
        let not_ok = |moved: Hastened| {
            let bad = Stage::Over { at: moved.at, how: End::NotFine };
            self.jobs.iter().any(|job| job.check_in.stage == bad)
        };
        notice.purpose == Purpose::Hear || moved.is_some_and(not_ok)
    }

    /// What happens to the case when `event` does.
    pub fn step(self, event: Event, policy: &Policy, now: Timestamp) -> Result<Step, Illegal> {
        if !event.is_of_what_was() {
            self.is_itself()?;
        }
        let asked = self.offer.clone().filter(|o| !event.is_by(&o.to, &policy.roster));
        let mut stepping = Stepping { case: self, policy, now, effects: Vec::new() };
        match event {
            Event::Received(message) => stepping.receive(&message),
            Event::Answered(answer) => stepping.answer(&answer)?,
            Event::ToldWhen { by, due } => stepping.tell_when(&by, due)?,
            Event::Corrected { seq, by, due } => stepping.correct(seq, &by, due)?,
            Event::Claimed { by } => stepping.claim(&by)?,
            Event::Offered { by, to } => stepping.offer(&by, &to)?,
            Event::Accepted { by } => stepping.accept(&by)?,
            Event::Refused { by, reason } => stepping.refuse(&by, &reason)?,
            Event::Dismissed { by, reason } => stepping.dismiss(&by, &reason)?,
            Event::Closed { by, hand, title } => {
                stepping.close(&by, hand.as_ref(), title.as_deref())?;
            }
            Event::Reopened { by, reason } => stepping.reopen(&by, &reason)?,
            Event::JobDone { by, done } => stepping.finish(&by, done)?,
            Event::JobCorrected { seq, by, put_right } => {
                stepping.correct_job(seq, &by, put_right)?;
            }
            Event::JobCancelled { seq, by, reason } => stepping.cancel_job(seq, &by, &reason)?,
            Event::CheckIn { job, event } => stepping.check_in(job, event)?,
            Event::Undelivered { notice, why } => stepping.undelivered(&notice, &why),
            Event::Unsaid { notice } => stepping.unsaid(&notice),
            Event::CameBack(returned) => stepping.take_back(&returned),
            Event::PolicyChanged(asked) => stepping.rederive(&asked),
            Event::TimePassed => stepping.pass_time(),
        }
        Ok(stepping.done(asked))
    }

    /// Whether anything can happen in it, and not in the case that it went into.
    fn is_itself(&self) -> Result<(), Illegal> {
        match self.phase {
            Phase::GoesOn { into, .. } => Err(Illegal::GoesOn { case: self.number, into }),
            Phase::Open | Phase::Closed { .. } => Ok(()),
        }
    }

    /// The number of the obligation that comes next.
    fn next_seq(&self) -> u32 {
        self.obligations.iter().map(|o| o.seq).max().unwrap_or(0).saturating_add(1)
    }

    /// Who owes what this case owes since `at`: whoever took it, the person of a personal
    /// mailbox, else whoever answered in it last; nobody who is not here any more.
    fn owner(&self, policy: &Policy, at: Timestamp) -> Option<PersonId> {
        let roster = &policy.roster;
        let here = |id: &&PersonId| roster.people.contains_key(*id);
        if let Some(holder) = self.holder.as_ref().filter(here) {
            return Some(holder.clone());
        }
        if !roster.mailboxes.contains_key(&self.mailbox) {
            return roster.person_at(&self.mailbox).map(|person| person.id.clone());
        }
        let answerer = self.answerer.as_ref().filter(here).cloned();
        answerer.or_else(|| self.answers_a_colleague(policy, at))
    }

    /// Who answers somebody who serves this mailbox themselves, and never answers their own
    /// question: another who serves it, else who is above them.
    fn answers_a_colleague(&self, policy: &Policy, at: Timestamp) -> Option<PersonId> {
        let roster = &policy.roster;
        let asks = &roster.person_at(&self.contact.address)?.id;
        let serves = roster.mailboxes.get(&self.mailbox)?.served_by.contains(asks);
        let other = roster.on_duty_beside(Some(asks), &self.mailbox, at);
        let other = other.map(|person| person.id.clone());
        let above = || roster.above(Some(asks), 1, at)?.person.filter(|id| !id.is_last_resort());
        other.or_else(above).filter(|_| serves)
    }

    /// The rule that governs the case: that of what was owed last.
    fn rule<'a>(&self, policy: &'a Policy) -> Option<&'a Rule> {
        let last = self.obligations.last().and_then(|last| policy.rule(&last.rule));
        last.or_else(|| policy.rules.last())
    }

    /// When it closes by itself, nothing being owed and nobody saying anything.
    fn closes_at(&self, policy: &Policy) -> Option<Timestamp> {
        if self.phase != Phase::Open || self.is_owed() || self.answered_at.is_none() {
            return None;
        }
        let quiet = self.rule(policy)?.close_after_quiet?;
        let place = Place { mailbox: &self.mailbox, owner: self.holder.as_ref() };
        Some(deadline::promise_calendar(policy, place, self.last_at).add(self.last_at, quiet))
    }
}

/// A step in the making.
struct Stepping<'a> {
    case: Case,
    policy: &'a Policy,
    now: Timestamp,
    effects: Vec<Effect>,
}

impl Stepping<'_> {
    /// What the step led to. Nobody is asked about a job while its case is open; who was
    /// `asked` to take the case before it, and is not any more, hears of that, unless they
    /// did it themselves.
    fn done(mut self, asked: Option<Offer>) -> Step {
        if self.case.phase == Phase::Open {
            self.withdraw("the case is open again");
        }
        if self.case.open().next().is_none() {
            self.case.offer = None;
        }
        let still = self.case.offer.as_ref().map(|offer| &offer.to);
        if let Some(asked) = asked.filter(|asked| still != Some(&asked.to)) {
            self.write_to(&asked.to, Purpose::Withdrawn);
        }
        Step { next: self.case, effects: self.effects }
    }

    /// Opens an obligation that was asked for at `since`, of whoever's the case is.
    fn open(&mut self, kind: Kind, rule: &Rule, (since, due): (Timestamp, deadline::Due)) {
        let owner = self.case.owner(self.policy, since);
        self.open_for(owner, kind, rule, (since, due));
    }

    /// The same, of `owner`.
    fn open_for(
        &mut self,
        owner: Option<PersonId>,
        kind: Kind,
        rule: &Rule,
        (since, due): (Timestamp, deadline::Due),
    ) {
        self.case.obligations.push(Obligation {
            seq: self.case.next_seq(),
            kind,
            message: None,
            owner,
            since,
            due: due.at,
            because: due.because,
            rule: rule.name.clone(),
            enforced: self.policy.enforce_from.is_none_or(|from| since >= from),
            chases: 0,
            told: None,
            hastened: None,
            words: None,
            said: None,
            broken: false,
            state: State::Open,
        });
    }

    /// The calendar on which the mailbox keeps its word.
    fn calendar(&self, at: Timestamp) -> std::sync::Arc<Calendar> {
        let owner = self.case.owner(self.policy, at);
        let place = Place { mailbox: &self.case.mailbox, owner: owner.as_ref() };
        deadline::promise_calendar(self.policy, place, at)
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

    /// Writes something down of what the contact waits for, or waited for last.
    fn tell(&mut self, what: What, by: Option<&PersonId>, reason: String) {
        let mut entry = Entry::new(self.now, what, reason);
        entry.owner = by.cloned();
        let open = self.case.open().min_by_key(|o| o.rank(self.now));
        entry.due = open.map(|obligation| obligation.due);
        entry.rule = open.map(|obligation| obligation.rule.clone());
        self.write(entry);
    }

    /// What tells a notice beside the ladder from the same at another time.
    fn moment(&self) -> u32 {
        u32::try_from(self.now.as_second()).unwrap_or(0)
    }

    fn name_of(&self, id: &PersonId) -> String {
        self.policy.roster.name_of(id).to_owned()
    }

    fn write(&mut self, entry: Entry) {
        self.effects.push(Effect::Journal(entry));
    }
}

#[cfg(test)]
mod tests;
