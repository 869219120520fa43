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
    let zone = &policy.roster.zone;
    let event = Event::of(line, policy);
    let owner = event.owner.as_deref();
    let who = match (line.entry.what, owner, event.to.as_deref()) {
        (What::Owed, owner, _) => format!(" by {}", owner.unwrap_or("whoever is on duty")),
        (What::Answered, Some(owner), _) => format!(" by {owner}"),
        (_, _, Some(to)) => format!(" to {to}"),
        _ => String::new(),
    };
    let what = match line.entry.what {
        What::Ignored => "filed",
        _ => &event.event,
    };
    let due = line.entry.due.filter(|_| line.entry.what == What::Owed);
    let due = due.map(|due| until(due, zone)).unwrap_or_default();
    let rule = event.rule.as_deref().map(|rule| format!(" [{rule}]")).unwrap_or_default();
    let case = event.case.unwrap_or_default();
    format!("{case:9}  {what:9}{who}{due}{about}: {}{rule}", event.reason)
}

fn until(due: jiff::Timestamp, zone: &TimeZone) -> String {
    format!(" until {}", due.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M:%S"))
}
