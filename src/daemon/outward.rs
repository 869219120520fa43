//! The way out that the configuration names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;

use super::origin::Origin;
use super::{NoStart, World, secret};
use crate::config::settings::{Deliver, Mode, Settings, Smtp, Tls};
use crate::domain::ids::Party;
use crate::domain::policy::InForce;
use crate::outbox::courier::Courier;
use crate::outbox::folder::Folder;
use crate::outbox::smtp::SmtpPool;
use crate::outbox::stationery::Stationery;
use crate::outbox::transport::Transport;
use crate::outbox::{Limits, Route, Security};
use crate::store::Store;

/// How many connections to the mail server there may be at once.
const CONNECTIONS: usize = 4;

/// What carries mails out, as the configuration says.
pub(super) fn courier(
    settings: &Settings,
    policy: &InForce,
    store: &Store,
    world: &World,
    origin: &Origin,
) -> Result<Courier, NoStart> {
    let (from, transport) = match &settings.deliver {
        Deliver::Folder(folder) => (&folder.from, into(&folder.path)?),
        Deliver::Smtp(smtp) if settings.mode == Mode::Shadow => {
            (&smtp.from, into(&shadow(&settings.store))?)
        }
        Deliver::Smtp(smtp) => {
            let login = match &smtp.login {
                Some((user, secret)) => Some((user.clone(), secret::resolve(secret)?)),
                None => None,
            };
            (&smtp.from, Transport::Smtp(SmtpPool::new(route(smtp, login))?))
        }
    };
    let name = format!("owed, {}", policy.get().roster.organisation);
    let mut holder = [0; 12];
    world.random.fill(&mut holder);
    Ok(Courier {
        store: store.clone(),
        policy: policy.clone(),
        stationery: Stationery {
            sender: Party { name, address: from.clone() },
            key: origin.key.clone(),
            keys: origin.tokens.clone(),
            public_url: settings.web.as_ref().and_then(|web| web.public_url.clone()),
            templates: settings.templates.clone(),
        },
        transport,
        holder: data_encoding::HEXLOWER.encode(&holder),
        clock: Arc::clone(&world.clock),
        random: Arc::clone(&world.random),
    })
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
