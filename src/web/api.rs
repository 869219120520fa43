//! The API: which routes there are, and the document that describes them all.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{any, delete, get, post};

use super::problem::Problem;
use super::request::LONGEST_BODY;
use super::{Front, concern, jobs, leave, messages};

/// `OpenAPI` 3.1.
const DOCUMENT: &str = include_str!("../../config/openapi.json");

/// Everything below `/api`, and that itself.
pub(super) fn routes() -> Router<Front> {
    Router::new()
        .route("/api/v1/openapi.json", get(document))
        .route("/api/v1/people/{person}/leave", get(leave::leave))
        .route("/api/v1/messages", post(messages::tell))
        .route("/api/v1/concerns", post(concern::tell))
        .route("/api/v1/jobs", post(jobs::tell))
        .route("/api/v1/jobs/{reference}", delete(jobs::cancel))
        .method_not_allowed_fallback(no_such_method)
        .route("/api", any(nothing_there))
        .route("/api/", any(nothing_there))
        .route("/api/{*anywhere}", any(nothing_there))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}

async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}

/// The header Allow, which names the others, is there already.
async fn no_such_method() -> Problem {
    let what = "that method is not for this address; the header Allow names those that are, \
                and /api/v1/openapi.json says what they do";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, what)
}

async fn nothing_there() -> Problem {
    let what = "there is nothing at this address; /api/v1/openapi.json describes all there is";
    Problem::new(StatusCode::NOT_FOUND, what)
}
