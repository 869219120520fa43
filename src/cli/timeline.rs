//! What happened, as lines that a person can follow.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::effect::What;
use crate::domain::policy::Policy;
use crate::report::event::Event;
use crate::store::Line;

/// Tells events one by one, under the day on which they happened.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    day: Option<Date>,
}

impl Timeline {
    /// The line of an event; `about` says which message or case it is.
    pub(super) fn tell(&mut self, line: &Line, about: &str, policy: &Policy) -> String {
        let zone = &policy.roster.zone;
        let at = line.entry.at.to_zoned(zone.clone());
        let told = format!("  {}  {}", at.strftime("%H:%M:%S"), in_words(line, about, policy));
        if self.day == Some(at.date()) {
            return told;
        }
        self.day = Some(at.date());
        format!("\n{}\n{told}", at.strftime("%A %-d %B %Y"))
    }
}

fn in_words(line: &Line, about: &str, policy: &Policy) -> String {
    let event = Event::of(line, policy);
    let what = match line.entry.what {
        What::Ignored => "filed",
        _ => &event.event,
    };
    let who = match (line.entry.what, &event.owner, &event.to) {
        (What::Owed | What::Answered, Some(owner), _) => format!("by {owner}"),
        (What::Owed, None, _) => "by whoever is on duty".to_owned(),
        (_, _, Some(to)) => to.clone(),
        _ => String::new(),
    };
    let due = line.entry.due.filter(|_| line.entry.what == What::Owed);
    let due = due.map(|due| until(due, &policy.roster.zone)).unwrap_or_default();
    let rule = event.rule.map(|rule| format!("[{rule}]")).unwrap_or_default();
    let said: Vec<&str> = [about, &who, &due, &event.reason, &rule]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let case = event.case.unwrap_or_default();
    format!("{case:9}  {what:9}  {}", said.join("  "))
}

fn until(due: jiff::Timestamp, zone: &TimeZone) -> String {
    format!("until {}", due.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M"))
}
