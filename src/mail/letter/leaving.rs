//! An evening: what somebody still owes before they leave, and what waits on when
//! they have left.

use jiff::Zoned;

use super::{
    Block, DEEDS, Letter, SHORT, address, called, cut, joined, one_line, plain_topic, when,
};
use crate::domain::ids::{CaseNumber, Party};
use crate::domain::obligation::Kind;

/// One of several things that are owed.
#[derive(Debug, Clone)]
pub struct Item {
    /// The case.
    pub case: CaseNumber,
    /// Its subject, as the contact wrote it.
    pub subject: String,
    /// Who waits.
    pub contact: Party,
    /// What is owed.
    pub kind: Kind,
    /// Who owes it; `None` while it belongs to a mailbox.
    pub owner: Option<String>,
    /// The mailbox it came to.
    pub mailbox: String,
    /// Since when they wait, on the reader's clocks.
    pub since: Zoned,
    /// When it is due, on the reader's clocks.
    pub due: Zoned,
    /// How often they asked again.
    pub chases: u32,
    /// Who else could take it.
    pub others: Vec<String>,
    /// What the reader can do with one click: what for, and the link.
    pub actions: Vec<(String, String)>,
}

/// Somebody's evening.
#[derive(Debug, Clone)]
pub struct Evening {
    /// Who leaves.
    pub name: String,
    /// What commands call the reader; `None` for a bare address.
    pub called: Option<String>,
    /// When they leave, or left, on the reader's clocks.
    pub leaves: Zoned,
    /// When they are back, on the reader's clocks.
    pub back: Zoned,
    /// When this is written, on the reader's clocks.
    pub now: Zoned,
    /// What is owed, most urgent first.
    pub items: Vec<Item>,
    /// How much more waits that the reader was told of before.
    pub known: usize,
    /// Where whoever leaves says what is going wrong, where there are pages.
    pub concern: Option<String>,
}

/// To a person whose day is nearly over.
pub fn leaving(evening: &Evening) -> Letter {
    let Evening { items, now, .. } = evening;
    let waiting = waiting(items);
    let leaves = when::clock(&evening.leaves, now);
    let mut blocks = vec![
        Block::Lead(format!("{waiting} for you.")),
        Block::Paragraph(format!(
            "You leave {leaves}, {}. Most urgent first:",
            when::distance(&evening.leaves, now)
        )),
    ];
    blocks.extend(listed(items, |item| standing(item, now)));
    blocks.push(Block::Paragraph(
        "Answer as you always do; owed sees the answer. What has to wait needs only a short word \
         on when it comes: that is an answer too."
            .to_owned(),
    ));
    blocks.extend(ways_out(items, evening.called.as_deref()));
    blocks.extend(evening.concern.as_ref().map(|link| {
        let what = "Say it to whoever is above you".to_owned();
        Block::Actions("Where something is going wrong".to_owned(), vec![(what, link.clone())])
    }));
    blocks.push(footer("Written by owed, automatically, on evenings on which somebody waits."));
    let subject = format!("Before you leave: {} for you", lower(&waiting));
    Letter { subject, preview: preview(items), blocks }
}

/// To whoever is above a person who has gone home.
pub fn left(evening: &Evening) -> Letter {
    let Evening { items, now, .. } = evening;
    let name = one_line(&evening.name, SHORT);
    let waiting = waiting(items);
    let mut blocks = vec![
        Block::Lead(format!("{name} has gone home, and {}.", lower(&waiting))),
        Block::Paragraph(format!(
            "{name}'s day ended {} and begins again {}. Each of these can be handed over, or the \
             contact told when the answer comes.",
            when::clock(&evening.leaves, now),
            when::clock(&evening.back, now)
        )),
    ];
    blocks.extend(listed(items, |item| joined([Some(standing(item, now)), could_take(item)])));
    if evening.known > 0 {
        let more = counted(evening.known, "more waits", "more wait");
        blocks.push(Block::Paragraph(format!("{more} that you were told of before.")));
    }
    blocks.extend(ways_out(items, None));
    blocks.push(footer(
        "Written by owed, automatically, where somebody leaves what you were not told of yet.",
    ));
    let subject = format!("{name} has gone home: {}", lower(&waiting));
    Letter { subject: cut(&subject, super::LONGEST_SUBJECT), preview: preview(items), blocks }
}

/// Where one of several things stands, in one or two sentences.
pub(super) fn standing(item: &Item, now: &Zoned) -> String {
    let due = format!("{}, {}", when::clock(&item.due, now), when::distance(&item.due, now));
    let past = item.due <= *now;
    let due = match (item.kind, past) {
        (Kind::Promise, _) => format!("Promised for {due}."),
        (Kind::Reply, false) => format!("A reply is due {due}."),
        (Kind::Reply, true) => format!("A reply was due {due}."),
        (Kind::Update, false) => format!("A word on how it stands is due {due}."),
        (Kind::Update, true) => format!("A word on how it stands was due {due}."),
        (Kind::Resolution, false) => format!("To be at its end {due}."),
        (Kind::Resolution, true) => format!("Was to be at its end {due}."),
    };
    let again = || format!("Asked again {}.", when::times(item.chases));
    joined([Some(due), (item.chases > 0).then(again)])
}

/// Who waits, and for what, in a few words.
pub(super) fn heading(item: &Item) -> String {
    format!("{}, “{}”", called(&item.contact), plain_topic(&item.subject))
}

pub(super) fn footer(text: &str) -> Block {
    Block::Footer(text.to_owned())
}

/// How many of something there are: "1 reply", "3 replies".
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// "3 people are waiting", counting nobody twice.
fn waiting(items: &[Item]) -> String {
    let mut contacts: Vec<&str> = items.iter().map(|item| item.contact.address.as_str()).collect();
    contacts.sort_unstable();
    contacts.dedup();
    match contacts.len() {
        1 => "One person is waiting".to_owned(),
        count => format!("{count} people are waiting"),
    }
}

/// The same words in the middle of a sentence.
fn lower(sentence: &str) -> String {
    sentence.replacen("One", "one", 1)
}

fn preview(items: &[Item]) -> String {
    items.first().map(|item| format!("First {}.", heading(item))).unwrap_or_default()
}

/// Each item with its own links; what is beyond the list is counted.
fn listed(items: &[Item], standing: impl Fn(&Item) -> String) -> Vec<Block> {
    let mut blocks = Vec::new();
    for item in items.iter().take(DEEDS) {
        let (from, to) = (address(&item.contact), one_line(&item.mailbox, SHORT));
        let case = format!("Case {}, from {from} to {to}.", item.case);
        blocks.push(Block::List(heading(item), vec![standing(item), case]));
        if !item.actions.is_empty() {
            blocks.push(Block::Actions(String::new(), item.actions.clone()));
        }
    }
    let more = items.len().saturating_sub(DEEDS);
    if more > 0 {
        blocks.push(Block::Paragraph(format!("And {more} more; “owed list” has all of them.")));
    }
    blocks
}

fn could_take(item: &Item) -> Option<String> {
    let names: Vec<String> = item.others.iter().map(|name| one_line(name, SHORT)).collect();
    let (last, first) = names.split_last()?;
    if first.is_empty() {
        return Some(format!("{last} could take it."));
    }
    Some(format!("{} or {last} could take it.", first.join(", ")))
}

/// Where owed has no pages, what to type for the first of them shows how.
fn ways_out(items: &[Item], called: Option<&str>) -> Option<Block> {
    let first = items.first().filter(|item| item.actions.is_empty())?;
    let (case, who) = (first.case, called.unwrap_or("NAME"));
    let rows = vec![
        ("Answered by phone", format!("owed log {case} --answered-by {who} --how phone")),
        ("Needs no answer", format!("owed dismiss {case} --reason \"…\"")),
        ("The whole story", format!("owed show {case}")),
    ];
    let rows = rows.into_iter().map(|(what, command)| (what.to_owned(), command)).collect();
    Some(Block::Commands("Or tell owed, as for the first of them".to_owned(), rows))
}
