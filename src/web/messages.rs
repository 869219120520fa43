//! `POST /api/v1/messages`: what was said by phone, in a chat, in a form.
//!
//! It is answered once it is durable and judged; what is not answered so was not taken.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};

use super::Front;
use super::problem::Problem;
use super::request::{bearer, key, sound, whole};
use crate::config::settings::Scope;
use crate::engine::hear::Heard;
use crate::engine::once::Once;
use crate::engine::told::Told;

/// Takes a message in; what became of it.
pub(super) async fn tell(
    State(front): State<Front>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Heard>), Problem> {
    let bearer = bearer(&front, &headers, Scope::Messages)?;
    let (key, body) = (key(&headers)?, whole(body)?);
    let said = sound(&headers, &body, |told: &Told| front.engine.understood(told))?;
    let source = format!("the API, by {}", bearer.name);
    let once = Once { source: &source, key, body: &body };
    Ok((StatusCode::CREATED, Json(front.engine.tell(&said, once).await?)))
}
