//! `POST /api/v1/jobs`: a job was done for a contact; the same reference again puts it
//! right. `DELETE /api/v1/jobs/{reference}`: there was none.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};

use super::Front;
use super::problem::Problem;
use super::request::{bearer, key, sound, whole};
use crate::config::settings::Scope;
use crate::domain::job::Reference;
use crate::engine::Error;
use crate::engine::once::{JobNoted, Once};
use crate::engine::told::ToldJob;

/// Why a job is taken back that another system cancels.
const CANCELLED: &str = "through the API";

/// Takes a job in.
pub(super) async fn tell(
    State(front): State<Front>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<JobNoted>), Problem> {
    let bearer = bearer(&front, &headers, Scope::Jobs)?;
    let (key, body) = (key(&headers)?, whole(body)?);
    let understood = |job: &ToldJob| front.engine.understood_job(job, &bearer.name);
    let told = sound(&headers, &body, understood)?;
    let once = Once { source: &bearer.name, key, body: &body };
    let noted = front.engine.tell_job(told, once).await?;
    let status = if noted.outcome == "new" { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(noted)))
}

/// Takes a job back.
pub(super) async fn cancel(
    State(front): State<Front>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<JobNoted>, Problem> {
    let bearer = bearer(&front, &headers, Scope::Jobs)?;
    let (source, by) = (bearer.name.clone(), bearer.name.as_str());
    let reference = Reference { source, name };
    match front.engine.cancel_job(&reference, by, CANCELLED).await {
        Ok((case, job)) => {
            let outcome = "cancelled".to_owned();
            Ok(Json(JobNoted { case: case.to_string(), job, outcome }))
        }
        Err(unknown @ Error::NoSuchJob(_)) => {
            Err(Problem::new(StatusCode::NOT_FOUND, unknown.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}
