//! What the fields of a form ask for.

use jiff::civil::DateTime;
use jiff::{Timestamp, Zoned};
use serde::Deserialize;

use super::scene::Scene;
use crate::domain::act::Act;
use crate::domain::ids::PersonId;
use crate::domain::roster::Person;
use crate::mail::link::Verb;

/// The longest form that is read: 4,000 characters of any script, a byte written as three.
pub(super) const LONGEST_FORM: usize = 64 * 1024;

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
    /// That a contact who was told a time is to be told another.
    pub(super) again: String,
}

impl Fields {
    /// The same, from somebody who has read that the contact was told already.
    pub(super) fn again(self) -> Self {
        Self { again: "1".to_owned(), ..self }
    }
}

/// What the fields ask for, or what is missing, as a sentence.
pub(super) fn wish(verb: Verb, fields: &Fields, scene: &Scene) -> Result<Act, String> {
    Ok(match verb {
        Verb::Answered => Act::Answered { how: text(&fields.how, "Say how it was answered.")? },
        Verb::Dismiss => {
            let missing = "Say why no answer is needed: the reason stays on record.";
            Act::Dismiss { reason: text(&fields.reason, missing)? }
        }
        Verb::Claim => Act::Claim,
        Verb::Fine => Act::Read { fine: true },
        Verb::NotFine => Act::Read { fine: false },
        Verb::HandOver => Act::HandOver { to: somebody(&fields.to, scene)? },
        Verb::Accept => Act::Accept,
        Verb::Refuse => Act::Refuse { reason: clip(&fields.reason) },
        Verb::TellWhen => {
            Act::TellWhen { due: ahead(fields, scene)?, again: !fields.again.is_empty() }
        }
        Verb::Correct => {
            let seq = scene.promise().map_or(0, |promise| promise.seq);
            let none = !fields.none.is_empty();
            Act::Correct { seq, due: if none { None } else { Some(ahead(fields, scene)?) } }
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

fn somebody(id: &str, scene: &Scene) -> Result<PersonId, String> {
    let found = others(scene).into_iter().find(|person| person.id.as_str() == id);
    found.map(|person| person.id.clone()).ok_or_else(|| "Say whom to ask.".to_owned())
}

fn text(field: &str, missing: &str) -> Result<String, String> {
    Some(clip(field)).filter(|text| !text.is_empty()).ok_or_else(|| missing.to_owned())
}

fn clip(field: &str) -> String {
    crate::mail::letter::one_line(field, LONGEST)
}
