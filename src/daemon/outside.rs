//! What monitoring asks: `/metrics`, `/healthz`, `/readyz`.
//!
//! They have a socket of their own, because the one for pages is what a proxy shows
//! to the world.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::figures::Figures;
use super::health::Health;
use super::parts::{Key, Plan};
use crate::config::settings::Settings;
use crate::web::serve::{Listener, NoListener};

/// As the text is read by whoever scrapes it.
const EXPOSITION: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Plans what monitoring asks.
pub(super) async fn plan(
    settings: &Settings,
    health: &Health,
    plan: &mut Plan<'_>,
) -> Result<(), NoListener> {
    let Some(listen) = &settings.metrics else { return Ok(()) };
    let key = Key::of(&("metrics", listen), []);
    if plan.keeps(key) {
        return Ok(());
    }
    let listener = Listener::bind(listen).await?;
    let mut part = plan.part(key, format!("metrics {listen}"));
    part.does(listener.serve(router(health.clone()), part.stop.clone()));
    plan.start(part);
    Ok(())
}

/// What answers monitoring.
fn router(health: Health) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .with_state(health)
}

async fn metrics(State(health): State<Health>) -> Response {
    let text = match Figures::of(&health).await {
        Ok(figures) => figures.exposition().map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match text {
        Ok(text) => ([(CONTENT_TYPE, EXPOSITION)], text).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn alive(State(health): State<Health>) -> (StatusCode, String) {
    match health.hung().await {
        None => (StatusCode::OK, "alive\n".to_owned()),
        Some(who) => (StatusCode::SERVICE_UNAVAILABLE, format!("{who} hangs\n")),
    }
}

async fn ready(State(health): State<Health>) -> (StatusCode, String) {
    let missing = health.unready().await;
    if missing.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", missing.join("\n")))
}
