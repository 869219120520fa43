//! Starts the ways in that the configuration names.

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{World, secret};
use crate::config::settings::{Imap, Maildir, Settings};
use crate::engine::accept::{Acceptor, Proof};
use crate::engine::signed::Signatures;
#[cfg(feature = "dkim")]
use crate::intake::dkim;
use crate::intake::imap::{Mailbox, Pace, Side};
use crate::intake::lmtp::listener::{BindError, Limits, Listener};
use crate::intake::lmtp::session::Terms;
use crate::intake::{Chance, Now, Status, Way, imap, maildir, proof};

/// What lay in a mailbox before owed first saw it is read this far back.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Why a way in could not be started.
#[derive(Debug, thiserror::Error)]
pub enum NoWay {
    /// LMTP cannot listen.
    #[error(transparent)]
    Lmtp(#[from] BindError),
    /// The password of an IMAP mailbox could not be had.
    #[error("the mailbox {user} on {host}: {error}")]
    Secret {
        /// The login name.
        user: String,
        /// The server.
        host: String,
        /// What failed.
        error: secret::NoSecret,
    },
}

/// Starts every way in as a task of `tasks`; where LMTP listens.
pub(super) async fn start(
    settings: &Settings,
    acceptor: &Acceptor,
    world: &World,
    stop: &CancellationToken,
    tasks: &mut JoinSet<()>,
) -> Result<Option<SocketAddr>, NoWay> {
    let clock = Arc::clone(&world.clock);
    let now: Now = Arc::new(move || clock.now());
    let way = || Way {
        acceptor: acceptor.clone(),
        now: Arc::clone(&now),
        stop: stop.clone(),
        status: Status::default(),
    };
    let since = now().saturating_sub(LOOK_BACK).ok();
    let lmtp = lmtp(settings, way(), tasks).await?;
    for folder in folders(settings, since) {
        tasks.spawn(maildir::watch(folder, way()));
    }
    for imap in &settings.imap {
        let mailbox = mailbox(settings, imap, since, world)?;
        for side in [Side::Inbox, Side::Sent] {
            tasks.spawn(imap::watch(Arc::clone(&mailbox), side, way()));
        }
    }
    Ok(lmtp)
}

/// Who looks at signatures, where that is wanted and can be done.
#[cfg(feature = "dkim")]
pub(super) fn signatures(settings: &Settings) -> Option<Arc<dyn Signatures>> {
    if !settings.dkim {
        return None;
    }
    match dkim::Dns::of_this_machine() {
        Ok(dns) => Some(Arc::new(dkim::Dkim(dns))),
        Err(error) => {
            tracing::warn!(error, "no signature is believed: there is no DNS to ask");
            None
        }
    }
}

/// Nobody looks at signatures in an owed that was built without.
#[cfg(not(feature = "dkim"))]
pub(super) fn signatures(_: &Settings) -> Option<Arc<dyn Signatures>> {
    None
}

async fn lmtp(
    settings: &Settings,
    way: Way,
    tasks: &mut JoinSet<()>,
) -> Result<Option<SocketAddr>, NoWay> {
    let Some(lmtp) = &settings.lmtp else { return Ok(None) };
    let listener = Listener::bind(&lmtp.listen).await?;
    let address = listener.local_addr();
    let terms = Terms { name: "owed".to_owned(), max_message: settings.max_message };
    tasks.spawn(listener.serve(terms, Limits::default(), proof(lmtp.vouched), way));
    Ok(address)
}

fn folders(settings: &Settings, since: Option<Timestamp>) -> Vec<maildir::Folder> {
    let Some(maildir) = &settings.maildir else { return Vec::new() };
    let paths = maildir.paths.iter();
    paths
        .map(|path| maildir::Folder {
            path: path.clone(),
            proof: if Maildir::is_sent(path) { Proof::Sent } else { proof(maildir.vouched) },
            keep: maildir::Keep::Leave,
            since,
            max_message: settings.max_message,
            sweep: maildir::SWEEP,
        })
        .collect()
}

fn mailbox(
    settings: &Settings,
    imap: &Imap,
    since: Option<Timestamp>,
    world: &World,
) -> Result<Arc<Mailbox>, NoWay> {
    let password = secret::resolve(&imap.password).map_err(|error| NoWay::Secret {
        user: imap.user.clone(),
        host: imap.host.clone(),
        error,
    })?;
    let random = Arc::clone(&world.random);
    let chance: Chance = Arc::new(move || random.fraction());
    Ok(Arc::new(Mailbox {
        settings: imap.clone(),
        password,
        since,
        max_message: settings.max_message,
        pace: Pace::default(),
        chance,
    }))
}
