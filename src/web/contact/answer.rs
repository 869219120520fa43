//! Whether all is well after a job: the question, the answer, the few questions after
//! it, and the wish not to be asked again.

use std::collections::BTreeMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::view::{heard, question, questions as asked, said, stop};
use super::visit::Visit;
use super::{broken, failed, open};
use crate::config::settings::{Asking, Question};
use crate::engine::check_in::{Heard, Said};
use crate::mail::link::Word;
use crate::mail::token::Purpose;
use crate::web::Front;

/// The longest text that is taken from a field.
const LONGEST: usize = 4_000;

/// What a form sends: q0, q1, …
type Fields = BTreeMap<String, String>;

/// Shows the question; changes nothing.
pub(super) async fn show(
    State(front): State<Front>,
    Path((token, word)): Path<(String, String)>,
) -> Response {
    let (visit, word) = match opened(&front, &token, &word).await {
        Ok(opened) => opened,
        Err(no) => return no,
    };
    match (word, visit.job()) {
        (Word::OptOut, _) => stop(&visit).with(StatusCode::OK),
        (_, Some(job)) => question(&visit, job, word).with(StatusCode::OK),
        (_, None) => broken(&front, StatusCode::NOT_FOUND),
    }
}

/// Records what was said. What asks for no more mails may come from a mail program, in
/// whatever form: RFC 8058, 3.2.
pub(super) async fn tell(
    State(front): State<Front>,
    Path((token, word)): Path<(String, String)>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Response {
    let _turn = front.turn.lock().await;
    let (visit, word) = match opened(&front, &token, &word).await {
        Ok(opened) => opened,
        Err(no) => return no,
    };
    if word == Word::OptOut {
        return match front.engine.opt_out(visit.case.number).await {
            Ok(()) => said(&visit, &visit.words.stopped, Vec::new()).with(StatusCode::OK),
            Err(error) => failed(&front, &error),
        };
    }
    let words = field(&fields.map(|Form(fields)| fields).unwrap_or_default(), 0);
    let fine = word == Word::Fine;
    match front.engine.contact_answers(visit.about(), &Said { fine, words }).await {
        Ok(Heard::Noted) => after(&front, &token, word).await,
        Ok(Heard::Before(_)) => match visit.job() {
            Some(job) => question(&visit, job, word).with(StatusCode::OK),
            None => broken(&front, StatusCode::NOT_FOUND),
        },
        Err(error) => failed(&front, &error),
    }
}

/// The case as it is after an answer, and what happens now.
async fn after(front: &Front, token: &str, word: Word) -> Response {
    let visit = match open(front, token, Purpose::CheckIn).await {
        Ok(visit) => visit,
        Err(no) => return no,
    };
    match visit.job() {
        Some(job) => heard(&visit, job, word, &front.questions).with(StatusCode::OK),
        None => broken(front, StatusCode::NOT_FOUND),
    }
}

/// Shows the questions behind a yes; changes nothing.
pub(super) async fn questions(State(front): State<Front>, Path(token): Path<String>) -> Response {
    match open(&front, &token, Purpose::CheckIn).await {
        Ok(visit) => asked(&visit, &front.questions).with(StatusCode::OK),
        Err(no) => no,
    }
}

/// Keeps what was answered to them, once.
pub(super) async fn survey(
    State(front): State<Front>,
    Path(token): Path<String>,
    fields: Form<Fields>,
) -> Response {
    let _turn = front.turn.lock().await;
    let visit = match open(&front, &token, Purpose::CheckIn).await {
        Ok(visit) => visit,
        Err(no) => return no,
    };
    let answers: Vec<(String, String)> = front
        .questions
        .iter()
        .enumerate()
        .map(|(place, question)| (question.text.clone(), answer(question, field(&fields, place))))
        .filter(|(_, answer)| !answer.is_empty())
        .collect();
    match keep(&front, &visit, &answers).await {
        Ok(()) => said(&visit, &visit.words.thanks, vec![visit.words.close_page.clone()])
            .with(StatusCode::OK),
        Err(error) => failed(&front, &error),
    }
}

async fn keep(
    front: &Front,
    visit: &Visit,
    answers: &[(String, String)],
) -> Result<(), crate::engine::Error> {
    let (case, job) = visit.about();
    let before = front.engine.store().read().await?.answers_about(case, job).await?;
    if !before.is_empty() {
        return Ok(());
    }
    front.engine.survey_answered((case, job), answers).await
}

async fn opened(front: &Front, token: &str, word: &str) -> Result<(Visit, Word), Response> {
    let Some(word) = Word::called(word) else {
        return Err(broken(front, StatusCode::NOT_FOUND));
    };
    let purpose = if word == Word::OptOut { Purpose::OptOut } else { Purpose::CheckIn };
    Ok((open(front, token, purpose).await?, word))
}

/// An answer as it is kept: one that was not offered is none.
fn answer(question: &Question, given: String) -> String {
    let offered = match &question.asking {
        Asking::Words => true,
        Asking::Choice(options) => options.contains(&given),
        Asking::Scale { .. } => ["1", "2", "3", "4", "5"].contains(&given.as_str()),
    };
    if offered { given } else { String::new() }
}

fn field(fields: &Fields, place: usize) -> String {
    let text = fields.get(&format!("q{place}")).map(String::as_str).unwrap_or_default();
    text.trim().chars().take(LONGEST).collect()
}
