//! "May I leave?" for doors, terminals and log-out scripts: JSON for a bearer token.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::{Bearer, Front};
use crate::config::settings::Scope;
use crate::mail::token::same_secret;
use crate::report::leave;
use crate::store;

/// What went wrong, and what to do.
#[derive(Debug, Serialize)]
struct Wrong {
    error: String,
}

/// Whether somebody may leave.
pub(super) async fn leave(
    State(front): State<Front>,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(bearer) = bearer(&front, &headers) else {
        let words = "send `Authorization: Bearer …` with a token that [[web.token]] names";
        let mut response = wrong(StatusCode::UNAUTHORIZED, words);
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return response;
    };
    if !bearer.scopes.contains(&Scope::Leave) {
        let words = format!("the token {:?} has no scope \"leave\"; add it there", bearer.name);
        return wrong(StatusCode::FORBIDDEN, words);
    }
    match answer(&front, &person).await {
        Ok(Some(leave)) => Json(leave).into_response(),
        Ok(None) => {
            let words = "nobody here is called that; ask by short name, number or address";
            wrong(StatusCode::NOT_FOUND, words)
        }
        Err(error) => {
            tracing::error!(%error, "whether somebody may leave could not be told");
            let words = "owed cannot read its store at this moment; ask again in a minute";
            wrong(StatusCode::SERVICE_UNAVAILABLE, words)
        }
    }
}

async fn answer(front: &Front, person: &str) -> store::Result<Option<leave::Leave>> {
    let policy = front.engine.policy();
    let Some(person) = policy.roster.person_called(person) else { return Ok(None) };
    let mut tx = front.engine.store().read().await?;
    leave::leave(&mut tx, &policy, person, front.engine.now()).await.map(Some)
}

/// Who asks. Every token is compared, and each in constant time.
fn bearer<'a>(front: &'a Front, headers: &HeaderMap) -> Option<&'a Bearer> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, shown) = value.split_once(' ')?;
    let shown = Some(shown.trim()).filter(|shown| !shown.is_empty());
    let shown = shown.filter(|_| scheme.eq_ignore_ascii_case("bearer"))?;
    let same = |bearer: &&Bearer| same_secret(bearer.secret.expose_secret(), shown);
    front.bearers.iter().filter(same).fold(None, |_, bearer| Some(bearer))
}

fn wrong(status: StatusCode, error: impl Into<String>) -> Response {
    (status, Json(Wrong { error: error.into() })).into_response()
}
