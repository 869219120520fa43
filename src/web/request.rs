//! What every request to the API has: a bearer token with a scope, perhaps a key under
//! which it may come again, and fields that are texts.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::Problem;
use super::{Bearer, Front};
use crate::config::settings::Scope;
use crate::engine::told::Unfit;
use crate::mail::token::same_secret;

/// The longest body that is read.
pub(super) const LONGEST_BODY: usize = 512 * 1024;

/// The longest key of a request.
const LONGEST_KEY: usize = 255;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Who asks, if they may ask for this. Every token is compared, and each in constant time.
pub(super) fn bearer<'a>(
    front: &'a Front,
    headers: &HeaderMap,
    scope: Scope,
) -> Result<&'a Bearer, Problem> {
    let unknown = || {
        let what = "send `Authorization: Bearer …` with a token that [[web.token]] names";
        Problem::new(StatusCode::UNAUTHORIZED, what)
    };
    let shown = shown(headers).ok_or_else(unknown)?;
    let same = |bearer: &&Bearer| same_secret(bearer.secret.expose_secret(), shown);
    let found = front.bearers.iter().filter(same).fold(None, |_, bearer| Some(bearer));
    let bearer = found.ok_or_else(unknown)?;
    if bearer.scopes.contains(&scope) {
        return Ok(bearer);
    }
    let what = format!("the token {:?} has no scope {:?}; add it there", bearer.name, scope.name());
    Err(Problem::new(StatusCode::FORBIDDEN, what))
}

fn shown(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, shown) = value.split_once(' ')?;
    let shown = Some(shown.trim()).filter(|shown| !shown.is_empty());
    shown.filter(|_| scheme.eq_ignore_ascii_case("bearer"))
}

/// The key under which a request may come again, where it has one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim().trim_matches('"');
    if key.is_empty() || key.len() > LONGEST_KEY {
        let what = format!("Idempotency-Key has to be a text of 1 to {LONGEST_KEY} characters");
        return Err(Problem::new(StatusCode::BAD_REQUEST, what));
    }
    Ok(Some(key))
}

/// The body, unless it is too long.
pub(super) fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let what = format!("the request is too long: {LONGEST_BODY} bytes are taken");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, what)
        }
        status => Problem::new(status, "the request did not come whole; send it again"),
    })
}

/// The fields of a body, each of which is a text; those that there are, are those of `T`.
pub(super) fn fields<T: Default + Serialize + DeserializeOwned>(
    headers: &HeaderMap,
    body: &[u8],
) -> Result<T, Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let what = "send JSON, and say so: `Content-Type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, what));
    }
    let object: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
        let what = format!("the body is no JSON object: {error}");
        Problem::new(StatusCode::BAD_REQUEST, what)
    })?;
    let all = serde_json::to_value(T::default()).unwrap_or_default();
    let known: Vec<&str> =
        all.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let wrong: Vec<Unfit> = object.iter().filter_map(|field| unfit(field, &known)).collect();
    if !wrong.is_empty() {
        return Err(Problem::unfit(wrong));
    }
    serde_json::from_value(Value::Object(object))
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.to_string()))
}

fn unfit((name, value): (&String, &Value), known: &[&str]) -> Option<Unfit> {
    if !known.contains(&name.as_str()) {
        let what = format!("there is no such field; there are {}", known.join(", "));
        return Some(Unfit::new(name, what));
    }
    let is_text = value.is_string() || value.is_null();
    (!is_text).then(|| Unfit::new(name, "it has to be a text in quotation marks"))
}
