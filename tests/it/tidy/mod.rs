//! The tree polices itself: what reviewers would otherwise say again and again.
//!
//! Each check is one test, looks at the files as they are, and says of each
//! fault where it is and what would be right. `ARCHITECTURE.md` has the reasons
//! for the table of rooms ([`rooms`]), `CONTRIBUTING.md` the ones for the rest.

mod documents;
mod reference;
mod rooms;
mod source;
mod tree;

use std::fmt;

use regex::Regex;

use self::source::{Source, sources};

const FILE_LINES: usize = 500;
const MOD_LINES: usize = 120;
const FUNCTION_LINES: usize = 70;
const COLUMNS: usize = 100;

/// One fault: where, and what would be right.
#[derive(Debug)]
struct Complaint {
    path: String,
    line: usize,
    what: String,
}

impl Complaint {
    fn new(path: &str, line: usize, what: String) -> Self {
        Self { path: path.to_owned(), line, what }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Fails with all complaints at once, one a line.
#[track_caller]
fn report(complaints: &[Complaint]) {
    let lines: Vec<_> = complaints.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} to put right:\n{}", lines.len(), lines.join("\n"));
}

/// Complains of each line of production code in `src` that `pattern` is found
/// on, but for the files that are `excepted`.
fn banned(pattern: &str, excepted: &[&str], instead: &str) -> Vec<Complaint> {
    let pattern = Regex::new(pattern).unwrap();
    let mut complaints = Vec::new();
    let searched = |source: &&Source| !excepted.contains(&source.path.as_str());
    for source in sources("src").iter().filter(searched) {
        for (line, code) in source.production() {
            if let Some(found) = pattern.find(code) {
                let what = format!("`{}`; {instead}", found.as_str());
                complaints.push(Complaint::new(&source.path, line, what));
            }
        }
    }
    complaints
}

fn everything() -> impl Iterator<Item = Source> {
    ["src", "tests", "benches"].into_iter().flat_map(sources)
}

#[test]
fn every_file_says_first_what_it_is() {
    let silent = everything().filter(|source| !source.text.starts_with("//! "));
    let what = || "begin with `//! ` and what this file owns and refuses to know".to_owned();
    let complaints: Vec<_> = silent.map(|source| Complaint::new(&source.path, 1, what())).collect();
    report(&complaints);
}

#[test]
fn files_fit_a_head() {
    let mut complaints = Vec::new();
    for source in sources("src") {
        let most = if source.path.ends_with("/mod.rs") { MOD_LINES } else { FILE_LINES };
        let lines = source.production_lines();
        if lines > most {
            let what = format!("{lines} lines without tests, at most {most}; split it by nouns");
            complaints.push(Complaint::new(&source.path, most + 1, what));
        }
    }
    report(&complaints);
}

#[test]
fn functions_fit_a_screen() {
    let mut complaints = Vec::new();
    for source in sources("src") {
        for (name, line, lines) in source.functions() {
            if lines > FUNCTION_LINES {
                let what =
                    format!("`{name}` has {lines} lines, at most {FUNCTION_LINES}; split it");
                complaints.push(Complaint::new(&source.path, line, what));
            }
        }
    }
    report(&complaints);
}

#[test]
fn lines_fit_a_page() {
    let mut complaints = Vec::new();
    for source in everything() {
        for (at, line) in source.text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > COLUMNS {
                let what = format!("{columns} columns, at most {COLUMNS}; break the line");
                complaints.push(Complaint::new(&source.path, at + 1, what));
            }
        }
    }
    report(&complaints);
}

#[test]
fn names_say_what_a_thing_is() {
    let vague = ["utils", "util", "common", "helpers", "helper", "models", "types", "misc"];
    let mut complaints = banned(
        r"\b(?:struct|enum|trait|type)\s+\w+(?:Manager|Service|Handler|Processor|Provider)\b",
        &[],
        "name it after what it is, not after what it does to something",
    );
    for source in everything() {
        let parts = source.path.trim_end_matches(".rs").split('/');
        for part in parts.filter(|part| vague.contains(part)) {
            let what = format!("`{part}` says nothing; name the thing that is in it");
            complaints.push(Complaint::new(&source.path, 1, what));
        }
    }
    report(&complaints);
}

#[test]
fn time_and_chance_are_arguments() {
    let readers = ["src/clock.rs", "src/random.rs"];
    let dice =
        r"\b(?:Timestamp|Zoned|SystemTime|Instant)::now\b|\bgetrandom::|\brand::|RandomState";
    report(&banned(dice, &readers, "take a Clock, a Timestamp or a Random as an argument"));
}

#[test]
fn bans_are_lifted_in_the_places_that_are_known() {
    let known = [
        "src/clock.rs",
        "src/random.rs",
        "src/log.rs",
        "src/daemon/passed.rs",
        "src/daemon/secret.rs",
        "src/daemon/watch.rs",
    ];
    let lifted = r"expect\(clippy::disallowed_methods";
    report(&banned(lifted, &known, "clippy.toml says who may call this; ask them"));
}

#[test]
fn exceptions_have_a_reason_and_expire() {
    let mut complaints = Vec::new();
    for source in everything() {
        for (at, code) in source.code.lines().enumerate() {
            if code.contains("#[allow(") || code.contains("#![allow(") {
                let what =
                    "`allow` outlives its cause; `#[expect(lint, reason = \"…\")]`".to_owned();
                complaints.push(Complaint::new(&source.path, at + 1, what));
            }
        }
    }
    report(&complaints);
}
