//! Several matters in one mail to one reader, the most urgent first.
//!
//! The first are told with what one needs to act; every other has a line of its
//! own, so that whoever reads it knows of all.

use super::added::Down;
use super::{
    Block, Letter, Matter, SHORT, answerer, contact, cut, due_distance, excerpt, fact, joined,
    one_line, owed, stamped, topic, when, wrote,
};

/// How many are told in full.
const IN_FULL: usize = 10;

/// One matter of several.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is to the reader.
    pub role: Role,
    /// What it is.
    pub matter: Matter,
}

/// What a matter is to its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// They owe it.
    Mine,
    /// Somebody else does, or nobody yet.
    Anothers,
    /// They are asked, by this person, to take it.
    Asked(String),
    /// This person took it from them.
    Taken(String),
    /// Whom they asked cannot take it; in these words.
    NotTaken(String),
    /// They were asked to take it, and are not any more; this became of it.
    Released(String),
}

/// Why matters come together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Together {
    /// They fell due at about the same time.
    Company,
    /// There would be too many mails.
    Storm,
    /// owed was down when they did.
    Down(Down),
}

/// One mail of several matters, which come most urgent first.
pub fn bundle(entries: &[Entry], why: &Together) -> Letter {
    let count = entries.len();
    let Some(Entry { matter: first, .. }) = entries.first() else {
        return Letter { subject: "owed".to_owned(), preview: String::new(), blocks: Vec::new() };
    };
    let (lead, then) = opening(count, first, why);
    let mut blocks = vec![Block::Lead(lead.clone()), Block::Paragraph(then)];
    for entry in entries.iter().take(IN_FULL) {
        blocks.extend(in_full(entry));
    }
    let rest: Vec<String> = entries.iter().skip(IN_FULL).map(line).collect();
    if !rest.is_empty() {
        blocks.push(Block::Heading(format!("And {} more", rest.len())));
        blocks.push(Block::List("The most urgent first".to_owned(), rest));
    }
    blocks.push(Block::Paragraph(orders(entries, first)));
    blocks.push(Block::Footer(
        "Written by owed, automatically. Each of these falls silent as soon as it is answered."
            .to_owned(),
    ));
    Letter { subject: subject(first, count), preview: lead, blocks }
}

/// How a reader tells owed of several by answering one mail.
fn orders(entries: &[Entry], first: &Matter) -> String {
    let case = first.case;
    let orders = format!(
        "Or tell owed by answering this mail, a line each that begins with the case: “{case} \
         take”, “{case} give NAME”, “{case} answered by phone”."
    );
    let concern = entries.iter().find(|entry| entry.matter.concern).map(|entry| {
        let case = entry.matter.case;
        format!(
            "To answer a concern, begin with its case, “{case}”, and write your words behind it: \
             they go to whoever raised it, in your name."
        )
    });
    joined([Some(orders), concern])
}

fn subject(first: &Matter, count: usize) -> String {
    let who = cut(&contact(first), SHORT);
    format!("Waiting: {who}, {}, and {} more", topic(first), count.saturating_sub(1))
}

fn opening(count: usize, first: &Matter, why: &Together) -> (String, String) {
    match why {
        Together::Company => (
            format!("{count} matters wait, the most urgent first."),
            "They came up at about the same time, so they come in one mail. Answer each as you \
             always do."
                .to_owned(),
        ),
        Together::Storm => (
            format!("{count} matters wait, all of them in this mail."),
            "So much came up within an hour that owed gathers it: one mail every quarter of an \
             hour at most, the most urgent first. Each counts as told."
                .to_owned(),
        ),
        Together::Down(down) => (
            down.told(&first.now),
            format!(
                "Nothing is lost: the {count} matters that fell due meanwhile are in this one \
                 mail, the most urgent first. None of them was told before."
            ),
        ),
    }
}

fn in_full(Entry { role, matter }: &Entry) -> Vec<Block> {
    let mut rows = vec![
        fact("About", &topic(matter)),
        fact(owed::due_by(matter), &stamped(&matter.due, &matter.now)),
        owed::since(matter),
    ];
    if *role != Role::Mine {
        rows.push(fact("Who answers", &answerer(matter)));
    }
    rows.push(fact("Case", &matter.case.to_string()));
    let mut blocks = vec![Block::Heading(heading(role, matter))];
    let new = owed::urged(matter);
    blocks.extend(new.map(Block::Paragraph));
    blocks.push(Block::Facts(rows));
    blocks.extend(in_brief(matter));
    blocks.extend(owed::promise(matter));
    if !matter.actions.is_empty() {
        blocks.push(Block::Actions(String::new(), matter.actions.clone()));
    }
    blocks
}

/// What the contact wrote, as far as it tells what the matter is; of a concern, which is
/// nowhere else to be read, as much as there is room for.
fn in_brief(matter: &Matter) -> Option<Block> {
    let shown =
        if matter.concern { excerpt(&matter.words) } else { one_line(&matter.words, 2 * SHORT) };
    (!shown.is_empty()).then(|| Block::Quote(wrote(matter), shown))
}

fn heading(role: &Role, matter: &Matter) -> String {
    let contact = contact(matter);
    match role {
        Role::Mine => owed::lead_to_owner(matter),
        Role::Anothers => owed::lead(matter),
        Role::Asked(by) => format!("{} asks whether you can answer {contact}.", name(by)),
        Role::Taken(who) => format!("{} has taken over and answers {contact}.", name(who)),
        Role::NotTaken(said) => {
            format!("{}; {contact} stays with you.", one_line(said, 2 * SHORT))
        }
        Role::Released(then) => {
            format!("You need not take over {contact} any more. {}", one_line(then, 2 * SHORT))
        }
    }
}

fn line(Entry { role, matter }: &Entry) -> String {
    let heading = heading(role, matter);
    let due = when::clock(&matter.due, &matter.now);
    let (topic, case) = (topic(matter), matter.case);
    let by = owed::due_by(matter);
    format!("{heading} {topic}. {by} {due}, {}. {case}", due_distance(matter))
}

fn name(person: &str) -> String {
    one_line(person, SHORT)
}
