//! What a case has to say to one reader, gathered from its state and journal.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::case::Case;
use crate::domain::effect::{Notice, Purpose, What};
use crate::domain::ids::CaseNumber;
use crate::domain::obligation::Obligation;
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Recipient};
use crate::mail::letter::{self, Letter, Matter, Reader};
use crate::store::Line;

/// A notice about a case, as it was decided.
pub(super) struct Told<'a> {
    pub(super) number: CaseNumber,
    pub(super) notice: &'a Notice,
    pub(super) at: Timestamp,
    pub(super) key: &'a str,
}

/// All that one letter is made of.
pub(super) struct Scene<'a> {
    pub(super) policy: &'a Policy,
    pub(super) case: &'a Case,
    pub(super) obligation: &'a Obligation,
    pub(super) to: &'a Recipient,
    pub(super) journal: &'a [Line],
    pub(super) now: Timestamp,
}

impl Scene<'_> {
    pub(super) fn letter(&self, unsealed: &Told<'_>, words: String) -> Option<Letter> {
        let matter = self.matter(unsealed, words);
        let reader = self.reader(unsealed);
        Some(match unsealed.notice.purpose {
            Purpose::Remind if matter.owner.is_none() => {
                letter::reminder_for_mailbox(&matter, &reader)
            }
            Purpose::Remind if self.to.person != self.obligation.owner => {
                letter::reminder_for_another(&matter, &reader)
            }
            Purpose::Remind => letter::reminder(&matter),
            Purpose::Escalate => letter::escalation(&matter, &reader),
            Purpose::Offer | Purpose::Accepted | Purpose::Refused | Purpose::TellWhen => {
                return None;
            }
        })
    }

    fn matter(&self, unsealed: &Told<'_>, words: String) -> Matter {
        let roster = &self.policy.roster;
        let owner = self.obligation.owner.as_ref();
        let zone = self.zone();
        let local = |at: Timestamp| at.to_zoned(zone.clone());
        let person = owner.and_then(|id| roster.people.get(id));
        Matter {
            case: self.case.number,
            subject: self.case.subject.clone(),
            contact: self.case.contact.clone(),
            mailbox: self.case.mailbox.to_string(),
            owner: owner.map(|id| roster.name_of(id).to_owned()),
            owner_called: person.map(called),
            owner_away: person.is_some_and(|person| person.is_away(unsealed.at)),
            since: local(self.obligation.since),
            due: local(self.obligation.due),
            now: local(self.now),
            because: self.obligation.because.clone(),
            rule: self.obligation.rule.clone(),
            words,
            chases: self.obligation.chases,
            done: self
                .before(unsealed)
                .filter_map(|line| Some((local(line.entry.at), self.deed(line)?)))
                .collect(),
            history: Vec::new(),
            actions: Vec::new(),
        }
    }

    fn reader(&self, unsealed: &Told<'_>) -> Reader {
        let told = |line: &&Line| {
            line.entry.what == What::Escalated && line.entry.to.as_ref() == Some(&self.to.address)
        };
        let person = self.to.person.as_ref().and_then(|id| self.policy.roster.people.get(id));
        Reader {
            called: person.map(called),
            first_told: self
                .before(unsealed)
                .find(told)
                .map(|line| line.entry.at.to_zoned(self.zone())),
        }
    }

    /// What was written in this waiting period before the notice was decided.
    fn before<'a>(&'a self, unsealed: &Told<'_>) -> impl Iterator<Item = &'a Line> {
        let period = self.obligation.since..unsealed.at;
        self.journal.iter().filter(move |line| period.contains(&line.entry.at))
    }

    fn deed(&self, line: &Line) -> Option<String> {
        let roster = &self.policy.roster;
        let to = line.entry.to.as_ref();
        let told = to.map(|address| match roster.person_at(address) {
            Some(person) => person.name.clone(),
            None => address.to_string(),
        });
        letter::deed(line.entry.what, &told.unwrap_or_else(|| letter::called(&self.case.contact)))
    }

    fn zone(&self) -> TimeZone {
        let roster = &self.policy.roster;
        let person = self.to.person.as_ref().and_then(|id| roster.people.get(id));
        person.map_or(&roster.zone, |person| person.calendar.zone()).clone()
    }
}

/// What commands call a person.
fn called(person: &Person) -> String {
    person.short.clone().unwrap_or_else(|| person.id.to_string())
}
