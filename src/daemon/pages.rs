//! The pages and the API, where the configuration wants them.

use super::parts::{Key, Open, Plan};
use super::passed::NotPassed;
use super::running::Ground;
use super::secret;
use crate::config::settings::{Settings, Token};
use crate::web::serve::{Listener, NoListener};
use crate::web::{Bearer, Front, router};

/// Why the pages could not be started.
#[derive(Debug, thiserror::Error)]
pub enum NoPages {
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] NoListener),
    /// The socket that systemd passed is not the one that is wanted.
    #[error(transparent)]
    Passed(#[from] NotPassed),
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

/// Plans the pages.
pub(super) async fn plan(
    settings: &Settings,
    ground: &Ground,
    plan: &mut Plan<'_>,
) -> Result<(), NoPages> {
    let Some(web) = &settings.web else { return Ok(()) };
    let bearers: Vec<Bearer> = web.tokens.iter().map(bearer).collect::<Result<_, _>>()?;
    let said = (web, &settings.templates, &settings.questions);
    let key = Key::of(&said, bearers.iter().map(|bearer| &bearer.secret));
    if plan.keeps(key) {
        return Ok(());
    }
    let (listen, passed) = (web.listen.as_deref(), &ground.world.passed);
    let open = passed.web(listen)?.or_else(|| {
        plan.open().find_map(|open| match open {
            Open::Pages(at, listener) if at.as_deref() == listen => Some(listener.clone()),
            _ => None,
        })
    });
    let listener = match open {
        Some(listener) => listener,
        None => Listener::bind(listen.unwrap_or_default()).await?,
    };
    let place = listener.local_addr().map_or_else(String::new, |address| address.to_string());
    let mut part = plan.part(key, format!("pages {place}"));
    part.open = Some(Open::Pages(web.listen.clone(), listener.clone()));
    let mut front = Front::new(ground.engine.clone(), ground.origin.tokens.clone(), bearers);
    front.templates = settings.templates.clone();
    front.questions = settings.questions.clone().into();
    let serve = listener.serve(router(front), part.stop.clone());
    part.does(async move {
        tracing::info!("pages are served on {place}");
        serve.await;
    });
    plan.start(part);
    Ok(())
}

fn bearer(token: &Token) -> Result<Bearer, NoPages> {
    let name = token.name.clone();
    match secret::resolve(&token.secret) {
        Ok(found) if secret::is_blank(&found) => Err(NoPages::Empty(name)),
        Ok(secret) => Ok(Bearer { name, secret, scopes: token.scopes.clone() }),
        Err(error) => Err(NoPages::Secret { name, error }),
    }
}
