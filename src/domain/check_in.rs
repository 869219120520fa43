//! The check-in: after a job, whoever did it asks once whether all is well.
//!
//! A pure state machine beside the case's. It is planned, shown to its person (or goes
//! by their standing agreement), asked, answered or asked once more, and over; each of
//! these but the last has one moment at which time alone takes it on. Why a contact is
//! not asked is decided at the moment of asking, by [`Standing::forbids`], in words.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::calendar::{Allowance, Calendar};
use super::departure;
use super::ids::PersonId;
use super::policy::Policy;
use super::roster::Person;

mod civil;
mod end;
mod standing;
mod terms;

pub use end::End;
pub use standing::Standing;
pub use terms::{Approval, Terms};

/// How often a contact is asked at the most: once, and once more, gently.
const ASKINGS: u8 = 2;

/// How long after a job was put right its person is shown that: who puts one thing right
/// often goes on to the next.
const SETTLING: SignedDuration = SignedDuration::from_mins(1);

/// Where the check-in about one job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// How far it is.
    pub stage: Stage,
    /// In whose name it is, or is going to be.
    pub by: Option<PersonId>,
    /// Whether they said so once for all, and not of this one.
    pub standing: bool,
    /// Their own words, where they changed them.
    pub words: Option<String>,
    /// How often the contact was asked.
    pub asked: u8,
    /// When, the last time.
    pub asked_at: Option<Timestamp>,
    /// When its job was put right after its person was shown it: what they say to what they
    /// saw before is not said of this.
    pub put_right_at: Option<Timestamp>,
}

/// What somebody saw who says whether a check-in is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    /// The job within its case; `None` where they saw that one waits, and not which.
    pub job: Option<u32>,
    /// When it was as they saw it.
    pub at: Timestamp,
}

/// How far a check-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has seen it yet; at this time its person does, or it goes.
    Planned {
        /// When.
        at: Timestamp,
    },
    /// Its person was shown it, and has not said.
    Shown {
        /// Until when they may.
        until: Timestamp,
        /// Whether they were reminded.
        reminded: bool,
    },
    /// It goes at this time.
    Agreed {
        /// When.
        at: Timestamp,
    },
    /// The contact was asked.
    Asked {
        /// Until when they may answer.
        until: Timestamp,
    },
    /// Nothing more comes of it by itself.
    Over {
        /// Since when.
        at: Timestamp,
        /// How it ended.
        how: End,
    },
}

/// What can happen to a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Its moment has come; this is known of the contact then.
    Due(Standing),
    /// Its person wants it sent, in these words where they changed them.
    Sent {
        /// Who.
        by: PersonId,
        /// Their own words.
        words: Option<String>,
        /// When it was as they saw it; `None` where that is not known.
        seen: Option<Timestamp>,
    },
    /// Its person does not want it sent.
    Skipped {
        /// Who, by name, and why.
        reason: String,
        /// When it was as they saw it; `None` where that is not known.
        seen: Option<Timestamp>,
    },
    /// The contact answered.
    Answered {
        /// What they say: [`End::Fine`], [`End::NotFine`] or [`End::InWords`].
        how: End,
        /// In which words, or how.
        reason: String,
    },
    /// Somebody here read an answer in words, and says what it means.
    Read {
        /// What: [`End::Fine`] or [`End::NotFine`].
        how: End,
        /// Who says so, in words.
        reason: String,
    },
    /// The contact is not there until then.
    Away {
        /// When they are back; `None` where nobody knows.
        back: Option<Date>,
    },
    /// What was told of the job is put right.
    Corrected,
    /// It did not arrive; why.
    Bounced(String),
    /// There is no reason to ask any more; why.
    Cancelled(String),
}

/// What follows from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Nothing that anybody is told.
    Nothing,
    /// Its person is shown it, for the first time or the second.
    Show(PersonId, u8),
    /// Its person has agreed to it.
    Agree(PersonId),
    /// The contact is asked, for the first time or the second.
    Ask(u8),
    /// It waits for longer; why.
    Move(Timestamp, String),
    /// It is over; why.
    End(End, String),
    /// An answer in words is understood; who read it.
    Understood(End, String),
}

/// What a check-in is about: the policy, who did the job, and whose working days count.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Everybody here.
    pub policy: &'a Policy,
    /// What was decided about check-ins.
    pub terms: &'a Terms,
    /// Who did the job.
    pub done_by: &'a [PersonId],
    /// The working days on which a contact is written to, on the organisation's clocks.
    pub calendar: &'a Calendar,
}

/// A check-in that cannot be answered or sent like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNow;

impl CheckIn {
    /// The check-in about a job that was done at `closed_at`.
    pub fn planned(around: Around<'_>, closed_at: Timestamp) -> Self {
        let Around { terms, calendar, .. } = around;
        let day = calendar.date(calendar.add(closed_at, terms.after));
        Self::at(Stage::Planned { at: around.civil_from(day, closed_at, None) })
    }

    /// A check-in that never comes about.
    pub fn never(at: Timestamp) -> Self {
        Self::at(Stage::Over { at, how: End::Refused })
    }

    fn at(stage: Stage) -> Self {
        Self {
            stage,
            by: None,
            standing: false,
            words: None,
            asked: 0,
            asked_at: None,
            put_right_at: None,
        }
    }

    /// The stable name of how far it is, or of how it ended.
    pub fn name(&self) -> &'static str {
        match self.stage {
            Stage::Planned { .. } => "planned",
            Stage::Shown { .. } => "shown",
            Stage::Agreed { .. } => "agreed",
            Stage::Asked { .. } => "asked",
            Stage::Over { how, .. } => how.name(),
        }
    }

    /// Whether something may still come of it by itself.
    pub fn is_live(&self) -> bool {
        !matches!(self.stage, Stage::Over { .. })
    }

    /// Whether the contact's word on it counts: until they have said that it is not OK,
    /// or answered in words, or nobody wants to hear it any more.
    pub fn is_open_to_words(&self) -> bool {
        match self.stage {
            Stage::Over { how, .. } => {
                self.asked > 0
                    && matches!(how, End::Fine | End::Silent | End::Refused | End::Cancelled)
            }
            _ => true,
        }
    }

    /// Whether the contact answered in words of which nobody has said yet what they mean.
    pub fn is_in_doubt(&self) -> bool {
        self.has_ended(End::InWords)
    }

    /// When time alone takes it on.
    pub fn wake_at(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Planned { at } | Stage::Agreed { at } => Some(at),
            Stage::Shown { until, .. } | Stage::Asked { until } => Some(until),
            Stage::Over { .. } => None,
        }
    }

    /// What becomes of it when `event` happens, and what follows.
    pub fn step(
        mut self,
        event: Event,
        around: Around<'_>,
        now: Timestamp,
    ) -> Result<(Self, Then), NotNow> {
        let then = match event {
            Event::Due(standing) => {
                if self.wake_at().is_none_or(|at| at > now) {
                    return Err(NotNow);
                }
                self.due(&standing, around, now)
            }
            Event::Sent { by, words, seen } => {
                if !self.is_shown() || self.is_another_than(seen) {
                    return Err(NotNow);
                }
                self.agree(by, words, around, now)
            }
            Event::Skipped { reason, seen } => {
                if !self.may_be_skipped() || self.is_another_than(seen) {
                    return Err(NotNow);
                }
                self.end(End::Skipped, reason, now)
            }
            Event::Answered { how, reason } => {
                if !self.is_open_to_words() || self.has_ended(how) {
                    return Err(NotNow);
                }
                self.end(how, reason, now)
            }
            Event::Read { how, reason } => {
                if !self.is_in_doubt() {
                    return Err(NotNow);
                }
                self.stage = Stage::Over { at: now, how };
                Then::Understood(how, reason)
            }
            Event::Away { back } => self.wait(back, around, now)?,
            Event::Corrected => self.plan_anew(around, now)?,
            Event::Bounced(why) if self.asked > 0 && self.is_live() => {
                self.end(End::Bounced, why, now)
            }
            Event::Cancelled(why) if self.is_live() => self.end(End::Cancelled, why, now),
            Event::Bounced(_) | Event::Cancelled(_) => return Err(NotNow),
        };
        Ok((self, then))
    }

    /// What becomes of it where nobody is asked after a job any more.
    pub fn call_off(mut self, now: Timestamp) -> Result<(Self, Then), NotNow> {
        if !self.is_live() {
            return Err(NotNow);
        }
        let why = "check-ins are switched off".to_owned();
        let then = self.end(End::Cancelled, why, now);
        Ok((self, then))
    }

    fn due(&mut self, standing: &Standing, around: Around<'_>, now: Timestamp) -> Then {
        if let Stage::Asked { .. } = self.stage
            && self.asked >= ASKINGS
        {
            return self.end(End::Silent, "no answer, and it was asked twice".to_owned(), now);
        }
        if let Some(why) = standing.forbids(around, now) {
            return self.end(End::Refused, why, now);
        }
        match self.stage {
            Stage::Planned { .. } => self.begin(standing, around, now),
            Stage::Shown { reminded: false, .. } => self.show(around, now),
            Stage::Shown { .. } => {
                self.end(End::Lapsed, "nobody said that it may be sent".to_owned(), now)
            }
            Stage::Agreed { .. } | Stage::Asked { .. } => self.ask(standing, around, now),
            Stage::Over { .. } => Then::Nothing,
        }
    }

    /// Its day has come: it goes, or its person is shown it.
    fn begin(&mut self, standing: &Standing, around: Around<'_>, now: Timestamp) -> Then {
        let person = match around.asker(now) {
            Ok(person) => person,
            Err(Some(back)) => {
                self.stage = Stage::Planned { at: back };
                return Then::Move(back, "whoever did the job is away until then".to_owned());
            }
            Err(None) => {
                let why = "nobody who did the job is here to ask".to_owned();
                return self.end(End::Refused, why, now);
            }
        };
        self.by = Some(person.id.clone());
        if around.terms.approval == Approval::Standing && standing.agreed.contains(&person.id) {
            self.standing = true;
            return self.ask(standing, around, now);
        }
        let opens = person.calendar.next_open(now);
        if opens > now {
            self.stage = Stage::Planned { at: opens };
            return Then::Nothing;
        }
        self.show(around, now)
    }

    fn show(&mut self, around: Around<'_>, now: Timestamp) -> Then {
        let Some(by) = self.by.clone() else { return Then::Nothing };
        let first = matches!(self.stage, Stage::Planned { .. });
        let person = around.policy.roster.people.get(&by);
        let days = person.map_or(around.calendar, |person| &*person.calendar);
        let until = days.add(now, Allowance::WorkingDays(1));
        self.stage = Stage::Shown { until, reminded: !first };
        Then::Show(by, if first { 1 } else { 2 })
    }

    fn agree(
        &mut self,
        by: PersonId,
        words: Option<String>,
        around: Around<'_>,
        now: Timestamp,
    ) -> Then {
        self.by = Some(by.clone());
        self.words = words.filter(|words| !words.trim().is_empty());
        self.stage = Stage::Agreed { at: around.civil(now, None) };
        Then::Agree(by)
    }

    /// A word for what was shown is none for what is put right since: it is shown anew. Who
    /// agreed once for all agreed to that, too, as far as it is theirs still.
    fn plan_anew(&mut self, around: Around<'_>, now: Timestamp) -> Result<Then, NotNow> {
        let theirs = self.by.as_ref().is_some_and(|by| around.done_by.contains(by));
        let had_a_word = matches!(self.stage, Stage::Shown { .. } | Stage::Agreed { .. });
        if !had_a_word || (self.standing && theirs) {
            return Err(NotNow);
        }
        let at = now.saturating_add(SETTLING).unwrap_or(now);
        *self = Self { put_right_at: Some(now), ..Self::at(Stage::Planned { at }) };
        Ok(Then::Move(at, "nothing is sent before it was shown as it is now".to_owned()))
    }

    /// Asks, where this is an hour at which one may.
    fn ask(&mut self, standing: &Standing, around: Around<'_>, now: Timestamp) -> Then {
        let (civil, theirs) = (around.civil(now, standing.clocks), standing.clocks);
        if civil > now || standing.had_one_today {
            let tomorrow = around.calendar.date(now).tomorrow().unwrap_or(Date::MAX);
            let at = if civil > now { civil } else { around.civil_from(tomorrow, now, theirs) };
            let asked = matches!(self.stage, Stage::Asked { .. });
            self.stage = if asked { Stage::Asked { until: at } } else { Stage::Agreed { at } };
            if standing.had_one_today {
                let why = "the contact got a mail from owed today".to_owned();
                return Then::Move(at, why);
            }
            if around.civil(now, None) == now {
                return Then::Move(at, "by the contact's clocks it is night".to_owned());
            }
            return Then::Nothing;
        }
        self.asked = self.asked.saturating_add(1);
        self.asked_at = Some(now);
        self.stage = Stage::Asked { until: around.calendar.add(now, around.terms.again_after) };
        Then::Ask(self.asked)
    }

    /// Waits for who is away, beyond their return.
    fn wait(
        &mut self,
        back: Option<Date>,
        around: Around<'_>,
        now: Timestamp,
    ) -> Result<Then, NotNow> {
        let Stage::Asked { until } = self.stage else { return Err(NotNow) };
        let back = back.map_or(now, |day| around.civil_from(day, now, None));
        let later = around.calendar.add(back, around.terms.again_after);
        if later <= until {
            return Err(NotNow);
        }
        self.stage = Stage::Asked { until: later };
        Ok(Then::Move(later, "the contact is away".to_owned()))
    }

    fn end(&mut self, how: End, why: String, at: Timestamp) -> Then {
        self.stage = Stage::Over { at, how };
        Then::End(how, why)
    }

    /// Whether its person may still say.
    pub fn waits_for_its_person(&self) -> bool {
        matches!(self.stage, Stage::Planned { .. } | Stage::Shown { .. })
    }

    /// Whether its person may still have it not sent: also who has agreed to it thinks again.
    pub fn may_be_skipped(&self) -> bool {
        self.waits_for_its_person() || matches!(self.stage, Stage::Agreed { .. })
    }

    /// Whether the contact was asked, and may still answer.
    pub fn is_asked(&self) -> bool {
        matches!(self.stage, Stage::Asked { .. })
    }

    /// Whether its person was shown what would be asked, and has not said.
    pub fn is_shown(&self) -> bool {
        matches!(self.stage, Stage::Shown { .. })
    }

    /// Whether it was put right after somebody saw it.
    fn is_another_than(&self, seen: Option<Timestamp>) -> bool {
        seen.zip(self.put_right_at).is_some_and(|(seen, put_right)| seen <= put_right)
    }

    fn has_ended(&self, as_this: End) -> bool {
        matches!(self.stage, Stage::Over { how, .. } if how == as_this)
    }
}

impl Around<'_> {
    /// Who asks: the first of those who did the job who is here; else when the first of
    /// them is back, where anybody is left.
    fn asker(&self, now: Timestamp) -> Result<&Person, Option<Timestamp>> {
        let people = self.done_by.iter().filter_map(|id| self.policy.roster.people.get(id));
        let here = people.clone().find(|person| !person.is_away(now));
        here.ok_or_else(|| people.filter_map(|person| departure::back_after(person, now)).min())
    }
}

#[cfg(test)]
mod tests;
