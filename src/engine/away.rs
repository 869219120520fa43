//! Who leaves and who comes back, while owed runs.
//!
//! The policy in force is the configured one with these absences added. They are
//! looked up from day to day, so that nothing has to be done when one ends; what
//! is said today touches the cases of its people and no others.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::{Engine, Error};
use crate::domain::calendar::{Days, SEARCH_DAYS};
use crate::domain::ids::PersonId;
use crate::domain::policy::{Policy, Standing};
use crate::domain::roster::Person;
use crate::store::{self, Absence, Tx};

/// For how many days an absence that is over still counts: a due time may have
/// been given by it.
const REMEMBERED: i64 = 100;

/// Why somebody cannot be away, or back, like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAbsence {
    /// Nobody has this number.
    #[error("nobody here has the number {0}")]
    Nobody(PersonId),
    /// The days lie behind us.
    #[error("those days are over already")]
    Past,
    /// The last day comes before the first.
    #[error("the last day, {}, comes before the first, {}", .0.last, .0.first)]
    Backwards(Days),
    /// Nobody is on holiday for that long.
    #[error("that is more than {SEARCH_DAYS} days: take them out of the configuration instead")]
    TooLong,
    /// They are here.
    #[error("{0} is not away, and was not going to be")]
    NotAway(String),
    /// They are away by the configuration.
    #[error("the configuration says that {0} is away: take it out there, and load it anew")]
    Written(String),
}

impl Engine {
    /// Notes that somebody is away on these days. `source` says who says so.
    pub async fn away(&self, person: &PersonId, days: Days, source: &str) -> Result<(), Error> {
        let (mut tx, before) = (self.store.write().await?, self.policy.standing());
        self.away_within(&mut tx, person, days, source).await?;
        self.rearranged(tx, before).await
    }

    /// The same as a part of what else is done.
    pub(super) async fn away_within(
        &self,
        tx: &mut Tx,
        person: &PersonId,
        days: Days,
        source: &str,
    ) -> Result<(), Error> {
        let whom = self.somebody(person)?;
        sensible(days, whom.calendar.working_date(self.now()))?;
        self.add(tx, person, days, source).await?;
        Ok(self.rearrange(tx, person).await?)
    }

    /// Notes that somebody is here again: ends the absence of today, or else takes
    /// back those to come.
    pub async fn back(&self, person: &PersonId) -> Result<(), Error> {
        let (mut tx, before) = (self.store.write().await?, self.policy.standing());
        self.back_within(&mut tx, person).await?;
        self.rearranged(tx, before).await
    }

    /// The same as a part of what else is done.
    pub(super) async fn back_within(&self, tx: &mut Tx, person: &PersonId) -> Result<(), Error> {
        let whom = self.somebody(person)?;
        let today = whom.calendar.working_date(self.now());
        let written = self.configured().roster.people.get(person).cloned();
        if written.is_some_and(|written| written.is_away_on(today)) {
            return Err(NoAbsence::Written(whom.name).into());
        }
        let mut ended = tx.end_absences(person, today, today).await?;
        if ended == 0 {
            ended = tx.end_absences(person, today, Date::MAX).await?;
        }
        if ended == 0 {
            return Err(NoAbsence::NotAway(whom.name).into());
        }
        Ok(self.rearrange(tx, person).await?)
    }

    /// What was said of absences that are not over, earliest first.
    pub async fn absences(&self) -> store::Result<Vec<Absence>> {
        let today = self.policy().roster.zone.to_datetime(self.now()).date();
        self.store.read().await?.absences_since(today).await
    }

    /// What an out-of-office mail of somebody's own, of the moment `at`, says: they
    /// are away until the day before `back_on`, or today where it names no day. Who
    /// said on that day that they are here is believed before their mail program.
    pub(super) async fn out_of_office(
        &self,
        tx: &mut Tx,
        person: &PersonId,
        at: Timestamp,
        back_on: Option<Date>,
    ) -> Result<(), Error> {
        let whom = self.somebody(person)?;
        let first = whom.calendar.working_date(at);
        let until = back_on.and_then(|day| day.yesterday().ok()).filter(|last| *last >= first);
        let days = Days { first, last: until.unwrap_or(first) };
        let today = whom.calendar.working_date(self.now());
        let news = sensible(days, today).is_ok() && !days.iter().all(|day| whom.is_away_on(day));
        if !news || tx.came_back(person, today).await? {
            return Ok(());
        }
        let source = format!("out-of-office mail of {}", whom.name);
        self.add(tx, person, days, &source).await?;
        self.rearrange(tx, person).await?;
        Ok(())
    }

    /// The policy as it is configured, without what was said of absences since.
    pub fn configured(&self) -> Arc<Policy> {
        self.policy.standing().configured
    }

    /// What `base` comes to with everybody away who was said to be.
    pub(super) async fn present(&self, tx: &mut Tx, base: &Policy) -> store::Result<Arc<Policy>> {
        let today = base.roster.zone.to_datetime(self.now()).date();
        let since = today.saturating_sub(Span::new().days(REMEMBERED));
        let absences = tx.absences_since(since).await?;
        Ok(Arc::new(base.without(absences.into_iter().map(|a| (a.person, a.days)))))
    }

    fn somebody(&self, person: &PersonId) -> Result<Person, Error> {
        let whom = self.policy().roster.people.get(person).cloned();
        Ok(whom.ok_or_else(|| NoAbsence::Nobody(person.clone()))?)
    }

    async fn add(
        &self,
        tx: &mut Tx,
        person: &PersonId,
        days: Days,
        source: &str,
    ) -> store::Result<()> {
        let (first, last) = (days.first, days.last);
        tracing::info!(%person, "{person} is away from {first} to {last}: {source}");
        let (person, source, said_at) = (person.clone(), source.to_owned(), self.now());
        tx.add_absence(&Absence { person, days, source, said_at }).await
    }

    /// Makes it durable; where that fails, what was in force before is again.
    pub(super) async fn rearranged(&self, tx: Tx, before: Standing) -> Result<(), Error> {
        if let Err(error) = tx.commit().await {
            self.policy.put(before);
            return Err(error.into());
        }
        self.inward.notify_one();
        Ok(())
    }

    /// Puts in force what is said of absences now, and has the cases looked at
    /// again that may lead to `person`. It is in force before the commit, within
    /// the one transaction that writes; where that fails it is done again.
    async fn rearrange(&self, tx: &mut Tx, person: &PersonId) -> store::Result<()> {
        let standing = self.policy.standing();
        let present = self.present(tx, &standing.configured).await?;
        let (people, mailboxes) = present.roster.leading_to(person);
        tx.look_again(people.into_iter(), mailboxes.into_iter(), self.now()).await?;
        self.policy.put(Standing { present, ..standing });
        Ok(())
    }
}

/// Whether somebody can be away on these days, said on `today`.
fn sensible(days: Days, today: Date) -> Result<(), NoAbsence> {
    let longest = Span::new().days(i64::try_from(SEARCH_DAYS).unwrap_or(i64::MAX));
    match days {
        Days { first, last } if last < first => Err(NoAbsence::Backwards(days)),
        Days { last, .. } if last < today => Err(NoAbsence::Past),
        Days { last, .. } if last > today.saturating_add(longest) => Err(NoAbsence::TooLong),
        _ => Ok(()),
    }
}
