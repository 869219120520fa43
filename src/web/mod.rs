//! Pages and an API: two faces of the verbs that people have, over HTTP.
//!
//! A GET changes nothing, ever: mail scanners open every link. A page is opened by
//! the token in its link (`act`), the API by a bearer token (`request`). What a page
//! is about is read into a `scene`, asked what can be done in it (`standing`), and
//! laid out by pure code (`view`); a check-in is approved in `approve`, a concern raised in
//! `concern`, and contacts have a room of their own (`contact`). How many may come, and how
//! long they may take, is the business of `serve`.

mod act;
mod api;
mod approve;
mod concern;
mod contact;
mod form;
mod jobs;
mod leave;
mod messages;
mod problem;
mod request;
mod scene;
pub mod serve;
mod standing;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::config::settings::{Question, Scope};
use crate::engine::Engine;
use crate::mail::template::Templates;
use crate::mail::token::Keys;

/// A page may use nothing but its own style, and send forms to where it came from.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// What pages and the API work with.
#[derive(Debug, Clone)]
pub struct Front {
    /// Acts and reads.
    pub engine: Engine,
    /// Opens the tokens in links.
    pub keys: Keys,
    /// Who may ask the API.
    pub bearers: Arc<[Bearer]>,
    /// What letters to contacts say.
    pub templates: Templates,
    /// What a contact may answer after a job that went well.
    pub questions: Arc<[Question]>,
    turn: Arc<Mutex<()>>,
}

/// Somebody who may ask the API.
#[derive(Debug)]
pub struct Bearer {
    /// What they are called in logs.
    pub name: String,
    /// What they show.
    pub secret: SecretString,
    /// What they may ask.
    pub scopes: Vec<Scope>,
}

impl Front {
    /// A front for this engine.
    pub fn new(engine: Engine, keys: Keys, bearers: Vec<Bearer>) -> Self {
        Self {
            engine,
            keys,
            bearers: bearers.into(),
            templates: Templates::default(),
            questions: Arc::default(),
            turn: Arc::default(),
        }
    }
}

/// What answers requests.
pub fn router(front: Front) -> Router {
    Router::new()
        .route("/a/{token}/{verb}", get(act::show).post(act::act))
        .route("/a/{token}/concern", get(concern::show).post(concern::raise))
        .merge(api::routes())
        .route("/j/{token}/{choice}", get(approve::show).post(approve::decide))
        .route("/j/{token}/concern", get(concern::show).post(concern::raise))
        .merge(contact::routes())
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(form::LONGEST_FORM))
        .layer(map_response(guarded))
        .with_state(front)
}

async fn nowhere() -> Response {
    let text = "There is nothing at this address. The links in owed's mails lead to its pages.";
    act::page(StatusCode::NOT_FOUND, view::said("Nothing here", text))
}

async fn guarded(mut response: Response) -> Response {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
