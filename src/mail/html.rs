//! HTML to lines of text, each with what the mail program said it is.
//!
//! A reader of tags, not a browser: one pass, no tree, nothing loaded. Mail
//! programs mark quotations and signatures with their own classes and ids;
//! those marks become the [`Role`] of a line. What is written is for judging
//! only, never for showing.

use std::borrow::Cow;

use super::header;

/// What a mail program's marks say of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Nothing: the writer's own words, or not marked.
    Own,
    /// The line that introduces a quotation.
    Attribution,
    /// In a signature.
    Signature,
    /// In a quotation.
    Quoted,
}

/// One line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its words; a quoted line begins with `>` for each level.
    pub(super) text: String,
    /// What it is marked as.
    pub(super) role: Role,
    /// Whether the mail program began the mail that is answered here.
    pub(super) cut: bool,
}

/// How many elements may be open at once; deeper ones are not told apart.
const DEEPEST: usize = 256;
/// How many levels of quotation are shown.
const MOST_LEVELS: usize = 20;

/// The whole page as text.
pub(super) fn text(html: &str) -> String {
    let mut whole = String::with_capacity(html.len() / 2);
    for line in lines(html) {
        whole.push_str(&line.text);
        whole.push('\n');
    }
    whole
}

/// The page as marked lines.
pub(super) fn lines(html: &str) -> Vec<Line> {
    let mut page = Page::default();
    let mut tags = Tags { rest: html, effort: html.len().saturating_mul(4), comments: true };
    let mut closed = true;
    while let Some((before, tag)) = tags.next() {
        page.words(before);
        if let Some(hidden) = page.tag(tag).filter(|_| closed) {
            let after = after_element(tags.rest, hidden);
            // What never ends is shown: better too much than nothing.
            closed = after.is_some();
            tags.rest = after.unwrap_or(tags.rest);
        }
    }
    page.words(tags.rest);
    page.break_line(false);
    page.lines
}

/// The page cut at its tags.
struct Tags<'a> {
    rest: &'a str,
    /// How many bytes may still be looked at for the ends of quoted values, so
    /// that a page of broken tags costs no more than a good one.
    effort: usize,
    /// Whether a comment may still end.
    comments: bool,
}

impl<'a> Tags<'a> {
    /// The text before the next tag, and the tag without its brackets.
    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let html = self.rest;
        let mut from = 0;
        loop {
            let start = from + html.get(from..)?.find('<')?;
            let inner = html.get(start + 1..)?;
            let before = html.get(..start)?;
            if let Some(after) = self.after_comment(inner) {
                self.rest = after;
                return Some((before, ""));
            }
            let opens = |c: char| c.is_ascii_alphabetic() || "/!?".contains(c);
            if inner.starts_with(opens) {
                let end = self.tag_end(inner)?;
                self.rest = inner.get(end + 1..)?;
                return Some((before, inner.get(..end)?));
            }
            from = start + 1;
        }
    }

    fn after_comment(&mut self, inner: &'a str) -> Option<&'a str> {
        let comment = inner.strip_prefix("!--").filter(|_| self.comments)?;
        let end = comment.find("-->");
        self.comments = end.is_some();
        comment.get(end? + 3..)
    }

    /// Where the `>` of a tag is, looking past quoted values.
    fn tag_end(&mut self, inner: &str) -> Option<usize> {
        let mut quote = None;
        for (i, b) in inner.bytes().enumerate().take(self.effort) {
            self.effort -= 1;
            match (quote, b) {
                (None, b'>') => return Some(i),
                (None, b'"' | b'\'') => quote = Some(b),
                (Some(open), b) if b == open => quote = None,
                _ => {}
            }
        }
        // A quote that never closes was no quote.
        inner.find('>')
    }
}

/// What follows the end of an element whose content is not for reading.
fn after_element<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(found) = html.get(from..).and_then(|rest| rest.find("</")) {
        let start = from + found + 2;
        let rest = html.get(start..).unwrap_or("");
        if rest.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name)) {
            return rest.find('>').and_then(|end| rest.get(end + 1..));
        }
        from = start;
    }
    None
}

#[derive(Debug, Default)]
struct Page {
    lines: Vec<Line>,
    line: String,
    open: Vec<Element>,
    space: bool,
    cut: bool,
}

#[derive(Debug)]
struct Element {
    name: String,
    role: Role,
    quotes: bool,
    kept: bool,
}

impl Page {
    /// Takes a tag in; gives the element's name if its content is to be skipped.
    fn tag(&mut self, tag: &str) -> Option<&'static str> {
        let closing = tag.starts_with('/');
        let tag = tag.trim_start_matches('/');
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != ':').unwrap_or(tag.len());
        let name = tag.get(..end).unwrap_or("").to_ascii_lowercase();
        // Not the head as a whole: its end tag may be left out (HTML, 13.1.2.4).
        let hidden = ["style", "script", "title", "template"];
        if let Some(hidden) = hidden.into_iter().find(|h| *h == name && !closing) {
            return Some(hidden);
        }
        match name.as_str() {
            "br" => self.break_line(true),
            "p" | "h1" | "h2" | "h3" | "h4" | "ul" | "ol" | "table" | "blockquote" | "hr" => {
                self.break_line(false);
                self.blank_line();
            }
            "div" | "tr" | "li" | "section" | "article" | "header" | "footer" | "pre" | "body"
            | "dt" | "dd" => self.break_line(false),
            "td" | "th" => self.space = true,
            _ => {}
        }
        if closing {
            self.close(&name);
        } else if !name.is_empty() {
            self.open(name, &Attributes::of(tag.get(end..).unwrap_or("")));
        }
        None
    }

    fn open(&mut self, name: String, attributes: &Attributes) {
        self.cut |= attributes.begins_original();
        let void = ["br", "hr", "img", "meta", "input", "link", "area", "base", "col", "wbr"];
        if void.contains(&name.as_str()) || self.open.len() >= DEEPEST {
            return;
        }
        let quotes = name == "blockquote" && !attributes.is_indent() || attributes.quotes();
        let role = if quotes { Role::Quoted } else { attributes.role() };
        let kept = name == "pre" || attributes.style.contains("white-space:pre");
        self.open.push(Element { name, role, quotes, kept });
    }

    fn close(&mut self, name: &str) {
        // An end tag that opens nothing near by is a slip.
        let back = self.open.iter().rev().take(64).position(|element| element.name == name);
        if let Some(back) = back {
            self.open.truncate(self.open.len() - back - 1);
        }
    }

    fn words(&mut self, text: &str) {
        let text = entities(text);
        let kept = self.open.iter().any(|element| element.kept);
        for c in text.chars() {
            match c {
                '\n' if kept => self.break_line(true),
                '\r' | '\0' | '\u{200b}' | '\u{feff}' => {}
                c if c.is_whitespace() && (!kept || c == '\n') => self.space = true,
                c => {
                    if std::mem::take(&mut self.space) && !self.line.is_empty() {
                        self.line.push(' ');
                    }
                    self.line.push(c);
                }
            }
        }
    }

    /// Ends the line; an empty one is only written where it was asked for.
    fn break_line(&mut self, even_empty: bool) {
        self.space = false;
        if self.line.trim().is_empty() && !even_empty {
            self.line.clear();
            return;
        }
        let words = std::mem::take(&mut self.line);
        self.push(words.trim_end());
    }

    fn blank_line(&mut self) {
        if self.lines.last().is_some_and(|line| !line.text.trim_matches(['>', ' ']).is_empty()) {
            self.push("");
        }
    }

    fn push(&mut self, words: &str) {
        let role = self.open.iter().map(|element| element.role).max().unwrap_or(Role::Own);
        let levels = self.open.iter().filter(|element| element.quotes).count();
        let marks = ">".repeat(levels.min(MOST_LEVELS));
        let text = if levels == 0 { words.to_owned() } else { format!("{marks} {words}") };
        self.lines.push(Line { text, role, cut: std::mem::take(&mut self.cut) });
    }
}

/// What of a tag's attributes is looked at, in lower case.
struct Attributes {
    class: String,
    id: String,
    style: String,
    other: String,
}

impl Attributes {
    fn of(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let style: String = value(&text, "style").chars().filter(|c| *c != ' ').collect();
        Self {
            class: value(&text, "class").to_owned(),
            id: value(&text, "id").trim_start_matches("x_").to_owned(),
            style,
            other: text,
        }
    }

    fn has_class(&self, names: &[&str]) -> bool {
        self.class.split_whitespace().any(|class| names.contains(&class.trim_start_matches("x_")))
    }

    fn role(&self) -> Role {
        let signature = self.has_class(&[
            "gmail_signature",
            "moz-signature",
            "protonmail_signature_block",
            "signature",
            "front-signature",
            "sh-signature",
            "bloop_sign",
        ]) || ["signature", "applemailsignature", "ms-outlook-mobile-signature"]
            .contains(&self.id.as_str())
            || ["composer_signature", "applemailsignature"]
                .iter()
                .any(|id| self.id.starts_with(id))
            || self.other.contains("data-marker=\"__sig_")
            || self.other.contains("name=\"messagesignaturesection\"");
        let attribution = self.has_class(&[
            "gmail_attr",
            "moz-cite-prefix",
            "gmail_quote_attribution",
            "airmail_on",
        ]) || self.id == "reply-intro";
        match (signature, attribution) {
            (true, _) => Role::Signature,
            (_, true) => Role::Attribution,
            _ => Role::Own,
        }
    }

    /// A container of nothing but the quoted mail.
    fn quotes(&self) -> bool {
        let class = self.class.starts_with("yahoo_quoted")
            || self.id.starts_with("yahoo_quoted")
            || self.class.starts_with("cm_quote");
        let front = self.class.contains("front-blockquote");
        class
            || front
            || self.has_class(&[
                "protonmail_quote",
                "tutanota_quote",
                "zmail_extra",
                "missive_quote",
            ])
            || self.other.contains("data-marker=\"__quoted_text__")
    }

    /// A blockquote that only moves text to the right.
    fn is_indent(&self) -> bool {
        let cites = self.other.contains("cite") || self.class.contains("quote");
        !cites && self.style.contains("margin:00040px") && self.style.contains("border:none")
    }

    /// The element that Outlook and its kin put above the mail that is answered.
    fn begins_original(&self) -> bool {
        let ids = ["divrplyfwdmsg", "appendonsend", "olk_src_body_section", "stopspelling"];
        let line = self.style.contains("border-top:solid#e1e1e1")
            || self.style.contains("border-top:solid#b5c4df")
            || self.style.contains("border:none;border-top:solid");
        ids.contains(&self.id.as_str())
            || line
            || self.has_class(&["outlookmessageheader"])
            || self.other.contains("name=\"messagereplysection\"")
            || self.id == "mail-editor-reference-message-container"
    }
}

/// An attribute's value, with or without quotes.
fn value<'a>(attributes: &'a str, name: &str) -> &'a str {
    let mut rest = attributes;
    while let Some(at) = rest.find(name) {
        let before = rest.get(..at).unwrap_or("");
        rest = rest.get(at + name.len()..).unwrap_or("");
        let fresh = before.is_empty() || before.ends_with([' ', '\n', '\t', '"', '\'', '\r']);
        let Some(value) = rest.trim_start().strip_prefix('=').filter(|_| fresh) else { continue };
        let value = value.trim_start();
        return match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value.get(1..).and_then(|v| v.split(quote).next()),
            _ => value.split([' ', '>', '\n', '\t']).next(),
        }
        .unwrap_or("");
    }
    ""
}

/// Text with its character references read.
fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        read.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at + 1..).unwrap_or("");
        let end = rest.bytes().take(12).position(|b| b == b';');
        let name = end.and_then(|end| rest.get(..end));
        match name.and_then(header::character) {
            Some(c) => {
                read.push(c);
                rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or("");
            }
            None => read.push('&'),
        }
    }
    read.push_str(rest);
    Cow::Owned(read)
}
