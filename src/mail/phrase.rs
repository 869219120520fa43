//! Phrases of a language, found in a text whatever its case, accents, wrap and
//! punctuation.
//!
//! Both sides are made plain first: words in lower case without accents, one
//! space between them, and a mark where a sentence ends. So a phrase in a
//! language file is written as people write it. What a phrase means is the
//! business of whoever looks for it.

use std::fmt::Write as _;

use regex::Regex;

use super::pattern::pattern;

/// How many words `…` in a phrase may stand for.
const MOST_BETWEEN: usize = 8;

/// A text made plain: ` . words of a sentence . words of a question ? `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain(String);

impl Plain {
    /// The first `most` characters of `text`, made plain.
    pub fn of(text: &str, most: usize) -> Self {
        let mut plain = String::from(" ");
        let mut chars = text.chars().take(most).peekable();
        while let Some(c) = chars.next() {
            let ends = chars.peek().is_none_or(|next| next.is_whitespace());
            match c {
                '.' | '!' | ';' if ends => mark(&mut plain, '.'),
                '?' if ends => mark(&mut plain, '?'),
                '。' | '！' => mark(&mut plain, '.'),
                '？' => mark(&mut plain, '?'),
                '\n' if chars.peek() == Some(&'\n') => mark(&mut plain, '.'),
                _ if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_lowercase()),
                _ if c.is_ascii() => space(&mut plain),
                _ if is_ideograph(c) => {
                    space(&mut plain);
                    plain.push(c);
                    plain.push(' ');
                }
                _ if c.is_alphanumeric() => plain.extend(folded(c)),
                _ => space(&mut plain),
            }
        }
        space(&mut plain);
        Self(plain)
    }

    /// Whether a sentence of it is a question.
    pub fn asks(&self) -> bool {
        self.0.contains(" ? ")
    }

    /// Its sentences, each a text of its own.
    pub fn sentences(&self) -> impl Iterator<Item = Self> {
        let sentences = self.0.split_inclusive([' ']).collect::<Vec<_>>();
        let ends = |word: &&str| matches!(*word, ". " | "? ");
        let owned: Vec<String> = sentences.split(ends).map(<[&str]>::concat).collect();
        owned.into_iter().map(|words| Self(format!(" {}", words.trim_start())))
    }

    /// How many words it has.
    pub fn words(&self) -> usize {
        self.0.split(' ').filter(|word| !matches!(*word, "" | "." | "?")).count()
    }
}

fn space(plain: &mut String) {
    if !plain.ends_with(' ') {
        plain.push(' ');
    }
}

fn mark(plain: &mut String, mark: char) {
    space(plain);
    if !plain.ends_with(". ") && !plain.ends_with("? ") {
        plain.push(mark);
        plain.push(' ');
    }
}

/// Chinese and Japanese have no spaces: each sign is a word.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// A letter in lower case, without the accents of the languages of Europe.
fn folded(c: char) -> impl Iterator<Item = char> {
    const FOLDS: [(&str, char); 12] = [
        ("áàâäãåāą", 'a'),
        ("çćč", 'c'),
        ("ďđ", 'd'),
        ("éèêëēęě", 'e'),
        ("íìîïī", 'i'),
        ("łľ", 'l'),
        ("ñńň", 'n'),
        ("óòôöõøő", 'o'),
        ("řŕ", 'r'),
        ("śšș", 's'),
        ("úùûüūůű", 'u'),
        ("ýÿ", 'y'),
    ];
    c.to_lowercase().map(|lower| {
        let fold = FOLDS.iter().find(|(letters, _)| !lower.is_ascii() && letters.contains(lower));
        fold.map_or(lower, |(_, plain)| *plain)
    })
}

/// Many phrases, looked for at once.
#[derive(Debug)]
pub struct Phrases {
    anywhere: Regex,
    first: Regex,
    whole: Regex,
}

impl Phrases {
    /// Of a list as it stands in a language file: words, `…` for up to some
    /// words between, `#` for a number, `(one|other)` for either, `( perhaps)?` for
    /// perhaps.
    ///
    /// # Panics
    ///
    /// Where one is no such phrase. The files are part of the program, so then
    /// no test passes.
    pub fn of<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let mut any = String::new();
        for phrase in phrases {
            let bar = if any.is_empty() { "" } else { "|" };
            let _ = write!(any, "{bar}{}", shape(phrase));
        }
        // Of no phrase at all nothing is found.
        let any = if any.is_empty() { r"[^\s\S]".to_owned() } else { any };
        Self {
            anywhere: pattern(&format!(" (?:{any}) ")),
            first: pattern(&format!("^ (?:{any}) ")),
            whole: pattern(&format!("^ (?:{any}) (?:[.?] )?$")),
        }
    }

    /// Whether a sentence of `text` says one of them, and is no question.
    pub fn stated(&self, text: &Plain) -> bool {
        self.anywhere.find_iter(&text.0).any(|found| {
            let after = text.0.get(found.end()..).unwrap_or_default();
            let end = after.split(' ').find(|word| matches!(*word, "." | "?"));
            end.is_none_or(|end| end != "?")
        })
    }

    /// Whether `text` begins with one of them.
    pub fn begin(&self, text: &Plain) -> bool {
        self.first.is_match(&text.0)
    }

    /// Whether `text` is one of them and nothing else.
    pub fn are(&self, text: &Plain) -> bool {
        self.whole.is_match(&text.0)
    }
}

/// The pattern of one phrase, for a plain text.
fn shape(phrase: &str) -> String {
    let mut words = String::new();
    let mut spaced = Vec::new();
    for c in phrase.chars() {
        match c {
            '(' => {
                let outer = spaced.last() == Some(&true) && words.ends_with(['|', ':']);
                spaced.push(words.is_empty() || words.ends_with(' ') || outer);
                words.push_str("(?:");
            }
            '|' | '?' => words.push(c),
            ')' => {
                spaced.pop();
                words.push(c);
            }
            '…' => words.push('…'),
            '#' => words.push_str("[0-9]+[^ .?]*"),
            _ if is_ideograph(c) => {
                space(&mut words);
                words.push(c);
                words.push(' ');
            }
            _ if c.is_alphanumeric() => words.extend(folded(c)),
            // The space before a group stands for the one each part of it begins with.
            _ if words.ends_with(['|', ':']) && spaced.last() == Some(&true) => {}
            _ => space(&mut words),
        }
    }
    let between = format!("(?: [^ .?]+){{0,{MOST_BETWEEN}}} ");
    let before = format!("(?:[^ .?]+ ){{1,{MOST_BETWEEN}}}");
    let words = words.trim();
    let words = words
        .strip_suffix(" …")
        .map_or(words.to_owned(), |begin| format!("{begin}(?: [^ .?]+){{0,{MOST_BETWEEN}}}"));
    words.replace(" … ", &between).replace("… ", &before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Plain {
        Plain::of(text, 1000)
    }

    #[test]
    fn texts_are_made_plain() {
        let cases = [
            ("I'm OUT of\nthe   office.", " i m out of the office . "),
            ("Ich bin im Büro!\n\nGrüße", " ich bin im buro . gruße "),
            ("See a.b/c?d=1 now?", " see a b c d 1 now ? "),
            ("自动回复: x", " 自 动 回 复 x "),
            ("", " "),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text).0, expected, "{text}");
        }
    }

    #[test]
    fn sentences_are_texts_of_their_own() {
        let sentences: Vec<String> =
            plain("Hello!\n\nI'm away. Who helps?").sentences().map(|s| s.0).collect();
        assert_eq!(sentences, [" hello ", " i m away ", " who helps ", " "]);
    }

    #[test]
    fn phrases_are_found_as_people_write_them() {
        let phrases =
            Phrases::of(["(I|we)('m| am| 're) out of (the )?office", "back … on", "自动回复"]);
        for text in ["I’m out of office", "Sorry: I am OUT OF the\noffice.", "是自动回复吗"]
        {
            assert!(phrases.stated(&plain(text)), "{text}");
        }
        assert!(phrases.stated(&plain("Back in the shop on Monday")));
        assert!(Phrases::of(["you (are|'re) in"]).stated(&plain("so you're in")));
        assert!(Phrases::of(["(will|'ll) come"]).stated(&plain("so we'll come")));
        for text in ["I am out of the officer", "Back. On it.", "Am I out of office?"] {
            assert!(!phrases.stated(&plain(text)), "{text}");
        }
        assert!(!phrases.stated(&plain("Is it true that I am out of office?")));
    }

    #[test]
    fn a_beginning_and_a_whole_are_told_apart() {
        let phrases = Phrases::of(["automatic reply", "… is away"]);
        assert!(phrases.are(&plain("Automatic reply")));
        assert!(!phrases.are(&plain("Automatic reply fails")));
        assert!(phrases.begin(&plain("Automatic reply fails")));
        assert!(phrases.begin(&plain("Jane Doe is away until Monday")));
        assert!(!phrases.begin(&plain("No automatic reply")));
        assert!(!Phrases::of([]).begin(&plain("anything")));
    }
}
