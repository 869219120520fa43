//! The sentences of a text, as its writer set them.
//!
//! A line's end ends none, a blank line and a salutation do. A point ends one
//! only where a new one begins after it: not in "Dec. 3", "14. Dezember", "p.m."

/// How many words a salutation may have.
const SALUTATION: usize = 4;
/// How long an abbreviation is, at most: "approx", "bzw".
const ABBREVIATION: usize = 3;

/// The sentences of `text`, each on one line.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for paragraph in paragraphs(text) {
        let mut rest = paragraph.as_str();
        while let Some(end) = end(rest) {
            let (sentence, after) = rest.split_at(end);
            found.push(sentence.trim().to_owned());
            rest = after;
        }
        found.push(rest.trim().to_owned());
    }
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// The paragraphs, each on one line; a salutation and a point of a list are
/// paragraphs of their own.
fn paragraphs(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let item = matches!(words.first(), Some(&("-" | "*" | "•" | "–")));
        let joined = words.join(" ");
        match found.last_mut().filter(|_| open && !item) {
            Some(paragraph) if !joined.is_empty() => {
                paragraph.push(' ');
                paragraph.push_str(&joined);
            }
            _ => found.push(joined),
        }
        let salutation = words.len() <= SALUTATION && line.trim_end().ends_with([',', ':']);
        open = !words.is_empty() && !salutation;
    }
    found
}

/// Where the first sentence of `text` ends, if another follows.
fn end(text: &str) -> Option<usize> {
    let marks =
        text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '？' | '。' | '…'));
    marks.map(|(at, mark)| (at, mark, at + mark.len_utf8())).find_map(|(at, mark, end)| {
        let (before, after) = (text.get(..at)?, text.get(end..)?);
        let ends = match mark {
            '？' | '。' => true,
            '.' => after.starts_with(' ') && starts_anew(after) && !is_short(before),
            _ => after.starts_with([' ', '"', ')']),
        };
        (ends && !after.is_empty()).then_some(end)
    })
}

fn starts_anew(after: &str) -> bool {
    let next = after.trim_start().trim_start_matches(['"', '(', '\'', '“', '*', '¿', '¡']);
    next.starts_with(|c: char| c.is_uppercase() || c.is_numeric() || !c.is_alphanumeric())
}

/// Whether the point behind `before` belongs to its last word.
fn is_short(before: &str) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or(before);
    let digits = !word.is_empty() && word.len() <= 2 && word.chars().all(|c| c.is_ascii_digit());
    let initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let lettered = word.contains('.') && word.chars().all(|c| c.is_alphabetic() || c == '.');
    let named = word.len() <= ABBREVIATION + 1 && is_abbreviation(&word.to_lowercase());
    digits || initial && word != "I" || lettered || named
}

/// Titles, months and days that are written short, in the languages that owed
/// reads: with a capital after them they look like an end.
fn is_abbreviation(word: &str) -> bool {
    const SHORT: &[&str] = &[
        "mr", "mrs", "ms", "dr", "prof", "sr", "sra", "hr", "vs", "bzw", "ca", "nr", "jan", "feb",
        "apr", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez", "tue", "wed", "thu",
        "thur", "fri",
    ];
    SHORT.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn a_point_ends_a_sentence_only_where_a_new_one_begins() {
        for (text, expected) in [
            (
                "One thing. Another! A third? Yes",
                &["One thing.", "Another!", "A third?", "Yes"][..],
            ),
            ("By Dec. 3 at 5 p.m. I will.", &["By Dec. 3 at 5 p.m. I will."]),
            ("Bis 14. Dezember.", &["Bis 14. Dezember."]),
            ("Dear Ana,\nthe tap\ndrips.", &["Dear Ana,", "the tap drips."]),
            ("First\n\nSecond", &["First", "Second"]),
            ("- one\n- two", &["- one", "- two"]),
            ("Ask Dr. Weaver.", &["Ask Dr. Weaver."]),
            ("So do I. Thanks.", &["So do I.", "Thanks."]),
            ("", &[]),
        ] {
            assert_eq!(sentences(text), expected, "{text:?}");
        }
    }
}
