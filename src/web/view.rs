//! Pages, from values to HTML: no script, nothing from elsewhere, readable on a phone
//! and in the dark. What others wrote is shown on a leash and escaped.

use askama::Template;
use jiff::civil::{Time, time};

use super::form::{Fields, chosen, others};
use super::scene::Scene;
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::rule::Channel;
use crate::mail::letter::{self, Note, excerpt, one_line};
use crate::mail::link::{CONCERN, Verb};
use crate::mail::when::{clock, distance};

/// How much of a name or a subject is shown.
const SHORT: usize = 80;

/// What is proposed where nobody's day ends.
const EVENING: Time = time(17, 0, 0, 0);

/// A page that says something.
#[derive(Debug, Template)]
#[template(path = "pages/said.html")]
struct Said<'a> {
    title: &'a str,
    text: &'a str,
}

/// A page that asks for one thing.
#[derive(Debug, Template)]
#[template(path = "pages/ask.html")]
struct Ask<'a> {
    title: String,
    text: String,
    wrong: Option<&'a str>,
    facts: Vec<(&'static str, String)>,
    whose: String,
    words: String,
    fields: Asked,
    button: &'static str,
    others: Vec<(&'static str, &'static str)>,
}

/// What a form asks for.
#[derive(Debug)]
enum Asked {
    Nothing,
    How,
    Reason { required: bool },
    Whom(Vec<(String, String)>),
    When { date: String, time: String, zone: String, note: String, again: bool },
    Promise { date: String, time: String, zone: String },
}

/// What a page says of a verb: its title, what would happen, its button, and what a
/// link from another page to it says.
struct Wording {
    title: &'static str,
    text: &'static str,
    button: &'static str,
    link: &'static str,
}

/// A page that says something.
pub(super) fn said(title: &str, text: &str) -> Result<String, askama::Error> {
    Said { title, text }.render()
}

/// A page that asks for what `verb` needs, with what was filled in before.
pub(super) fn ask(
    scene: &Scene,
    verb: Verb,
    fields: &Fields,
    wrong: Option<&str>,
) -> Result<String, askama::Error> {
    let contact = one_line(scene.case.contact.called(), SHORT);
    let words = wording(verb);
    let since = scene.heard.as_ref().map_or(scene.case.opened_at, |heard| heard.at);
    let asked = asked(scene, verb, fields)?;
    let ask = Ask {
        title: words.title.to_owned(),
        text: words.text.replace("{contact}", &contact),
        wrong,
        facts: facts(scene, &contact),
        whose: format!("{contact} wrote {}", moment(scene, since)),
        words: scene.heard.as_ref().map(|heard| excerpt(&heard.words)).unwrap_or_default(),
        fields: asked,
        button: words.button,
        others: elsewhere(scene, verb),
    };
    ask.render()
}

fn wording(verb: Verb) -> Wording {
    let (title, text, button, link) = match verb {
        Verb::Answered => (
            "Was it answered?",
            "An answer that owed cannot see, by phone or in person, is noted as yours, and \
             owed falls silent.",
            "It was answered",
            "It was answered",
        ),
        Verb::Dismiss => (
            "Does it need no answer?",
            "Nothing is owed any more. Your reason stays on record, where others can read it.",
            "It needs no answer",
            "It needs no answer",
        ),
        Verb::Claim => (
            "Do you take it?",
            "The answer to {contact} is yours from then on.",
            "I take it",
            "I take it",
        ),
        Verb::HandOver => (
            "Whom do you ask to take it?",
            "They get a mail. The answer stays with whoever has it until they accept.",
            "Ask them",
            "Ask somebody else to take it",
        ),
        Verb::Accept => (
            "Do you take it?",
            "You were asked to. The answer to {contact} is yours from then on, and whoever \
             asked you is told.",
            "I take it",
            "I take it",
        ),
        Verb::Refuse => (
            "You cannot take it?",
            "Whoever asked you is told, and keeps it. A word on why helps them.",
            "I cannot take it",
            "I cannot take it",
        ),
        Verb::TellWhen => (
            "When will they hear from you?",
            "{contact} gets a short note in your name, and owed keeps the time for you.",
            "Send it in my name",
            "Tell them when",
        ),
        Verb::Correct => (
            "When is it promised for?",
            "owed reminds you in time for what you set here.",
            "Put it right",
            "Put the promise right",
        ),
        Verb::Fine => (
            "Does it mean that all is well?",
            "Then nothing more is owed for what {contact} wrote, and the case is closed again.",
            "It means OK",
            "It means that all is well",
        ),
        Verb::NotFine => (
            "Does it mean that it is not OK?",
            "Then it is urgent, and whoever has it is told at once, and the supervisor too, so \
             that {contact} has help soon.",
            "It means not OK",
            "It means that it is not OK",
        ),
    };
    Wording { title, text, button, link }
}

fn facts(scene: &Scene, contact: &str) -> Vec<(&'static str, String)> {
    let subject = one_line(&scene.case.subject, SHORT);
    let mut facts = vec![("Case", format!("{} {subject}", scene.case.number))];
    if scene.linked != scene.case.number {
        facts.push(("Before", format!("{} goes on in {}", scene.linked, scene.case.number)));
    }
    let address = scene.case.contact.address.as_str();
    let waits =
        if contact == address { contact.to_owned() } else { format!("{contact}, {address}") };
    facts.push(("Who waits", waits));
    if let Some(job) = scene.case.in_doubt() {
        facts.push(("Job", one_line(&job.title, SHORT)));
    }
    if let Some(owed) = scene.urgent() {
        facts.push(("Since", moment(scene, owed.since)));
        facts.push(("Due", due(scene, owed)));
        let owner = owed.owner.as_ref().map(|owner| one_line(scene.name_of(owner), SHORT));
        let nobody = || format!("nobody yet: {}", scene.case.mailbox);
        facts.push(("With", owner.unwrap_or_else(nobody)));
    }
    if let Some(offer) = &scene.case.offer {
        let (by, to) = (scene.name_of(&offer.by), scene.name_of(&offer.to));
        let asked = format!("{} by {}", one_line(to, SHORT), one_line(by, SHORT));
        facts.push(("Asked", format!("{asked}, {}", moment(scene, offer.at))));
    }
    let promise = scene.promise().filter(|promise| promise.is_open());
    if let Some(words) = promise.and_then(|promise| promise.words.as_deref()) {
        facts.push(("Promised", format!("“{}”", one_line(words, 2 * SHORT))));
    }
    facts
}

fn due(scene: &Scene, owed: &Obligation) -> String {
    let (at, now) = (scene.local(owed.due), scene.local(scene.now));
    format!("{}, {}", clock(&at, &now), distance(&at, &now))
}

fn moment(scene: &Scene, at: jiff::Timestamp) -> String {
    clock(&scene.local(at), &scene.local(scene.now))
}

fn asked(scene: &Scene, verb: Verb, fields: &Fields) -> Result<Asked, askama::Error> {
    Ok(match verb {
        Verb::Claim | Verb::Accept | Verb::Fine | Verb::NotFine => Asked::Nothing,
        Verb::Answered => Asked::How,
        Verb::Dismiss => Asked::Reason { required: true },
        Verb::Refuse => Asked::Reason { required: false },
        Verb::HandOver => Asked::Whom(people(scene)),
        Verb::TellWhen => {
            let at = chosen(fields, scene).unwrap_or_else(|| next_evening(scene));
            let (date, time, zone) = civil(&at);
            let again = !fields.again.is_empty();
            Asked::When { date, time, zone, note: note(scene, &at)?, again }
        }
        Verb::Correct => {
            let due = scene.promise().map_or(scene.now, |promise| promise.due);
            let at = chosen(fields, scene).unwrap_or_else(|| scene.local(due));
            let (date, time, zone) = civil(&at);
            Asked::Promise { date, time, zone }
        }
    })
}

fn people(scene: &Scene) -> Vec<(String, String)> {
    let named = |person: &crate::domain::roster::Person| {
        let name = one_line(&person.name, SHORT);
        let away = if person.is_away(scene.now) { " (away today)" } else { "" };
        (person.id.to_string(), format!("{name}{away}"))
    };
    others(scene).into_iter().map(named).collect()
}

/// The end of the next working day, which is what most people mean; where a day ends at
/// midnight, an hour at which a person would be told.
fn next_evening(scene: &Scene) -> jiff::Zoned {
    let calendar = &scene.person.calendar;
    let evening = scene.local(calendar.end_of_day(calendar.end_of_day(scene.now)));
    if evening.time() != Time::midnight() {
        return evening;
    }
    let day = calendar.date(scene.now).tomorrow().unwrap_or(evening.date());
    let zone = evening.time_zone().clone();
    zone.to_ambiguous_zoned(day.to_datetime(EVENING)).compatible().unwrap_or(evening)
}

fn civil(at: &jiff::Zoned) -> (String, String, String) {
    let date = at.strftime("%Y-%m-%d").to_string();
    (date, at.strftime("%H:%M").to_string(), at.strftime("%Z").to_string())
}

/// What the contact would read.
fn note(scene: &Scene, at: &jiff::Zoned) -> Result<String, askama::Error> {
    let note = Note {
        contact: scene.case.contact.clone(),
        subject: scene.case.subject.clone(),
        by: scene.person.name.clone(),
        organisation: scene.policy.roster.organisation.clone(),
        due: at.clone(),
        language: scene.heard.as_ref().and_then(|heard| heard.language.clone()),
    };
    let written = letter::note(&note, &scene.templates).map_err(askama::Error::custom)?;
    Ok(written.words)
}

/// What else can be done in the case, by this link's bearer.
fn elsewhere(scene: &Scene, here: Verb) -> Vec<(&'static str, &'static str)> {
    let promised = scene.case.owes(Kind::Promise).is_some();
    let offered = scene.case.offer.as_ref().is_some_and(|offer| offer.to == scene.person.id);
    let may = |verb: &Verb| match verb {
        Verb::Accept | Verb::Refuse => offered,
        Verb::Correct => promised,
        Verb::Fine | Verb::NotFine => scene.case.in_doubt().is_some(),
        Verb::TellWhen => scene.case.takes_letters(&scene.policy) && scene.case.is_owed(),
        Verb::Claim => {
            let owner = scene.urgent().and_then(|owed| owed.owner.as_ref());
            let nobody = scene.person.id.is_last_resort();
            !offered && !nobody && owner != Some(&scene.person.id)
        }
        // Whoever has a concern is owed an answer.
        Verb::Dismiss => scene.heard.as_ref().is_none_or(|heard| heard.channel != Channel::Concern),
        Verb::Answered | Verb::HandOver => true,
    };
    let all = crate::mail::link::VERBS.iter().map(|(verb, name)| (*verb, *name));
    let others = all.filter(|(verb, _)| *verb != here && may(verb));
    // The last resort is above everybody, and a concern is about a case of its own.
    let concern = (!scene.person.id.is_last_resort() && may(&Verb::Dismiss))
        .then_some((CONCERN, "Something is going wrong here"));
    others.map(|(verb, name)| (name, wording(verb).link)).chain(concern).collect()
}
