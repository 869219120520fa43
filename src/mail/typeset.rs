//! A letter's blocks, or somebody's words, as plain text and as HTML that says the
//! same.
//!
//! The text is set for 72 columns, for people who read mail in a terminal. The
//! HTML of blocks is one table of 600 pixels with its styles inline; that of plain
//! words looks as if somebody had typed them. Both load nothing from anywhere, and
//! escape everything that somebody wrote. No sentence is made here: that is
//! `letter`'s and the templates'.

use askama::Template;

use super::letter::{Block, Letter};

/// The width of the text form.
const COLUMNS: usize = 72;

/// What a mail says, set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The subject.
    pub subject: String,
    /// The words as they were typed, before they were set in columns.
    pub words: String,
    /// The text, lines ended by LF.
    pub text: String,
    /// The same as HTML, where that adds something.
    pub html: Option<String>,
}

/// A letter of owed's own, as text and as HTML.
pub fn letter(letter: &Letter) -> Result<Written, askama::Error> {
    let (subject, html) = (letter.subject.clone(), html(letter)?);
    let text = text(letter);
    Ok(Written { subject, words: text.clone(), text, html: Some(html) })
}

/// Words as a person types them: paragraphs between empty lines. Two lines of which
/// the second is a link are that link under those words, and only for links is there
/// HTML.
pub fn plain(subject: &str, words: &str) -> Result<Written, askama::Error> {
    let paragraphs = paragraphs(words);
    let subject = subject.to_owned();
    let typed_as: Vec<String> = paragraphs.iter().map(|lines| lines.join("\n")).collect();
    let set: Vec<String> = paragraphs.iter().map(|p| set_lines(p)).collect();
    let text = set.join("\n\n") + "\n";
    let typed: Vec<Typed<'_>> = paragraphs.iter().map(|p| Typed::of(p)).collect();
    let mut html = None;
    if typed.iter().any(|p| matches!(p, Typed::Link { .. })) {
        html = Some(Plain { paragraphs: typed }.render()? + "\n");
    }
    Ok(Written { subject, words: typed_as.join("\n\n"), text, html })
}

/// A paragraph that somebody typed.
enum Typed<'a> {
    Words(&'a [&'a str]),
    Link { words: &'a str, to: &'a str },
}

impl<'a> Typed<'a> {
    fn of(lines: &'a [&'a str]) -> Self {
        match lines {
            [words, to] if to.starts_with("https://") || to.starts_with("http://") => {
                Self::Link { words: words.trim_end_matches([':', ' ', '\u{a0}']), to }
            }
            words => Self::Words(words),
        }
    }
}

#[derive(Template)]
#[template(path = "plain.html")]
struct Plain<'a> {
    paragraphs: Vec<Typed<'a>>,
}

fn paragraphs(words: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = words.lines().map(str::trim_end).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(<[&str]>::to_vec).collect()
}

/// Each line in as many as it takes; a quotation stays one.
fn set_lines(lines: &[&str]) -> String {
    let set = |line: &&str| {
        let mark = if line.starts_with("> ") { "> " } else { "" };
        wrapped(line.strip_prefix(mark).unwrap_or(line), mark, mark)
    };
    lines.iter().map(set).collect::<Vec<_>>().join("\n")
}

/// The letter as plain text, lines ended by LF.
pub fn text(letter: &Letter) -> String {
    let set: Vec<String> = letter.blocks.iter().map(set_block).collect();
    let mut text = set.join("\n\n");
    text.push('\n');
    text
}

/// The letter as one HTML document, lines ended by LF.
pub fn html(letter: &Letter) -> Result<String, askama::Error> {
    let Letter { subject, preview, blocks } = letter;
    let mut html = Page { subject, preview, blocks }.render()?;
    html.push('\n');
    Ok(html)
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Page<'a> {
    subject: &'a str,
    preview: &'a str,
    blocks: &'a [Block],
}

fn set_block(block: &Block) -> String {
    match block {
        Block::Lead(text) | Block::Paragraph(text) => wrapped(text, "", ""),
        // What follows it belongs to it, so it is set off from what came before.
        Block::Heading(text) => {
            let line = wrapped(text, "", "");
            format!("{}\n{line}", "-".repeat(line.chars().count().min(COLUMNS)))
        }
        Block::Facts(rows) => set_facts(rows),
        Block::Quote(whose, text) => format!("{whose}:\n\n{}", set_quote(text)),
        Block::List(heading, lines) => {
            let lines: Vec<String> =
                lines.iter().map(|line| wrapped(line, "  - ", "    ")).collect();
            format!("{heading}:\n{}", lines.join("\n"))
        }
        // A command is one line however long it is, so that it can be copied.
        Block::Commands(heading, rows) => {
            let widest = widest(rows);
            let lines: Vec<String> =
                rows.iter().map(|(what, command)| format!("  {what:widest$}  {command}")).collect();
            format!("{heading}:\n{}", lines.join("\n"))
        }
        // Nor is a link ever broken.
        Block::Actions(heading, links) => {
            let links: Vec<String> =
                links.iter().map(|(what, url)| format!("  {what}:\n  {url}")).collect();
            let heading = if heading.is_empty() { String::new() } else { format!("{heading}:\n") };
            format!("{heading}{}", links.join("\n"))
        }
        // Mail programs leave out of answers what follows this mark.
        Block::Footer(text) => format!("-- \n{}", wrapped(text, "", "")),
    }
}

fn set_facts(rows: &[(String, String)]) -> String {
    let widest = widest(rows);
    let indent = " ".repeat(widest + 4);
    let lines: Vec<String> = rows
        .iter()
        .map(|(name, value)| wrapped(value, &format!("  {name:widest$}  "), &indent))
        .collect();
    lines.join("\n")
}

fn widest(rows: &[(String, String)]) -> usize {
    rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0)
}

fn set_quote(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| if line.is_empty() { ">".to_owned() } else { wrapped(line, "> ", "> ") })
        .collect();
    lines.join("\n")
}

/// Words in lines of at most 72 columns; a word that is longer stays whole,
/// because it is an address or a link.
fn wrapped(text: &str, first: &str, others: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            lines.push(std::mem::replace(&mut line, others.to_owned()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(block: Block) -> Letter {
        Letter { subject: "A & B".to_owned(), preview: String::new(), blocks: vec![block] }
    }

    #[test]
    fn text_keeps_to_its_columns_and_leaves_long_words_whole() {
        let link = format!("https://customer.example/{}", "a".repeat(90));
        let said = format!("{} {link} and so on", "several words ".repeat(12).trim());
        let set = text(&letter(Block::Quote("Jo wrote".to_owned(), said)));
        assert!(set.contains(&format!("> {link}\n")));
        for line in set.lines().filter(|line| !line.contains("https:")) {
            assert!(line.chars().count() <= COLUMNS, "{line}");
        }
    }

    #[test]
    fn what_somebody_wrote_is_never_markup() {
        let said = "<img src=x onerror=alert(1)> & \"so\"\n<script>";
        let html = html(&letter(Block::Quote("<b>Jo</b>".to_owned(), said.to_owned()))).unwrap();
        for markup in ["<img", "<script", "<b>"] {
            assert!(!html.contains(markup), "{markup}");
        }
        assert!(html.contains("&#60;img src=x"));
    }
}
