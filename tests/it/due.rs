//! Due times, from the configuration to the words.
//!
//! Each `due/NAME.txt` is a configuration, a line `---`, and cases, one a line:
//! when a message came, to which mailbox (with `/` who has it), when the answer
//! is due, and why. Times are on the organisation's clocks unless a zone stands
//! behind them. Every case was worked out by hand, from the design alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use owed::config::diagnostic::render;
use owed::config::{Beside, load_beside};
use owed::domain::deadline::{Due, Place, due};
use owed::domain::ids::Address;
use owed::domain::policy::Policy;

/// What no due time depends on, so that each file says only what matters in it.
const REST: &str = "
[escalation.standard]
steps = [{ after = \"0m\", tell = \"supervisor\" }]

[intake.lmtp]
listen = \"127.0.0.1:2424\"
vouched = \"authentication-results\"

[trust]
authserv_id = \"mx.brook.example\"

[deliver.folder]
path = \"outbox\"
from = \"owed@brook.example\"
";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/due")
}

/// One line of a file: when, where, when, why.
struct Case<'a> {
    line: usize,
    came: Timestamp,
    mailbox: Address,
    owner: Option<&'a str>,
    due: Timestamp,
    because: &'a str,
}

impl<'a> Case<'a> {
    fn read(line: usize, text: &'a str, zone: &TimeZone) -> Self {
        let parts: Vec<&str> = text.split('|').map(str::trim).collect();
        let [came, place, due, because] = parts[..] else { panic!("line {line}: {text}") };
        let (mailbox, owner) = match place.split_once('/') {
            Some((mailbox, owner)) => (mailbox, Some(owner)),
            None => (place, None),
        };
        let mailbox = Address::parse(&format!("{mailbox}@brook.example")).expect("a name");
        let instant = |text| instant(text, zone).unwrap_or_else(|| panic!("line {line}: {text}"));
        Self { line, came: instant(came), mailbox, owner, due: instant(due), because }
    }

    /// When it is due, and why, by the program.
    fn found(&self, policy: &Policy) -> Due {
        let roster = &policy.roster;
        let rule = policy.rules.iter().find(|rule| {
            let to = &rule.when.to;
            to.is_empty() || to.contains(&self.mailbox)
        });
        let named = self.owner.and_then(|name| roster.person_called(name));
        assert_eq!(
            named.is_some(),
            self.owner.is_some(),
            "line {}: nobody is called so",
            self.line
        );
        let owner = named.or_else(|| roster.person_at(&self.mailbox));
        assert!(roster.watches(&self.mailbox), "line {}: there is no such mailbox", self.line);
        let place = Place { mailbox: &self.mailbox, owner: owner.map(|person| &person.id) };
        due(policy, rule.expect("the last rule takes all"), place, self.came)
    }
}

/// `2026-03-04 10:00`, on the clocks of `zone` or of the one behind it; the first
/// of two where they are put back.
fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let mut words = text.split_whitespace();
    let civil: DateTime = format!("{} {}", words.next()?, words.next()?).parse().ok()?;
    let zone = words.next().map_or(Some(zone.clone()), |name| TimeZone::get(name).ok())?;
    let zoned = zone.to_ambiguous_zoned(civil);
    // A case must not rest on a time that no clock shows.
    assert!(!matches!(zoned.offset(), jiff::tz::AmbiguousOffset::Gap { .. }), "{text}");
    Some(zoned.compatible().ok()?.timestamp())
}

fn policy(name: &str, text: &str) -> Policy {
    let folder = folder();
    let read = |path: &Path| -> io::Result<Vec<u8>> { fs::read(path) };
    let list = |_: &Path| Err(io::ErrorKind::NotFound.into());
    let beside = Beside { folder: &folder, read: &read, list: &list };
    let loaded = load_beside(name, &(text.to_owned() + REST), beside)
        .unwrap_or_else(|letters| panic!("{}", render(&letters, false)));
    assert_eq!(render(&loaded.warnings, false), "", "{name}");
    loaded.policy
}

/// What differs in one file, and how many cases it has.
fn differences(path: &Path) -> (Vec<String>, usize) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let text = fs::read_to_string(path).unwrap();
    let (configuration, cases) = text.split_once("\n---\n").expect("a line --- before the cases");
    let before = configuration.lines().count() + 1;
    let policy = policy(name, configuration);
    let zone = &policy.roster.zone;
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%F %H:%M:%S %Z").to_string();
    let mut differ = Vec::new();
    let mut count = 0;
    for (at, line) in cases.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        count += 1;
        let case = Case::read(before + at + 1, line, zone);
        let found = case.found(&policy);
        if (found.at, found.because.as_str()) != (case.due, case.because) {
            let (line, at, because) = (case.line, shown(found.at), found.because);
            differ.push(format!(
                "{name}:{line}\n  expected {} {}\n  found    {at} {because}",
                shown(case.due),
                case.because
            ));
        }
    }
    (differ, count)
}

#[test]
fn answers_are_due_as_worked_out_by_hand() {
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    files.sort();
    let (mut differ, mut count) = (Vec::new(), 0);
    for file in &files {
        let (more, cases) = differences(file);
        differ.extend(more);
        count += cases;
    }
    assert!(differ.is_empty(), "{} of {count} differ:\n{}", differ.len(), differ.join("\n"));
    assert!(count >= 120, "only {count} cases");
}
