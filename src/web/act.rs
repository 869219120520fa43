//! One click: a GET shows what would happen, a POST does it.
//!
//! The token in the link is all that is asked of a visitor, so it is written nowhere:
//! not in a log, not on a page, not in an error.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::form::{Fields, wish};
use super::scene::Scene;
use super::standing::{Standing, sentence, standing};
use super::{Front, view};
use crate::domain::act::Act;
use crate::domain::obligation::Kind;
use crate::engine;
use crate::mail::link::Verb;
use crate::mail::token::{Grant, Purpose, Refused};

type Link = Path<(String, String)>;

/// Shows what would happen; changes nothing.
pub(super) async fn show(
    State(front): State<Front>,
    Path((token, verb)): Link,
    fields: Query<Fields>,
) -> Response {
    match open(&front, &token, &verb).await {
        Ok((scene, verb)) => shown(StatusCode::OK, &scene, verb, (&fields, None)),
        Err(no) => no,
    }
}

/// Does what the form asks.
pub(super) async fn act(
    State(front): State<Front>,
    Path((token, verb)): Link,
    fields: Result<Form<Fields>, FormRejection>,
) -> Response {
    // Whoever presses twice is served one after the other: the second finds it done.
    let _turn = front.turn.lock().await;
    let (scene, verb) = match open(&front, &token, &verb).await {
        Ok(opened) => opened,
        Err(no) => return no,
    };
    let Ok(Form(fields)) = fields else {
        let why = "That form could not be read; please fill it in once more.";
        let nothing = Fields::default();
        return shown(StatusCode::UNPROCESSABLE_ENTITY, &scene, verb, (&nothing, Some(why)));
    };
    if standing(&scene, verb) != Standing::Possible {
        return shown(StatusCode::OK, &scene, verb, (&fields, None));
    }
    let wish = match wish(verb, &fields, &scene) {
        Ok(wish) => wish,
        Err(missing) => {
            let with = (&fields, Some(missing.as_str()));
            return shown(StatusCode::UNPROCESSABLE_ENTITY, &scene, verb, with);
        }
    };
    if is_so_already(&scene, &wish) {
        return page(StatusCode::OK, view::said("That was done already", "Nothing had to change."));
    }
    match front.engine.act(scene.case.number, &scene.person.id, wish).await {
        Ok(done) => page(StatusCode::OK, view::said("Done", &done)),
        Err(engine::Error::ToldAlready(told)) => {
            let why = format!("{told}. Send another only if that time does not hold any more.");
            let (status, fields) = (StatusCode::CONFLICT, fields.again());
            shown(status, &scene, verb, (&fields, Some(why.as_str())))
        }
        Err(engine::Error::Illegal(illegal)) => {
            page(StatusCode::CONFLICT, view::said("That is not possible now", &sentence(&illegal)))
        }
        Err(error) => broken(&error),
    }
}

/// A page with its status.
pub(super) fn page(status: StatusCode, html: Result<String, askama::Error>) -> Response {
    match html {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!("a page could not be laid out: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn shown(
    status: StatusCode,
    scene: &Scene,
    verb: Verb,
    (fields, wrong): (&Fields, Option<&str>),
) -> Response {
    match standing(scene, verb) {
        Standing::Possible => page(status, view::ask(scene, verb, fields, wrong)),
        Standing::Already(text) => page(status, view::said("That was done already", &text)),
        Standing::Impossible(text) => {
            page(StatusCode::CONFLICT, view::said("That is not possible now", &text))
        }
    }
}

async fn open(front: &Front, token: &str, verb: &str) -> Result<(Scene, Verb), Response> {
    let grant = front.keys.open(token, Purpose::Act, front.engine.now()).map_err(refused)?;
    let Some(verb) = Verb::called(verb) else { return Err(gone()) };
    match Scene::load(front, &grant).await {
        Ok(Some(scene)) => Ok((scene, verb)),
        Ok(None) => Err(absent(&grant)),
        Err(error) => Err(broken(&error)),
    }
}

pub(super) fn refused(why: Refused) -> Response {
    let status = match why {
        Refused::Malformed | Refused::Forged => StatusCode::FORBIDDEN,
        Refused::Expired => StatusCode::GONE,
    };
    page(status, view::said("This link does not open", &format!("About the link: {why}.")))
}

pub(super) fn gone() -> Response {
    let text = "There is no such page. Please open the link from the mail once more.";
    page(StatusCode::NOT_FOUND, view::said("Nothing here", text))
}

pub(super) fn absent(grant: &Grant) -> Response {
    let text = match grant.case {
        Some(case) => format!("{case} is not here any more, or you are not on the list of people."),
        None => "This link is about no case.".to_owned(),
    };
    page(StatusCode::NOT_FOUND, view::said("Nothing here", &text))
}

pub(super) fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!("a page could not do its work: {error}");
    let text = "Something failed inside owed, and nothing was changed. Please try again in a \
                moment.";
    page(StatusCode::INTERNAL_SERVER_ERROR, view::said("That did not work", text))
}

/// What would be done a second time without anybody's wish: a note with the same time
/// to the same contact, a colleague asked again.
fn is_so_already(scene: &Scene, wish: &Act) -> bool {
    let promised = scene.case.owes(Kind::Promise).map(|promise| promise.due);
    let asked = scene.case.offer.as_ref().map(|offer| &offer.to);
    match wish {
        Act::TellWhen { due, .. } | Act::Correct { due: Some(due), .. } => promised == Some(*due),
        Act::HandOver { to } => asked == Some(to),
        _ => false,
    }
}
