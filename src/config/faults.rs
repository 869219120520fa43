//! Gathering: every fault is noted with its place, and none stops the search
//! for the others.
//!
//! What the reader had to strike out is remembered here as well, so that one
//! slip is told once and not again for everything that hangs on it.

use std::ops::Range;

use super::diagnostic::{Diagnostic, Level, Place};
use super::mask::{masked, without_login};

/// A place in the text, in bytes.
pub(super) type Span = Range<usize>;

/// A letter that is being written.
#[derive(Debug)]
pub(super) struct Fault {
    level: Level,
    code: &'static str,
    span: Option<Span>,
    wrong: String,
    label: String,
    right: Vec<String>,
}

impl Fault {
    /// Something for which the configuration is refused.
    pub(super) fn error(code: &'static str, wrong: impl Into<String>) -> Self {
        let (label, right) = (String::new(), Vec::new());
        Self { level: Level::Error, code, span: None, wrong: wrong.into(), label, right }
    }

    /// Something that the operator should know.
    pub(super) fn warning(code: &'static str, wrong: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, wrong) }
    }

    /// Where it is.
    pub(super) fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// A word beside the caret.
    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// One line of what would be right; an empty one is none.
    pub(super) fn right(mut self, right: impl Into<String>) -> Self {
        let right = right.into();
        if !right.is_empty() {
            self.right.push(right);
        }
        self
    }
}

/// An entry that could not be read and was left out of the rest.
#[derive(Debug)]
struct Struck {
    table: Span,
    path: String,
}

/// All that was found so far.
#[derive(Debug)]
pub(super) struct Faults {
    file: String,
    text: String,
    found: Vec<(usize, Diagnostic)>,
    struck: Vec<Struck>,
}

impl Faults {
    /// Nothing yet, in the configuration `text` called `file`.
    pub(super) fn new(file: &str, text: &str) -> Self {
        let (found, struck) = (Vec::new(), Vec::new());
        Self { file: file.to_owned(), text: masked(text), found, struck }
    }

    /// Notes one.
    pub(super) fn push(&mut self, fault: Fault) {
        let start = fault.span.as_ref().map_or(0, |span| span.start);
        let place = fault.span.map(|span| self.place(&span));
        let Fault { level, code, wrong, label, right, .. } = fault;
        let (file, wrong, label) =
            (self.file.clone(), without_login(&wrong), without_login(&label));
        self.found.push((start, Diagnostic { level, code, file, place, wrong, label, right }));
    }

    /// Notes that `key` is not in the table at `table`, unless it was there and
    /// could not be read, which is told already.
    pub(super) fn missing(&mut self, table: &Span, key: &str, fault: Fault) {
        let dotted = format!(".{key}");
        let told = |s: &Struck| s.table == *table && (s.path == key || s.path.ends_with(&dotted));
        if !self.struck.iter().any(told) {
            self.push(fault.at(table.clone()));
        }
    }

    /// Remembers that the entry `path` of the table at `table` was left out.
    pub(super) fn strike(&mut self, table: Span, path: String) {
        self.struck.push(Struck { table, path });
    }

    /// Whether something at `path` (`person.id`), or what it is in, was left out.
    pub(super) fn was_struck(&self, path: &str) -> bool {
        self.struck.iter().any(|struck| {
            path.strip_prefix(&struck.path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Whether a name of this kind (`calendar`) was left out, so that not all
    /// names are known.
    pub(super) fn lost_a_name(&self, kind: &str) -> bool {
        let name = |path: &str| {
            let rest = path.strip_prefix(kind)?;
            rest.strip_prefix('.').map_or(rest.is_empty(), |name| !name.contains('.')).then_some(())
        };
        self.struck.iter().any(|struck| name(&struck.path).is_some())
    }

    /// Whether something in the table `path` (`calendar.office`) was left out.
    pub(super) fn struck_within(&self, path: &str) -> bool {
        let inside = |rest: &str| rest.is_empty() || rest.starts_with('.');
        self.struck.iter().any(|struck| struck.path.strip_prefix(path).is_some_and(inside))
    }

    /// Notes what was found in a file beside this one.
    pub(super) fn absorb(&mut self, other: Self) {
        self.found.extend(other.found.into_iter().map(|(_, letter)| (usize::MAX, letter)));
    }

    /// How many errors were noted so far.
    pub(super) fn errors(&self) -> usize {
        self.found.iter().filter(|(_, letter)| letter.is_error()).count()
    }

    /// The line in which `span` starts, counted from 1.
    pub(super) fn line(&self, span: &Span) -> usize {
        self.before(span.start).matches('\n').count() + 1
    }

    /// The text as written between two places, secrets masked.
    pub(super) fn source(&self, span: &Span) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// Everything that was noted, in the order of the text.
    pub(super) fn told(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|(start, letter)| (letter.level, *start));
        let mut told: Vec<Diagnostic> = self.found.into_iter().map(|(_, letter)| letter).collect();
        told.dedup();
        told
    }

    fn before(&self, at: usize) -> &str {
        let end = (0..=at.min(self.text.len())).rev().find(|&i| self.text.is_char_boundary(i));
        self.text.get(..end.unwrap_or(0)).unwrap_or_default()
    }

    /// The first line of `span`; what runs on is cut, so that a letter is short
    /// and a secret in a later line is not shown.
    fn place(&self, span: &Span) -> Place {
        let before = self.before(span.start);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let text = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let from = (before.len() - start).min(text.len());
        let to = self.before(span.end).len().saturating_sub(start).clamp(from, text.len());
        let column = text.get(..from).unwrap_or_default().chars().count() + 1;
        Place { line: self.line(span), column, text: text.to_owned(), span: from..to }
    }
}
