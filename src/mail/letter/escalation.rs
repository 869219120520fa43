//! What is said to whoever is above: that an answer is due, and what helps now.

use jiff::Zoned;

use super::{
    Block, DEEDS, Letter, Matter, Reader, SHORT, contact, due, due_distance, fact, facts, footer,
    history, joined, mailbox, one_line, owed, person_waiting, reminder, subject, ways_out, when,
    words,
};

/// To whoever is told that an answer is due: a supervisor, or one above. Where
/// the chain has nobody but the owner, they are reminded instead of being told
/// about themselves.
pub fn escalation(matter: &Matter, to: &Reader) -> Letter {
    if to.called.is_some() && to.called == matter.owner_called {
        return reminder(matter, to);
    }
    let opening = opening(matter, to);
    let mut blocks = vec![Block::Lead(owed::lead(matter)), Block::Paragraph(opening.clone())];
    blocks.push(Block::Facts(escalation_facts(matter)));
    blocks.extend(words(matter));
    blocks.extend(done(matter));
    blocks.extend(history(matter));
    blocks.push(Block::List("What you can do now".to_owned(), possible_now(matter)));
    let answered_by = matter.owner_called.as_deref().or(to.called.as_deref());
    blocks.push(ways_out(matter, answered_by));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview: opening, blocks }
}

/// What is new: it became due, it is still open, or it will be due soon.
fn opening(matter: &Matter, to: &Reader) -> String {
    let due = match (owed::became_due(matter), &to.first_told) {
        (Some(due), None) => format!("{due} {}", owed::not_seen(matter)),
        (Some(due), Some(told)) => still_open(&due, told, matter),
        (None, _) => format!("It is due {}, {}.", due(matter), due_distance(matter)),
    };
    joined([Some(due), owed::urged(matter)])
}

fn still_open(due: &str, told: &Zoned, matter: &Matter) -> String {
    let told = when::clock(told, &matter.now);
    format!("This is still open; you were first told {told}. {due} {}", owed::not_seen(matter))
}

fn escalation_facts(matter: &Matter) -> Vec<(String, String)> {
    let mut rows =
        vec![fact("Who waits", &person_waiting(matter)), fact("Who answers", &answers(matter))];
    rows.extend(facts(matter, "Due"));
    rows
}

fn done(matter: &Matter) -> Option<Block> {
    let line = |(at, what): &(Zoned, String)| {
        format!("{}: {}", when::clock(at, &matter.now), one_line(what, 2 * SHORT))
    };
    let lines: Vec<String> = matter.done.iter().map(line).collect();
    let earlier = lines.len().saturating_sub(DEEDS);
    let mut shown: Vec<String> = lines.into_iter().skip(earlier).collect();
    if earlier > 0 {
        shown.insert(0, format!("{earlier} more before that."));
    }
    (!shown.is_empty()).then(|| Block::List("What was done so far".to_owned(), shown))
}

fn possible_now(matter: &Matter) -> Vec<String> {
    let contact = contact(matter);
    let help = match &matter.owner {
        Some(owner) => format!("Ask {} whether help is welcome.", one_line(owner, SHORT)),
        None => format!("Ask somebody of {} to take it.", mailbox(matter)),
    };
    let yourself = if matter.concern {
        owed::passed_on(matter)
    } else {
        format!("Answer {contact} yourself: your reply takes the case over.")
    };
    vec![
        help,
        format!("Call {contact}; a word on when the answer comes is often enough."),
        yourself,
    ]
}

fn answers(matter: &Matter) -> String {
    match &matter.owner {
        Some(owner) => one_line(owner, SHORT),
        None => format!("whoever serves {}; nobody has taken it yet", mailbox(matter)),
    }
}
