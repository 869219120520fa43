//! To a contact whose case is closed: what was said in it. It is owed's own letter, in
//! the name of the organisation: no person wrote it.

use super::{SHORT, given_name, one_line, plain_topic};
use crate::domain::ids::{CaseNumber, Party};
use crate::mail::template::{Kind, Templates, Unwritten, Values};
use crate::mail::typeset::Written;

/// A case that is closed.
#[derive(Debug, Clone)]
pub struct Closing {
    /// Whose it was.
    pub contact: Party,
    /// Its subject.
    pub subject: String,
    /// Its number.
    pub case: CaseNumber,
    /// Our organisation.
    pub organisation: String,
    /// What was said.
    pub transcript: String,
    /// The link to its page, where there are pages.
    pub page: Option<String>,
}

/// What was said, to its contact.
pub fn closing(
    closing: &Closing,
    language: &str,
    templates: &Templates,
) -> Result<Written, Unwritten> {
    let values = Values::from([
        ("contact", given_name(&closing.contact)),
        ("topic", Some(plain_topic(&closing.subject))),
        ("case", Some(closing.case.to_string())),
        ("organisation", Some(one_line(&closing.organisation, SHORT))),
        ("transcript", Some(closing.transcript.clone())),
        ("page", closing.page.clone()),
    ]);
    templates.write(Kind::Transcript, language, &values)
}
