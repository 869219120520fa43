//! The writer's own words: a mail without quotation and signature.
//!
//! The marks of HTML mail programs come first, the habits of plain text second.
//! When in doubt words are kept: an answer between quotations is never cut with
//! them, what follows the last quotation is an answer below it, and what is
//! passed on is the content. The whole text stays in the message.

use super::html::{self, Role};
use super::line::{self, Class};
use super::parse::Message;

/// How many lines are looked at; a mail with more is kept as it is from there.
const MOST_LINES: usize = 20_000;
/// How many lines a signature below `-- ` may have.
const LONGEST_SIGNATURE: usize = 20;
/// How many signatures of one mail are taken out.
const MOST_SIGNATURES: usize = 8;

/// What its writer wrote in this mail.
pub fn visible(message: &Message) -> String {
    let forward = is_forward(&message.subject);
    if let Some(page) = &message.html {
        let lines = html::lines(page);
        let marked = lines.iter().any(|line| line.cut || line.role != Role::Own);
        if marked || message.text.trim().is_empty() {
            return of_page(lines, forward);
        }
    }
    of_text(&message.text, forward)
}

/// The same for a text alone.
pub fn visible_text(text: &str) -> String {
    of_text(text, false)
}

/// The own words in a visible text without the quotations they stand between.
pub fn own_words(visible: &str) -> String {
    let own = visible.lines().filter(|line| !line.trim_start().starts_with('>'));
    own.collect::<Vec<_>>().join("\n")
}

fn is_forward(subject: &str) -> bool {
    let start: String = subject.trim_start().chars().take(5).collect::<String>().to_lowercase();
    ["fwd:", "fw:", "wg:", "tr:", "rv:", "enc:", "i:", "vs:", "vb:", "fs:", "doorst"]
        .iter()
        .any(|mark| start.starts_with(mark) && *mark != "vs:")
}

fn of_page(lines: Vec<html::Line>, forward: bool) -> String {
    let lines: Vec<html::Line> =
        lines.into_iter().filter(|line| line.role != Role::Signature).collect();
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let mut classes = line::classes(&texts);
    for (class, line) in classes.iter_mut().zip(&lines) {
        match line.role {
            _ if line.cut => *class = Class::Original,
            Role::Attribution if *class != Class::Forward => *class = Class::Attribution,
            _ => {}
        }
    }
    Text { lines: texts, classes }.own(forward)
}

fn of_text(text: &str, forward: bool) -> String {
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    let classes = line::classes(&lines);
    Text { lines, classes }.own(forward)
}

/// Lines with their classes, cut step by step.
struct Text<'a> {
    lines: Vec<&'a str>,
    classes: Vec<Class>,
}

impl Text<'_> {
    fn own(mut self, forward: bool) -> String {
        self.drop_leading();
        let passed_on = self.classes.iter().position(|c| *c == Class::Forward);
        let original = self.original();
        match (passed_on, original) {
            (Some(at), original) if original.is_none_or(|o| at <= o) => {
                return self.with_forward(at);
            }
            (_, Some(at)) if forward => return self.with_forward(at),
            (_, Some(at)) => self.truncate(at),
            _ => {}
        }
        self.drop_signature();
        self.drop_final_quotes();
        self.drop_attributions();
        self.join()
    }

    /// A mail may begin with what it answers: its introduction says nothing.
    fn drop_leading(&mut self) {
        let introduces = |c: &Class| matches!(c, Class::Empty | Class::Attribution);
        let mut count = self.classes.iter().take_while(|c| introduces(c)).count();
        let original = |c: &Class| matches!(c, Class::Original | Class::Rule | Class::Empty);
        let separators = self.classes.iter().take_while(|c| original(c)).count();
        if self.classes.iter().take(separators).any(|c| *c == Class::Original) {
            count = count.max(separators);
        }
        if count < self.classes.len() {
            self.lines.drain(..count);
            self.classes.drain(..count);
        }
    }

    /// Where the mail that is answered begins: at its separator or head, or at
    /// an introduction that is not followed by marked quotations.
    fn original(&self) -> Option<usize> {
        let mut said = false;
        for (at, class) in self.classes.iter().enumerate() {
            match class {
                Class::Original if said => return Some(at),
                Class::Attribution if said && !self.quotes_after(at) => return Some(at),
                Class::Words => said = true,
                _ => {}
            }
        }
        None
    }

    fn quotes_after(&self, at: usize) -> bool {
        let skipped = |c: &&Class| !matches!(c, Class::Empty | Class::Attribution);
        self.classes.iter().skip(at).take(30).find(skipped) == Some(&Class::Quote)
    }

    /// The writer's words above what is passed on, and all of that.
    fn with_forward(mut self, at: usize) -> String {
        let passed_on = self.lines.get(at..).unwrap_or_default().join("\n");
        self.truncate(at);
        self.drop_signature();
        let own = self.join();
        if own.is_empty() {
            passed_on.trim().to_owned()
        } else {
            format!("{own}\n\n{}", passed_on.trim())
        }
    }

    fn truncate(&mut self, at: usize) {
        self.lines.truncate(at);
        self.classes.truncate(at);
    }

    /// Takes out what stands from a signature's mark to the next quotation or
    /// the end, unless it is too long to be one.
    fn drop_signature(&mut self) {
        for _ in 0..MOST_SIGNATURES {
            let Some(start) = self.signature_start() else { return };
            let rest = self.classes.get(start..).unwrap_or_default();
            let is_end = |c: &Class| matches!(c, Class::Quote | Class::Attribution);
            let length = rest.iter().position(is_end).unwrap_or(rest.len());
            let words = rest.iter().take(length).filter(|c| **c == Class::Words).count();
            let mobile = self.lines.get(start).is_some_and(|line| line.trim().len() > 3);
            if words > LONGEST_SIGNATURE && !mobile {
                return;
            }
            // After a telephone's one line the writer may go on.
            let length = if mobile && words > 3 { 1 } else { length };
            self.lines.drain(start..start + length);
            self.classes.drain(start..start + length);
        }
    }

    fn signature_start(&self) -> Option<usize> {
        let said = self.classes.iter().position(|c| *c == Class::Words)?;
        let after = self.classes.iter().skip(said).position(|c| *c == Class::Signature)?;
        Some(said + after)
    }

    fn drop_final_quotes(&mut self) {
        let kept = self.classes.iter().rposition(|class| !line::is_furniture(*class));
        self.truncate(kept.map_or(0, |last| last + 1));
    }

    fn drop_attributions(&mut self) {
        let classes = std::mem::take(&mut self.classes);
        let mut keep = classes.iter().map(|class| *class != Class::Attribution);
        self.lines.retain(|_| keep.next().unwrap_or(true));
        self.classes = classes.into_iter().filter(|c| *c != Class::Attribution).collect();
    }

    fn join(&self) -> String {
        let text = self.lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n");
        text.trim_matches(['\n', '\r']).trim_end().to_owned()
    }
}
