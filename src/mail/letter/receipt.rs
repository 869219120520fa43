//! The receipt: at once, and by a machine, that a message has arrived, who has it, and
//! by when they answer.

use jiff::Zoned;

use super::{SHORT, given_name, one_line, plain_topic};
use crate::domain::ids::{CaseNumber, Party, PersonId};
use crate::mail::dated;
use crate::mail::template::{Kind, Templates, Unwritten, Values};
use crate::mail::typeset::Written;

/// What the receipt says.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Who wrote.
    pub contact: Party,
    /// The subject of their message.
    pub subject: String,
    /// The number of its case.
    pub case: CaseNumber,
    /// Who answers it.
    pub person: String,
    /// The organisation's number for them.
    pub number: PersonId,
    /// The organisation.
    pub organisation: String,
    /// By when they answer, on the clocks of the organisation.
    pub due: Zoned,
    /// The link to the page of their case, where there are pages.
    pub page: Option<String>,
    /// The language, as a two-letter code, where it is known.
    pub language: Option<String>,
}

/// To the contact: that their message is here.
pub fn receipt(receipt: &Receipt, templates: &Templates) -> Result<Written, Unwritten> {
    let language = templates.language(Kind::Receipt, receipt.language.as_deref());
    let values = Values::from([
        ("contact", given_name(&receipt.contact)),
        ("topic", Some(plain_topic(&receipt.subject))),
        ("case", Some(receipt.case.to_string())),
        ("person", Some(one_line(&receipt.person, SHORT))),
        ("number", Some(one_line(receipt.number.as_str(), SHORT))),
        ("when", Some(dated::when(&receipt.due, language))),
        ("organisation", Some(one_line(&receipt.organisation, SHORT))),
        ("page", receipt.page.clone()),
    ]);
    templates.write(Kind::Receipt, language, &values)
}
