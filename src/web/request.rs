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
use crate::engine::Error;
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

/// What a body says, as `understood` has it: an object whose fields are those of `T`, each
/// a text. All that is wrong in it is told at once.
pub(super) fn sound<T: Default + Serialize + DeserializeOwned, S>(
    headers: &HeaderMap,
    body: &[u8],
    understood: impl FnOnce(&T) -> Result<S, Error>,
) -> Result<S, Problem> {
    let mut object = object(headers, body)?;
    let all = serde_json::to_value(T::default()).unwrap_or_default();
    let known: Vec<&str> =
        all.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let mut wrong: Vec<Unfit> = object.iter().filter_map(|field| unfit(field, &known)).collect();
    object.retain(|name, _| wrong.iter().all(|w| w.field != *name));
    let told: T = serde_json::from_value(Value::Object(object))
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.to_string()))?;
    match understood(&told) {
        Ok(said) if wrong.is_empty() => Ok(said),
        Ok(_) => Err(Problem::unfit(wrong)),
        Err(Error::Unfit(more)) => {
            // What is there and makes no sense is not missing, too.
            let new = more.into_iter().filter(|m| wrong.iter().all(|w| w.field != m.field));
            let new: Vec<Unfit> = new.collect();
            wrong.extend(new);
            Err(Problem::unfit(wrong))
        }
        Err(error) => Err(error.into()),
    }
}

fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let what = "send JSON, and say so: `Content-Type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, what));
    }
    serde_json::from_slice(body).map_err(|error| {
        let what = format!("the body is no JSON object: {error}");
        Problem::new(StatusCode::BAD_REQUEST, what)
    })
}

fn unfit((name, value): (&String, &Value), known: &[&str]) -> Option<Unfit> {
    if !known.contains(&name.as_str()) {
        let what = format!("there is no such field; there are {}", known.join(", "));
        return Some(Unfit::new(name, what));
    }
    let right = match value {
        Value::String(_) | Value::Null => return None,
        Value::Array(several) => {
            let texts: Option<Vec<&str>> = several.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(", "))
        }
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Object(_) => None,
    };
    let right = right.map(|right| format!(", as in {right:?}")).unwrap_or_default();
    Some(Unfit::new(name, format!("it has to be one text in quotation marks{right}")))
}
