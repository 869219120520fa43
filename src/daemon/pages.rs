//! Starts the pages and the API, where the configuration wants them.

use std::net::SocketAddr;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::secret;
use crate::config::settings::{Settings, Token};
use crate::engine::Engine;
use crate::mail::token::Keys;
use crate::web::serve::{Listener, NoListener};
use crate::web::{Bearer, Front};

/// Why the pages could not be started.
#[derive(Debug, thiserror::Error)]
pub enum NoPages {
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] NoListener),
    /// A token of the API could not be had.
    #[error("the token {name:?} of the API: {error}")]
    Secret {
        /// What it is called.
        name: String,
        /// What failed.
        error: secret::NoSecret,
    },
    /// A token of the API is empty: everybody would have it.
    #[error("the token {0:?} of the API is empty: put a long random text where it is found")]
    Empty(String),
}

/// Starts the pages as a task of `tasks`; where they listen.
pub(super) async fn start(
    settings: &Settings,
    engine: &Engine,
    keys: Keys,
    stop: &CancellationToken,
    tasks: &mut JoinSet<()>,
) -> Result<Option<SocketAddr>, NoPages> {
    let Some(web) = &settings.web else { return Ok(None) };
    let bearers = web.tokens.iter().map(bearer).collect::<Result<_, _>>()?;
    let listener = Listener::bind(&web.listen).await?;
    let address = listener.local_addr();
    tracing::info!(address = address.map(tracing::field::display), "pages are served");
    let mut front = Front::new(engine.clone(), keys, bearers);
    front.templates = settings.templates.clone();
    tasks.spawn(listener.serve(front, stop.clone()));
    Ok(address)
}

fn bearer(token: &Token) -> Result<Bearer, NoPages> {
    let name = token.name.clone();
    match secret::resolve(&token.secret) {
        Ok(found) if secret::is_blank(&found) => Err(NoPages::Empty(name)),
        Ok(secret) => Ok(Bearer { name, secret, scopes: token.scopes.clone() }),
        Err(error) => Err(NoPages::Secret { name, error }),
    }
}
