//! What others wrote, on a leash: one line where one is wanted, an end where it
//! is long, and nothing that acts on the reader's screen.

/// How much of somebody's words is shown.
const WORDS: usize = 1_200;
/// How many lines of them.
const WORD_LINES: usize = 24;

/// Somebody's text on one line, without characters that act on the reader's
/// screen, cut at `limit`.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let tame: String = text.chars().map(|c| if is_tame(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = tame.split_whitespace().collect();
    cut(&words.join(" "), limit)
}

/// Control characters, and those that turn the direction of writing or are not
/// seen at all.
fn is_tame(c: char) -> bool {
    let acts = matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    !c.is_control() && !acts
}

pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The contact's words, line by line, blank lines joined, cut where they are long.
pub(crate) fn excerpt(words: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in words.lines().map(|line| one_line(line, WORDS)) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    let short = lines.len() <= WORD_LINES;
    lines.truncate(WORD_LINES);
    let text = cut(lines.join("\n").trim_end(), WORDS);
    if short { text } else { format!("{text}\n[…]") }
}
