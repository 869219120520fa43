//! The ways in that the configuration names.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::health::Seen;
use super::parts::{Key, Open, Part, Plan};
use super::passed::NotPassed;
use super::running::Ground;
use super::secret;
use crate::config::settings::{Imap, Maildir, Settings};
use crate::engine::accept::Proof;
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
    /// The socket that systemd passed is not the one that is wanted.
    #[error(transparent)]
    Passed(#[from] NotPassed),
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

/// Plans every way in.
pub(super) async fn plan(
    settings: &Settings,
    ground: &Ground,
    plan: &mut Plan<'_>,
) -> Result<(), NoWay> {
    lmtp(settings, ground, plan).await?;
    folders(settings, ground, plan);
    for (place, imap) in settings.imap.iter().enumerate() {
        mailbox((place, imap), settings, ground, plan)?;
    }
    Ok(())
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

async fn lmtp(settings: &Settings, ground: &Ground, plan: &mut Plan<'_>) -> Result<(), NoWay> {
    let Some(lmtp) = &settings.lmtp else { return Ok(()) };
    let key = Key::of(&(lmtp, settings.max_message), []);
    if plan.keeps(key) {
        return Ok(());
    }
    let place = lmtp.listen.as_deref();
    let open = ground.world.passed.lmtp(place)?.or_else(|| {
        plan.open().find_map(|open| match open {
            Open::Lmtp(listener) if Some(listener.place()) == place => Some(listener.clone()),
            _ => None,
        })
    });
    let listener = match open {
        Some(listener) => listener,
        None => Listener::bind(place.unwrap_or_default()).await?,
    };
    let mut part = plan.part(key, format!("lmtp {}", listener.place()));
    part.open = Some(Open::Lmtp(listener.clone()));
    let way = ground.way(&mut part, "lmtp".to_owned(), format!("lmtp {}", listener.place()));
    let terms = Terms { name: "owed".to_owned(), max_message: settings.max_message };
    part.does(listener.serve(terms, Limits::default(), proof(lmtp.vouched), way));
    plan.start(part);
    Ok(())
}

fn folders(settings: &Settings, ground: &Ground, plan: &mut Plan<'_>) {
    let Some(maildir) = &settings.maildir else { return };
    for (place, path) in maildir.paths.iter().enumerate() {
        let key = Key::of(&(path, maildir.vouched, settings.max_message), []);
        if plan.keeps(key) {
            continue;
        }
        let name = format!("maildir {}", path.display());
        let mut part = plan.part(key, name.clone());
        let way = ground.way(&mut part, format!("maildir-{}", place + 1), name);
        let folder = maildir::Folder {
            path: path.clone(),
            proof: if Maildir::is_sent(path) { Proof::Sent } else { proof(maildir.vouched) },
            keep: maildir::Keep::Leave,
            since: ground.since(),
            max_message: settings.max_message,
            sweep: maildir::SWEEP,
        };
        part.does(maildir::watch(folder, way));
        plan.start(part);
    }
}

fn mailbox(
    (place, imap): (usize, &Imap),
    settings: &Settings,
    ground: &Ground,
    plan: &mut Plan<'_>,
) -> Result<(), NoWay> {
    let password = secret::resolve(&imap.password).map_err(|error| NoWay::Secret {
        user: imap.user.clone(),
        host: imap.host.clone(),
        error,
    })?;
    let key = Key::of(&(imap, settings.max_message), [&password]);
    if plan.keeps(key) {
        return Ok(());
    }
    let random = Arc::clone(&ground.world.random);
    let chance: Chance = Arc::new(move || random.fraction());
    let mailbox = Arc::new(Mailbox {
        settings: imap.clone(),
        password,
        since: ground.since(),
        max_message: settings.max_message,
        pace: Pace::default(),
        chance,
    });
    let name = format!("imap {} on {}", imap.user, imap.host);
    let mut part = plan.part(key, name);
    for (side, folder, word) in
        [(Side::Inbox, &imap.inbox, "inbox"), (Side::Sent, &imap.sent, "sent")]
    {
        let label = format!("imap-{}-{word}", place + 1);
        let way = ground.way(&mut part, label, format!("imap {} {folder}", imap.user));
        part.does(imap::watch(Arc::clone(&mailbox), side, way));
    }
    plan.start(part);
    Ok(())
}

impl Ground {
    /// What a way in of `part` is given.
    fn way(&self, part: &mut Part, label: String, name: String) -> Way {
        let clock = Arc::clone(&self.world.clock);
        let now: Now = Arc::new(move || clock.now());
        let status = Status::default();
        part.ways.push(Seen { label, name, status: status.clone() });
        Way { acceptor: self.acceptor.clone(), now, stop: part.stop.clone(), status }
    }

    /// From when on mail is read that lay there before owed came.
    fn since(&self) -> Option<Timestamp> {
        self.world.clock.now().saturating_sub(LOOK_BACK).ok()
    }
}
