//! Mails through a mail server: a few connections, and exact outcomes.
//!
//! MAIL, RCPT and DATA are said one by one, so that a refusal is known to be
//! one. The whole mail is on the wire before the caller records that the final
//! dot follows; from that dot on, only the server's reply tells what happened,
//! and nothing that goes wrong afterwards changes it. A connection that the
//! server dropped while it lay idle is replaced at no cost.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::connect::{Connected, NoTrust, Route, connect, trust};
use super::dialogue::{Broken, Reply, stuffed};
use super::transport::{Outcome, Outgoing, unrecorded};

/// For courtesies after an outcome is known: RSET, QUIT.
const COURTESY: Duration = Duration::from_secs(5);

/// A few connections to one server.
pub struct SmtpPool {
    route: Box<Route>,
    tls: Option<TlsConnector>,
    idle: Mutex<Vec<Connected>>,
    places: Semaphore,
}

impl std::fmt::Debug for SmtpPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpPool").field("route", &self.route).finish_non_exhaustive()
    }
}

/// How far a mail came before its content.
enum Opened {
    /// The server waits for the content.
    Ready(Connected),
    /// It will not come further.
    Ended(Outcome),
    /// The connection was dead before anything was said about this mail; how
    /// that ends where it had never been used.
    Stale(Outcome),
}

impl SmtpPool {
    /// A pool for `route`; nothing is connected before the first mail.
    pub fn new(route: Route) -> Result<Self, NoTrust> {
        let tls = trust(&route)?;
        let places = Semaphore::new(route.connections.max(1));
        Ok(Self { route: Box::new(route), tls, idle: Mutex::default(), places })
    }

    /// One attempt, no longer than `within`.
    pub(super) async fn send<E: Display>(
        &self,
        mail: &Outgoing,
        within: Duration,
        before_dot: impl Future<Output = Result<(), E>>,
    ) -> Outcome {
        let dotted = AtomicBool::new(false);
        match timeout(within, self.attempt(mail, before_dot, &dotted)).await {
            Ok(outcome) => outcome,
            Err(_) if dotted.load(Ordering::Relaxed) => Outcome::Ambiguous(overdue(within)),
            Err(_) => Outcome::NotGiven(overdue(within)),
        }
    }

    /// Says goodbye on every idle connection; whether it is heard is no matter.
    pub(super) async fn rest(&self) {
        let idle: Vec<Connected> = self.idle().drain(..).collect();
        for mut connected in idle {
            let _ = connected.dialogue.say("QUIT", COURTESY).await;
        }
    }

    async fn attempt<E: Display>(
        &self,
        mail: &Outgoing,
        before_dot: impl Future<Output = Result<(), E>>,
        dotted: &AtomicBool,
    ) -> Outcome {
        let Ok(_place) = self.places.acquire().await else {
            return Outcome::NotGiven("owed is shutting down".to_owned());
        };
        let mut connected = match self.open(mail).await {
            Ok(connected) => connected,
            Err(outcome) => return outcome,
        };
        let limits = self.route.limits;
        let content = stuffed(&mail.bytes);
        if let Err(broken) = connected.dialogue.write(&content, limits.dot).await {
            return Outcome::NotGiven(broken.to_string());
        }
        if let Err(error) = before_dot.await {
            return unrecorded(error);
        }
        dotted.store(true, Ordering::Relaxed);
        let reply = match connected.dialogue.write(b".\r\n", limits.command).await {
            Ok(()) => connected.dialogue.hear(limits.dot).await,
            Err(broken) => Err(broken),
        };
        self.conclude(reply, connected)
    }

    /// A connection on which DATA was accepted for this mail.
    async fn open(&self, mail: &Outgoing) -> Result<Connected, Outcome> {
        let idle = self.idle().pop();
        if let Some(connected) = idle {
            match self.announce(connected, mail).await {
                Opened::Ready(connected) => return Ok(connected),
                Opened::Ended(outcome) => return Err(outcome),
                // Its neighbours were idle for as long or longer.
                Opened::Stale(_) => self.idle().clear(),
            }
        }
        let fresh = connect(&self.route, self.tls.as_ref()).await.map_err(Outcome::NotGiven)?;
        match self.announce(fresh, mail).await {
            Opened::Ready(connected) => Ok(connected),
            Opened::Ended(outcome) | Opened::Stale(outcome) => Err(outcome),
        }
    }

    /// MAIL, RCPT, DATA. Only before anything was granted can a dead connection
    /// be told from a server that dislikes this mail.
    async fn announce(&self, mut connected: Connected, mail: &Outgoing) -> Opened {
        let limit = self.route.limits.command;
        let lines = match envelope(&connected.abilities, mail) {
            Ok(lines) => lines,
            Err(reply) => return Opened::Ended(Outcome::Refused { permanent: true, reply }),
        };
        for (step, line) in lines.iter().enumerate() {
            match connected.dialogue.say(line, limit).await {
                Err(broken @ Broken::Lost(_)) if step == 0 => {
                    return Opened::Stale(Outcome::NotGiven(broken.to_string()));
                }
                Ok(reply) if step == 0 && reply.code == 421 => {
                    return Opened::Stale(self.refused(&reply));
                }
                Err(broken) => return Opened::Ended(Outcome::NotGiven(broken.to_string())),
                Ok(reply) if reply.is_positive() || reply.code == 354 => {}
                Ok(reply) => {
                    let outcome = self.refused(&reply);
                    self.reset(connected, &reply).await;
                    return Opened::Ended(outcome);
                }
            }
        }
        Opened::Ready(connected)
    }

    /// What the reply to the final dot means; the connection serves again only
    /// after a plain yes or no.
    fn conclude(&self, reply: Result<Reply, Broken>, connected: Connected) -> Outcome {
        match reply {
            Ok(reply) if reply.is_positive() => {
                self.idle().push(connected);
                Outcome::Given
            }
            Ok(reply) if reply.code < 400 => Outcome::Ambiguous(reply.told()),
            Ok(reply) => {
                if reply.code != 421 {
                    self.idle().push(connected);
                }
                Outcome::Refused { permanent: reply.is_permanent(), reply: reply.told() }
            }
            Err(broken) => Outcome::Ambiguous(format!("the mail was sent whole, but {broken}")),
        }
    }

    /// A server that wants a login or TLS first has nothing against the mail.
    fn refused(&self, reply: &Reply) -> Outcome {
        if matches!(reply.code, 530 | 538) {
            let (host, words) = (&self.route.host, reply.told());
            return Outcome::NotGiven(format!(
                "{host} wants a login or TLS first: {words}; check user and tls in [deliver.smtp]"
            ));
        }
        if reply.code < 400 {
            return Outcome::NotGiven(format!("an unexpected reply: {}", reply.told()));
        }
        Outcome::Refused { permanent: reply.is_permanent(), reply: reply.told() }
    }

    /// Keeps a connection after a refusal, where it can be cleared for the next mail.
    async fn reset(&self, mut connected: Connected, reply: &Reply) {
        if reply.code == 421 {
            return;
        }
        if let Ok(cleared) = connected.dialogue.say("RSET", COURTESY).await
            && cleared.is_positive()
        {
            self.idle().push(connected);
        }
    }

    /// A list of connections is whole whatever a panicking thread did.
    fn idle(&self) -> MutexGuard<'_, Vec<Connected>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The three lines before the content. An [`Outgoing`]'s addresses hold neither
/// white space nor angle brackets, so that nothing can be said between them.
fn envelope(abilities: &[String], mail: &Outgoing) -> Result<[String; 3], String> {
    let able = |name: &str| abilities.iter().any(|ability| ability == name);
    let mut parameters = String::new();
    if !mail.from.as_str().is_ascii() || !mail.to.as_str().is_ascii() {
        if !able("SMTPUTF8") {
            return Err(format!("the server takes no address like {} (no SMTPUTF8)", mail.to));
        }
        parameters.push_str(" SMTPUTF8");
    }
    if !mail.bytes.is_ascii() && able("8BITMIME") {
        parameters.push_str(" BODY=8BITMIME");
    }
    let (from, to) = (&mail.from, &mail.to);
    Ok([format!("MAIL FROM:<{from}>{parameters}"), format!("RCPT TO:<{to}>"), "DATA".to_owned()])
}

fn overdue(within: Duration) -> String {
    format!("the attempt was not finished within {} s", within.as_secs_f32())
}
