//! The way out that the configuration names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use secrecy::SecretString;

use super::parts::{Key, Plan};
use super::running::Ground;
use super::{NoStart, secret};
use crate::config::settings::{Deliver, Mode, Settings, Smtp, Tls};
use crate::domain::ids::Party;
use crate::domain::policy::Policy;
use crate::outbox::courier::Courier;
use crate::outbox::folder::Folder;
use crate::outbox::smtp::SmtpPool;
use crate::outbox::stationery::Stationery;
use crate::outbox::transport::Transport;
use crate::outbox::{Limits, Route, Security};
use crate::pulse::Pulse;

/// How many connections to the mail server there may be at once.
const CONNECTIONS: usize = 4;

/// Plans what carries mails out. Where it is another than before, that one finishes the
/// mails it has in hand, under the same name in leases.
pub(super) fn plan(
    settings: &Settings,
    policy: &Policy,
    ground: &Ground,
    plan: &mut Plan<'_>,
) -> Result<(), NoStart> {
    let login = match &settings.deliver {
        Deliver::Smtp(Smtp { login: Some((user, secret)), .. }) => {
            Some((user.clone(), secret::resolve(secret)?))
        }
        _ => None,
    };
    let house = &policy.roster.organisation;
    let public_url = settings.web.as_ref().and_then(|web| web.public_url.clone());
    let key = Key::of(
        &(&settings.deliver, settings.mode, &public_url, house, &settings.templates),
        login.iter().map(|(_, password)| password),
    );
    if plan.keeps(key) {
        return Ok(());
    }
    let transport = match &settings.deliver {
        Deliver::Folder(folder) => into(&folder.path)?,
        Deliver::Smtp(_) if settings.mode == Mode::Shadow => into(&shadow(&settings.store))?,
        Deliver::Smtp(smtp) => Transport::Smtp(SmtpPool::new(route(smtp, login))?),
    };
    let courier = Courier {
        store: ground.engine.store().clone(),
        policy: ground.engine.in_force().clone(),
        stationery: Stationery {
            sender: Party {
                name: format!("owed, {house}"),
                address: settings.deliver.from().clone(),
            },
            key: ground.origin.key.clone(),
            keys: ground.origin.tokens.clone(),
            public_url,
            templates: settings.templates.clone(),
        },
        transport,
        holder: ground.holder.clone(),
        clock: Arc::clone(&ground.world.clock),
        random: Arc::clone(&ground.world.random),
        pulse: Pulse::default(),
    };
    let mut part = plan.part(key, "delivery".to_owned());
    // It has not begun, and does so at once.
    courier.pulse.beat(ground.world.clock.now(), SignedDuration::ZERO);
    part.outbox = Some(courier.pulse.clone());
    let (engine, stop) = (ground.engine.clone(), part.stop.clone());
    part.does(async move {
        if let Err(error) = courier.resume().await {
            tracing::error!("mails that were on their way wait for their leases to end: {error}");
        }
        courier.run(engine.outward(), engine.inward(), stop).await;
    });
    plan.start(part);
    Ok(())
}

/// A folder as a way out; it is made now, so that a wrong path is told now.
fn into(path: &Path) -> Result<Transport, NoStart> {
    let wrong = |error| NoStart::Folder { path: path.to_owned(), error };
    std::fs::create_dir_all(path).map_err(wrong)?;
    Ok(Transport::Folder(Folder::new(path)))
}

/// Where mails go in shadow mode: a folder beside the database.
fn shadow(store: &Path) -> PathBuf {
    store.with_file_name("shadow")
}

pub(super) fn route(smtp: &Smtp, login: Option<(String, SecretString)>) -> Route {
    Route {
        host: smtp.host.clone(),
        port: smtp.port,
        security: match smtp.tls {
            Tls::Implicit => Security::Implicit,
            Tls::StartTls => Security::StartTls,
            Tls::None => Security::None,
        },
        ca: smtp.ca.clone(),
        login,
        hello: smtp.from.domain().to_owned(),
        connections: CONNECTIONS,
        limits: Limits::default(),
    }
}
