//! "May I leave?" for doors, terminals and log-out scripts: JSON for a bearer token.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};

use super::Front;
use super::problem::Problem;
use super::request::bearer;
use crate::config::settings::Scope;
use crate::engine;
use crate::report::leave;
use crate::store;

/// Whether somebody may leave.
pub(super) async fn leave(
    State(front): State<Front>,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<Json<leave::Leave>, Problem> {
    bearer(&front, &headers, Scope::Leave)?;
    let found = answer(&front, &person).await.map_err(engine::Error::from)?;
    found.map(Json).ok_or_else(|| {
        let words = "nobody here is called that; ask by short name, number or address";
        Problem::new(StatusCode::NOT_FOUND, words)
    })
}

async fn answer(front: &Front, person: &str) -> store::Result<Option<leave::Leave>> {
    let policy = front.engine.policy();
    let Some(person) = policy.roster.person_called(person) else { return Ok(None) };
    let mut tx = front.engine.store().read().await?;
    leave::leave(&mut tx, &policy, person, front.engine.now()).await.map(Some)
}
