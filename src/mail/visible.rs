//! The writer's own words: a mail without quotation and signature.
//!
//! The marks of HTML mail programs come first, the habits of plain text second.
//! When in doubt words are kept: an answer between quotations is never cut with
//! them, what follows the last quotation is an answer below it, and what is
//! passed on is the content. What is cut is kept apart, in [`Parts`].

mod signature;
mod text;

use super::html::{self, Role};
use super::line::{self, Class};
use super::parse::Message;
use super::thread::base_subject;
use crate::domain::ids::Party;
use text::{Part, Text};

/// How many lines are looked at; a mail with more is kept as it is from there.
const MOST_LINES: usize = 20_000;

/// A mail's text by who wrote what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// What its writer wrote, with the quotations that it stands between, and
    /// what they passed on.
    pub own: String,
    /// What is quoted beside that, with its introductions.
    pub quoted: String,
    /// Signatures, footers of programs and lists, lawyers' notices.
    pub signature: String,
}

/// What its writer wrote in this mail.
pub fn visible(message: &Message) -> String {
    parts(message).own
}

/// The same for a text alone.
pub fn visible_text(text: &str) -> String {
    of_text(text, false, None).own
}

/// A mail's text by who wrote what; nothing of it is lost.
pub fn parts(message: &Message) -> Parts {
    let forward = base_subject(&message.subject).is_forward;
    let writer = message.from.as_ref();
    if let Some(page) = &message.html {
        let lines = html::lines(page);
        let marked = lines.iter().any(|line| line.cut || line.role != Role::Own);
        if marked || message.text.trim().is_empty() {
            return of_page(&lines, forward, writer);
        }
    }
    of_text(&message.text, forward, writer)
}

/// The own words in a visible text without the quotations they stand between.
pub fn own_words(visible: &str) -> String {
    let own = visible.lines().filter(|line| !line.trim_start().starts_with('>'));
    own.collect::<Vec<_>>().join("\n")
}

fn of_page(lines: &[html::Line], forward: bool, writer: Option<&Party>) -> Parts {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let mut classes = line::classes(&texts);
    for (class, line) in classes.iter_mut().zip(lines) {
        match line.role {
            _ if line.cut => *class = Class::Original,
            Role::Attribution if *class != Class::Forward => *class = Class::Attribution,
            _ => {}
        }
    }
    let mut text = Text::new(texts, classes, writer);
    text.cut_where(Part::Signature, |at| {
        lines.get(at).is_some_and(|line| line.role == Role::Signature)
    });
    text.parts(forward)
}

fn of_text(text: &str, forward: bool, writer: Option<&Party>) -> Parts {
    let mut rest = text.lines();
    let lines: Vec<&str> = rest.by_ref().take(MOST_LINES).collect();
    let classes = line::classes(&lines);
    let mut parts = Text::new(lines, classes, writer).parts(forward);
    for line in rest {
        parts.own.push('\n');
        parts.own.push_str(line);
    }
    parts
}

#[cfg(test)]
mod tests;
