//! What systemd is told: that owed is ready, how it is, that it still makes progress.
//!
//! The watchdog is fed here alone, and only while nobody hangs. Without systemd
//! nothing is told, and nothing is asked to tell it.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::figures::Figures;
use super::health::Health;
use crate::report::trouble;
use crate::store;

/// How long the start waits for ways in that do not answer.
const SETTLING: Duration = Duration::from_secs(30);

/// How often it is looked whether all have begun.
const LOOK: Duration = Duration::from_millis(50);

/// How often it is told how owed is, where there is no watchdog.
const USUALLY: Duration = Duration::from_mins(1);

/// Whether systemd wants to be told anything.
#[expect(clippy::disallowed_methods, reason = "systemd says in the environment where to tell it")]
pub(super) fn is_watched() -> bool {
    std::env::var("NOTIFY_SOCKET").is_ok()
}

/// Tells systemd, where there is one.
pub fn tell(news: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(news) {
        tracing::warn!("systemd could not be told how owed is: {error}");
    }
}

/// Says that owed is ready when all ways in were tried, and from then on how it is,
/// until `stop`.
pub(super) async fn watch(health: Health, stop: CancellationToken) {
    tokio::select! {
        () = keep_telling(&health) => {}
        () = stop.cancelled() => {}
    }
}

async fn keep_telling(health: &Health) {
    let begun = async {
        while !health.has_begun() {
            sleep(LOOK).await;
        }
    };
    let _late = tokio::time::timeout(SETTLING, begun).await;
    tell(&[NotifyState::Ready]);
    // Three meals for each that is due, so that one may be missed.
    let pause = sd_notify::watchdog_enabled().map_or(USUALLY, |due| due / 3);
    loop {
        let status = status(health).await;
        let status = status.unwrap_or_else(|error| format!("the store could not be read: {error}"));
        match health.hung().await {
            None => tell(&[NotifyState::Watchdog, NotifyState::Status(&status)]),
            Some(who) => {
                tracing::error!("{who} hangs, so systemd starts owed anew");
                tell(&[NotifyState::Status(&format!("{who} hangs"))]);
            }
        }
        sleep(pause).await;
    }
}

/// How owed is, and what somebody has to put right, in a line.
async fn status(health: &Health) -> store::Result<String> {
    let policy = health.engine.policy();
    let mut parts = vec![Figures::of(health).await?.in_a_line(&policy)];
    let mut tx = health.engine.store().read().await?;
    parts.extend(trouble::rows(&mut tx, &policy).await?.into_iter().map(|row| row.what));
    Ok(parts.join("; "))
}
