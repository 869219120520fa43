//! A concern in a mail to owed: its subject or its own words begin with the word. Who may
//! raise one, and to whom it goes, is asked elsewhere.

use super::orders::is_greeting;
use crate::domain::ids::CaseNumber;

const WORD: &str = "concern";

/// The case that a concern names first, and what it says; `None` where a mail is none.
pub fn concern(subject: &str, text: &str) -> Option<(Option<CaseNumber>, String)> {
    let mut below = text.trim_start();
    while let Some((_, rest)) = below.split_once('\n').filter(|(line, _)| is_greeting(line.trim()))
    {
        below = rest.trim_start();
    }
    raised(text).or_else(|| headed(below)).or_else(|| headed(&format!("{subject}\n\n{text}")))
}

/// The same where the word may be any word of a sentence: `Concern noted, Ben` raises none.
fn headed(text: &str) -> Option<(Option<CaseNumber>, String)> {
    let (_, rest) = text.split_at_checked(WORD.len())?;
    let apart = rest.starts_with([':', '\r', '\n']);
    raised(text).filter(|(about, _)| apart || about.is_some())
}

fn raised(text: &str) -> Option<(Option<CaseNumber>, String)> {
    let text = text.trim_start();
    let (word, rest) = text.split_at_checked(WORD.len())?;
    let apart = rest.starts_with(|c: char| c == ':' || c.is_whitespace());
    let said = rest.trim_start_matches(':').trim();
    let first = said.split_whitespace().next().unwrap_or_default();
    let about = first.trim_matches(['[', ']', ':', ',']).parse().ok();
    let said = if about.is_some() { said.trim_start_matches(first).trim() } else { said };
    let raises = word.eq_ignore_ascii_case(WORD) && apart && !said.is_empty();
    raises.then(|| (about, said.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_in_the_first_words_or_in_the_subject() {
        for (subject, text, said) in [
            ("Jo", "Concern: he waits.", Some("he waits.")),
            ("Jo", "Hi owed,\n\nconcern: he waits.\n\nBen", Some("he waits.\n\nBen")),
            ("Concern: Jo", "He waits.", Some("Jo\n\nHe waits.")),
            ("Concern: Jo waits", "", Some("Jo waits")),
            ("Concern", "Hello!\nHe waits.", Some("Hello!\nHe waits.")),
            ("Re: Concern: Jo", "Concern: he waits.", Some("he waits.")),
            ("Re: Concern: Jo", "I have asked him.", None),
            ("Jo", "Hi Ben,\nConcern noted, I look at it.", None),
            ("Concern noted", "I look at it.", None),
            ("Jo", "It is no concern: he waits.", None),
            ("Concerns", "He waits.", None),
            ("Concern", "", None),
        ] {
            let found = concern(subject, text).map(|(_, said)| said);
            assert_eq!(found.as_deref(), said, "{subject:?} {text:?}");
        }
        let number = CaseNumber::from_row(7);
        for written in [format!("Concern {number}: Jo"), format!("Concern: [{number}] Jo")] {
            assert_eq!(concern(&written, ""), Some((Some(number), "Jo".to_owned())), "{written}");
        }
    }
}
