//! What is owed, in words: an answer, a promise, a word meanwhile, an end.

use super::{
    Block, Matter, Reader, SHORT, answerer, contact, due, due_distance, excerpt, fact, joined,
    one_line, stamped, when,
};
use crate::domain::obligation::Kind;

/// The one sentence that says it all, to whoever owes it.
pub(super) fn lead_to_owner(matter: &Matter) -> String {
    let contact = contact(matter);
    match matter.kind {
        Kind::Reply if matter.concern => {
            format!("{contact} has a concern, and would like your answer.")
        }
        Kind::Reply => format!("{contact} is waiting for your reply."),
        Kind::Promise if !is_past(matter) => {
            format!("You promised {contact} an answer by {}.", due(matter))
        }
        Kind::Promise | Kind::Update | Kind::Resolution => lead(matter),
    }
}

/// The same, to anybody else.
pub(super) fn lead(matter: &Matter) -> String {
    let (contact, answerer) = (contact(matter), answerer(matter));
    match matter.kind {
        Kind::Reply if matter.concern => {
            format!("{contact} has a concern, and waits for an answer from {answerer}.")
        }
        Kind::Reply => format!("{contact} is waiting for a reply from {answerer}."),
        Kind::Promise if is_past(matter) => {
            format!("The time promised to {contact} has passed.")
        }
        Kind::Promise => format!("{answerer} promised {contact} an answer by {}.", due(matter)),
        Kind::Update => {
            let silent = when::length(matter.since.duration_until(&matter.now));
            format!("{contact} has not heard from us for {silent}.")
        }
        Kind::Resolution => format!("The matter of {contact} is still open."),
    }
}

/// What is new about its time, whether or not it has come.
pub(super) fn became_due(matter: &Matter) -> Option<String> {
    let became = if matter.kind == Kind::Promise { "was promised for" } else { "became due" };
    let elapsed = matter.due.duration_until(&matter.now);
    if elapsed.is_negative() {
        None
    } else if elapsed.as_mins() == 0 {
        Some(format!("This is due now, {}.", due(matter)))
    } else {
        Some(format!("This {became} {}, {}.", due(matter), due_distance(matter)))
    }
}

/// That its time comes, where it has not.
pub(super) fn comes_due(matter: &Matter) -> String {
    format!("{} {}, {}.", due_by(matter), due(matter), due_distance(matter))
}

/// What is to say of its time, come or not.
pub(super) fn comes_or_came(matter: &Matter) -> String {
    became_due(matter).unwrap_or_else(|| comes_due(matter))
}

/// What was not seen yet.
pub(super) fn not_seen(matter: &Matter) -> &'static str {
    match matter.kind {
        Kind::Reply if matter.came_back.is_some() => "No other reply has been seen yet.",
        Kind::Reply if matter.concern => "It has not been answered yet.",
        Kind::Reply => "No reply has been seen yet.",
        Kind::Promise => "What was promised has not been seen yet.",
        Kind::Update => "No word to them has been seen since.",
        Kind::Resolution => "The case has not been closed yet.",
    }
}

/// Why it is told now and not when its step would come.
pub(super) fn urged(matter: &Matter) -> Option<String> {
    let contact = contact(matter);
    let again = (matter.chases > 0)
        .then(|| format!("{contact} has asked again {}.", when::times(matter.chases)));
    let came_back = matter
        .came_back
        .as_ref()
        .map(|at| format!("The answer came back undelivered {}.", when::clock(at, &matter.now)));
    let not_ok = matter.not_ok.as_deref().map(|title| {
        format!("Asked after the job, {contact} said: “{}” is not OK.", one_line(title, SHORT))
    });
    let in_doubt = matter.in_doubt.as_deref().map(|title| {
        let title = one_line(title, SHORT);
        format!(
            "What {contact} wrote may answer whether “{title}” is OK; nobody has said yet what it \
             means."
        )
    });
    let complaint = (matter.complaint && not_ok.is_none())
        .then(|| format!("What {contact} wrote reads like a complaint."));
    let said = joined([came_back, again, not_ok, in_doubt, complaint]);
    (!said.is_empty()).then_some(said)
}

/// What to do, where one's own answer is wanted; `whom` is the mail, or who waits.
pub(super) fn advice(matter: &Matter, whom: &str) -> Block {
    let silent = "owed sees the answer and falls silent.";
    let answer = if matter.concern {
        passed_on(matter)
    } else {
        format!("Answer {whom} as you always do; {silent}")
    };
    Block::Paragraph(match matter.kind {
        Kind::Reply => {
            format!("{answer} A short word on when the real answer comes is an answer too.")
        }
        Kind::Promise => {
            format!("{answer} If it takes longer, a word on the new time is an answer too.")
        }
        Kind::Update => format!("A few words on how things stand are enough; {silent}"),
        Kind::Resolution => {
            "Once the matter is settled, close the case, and owed falls silent.".to_owned()
        }
    })
}

/// How a concern is answered.
pub(super) fn passed_on(matter: &Matter) -> String {
    let contact = contact(matter);
    format!("Answer this mail: your words go to {contact}, in your name, and owed falls silent.")
}

/// That the reader knows of it, and since when.
pub(super) fn told_before(matter: &Matter, to: &Reader) -> Option<String> {
    let told = to.first_told.as_ref().filter(|_| matter.concern)?;
    let told = when::clock(told, &matter.now);
    Some(format!("You were first told of it {told}. {}", not_seen(matter)))
}

/// The name of the due time as a request.
pub(super) fn due_by(matter: &Matter) -> &'static str {
    match matter.kind {
        Kind::Reply => "Reply by",
        Kind::Promise => "Promised for",
        Kind::Update => "Write by",
        Kind::Resolution => "Settle by",
    }
}

/// Since when, by its name.
pub(super) fn since(matter: &Matter) -> (String, String) {
    let name = match matter.kind {
        Kind::Reply | Kind::Resolution => "Since",
        Kind::Promise => "Promised on",
        Kind::Update => "Last heard",
    };
    fact(name, &stamped(&matter.since, &matter.now))
}

/// The words that promise it, where owed knows them.
pub(super) fn promise(matter: &Matter) -> Option<Block> {
    let shown = excerpt(matter.promised.as_deref()?);
    let who = matter.owner.as_deref().map_or("Somebody of us".to_owned(), |o| one_line(o, SHORT));
    let whose = format!("{who} wrote {}", when::clock(&matter.since, &matter.now));
    (!shown.is_empty()).then_some(Block::Quote(whose, shown))
}

fn is_past(matter: &Matter) -> bool {
    !matter.due.duration_until(&matter.now).is_negative()
}
