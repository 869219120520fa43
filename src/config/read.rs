//! From text to shapes, past every fault.
//!
//! serde stops at the first thing it cannot read. So that the operator hears of
//! all of them, the entry it stopped at is mended where the slip is plain (a
//! misspelt key), else struck out, and the reading is tried again.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::faults::{Fault, Faults, Span};
use super::nearest::nearest;
use super::raw::Raw;

/// More entries than this are not struck out of one file.
const MOST: usize = 200;

/// The shapes in `text`, and what could not be read of it.
pub(super) fn read(name: &str, text: &str) -> (Option<Raw>, Faults) {
    let mut faults = Faults::new(name, text);
    let text = text.strip_prefix('\u{feff}').map_or_else(|| text.into(), |t| format!("   {t}"));
    let (document, syntax) = DeTable::parse_recoverable(&text);
    if syntax.is_empty() && document.get_ref().is_empty() {
        faults.push(nothing_written());
        return (None, faults);
    }
    let mut broken = BTreeSet::new();
    for error in &syntax {
        let span = error.span().unwrap_or_default();
        // One slip often makes the parser stumble several times in its line.
        if broken.insert(faults.line(&span)) {
            faults.push(syntax_fault(error.message(), span));
        }
    }
    let raw = shapes(document, &broken, &mut faults);
    // What is missing from a text that is no TOML says nothing.
    (raw.filter(|_| syntax.is_empty()), faults)
}

/// What a file of comments is, such as the one that the Debian package lays down.
fn nothing_written() -> Fault {
    Fault::error("E-nothing", "nothing is written here yet, so owed does not know what to do")
        .right("`owed init` asks what it has to know, and writes this file")
        .right("or begin with quickstart.toml, which has what is needed")
}

fn syntax_fault(message: &str, span: Span) -> Fault {
    Fault::error("E-syntax", "this line is no TOML")
        .at(span)
        .label(message.trim_end_matches(", expected literal string"))
        .right("texts stand in quotes, lists in [brackets]; what follows a # is a remark")
}

fn shapes(
    mut document: Spanned<DeTable<'_>>,
    broken: &BTreeSet<usize>,
    faults: &mut Faults,
) -> Option<Raw> {
    for _ in 0..MOST {
        let error = match Raw::deserialize(toml::de::Deserializer::from(document.clone())) {
            Ok(raw) => return Some(raw),
            Err(error) => error,
        };
        let span = error.span().unwrap_or_default();
        let told = broken.contains(&faults.line(&span));
        let whole = document.span();
        let mut walk =
            Walk { span: &span, path: Vec::new(), table: whole, message: error.message() };
        let Some(found) = walk.table(document.get_mut()) else {
            // The words of serde may repeat the value, and so a secret.
            faults.push(Fault::error("E-type", "this cannot be read").at(span));
            return None;
        };
        let path = walk.path.join(".");
        let table = walk.table;
        match &found {
            Found::Misspelt(_) => {}
            Found::Unknown(Some(near)) => {
                let place = path.rsplit_once('.').map_or("", |(place, _)| place);
                faults.strike(table, format!("{place}.{near}").trim_matches('.').to_owned());
            }
            Found::Unknown(None) | Found::Unreadable(..) => faults.strike(table, path.clone()),
        }
        if !told {
            let fault = found.fault(&path, error.message(), faults.source(&span));
            faults.push(fault.at(span));
        }
    }
    None
}

/// Whether a value is one of a list.
#[derive(Debug, Clone, Copy)]
enum Listed {
    Yes,
    No,
}

/// What the reader stopped at.
enum Found {
    /// A key that nobody knows, mended to this one.
    Misspelt(String),
    /// A key that nobody knows; perhaps this one was meant, which is there too.
    Unknown(Option<String>),
    /// A value of another type than its key has; or one that it lists.
    Unreadable(&'static str, Listed),
}

impl Found {
    fn fault(&self, path: &str, message: &str, written: &str) -> Fault {
        let key = path.rsplit('.').next().unwrap_or(path);
        match self {
            Self::Misspelt(near) => unknown_key(key, path).right(format!("did you mean `{near}`?")),
            Self::Unknown(Some(near)) => {
                unknown_key(key, path).right(format!("`{near}` is near, but is there already"))
            }
            Self::Unknown(None) => {
                let known: Vec<&str> = known_keys(message).collect();
                unknown_key(key, path).right(format!("what may stand here: {}", known.join(", ")))
            }
            Self::Unreadable(found, listed) => match nameless(path) {
                Some(kind) => Fault::error("E-type", format!("`{key}` stands in no {kind}"))
                    .label(format!("[{kind}] alone has no name"))
                    .right(format!("give each {kind} a name in its brackets: [{kind}.NAME]")),
                None => {
                    wrong_type((key, *listed), message, found, written).right(brackets(path, found))
                }
            },
        }
    }
}

fn unknown_key(key: &str, path: &str) -> Fault {
    let place = match path.rsplit_once('.') {
        Some((place, _)) => format!("in `{place}`"),
        None => "at the top of the file".to_owned(),
    };
    Fault::error("E-unknown-key", format!("there is no `{key}` {place}")).label("not known")
}

fn wrong_type((key, listed): (&str, Listed), message: &str, found: &str, written: &str) -> Fault {
    let expected =
        message.rsplit_once("expected ").map_or("something else", |(_, expected)| expected);
    let expected = match expected {
        "a string" => "a text in quotes",
        "a boolean" => "true or false",
        "i64" => "a whole number",
        "a sequence" => "a list in [brackets]",
        "a map" => "a table",
        "a list of strings" => "a list of texts, as in [\"one\", \"two\"]",
        other => other,
    };
    let found = match found {
        "string" => "a text",
        "integer" | "float" => "a number",
        "boolean" => "true or false",
        "datetime" => "a date without quotes",
        "array" => "a list",
        _ => "a table",
    };
    let what = match listed {
        Listed::No => format!("`{key}` must be {expected}"),
        Listed::Yes => format!("each thing in `{key}` must be {expected}"),
    };
    let fault = Fault::error("E-type", what).label(format!("this is {found}"));
    let plain = !written.is_empty() && !written.contains(['"', '\'', '\n', '[', '{', '*']);
    match expected {
        "a text in quotes" if plain => fault.right(format!("write it in quotes: \"{written}\"")),
        "true or false" => fault.right("write true or false, without quotes"),
        "a whole number" => fault.right("write the digits alone, without quotes"),
        _ => fault,
    }
}

/// The kind of table whose name was left out, so that its keys look like names.
fn nameless(path: &str) -> Option<&str> {
    let (kind, name) = path.split_once('.')?;
    (["calendar", "escalation"].contains(&kind) && !name.contains('.')).then_some(kind)
}

/// What is written around the name of a table, where that is the slip.
fn brackets(path: &str, found: &str) -> String {
    match (path, found) {
        ("person" | "mailbox" | "rule" | "intake.imap", "table") => {
            format!("there may be several: write [[{path}]], with two brackets on each side")
        }
        ("calendar" | "escalation", _) => format!("it has a name: [{path}.NAME]"),
        _ => String::new(),
    }
}

/// The names that serde would have taken, from its message; the first between
/// backticks is the one it did not.
fn known_keys(message: &str) -> impl Iterator<Item = &str> + Clone {
    message.split('`').skip(3).step_by(2)
}

/// A search for the innermost entry at a place.
struct Walk<'a> {
    span: &'a Span,
    message: &'a str,
    path: Vec<String>,
    table: Span,
}

impl Walk<'_> {
    fn table(&mut self, table: &mut DeTable<'_>) -> Option<Found> {
        for (key, value) in table.iter_mut() {
            self.path.push(key.get_ref().to_string());
            let outer = self.table.clone();
            if key.span() != *self.span
                && let Some(found) = self.value(value)
            {
                return Some(found);
            }
            self.table = outer;
            self.path.pop();
        }
        let here = |key: &Span, value: &Span| {
            key == self.span || (value.start <= self.span.start && self.span.end <= value.end)
        };
        let (key, _) = table.iter().find(|(key, value)| here(&key.span(), &value.span()))?;
        let (key, place) = (key.get_ref().to_string(), key.span());
        let value = table.remove(key.as_str())?;
        self.path.push(key.clone());
        if !self.message.starts_with("unknown field") {
            let items = value.get_ref().as_array().map(|array| array.iter());
            let item = items.into_iter().flatten().find(|item| item.span() == *self.span);
            return Some(match item {
                Some(item) => Found::Unreadable(item.get_ref().type_str(), Listed::Yes),
                None => Found::Unreadable(value.get_ref().type_str(), Listed::No),
            });
        }
        let Some(near) = nearest(&key, known_keys(self.message)) else {
            return Some(Found::Unknown(None));
        };
        if table.contains_key(near) {
            return Some(Found::Unknown(Some(near.to_owned())));
        }
        table.insert(Spanned::new(place, near.to_owned().into()), value);
        Some(Found::Misspelt(near.to_owned()))
    }

    fn value(&mut self, value: &mut Spanned<DeValue<'_>>) -> Option<Found> {
        let place = value.span();
        match value.get_mut() {
            DeValue::Table(table) => {
                self.table = place;
                self.table(table)
            }
            DeValue::Array(array) => array.iter_mut().find_map(|item| self.value(item)),
            _ => None,
        }
    }
}
