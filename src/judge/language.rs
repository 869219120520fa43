//! Which language a text is in, told by its commonest small words.

/// Of how many words the language is told, at most.
const MOST_WORDS: usize = 400;
/// How many small words must be found.
const LEAST_FOUND: usize = 2;

const SMALL: [(&str, &[&str]); 9] = [
    (
        "en",
        &[
            "the", "and", "you", "is", "to", "of", "for", "that", "this", "have", "it", "we",
            "your", "thanks", "please", "my", "not", "be", "are", "with", "i",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "und", "ich", "nicht", "ist", "sie", "wir", "mit", "für", "ein",
            "eine", "bitte", "auf", "zu", "danke", "haben", "den", "es",
        ],
    ),
    (
        "fr",
        &[
            "le", "la", "les", "et", "je", "vous", "est", "pas", "pour", "une", "un", "nous",
            "bonjour", "merci", "des", "que", "dans", "votre", "mais", "du",
        ],
    ),
    (
        "es",
        &[
            "el", "la", "los", "y", "que", "por", "para", "una", "un", "con", "gracias", "hola",
            "no", "es", "se", "mi", "su", "del", "está", "favor",
        ],
    ),
    (
        "pt",
        &[
            "o", "os", "e", "que", "não", "para", "uma", "um", "com", "obrigado", "obrigada",
            "por", "do", "da", "em", "meu", "você", "está", "bom", "olá",
        ],
    ),
    (
        "it",
        &[
            "il",
            "che",
            "e",
            "non",
            "per",
            "una",
            "un",
            "con",
            "grazie",
            "sono",
            "di",
            "la",
            "mi",
            "vi",
            "della",
            "questo",
            "buongiorno",
            "ho",
            "del",
            "è",
        ],
    ),
    (
        "nl",
        &[
            "de", "het", "een", "en", "ik", "niet", "is", "van", "voor", "met", "u", "wij",
            "bedankt", "graag", "op", "dat", "mijn", "zijn", "hebben", "kunt",
        ],
    ),
    (
        "sv",
        &[
            "och", "jag", "det", "att", "inte", "är", "en", "som", "på", "för", "med", "tack",
            "hej", "vi", "har", "av", "kan", "ett", "min", "den",
        ],
    ),
    (
        "pl",
        &[
            "i",
            "nie",
            "się",
            "na",
            "jest",
            "że",
            "w",
            "z",
            "do",
            "to",
            "proszę",
            "dziękuję",
            "czy",
            "dzień",
            "dobry",
            "mi",
            "o",
            "jak",
            "za",
            "od",
        ],
    ),
];

/// The language of `text` as a two-letter code, where it can be told.
pub(super) fn language(text: &str) -> Option<String> {
    let split = |c: char| !c.is_alphabetic() && c != '\'';
    let words: Vec<String> = text
        .split(split)
        .filter(|w| !w.is_empty())
        .take(MOST_WORDS)
        .map(str::to_lowercase)
        .collect();
    let count = |small: &[&str]| words.iter().filter(|w| small.contains(&w.as_str())).count();
    let mut counts: Vec<(usize, &str)> =
        SMALL.iter().map(|(code, small)| (count(small), *code)).collect();
    counts.sort_by_key(|(found, _)| std::cmp::Reverse(*found));
    match counts.as_slice() {
        [(best, code), (second, _), ..] if *best >= LEAST_FOUND && best > second => {
            Some((*code).to_owned())
        }
        _ => None,
    }
}
