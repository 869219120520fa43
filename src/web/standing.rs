//! Whether something can be done in a case, was done already, or cannot be.
//!
//! Whoever presses twice, or comes after a colleague, is told when it was done and by
//! whom. The case itself has the last word when something is done.

use super::scene::Scene;
use crate::domain::case::Illegal;
use crate::domain::effect::{Entry, What};
use crate::domain::ids::PersonId;
use crate::domain::obligation::{Obligation, State};
use crate::mail::letter::one_line;
use crate::mail::link::Verb;
use crate::mail::when::clock;

/// How much of what was written down is repeated.
const SHORT: usize = 120;

/// How a verb stands in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It can be done.
    Possible,
    /// It was done, or needs no doing any more: when and by whom.
    Already(String),
    /// It cannot be done: why.
    Impossible(String),
}

/// What ends a waiting, and how it is said.
const ENDS: &[(What, &str)] = &[
    (What::Answered, "it was answered"),
    (What::PromiseKept, "it was answered"),
    (What::Dismissed, "it needs no answer"),
    (What::Settled, "the contact needs nothing any more"),
    (What::Closed, "it was closed"),
];

/// How `verb` stands in a scene.
pub(super) fn standing(scene: &Scene, verb: Verb) -> Standing {
    match verb {
        Verb::Correct => correct(scene),
        Verb::Accept => accept(scene),
        Verb::Refuse => refuse(scene),
        Verb::Fine | Verb::NotFine => doubt(scene),
        Verb::Claim if is_theirs(scene, &scene.person.id) => already_yours(scene),
        Verb::TellWhen if scene.case.internal => {
            Standing::Impossible(sentence(&Illegal::Colleague { case: scene.case.number }))
        }
        Verb::TellWhen if !scene.case.contact.address.is_reachable() => {
            Standing::Impossible(sentence(&Illegal::NoAddress { case: scene.case.number }))
        }
        Verb::TellWhen if !scene.case.is_owed() => ended(scene),
        Verb::TellWhen if !scene.policy.writes_to_contacts => {
            Standing::Impossible(sentence(&Illegal::Shadow))
        }
        Verb::Answered | Verb::Dismiss | Verb::Claim | Verb::HandOver | Verb::TellWhen => {
            if scene.urgent().is_some() { Standing::Possible } else { ended(scene) }
        }
    }
}

/// What the state of a case does not allow, as a sentence.
pub(super) fn sentence(illegal: &Illegal) -> String {
    let text = illegal.to_string();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => text,
    }
}

fn correct(scene: &Scene) -> Standing {
    match scene.promise() {
        Some(promise) if promise.is_open() => Standing::Possible,
        Some(Obligation { state: State::Met { at, .. } | State::Dropped { at }, .. }) => {
            let at = clock(&scene.local(*at), &scene.local(scene.now));
            Standing::Already(format!("Nothing is noted as promised any more, since {at}."))
        }
        _ => Standing::Impossible("Nothing is noted as promised in this case.".to_owned()),
    }
}

fn accept(scene: &Scene) -> Standing {
    if is_offered(scene) {
        return Standing::Possible;
    }
    if is_theirs(scene, &scene.person.id) {
        return already_yours(scene);
    }
    no_offer(scene)
}

fn refuse(scene: &Scene) -> Standing {
    match scene.last(&[What::Refused, What::Claimed, What::Offered]) {
        _ if is_offered(scene) => Standing::Possible,
        Some(entry) if entry.what == What::Refused => {
            Standing::Already(said(scene, "it was refused", entry))
        }
        _ => no_offer(scene),
    }
}

fn doubt(scene: &Scene) -> Standing {
    if scene.case.in_doubt().is_some() {
        return Standing::Possible;
    }
    match scene.last(&[What::CheckInOk, What::CheckInNotOk]) {
        Some(entry) => Standing::Already(said(scene, "it is known what it means", entry)),
        None => {
            Standing::Impossible("Nobody wonders in this case what an answer means.".to_owned())
        }
    }
}

fn no_offer(scene: &Scene) -> Standing {
    if scene.urgent().is_none() {
        return ended(scene);
    }
    let name = |id| one_line(scene.name_of(id), SHORT);
    let owner = scene.urgent().and_then(|o| o.owner.as_ref());
    let now = match (&scene.case.offer, owner) {
        (Some(offer), _) => format!(" {} is asked instead.", name(&offer.to)),
        (None, Some(owner)) => format!(" {} has it now.", name(owner)),
        (None, None) => String::new(),
    };
    Standing::Impossible(format!("You need not take this over any more.{now}"))
}

fn is_offered(scene: &Scene) -> bool {
    scene.case.offer.as_ref().is_some_and(|offer| offer.to == scene.person.id)
}

fn is_theirs(scene: &Scene, who: &PersonId) -> bool {
    let mut open = scene.case.open().peekable();
    open.peek().is_some() && open.all(|o| o.owner.as_ref() == Some(who))
}

fn already_yours(scene: &Scene) -> Standing {
    let taken = scene.last(&[What::Claimed]).map(|entry| said(scene, "it is yours", entry));
    Standing::Already(taken.unwrap_or_else(|| "It is yours already.".to_owned()))
}

/// Nothing is owed any more: what ended it.
fn ended(scene: &Scene) -> Standing {
    let whats: Vec<What> = ENDS.iter().map(|(what, _)| *what).collect();
    let Some(entry) = scene.last(&whats) else {
        return Standing::Already("Nothing is waiting in this case.".to_owned());
    };
    let how = ENDS.iter().find(|(what, _)| *what == entry.what).map_or("", |(_, how)| how);
    Standing::Already(said(scene, how, entry))
}

fn said(scene: &Scene, what: &str, entry: &Entry) -> String {
    let at = clock(&scene.local(entry.at), &scene.local(scene.now));
    let reason = one_line(&entry.reason, SHORT);
    let who = match &entry.owner {
        Some(owner) => format!("{}, {reason}", one_line(scene.name_of(owner), SHORT)),
        None => reason,
    };
    format!("That was done already, {at}: {what} ({who}).")
}
