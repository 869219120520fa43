//! What owed says where it cannot know whether a contact has a mail in somebody's name.

use jiff::Zoned;

use super::{Block, Letter, SHORT, called, fact, one_line, plain_topic, when};
use crate::domain::ids::{CaseNumber, Party};

/// A note whose arrival is not certain.
#[derive(Debug, Clone)]
pub struct Unsure {
    /// The case.
    pub case: CaseNumber,
    /// Who waits.
    pub contact: Party,
    /// The subject of the case.
    pub subject: String,
    /// When the answer comes, says the note; on the reader's clocks.
    pub due: Zoned,
    /// When this is written, on the reader's clocks.
    pub now: Zoned,
    /// The link with which they are told again, where there are pages.
    pub tell: Option<String>,
}

/// To whoever's name a note carries: it may or may not have arrived.
pub fn unsure(unsure: &Unsure) -> Letter {
    let contact = called(&unsure.contact);
    let topic = plain_topic(&unsure.subject);
    let lead = format!("{contact} may or may not have the note from you.");
    let then = "The mail server took it and never said whether it would deliver it. owed does not \
                send it again by itself, so that nobody gets it twice. Please ask them, or tell \
                them once more.";
    let rows = vec![
        fact("About", &topic),
        fact("It says", &format!("the answer comes {}", when::clock(&unsure.due, &unsure.now))),
        fact("Case", &unsure.case.to_string()),
    ];
    let link = unsure.tell.clone().map(|link| vec![("Tell them when".to_owned(), link)]);
    let mut blocks =
        vec![Block::Lead(lead.clone()), Block::Paragraph(then.to_owned()), Block::Facts(rows)];
    blocks.extend(link.map(|link| Block::Actions(String::new(), link)));
    blocks.push(Block::Footer("Written by owed, automatically.".to_owned()));
    Letter { subject: format!("Did it arrive? {contact}, {topic}"), preview: lead, blocks }
}

/// To whoever's name a question after a job carries: it may or may not have arrived.
pub fn unsure_of_question(case: CaseNumber, contact: &Party, title: &str) -> Letter {
    let (contact, title) = (called(contact), one_line(title, SHORT));
    let lead = format!("{contact} may or may not have your question whether all is well.");
    let then = "The mail server took it and never said whether it would deliver it. owed does not \
                send it again by itself, so that nobody gets it twice; “owed outbox” has it, to be \
                sent again or dropped. A call settles it as well.";
    let blocks = vec![
        Block::Lead(lead.clone()),
        Block::Paragraph(then.to_owned()),
        Block::Facts(vec![fact("Your job", &title), fact("Case", &case.to_string())]),
        Block::Footer("Written by owed, automatically.".to_owned()),
    ];
    Letter { subject: format!("Did it arrive? {contact}, {title}"), preview: lead, blocks }
}
