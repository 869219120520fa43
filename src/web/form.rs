//! What the fields of a form ask for.

use jiff::civil::DateTime;
use jiff::{Timestamp, Zoned};
use serde::Deserialize;

use super::scene::Scene;
use crate::domain::roster::Person;
use crate::mail::link::Verb;

/// The longest text that is taken from a field.
const LONGEST: usize = 500;

/// Everything a page may send; most of it is empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    how: String,
    reason: String,
    to: String,
    /// A civil date, as browsers send it.
    pub(super) date: String,
    /// A civil time, as browsers send it.
    pub(super) time: String,
    none: String,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// It was answered outside mail, in this way.
    Answered(String),
    /// It needs no answer, for this reason.
    Dismiss(String),
    /// They take it.
    Claim,
    /// They ask somebody to take it.
    HandOver(Box<Known>),
    /// They take what is offered.
    Accept,
    /// They do not, for this reason.
    Refuse(String),
    /// The contact is told that the answer comes then.
    TellWhen(Timestamp),
    /// A promise of this number is for then; `None`: it was none.
    Correct(u32, Option<Timestamp>),
}

/// Somebody here, by number and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// Their number.
    pub(super) id: crate::domain::ids::PersonId,
    /// Their name.
    pub(super) name: String,
}

/// What the fields ask for, or what is missing, as a sentence.
pub(super) fn wish(verb: Verb, fields: &Fields, scene: &Scene) -> Result<Wish, String> {
    Ok(match verb {
        Verb::Answered => Wish::Answered(text(&fields.how, "Say how it was answered.")?),
        Verb::Dismiss => {
            let missing = "Say why no answer is needed: the reason stays on record.";
            Wish::Dismiss(text(&fields.reason, missing)?)
        }
        Verb::Claim => Wish::Claim,
        Verb::HandOver => Wish::HandOver(Box::new(somebody(&fields.to, scene)?)),
        Verb::Accept => Wish::Accept,
        Verb::Refuse => Wish::Refuse(clip(&fields.reason)),
        Verb::TellWhen => Wish::TellWhen(ahead(fields, scene)?),
        Verb::Correct => {
            let seq = scene.promise().map_or(0, |promise| promise.seq);
            let none = !fields.none.is_empty();
            Wish::Correct(seq, if none { None } else { Some(ahead(fields, scene)?) })
        }
    })
}

/// The moment that date and time name on the clocks of who looks, if they do.
pub(super) fn chosen(fields: &Fields, scene: &Scene) -> Option<Zoned> {
    let civil: DateTime = format!("{}T{}", fields.date.trim(), fields.time.trim()).parse().ok()?;
    scene.person.calendar.zone().to_ambiguous_zoned(civil).compatible().ok()
}

/// Everybody whom a case can be handed to: first those who serve its mailbox.
pub(super) fn others(scene: &Scene) -> Vec<&Person> {
    let roster = &scene.policy.roster;
    let serving = roster.mailboxes.get(&scene.case.mailbox).map(|mailbox| &mailbox.served_by);
    let serves = |person: &Person| serving.is_some_and(|ids| ids.contains(&person.id));
    let (mut first, rest): (Vec<&Person>, Vec<&Person>) =
        roster.people.values().filter(|p| p.id != scene.person.id).partition(|p| serves(p));
    first.extend(rest);
    first
}

fn ahead(fields: &Fields, scene: &Scene) -> Result<Timestamp, String> {
    let at = chosen(fields, scene).ok_or("Say a day and a time.")?.timestamp();
    if at <= scene.now {
        return Err("That time has passed; name one that is still to come.".to_owned());
    }
    Ok(at)
}

fn somebody(id: &str, scene: &Scene) -> Result<Known, String> {
    let found = others(scene).into_iter().find(|person| person.id.as_str() == id);
    let known = |person: &Person| Known { id: person.id.clone(), name: person.name.clone() };
    found.map(known).ok_or_else(|| "Say whom to ask.".to_owned())
}

fn text(field: &str, missing: &str) -> Result<String, String> {
    Some(clip(field)).filter(|text| !text.is_empty()).ok_or_else(|| missing.to_owned())
}

fn clip(field: &str) -> String {
    crate::mail::letter::one_line(field, LONGEST)
}
