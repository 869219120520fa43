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

/// How much of the contact's words is shown.
const WORDS: usize = 1_200;
/// How many lines of them.
const WORD_LINES: usize = 24;
/// How much of what was done is listed, latest last: a ladder that repeats goes
/// on for as long as nobody answers.
const DEEDS: usize = 12;
/// How much of a subject or a name is shown.
const SHORT: usize = 80;
/// How long an address can be.
const ADDRESS: usize = 254;
/// How long the subject of a mail may be; the case number at its end is part of it.
pub(super) const LONGEST_SUBJECT: usize = 180;
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
    /// The mailbox it came to, as a name or address.
    pub mailbox: String,
    /// Who owes the answer; `None` where it belongs to the whole mailbox.
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
    /// How often they asked again.
    pub chases: u32,
    /// What was done so far, oldest first: when, and what, in words.
    pub done: Vec<(Zoned, String)>,
}

/// Who reads a letter that is not the owner's.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// What commands call them; `None` for a bare address.
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
    /// Small print at the end.
    Footer(String),
}

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
    blocks.push(Block::Paragraph(
        "Answer the mail as you always do; owed sees the answer and falls silent. A short word \
         on when the real answer comes is an answer too."
            .to_owned(),
    ));
    blocks.push(commands(matter, matter.owner_called.as_deref()));
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
    blocks.push(Block::Paragraph(format!(
        "Answer {} as you always do; owed sees the answer and falls silent. A short word on when \
         the real answer comes is an answer too.",
        contact(matter)
    )));
    blocks.push(commands(matter, to.called.as_deref()));
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
    blocks.push(Block::Paragraph(
        "Answer the mail as you always do, or ask a colleague to: the first reply counts for \
         everybody, and owed falls silent."
            .to_owned(),
    ));
    blocks.push(commands(matter, to.called.as_deref()));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview, blocks }
}

/// To whoever is told that an answer is due: a supervisor, or one above. Where
/// the chain has nobody but the owner, they are reminded instead of being told
/// about themselves.
pub fn escalation(matter: &Matter, to: &Reader) -> Letter {
    if to.called.is_some() && to.called == matter.owner_called {
        return reminder(matter);
    }
    let opening = escalation_opening(matter, to);
    let mut blocks = vec![Block::Lead(escalation_lead(matter)), Block::Paragraph(opening.clone())];
    blocks.push(Block::Facts(escalation_facts(matter)));
    blocks.extend(words(matter));
    blocks.extend(done(matter));
    blocks.push(Block::List("What you can do now".to_owned(), possible_now(matter)));
    let answered_by = matter.owner_called.as_deref().or(to.called.as_deref());
    blocks.push(commands(matter, answered_by));
    blocks.push(footer(matter));
    Letter { subject: subject(matter), preview: opening, blocks }
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
        What::Chased => Some(format!("{who} asked again.")),
        What::Reopened => Some("The case was opened again.".to_owned()),
        What::Claimed => Some(format!("{who} took it.")),
        What::Offered => Some(format!("{who} asked somebody else to take it.")),
        What::Refused => Some(format!("{who} could not take it.")),
        What::Promised => Some(format!("{who} said when it comes.")),
        What::PromiseBroken => Some("The promised time passed.".to_owned()),
        What::Unreachable => Some(format!("{who} could not be reached.")),
        What::PromiseKept
        | What::Rederived
        | What::Regrouped
        | What::Received
        | What::Ignored
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
    let who = cut(&contact(matter), SHORT);
    format!("{}{number}", cut(&format!("{who} is waiting: {}", topic(matter)), room))
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

fn escalation_lead(matter: &Matter) -> String {
    format!("{} is waiting for a reply from {}.", contact(matter), answerer(matter))
}

/// What is new: it became due, it is still open, or it will be due soon.
fn escalation_opening(matter: &Matter, to: &Reader) -> String {
    let due = match (became_due(matter), &to.first_told) {
        (Some(due), None) => format!("{due} No reply has been seen yet."),
        (Some(due), Some(told)) => still_open(&due, told, matter),
        (None, _) => format!("It is due {}, {}.", due(matter), due_distance(matter)),
    };
    joined([Some(due), asked_again(matter)])
}

fn still_open(due: &str, told: &Zoned, matter: &Matter) -> String {
    let told = when::clock(told, &matter.now);
    format!("This is still open; you were first told {told}. {due} No reply has been seen yet.")
}

/// The one sentence for whatever is told at or after its time, however late.
fn became_due(matter: &Matter) -> Option<String> {
    let elapsed = matter.due.duration_until(&matter.now);
    if elapsed.is_negative() {
        None
    } else if elapsed.as_mins() == 0 {
        Some(format!("This is due now, {}.", due(matter)))
    } else {
        Some(format!("This became due {}, {}.", due(matter), due_distance(matter)))
    }
}

fn asked_again(matter: &Matter) -> Option<String> {
    let asked = || format!("{} has asked again {}.", contact(matter), when::times(matter.chases));
    (matter.chases > 0).then(asked)
}

fn escalation_facts(matter: &Matter) -> Vec<(String, String)> {
    let mut rows =
        vec![fact("Who waits", &person_waiting(matter)), fact("Who answers", &answers(matter))];
    rows.extend(facts(matter, "Due"));
    rows
}

/// What both kinds of letter tell; `due_label` says whether it is a request.
fn facts(matter: &Matter, due_label: &str) -> Vec<(String, String)> {
    let now = &matter.now;
    vec![
        fact(due_label, &stamped(&matter.due, now)),
        fact("Since", &stamped(&matter.since, now)),
        fact("About", &topic(matter)),
        fact("Why then", &why(matter)),
        fact("Came to", &mailbox(matter)),
    ]
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

fn words(matter: &Matter) -> Option<Block> {
    let shown = excerpt(&matter.words);
    let whose = format!("{} wrote {}", contact(matter), when::clock(&matter.since, &matter.now));
    (!shown.is_empty()).then_some(Block::Quote(whose, shown))
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
    vec![
        help,
        format!("Call {contact}; a word on when the answer comes is often enough."),
        format!("Answer {contact} yourself: your reply takes the case over."),
    ]
}

/// What a mail cannot tell owed, and a command can.
fn commands(matter: &Matter, answered_by: Option<&str>) -> Block {
    let case = matter.case;
    let who = answered_by.unwrap_or("NAME");
    let rows = vec![
        ("Answered by phone", format!("owed log {case} --answered-by {who} --how phone")),
        ("Needs no answer", format!("owed dismiss {case} --reason \"…\"")),
        ("The whole story", format!("owed show {case}")),
    ];
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
    one_line(party.address.as_str(), ADDRESS)
}

fn answerer(matter: &Matter) -> String {
    matter.owner.as_deref().map_or_else(|| mailbox(matter), |owner| one_line(owner, SHORT))
}

fn answers(matter: &Matter) -> String {
    match &matter.owner {
        Some(owner) => one_line(owner, SHORT),
        None => format!("whoever serves {}; nobody has taken it yet", mailbox(matter)),
    }
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

/// The contact's subject without the answer marks in front of it.
fn topic(matter: &Matter) -> String {
    let whole = one_line(&matter.subject, SHORT);
    let mut topic = whole.as_str();
    while let Some((mark, rest)) = topic.split_once(':') {
        if !["re", "fw", "fwd"].contains(&mark.trim().to_lowercase().as_str()) {
            break;
        }
        topic = rest.trim();
    }
    if topic.is_empty() { "(no subject)".to_owned() } else { topic.to_owned() }
}

/// Somebody's text on one line, without characters that act on the reader's
/// screen, cut at `limit`.
pub(super) fn one_line(text: &str, limit: usize) -> String {
    let tame: String = text.chars().map(|c| if is_tame(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = tame.split_whitespace().collect();
    cut(&words.join(" "), limit)
}

/// Control characters, and those that turn the direction of writing or are not
/// seen at all.
fn is_tame(c: char) -> bool {
    let acts = matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    !c.is_control() && !acts
}

fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The contact's words, line by line, blank lines joined, cut where they are long.
fn excerpt(words: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in words.lines().map(|line| one_line(line, WORDS)) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    let short = lines.len() <= WORD_LINES;
    lines.truncate(WORD_LINES);
    let text = cut(lines.join("\n").trim_end(), WORDS);
    if short { text } else { format!("{text}\n[…]") }
}
