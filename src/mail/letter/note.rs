//! The note in which somebody of ours says when their answer comes: short, in
//! their own name because they asked for it.

use jiff::Zoned;

use super::{SHORT, given_name, one_line, plain_topic};
use crate::domain::ids::Party;
use crate::mail::dated;
use crate::mail::template::{Kind, Templates, Unwritten, Values};
use crate::mail::typeset::Written;

/// What the note says.
#[derive(Debug, Clone)]
pub struct Note {
    /// Who waits.
    pub contact: Party,
    /// The subject of the case.
    pub subject: String,
    /// In whose name it is written.
    pub by: String,
    /// Their organisation.
    pub organisation: String,
    /// When the answer comes, on the clocks of the organisation.
    pub due: Zoned,
    /// The language, as a two-letter code, where it is known.
    pub language: Option<String>,
}

/// To the contact: that they are not forgotten, and by when they hear.
pub fn note(note: &Note, templates: &Templates) -> Result<Written, Unwritten> {
    let language = templates.language(Kind::TellWhen, note.language.as_deref());
    let values = Values::from([
        ("contact", given_name(&note.contact)),
        ("topic", Some(plain_topic(&note.subject))),
        ("when", Some(dated::when(&note.due, language))),
        ("person", Some(one_line(&note.by, SHORT))),
        ("organisation", Some(one_line(&note.organisation, SHORT))),
    ]);
    templates.write(Kind::TellWhen, language, &values)
}
