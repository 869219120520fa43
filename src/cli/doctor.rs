//! `owed doctor`: what will be missing, told while there is time.
//!
//! Each check gives findings, one a line; a check that is added later is one
//! more function in [`findings`].

use clap::Args;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::speak::{complain, find, load, moment, say, say_json, wait_for};
use super::{Daemon, Exit};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Loaded;
use crate::daemon::control::{self, Answer, Request};
use crate::domain::calendar::Days;
use crate::domain::coverage::{Gap, gaps};
use crate::domain::ids::PersonId;
use crate::domain::policy::Policy;
use crate::report::away::{self, CONFIGURED};

/// How far ahead the doctor looks.
const DAYS: i64 = 60;

/// So many gaps of the same words are told to people; programs get all.
const SHOWN: usize = 5;

/// What `owed doctor` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// Which check found it.
    check: &'static str,
    /// What kind of thing it is.
    kind: &'static str,
    /// From when on, in RFC 3339.
    from: String,
    /// Until when, in RFC 3339.
    to: String,
    /// What it is, in words.
    what: String,
}

/// Looks for what will be missing.
pub(super) fn doctor(arguments: &Arguments) -> Exit {
    let loaded = match find(arguments.daemon.config.as_ref()).and_then(|path| load(&path)) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let policy = present(&arguments.daemon, loaded);
    let found = findings(&policy, SystemClock.now());
    if arguments.json {
        found.iter().for_each(say_json);
    } else {
        in_words(&found).iter().for_each(say);
    }
    if found.is_empty() { Exit::Fine } else { Exit::No }
}

/// The policy with everybody away of whom the daemon knows, where it runs.
fn present(daemon: &Daemon, loaded: Loaded) -> Policy {
    let socket = daemon.socket.clone().unwrap_or(loaded.settings.socket);
    if let Ok(Answer::Absences(rows)) = wait_for(control::ask(&socket, &Request::Absences)) {
        return loaded.policy.without(rows.iter().filter_map(said));
    }
    complain("the daemon was not asked: only absences in the configuration are known");
    loaded.policy
}

/// An absence that is not in the configuration.
fn said(row: &away::Row) -> Option<(PersonId, Days)> {
    let date = |text: &str| text.parse::<Date>().ok();
    let days = Days { first: date(&row.first)?, last: date(&row.last)? };
    (row.source != CONFIGURED).then(|| (PersonId::new(row.person.clone()), days))
}

fn findings(policy: &Policy, now: Timestamp) -> Vec<Finding> {
    let ahead = SignedDuration::from_hours(DAYS * 24);
    gaps(policy, now, ahead).into_iter().map(|gap| uncovered(policy, gap)).collect()
}

fn uncovered(policy: &Policy, gap: Gap) -> Finding {
    let Gap { kind, from, to, what } = gap;
    let shown = |at: Timestamp| {
        let zoned = at.to_zoned(policy.roster.zone.clone());
        zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    Finding { check: "coverage", kind: kind.name(), from: shown(from), to: shown(to), what }
}

/// Each finding as a line; of many that say the same, the first few.
fn in_words(found: &[Finding]) -> Vec<String> {
    if found.is_empty() {
        return vec![format!("All is well: nobody is missing in the next {DAYS} days.")];
    }
    let mut lines = Vec::new();
    for (n, finding) in found.iter().enumerate() {
        let same = |other: &&Finding| other.what == finding.what;
        let before = found.iter().take(n).filter(same).count();
        if before < SHOWN {
            let (from, to) = (moment(&finding.from), moment(&finding.to));
            lines.push(format!("{from} to {to}: {}", finding.what));
        } else if before == SHOWN {
            let more = found.iter().filter(same).count() - SHOWN;
            lines.push(format!("and {more} times more: {}", finding.what));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_again_and_again_is_cut_short_for_people() {
        let finding = |day: usize, what: &str| Finding {
            check: "coverage",
            kind: "unattended",
            from: format!("2026-03-{day:02}T13:30:00+00:00"),
            to: format!("2026-03-{day:02}T18:00:00+00:00"),
            what: what.to_owned(),
        };
        let mut found: Vec<Finding> = (2..10).map(|day| finding(day, "nobody is here")).collect();
        found.push(finding(10, "Ana is away"));
        let lines = in_words(&found);
        assert_eq!(lines.len(), 7);
        assert_eq!(lines[0], "Mon  2 Mar 2026 13:30 to Mon  2 Mar 2026 18:00: nobody is here");
        assert_eq!(lines[5], "and 3 times more: nobody is here");
        assert!(lines[6].ends_with("Ana is away"));
        assert_eq!(in_words(&[]), ["All is well: nobody is missing in the next 60 days."]);
    }
}
