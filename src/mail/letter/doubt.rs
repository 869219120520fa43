//! To whoever did a job: what the contact's answer means, OK or not. Nothing counts as
//! either until a person has said so.

use super::{
    Block, Letter, Matter, SHORT, contact, due, fact, footer, one_line, subject, topic, ways_out,
    words,
};

/// Does this mean OK or not OK?
pub fn doubt(matter: &Matter, called: Option<&str>) -> Letter {
    let who = contact(matter);
    let title = one_line(matter.in_doubt.as_deref().unwrap_or_default(), SHORT);
    let lead = format!("Does this mean OK or not OK? {who} answered about “{title}”.");
    let mut blocks = vec![
        Block::Lead(lead.clone()),
        Block::Paragraph(
            "owed cannot tell from the words, and takes nothing for OK that nobody has read."
                .to_owned(),
        ),
    ];
    blocks.extend(words(matter));
    blocks.push(Block::Facts(vec![
        fact("Job", &title),
        fact("About", &topic(matter)),
        fact("Open until", &due(matter)),
    ]));
    blocks.push(ways_out(matter, called));
    blocks.push(Block::Paragraph(format!(
        "Or answer this mail with “ok”, and the case is closed again, or with “not ok”, and it is \
         urgent and those above hear of it at once. Where {who} asks for something else, answer \
         them as you always do: that is enough."
    )));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview: lead, blocks }
}
