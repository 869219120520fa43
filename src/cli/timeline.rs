//! What happened, as lines that a person can follow.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::daemon::rehearsal::Sent;
use crate::domain::effect::{Occasion, OccasionKind, What};
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
        self.dated(line.entry.at, &policy.roster.zone, &in_words(line, about, policy))
    }

    /// The line of a mail that lies in no case.
    pub(super) fn tell_mail(
        &mut self,
        sent: &Sent,
        occasion: &Occasion,
        policy: &Policy,
    ) -> String {
        let what = match occasion.kind {
            OccasionKind::Leaving => "evening",
            OccasionKind::Left => "went home",
            kind => kind.name(),
        };
        let words = format!("{:9}  {what:9}  {}  {}", "", sent.to, sent.subject);
        self.dated(sent.at, &policy.roster.zone, &words)
    }

    /// A line about a whole day.
    pub(super) fn tell_of_day(&mut self, day: Date, what: &str, words: &str) -> String {
        self.under(day, &format!("  {:8}  {:9}  {what:9}  {words}", "", ""))
    }

    fn dated(&mut self, at: Timestamp, zone: &TimeZone, words: &str) -> String {
        let at = at.to_zoned(zone.clone());
        self.under(at.date(), &format!("  {}  {words}", at.strftime("%H:%M:%S")))
    }

    fn under(&mut self, day: Date, told: &str) -> String {
        if self.day.replace(day) == Some(day) {
            return told.to_owned();
        }
        format!("\n{}\n{told}", day.strftime("%A %-d %B %Y"))
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

fn until(due: Timestamp, zone: &TimeZone) -> String {
    format!("until {}", due.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M"))
}
