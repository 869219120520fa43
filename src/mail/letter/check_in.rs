//! After a job: the question whether all is well, in the name of whoever did it, and
//! the letter that shows it to them before it is sent.

use jiff::Zoned;

use super::{Block, Letter, SHORT, called, excerpt, fact, given_name, one_line, plain_topic, when};
use crate::domain::case::Case;
use crate::domain::ids::{CaseNumber, Party};
use crate::domain::job::Job;
use crate::domain::roster::Roster;
use crate::mail::dated;
use crate::mail::template::{Kind, Templates, Unwritten, Values};
use crate::mail::typeset::Written;

/// What a contact is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who is asked.
    pub contact: Party,
    /// The subject of the conversation that it goes on with, where there was one.
    pub subject: Option<String>,
    /// What was done.
    pub title: String,
    /// When, on the organisation's clocks.
    pub done_at: Zoned,
    /// In whose name.
    pub by: String,
    /// Their organisation.
    pub organisation: String,
    /// The contact's language, as a two-letter code, where it is known.
    pub language: Option<String>,
    /// Whether it was asked before and is not asked again.
    pub once_more: bool,
    /// The asker's own words in place of the usual ones.
    pub words: Option<String>,
    /// The links with which they answer and ask for no more, where there are pages.
    pub links: Option<Links>,
}

/// The links of a question.
#[derive(Debug, Clone)]
pub struct Links {
    /// All is well.
    pub fine: String,
    /// It is not.
    pub not_fine: String,
    /// No more of these mails.
    pub stop: String,
}

/// A question as it is shown to whoever would ask it.
#[derive(Debug, Clone)]
pub struct Approval {
    /// The case.
    pub case: CaseNumber,
    /// The question, as it is shown.
    pub question: Question,
    /// Whether it was shown before.
    pub again: bool,
    /// Until when they may say, on their clocks.
    pub until: Zoned,
    /// The time it is, on their clocks.
    pub now: Zoned,
    /// What can be done with one click: what for, and the link; none without pages.
    pub actions: Vec<(String, String)>,
}

impl Question {
    /// The question about a job of a case, in its asker's own words where there are some,
    /// and without links.
    pub fn about(case: &Case, job: &Job, roster: &Roster) -> Self {
        let by = job.check_in.by.as_ref().or(job.done_by.first());
        Self {
            contact: case.contact.clone(),
            subject: None,
            title: job.title.clone(),
            done_at: job.closed_at.to_zoned(roster.zone.clone()),
            by: by.map_or("", |id| roster.name_of(id)).to_owned(),
            organisation: roster.organisation.clone(),
            language: None,
            once_more: false,
            words: job.check_in.words.clone(),
            links: None,
        }
    }

    /// The same, in a conversation whose last message of theirs was in that language.
    #[must_use]
    pub fn going_on(self, case: &Case, language: Option<String>) -> Self {
        Self { subject: Some(case.subject.clone()), language, ..self }
    }

    /// The same as whoever asks it is shown: where the links stand, and not whither, because
    /// they are the contact's alone.
    #[must_use]
    pub fn shown(self) -> Self {
        let stands = || "(link)".to_owned();
        let links = Links { fine: stands(), not_fine: stands(), stop: stands() };
        Self { links: Some(links), ..self }
    }
}

/// To the contact: whether all is well.
pub fn question(question: &Question, templates: &Templates) -> Result<Written, Unwritten> {
    let kind = if question.once_more { Kind::CheckInAgain } else { Kind::CheckIn };
    let language = templates.language(kind, question.language.as_deref());
    let link = |choose: fn(&Links) -> &String| question.links.as_ref().map(choose).cloned();
    let values = Values::from([
        ("contact", given_name(&question.contact)),
        ("topic", question.subject.as_deref().map(plain_topic)),
        ("job", Some(one_line(&question.title, SHORT))),
        ("closed", Some(dated::day(&question.done_at, language))),
        ("person", Some(one_line(&question.by, SHORT))),
        ("organisation", Some(one_line(&question.organisation, SHORT))),
        ("words", question.words.clone()),
        ("yes", link(|links| &links.fine)),
        ("no", link(|links| &links.not_fine)),
        ("stop", link(|links| &links.stop)),
    ]);
    templates.write(kind, language, &values)
}

/// To whoever did the job: what would be asked in their name.
pub fn approval(approval: &Approval, templates: &Templates) -> Result<Letter, Unwritten> {
    let Approval { case, question: asked, again, until, now, actions } = approval;
    let contact = called(&asked.contact);
    let title = one_line(&asked.title, SHORT);
    let lead = if *again {
        format!("{contact} has not been asked yet whether everything is OK.")
    } else {
        format!("Shall {contact} be asked, in your name, whether everything is OK?")
    };
    let shown = excerpt(&question(asked, templates)?.words);
    let whom = format!("In your name this would go to {}", asked.contact.address);
    let mut blocks = vec![
        Block::Lead(lead.clone()),
        Block::Facts(vec![
            fact("Your job", &title),
            fact("Done", &when::date(&asked.done_at, now)),
            fact("Case", &case.to_string()),
        ]),
        Block::Quote(whom, shown),
    ];
    let ways = "Answer this mail with “send” or a plain yes, and it goes as it stands; with “send” \
                and your own text below, and that goes instead; with “skip” or a plain no, and \
                nobody is asked. With “always send mine” yours go by themselves from now on; \
                “never send mine” takes that back.";
    if !actions.is_empty() {
        blocks.push(Block::Actions("With one click".to_owned(), actions.clone()));
    }
    blocks.push(Block::Paragraph(ways.to_owned()));
    let end = if *again { "After that it is let go" } else { "You are asked once more after that" };
    blocks.push(Block::Paragraph(format!(
        "Nothing is sent without a word from you, until {}. {end}.",
        when::clock(until, now)
    )));
    blocks.push(Block::Footer(
        "Written by owed, automatically. Who does not answer is asked once more, and never after \
         that."
            .to_owned(),
    ));
    Ok(Letter {
        subject: format!("Ask {contact} whether all is well? {title} [{case}]"),
        preview: lead,
        blocks,
    })
}
