//! A case goes from hand to hand: asked for, taken, or not.

use super::{
    Block, Letter, Matter, SHORT, contact, facts, footer, history, mailbox, one_line, owed,
    subject, ways_out, words,
};

/// To whoever is asked by `by` to take a case.
pub fn offer(matter: &Matter, by: &str, to: Option<&str>) -> Letter {
    let by = one_line(by, SHORT);
    let lead = format!("{by} asks whether you can take this over.");
    let preview = format!("{lead} {}", owed::comes_or_came(matter));
    let stays = matter.owner.as_deref().map_or_else(|| mailbox(matter), |who| one_line(who, SHORT));
    let mut blocks = vec![
        Block::Lead(lead),
        Block::Paragraph(format!(
            "{} Until you say yes it stays with {stays}; to say no is fine, and {by} hears of \
             it at once.",
            owed::lead(matter)
        )),
        Block::Facts(facts(matter, owed::due_by(matter))),
    ];
    blocks.extend(words(matter));
    blocks.extend(history(matter));
    blocks.push(if matter.actions.is_empty() {
        commands(matter, to)
    } else {
        Block::Actions("Answer with one click".to_owned(), matter.actions.clone())
    });
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview, blocks }
}

/// To whoever asked somebody to take a case: `who` did.
pub fn accepted(matter: &Matter, who: &str) -> Letter {
    let lead = format!("{} has taken this over.", one_line(who, SHORT));
    let answers =
        format!("{} is in good hands; there is nothing left for you to do.", contact(matter));
    told(matter, lead, answers)
}

/// To whoever asked somebody to take a case: they cannot; `said` is how.
pub fn refused(matter: &Matter, said: &str) -> Letter {
    let said = one_line(said, 3 * SHORT);
    let stays = "It stays with you. You can ask somebody else, or tell the contact when the answer \
                 comes.";
    let mut letter = told(matter, format!("{said}."), stays.to_owned());
    let footer = letter.blocks.pop();
    letter.blocks.push(ways_out(matter, matter.owner_called.as_deref()));
    letter.blocks.extend(footer);
    letter
}

/// To whoever was asked to take a case and is not any more; `then` is what became of it.
pub fn withdrawn(matter: &Matter, then: &str) -> Letter {
    let lead = "You need not take this over any more.".to_owned();
    told(matter, lead, one_line(then, 3 * SHORT))
}

fn told(matter: &Matter, lead: String, then: String) -> Letter {
    let blocks = vec![
        Block::Lead(lead.clone()),
        Block::Paragraph(then),
        Block::Facts(facts(matter, "Due")),
        footer(matter),
    ];
    Letter { subject: subject(matter), preview: lead, blocks }
}

fn commands(matter: &Matter, to: Option<&str>) -> Block {
    let (case, to) = (matter.case, to.unwrap_or("NAME"));
    let rows = vec![
        ("Take it".to_owned(), format!("owed accept {case} --by {to}")),
        ("I cannot".to_owned(), format!("owed refuse {case} --by {to} --reason \"…\"")),
    ];
    Block::Commands("Tell owed".to_owned(), rows)
}
