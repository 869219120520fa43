//! Documents: each link inside the tree leads somewhere, and each command that is shown
//! is one that owed knows.

use std::path::Path;

use regex::Regex;

use super::source::{files, has_ending, line_of, read, top};
use super::{Complaint, report};
use crate::binary::owed;

/// All that people are given to read.
fn documents() -> Vec<String> {
    let above = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    let below = ["docs", "deploy"].into_iter().flat_map(files);
    let below = below.filter(|path| has_ending(path, "md"));
    above.into_iter().map(str::to_owned).chain(below).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)#:\s]*)(?:#([^)]*))?\)").unwrap();
    let mut complaints = Vec::new();
    for document in documents() {
        let text = read(&document);
        let folder = Path::new(&document).parent().unwrap();
        for found in link.captures_iter(&text) {
            let (at, to) = (found.get(0).unwrap().start(), &found[1]);
            let path = match to {
                "" => top().join(&document),
                _ => top().join(folder).join(to),
            };
            let part = found.get(2).map(|part| part.as_str());
            let there = match part {
                None => path.exists(),
                Some(part) => std::fs::read_to_string(path).is_ok_and(|it| has_part(&it, part)),
            };
            if !there {
                let what = format!("`{}` is not there; link to what is", &found[0]);
                complaints.push(Complaint::new(&document, line_of(&text, at), what));
            }
        }
    }
    report(&complaints);
}

/// Whether a document has a heading of this name: small letters, and a dash for each blank.
fn has_part(document: &str, part: &str) -> bool {
    let headings = document.lines().filter(|line| line.starts_with('#'));
    let name = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        words.replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '_', "")
    };
    headings.map(name).any(|name| name == part)
}

#[test]
fn every_command_that_is_shown_is_one_that_there_is() {
    let help = owed(&top(), &["--help"]).out;
    let verbs: Vec<&str> = help.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let shown = Regex::new(r"(?m)(?:`|^\s*|&& )owed ([a-z-]+)").unwrap();
    let mut complaints = Vec::new();
    for document in documents() {
        let text = read(&document);
        let code = code(&text);
        for found in shown.captures_iter(&code) {
            let verb = &found[1];
            if !verbs.contains(&verb) {
                let what = format!("there is no `owed {verb}`; `owed help` tells what there is");
                let at = line_of(&code, found.get(1).unwrap().start());
                complaints.push(Complaint::new(&document, at, what));
            }
        }
    }
    report(&complaints);
}

/// The text with everything blank that is not in a block of code or between backticks.
fn code(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().map(|line| {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            return String::new();
        }
        if inside {
            return line.to_owned();
        }
        let spans = line.split('`').skip(1).step_by(2);
        spans.map(|span| format!("`{span}` ")).collect::<Vec<_>>().concat()
    });
    lines.map(|line| line + "\n").collect()
}
