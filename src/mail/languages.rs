//! What is said in which language: data in `config/languages/`, one file each.
//!
//! A file is a table of sections; whoever judges by a section reads it with
//! [`section`] into a type of its own, so this file knows none of them. To add
//! a language, add its file and its line in `FILES`.

use serde::de::DeserializeOwned;

/// Each language by its two-letter code, with its file; English first.
const FILES: &[(&str, &str)] = &[
    ("en", include_str!("../../config/languages/en.toml")),
    ("de", include_str!("../../config/languages/de.toml")),
    ("es", include_str!("../../config/languages/es.toml")),
    ("fr", include_str!("../../config/languages/fr.toml")),
    ("it", include_str!("../../config/languages/it.toml")),
    ("nl", include_str!("../../config/languages/nl.toml")),
    ("pt", include_str!("../../config/languages/pt.toml")),
    ("cs", include_str!("../../config/languages/cs.toml")),
    ("da", include_str!("../../config/languages/da.toml")),
    ("fi", include_str!("../../config/languages/fi.toml")),
    ("hu", include_str!("../../config/languages/hu.toml")),
    ("ja", include_str!("../../config/languages/ja.toml")),
    ("no", include_str!("../../config/languages/no.toml")),
    ("pl", include_str!("../../config/languages/pl.toml")),
    ("ro", include_str!("../../config/languages/ro.toml")),
    ("ru", include_str!("../../config/languages/ru.toml")),
    ("sv", include_str!("../../config/languages/sv.toml")),
    ("tr", include_str!("../../config/languages/tr.toml")),
    ("zh", include_str!("../../config/languages/zh.toml")),
];

/// The section called `name` of every language that has it, English first.
///
/// # Panics
///
/// Where a file does not hold what its reader expects. The files are part of
/// the program, so then no test passes.
pub fn section<T: DeserializeOwned>(name: &str) -> Vec<(&'static str, T)> {
    let read = |(code, text): &(&'static str, &str)| {
        let mut file: toml::Table = toml::from_str(text).expect("a language file is TOML");
        let section = file.remove(name)?;
        Some((*code, section.try_into::<T>().expect("a section fits its reader")))
    };
    FILES.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_its_name() {
        let named: Vec<(&str, String)> = section("name");
        assert_eq!(named.len(), FILES.len());
    }
}
