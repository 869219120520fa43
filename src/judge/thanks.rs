//! Does a mail only thank? Every word in it must be one of thanks, of courtesy
//! or a name: a word that could be news ("leak", "accept", "wrong") is an answer
//! that somebody has to read, and in doubt a reply is owed. The words are those of
//! each language's file.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::plain::{any_of, plain, unaccented};
use crate::mail::languages;

/// How many words a mere thanks may have.
const MOST_WORDS: usize = 25;
/// How many words at the end of a line may be the writer's name.
const MOST_NAMES: usize = 3;

/// What this file reads of a language's section `words`.
#[derive(Debug, Deserialize)]
struct Section {
    thankful: String,
    thanks: Vec<String>,
    courtesy: Vec<String>,
    harmless: String,
}

/// The words of thanks and courtesy in all languages together: a mere thanks is
/// too short to tell its language.
#[derive(Debug)]
struct Courtesy {
    thankful: HashSet<String>,
    thanks: Regex,
    phrases: Regex,
    harmless: HashSet<String>,
}

static COURTESY: LazyLock<Courtesy> = LazyLock::new(|| {
    let sections = languages::section::<Section>("words");
    let sections = || sections.iter().map(|(_, section)| section);
    let words = |of: fn(&Section) -> &str| {
        sections().flat_map(|section| of(section).split_whitespace()).map(plain).collect()
    };
    let phrases = |of: fn(&Section) -> &Vec<String>| {
        let all = sections().flat_map(of).map(|phrase| format!("(?i:{phrase})"));
        any_of(all.collect::<Vec<_>>().iter().map(String::as_str))
    };
    Courtesy {
        thankful: words(|section| &section.thankful),
        thanks: phrases(|section| &section.thanks),
        phrases: phrases(|section| &section.courtesy),
        harmless: words(|section| &section.harmless),
    }
});

/// Whether this text only thanks, or only says that all is understood.
pub(super) fn only_thanks(own: &str) -> bool {
    let words = own.split_whitespace().take(MOST_WORDS + 1).count();
    if words == 0 || words > MOST_WORDS || own.contains(['?', '？']) {
        return false;
    }
    let said = unaccented(own);
    if !is_thankful(&said) {
        return false;
    }
    let rest = COURTESY.phrases.replace_all(&said, " ");
    rest.lines().all(|line| is_courtesy(line, |_| false)) && !super::asks::asks(own)
}

fn is_thankful(said: &str) -> bool {
    let thanks = |word: &str| COURTESY.thankful.contains(&plain(bare(word)));
    said.split_whitespace().any(thanks) || COURTESY.thanks.is_match(said)
}

/// Whether a line has words of courtesy alone, or `also` such, and maybe a name: at its end,
/// or before a mark.
pub(super) fn is_courtesy(line: &str, also: impl Fn(&str) -> bool) -> bool {
    let is_harmless = |word: &str| is_harmless(word) || also(&plain(word));
    // What begins a sentence is more likely "Cancel." than a name.
    let open = |word: &&str| !word.ends_with(['.', '!', ':']);
    let words: Vec<&str> = line.split_whitespace().filter(|w| !bare(w).is_empty()).collect();
    let (mut rest, mut last) = (words.as_slice(), None);
    loop {
        let polite = rest.iter().position(|word| !is_harmless(bare(word))).unwrap_or(rest.len());
        let (before, names) = rest.split_at(polite);
        last = before.last().copied().or(last);
        if names.is_empty() {
            return true;
        }
        let marked = |word: &&str| word.ends_with([',', '.', '!']);
        let length = names.iter().position(marked).map_or(names.len(), |at| at + 1);
        let (called, more) = names.split_at(length);
        let name = length <= MOST_NAMES && called.iter().all(|word| is_name(bare(word)));
        let begun = last.is_some() || called.iter().all(open);
        if !name || !begun || !last.as_ref().is_none_or(open) {
            return false;
        }
        (rest, last) = (more, called.last().copied());
    }
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_harmless(word: &str) -> bool {
    COURTESY.harmless.contains(&plain(word))
}

fn is_name(word: &str) -> bool {
    let spelt = word.chars().all(|c| c.is_alphabetic() || "-'.".contains(c));
    spelt && word.starts_with(char::is_uppercase) && !is_harmless(word)
}

#[cfg(test)]
mod tests {
    use super::only_thanks;

    #[test]
    fn a_mail_that_only_thanks_is_told_from_one_with_news() {
        let thanks = [
            "Thanks!",
            "Thank you so much, Ana!",
            "Perfect, thanks Ana.",
            "Thanks Ana, that works.",
            "Thanks, that's great. Have a lovely weekend!\n\nKind regards\nPaula Weaver",
            "All good now, thank you!",
            "Thanks again for your quick help.",
            "Got it.",
            "Thanks, see you on Monday.",
            "No problem, thank you.",
            "Vielen Dank für die schnelle Hilfe!\n\nViele Grüße\nPaula",
            "Danke, passt!",
            "Merci beaucoup, bonne journée !",
            "谢谢你",
            "спасибо большое",
            "Dziękuję!",
            "Merci, à bientôt !",
        ];
        for text in thanks {
            assert!(only_thanks(text), "it only thanks: {text:?}");
        }
    }

    #[test]
    fn a_polite_word_beside_news_is_no_mere_thanks() {
        let news = [
            "I received the wrong part.",
            "The type of the boiler is a Kettle.",
            "It takes ages.",
            "Thanks, the leak is back.",
            "Thanks, that is too expensive.",
            "OK, we accept the quote.",
            "Ok cancel the appointment.",
            "Ok.\nCancel.",
            "Ok. Cancel",
            "Thanks Ana. Cancel",
            "Thanks Ana, the tap leaks.",
            "Not OK",
            "This is not OK.",
            "No thanks.",
            "Thanks for nothing.",
            "Not solved.",
            "Great. Now the whole cellar is under water.",
            "Understood. I want my money back.",
            "Noted. Our address is 5 Mill Lane.",
            "Thanks, I will wait for your call.",
            "Danke, der Hahn tropft wieder.",
            "Danke, wir nehmen das Angebot an.",
            "Danke! Wann kommt die Rechnung",
            "Merci, le robinet fuit encore.",
        ];
        for text in news {
            assert!(!only_thanks(text), "somebody has to read it: {text:?}");
        }
    }
}
