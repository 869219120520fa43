//! `docs/configuration.md`: made from the words on each key of `src/config/raw.rs`, so
//! that it has every key and no other; and each default in it is tried.
//!
//! With `UPDATE_EXPECTED=1` in the environment the document is written anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use owed::config::load;
use regex::Regex;
use toml::{Table, Value};

use super::source::{files, read, top};
use super::{Complaint, report};

const SOURCE: &str = "src/config/raw.rs";
const DOCUMENT: &str = "docs/configuration.md";

const HEAD: &str = "\
# Configuration

Every key that `owed.toml` may have. `config/owed.example.toml` shows most of them at
work; `owed check FILE…` finds all mistakes at once, unknown keys among them.

- Paths are seen from the folder of the file.
- Times: `\"45m\"`, `\"4h\"`, `\"1h 30m\"` are working time on a calendar, `\"2d\"` working days,
  `\"4h elapsed\"` time on the wall.
- Where a list of texts may stand, so may one text alone.
- Secrets never stand in the file, only where they are found.

This page is made from the program's source, and each default in it is tried by a test.
";

/// A table of the file.
struct Section {
    /// As it is written, such as `[[intake.imap]]`.
    heading: String,
    line: usize,
    keys: Vec<Key>,
}

/// A key in it.
struct Key {
    name: String,
    shape: &'static str,
    words: String,
}

impl Key {
    /// What holds where it is not written, as TOML.
    fn default(&self) -> Option<String> {
        let named = Regex::new(r"Default `([^`]+)`\.").unwrap();
        Some(named.captures(&self.words)?[1].to_owned())
    }

    fn says_what_holds_without_it(&self) -> bool {
        self.default().is_some()
            || ["Needed", "Without it", "It needs one"].iter().any(|w| self.words.contains(w))
    }
}

/// What `src/config/raw.rs` and the files below it say: a section for each struct, but for
/// the ones that only hold tables.
fn sections() -> Vec<Section> {
    let opens = Regex::new(r"^pub\([a-z: ]+\) struct \w+ \{$").unwrap();
    let field = Regex::new(r"^    pub\([a-z: ]+\) (\w+): (.*),$").unwrap();
    let named = Regex::new(r"^(`\w+` … [^:]+): ").unwrap();
    let (mut sections, mut words) = (Vec::<Section>::new(), String::new());
    let more = files("src/config/raw").iter().map(|path| read(path)).collect::<String>();
    for (at, line) in (read(SOURCE) + &more).lines().enumerate() {
        if let Some(more) = line.trim_start().strip_prefix("/// ") {
            write!(words, "{}{more}", if words.is_empty() { "" } else { " " }).unwrap();
        } else if opens.is_match(line) {
            let heading = std::mem::take(&mut words);
            sections.push(Section { heading, line: at + 1, keys: Vec::new() });
        } else if let (Some(found), Some(section)) = (field.captures(line), sections.last_mut()) {
            let words = std::mem::take(&mut words);
            let name = named.captures(&words).map(|own| own[1].to_owned());
            let rest = name.as_ref().map_or(&*words, |name| &words[name.len() + 2..]).to_owned();
            let name = name.unwrap_or_else(|| format!("`{}`", &found[1]));
            section.keys.push(Key { name, shape: shape(&found[2]), words: rest });
        } else if !line.starts_with("#[") {
            words.clear();
        }
    }
    sections.retain(|section| section.heading.starts_with('`') && section.heading.contains(": "));
    // What nobody can write has no words: the calendar's net for misspelt days.
    for section in &mut sections {
        section.keys.retain(|key| key.name != "`unknown`");
    }
    sections
}

fn shape(kind: &str) -> &'static str {
    match kind {
        kind if kind.contains("Override") || kind.contains("Step") => "list of tables",
        kind if kind.contains("BTreeMap") => "table",
        kind if kind.contains("Texts") || kind.contains("OneOrMany") => "text or list",
        kind if kind.contains("Text") && !kind.contains("Token") => "text",
        kind if kind.contains("bool") => "`true` or `false`",
        kind if kind.contains("i64") => "number",
        _ => "table",
    }
}

fn rendered(sections: &[Section]) -> String {
    let said = Regex::new(r" ?(?:Needed\.|Default `[^`]+`\.)").unwrap();
    let mut page = HEAD.to_owned();
    for section in sections {
        let (table, what) = section.heading.split_once(": ").unwrap();
        write!(page, "\n## {table}\n\n{}\n\n", sentence(what)).unwrap();
        page.push_str("| key | written as | default | what it says |\n| --- | --- | --- | --- |\n");
        for key in &section.keys {
            let default = match key.default() {
                Some(default) => format!("`{default}`"),
                None if key.words.contains("Needed.") => "**needed**".to_owned(),
                None => String::new(),
            };
            let words = said.replace_all(&key.words, "").replace('|', "\\|");
            let (name, shape) = (&key.name, key.shape);
            writeln!(page, "| {name} | {shape} | {default} | {} |", words.trim()).unwrap();
        }
    }
    page
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[test]
fn the_reference_has_every_key_as_the_source_has_it() {
    let sections = sections();
    assert!(sections.len() > 20, "only {} tables were found", sections.len());
    let mut complaints = Vec::new();
    for section in &sections {
        for key in section.keys.iter().filter(|key| !key.says_what_holds_without_it()) {
            let what = "say `Needed.`, `Default …`, or what holds without it: `Without it, …`";
            let what = format!("{} of {}: {what}", key.name, section.heading);
            complaints.push(Complaint::new(SOURCE, section.line, what));
        }
    }
    report(&complaints);
    let page = rendered(&sections);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(top().join(DOCUMENT), &page).unwrap();
    }
    assert!(read(DOCUMENT) == page, "{DOCUMENT} is not what {SOURCE} says: UPDATE_EXPECTED=1");
}

#[test]
fn every_default_is_what_holds_where_nothing_is_written() {
    let example = read("config/owed.example.toml") + MORE;
    // Either of its two targets may be missing then.
    let example = example.replacen("before_leaving = true", BOTH_TARGETS, 1);
    let files = [example, read("config/quickstart.toml")];
    let mut tried = 0;
    for section in sections() {
        for key in &section.keys {
            let Some(default) = key.default() else { continue };
            let name = key.name.trim_matches('`');
            let file = files.iter().find(|file| table(&mut parsed(file), &section).is_some());
            let file = file.unwrap_or_else(|| panic!("no example has {}", section.heading));
            let (mut with, mut without) = (parsed(file), parsed(file));
            let value = parsed(&format!("it = {default}"))["it"].clone();
            table(&mut with, &section).unwrap().insert(name.to_owned(), value);
            table(&mut without, &section).unwrap().remove(name);
            assert_eq!(meant(&with), meant(&without), "{name} of {}", section.heading);
            tried += 1;
        }
    }
    assert!(tried >= 15, "only {tried} defaults were tried");
}

/// What the examples only show as a comment.
const MORE: &str = r#"
[rota.duty]
people = ["004", "021"]
first = "2026-01-05"

[[check_in.question]]
text = "What could we do better?"
"#;

const BOTH_TARGETS: &str = "before_leaving = true\nreply_within = '4h'";

fn parsed(text: &str) -> Table {
    text.parse().unwrap()
}

/// The table of a section in a file, the first where there are several.
fn table<'a>(file: &'a mut Table, section: &Section) -> Option<&'a mut Table> {
    let heading = section.heading.split_once(": ")?.0.replace(['`', '[', ']'], "");
    let (own, outer) = match heading.split_once(" of ") {
        Some((own, outer)) => (Some(own), outer),
        None => (None, heading.as_str()),
    };
    let mut found = file;
    for part in outer.split('.').chain(own) {
        let value = match part {
            "NAME" => found.iter_mut().next()?.1,
            part => found.get_mut(part)?,
        };
        found = match value {
            Value::Array(all) => all.first_mut()?.as_table_mut()?,
            value => value.as_table_mut()?,
        };
    }
    Some(found)
}

/// What a file means, in full.
fn meant(file: &Table) -> String {
    let loaded = load("owed.toml", &file.to_string(), Path::new("/etc/owed"));
    let loaded = loaded.unwrap_or_else(|letters| panic!("{letters:#?}"));
    format!("{:?} {:?}", loaded.policy, loaded.settings)
}
