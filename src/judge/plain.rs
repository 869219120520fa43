//! Text as it is listened to: small letters, without accents, with plain
//! apostrophes. People leave accents out, and a pattern need not care; one that
//! sees ASCII alone is also the quickest.

use regex::Regex;

use crate::mail::pattern::pattern;

/// `text` in small letters and without accents, letter by letter.
pub(super) fn plain(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            said.push(c.to_ascii_lowercase());
        } else {
            said.extend(c.to_lowercase().map(bare));
        }
    }
    said
}

/// `text` without accents, with the capitals that it has.
pub(super) fn unaccented(text: &str) -> String {
    let letter = |c: char| {
        let small = c.to_lowercase().next().map_or(c, bare);
        if c.is_uppercase() { small.to_ascii_uppercase() } else { small }
    };
    text.chars().map(letter).collect()
}

/// One pattern that finds any of `parts`, each of which is written as in a
/// language's file: in small letters, with the accents that are due; where one
/// goes on in the next line, that and the spaces before it count for nothing.
pub(super) fn any_of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Regex {
    let line = |(at, line): (usize, &'a str)| if at == 0 { line } else { line.trim_start() };
    let whole = |part: &'a str| part.lines().enumerate().map(line).collect::<String>();
    let parts: Vec<String> =
        parts.into_iter().map(|part| whole(part).chars().map(bare).collect()).collect();
    // An empty list finds nothing, where an empty pattern would find everything.
    let all = if parts.is_empty() { r"[^\s\S]".to_owned() } else { parts.join("|") };
    pattern(&all)
}

fn bare(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        '’' | '‘' | '´' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '\u{a0}' | '\u{202f}' => ' ',
        other => other,
    }
}
