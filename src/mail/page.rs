//! What a contact reads on pages, by language: data in `config/templates/`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::rule::Channel;

/// The words of one language; what stands in {braces} is filled in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) question: String,
    pub(crate) finished: String,
    pub(crate) finished_by_us: String,
    pub(crate) yes: String,
    pub(crate) no: String,
    pub(crate) what: String,
    pub(crate) more: String,
    pub(crate) optional: String,
    pub(crate) tell: String,
    pub(crate) told_fine: String,
    pub(crate) told_not_fine: String,
    pub(crate) changed: String,
    pub(crate) thanks: String,
    pub(crate) glad: String,
    pub(crate) open_again: String,
    pub(crate) has_it: String,
    pub(crate) hear_by: String,
    pub(crate) minute: String,
    pub(crate) send: String,
    pub(crate) stop: String,
    pub(crate) stop_text: String,
    pub(crate) stop_button: String,
    pub(crate) stopped: String,
    pub(crate) broken: String,
    pub(crate) broken_text: String,
    pub(crate) failed: String,
    pub(crate) failed_text: String,
    pub(crate) number: String,
    pub(crate) with_person: String,
    pub(crate) with_us: String,
    pub(crate) late: String,
    pub(crate) answered: String,
    pub(crate) closed: String,
    pub(crate) said: String,
    pub(crate) wrong: String,
    pub(crate) wrong_text: String,
    pub(crate) add: String,
    pub(crate) add_text: String,
    pub(crate) say_something: String,
    pub(crate) received: String,
    pub(crate) close_page: String,
    pub(crate) phone: String,
    pub(crate) voicemail: String,
    pub(crate) chat: String,
    pub(crate) form: String,
    pub(crate) social: String,
    pub(crate) otherwise: String,
}

/// Each language by its two-letter code, with its file; English first.
const FILES: [(&str, &str); 7] = [
    ("en", include_str!("../../config/templates/en/page.toml")),
    ("de", include_str!("../../config/templates/de/page.toml")),
    ("es", include_str!("../../config/templates/es/page.toml")),
    ("fr", include_str!("../../config/templates/fr/page.toml")),
    ("it", include_str!("../../config/templates/it/page.toml")),
    ("nl", include_str!("../../config/templates/nl/page.toml")),
    ("pt", include_str!("../../config/templates/pt/page.toml")),
];

static LANGUAGES: LazyLock<[(&str, Words); 7]> = LazyLock::new(|| {
    FILES.map(|(code, text)| (code, toml::from_str(text).expect("a file of words is whole")))
});

/// The words of the first of these languages that owed has, or of English, and which it
/// is.
pub(crate) fn words(wanted: &[&str]) -> (&'static str, &'static Words) {
    let of = |code: &str| LANGUAGES.iter().find(|(known, _)| *known == code);
    let found = wanted.iter().find_map(|code| of(code)).or_else(|| LANGUAGES.first());
    let (code, words) = found.expect("English has the words of pages");
    (code, words)
}

/// `text` with each name in {braces} replaced by its value.
pub(crate) fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let fill =
        |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{name}}}"), value);
    values.iter().fold(text.to_owned(), fill)
}

impl Words {
    /// How something was said, where that was not by mail.
    pub(crate) fn channel(&self, channel: Option<Channel>) -> Option<&str> {
        match channel {
            Some(Channel::Email | Channel::Concern) => None,
            Some(Channel::Phone) => Some(&self.phone),
            Some(Channel::Voicemail) => Some(&self.voicemail),
            Some(Channel::Chat) => Some(&self.chat),
            Some(Channel::Form) => Some(&self.form),
            Some(Channel::Social) => Some(&self.social),
            None => Some(&self.otherwise),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_letters_has_every_word_of_pages() {
        for (code, words) in LANGUAGES.iter() {
            let by = filled(&words.hear_by, &[("when", "Friday")]);
            assert!(by.contains("Friday") && !by.contains('{'), "{code}: {by}");
        }
    }
}
