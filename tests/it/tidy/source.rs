//! Source text as the checks see it: what is code, what is a string, what is
//! prose, and where production ends and its tests begin.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// One Rust file.
#[derive(Debug)]
pub(super) struct Source {
    /// Its path from the top of the tree, with `/`.
    pub(super) path: String,
    /// As it was written.
    pub(super) text: String,
    /// The same with strings, characters and comments made blank: columns and
    /// lines stay where they were.
    pub(super) code: String,
    /// The string literals: the line each begins on, and its words.
    pub(super) strings: Vec<(usize, String)>,
}

impl Source {
    /// Takes a file apart.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let (code, strings) = taken_apart(text);
        Self { path: path.to_owned(), text: text.to_owned(), code, strings }
    }

    /// How many lines come before the tests at the file's end.
    pub(super) fn production_lines(&self) -> usize {
        let mut lines = self.code.lines().enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            let tests = lines.peek().is_some_and(|(_, next)| next.starts_with("mod "));
            if line == "#[cfg(test)]" && tests {
                return number;
            }
        }
        self.code.lines().count()
    }

    /// Code before the tests, with line numbers from 1.
    pub(super) fn production(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().take(self.production_lines()).enumerate().map(|(at, line)| (at + 1, line))
    }

    /// The room it belongs to: `mail` for `src/mail/parse.rs`, `clock` for
    /// `src/clock.rs`.
    pub(super) fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let room = inside.split_once('/').map_or(inside, |(room, _)| room);
        Some(room.strip_suffix(".rs").unwrap_or(room))
    }

    /// Functions before the tests: name, first line, number of lines.
    pub(super) fn functions(&self) -> Vec<(String, usize, usize)> {
        let named = Regex::new(r"\bfn\s+(\w+)").unwrap();
        let end: usize =
            self.code.split_inclusive('\n').take(self.production_lines()).map(str::len).sum();
        let code = &self.code[..end];
        let starts = named.captures_iter(code).map(|found| {
            let at = found.get(0).unwrap().start();
            (found[1].to_owned(), at)
        });
        starts
            .filter_map(|(name, at)| {
                let length = body_end(&code[at..])?;
                let lines = code[at..at + length].matches('\n').count() + 1;
                Some((name, line_of(code, at), lines))
            })
            .collect()
    }
}

/// All Rust files under `folder` of the tree.
pub(super) fn sources(folder: &str) -> Vec<Source> {
    let rust = files(folder).into_iter().filter(|path| has_ending(path, "rs"));
    rust.map(|path| Source::new(&path, &read(&path))).collect()
}

/// The paths of all files under `folder`, in order, as they are seen from the
/// top of the tree. Nothing where there is no such folder.
pub(super) fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![top().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(top()).unwrap().display().to_string());
            }
        }
    }
    found.sort();
    found
}

/// Whether a path ends in `.ending`.
pub(super) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == ending)
}

/// The text of a file of the tree; what is no text is empty.
pub(super) fn read(path: &str) -> String {
    fs::read_to_string(top().join(path)).unwrap_or_default()
}

/// The top of the tree.
pub(super) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The line that the byte `at` lies on, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// How far it is to the end of the braces that open first; `None` where a
/// semicolon comes before, as in a trait.
fn body_end(code: &str) -> Option<usize> {
    let (mut depth, mut inside) = (0_usize, 0_usize);
    for (at, c) in code.char_indices() {
        match c {
            // An array type holds a semicolon that ends nothing: `[u8; 4]`.
            '[' | '(' => inside += 1,
            ']' | ')' => inside = inside.saturating_sub(1),
            ';' if depth == 0 && inside == 0 => return None,
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The code without its literals and comments, and the string literals.
fn taken_apart(text: &str) -> (String, Vec<(usize, String)>) {
    // In this order: what begins first wins, and a quote in a comment is prose.
    let pattern = Regex::new(concat!(
        r#"(?s)//[^\n]*"#,
        r#"|/\*.*?\*/"#,
        r##"|b?r#+".*?"#+"##,
        r#"|b?r"[^"]*""#,
        r#"|b?"(?:[^"\\]|\\.)*""#,
        r#"|b?'(?:[^'\\\n]|\\[^\n]{1,9}?)'"#,
    ));
    let mut code = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let mut done = 0;
    for literal in pattern.unwrap().find_iter(text) {
        code.push_str(&text[done..literal.start()]);
        let blank = |c: char| if c == '\n' { c } else { ' ' };
        code.extend(literal.as_str().chars().map(blank));
        if literal.as_str().ends_with(['"', '#']) && !literal.as_str().starts_with('/') {
            strings.push((line_of(text, literal.start()), literal.as_str().to_owned()));
        }
        done = literal.end();
    }
    code.push_str(&text[done..]);
    (code, strings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r##"//! A file. "Not a string": {

fn short<'a>(a: [u8; 2], b: &'a str) -> char { // }
    let _ = ("SELECT {", r#"raw "{" "#, '{', b'\'', "\"");
    '\u{1b}'
}

trait T {
    fn bodiless(&self, bytes: [u8; 4]);
}

#[cfg(test)]
mod tests {
    fn a_test() {}
}
"##;

    #[test]
    fn literals_and_prose_are_no_code() {
        let source = Source::new("src/mail/sample.rs", SAMPLE);
        assert_eq!(source.code.matches('{').count(), source.code.matches('}').count());
        assert!(!source.code.contains("SELECT") && !source.code.contains("Not a"));
        let strings: Vec<_> =
            source.strings.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(strings, [(4, "\"SELECT {\""), (4, "r#\"raw \"{\" \"#"), (4, "\"\\\"\"")]);
    }

    #[test]
    fn functions_are_measured_before_the_tests() {
        let source = Source::new("src/mail/sample.rs", SAMPLE);
        assert_eq!(source.functions(), [("short".to_owned(), 3, 4)]);
        assert_eq!(source.production_lines(), 11);
        assert_eq!(source.room(), Some("mail"));
    }
}
