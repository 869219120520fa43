//! What a case owes: who, since when, until when, and who was told so far.
//!
//! An obligation climbs its ladder and never goes back: the highest step told
//! is where it stands, lower ones fall silent, and what fell due together is
//! told once, by the highest.

use jiff::{SignedDuration, Timestamp};

use super::calendar::{Allowance, Calendar, SEARCH_DAYS, next_midnight};
use super::deadline::{self, Place};
use super::departure;
use super::effect::{Notice, Purpose};
use super::ids::{Address, MessageId, PersonId};
use super::ladder::{Rung, Tell};
use super::policy::Policy;
use super::roster::{Recipient, recipient};

/// An overdue answer is never left in silence for longer than this, even where
/// a ladder's last step has no `repeat`.
const LONGEST_SILENCE: Allowance = Allowance::WorkingDays(5);

/// Nor is anybody told again sooner than this, whatever a ladder says.
const SHORTEST_REPEAT: SignedDuration = SignedDuration::from_mins(1);

/// Something that is owed, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Its place among the obligations of its case, counted from 1.
    pub seq: u32,
    /// What is owed.
    pub kind: Kind,
    /// The message with which the waiting began.
    pub message: Option<MessageId>,
    /// Who owes it; nobody yet in a shared mailbox.
    pub owner: Option<PersonId>,
    /// When the waiting began.
    pub since: Timestamp,
    /// When it is due.
    pub due: Timestamp,
    /// Why then, in words.
    pub because: String,
    /// The rule it was given by.
    pub rule: String,
    /// Whether anybody is told; what is older than `enforce_from` is only listed.
    pub enforced: bool,
    /// How often the contact asked again.
    pub chases: u32,
    /// The highest step of the ladder that was told.
    pub told: Option<Told>,
    /// The steps that were moved up, because the contact asked again or complained.
    pub hastened: Option<Hastened>,
    /// The words that promise it, where it was promised.
    pub words: Option<String>,
    /// By when the contact was told that they hear, or was not OK what was done for them:
    /// it is never due later.
    pub said: Option<Timestamp>,
    /// Whether it was written down that a promise was broken.
    pub broken: bool,
    /// Where it stands.
    pub state: State,
}

/// What kind of thing is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An answer.
    Reply,
    /// What an answer said is still to come.
    Promise,
    /// A word to a contact who waits long, so that they know of it.
    Update,
    /// The end of the whole matter.
    Resolution,
}

/// Both directions of a kind's name.
const KINDS: &[(Kind, &str)] = &[
    (Kind::Reply, "reply"),
    (Kind::Promise, "promise"),
    (Kind::Update, "update"),
    (Kind::Resolution, "resolution"),
];

/// Steps of a ladder that are taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hastened {
    /// The highest of them, counted from 0.
    pub rung: u16,
    /// Since when.
    pub at: Timestamp,
}

/// Where an obligation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is owed.
    Open,
    /// It was met.
    Met {
        /// When.
        at: Timestamp,
        /// By whom, where that is known.
        by: Option<PersonId>,
    },
    /// Nothing is owed any more.
    Dropped {
        /// Since when.
        at: Timestamp,
    },
}

/// A step of the ladder that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Which, counted from 0.
    pub rung: u16,
    /// How often it has been told, counted from 1.
    pub times: u32,
    /// When, the last time.
    pub at: Timestamp,
}

impl Kind {
    /// Its stable name in the store and in every report.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind called `name`.
    pub fn called(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// How something open of this kind ranks that is due at `due`.
    pub fn rank(self, due: Timestamp, now: Timestamp) -> Rank {
        let overdue = due <= now;
        (!(overdue && self == Self::Promise), !overdue, due)
    }

    /// Whether the contact waits for it. The end of a matter is our own measure:
    /// closing the case is what meets it.
    pub fn is_awaited(self) -> bool {
        self != Self::Resolution
    }
}

/// How urgent something open is: what ranks lower comes first.
pub type Rank = (bool, bool, Timestamp);

/// A step that is to be taken, and when it may be.
struct Turn {
    index: u16,
    rung: Rung,
    nominal: Timestamp,
}

impl Obligation {
    /// Whether it is still owed.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether it is owed and the waiting had begun by `at`.
    pub fn waits_at(&self, at: Timestamp) -> bool {
        self.is_open() && self.since <= at
    }

    /// Whether it is owed and its time has passed.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.is_open() && self.due <= now
    }

    /// Whether it is a promise whose time has passed.
    pub fn is_broken(&self, now: Timestamp) -> bool {
        self.kind == Kind::Promise && self.is_overdue(now)
    }

    /// How it ranks among all that is owed, most urgent first: a broken promise
    /// before what is late, what is late before what is not, then by due time.
    pub fn rank(&self, now: Timestamp) -> Rank {
        self.kind.rank(self.due, now)
    }

    /// Moves the next step of the ladder up to `at`: it is taken at once.
    pub fn hasten(&mut self, at: Timestamp) {
        let taken = self.told.map(|told| told.rung).max(self.hastened.map(|moved| moved.rung));
        let rung = taken.map_or(0, |taken| taken.saturating_add(1));
        self.hastened = Some(Hastened { rung, at });
    }

    /// Notes that a promise was broken; whether that is news.
    pub fn note_broken(&mut self, now: Timestamp) -> bool {
        let news = self.enforced && !self.broken && self.is_broken(now);
        self.broken |= news;
        news
    }

    /// The next moment at which time alone changes something in it.
    pub fn wake_at(&self, policy: &Policy, mailbox: &Address, now: Timestamp) -> Option<Timestamp> {
        let breaks = self.kind == Kind::Promise && self.is_open() && self.enforced && !self.broken;
        let breaks = breaks.then_some(self.due.max(now));
        self.told_next(policy, mailbox, now).into_iter().chain(breaks).min()
    }

    /// When the next step of the ladder can be taken.
    fn told_next(&self, policy: &Policy, mailbox: &Address, now: Timestamp) -> Option<Timestamp> {
        let turns = self.turns(policy, mailbox);
        let waiting = ripe(&turns, now).map(|turn| self.telling(policy, mailbox, turn.rung, now));
        let coming = turns.iter().map(|turn| turn.nominal).filter(|at| *at > now);
        waiting.chain(coming).min()
    }

    /// Takes the highest step that is ripe at `now`, if its recipient may be
    /// written to. Of several at the same moment it takes the lowest first;
    /// another call takes the next.
    pub fn climb(&mut self, policy: &Policy, mailbox: &Address, now: Timestamp) -> Option<Notice> {
        let turns = self.turns(policy, mailbox);
        let (turn, to) = ripe(&turns, now).find_map(|turn| {
            let to = self.reader(policy, mailbox, turn.rung, now)?;
            (opening(policy, &to, turn.rung, now) <= now).then_some((turn, to))
        })?;
        let occurrence = self.told.filter(|t| t.rung == turn.index).map_or(0, |told| told.times);
        self.told = Some(Told { rung: turn.index, times: occurrence + 1, at: now });
        let purpose = match turn.rung.tell {
            Tell::Owner => Purpose::Remind,
            Tell::Above(_) => Purpose::Escalate,
        };
        Some(Notice { obligation: self.seq, rung: turn.index, occurrence, to, purpose })
    }

    /// The steps not yet taken, lowest first: those above the highest one told,
    /// and that one again where it repeats.
    fn turns(&self, policy: &Policy, mailbox: &Address) -> Vec<Turn> {
        if !self.is_open() || !self.enforced {
            return Vec::new();
        }
        let rule = policy.rule(&self.rule).or_else(|| policy.rules.last());
        let Some(ladder) = rule.and_then(|rule| policy.ladder_of(rule)) else { return Vec::new() };
        let calendar = deadline::promise_calendar(policy, self.place(mailbox), self.due);
        let last = ladder.rungs.len().saturating_sub(1);
        (0_u16..)
            .zip(&ladder.rungs)
            .filter_map(|(index, &rung)| {
                let at_top = usize::from(index) == last;
                let nominal = self.nominal(index, rung, at_top, &calendar)?;
                Some(Turn { index, rung, nominal })
            })
            .collect()
    }

    fn nominal(
        &self,
        index: u16,
        rung: Rung,
        at_top: bool,
        calendar: &Calendar,
    ) -> Option<Timestamp> {
        match self.told {
            Some(told) if told.rung > index => None,
            Some(told) if told.rung == index => {
                let repeat = rung.repeat.or(at_top.then_some(LONGEST_SILENCE))?;
                let soonest = told.at.saturating_add(SHORTEST_REPEAT).unwrap_or(told.at);
                Some(calendar.add(told.at, repeat).max(soonest))
            }
            _ => {
                let nominal = rung.nominal(self.due, calendar);
                let moved = self.hastened.filter(|moved| index <= moved.rung);
                // Moved together, they are told together: a step whose own time is over
                // by then would be passed over for the ones above it.
                Some(moved.map_or(nominal, |moved| moved.at))
            }
        }
    }

    /// When a ripe step can be told. It is looked for from day to day, because
    /// absences begin and end, and with them who is told.
    fn telling(&self, policy: &Policy, mailbox: &Address, rung: Rung, now: Timestamp) -> Timestamp {
        let mut at = now;
        for _ in 0..SEARCH_DAYS {
            let midnight = next_midnight(&policy.roster.zone, at);
            let reader = self.reader(policy, mailbox, rung, at);
            let opens = reader.map(|reader| opening(policy, &reader, rung, at));
            if let Some(opens) = opens.filter(|opens| *opens < midnight) {
                return opens;
            }
            at = midnight;
        }
        at
    }

    fn reader(
        &self,
        policy: &Policy,
        mailbox: &Address,
        rung: Rung,
        now: Timestamp,
    ) -> Option<Recipient> {
        let roster = &policy.roster;
        let responsible = deadline::responsible(policy, self.place(mailbox), now);
        let acting = responsible.map(|person| &person.id);
        let owner = self.owner.as_ref().or(acting);
        match rung.tell {
            Tell::Owner => responsible.and_then(recipient).or_else(|| roster.above(owner, 1, now)),
            Tell::Above(levels) => {
                let above = roster.above(owner, levels, now)?;
                // Whoever answers for the owner is not told of their own lateness.
                let is_late = acting.is_some() && above.person.as_ref() == acting;
                if is_late { roster.above(acting, 1, now) } else { Some(above) }
            }
        }
    }

    fn place<'a>(&'a self, mailbox: &'a Address) -> Place<'a> {
        Place { mailbox, owner: self.owner.as_ref() }
    }
}

/// The highest step that is ripe, with those of the same moment, lowest first.
fn ripe(turns: &[Turn], now: Timestamp) -> impl Iterator<Item = &Turn> {
    let highest = turns.iter().rfind(|turn| turn.nominal <= now).map(|turn| turn.nominal);
    turns.iter().filter(move |turn| Some(turn.nominal) == highest)
}

/// When a recipient may be written to: now, or when they are next at work. What is
/// due as everybody leaves reaches the one above still the same evening.
fn opening(policy: &Policy, to: &Recipient, rung: Rung, now: Timestamp) -> Timestamp {
    match (policy.roster.calendar_of(to), rung.tell) {
        (Some(_), _) if rung.any_time => now,
        (Some(calendar), Tell::Owner) => calendar.next_open(now),
        (Some(calendar), Tell::Above(_)) => departure::opening_above(calendar, now),
        (None, _) => now,
    }
}

#[cfg(test)]
mod tests;
