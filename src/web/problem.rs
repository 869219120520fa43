//! What the API says when it does not do what was asked: problem details of RFC 9457,
//! with the fields that are wrong and what would be right.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::engine::Error;
use crate::engine::told::Unfit;

/// When to ask again while the store is full or fails, in seconds.
const LATER: HeaderValue = HeaderValue::from_static("30");

/// Something was not done, and nothing was changed.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Wrong>,
    #[serde(skip)]
    code: StatusCode,
}

/// What is wrong with one field.
#[derive(Debug, Serialize)]
struct Wrong {
    pointer: String,
    detail: String,
}

impl Problem {
    /// A problem, and what to do about it.
    pub(super) fn new(code: StatusCode, detail: impl Into<String>) -> Self {
        let title = code.canonical_reason().unwrap_or("Error");
        Self { title, status: code.as_u16(), detail: detail.into(), errors: Vec::new(), code }
    }

    /// Fields that make no sense.
    pub(super) fn unfit(wrong: Vec<Unfit>) -> Self {
        let pointer = |field: String| format!("#/{field}");
        let wrong = wrong.into_iter().map(|w| Wrong { pointer: pointer(w.field), detail: w.why });
        let what = "nothing was noted, because of the fields under `errors`";
        Self { errors: wrong.collect(), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, what) }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Unfit(wrong) => Self::unfit(wrong),
            Error::Illegal(illegal) => Self::new(StatusCode::CONFLICT, illegal.to_string()),
            another @ Error::AnothersJob(..) => {
                Self::new(StatusCode::CONFLICT, another.to_string())
            }
            Error::Store(error) => {
                tracing::error!("a request could not be kept; whoever asked keeps it: {error}");
                let what = "owed cannot write to its store at this moment, and nothing was \
                            noted: keep the request and send it again";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, what)
            }
            theirs if theirs.is_theirs() => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, theirs.to_string())
            }
            ours => {
                tracing::error!(error = %ours, "a request could not be followed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, ours.to_string())
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let code = self.code;
        let mut response = (code, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if code == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if code == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, LATER);
        }
        response
    }
}
