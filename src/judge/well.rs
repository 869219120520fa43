//! What does somebody say who was asked whether all is well after a job? All is well,
//! it is not, or something that a person has to read: in doubt the last. The words are
//! those of each language's file.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::plain::{any_of, plain, unaccented};
use super::{complaint, thanks};
use crate::mail::{languages, visible};

/// How many words somebody uses at the most who only says that all is well.
const MOST_WORDS: usize = 60;

/// What somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Well {
    /// All is well.
    Fine,
    /// It is not.
    NotFine,
    /// Somebody has to read it.
    Unclear,
}

/// The section `check_in` of a language.
#[derive(Debug, Deserialize)]
struct Section {
    denied: Vec<String>,
    fine: Vec<String>,
    trouble: Vec<String>,
    no: Vec<String>,
    unless: Vec<String>,
    filler: String,
}

/// The words of all languages together: such an answer is too short to tell its
/// language.
#[derive(Debug)]
struct Words {
    denied: Regex,
    fine: Regex,
    trouble: Regex,
    no: Regex,
    unless: Regex,
    filler: HashSet<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let sections = languages::section::<Section>("check_in");
    let patterns = |of: fn(&Section) -> &Vec<String>| {
        let all = sections.iter().flat_map(|(_, section)| of(section));
        let all: Vec<String> = all.map(|pattern| format!("(?i:{pattern})")).collect();
        any_of(all.iter().map(String::as_str))
    };
    let filler = sections.iter().flat_map(|(_, section)| section.filler.split_whitespace());
    Words {
        denied: patterns(|section| &section.denied),
        fine: patterns(|section| &section.fine),
        trouble: patterns(|section| &section.trouble),
        no: patterns(|section| &section.no),
        unless: patterns(|section| &section.unless),
        filler: filler.map(plain).collect(),
    }
});

/// What the visible text of an answer says of a job; the words of `known`, those of its
/// title and the names of people, say nothing.
pub fn well(text: &str, known: &str) -> Well {
    let own = visible::own_words(text);
    if own.split_whitespace().take(MOST_WORDS + 1).count() > MOST_WORDS {
        return Well::Unclear;
    }
    if complaint::complains(&plain(&own)) {
        return Well::NotFine;
    }
    let said = unaccented(&own);
    let rest = WORDS.fine.replace_all(&said, " ");
    let fine = rest != said;
    let doubtful = own.contains(['?', '？']) || WORDS.unless.is_match(&said);
    let no = WORDS.no.is_match(&rest);
    let trouble = WORDS.denied.is_match(&said) || WORDS.trouble.is_match(&rest);
    if trouble || (no && !fine) {
        return if doubtful { Well::Unclear } else { Well::NotFine };
    }
    let known: HashSet<String> = known.split_whitespace().map(|word| plain(bare(word))).collect();
    let nothing_else = || {
        let says_nothing = |word: &str| WORDS.filler.contains(word) || known.contains(word);
        rest.lines().all(|line| thanks::is_courtesy(line, says_nothing))
    };
    let content = thanks::only_thanks(&own) || (fine && !no && nothing_else());
    if content && !doubtful { Well::Fine } else { Well::Unclear }
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(expected: Well, texts: &[&str]) {
        let wrong: Vec<&&str> = texts
            .iter()
            .filter(|t| well(t, "Repaired the kitchen tap Ana Ruiz") != expected)
            .collect();
        assert!(wrong.is_empty(), "not {expected:?}: {wrong:#?}");
    }

    #[test]
    fn who_is_content_says_so_and_nothing_else() {
        says(
            Well::Fine,
            &[
                "Yes all fine, thanks",
                "Yes.",
                "yes thank you!",
                "Thanks!",
                "Everything is OK, thank you Ana.\n\nKind regards\nJo Client",
                "All good here, thanks again for the quick repair.",
                "It works perfectly now.",
                "The kitchen tap works fine, many thanks!",
                "No problems at all, thank you.",
                "No more leaks so far. Thanks!",
                "Perfect, thanks",
                "Thank you Ana, all fine now!",
                "So far so good.",
                "Sí, todo bien, gracias.",
                "Todo perfecto, muchas gracias",
                "Sim, está tudo bem, obrigado!",
                "Oui, tout va bien, merci beaucoup.",
                "Aucun problème, merci !",
                "Ja, alles bestens, vielen Dank!",
                "Alles in Ordnung, danke.",
                "Ja, alles werkt prima, bedankt!",
                "Sì, tutto a posto, grazie mille!",
                "Funziona tutto bene, grazie",
            ],
        );
    }

    #[test]
    fn who_is_not_content_is_heard() {
        says(
            Well::NotFine,
            &[
                "No, it still leaks",
                "no",
                "No.",
                "Not OK",
                "Unfortunately it is dripping again.",
                "It does not work.",
                "Everything is fine except that the tap still drips.",
                "The leak is back.",
                "It's worse than before!",
                "Not really, the handle is broken now.",
                "This is unacceptable, I want a refund.",
                "No, sigue goteando.",
                "No funciona, por desgracia",
                "Não, continua a pingar.",
                "Non, le robinet fuit encore.",
                "Ça ne marche toujours pas",
                "Nein, der Hahn tropft wieder.",
                "Leider funktioniert es immer noch nicht.",
                "Nee, hij lekt nog steeds.",
                "No, perde ancora acqua",
                "Purtroppo non funziona.",
            ],
        );
    }

    #[test]
    fn what_says_more_or_neither_is_for_a_person() {
        says(
            Well::Unclear,
            &[
                "",
                "Could you send the invoice?",
                "Yes, but the invoice is for the neighbour.",
                "I have not tested it yet.",
                "Yes, all fine. We accept the quote for the boiler.",
                "I will let you know if there is a problem.",
                "Is Ana back on Monday?",
                "Please call me.",
                "No, all good",
                "Who are you?",
                "Werde ich prüfen, wenn ich zurück bin.",
                "Je n'ai pas encore essayé, je vous dirai.",
            ],
        );
    }
}
