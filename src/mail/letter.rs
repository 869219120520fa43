//! Every sentence that owed says to people, and nothing else.
//!
//! A letter is content: blocks that `typeset` turns to text and to HTML, so
//! that both say the same words. No text blames anybody: it says what is
//! waiting, since when, and what can be done now. What a contact wrote is
//! shown as a quotation, on a leash: no control characters, no endless text.
//!
//! The subject of a case is the same in every letter about it, because mail
//! programs take another subject for another thread; what is new stands in the
//! preview and the first sentence.

use jiff::Zoned;

use super::when;
use crate::domain::effect::What;
use crate::domain::ids::{CaseNumber, Party};
use crate::domain::obligation::Kind;

mod added;
mod answer;
mod bundle;
mod check_in;
mod closing;
mod digest;
mod doubt;
mod escalation;
mod fine;
mod handover;
mod leaving;
mod ledger;
mod note;
mod owed;
mod receipt;
mod reminder;
mod tame;
mod trial;
mod trouble;
mod understood;
mod unsure;

pub use added::{Down, Understood};
pub use answer::answer;
pub use bundle::{Entry, Role, Together, bundle};
pub use check_in::{Approval, Links, Question, approval, question};
pub use closing::{Closing, closing};
pub use digest::{AfterJobs, Away, Decided, Digest, FiledMail, digest};
pub use doubt::doubt;
pub use escalation::escalation;
pub use fine::{Fine, fine};
pub use handover::{accepted, offer, refused, withdrawn};
pub use leaving::{Evening, Item, leaving, left};
pub use ledger::ledger;
pub use note::{Note, note};
pub use receipt::{Receipt, receipt};
pub use reminder::{reminder, reminder_for_another, reminder_for_mailbox};
use tame::cut;
pub(crate) use tame::{excerpt, one_line};
pub use trial::trial;
pub use trouble::trouble;
pub use understood::understood;
pub use unsure::{Unsure, unsure, unsure_of_question};

/// How much of what was done is listed, latest last: a ladder that repeats goes
/// on for as long as nobody answers.
const DEEDS: usize = 12;
/// How much of a subject or a name is shown.
const SHORT: usize = 80;
/// How long an address can be.
const ADDRESS: usize = 254;
/// How long the subject of a mail may be; the case number at its end is part of it.
pub(super) const LONGEST_SUBJECT: usize = 180;
/// What the subject of a concern begins with.
pub(crate) const CONCERN: &str = "Concern: ";
/// What an address is told by, in the scripts that have one of their own too.
const AT_SIGNS: [char; 3] = ['@', '\u{FE6B}', '\u{FF20}'];

/// All that a mail about one case may tell.
#[derive(Debug, Clone)]
pub struct Matter {
    /// Its number.
    pub case: CaseNumber,
    /// Its subject, as the contact wrote it.
    pub subject: String,
    /// Who waits.
    pub contact: Party,
    /// Whether they are a colleague who raised a concern: it reached its reader by owed
    /// alone, and is answered by answering owed.
    pub concern: bool,
    /// The mailbox it came to, as a name or address.
    pub mailbox: String,
    /// What is owed.
    pub kind: Kind,
    /// The words that promise it, where they were written.
    pub promised: Option<String>,
    /// Who owes it; `None` where it belongs to the whole mailbox.
    pub owner: Option<String>,
    /// What commands call the owner: a short name or a number.
    pub owner_called: Option<String>,
    /// Whether the owner was away when it was decided to write.
    pub owner_away: bool,
    /// Since when they wait, on the reader's clocks.
    pub since: Zoned,
    /// When the answer is due, on the reader's clocks.
    pub due: Zoned,
    /// When this mail is written, on the reader's clocks.
    pub now: Zoned,
    /// Why then, in words.
    pub because: String,
    /// The rule's name.
    pub rule: String,
    /// What the contact wrote first in this waiting period, without quotations.
    pub words: String,
    /// When they wrote that, on the reader's clocks.
    pub words_at: Zoned,
    /// Whether they complained.
    pub complaint: bool,
    /// When an answer to them came back undelivered, on the reader's clocks.
    pub came_back: Option<Zoned>,
    /// The job of which they said that it is not OK, if it is about one.
    pub not_ok: Option<String>,
    /// The job of which they said what may mean either.
    pub in_doubt: Option<String>,
    /// How often they asked again.
    pub chases: u32,
    /// What was done so far, oldest first: when, and what, in words.
    pub done: Vec<(Zoned, String)>,
    /// How it went with this contact before, a line each.
    pub history: Vec<String>,
    /// What the reader can do with one click: what for, and the link. None where
    /// owed has no pages.
    pub actions: Vec<(String, String)>,
}

/// Who reads a letter.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// What commands call them.
    pub called: Option<String>,
    /// When they were first told of this waiting period, if they were.
    pub first_told: Option<Zoned>,
}

/// A letter before it has an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, with the case number.
    pub subject: String,
    /// What mail programs show beside the subject in a list.
    pub preview: String,
    /// The body.
    pub blocks: Vec<Block>,
}

/// A piece of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A greeting, or the one sentence that says it all.
    Lead(String),
    /// The name of one of several parts.
    Heading(String),
    /// Running text.
    Paragraph(String),
    /// Names and values: who, since when, due when.
    Facts(Vec<(String, String)>),
    /// Somebody's words: whose, and the text.
    Quote(String, String),
    /// A heading with a list of lines under it.
    List(String, Vec<String>),
    /// A heading with commands under it: what for, and what to type.
    Commands(String, Vec<(String, String)>),
    /// A heading, which may be empty, with links under it: what for, and where to.
    Actions(String, Vec<(String, String)>),
    /// Small print at the end.
    Footer(String),
}

/// What letters call a contact: their name, or their address where they gave
/// none or one that looks like an address.
pub fn called(contact: &Party) -> String {
    given_name(contact).unwrap_or_else(|| address(contact))
}

/// What a journal entry says in the list of what was done; `who` was told, or
/// asked. What says nothing to a reader of letters is left out.
pub fn deed(what: What, who: &str) -> Option<String> {
    let who = one_line(who, SHORT);
    match what {
        What::Reminded => Some(format!("{who} was reminded.")),
        What::Escalated => Some(format!("{who} was told.")),
        What::Acknowledged => Some(format!("{who} was told that it has arrived.")),
        What::Chased => Some(format!("{who} asked again.")),
        What::Reopened => Some("The case was opened again.".to_owned()),
        What::Claimed => Some(format!("{who} took it.")),
        What::Offered => Some(format!("{who} asked somebody else to take it.")),
        What::Refused => Some(format!("{who} could not take it.")),
        What::CameBack => Some("The answer came back undelivered.".to_owned()),
        What::Promised => Some(format!("{who} said when it comes.")),
        What::Corrected => Some(format!("{who} put right when it comes.")),
        What::PromiseBroken => Some("The promised time passed.".to_owned()),
        What::Unreachable => Some(format!("{who} could not be reached.")),
        What::Unsaid => Some(format!("What {who} was to be told was not sent.")),
        What::CheckInNotOk => Some("It was not OK.".to_owned()),
        What::CheckIn => Some(format!("{who} was asked whether all is well.")),
        What::PromiseKept
        | What::Job
        | What::CheckInPlanned
        | What::CheckInShown
        | What::CheckInAgreed
        | What::CheckInMoved
        | What::CheckInOk
        | What::CheckInOver
        | What::Transcript
        | What::Rederived
        | What::Regrouped
        | What::Received
        | What::Ignored
        | What::Ordered
        | What::Decided
        | What::Owed
        | What::Answered
        | What::Dismissed
        | What::Settled
        | What::Closed => None,
    }
}

/// "[OW-7K3F-2]" stands last: some programs strip what stands first in brackets.
/// However long the rest is, the number is never cut.
fn subject(matter: &Matter) -> String {
    let number = format!(" [{}]", matter.case);
    let room = LONGEST_SUBJECT.saturating_sub(number.len());
    let (who, topic) = (cut(&contact(matter), SHORT), topic(matter));
    let what = if matter.concern {
        format!("{who} has a concern: {topic}")
    } else {
        format!("{who} is waiting: {topic}")
    };
    format!("{}{number}", cut(&what, room))
}

/// What both kinds of letter tell; `due_label` says whether it is a request.
fn facts(matter: &Matter, due_label: &str) -> Vec<(String, String)> {
    let mut facts = vec![
        fact(due_label, &stamped(&matter.due, &matter.now)),
        owed::since(matter),
        fact("About", &topic(matter)),
        fact("Why then", &why(matter)),
    ];
    facts.extend((!matter.concern).then(|| fact("Came to", &mailbox(matter))));
    facts
}

fn why(matter: &Matter) -> String {
    let because = one_line(&matter.because, 3 * SHORT);
    let rule = one_line(&matter.rule, SHORT);
    if because.is_empty() {
        format!("rule “{rule}”")
    } else {
        format!("{because} (rule “{rule}”)")
    }
}

/// What was promised, and what the contact wrote.
fn words(matter: &Matter) -> Vec<Block> {
    let shown = excerpt(&matter.words);
    let theirs = (!shown.is_empty()).then(|| Block::Quote(wrote(matter), shown));
    owed::promise(matter).into_iter().chain(theirs).collect()
}

/// Whose words are quoted.
fn wrote(matter: &Matter) -> String {
    format!("{} wrote {}", contact(matter), when::clock(&matter.words_at, &matter.now))
}

/// What came before with this contact.
fn history(matter: &Matter) -> Option<Block> {
    let lines: Vec<String> = matter.history.iter().map(|line| one_line(line, 2 * SHORT)).collect();
    let some = !lines.is_empty();
    some.then(|| Block::List("With this contact so far".to_owned(), lines))
}

/// What a mail cannot tell owed: a click can, or a command where there are no
/// pages.
fn ways_out(matter: &Matter, answered_by: Option<&str>) -> Block {
    if matter.actions.is_empty() {
        return commands(matter, answered_by);
    }
    Block::Actions("Or tell owed, with one click".to_owned(), matter.actions.clone())
}

fn commands(matter: &Matter, answered_by: Option<&str>) -> Block {
    let case = matter.case;
    let who = answered_by.unwrap_or("NAME");
    let mut rows = vec![
        ("Answered by phone", format!("owed log {case} --answered-by {who} --how phone")),
        ("Needs no answer", format!("owed dismiss {case} --reason \"…\"")),
        ("The whole story", format!("owed show {case}")),
    ];
    if matter.in_doubt.is_some() {
        let means = |what: &str| format!("owed means {case} {what} --by {who}");
        rows.splice(..0, [("It means OK", means("ok")), ("It means not OK", means("not-ok"))]);
    }
    if matter.kind == Kind::Resolution {
        rows.splice(..2, [("It is settled", format!("owed close {case} --by {who}"))]);
    } else if matter.concern {
        // Whoever has one is owed an answer.
        let answered = format!("owed log {case} --answered-by {who} --how \"in person\"");
        rows.splice(..2, [("Answered in person", answered)]);
    }
    let rows = rows.into_iter().map(|(what, command)| (what.to_owned(), command)).collect();
    Block::Commands("Or tell owed".to_owned(), rows)
}

fn footer(matter: &Matter) -> Block {
    Block::Footer(format!(
        "Case {}. Written by owed, automatically. It falls silent as soon as a reply is seen.",
        matter.case
    ))
}

fn contact(matter: &Matter) -> String {
    called(&matter.contact)
}

fn person_waiting(matter: &Matter) -> String {
    let address = address(&matter.contact);
    given_name(&matter.contact).map_or(address.clone(), |name| format!("{name}, {address}"))
}

/// The name that somebody gave themselves. One that looks like an address is
/// none: it could be another's, and the answer would go elsewhere.
fn given_name(party: &Party) -> Option<String> {
    let name = one_line(&party.name, SHORT);
    (!name.is_empty() && !party.name.contains(AT_SIGNS)).then_some(name)
}

fn address(party: &Party) -> String {
    one_line(party.reached_at(), ADDRESS)
}

fn answerer(matter: &Matter) -> String {
    matter.owner.as_deref().map_or_else(|| mailbox(matter), |owner| one_line(owner, SHORT))
}

fn mailbox(matter: &Matter) -> String {
    one_line(&matter.mailbox, SHORT)
}

fn due(matter: &Matter) -> String {
    when::clock(&matter.due, &matter.now)
}

fn due_distance(matter: &Matter) -> String {
    when::distance(&matter.due, &matter.now)
}

fn stamped(at: &Zoned, now: &Zoned) -> String {
    format!("{}, {}", when::clock(at, now), when::distance(at, now))
}

/// The sentences there are, one after the other.
fn joined(sentences: impl IntoIterator<Item = Option<String>>) -> String {
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn paragraph(sentences: impl IntoIterator<Item = Option<String>>) -> Option<Block> {
    let text = joined(sentences);
    (!text.is_empty()).then_some(Block::Paragraph(text))
}

fn fact(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The contact's subject without the answer marks in front of it, or what a concern is.
fn topic(matter: &Matter) -> String {
    let topic = plain_topic(&matter.subject);
    match topic.strip_prefix(CONCERN).filter(|_| matter.concern) {
        Some(topic) => topic.to_owned(),
        None => topic,
    }
}

fn plain_topic(subject: &str) -> String {
    let whole = one_line(subject, SHORT);
    let mut topic = whole.as_str();
    while let Some((mark, rest)) = topic.split_once(':') {
        if !["re", "fw", "fwd"].contains(&mark.trim().to_lowercase().as_str()) {
            break;
        }
        topic = rest.trim();
    }
    if topic.is_empty() { "(no subject)".to_owned() } else { topic.to_owned() }
}
