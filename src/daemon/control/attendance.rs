//! What the command line asks of who is here and who is not.

use jiff::civil::Date;

use super::{Answer, Desk, failed};
use crate::domain::calendar::Days;
use crate::mail::moment::day;
use crate::report::away::rows;

impl Desk {
    pub(super) async fn absences(&self) -> Result<Answer, String> {
        let said = self.engine.absences().await.map_err(failed)?;
        Ok(Answer::Absences(rows(&self.engine.configured(), &said, self.engine.now())))
    }

    pub(super) async fn away(
        &self,
        person: &str,
        (first, last): (Option<&str>, Option<&str>),
        by: &str,
    ) -> Result<Answer, String> {
        let person = self.person(person)?;
        let today = person.calendar.working_date(self.engine.now());
        let first = first.map_or(Ok(today), |text| date(text, today))?;
        let last = last.map_or(Ok(first), |text| date(text, first))?;
        let done = self.engine.away(&person.id, Days { first, last }, &format!("by {by}")).await;
        done.map(|()| Answer::Done).map_err(failed)
    }

    pub(super) async fn back(&self, person: &str) -> Result<Answer, String> {
        let person = self.person(person)?.id;
        self.engine.back(&person).await.map(|()| Answer::Done).map_err(failed)
    }
}

/// A day as somebody writes it, seen from `today`.
fn date(text: &str, today: Date) -> Result<Date, String> {
    let day = text.trim().parse().ok().or_else(|| day(text, today));
    day.ok_or_else(|| {
        format!(
            "{text:?} is no day to come: say \"2026-12-25\", \"25 dec\", \"fri\" or \"tomorrow\""
        )
    })
}
