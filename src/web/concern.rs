//! A concern of somebody here: on a page behind their link to a case, or to none, and as
//! `POST /api/v1/concerns`.
//!
//! The page says beforehand who reads it. The same words through the same link are one
//! concern, however often they are sent.

use askama::Template;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FormRejection};
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::act::{absent, broken, page, refused};
use super::problem::Problem;
use super::request::{bearer, key, sound, whole};
use super::{Front, view};
use crate::config::settings::Scope;
use crate::domain::case::Case;
use crate::domain::roster::{Person, Recipient, Roster};
use crate::engine::concern::{Concern, Raised};
use crate::engine::once::Once;
use crate::engine::told::ToldConcern;
use crate::engine::{self, Error};
use crate::mail::letter::one_line;
use crate::mail::token::{Grant, Purpose};

/// How much of a name or a subject is shown.
const SHORT: usize = 80;

/// The longest text that the page takes.
const LONGEST: usize = 4_000;

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    text: String,
    /// That it is about something else than the case.
    apart: String,
}

/// Who has a concern, about which case, and who would answer.
struct Scene {
    person: Person,
    case: Option<Case>,
    /// Who answers what is about the case, and who what is about something else.
    to: Option<String>,
    apart: Option<String>,
    owner: Option<String>,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/concern.html")]
struct Asked<'a> {
    title: &'static str,
    text: String,
    wrong: Option<&'a str>,
    facts: Vec<(&'static str, String)>,
    words: &'a str,
    /// That it is about something else, where that may be said.
    apart: Option<String>,
    is_apart: bool,
}

/// Shows who would answer; changes nothing.
pub(super) async fn show(State(front): State<Front>, Path(token): Path<String>) -> Response {
    match open(&front, &token).await {
        Ok(scene) => scene.shown(&Fields::default(), None),
        Err(no) => no,
    }
}

/// Takes what somebody says.
pub(super) async fn raise(
    State(front): State<Front>,
    Path(token): Path<String>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Response {
    let _turn = front.turn.lock().await;
    let scene = match open(&front, &token).await {
        Ok(scene) => scene,
        Err(no) => return no,
    };
    let Ok(Form(fields)) = fields else {
        let why = "That form could not be read; please fill it in once more.";
        return scene.shown(&Fields::default(), Some(why));
    };
    let text: String = fields.text.replace('\r', "").trim().chars().take(LONGEST).collect();
    if text.is_empty() {
        return scene.shown(&fields, Some("Please say in a word what is going wrong."));
    }
    let case = scene.case.as_ref().filter(|_| fields.apart.is_empty());
    let concern = Concern { by: scene.person.id, about: case.map(|case| case.number), text };
    let request = format!("{token}\0{:?}\0{}", concern.about, concern.text);
    let key = HEXLOWER.encode(&Sha256::digest(request));
    let once = Once { source: "the page of concerns", key: Some(&key), body: &[] };
    match front.engine.raise(&concern, once).await {
        Ok(raised) => page(StatusCode::OK, view::said("It was passed on", &raised.words())),
        Err(Error::NobodyAbove) => nobody_above(),
        Err(error) => broken(&error),
    }
}

/// Takes what a program says in somebody's name; what became of it.
pub(super) async fn tell(
    State(front): State<Front>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Raised>), Problem> {
    let bearer = bearer(&front, &headers, Scope::Concerns)?;
    let (key, body) = (key(&headers)?, whole(body)?);
    let understood = |told: &ToldConcern| front.engine.understood_concern(told);
    let concern = sound(&headers, &body, understood)?;
    let once = Once { source: &bearer.name, key, body: &body };
    Ok((StatusCode::CREATED, Json(front.engine.raise(&concern, once).await?)))
}

async fn open(front: &Front, token: &str) -> Result<Scene, Response> {
    let grant = front.keys.open(token, Purpose::Act, front.engine.now()).map_err(refused)?;
    match Scene::load(front, &grant).await {
        Ok(Some(Scene { to: None, apart: None, .. })) => Err(nobody_above()),
        Ok(Some(scene)) => Ok(scene),
        Ok(None) if grant.case.is_some() => Err(absent(&grant)),
        Ok(None) => {
            let text = "You are not on the list of people any more.";
            Err(page(StatusCode::NOT_FOUND, view::said("Nothing here", text)))
        }
        Err(error) => Err(broken(&error)),
    }
}

fn nobody_above() -> Response {
    let text = "Nobody is above you who could answer that.";
    page(StatusCode::CONFLICT, view::said("That is not possible now", text))
}

impl Scene {
    /// What `grant` is about; `None` where the case or the person is gone.
    async fn load(front: &Front, grant: &Grant) -> Result<Option<Self>, Error> {
        let policy = front.engine.policy();
        let Some(person) = policy.roster.people.get(&grant.person).cloned() else {
            return Ok(None);
        };
        let case = match grant.case {
            None => None,
            Some(number) => {
                let mut tx = front.engine.store().read().await?;
                match front.engine.loaded(&mut tx, number).await {
                    Ok(loaded) => Some(loaded.case),
                    Err(engine::Error::NoSuchCase(_)) => return Ok(None),
                    Err(error) => return Err(error),
                }
            }
        };
        let answers =
            |case| front.engine.answers_for(&person, case).map(|to| called(&policy.roster, &to));
        let (to, apart) = (answers(case.as_ref()), answers(None));
        let owner = case.as_ref().and_then(|case| case.open().find_map(|o| o.owner.clone()));
        let owner = owner.map(|id| one_line(policy.roster.name_of(&id), SHORT));
        Ok(Some(Self { person, case, to, apart, owner }))
    }

    fn shown(&self, fields: &Fields, wrong: Option<&str>) -> Response {
        let status =
            if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let to = self.to.as_deref().unwrap_or_default();
        let asked = Asked {
            title: "Is something going wrong?",
            text: format!(
                "Say it in your words. {to} reads it, with your name, and owes you an answer."
            ),
            wrong,
            facts: self.facts(),
            words: &fields.text,
            apart: self.case.as_ref().and_then(|_| self.said_apart()),
            is_apart: !fields.apart.is_empty(),
        };
        page(status, asked.render())
    }

    /// That it is about something else, with who reads it then, where that is another.
    fn said_apart(&self) -> Option<String> {
        let plain = "It is about something else".to_owned();
        let other = self.apart.as_ref()?;
        Some(if self.to.as_ref() == Some(other) { plain } else { format!("{plain}, for {other}") })
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let Some(case) = &self.case else { return Vec::new() };
        let subject = one_line(&case.subject, SHORT);
        let mut facts = vec![
            ("Case", format!("{} {subject}", case.number)),
            ("Who waits", one_line(case.contact.called(), SHORT)),
        ];
        facts.extend(self.owner.clone().map(|owner| ("With", owner)));
        facts
    }
}

/// What a page calls whoever answers.
fn called(roster: &Roster, to: &Recipient) -> String {
    let person = to.person.as_ref().filter(|id| !id.is_last_resort());
    let name = person.map_or_else(|| to.address.to_string(), |id| roster.name_of(id).to_owned());
    one_line(&name, SHORT)
}
