//! What is said to whoever answers: the owner, who stands in, who is on duty.

use super::{
    Block, Letter, Matter, Reader, answerer, contact, due, fact, facts, footer, history, owed,
    paragraph, person_waiting, subject, ways_out, words,
};

/// To the owner, before or after the answer is due.
pub fn reminder(matter: &Matter, to: &Reader) -> Letter {
    let became_due = owed::became_due(matter);
    let preview = became_due.clone().unwrap_or_else(|| owed::comes_due(matter));
    let mut blocks = vec![Block::Lead(owed::lead_to_owner(matter))];
    blocks.extend(paragraph([became_due, owed::told_before(matter, to), owed::urged(matter)]));
    blocks.push(Block::Facts(facts(matter, owed::due_by(matter))));
    blocks.extend(words(matter));
    blocks.extend(history(matter));
    blocks.push(owed::advice(matter, "the mail"));
    blocks.push(ways_out(matter, matter.owner_called.as_deref()));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview, blocks }
}

/// To whoever stands in for the owner: a deputy, somebody on duty, or one above.
pub fn reminder_for_another(matter: &Matter, to: &Reader) -> Letter {
    let stands_in = stands_in(matter);
    let preview = match owed::became_due(matter) {
        Some(due) => due,
        None => format!("{stands_in} {} {}.", owed::due_by(matter), due(matter)),
    };
    let mut blocks = vec![Block::Lead(owed::lead(matter))];
    blocks.extend(paragraph([Some(stands_in), owed::became_due(matter), owed::urged(matter)]));
    // The mail may lie where only the owner reads, so the address is told.
    let mut rows = vec![fact("Who waits", &person_waiting(matter))];
    rows.extend(facts(matter, owed::due_by(matter)));
    blocks.push(Block::Facts(rows));
    blocks.extend(words(matter));
    blocks.extend(history(matter));
    blocks.push(owed::advice(matter, &contact(matter)));
    blocks.push(ways_out(matter, to.called.as_deref()));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview, blocks }
}

/// To the person on duty, where nobody has taken the case yet.
pub fn reminder_for_mailbox(matter: &Matter, to: &Reader) -> Letter {
    let lead = owed::lead(matter);
    let preview = match owed::became_due(matter) {
        Some(due) => due,
        None => format!("Nobody has taken it yet. {} {}.", owed::due_by(matter), due(matter)),
    };
    let duty = "Nobody has taken it yet, and you are the one on duty.".to_owned();
    let mut blocks = vec![Block::Lead(lead)];
    blocks.extend(paragraph([Some(duty), owed::became_due(matter), owed::urged(matter)]));
    blocks.push(Block::Facts(facts(matter, owed::due_by(matter))));
    blocks.extend(words(matter));
    blocks.extend(history(matter));
    blocks.push(if matter.concern {
        owed::advice(matter, "")
    } else {
        Block::Paragraph(
            "Answer the mail as you always do, or ask a colleague to: the first reply counts for \
             everybody, and owed falls silent."
                .to_owned(),
        )
    });
    blocks.push(ways_out(matter, to.called.as_deref()));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview, blocks }
}

/// Why somebody who does not owe the answer reads this.
fn stands_in(matter: &Matter) -> String {
    let owner = answerer(matter);
    if matter.owner_away {
        format!("{owner} is away, and you stand in.")
    } else {
        format!("{owner} cannot be reminded at the moment, and you stand in.")
    }
}
