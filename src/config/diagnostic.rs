//! One fault of a configuration, told as a small letter to the operator: where
//! it is, what is wrong, and what would be right.
//!
//! The line that is shown has its secrets masked already (`mask`), so a letter
//! may be pasted into a ticket.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Renderer, Snippet};

/// How grave a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The configuration is refused.
    Error,
    /// The configuration is taken, and the operator should know this.
    Warning,
}

/// Where a fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The line itself, secrets masked.
    pub text: String,
    /// Which bytes of the line are meant.
    pub span: Range<usize>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub level: Level,
    /// A code that stays the same while the words are polished.
    pub code: &'static str,
    /// The configuration's name, as the operator gave it.
    pub file: String,
    /// Where; `None` for what is missing from the file as a whole.
    pub place: Option<Place>,
    /// What is wrong, in one line.
    pub wrong: String,
    /// A word under the line, beside the caret.
    pub label: String,
    /// What would be right, one line each.
    pub right: Vec<String>,
}

impl Diagnostic {
    /// Whether the configuration is refused for it.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// The letters, one after the other, with colours where they are asked for.
pub fn render(letters: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    letters.iter().map(|letter| letter_text(letter, &renderer) + "\n\n").collect()
}

fn letter_text(letter: &Diagnostic, renderer: &Renderer) -> String {
    let level = match letter.level {
        Level::Error => annotate_snippets::Level::ERROR,
        Level::Warning => annotate_snippets::Level::WARNING,
    };
    let mut group = level.primary_title(&letter.wrong).id(letter.code).elements(snippet(letter));
    if letter.place.is_none() {
        group = group.element(annotate_snippets::Origin::path(&letter.file));
    }
    let right = letter.right.iter().map(|line| annotate_snippets::Level::HELP.message(line));
    renderer.render(&[group.elements(right)])
}

fn snippet(letter: &Diagnostic) -> Option<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let place = letter.place.as_ref()?;
    let mut caret = AnnotationKind::Primary.span(place.span.clone());
    if !letter.label.is_empty() {
        caret = caret.label(&letter.label);
    }
    let snippet = Snippet::source(&place.text).line_start(place.line).path(&letter.file);
    Some(snippet.annotation(caret))
}
