//! Who is away, and who will be: by the configuration, and as was said since.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::Days;
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Roster};
use crate::store::Absence;

/// Who says so of what the configuration says.
pub const CONFIGURED: &str = "the configuration";

/// One absence that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The person's number.
    pub person: String,
    /// Their name.
    pub name: String,
    /// The first day.
    pub first: String,
    /// The last day.
    pub last: String,
    /// Whether it is now.
    pub now: bool,
    /// The name of their deputy, who answers for them meanwhile, if they have one.
    pub deputy: Option<String>,
    /// Who said so: `the configuration`, `by ana`.
    pub source: String,
}

/// The absences of `configured`, and those that were said since, earliest first.
pub fn rows(configured: &Policy, said: &[Absence], now: Timestamp) -> Vec<Row> {
    let roster = &configured.roster;
    let written = roster.people.values().flat_map(|person| {
        let days = person.absences.iter();
        days.map(move |days| (person, *days, CONFIGURED))
    });
    let said = said.iter().filter_map(|absence| {
        let person = roster.people.get(&absence.person)?;
        Some((person, absence.days, absence.source.as_str()))
    });
    let mut all: Vec<Row> = written
        .chain(said)
        .filter_map(|(who, days, by)| row(roster, who, (days, by), now))
        .collect();
    all.sort_by(|a, b| (&a.first, &a.last, &a.name).cmp(&(&b.first, &b.last, &b.name)));
    all
}

/// One of them, unless it is over.
fn row(
    roster: &Roster,
    person: &Person,
    (days, source): (Days, &str),
    now: Timestamp,
) -> Option<Row> {
    let today = person.calendar.working_date(now);
    (today <= days.last).then(|| Row {
        person: person.id.to_string(),
        name: person.name.clone(),
        first: days.first.to_string(),
        last: days.last.to_string(),
        now: days.contains(today),
        deputy: person.deputy.as_ref().map(|deputy| roster.name_of(deputy).to_owned()),
        source: source.to_owned(),
    })
}
