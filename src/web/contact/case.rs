//! A case on a page for its contact: who has it, by when they will hear, what was said,
//! and a field for what is still wrong.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::view::{case, said};
use super::visit::Visit;
use super::{failed, open};
use crate::engine::once::Once;
use crate::engine::told::Said;
use crate::mail::token::Purpose;
use crate::mail::transcript;
use crate::report::transcript::read;
use crate::store;
use crate::web::Front;

/// The longest text that is taken.
const LONGEST: usize = 4_000;

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    q0: String,
}

/// Shows it; changes nothing.
pub(super) async fn show(State(front): State<Front>, Path(token): Path<String>) -> Response {
    match open(&front, &token, Purpose::Page).await {
        Ok(visit) => shown(&front, &visit, None).await,
        Err(no) => no,
    }
}

/// Takes in what is still wrong, as a message of the contact's.
pub(super) async fn write(
    State(front): State<Front>,
    Path(token): Path<String>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Response {
    let _turn = front.turn.lock().await;
    let visit = match open(&front, &token, Purpose::Page).await {
        Ok(visit) => visit,
        Err(no) => return no,
    };
    let text = fields.map(|Form(fields)| fields.q0).unwrap_or_default();
    let text: String = text.trim().chars().take(LONGEST).collect();
    if text.is_empty() {
        return shown(&front, &visit, Some(&visit.words.say_something)).await;
    }
    let told = Said::on_page(visit.case.number, text, visit.now);
    let once = Once { source: "the page of their case", key: None, body: &[] };
    match front.engine.tell(&told, once).await {
        Ok(_) => {
            let lines = vec![visit.words.close_page.clone()];
            said(&visit, &visit.words.received, lines).with(StatusCode::OK)
        }
        Err(error) => failed(&front, &error),
    }
}

async fn shown(front: &Front, visit: &Visit, wrong: Option<&str>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    match words(front, visit).await {
        Ok(all) => case(visit, all, wrong).with(status),
        Err(error) => failed(front, &error),
    }
}

async fn words(front: &Front, visit: &Visit) -> store::Result<Vec<transcript::Said>> {
    let mut tx = front.engine.store().read().await?;
    let found = read(&mut tx, visit.case.number).await?;
    Ok(found.map(|found| found.said(&visit.policy, visit.words)).unwrap_or_default())
}
