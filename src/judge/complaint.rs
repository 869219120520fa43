//! Does a mail complain? Told by words that are hardly said otherwise: a
//! refund that is demanded, a lawyer, "unacceptable", the third time. A mild
//! complaint is not heard; a mail that is none should not be taken for one.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::plain::any_of;
use crate::mail::languages;

/// How much text is looked at, in bytes: who complains says so at once, and
/// what is passed on below is not theirs.
const LONGEST: usize = 3_000;

/// What this file reads of a language's section `words`.
#[derive(Debug, Deserialize)]
struct Section {
    complaint: Vec<String>,
}

static COMPLAINT: LazyLock<Regex> = LazyLock::new(|| {
    let sections = languages::section::<Section>("words");
    any_of(sections.iter().flat_map(|(_, section)| &section.complaint).map(String::as_str))
});

/// Whether this text, in small letters, complains.
pub(super) fn complains(plain: &str) -> bool {
    COMPLAINT.is_match(plain.get(..plain.floor_char_boundary(LONGEST)).unwrap_or(plain))
}
