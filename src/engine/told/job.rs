//! A job as programs, files and people tell of it: checked field by field as a message is.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{LONGEST_FIELD, Reading, Unfit, field};
use crate::domain::ids::PersonId;
use crate::domain::job::{Done, Reference};
use crate::engine::job::{Told, Whose};
use crate::engine::{Engine, Error};

/// How long a day is written: `2026-03-02`.
const DAY: usize = 10;

/// A job, as it is told of; every field in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ToldJob {
    /// What was done, as the contact would call it.
    pub title: Option<String>,
    /// Who did it, separated by commas: short names, numbers, addresses. The first asks
    /// whether all is well.
    pub done_by: Option<String>,
    /// For whom: an address, a number, either behind a name, or a name.
    pub contact: Option<String>,
    /// The mailbox that they know.
    pub mailbox: Option<String>,
    /// The case it belongs to.
    pub case: Option<String>,
    /// When it was done: RFC 3339, or a day, or a day and a time; else now.
    pub closed_at: Option<String>,
    /// What it is called elsewhere: the same again puts it right.
    pub reference: Option<String>,
}

impl Engine {
    /// What `job` says, as `source` tells of it, or all that is wrong in it.
    pub fn understood_job(&self, job: &ToldJob, source: &str) -> Result<Told, Error> {
        let reading = Reading { policy: &self.policy(), now: self.now(), wrong: Vec::new() };
        reading.job(job, source).map_err(Error::Unfit)
    }
}

impl Reading<'_> {
    fn job(mut self, job: &ToldJob, source: &str) -> Result<Told, Vec<Unfit>> {
        for (name, text) in [
            ("title", &job.title),
            ("done_by", &job.done_by),
            ("contact", &job.contact),
            ("reference", &job.reference),
        ] {
            self.fits(name, text.as_ref(), LONGEST_FIELD);
        }
        let title = field(job.title.as_ref()).map(str::to_owned);
        let title = title.or_else(|| self.refuse("title", "say what was done"));
        let done_by = self.done_by(job);
        let case = self.case(job.case.as_ref());
        let contact = self.contact(job.contact.as_ref());
        let mailbox = field(job.mailbox.as_ref()).and_then(|text| self.mailbox(text));
        if field(job.case.as_ref()).is_none() && field(job.contact.as_ref()).is_none() {
            self.refuse::<()>("contact", "say for whom it was: an address, a number or a name");
        }
        let closed_at = match field(job.closed_at.as_ref()) {
            Some(text) => self.past(text),
            None => Some(self.now),
        };
        let whose = case.map(Whose::Case).or(contact.map(|who| Whose::Contact(who, mailbox)));
        let (Some(title), Some(closed_at), Some(whose), []) =
            (title, closed_at, whose, self.wrong.as_slice())
        else {
            return Err(self.wrong);
        };
        let named = |name: &str| Reference { source: source.to_owned(), name: name.to_owned() };
        let reference = field(job.reference.as_ref()).map(named);
        let done = Done { title, done_by, closed_at, reference };
        let dated = field(job.closed_at.as_ref()).is_some();
        Ok(Told { done, by: source.to_owned(), whose, dated })
    }

    fn done_by(&mut self, job: &ToldJob) -> Vec<PersonId> {
        let names = job.done_by.as_deref().unwrap_or_default().split(',').map(str::trim);
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        if names.is_empty() {
            self.refuse::<()>("done_by", "say who did it: short names, numbers or addresses");
        }
        let people = names.into_iter().filter_map(|name| self.person("done_by", name));
        people.map(|person| person.id).collect()
    }

    /// A moment behind us, as programs or as people write it.
    fn past(&mut self, text: &str) -> Option<Timestamp> {
        let zone = &self.policy.roster.zone;
        let today = self.now.to_zoned(zone.clone()).date();
        let noon = |day: Date| {
            let noon = zone.to_ambiguous_timestamp(day.at(12, 0, 0, 0)).compatible();
            noon.ok().filter(|_| day != today)
        };
        let at = match (text.parse::<Date>(), text.len() > DAY) {
            (Ok(day), false) => noon(day).or(Some(self.now)),
            _ => self.instant(text),
        };
        match at {
            Some(at) if at <= self.now => Some(at),
            Some(_) => self.refuse("closed_at", format!("{text} is still to come")),
            None => {
                let right = "2026-03-02, 2026-03-02 15:30 or 2026-03-02T15:30:00+00:00";
                self.refuse("closed_at", format!("{text:?} is no time; as in {right}"))
            }
        }
    }
}
