//! Whose mail a forward passes on.
//!
//! Read from the copied head below the mark that a mail program set, and nowhere
//! else: an address somewhere in a text is anybody's.

use crate::domain::ids::Party;
use crate::mail::header;
use crate::mail::line::{self, Class};
use crate::mail::parse::Message;
use crate::mail::wording::FIRST_FIELD;

use super::subject::base_subject;

/// How far into a mail the mark is looked for.
const MOST_LINES: usize = 400;
/// Over how many lines a copied head goes.
const LONGEST_HEAD: usize = 8;

/// Who first wrote what `message` passes on, where it is marked as a forward.
pub fn origin(message: &Message) -> Option<Party> {
    let lines: Vec<&str> = message.text.lines().take(MOST_LINES).collect();
    let classes = line::classes(&lines);
    let forward = base_subject(&message.subject).is_forward;
    let begins = |class: &Class| *class == Class::Forward || forward && *class == Class::Original;
    let at = classes.iter().position(begins)?;
    let head = lines.iter().skip(at).take(LONGEST_HEAD);
    let named = head.filter(|line| line.contains('@') && FIRST_FIELD.is_match(line));
    named.filter_map(|line| line.split_once([':', '：'])).find_map(|(_, value)| {
        let value = value.trim_matches([' ', '*', '_']).replace("[mailto:", "<").replace(']', ">");
        header::parties(&value).into_iter().next()
    })
}
