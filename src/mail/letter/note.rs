//! The note in which somebody of ours says when their answer comes: short, in
//! their own name because they asked for it, in the contact's language where owed
//! has the words.

use std::sync::LazyLock;

use jiff::Zoned;
use serde::Deserialize;

use super::{Block, Letter, SHORT, given_name, one_line, plain_topic};
use crate::domain::ids::Party;
use crate::mail::languages::section;

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

/// The words of one language.
#[derive(Debug, Deserialize)]
struct Words {
    hello: String,
    hello_unnamed: String,
    not_forgotten: String,
    by: String,
    regards: String,
    when: String,
    weekdays: Vec<String>,
    months: Vec<String>,
}

static LANGUAGES: LazyLock<Vec<(&'static str, Words)>> = LazyLock::new(|| section("note"));

/// To the contact: that they are not forgotten, and by when they hear.
pub fn note(note: &Note) -> Letter {
    let topic = plain_topic(&note.subject);
    let subject = format!("Re: {topic}");
    let Some(words) = words(note.language.as_deref()) else {
        return Letter { subject, preview: String::new(), blocks: Vec::new() };
    };
    let hello = match given_name(&note.contact) {
        Some(name) => words.hello.replace("{name}", &name),
        None => words.hello_unnamed.clone(),
    };
    let not_forgotten = words.not_forgotten.replace("{subject}", &topic);
    let by = words.by.replace("{when}", &words.spoken(&note.due));
    let (name, organisation) = (one_line(&note.by, SHORT), one_line(&note.organisation, SHORT));
    let said = [hello, format!("{not_forgotten} {by}"), words.regards.clone(), name, organisation];
    let blocks = said.into_iter().filter(|said| !said.is_empty()).map(Block::Paragraph);
    Letter { subject, preview: String::new(), blocks: blocks.collect() }
}

/// The words of `language`, or English.
fn words(language: Option<&str>) -> Option<&'static Words> {
    let theirs = LANGUAGES.iter().find(|(code, _)| Some(*code) == language);
    theirs.or_else(|| LANGUAGES.first()).map(|(_, words)| words)
}

impl Words {
    fn spoken(&self, at: &Zoned) -> String {
        let named = |names: &[String], number: i8| {
            let index = usize::try_from(number).unwrap_or_default();
            names.get(index.wrapping_sub(1)).cloned().unwrap_or_default()
        };
        let weekday = named(&self.weekdays, at.weekday().to_monday_one_offset());
        self.when
            .replace("{weekday}", &weekday)
            .replace("{day}", &at.day().to_string())
            .replace("{month}", &named(&self.months, at.month()))
            .replace("{time}", &at.strftime("%H:%M").to_string())
    }
}
