//! What stands beside the code: documents, tests, and what belongs in neither.

use std::collections::BTreeSet;
use std::fs;

use regex::Regex;

use super::source::{files, has_ending, read, sources, top};
use super::{Complaint, report};

/// Documents that everybody reads first.
const DOCUMENTS: [&str; 4] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

#[test]
fn the_map_names_every_room() {
    let map = read("ARCHITECTURE.md");
    let rooms: BTreeSet<String> = sources("src")
        .iter()
        .filter_map(|source| {
            let inside = source.path.strip_prefix("src/")?;
            Some(inside.split_once('/').map_or(inside.to_owned(), |(room, _)| format!("{room}/")))
        })
        .collect();
    let missing = rooms.iter().filter(|room| !map.contains(&format!("`{room}`")));
    let what = |room: &String| format!("say what `{room}` is for, in the code map");
    let complaints: Vec<_> =
        missing.map(|room| Complaint::new("ARCHITECTURE.md", 1, what(room))).collect();
    report(&complaints);
}

#[test]
fn documents_name_only_what_exists() {
    let path = Regex::new(r"[`(]((?:src|tests|config|docs|deploy|\.ci)/[\w./-]*)[`)]").unwrap();
    let mut complaints = Vec::new();
    for document in DOCUMENTS {
        for (at, line) in read(document).lines().enumerate() {
            let named = path.captures_iter(line).map(|found| found[1].to_owned());
            for missing in named.filter(|named| !top().join(named).exists()) {
                let what = format!("`{missing}` is not there; name what is");
                complaints.push(Complaint::new(document, at + 1, what));
            }
        }
    }
    report(&complaints);
}

#[test]
fn documents_are_there_and_the_changes_are_written_down() {
    let missing = DOCUMENTS.iter().filter(|path| read(path).trim().is_empty());
    let what = || "write it: it is where people begin".to_owned();
    let mut complaints: Vec<_> = missing.map(|path| Complaint::new(path, 1, what())).collect();
    let changes = read("CHANGELOG.md");
    let version = env!("CARGO_PKG_VERSION");
    if !changes.contains("## [Unreleased]") && !changes.contains(&format!("## [{version}]")) {
        let what = format!("have a section `## [Unreleased]` or `## [{version}]`");
        complaints.push(Complaint::new("CHANGELOG.md", 1, what));
    }
    report(&complaints);
}

#[test]
fn an_example_is_there_to_start_from() {
    let examples = files("config");
    assert!(
        examples.iter().any(|path| has_ending(path, "toml")),
        "config/: has no example configuration; put a commented one there"
    );
}

#[test]
fn integration_tests_are_one_binary_with_its_list_in_order() {
    let mut complaints = Vec::new();
    for entry in fs::read_dir(top().join("tests")).unwrap().flatten() {
        let name = entry.file_name().display().to_string();
        if has_ending(&name, "rs") {
            let what = "a binary of its own costs a link; make it a module of tests/it".to_owned();
            complaints.push(Complaint::new(&format!("tests/{name}"), 1, what));
        }
    }
    let list = read("tests/it/main.rs");
    let listed = list.lines().enumerate().filter(|(_, line)| line.starts_with("mod "));
    let listed: Vec<_> = listed.collect();
    for pair in listed.windows(2) {
        if let [(_, before), (at, after)] = pair
            && before.trim_end_matches(';') > after.trim_end_matches(';')
        {
            let what = format!("`{after}` stands after `{before}`; keep the list in order");
            complaints.push(Complaint::new("tests/it/main.rs", at + 1, what));
        }
    }
    report(&complaints);
}

#[test]
fn nothing_is_left_to_do_and_no_machine_is_named() {
    // Put together, so that this file does not name them either.
    let left =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), "todo!", "unimplemented!"];
    let machine = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let folders = ["src", "tests", "benches", "config", "deploy", "docs", ".ci"];
    let paths = folders.into_iter().flat_map(files);
    let paths = paths.chain(DOCUMENTS.map(str::to_owned)).chain(["Cargo.toml".to_owned()]);
    let mut complaints = Vec::new();
    for path in paths.filter(|path| !path.ends_with("tidy/tree.rs")) {
        for (at, line) in read(&path).lines().enumerate() {
            if left.iter().any(|word| line.contains(word)) {
                let what = "do it, or open an issue; the tree holds what is done".to_owned();
                complaints.push(Complaint::new(&path, at + 1, what));
            }
            if machine.iter().any(|place| line.contains(place)) {
                let what = "a place of one machine; use a relative path".to_owned();
                complaints.push(Complaint::new(&path, at + 1, what));
            }
        }
    }
    report(&complaints);
}
