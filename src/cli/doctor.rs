//! `owed doctor`: whether all is well, and what will be missing, told while there is time.
//!
//! What is tried now gives a line each, fine or not; who will be missing gives one for
//! each gap. Programs get what is not well, as findings.

mod places;

use std::path::Path;

use clap::Args;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::run::real_world;
use super::speak::{complain, find, letters, load, moment, refuse, say, say_json, wait_for};
use super::{Daemon, Exit};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Loaded;
use crate::config::settings::Settings;
use crate::daemon::control::{self, Answer, Request};
use crate::daemon::probe::{self, Tried};
use crate::domain::calendar::Days;
use crate::domain::coverage::{Gap, gaps};
use crate::domain::ids::{Address, PersonId};
use crate::domain::policy::Policy;
use crate::report::away::{self, CONFIGURED};
use crate::report::trouble;

/// How far ahead the doctor looks.
const DAYS: i64 = 60;

/// So many gaps of the same words are told to people; programs get all.
const SHOWN: usize = 5;

/// What `owed doctor` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// One JSON object a line for whatever is not well
    #[arg(long)]
    json: bool,
    /// Send a mail to see whether it arrives
    #[arg(long, value_name = "ADDRESS")]
    send_test: Option<String>,
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
    /// From when on, in RFC 3339, where it comes and goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Until when, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// What it is, in words.
    what: String,
}

/// Tries what can be tried, and looks for what will be missing.
pub(super) fn doctor(arguments: &Arguments) -> Exit {
    let path = match find(arguments.daemon.config.as_ref()) {
        Ok(path) => path,
        Err(exit) => return exit,
    };
    let loaded =
        load(&path).and_then(|it| it.with_every_file().map_err(|faults| refuse(&letters(&faults))));
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    if !loaded.warnings.is_empty() {
        complain(letters(&loaded.warnings));
    }
    let mut tried = match tried(arguments, &path, &loaded.settings) {
        Ok(tried) => tried,
        Err(exit) => return exit,
    };
    let socket = arguments.daemon.socket.clone().unwrap_or(loaded.settings.socket.clone());
    let policy = present(&socket, loaded);
    tried.extend(undelivered(&socket));
    let missing = missing(&policy, SystemClock.now());
    if arguments.json {
        tried.iter().filter_map(broken).for_each(|finding| say_json(&finding));
        missing.iter().for_each(say_json);
    } else {
        tried.iter().for_each(say);
        in_words(&missing).iter().for_each(say);
    }
    let well = missing.is_empty() && tried.iter().all(Tried::is_well);
    if well { Exit::Fine } else { Exit::No }
}

/// How servers, folders and files are.
fn tried(arguments: &Arguments, path: &Path, settings: &Settings) -> Result<Vec<Tried>, Exit> {
    let to = match arguments.send_test.as_deref().map(|text| (text, Address::parse(text))) {
        Some((text, None)) => {
            complain(format_args!("{text:?} is no mail address"));
            return Err(Exit::Usage);
        }
        Some((_, to)) => to,
        None => None,
    };
    let (world, secrets) = (real_world(), probe::beside(path));
    let mut tried = vec![Tried::new(format!("{} is sound", path.display()), Ok(()))];
    tried.extend(places::places(settings, SystemClock.now()));
    let asked = wait_for(async {
        let mut asked = probe::servers(settings, &world, &secrets).await;
        if let Some(to) = to {
            asked.push(probe::mail(settings, &world, &secrets, &to).await);
        }
        Ok(asked)
    });
    tried.extend(asked.map_err(|error| {
        complain(error);
        Exit::No
    })?);
    Ok(tried)
}

fn broken(tried: &Tried) -> Option<Finding> {
    let what = format!("{}: {}", tried.what, tried.fault.as_ref()?);
    Some(Finding { check: "trial", kind: "fault", from: None, to: None, what })
}

/// The policy with everybody away of whom the daemon knows, where it runs.
fn present(socket: &Path, loaded: Loaded) -> Policy {
    if let Ok(Answer::Absences(rows)) = wait_for(control::ask(socket, &Request::Absences)) {
        return loaded.policy.without(rows.iter().filter_map(said));
    }
    complain("the daemon was not asked: only absences in the configuration are known");
    loaded.policy
}

/// Whom the running daemon cannot reach.
fn undelivered(socket: &Path) -> Vec<Tried> {
    let Ok(Answer::Troubles(rows)) = wait_for(control::ask(socket, &Request::Troubles)) else {
        return Vec::new();
    };
    let lost = |row: trouble::Row| {
        let what = format!("mail of owed since {}", moment(&row.since));
        Tried::new(what, Err(row.what))
    };
    rows.into_iter().map(lost).collect()
}

/// An absence that is not in the configuration.
fn said(row: &away::Row) -> Option<(PersonId, Days)> {
    let date = |text: &str| text.parse::<Date>().ok();
    let days = Days { first: date(&row.first)?, last: date(&row.last)? };
    (row.source != CONFIGURED).then(|| (PersonId::new(row.person.clone()), days))
}

fn missing(policy: &Policy, now: Timestamp) -> Vec<Finding> {
    let ahead = SignedDuration::from_hours(DAYS * 24);
    gaps(policy, now, ahead).into_iter().map(|gap| uncovered(policy, gap)).collect()
}

fn uncovered(policy: &Policy, gap: Gap) -> Finding {
    let Gap { kind, from, to, what } = gap;
    let shown = |at: Timestamp| {
        let zoned = at.to_zoned(policy.roster.zone.clone());
        zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    let (from, to) = (Some(shown(from)), Some(shown(to)));
    Finding { check: "coverage", kind: kind.name(), from, to, what }
}

/// Each finding as a line; of many that say the same, the first few.
fn in_words(found: &[Finding]) -> Vec<String> {
    if found.is_empty() {
        return vec![format!("ok      somebody is there on each of the next {DAYS} days")];
    }
    let mut lines = Vec::new();
    for (n, finding) in found.iter().enumerate() {
        let same = |other: &&Finding| other.what == finding.what;
        let before = found.iter().take(n).filter(same).count();
        if before < SHOWN {
            let [from, to] = [&finding.from, &finding.to]
                .map(|at| at.as_deref().map(moment).unwrap_or_default());
            lines.push(format!("NOT OK  {from} to {to}: {}", finding.what));
        } else if before == SHOWN {
            let more = found.iter().filter(same).count() - SHOWN;
            lines.push(format!("        and {more} times more: {}", finding.what));
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
            from: Some(format!("2026-03-{day:02}T13:30:00+00:00")),
            to: Some(format!("2026-03-{day:02}T18:00:00+00:00")),
            what: what.to_owned(),
        };
        let mut found: Vec<Finding> = (2..10).map(|day| finding(day, "nobody is here")).collect();
        found.push(finding(10, "Ana is away"));
        let lines = in_words(&found);
        assert_eq!(lines.len(), 7);
        let first = "NOT OK  Mon  2 Mar 2026 13:30 to Mon  2 Mar 2026 18:00: nobody is here";
        assert_eq!(lines[0], first);
        assert_eq!(lines[5], "        and 3 times more: nobody is here");
        assert!(lines[6].ends_with("Ana is away"));
        assert_eq!(in_words(&[]), ["ok      somebody is there on each of the next 60 days"]);
    }
}
