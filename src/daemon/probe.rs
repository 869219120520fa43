//! Tries what the configuration names outside and changes nothing there: each login, each
//! folder, the way out, and, where that is asked for, one mail.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::{World, outward, secret};
use crate::config::settings::{Deliver, Imap, Secret, Settings, Smtp};
use crate::domain::ids::{Address, Party};
use crate::intake::imap::{self, Mailbox, Pace};
use crate::mail::compose::{Hand, Headers, compose, message_id};
use crate::mail::{letter, typeset};
use crate::outbox::smtp::SmtpPool;
use crate::outbox::transport::{Outcome, Outgoing, Transport};
use crate::outbox::{Limits, Route};

/// Somebody waits for the answer: shorter than what the daemon grants.
const PATIENCE: Duration = Duration::from_secs(20);

/// What was tried, and why it did not work, if it did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// What.
    pub what: String,
    /// Why not, and what to do.
    pub fault: Option<String>,
}

impl Tried {
    /// Something that went well, or why not.
    pub fn new(what: String, went: Result<(), String>) -> Self {
        Self { what, fault: went.err() }
    }

    /// Whether it worked.
    pub fn is_well(&self) -> bool {
        self.fault.is_none()
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            None => write!(f, "ok      {}", self.what),
            Some(fault) => write!(f, "NOT OK  {}: {fault}", self.what),
        }
    }
}

/// How a secret is had.
pub type Secrets<'a> = &'a (dyn Fn(&Secret) -> Result<SecretString, String> + Sync);

/// As the daemon has them. What systemd hands only to the service is read where
/// `deploy/systemd/owed.service` has it from, in a folder beside the configuration; where a
/// unit has it from elsewhere, it is told how to ask in the service's place.
pub fn beside(config: &Path) -> impl Fn(&Secret) -> Result<SecretString, String> + Sync {
    let folder = config.parent().unwrap_or(Path::new("")).join("credentials");
    let as_service = "where the service has it: systemd-run --pipe --wait --property=";
    move |secret| {
        let found = secret::resolve(secret);
        match secret {
            Secret::Credential(name) => found.or_else(|_| {
                let file = folder.join(name.strip_prefix("owed_").unwrap_or(name));
                secret::resolve(&Secret::File(file)).map_err(|why| {
                    format!("{why}; {as_service}LoadCredential={name}:FILE owed doctor")
                })
            }),
            Secret::Env(_) => {
                found.map_err(|why| format!("{why}; {as_service}EnvironmentFile=FILE owed doctor"))
            }
            Secret::File(_) => found.map_err(|why| why.to_string()),
        }
    }
}

/// Tries every server and folder.
pub async fn servers(settings: &Settings, world: &World, secrets: Secrets<'_>) -> Vec<Tried> {
    let mut tried = Vec::new();
    for imap in &settings.imap {
        let what = format!("{} reads {}", imap.host, imap.user);
        tried.push(Tried::new(what, mailbox(settings, imap, world, secrets).await));
    }
    tried.push(match &settings.deliver {
        Deliver::Smtp(smtp) => {
            let went = match route(smtp, secrets) {
                Ok(route) => knock(route).await,
                Err(why) => Err(why),
            };
            Tried::new(format!("{}:{} takes owed's mails", smtp.host, smtp.port), went)
        }
        Deliver::Folder(folder) => {
            let made = std::fs::create_dir_all(&folder.path).map_err(|error| error.to_string());
            Tried::new(format!("{} takes owed's mails", folder.path.display()), made)
        }
    });
    tried
}

/// Sends one mail that says what it is.
pub async fn mail(settings: &Settings, world: &World, secrets: Secrets<'_>, to: &Address) -> Tried {
    let what = format!("a mail to {to} was taken");
    let Deliver::Smtp(smtp) = &settings.deliver else {
        let why = "there is no [deliver.smtp]: mails are only written to a folder";
        return Tried::new(what, Err(why.to_owned()));
    };
    Tried::new(what, send(smtp, world, secrets, to).await)
}

async fn mailbox(
    settings: &Settings,
    imap: &Imap,
    world: &World,
    secrets: Secrets<'_>,
) -> Result<(), String> {
    let random = Arc::clone(&world.random);
    let pace = Pace { connect: PATIENCE, answer: PATIENCE, ..Pace::default() };
    let mailbox = Mailbox {
        settings: imap.clone(),
        password: secrets(&imap.password)?,
        since: None,
        max_message: settings.max_message,
        pace,
        chance: Arc::new(move || random.fraction()),
    };
    imap::knock(&mailbox).await
}

fn route(smtp: &Smtp, secrets: Secrets<'_>) -> Result<Route, String> {
    let login = match &smtp.login {
        Some((user, secret)) => Some((user.clone(), secrets(secret)?)),
        None => None,
    };
    let limits = Limits { connect: PATIENCE, command: PATIENCE, dot: PATIENCE * 3 };
    Ok(Route { limits, ..outward::route(smtp, login) })
}

async fn knock(route: Route) -> Result<(), String> {
    SmtpPool::new(route).map_err(|error| error.to_string())?.knock().await
}

async fn send(
    smtp: &Smtp,
    world: &World,
    secrets: Secrets<'_>,
    to: &Address,
) -> Result<(), String> {
    let pool = SmtpPool::new(route(smtp, secrets)?).map_err(|error| error.to_string())?;
    let way = Transport::Smtp(pool);
    let mut seed = [0; 16];
    world.random.fill(&mut seed);
    let party = |address: &Address| Party { name: String::new(), address: address.clone() };
    let headers = Headers {
        from: party(&smtp.from),
        to: party(to),
        reply_to: None,
        date: world.clock.now(),
        message_id: message_id(&seed, "trial", smtp.from.domain()),
        thread: None,
        case: None,
        hand: Hand::Owed,
        leave: None,
    };
    let words = typeset::letter(&letter::trial()).map_err(|error| error.to_string())?;
    let bytes = compose(&words, &headers).map_err(|error| error.to_string())?;
    let message_id = headers.message_id;
    let mail = Outgoing { from: smtp.from.clone(), to: to.clone(), message_id, bytes };
    let outcome = way.send(&mail, PATIENCE * 4, async { Ok::<(), &str>(()) }).await;
    way.rest().await;
    match outcome {
        Outcome::Given => Ok(()),
        Outcome::Refused { reply, .. } => Err(format!("the server refused it: {reply}")),
        Outcome::NotGiven(why) | Outcome::Ambiguous(why) => Err(why),
    }
}
