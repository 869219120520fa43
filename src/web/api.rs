//! The API: which routes there are, and the document that describes them all.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};

use super::request::LONGEST_BODY;
use super::{Front, jobs, leave, messages};

/// `OpenAPI` 3.1.
const DOCUMENT: &str = include_str!("../../config/openapi.json");

/// Everything below `/api/v1`.
pub(super) fn routes() -> Router<Front> {
    Router::new()
        .route("/api/v1/openapi.json", get(document))
        .route("/api/v1/people/{person}/leave", get(leave::leave))
        .route("/api/v1/messages", post(messages::tell))
        .route("/api/v1/jobs", post(jobs::tell))
        .route("/api/v1/jobs/{reference}", delete(jobs::cancel))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}

async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}
