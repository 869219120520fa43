//! What a contact and we said to each other in a case, for a person to pass on: as
//! text, as a page, and as the mails themselves.

use askama::Template;

use crate::domain::case::Case;
use crate::domain::conversation::{Kept, Utterance, shared_with};
use crate::domain::ids::CaseNumber;
use crate::domain::policy::Policy;
use crate::mail::page::{Words, words};
use crate::mail::transcript::{self, Said, add_to_mbox};
use crate::store::{self, Tx};

/// A form of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// One page of HTML.
    Html,
    /// The mails, in one file.
    Mbox,
}

/// Both directions of a form's name.
const FORMS: &[(Form, &str)] = &[(Form::Text, "text"), (Form::Html, "html"), (Form::Mbox, "mbox")];

impl Form {
    /// The form called `name`.
    pub fn called(name: &str) -> Option<Self> {
        FORMS.iter().find(|(_, known)| *known == name).map(|(form, _)| *form)
    }

    /// All of them, by name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FORMS.iter().map(|(_, name)| *name)
    }
}

/// What was said in a case between us and its contact.
#[derive(Debug)]
pub(crate) struct Transcript {
    /// The case.
    pub(crate) case: Case,
    /// The contact's language, where it is known.
    pub(crate) language: Option<String>,
    shared: Vec<Utterance>,
}

#[derive(Debug, Template)]
#[template(path = "pages/transcript.html")]
struct Page<'a> {
    language: &'a str,
    title: &'a str,
    case: String,
    all: Vec<Said>,
}

/// Reads what was said; `None` where there is no such case.
pub(crate) async fn read(tx: &mut Tx, number: CaseNumber) -> store::Result<Option<Transcript>> {
    let Some(loaded) = tx.case(number).await? else { return Ok(None) };
    let shared = shared_with(&loaded.case.contact.address, tx.conversation(number).await?);
    let language = tx.last_heard(number).await?.and_then(|message| message.language);
    Ok(Some(Transcript { case: loaded.case, language, shared }))
}

impl Transcript {
    /// What was said, as it is read.
    pub(crate) fn said(&self, policy: &Policy, words: &Words) -> Vec<Said> {
        transcript::said(&self.shared, &policy.roster, words)
    }

    fn text(&self, policy: &Policy) -> String {
        let (_, words) = self.words();
        let Case { number, subject, contact, .. } = &self.case;
        let house = &policy.roster.organisation;
        let said = transcript::text(&self.said(policy, words));
        format!("{number}  {subject}\n{contact} – {house}\n\n{said}\n")
    }

    fn html(&self, policy: &Policy) -> Result<String, askama::Error> {
        let (language, words) = self.words();
        let (title, case) = (&self.case.subject, self.case.number.to_string());
        Page { language, title, case, all: self.said(policy, words) }.render()
    }

    fn words(&self) -> (&'static str, &'static Words) {
        words(self.language.as_deref().as_slice())
    }
}

/// The transcript of a case in this form.
pub async fn transcript(
    tx: &mut Tx,
    policy: &Policy,
    number: CaseNumber,
    form: Form,
) -> store::Result<Option<Vec<u8>>> {
    let Some(found) = read(tx, number).await? else { return Ok(None) };
    Ok(Some(match form {
        Form::Text => found.text(policy).into_bytes(),
        Form::Html => found.html(policy).unwrap_or_else(|e| e.to_string()).into_bytes(),
        Form::Mbox => mbox(tx, &found).await?,
    }))
}

async fn mbox(tx: &mut Tx, found: &Transcript) -> store::Result<Vec<u8>> {
    let mut mbox = Vec::new();
    for utterance in &found.shared {
        match &utterance.kept {
            Kept::Message(id) => {
                let raw = tx.raw_of_message(*id).await?;
                // Bytes are not kept for ever.
                if !raw.is_empty() {
                    add_to_mbox(&mut mbox, utterance, &raw);
                }
            }
            Kept::Sent(bytes) => add_to_mbox(&mut mbox, utterance, bytes),
            Kept::Nowhere => {}
        }
    }
    Ok(mbox)
}
