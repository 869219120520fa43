//! Jobs of a case, and what comes of asking afterwards whether all is well.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{Case, Illegal, Phase, Received, Stepping};
use crate::domain::calendar::{Allowance, Calendar};
use crate::domain::check_in::{Around, CheckIn, End, Event, NotNow, Stage, Then};
use crate::domain::deadline::{self, Due, Place, in_words};
use crate::domain::effect::{Effect, Entry, Notice, Purpose, What};
use crate::domain::ids::{Address, PersonId};
use crate::domain::job::{Done, Job, PutRight};
use crate::domain::ladder::{Rung, Tell};
use crate::domain::obligation::{Hastened, Kind, State};
use crate::domain::roster::{Recipient, recipient};
use crate::domain::rule::{Channel, Rule};

/// Nobody is asked about what was done so long ago that they would wonder.
const TOO_LATE: Allowance = Allowance::WorkingDays(5);

/// How long a contact takes to answer what is asked behind a yes.
const ANSWERING: SignedDuration = SignedDuration::from_mins(15);

impl Stepping<'_> {
    /// A job that was done elsewhere: the case closes with it, where it is open.
    pub(super) fn finish(&mut self, by: &str, done: Done) -> Result<(), Illegal> {
        if self.case.phase == Phase::Open {
            self.nothing_blocks()?;
            self.end(&format!("{} (by {by})", done.title));
        }
        self.add(done);
        Ok(())
    }

    /// Closing the case was a job: by whoever closed it, or answered in it last.
    pub(super) fn finish_by_closing(&mut self, hand: Option<&PersonId>, title: Option<&str>) {
        let wanted = self.case.rule(self.policy).is_some_and(|rule| rule.job_on_close);
        if title.is_none() && !wanted {
            return;
        }
        let who = hand.or(self.case.answerer.as_ref()).or(self.case.holder.as_ref());
        self.add(Done {
            title: title.unwrap_or(&self.case.subject).to_owned(),
            done_by: who.cloned().into_iter().collect(),
            closed_at: self.now,
            reference: None,
        });
    }

    fn add(&mut self, Done { title, done_by, closed_at, reference }: Done) {
        let seq = self.case.jobs.iter().map(|job| job.seq).max().unwrap_or(0).saturating_add(1);
        let never = CheckIn::never(self.now);
        let mut job = Job { seq, title, done_by, closed_at, reference, check_in: never };
        let names: Vec<String> = job.done_by.iter().map(|id| self.name_of(id)).collect();
        let by = if names.is_empty() { "nobody named".to_owned() } else { names.join(" and ") };
        let mut entry = Entry::new(self.now, What::Job, format!("“{}”, done by {by}", job.title));
        entry.owner = job.done_by.first().cloned();
        self.write(entry);
        self.plan(&mut job);
        self.case.jobs.push(job);
    }

    /// Plans to ask about a job, where the organisation asks at all.
    fn plan(&mut self, job: &mut Job) {
        let calendar = self.working_days();
        let ours = self.case.internal || self.policy.roster.is_ours(&self.case.contact.address);
        let Some(around) = self.around(job, &calendar) else { return };
        let planned = CheckIn::planned(around, job.closed_at);
        let late = planned.wake_at().is_some_and(|at| calendar.add(at, TOO_LATE) < self.now);
        let why_not = match (ours, job.done_by.is_empty(), late) {
            (true, ..) => "the contact is one of us",
            (_, true, _) => "nobody is known who did it",
            (.., true) => "it was done too long ago",
            _ => {
                let mut entry = Entry::new(self.now, What::CheckInPlanned, quoted(&job.title));
                entry.due = planned.wake_at();
                job.check_in = planned;
                return self.write(entry);
            }
        };
        self.tell_end(job, End::Refused, why_not);
    }

    /// Puts right what was told of a job.
    pub(super) fn correct_job(
        &mut self,
        seq: u32,
        by: &str,
        PutRight { title, done_by, closed_at, name, mailbox }: PutRight,
    ) -> Result<(), Illegal> {
        let before = self.job(seq)?.clone();
        let closed_at = closed_at.unwrap_or(before.closed_at);
        let mut job = Job { title, done_by, closed_at, ..before.clone() };
        if !self.correct_contact(name, mailbox) && job == before {
            return Ok(());
        }
        let reason = format!("{}: what was told of it is put right (by {by})", quoted(&job.title));
        self.write(Entry::new(self.now, What::Job, reason));
        if job.closed_at != before.closed_at && matches!(job.check_in.stage, Stage::Planned { .. })
        {
            job.check_in = CheckIn::never(self.now);
            self.plan(&mut job);
        }
        *self.job(seq)? = job;
        // Where nobody was shown it, nothing is to be shown anew.
        let _shown_anew = self.advance(seq, Event::Corrected);
        Ok(())
    }

    /// Puts right who the contact is; whether that is news. Who wrote is called as they wrote,
    /// and knows the mailbox that they wrote to.
    fn correct_contact(&mut self, name: String, mailbox: Option<Address>) -> bool {
        let Case { contact, mailbox: known, obligations, .. } = &mut self.case;
        let before = (contact.name.clone(), known.clone());
        if obligations.is_empty() {
            if !name.is_empty() {
                contact.name = name;
            }
            *known = mailbox.unwrap_or_else(|| known.clone());
        }
        before != (contact.name.clone(), known.clone())
    }

    /// There was no such job.
    pub(super) fn cancel_job(&mut self, seq: u32, by: &str, reason: &str) -> Result<(), Illegal> {
        self.job(seq)?;
        let why = format!("the job was cancelled: {reason} (by {by})");
        let nothing_comes_of_it = self.advance(seq, Event::Cancelled(why.clone())).is_err();
        if nothing_comes_of_it {
            self.write(Entry::new(self.now, What::Job, why));
        }
        Ok(())
    }

    /// What happens to a check-in: that of the job `seq`, or the one it can happen to.
    pub(super) fn check_in(&mut self, seq: Option<u32>, event: Event) -> Result<(), Illegal> {
        let case = self.case.number;
        let seq = match seq {
            Some(seq) => seq,
            None => self.meant_by(&event)?,
        };
        let job = self.job(seq)?;
        let waits = job.check_in.waits_for_its_person();
        if let Event::Sent { by, .. } = &event
            && !job.done_by.contains(by)
        {
            return Err(Illegal::NotTheirs { case, who: self.name_of(by) });
        }
        self.advance(seq, event).map_err(|NotNow| {
            if waits { Illegal::NotShown { case } } else { Illegal::NoCheckIn { case } }
        })
    }

    /// The job that an event can only be about where it names none. What somebody says of a
    /// check-in counts for one that they were shown, and for none where that may be another's.
    fn meant_by(&self, event: &Event) -> Result<u32, Illegal> {
        let case = self.case.number;
        let newest = |fits: fn(&CheckIn) -> bool| {
            let mut found = self.case.jobs.iter().rev().filter(move |job| fits(&job.check_in));
            found.next().map(|job| (job.seq, found.next().is_some()))
        };
        let found = match event {
            Event::Read { .. } => {
                let doubted = newest(CheckIn::is_in_doubt);
                return doubted.map(|(seq, _)| seq).ok_or(Illegal::NoDoubt { case });
            }
            Event::Away { .. } => newest(CheckIn::is_asked).map(|(seq, _)| (seq, false)),
            _ => newest(CheckIn::is_shown)
                .or_else(|| newest(CheckIn::waits_for_its_person))
                .or_else(|| newest(CheckIn::may_be_skipped)),
        };
        match found {
            None => Err(Illegal::NoCheckIn { case }),
            Some((_, true)) => Err(Illegal::WhichJob { case }),
            Some((seq, false)) => Ok(seq),
        }
    }

    /// The contact answers the check-in about a job, or says unasked what it would have asked.
    pub(super) fn hear_of_job(&mut self, seq: u32, message: &Received, how: End) -> bool {
        let reason = match how {
            End::InWords => message.reason.clone(),
            _ if message.channel == Channel::Form => "on the page".to_owned(),
            _ => "by mail".to_owned(),
        };
        let answered = self.advance(seq, Event::Answered { how, reason }).is_ok();
        if answered && how == End::NotFine {
            let now_owed = self.case.obligations.iter_mut().rfind(|o| o.kind == Kind::Reply);
            if let Some(reply) = now_owed {
                reply.message.clone_from(&message.message);
            }
        }
        if answered && how == End::Fine && message.channel == Channel::Form {
            self.pass_on_good_news(seq);
        }
        answered
    }

    /// What the contact says on the page lies in nobody's mailbox: whoever did the job hears
    /// of it, with what else they answer there.
    fn pass_on_good_news(&mut self, seq: u32) {
        let Ok(job) = self.job(seq) else { return };
        let by = job.check_in.by.clone().or_else(|| job.done_by.first().cloned());
        let person = by.and_then(|id| self.policy.roster.people.get(&id));
        let Some((person, to)) = person.and_then(|who| Some((who, recipient(who)?))) else {
            return;
        };
        let answered = self.now.saturating_add(ANSWERING).unwrap_or(self.now);
        let at = person.calendar.next_open(answered);
        let occurrence = self.moment();
        let notice = Notice { obligation: seq, rung: 0, occurrence, to, purpose: Purpose::Fine };
        self.effects.push(Effect::Later(at, notice));
    }

    /// What is open again, or went into another case, is not asked about.
    pub(super) fn withdraw(&mut self, why: &str) {
        let live = |job: &&Job| job.check_in.is_live();
        let seqs: Vec<u32> = self.case.jobs.iter().filter(live).map(|job| job.seq).collect();
        for seq in seqs {
            // What is live can be cancelled.
            let _cancelled = self.advance(seq, Event::Cancelled(why.to_owned()));
        }
    }

    fn advance(&mut self, seq: u32, event: Event) -> Result<(), NotNow> {
        let calendar = self.working_days();
        let found = self.case.jobs.iter().position(|job| job.seq == seq);
        let Some(job) = found.and_then(|at| self.case.jobs.get(at)).cloned() else {
            return Err(NotNow);
        };
        let check_in = job.check_in.clone();
        let (next, then) = match (self.around(&job, &calendar), event) {
            (Some(around), event) => check_in.step(event, around, self.now)?,
            (None, Event::Due(_) | Event::Cancelled(_)) => check_in.call_off(self.now)?,
            (None, _) => return Err(NotNow),
        };
        let job = Job { check_in: next, ..job };
        if let Some(place) = found.and_then(|at| self.case.jobs.get_mut(at)) {
            place.clone_from(&job);
        }
        self.follow(&job, then);
        Ok(())
    }

    fn follow(&mut self, job: &Job, then: Then) {
        let title = quoted(&job.title);
        let mut entry = Entry::new(self.now, What::CheckInMoved, title.clone());
        entry.owner.clone_from(&job.check_in.by);
        entry.due = job.check_in.wake_at();
        let nth = |n: u8| if n == 1 { "" } else { ", once more" };
        match then {
            Then::Nothing => return,
            Then::Show(person, n) => {
                let to = self.policy.roster.people.get(&person).and_then(recipient);
                let Some(to) = to else { return };
                entry.what = What::CheckInShown;
                entry.to = Some(to.address.clone());
                entry.reason = format!("{title}: shown before it is sent{}", nth(n));
                self.notify_of(job, n, Purpose::Approve, to);
            }
            Then::Agree(person) => {
                entry.what = What::CheckInAgreed;
                let own = if job.check_in.words.is_some() { ", in other words" } else { "" };
                entry.reason = format!("{title}: {} sends it{own}", self.name_of(&person));
            }
            Then::Ask(n) => {
                let address = self.case.contact.address.clone();
                entry.what = What::CheckIn;
                entry.to = Some(address.clone());
                entry.reason = format!("{title}: asked whether all is well{}", nth(n));
                self.notify_of(job, n, Purpose::CheckIn, Recipient { address, person: None });
            }
            Then::Move(_, why) => entry.reason = format!("{title}: {why}"),
            Then::End(how, why) => {
                self.tell_end(job, how, &why);
                if how == End::NotFine {
                    self.put_right(job);
                }
                return;
            }
            Then::Understood(how, who) => return self.understand(job, how, &who),
        }
        self.write(entry);
    }

    /// An answer in words is understood. Whoever answered the contact meanwhile has done
    /// what was to be done, so that nothing more is owed for it.
    fn understand(&mut self, job: &Job, how: End, who: &str) {
        self.tell_end(job, how, &format!("in words, as {who} reads them"));
        if self.case.owes(Kind::Reply).is_none() {
            return;
        }
        if how == End::NotFine {
            return self.put_right(job);
        }
        let reason = format!("the answer means that {} is OK (by {who})", quoted(&job.title));
        self.tell(What::Dismissed, None, reason);
        for reply in self.case.obligations.iter_mut().filter(|o| o.is_open()) {
            if reply.kind == Kind::Reply {
                reply.state = State::Dropped { at: self.now };
            }
        }
        if !self.case.is_owed() {
            // As it was before that answer opened it again.
            self.case.phase = Phase::Closed { at: self.now };
            self.tell(What::Closed, None, format!("{} is OK", quoted(&job.title)));
        }
    }

    /// Whoever did the job is asked what the contact's answer means: in doubt a person
    /// says it, and nothing counts as OK in silence.
    pub(super) fn ask_what_it_means(&mut self) {
        let Some((job, reply)) = self.case.in_doubt().zip(self.case.owes(Kind::Reply)) else {
            return;
        };
        let (policy, now, seq) = (self.policy, self.now, reply.seq);
        let by = job.check_in.by.as_ref().and_then(|id| policy.roster.people.get(id));
        let place = Place { mailbox: &self.case.mailbox, owner: reply.owner.as_ref() };
        let here = by.filter(|person| !person.is_away(now));
        let asked = here.or_else(|| deadline::responsible(policy, place, now));
        let Some(to) = asked.and_then(recipient) else { return };
        let reason = format!("asked whether the answer means that {} is OK", quoted(&job.title));
        self.tell_at_work(seq, Purpose::Doubt, (to, reason));
    }

    /// Tells somebody of an obligation beside its ladder, as soon as they are at work.
    pub(super) fn tell_at_work(
        &mut self,
        seq: u32,
        purpose: Purpose,
        (to, reason): (Recipient, String),
    ) {
        let roster = &self.policy.roster;
        let office = roster.office_hours();
        let at = roster.calendar_of(&to).unwrap_or(&office).next_open(self.now);
        let later = if at > self.now { ", when next at work" } else { "" };
        let mut entry = Entry::new(self.now, What::Reminded, format!("{reason}{later}"));
        entry.to = Some(to.address.clone());
        self.write(entry);
        let occurrence = self.moment();
        let notice = Notice { obligation: seq, rung: 0, occurrence, to, purpose };
        self.effects.push(Effect::Later(at, notice));
    }

    fn tell_end(&mut self, job: &Job, how: End, why: &str) {
        let (what, said) = match how {
            End::Fine => (What::CheckInOk, "all is well, the contact says"),
            End::NotFine => (What::CheckInNotOk, "not OK, the contact says"),
            End::InWords => (What::CheckInOver, "the answer is for somebody to read"),
            End::Silent | End::Lapsed | End::Skipped => (What::CheckInOver, "over"),
            End::Cancelled => (What::CheckInOver, "not asked any more"),
            End::Refused => (What::CheckInOver, "not asked"),
            End::Bounced => (What::CheckInOver, "it did not arrive"),
        };
        let mut entry =
            Entry::new(self.now, what, format!("{}: {said}: {why}", quoted(&job.title)));
        entry.owner = job.check_in.by.clone().or_else(|| job.done_by.first().cloned());
        self.write(entry);
    }

    /// It is not OK: the case is open again, urgent, and told at once.
    fn put_right(&mut self, job: &Job) {
        let (policy, now) = (self.policy, self.now);
        let Some(terms) = &policy.check_in else { return };
        let Some(rule) = self.case.rule(policy) else { return };
        if let Phase::Closed { .. } = self.case.phase {
            self.case.phase = Phase::Open;
            let reason = format!("{} is not OK", quoted(&job.title));
            self.tell(What::Reopened, None, reason);
        }
        if self.case.owes(Kind::Reply).is_none() {
            self.owe_reply(rule, now, None);
        }
        let due = self.calendar(now).add(now, terms.urgent);
        let because = format!("it was not OK, which is given {}", in_words(terms.urgent));
        let rung = self.rung_for_bad_news(rule, terms.patience);
        let by = job.check_in.by.as_ref().or(job.done_by.first());
        let reply = self.case.obligations.iter_mut().find(|o| o.is_open() && o.kind == Kind::Reply);
        let Some(reply) = reply else { return };
        if reply.owner.is_none() {
            reply.owner = by.cloned();
        }
        if due < reply.due {
            reply.fall_due(Due { at: due, because });
            // No rule and no other owner makes it less urgent.
            reply.said = Some(reply.due);
        }
        reply.hastened = rung.map(|rung| Hastened { rung, at: now });
        let mut entry = Entry::new(now, What::Owed, reply.because.clone());
        entry.owner.clone_from(&reply.owner);
        entry.due = Some(reply.due);
        entry.rule = Some(reply.rule.clone());
        self.write(entry);
        self.tell_owner_too(rule, rung);
    }

    /// Whoever answers hears of it at once as well, where no step up to `rung` tells them.
    fn tell_owner_too(&mut self, rule: &Rule, rung: Option<u16>) {
        let steps = self.policy.ladder_of(rule).map_or(&[][..], |ladder| &ladder.rungs);
        let mut taken = steps.iter().take(rung.map_or(0, |rung| usize::from(rung) + 1));
        let told = taken.any(|step| step.tell == Tell::Owner);
        let Some(reply) = self.case.owes(Kind::Reply).filter(|_| !told) else { return };
        let (seq, owner) = (reply.seq, reply.owner.as_ref());
        let place = Place { mailbox: &self.case.mailbox, owner };
        let person = deadline::responsible(self.policy, place, self.now);
        if let Some(to) = person.and_then(recipient) {
            self.tell_at_work(seq, Purpose::Hear, (to, "told of it".to_owned()));
        }
    }

    /// How far up the ladder it is told at once that a job is not OK: to whoever is above
    /// its owner, and one further where that is not the first time.
    fn rung_for_bad_news(&self, rule: &Rule, patience: usize) -> Option<u16> {
        let bad = |job: &&Job| matches!(job.check_in.stage, Stage::Over { how: End::NotFine, .. });
        let often = self.case.jobs.iter().filter(bad).count() > patience;
        let levels = if often { 2 } else { 1 };
        let ladder = self.policy.ladder_of(rule)?;
        let high = |rung: &Rung| matches!(rung.tell, Tell::Above(n) if n >= levels);
        let last = ladder.rungs.len().saturating_sub(1);
        u16::try_from(ladder.rungs.iter().position(high).unwrap_or(last)).ok()
    }

    fn notify_of(&mut self, job: &Job, n: u8, purpose: Purpose, to: Recipient) {
        let obligation = job.seq;
        let occurrence = match purpose {
            // What is put right is shown as often.
            Purpose::Approve => self.moment(),
            _ => u32::from(n),
        };
        self.effects.push(Effect::Notice(Notice { obligation, rung: 0, occurrence, to, purpose }));
    }

    fn job(&mut self, seq: u32) -> Result<&mut Job, Illegal> {
        let case = self.case.number;
        let found = self.case.jobs.iter_mut().find(|job| job.seq == seq);
        found.ok_or(Illegal::NoJob { case })
    }

    /// The days on which a contact is written to, on the organisation's clocks: nobody
    /// knows those of the contact.
    fn working_days(&self) -> Arc<Calendar> {
        let owner = self.case.owner(self.policy, self.now);
        let place = Place { mailbox: &self.case.mailbox, owner: owner.as_ref() };
        let calendar = deadline::promise_calendar(self.policy, place, self.now);
        let zone = self.policy.roster.zone.clone();
        if *calendar.zone() == zone {
            calendar
        } else {
            Arc::new((*calendar).clone().in_zone(zone))
        }
    }

    fn around<'a>(&'a self, job: &'a Job, calendar: &'a Calendar) -> Option<Around<'a>> {
        let terms = self.policy.check_in.as_ref()?;
        Some(Around { policy: self.policy, terms, done_by: &job.done_by, calendar })
    }
}

fn quoted(title: &str) -> String {
    format!("“{title}”")
}
