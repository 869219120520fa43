//! What is said to whoever answers: the owner, who stands in, who is on duty.

use super::escalation::escalation_lead;
use super::{
    Block, Letter, Matter, Reader, answerer, asked_again, became_due, contact, due, due_distance,
    fact, facts, footer, history, mailbox, paragraph, person_waiting, subject, ways_out, words,
};

/// To the owner, before or after the answer is due.
pub fn reminder(matter: &Matter) -> Letter {
    let lead = format!("{} is waiting for your reply.", contact(matter));
    let preview = match became_due(matter) {
        Some(due) => due,
        None => format!("Reply by {}, {}.", due(matter), due_distance(matter)),
    };
    let mut blocks = vec![Block::Lead(lead)];
    blocks.extend(paragraph([became_due(matter), asked_again(matter)]));
    blocks.push(Block::Facts(facts(matter, "Reply by")));
    blocks.extend(words(matter));
    blocks.extend(history(matter));
    blocks.push(Block::Paragraph(
        "Answer the mail as you always do; owed sees the answer and falls silent. A short word \
         on when the real answer comes is an answer too."
            .to_owned(),
    ));
    blocks.push(ways_out(matter, matter.owner_called.as_deref()));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview, blocks }
}

/// To whoever stands in for the owner: a deputy, somebody on duty, or one above.
pub fn reminder_for_another(matter: &Matter, to: &Reader) -> Letter {
    let lead = escalation_lead(matter);
    let stands_in = stands_in(matter);
    let preview = match became_due(matter) {
        Some(due) => due,
        None => format!("{stands_in} Reply by {}.", due(matter)),
    };
    let mut blocks = vec![Block::Lead(lead)];
    blocks.extend(paragraph([Some(stands_in), became_due(matter), asked_again(matter)]));
    // The mail may lie where only the owner reads, so the address is told.
    let mut rows = vec![fact("Who waits", &person_waiting(matter))];
    rows.extend(facts(matter, "Reply by"));
    blocks.push(Block::Facts(rows));
    blocks.extend(words(matter));
    blocks.extend(history(matter));
    blocks.push(Block::Paragraph(format!(
        "Answer {} as you always do; owed sees the answer and falls silent. A short word on when \
         the real answer comes is an answer too.",
        contact(matter)
    )));
    blocks.push(ways_out(matter, to.called.as_deref()));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview, blocks }
}

/// To the person on duty, where nobody has taken the case yet.
pub fn reminder_for_mailbox(matter: &Matter, to: &Reader) -> Letter {
    let lead = format!("{} is waiting for a reply from {}.", contact(matter), mailbox(matter));
    let preview = match became_due(matter) {
        Some(due) => due,
        None => format!("Nobody has taken it yet. Reply by {}.", due(matter)),
    };
    let duty = "Nobody has taken it yet, and you are the one on duty.".to_owned();
    let mut blocks = vec![Block::Lead(lead)];
    blocks.extend(paragraph([Some(duty), became_due(matter), asked_again(matter)]));
    blocks.push(Block::Facts(facts(matter, "Reply by")));
    blocks.extend(words(matter));
    blocks.extend(history(matter));
    blocks.push(Block::Paragraph(
        "Answer the mail as you always do, or ask a colleague to: the first reply counts for \
         everybody, and owed falls silent."
            .to_owned(),
    ));
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
