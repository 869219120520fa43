//! A check-in before it is sent: whoever did the job sends it, changes its words, or
//! does not ask.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

use super::act::{absent, broken, gone, page, refused};
use super::standing::sentence;
use super::{Front, view};
use crate::domain::act::Act;
use crate::domain::case::Case;
use crate::domain::check_in::{Approval, Showing, Stage};
use crate::domain::job::Job;
use crate::domain::policy::Policy;
use crate::domain::roster::Person;
use crate::engine;
use crate::mail::letter::{self, one_line};
use crate::mail::link::Choice;
use crate::mail::token::{Grant, Purpose};
use crate::mail::when;
use crate::store;

/// How much of a name or a title is shown.
const SHORT: usize = 80;

/// The longest letter that is taken, and the longest reason.
const LONGEST: usize = 4_000;

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    words: Option<String>,
    always: String,
    reason: String,
    /// When the page was made, in seconds since 1970.
    seen: Option<i64>,
}

/// A check-in, seen by whoever did the job.
struct Scene {
    policy: Arc<Policy>,
    case: Case,
    job: Job,
    person: Person,
    now: Timestamp,
    /// What would be sent, as it stands, without what owed puts below it.
    letter: String,
    /// All of it.
    whole: String,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/approve.html")]
struct Approve {
    title: &'static str,
    text: String,
    facts: Vec<(&'static str, String)>,
    letter: String,
    whole: String,
    sends: bool,
    may_agree: bool,
    seen: i64,
}

/// Shows what would be sent; changes nothing.
pub(super) async fn show(
    State(front): State<Front>,
    Path((token, choice)): Path<(String, String)>,
) -> Response {
    match open(&front, &token, &choice).await {
        Ok((scene, choice)) => scene.shown(choice),
        Err(no) => no,
    }
}

/// Does what was chosen.
pub(super) async fn decide(
    State(front): State<Front>,
    Path((token, choice)): Path<(String, String)>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Response {
    let _turn = front.turn.lock().await;
    let (scene, choice) = match open(&front, &token, &choice).await {
        Ok(opened) => opened,
        Err(no) => return no,
    };
    let Ok(Form(fields)) = fields else { return scene.shown(choice) };
    // Who emptied the box wants other words, and not owed's after all.
    let emptied = fields.words.as_ref().is_some_and(|words| words.trim().is_empty());
    if !scene.is_open_to(choice) || (choice == Choice::Send && emptied) {
        return scene.shown(choice);
    }
    let act = match choice {
        Choice::Send => {
            let words = fields.words.and_then(|words| scene.changed(&words));
            Act::Send { shown: None, words }
        }
        Choice::Skip => Act::Skip { shown: None, reason: one_line(&fields.reason, LONGEST) },
    };
    let seen = fields.seen.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let showing = Showing { job: Some(scene.job.seq), at: seen.unwrap_or(scene.now) };
    let act = act.in_answer_to(showing);
    let (case, person) = (scene.case.number, &scene.person.id);
    let agrees = choice == Choice::Send && !fields.always.is_empty() && scene.may_agree();
    let done = async {
        let words = front.engine.act(case, person, act).await?;
        if agrees {
            front.engine.let_check_ins_go(person, true).await?;
        }
        Ok(words)
    };
    match done.await {
        Ok(words) if agrees => {
            let more = "From now on yours go by themselves; “never send mine” in an answer to \
                        any mail of owed's takes that back.";
            page(StatusCode::OK, view::said("Done", &format!("{words}\n{more}")))
        }
        Ok(words) => page(StatusCode::OK, view::said("Done", &words)),
        Err(engine::Error::Illegal(illegal)) => {
            page(StatusCode::CONFLICT, view::said("That is not possible now", &sentence(&illegal)))
        }
        Err(error) => broken(&error),
    }
}

async fn open(front: &Front, token: &str, choice: &str) -> Result<(Scene, Choice), Response> {
    let grant = front.keys.open(token, Purpose::Act, front.engine.now()).map_err(refused)?;
    let Some(choice) = Choice::called(choice) else { return Err(gone()) };
    match Scene::load(front, &grant).await {
        Ok(Some(Ok(scene))) => Ok((scene, choice)),
        Ok(Some(Err(unwritten))) => Err(broken(&unwritten)),
        Ok(None) => Err(absent(&grant)),
        Err(error) => Err(broken(&error)),
    }
}

impl Scene {
    async fn load(
        front: &Front,
        grant: &Grant,
    ) -> store::Result<Option<Result<Self, crate::mail::template::Unwritten>>> {
        let (policy, now) = (front.engine.policy(), front.engine.now());
        let person = policy.roster.people.get(&grant.person).cloned();
        let (Some(person), Some(number)) = (person, grant.case) else { return Ok(None) };
        let mut tx = front.engine.store().read().await?;
        let Some(loaded) = tx.case(number).await? else { return Ok(None) };
        let last = tx.last_heard(number).await?;
        let case = loaded.case;
        let Some(job) = case.jobs.iter().find(|job| job.seq == grant.obligation).cloned() else {
            return Ok(None);
        };
        let question = letter::Question::about(&case, &job, &policy.roster);
        let question = match last {
            Some(last) => question.going_on(&case, last.language),
            None => question,
        };
        let written = |question: &_| letter::question(question, &front.templates);
        let (letter, whole) = (written(&question), written(&question.shown()));
        Ok(Some(letter.and_then(|letter| {
            let (letter, whole) = (letter.words, whole?.words);
            Ok(Self { policy, case, job, person, now, letter, whole })
        })))
    }

    fn shown(&self, choice: Choice) -> Response {
        let contact = one_line(self.case.contact.called(), SHORT);
        if let Some(over) = self.over().filter(|_| !self.is_open_to(choice)) {
            return page(StatusCode::OK, view::said("That was decided already", &over));
        }
        let done = self.job.closed_at.to_zoned(self.person.calendar.zone().clone());
        let now = self.now.to_zoned(self.person.calendar.zone().clone());
        let address = self.case.contact.address.to_string();
        let facts = vec![
            ("Job", one_line(&self.job.title, SHORT)),
            ("Done", when::date(&done, &now)),
            ("Goes to", if contact == address { address } else { format!("{contact}, {address}") }),
            ("Case", format!("{} {}", self.case.number, one_line(&self.case.subject, SHORT))),
        ];
        let (title, text) = match choice {
            Choice::Send => (
                "Ask whether all is well?",
                format!("{contact} gets this in your name, as it stands or in your words."),
            ),
            Choice::Skip => (
                "Do you rather not ask?",
                format!("Then nobody here asks {contact} about this job."),
            ),
        };
        let (letter, whole) = (self.letter.clone(), self.whole.clone());
        let sends = choice == Choice::Send;
        let may_agree = self.may_agree();
        let seen = self.now.as_second();
        let shown = Approve { title, text, facts, letter, whole, sends, may_agree, seen };
        page(StatusCode::OK, shown.render())
    }

    /// Whether that word still counts.
    fn is_open_to(&self, choice: Choice) -> bool {
        match choice {
            Choice::Send => self.job.check_in.waits_for_its_person(),
            Choice::Skip => self.job.check_in.may_be_skipped(),
        }
    }

    /// What became of it, where it does not wait for a word any more.
    fn over(&self) -> Option<String> {
        let zone = self.person.calendar.zone().clone();
        let clock = |at: Timestamp| {
            when::clock(&at.to_zoned(zone.clone()), &self.now.to_zoned(zone.clone()))
        };
        let check_in = &self.job.check_in;
        Some(match check_in.stage {
            _ if check_in.waits_for_its_person() => return None,
            Stage::Planned { .. } | Stage::Shown { .. } => return None,
            Stage::Agreed { at } => format!("It goes {}.", clock(at)),
            Stage::Asked { .. } => match check_in.asked_at {
                Some(at) => format!("It was sent {}.", clock(at)),
                None => "It was sent.".to_owned(),
            },
            Stage::Over { at, how } => format!("It is over since {}: {}.", clock(at), how.name()),
        })
    }

    /// Whether a word of theirs once for all is of any use.
    fn may_agree(&self) -> bool {
        self.policy.check_in.as_ref().is_some_and(|terms| terms.approval == Approval::Standing)
    }

    /// Their own words, where they are others than owed's.
    fn changed(&self, words: &str) -> Option<String> {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.replace('\r', "").chars().take(LONGEST).collect();
        let same = squeezed(&words) == squeezed(&self.letter);
        (!same).then(|| words.trim().to_owned())
    }
}
