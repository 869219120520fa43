//! Pages for contacts: whether all is well after a job, no more such questions, and how
//! their case stands.
//!
//! The token in the link is all that is asked of a visitor. A GET shows, a POST records;
//! a link that opens nothing gets a kind page in the organisation's language.

mod answer;
mod case;
mod view;
mod visit;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Front;
use crate::mail::page::Words;
use crate::mail::token::{Purpose, Refused};
use view::Page;
use visit::Visit;

/// Where these pages are.
pub(super) fn routes() -> Router<Front> {
    Router::new()
        .route("/c/{token}", get(case::show).post(case::write))
        .route("/c/{token}/survey", get(answer::questions).post(answer::survey))
        .route("/c/{token}/{word}", get(answer::show).post(answer::tell))
}

/// What a link is about, or the page that says why it opens nothing.
async fn open(front: &Front, token: &str, purpose: Purpose) -> Result<Visit, Response> {
    let grant = front.keys.open(token, purpose, front.engine.now()).map_err(|why| {
        let status = match why {
            Refused::Malformed | Refused::Forged => StatusCode::FORBIDDEN,
            Refused::Expired => StatusCode::GONE,
        };
        broken(front, status)
    })?;
    match Visit::load(front, &grant).await {
        Ok(Some(visit)) => Ok(visit),
        Ok(None) => Err(broken(front, StatusCode::NOT_FOUND)),
        Err(error) => Err(failed(front, &error)),
    }
}

/// The link opens nothing.
fn broken(front: &Front, status: StatusCode) -> Response {
    plain(front, status, |words| (&words.broken, &words.broken_text))
}

/// Something failed in here.
fn failed(front: &Front, error: &dyn std::fmt::Display) -> Response {
    tracing::error!("a page for a contact could not do its work: {error}");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    plain(front, status, |words| (&words.failed, &words.failed_text))
}

fn plain(front: &Front, status: StatusCode, say: fn(&Words) -> (&String, &String)) -> Response {
    let (language, words) = visit::words(front, None);
    let (title, text) = say(words);
    let house = &front.engine.policy().roster.organisation;
    Page::of(language, title, vec![text.clone()], house).with(status)
}
