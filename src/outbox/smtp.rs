//! Mails through a mail server: a few connections, and exact outcomes.
//!
//! MAIL, RCPT and DATA are said one by one, so that a refusal is known to be
//! one. lettre sends content and final dot in one call, so the caller records
//! before the content that the dot follows. From the dot on, only the server's
//! reply tells what happened, and nothing that goes wrong afterwards changes it.
//! A connection that the server dropped while it lay idle is replaced at no cost.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::connect::{NoTrust, Route, connect, trust};
use super::dialogue::{Dialogue, Reply};
use super::transport::{Outcome, Outgoing, unrecorded};
use super::wire::Tap;
use crate::domain::ids::Address;

/// For courtesies after an outcome is known: RSET, QUIT.
const COURTESY: Duration = Duration::from_secs(5);

/// A few connections to one server.
pub struct SmtpPool {
    route: Box<Route>,
    tls: Option<TlsConnector>,
    idle: Mutex<Vec<Dialogue>>,
    places: Semaphore,
}

impl std::fmt::Debug for SmtpPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpPool").field("route", &self.route).finish_non_exhaustive()
    }
}

/// A mail that came no further than before its content.
struct Stopped {
    outcome: Outcome,
    /// Whether the connection was dead before anything was granted to this mail,
    /// which is nobody's fault where it had lain idle.
    stale: bool,
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
        let giving = OnceLock::new();
        let told = format!("the attempt was not finished within {} s", within.as_secs_f32());
        match timeout(within, self.attempt(mail, before_dot, &giving)).await {
            Ok(outcome) => outcome,
            Err(_) if giving.get().is_some_and(Tap::is_dotted) => Outcome::Ambiguous(told),
            Err(_) => Outcome::NotGiven(told),
        }
    }

    /// Connects and logs in, and sends nothing. Why that failed, in words.
    pub async fn knock(&self) -> Result<(), String> {
        let mut dialogue = connect(&self.route, self.tls.as_ref()).await?;
        let _unheard = timeout(COURTESY, dialogue.say(Quit)).await;
        Ok(())
    }

    /// Says goodbye on every idle connection; whether it is heard is no matter.
    pub(super) async fn rest(&self) {
        let idle: Vec<Dialogue> = self.idle().drain(..).collect();
        for mut dialogue in idle {
            let _ = timeout(COURTESY, dialogue.say(Quit)).await;
        }
    }

    async fn attempt<E: Display>(
        &self,
        mail: &Outgoing,
        before_dot: impl Future<Output = Result<(), E>>,
        giving: &OnceLock<Tap>,
    ) -> Outcome {
        let Ok(_place) = self.places.acquire().await else {
            return Outcome::NotGiven("owed is shutting down".to_owned());
        };
        let mut dialogue = match self.open(mail).await {
            Ok(dialogue) => dialogue,
            Err(outcome) => return outcome,
        };
        let content = in_lines(&mail.bytes);
        if let Err(error) = before_dot.await {
            return unrecorded(error);
        }
        let tap = giving.get_or_init(|| dialogue.tap());
        let reply = dialogue.give(&content, self.route.limits.dot).await;
        match reply {
            Ok(reply) => self.conclude(reply, dialogue),
            Err(broken) if tap.is_dotted() => {
                Outcome::Ambiguous(format!("the mail was sent whole, but {broken}"))
            }
            Err(broken) => Outcome::NotGiven(broken),
        }
    }

    /// A connection on which DATA was accepted for this mail.
    async fn open(&self, mail: &Outgoing) -> Result<Dialogue, Outcome> {
        let idle = self.idle().pop();
        if let Some(used) = idle {
            match self.announce(used, mail).await {
                // Its neighbours were idle for as long or longer.
                Err(stopped) if stopped.stale => self.idle().clear(),
                announced => return announced.map_err(|stopped| stopped.outcome),
            }
        }
        let fresh = connect(&self.route, self.tls.as_ref()).await.map_err(Outcome::NotGiven)?;
        self.announce(fresh, mail).await.map_err(|stopped| stopped.outcome)
    }

    /// MAIL, RCPT, DATA. Only before anything was granted can a dead connection
    /// be told from a server that dislikes this mail.
    async fn announce(&self, mut dialogue: Dialogue, mail: &Outgoing) -> Result<Dialogue, Stopped> {
        let commands = envelope(&dialogue, mail).map_err(|reply| Stopped {
            outcome: Outcome::Refused { permanent: true, reply },
            stale: false,
        })?;
        for (step, (command, good)) in commands.iter().zip([2, 2, 3]).enumerate() {
            let (outcome, stale) = match dialogue.say(command).await {
                Ok(reply) if reply.code / 100 == good => continue,
                Ok(reply) => {
                    let outcome = self.refused(&reply);
                    self.reset(dialogue, &reply).await;
                    (outcome, reply.code == 421)
                }
                Err(broken) => (Outcome::NotGiven(broken), true),
            };
            return Err(Stopped { outcome, stale: stale && step == 0 });
        }
        Ok(dialogue)
    }

    /// What the reply to the final dot means; the connection serves again only
    /// after a plain yes or no.
    fn conclude(&self, reply: Reply, dialogue: Dialogue) -> Outcome {
        if reply.code < 400 && !reply.is_positive() {
            return Outcome::Ambiguous(reply.told);
        }
        if reply.code != 421 {
            self.idle().push(dialogue);
        }
        if reply.is_positive() {
            return Outcome::Given;
        }
        Outcome::Refused { permanent: reply.is_permanent(), reply: reply.told }
    }

    /// A server that wants a login or TLS first has nothing against the mail.
    fn refused(&self, reply: &Reply) -> Outcome {
        if matches!(reply.code, 530 | 538) {
            let (host, words) = (&self.route.host, &reply.told);
            return Outcome::NotGiven(format!(
                "{host} wants a login or TLS first: {words}; check user and tls in [deliver.smtp]"
            ));
        }
        if reply.code < 400 {
            return Outcome::NotGiven(format!("an unexpected reply: {}", reply.told));
        }
        Outcome::Refused { permanent: reply.is_permanent(), reply: reply.told.clone() }
    }

    /// Keeps a connection after a refusal, where it can be cleared for the next mail.
    async fn reset(&self, mut dialogue: Dialogue, reply: &Reply) {
        if reply.code == 421 || reply.code < 400 {
            return;
        }
        if let Ok(Ok(cleared)) = timeout(COURTESY, dialogue.say(Rset)).await
            && cleared.is_positive()
        {
            self.idle().push(dialogue);
        }
    }

    /// A list of connections is whole whatever a panicking thread did.
    fn idle(&self) -> MutexGuard<'_, Vec<Dialogue>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The three commands before the content.
fn envelope(dialogue: &Dialogue, mail: &Outgoing) -> Result<[String; 3], String> {
    let mut parameters = Vec::new();
    if !mail.from.as_str().is_ascii() || !mail.to.as_str().is_ascii() {
        if !dialogue.offers(Extension::SmtpUtfEight) {
            return Err(format!("the server takes no address like {} (no SMTPUTF8)", mail.to));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !mail.bytes.is_ascii() && dialogue.offers(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(Some(unjudged(&mail.from)), parameters);
    let recipient = Rcpt::new(unjudged(&mail.to), Vec::new());
    Ok([sender.to_string(), recipient.to_string(), Data.to_string()])
}

/// Whether an address is one is the server's to say; ours hold neither white space
/// nor angle brackets, so that nothing can be said between them.
fn unjudged(address: &Address) -> lettre::Address {
    lettre::Address::new_dangerous(address.local_part(), address.domain())
}

/// The content as lettre wants it: lines end in CRLF only, for a stray CR or LF
/// might end one to a lenient server and hide a dot from lettre; and the last one
/// is left open, for lettre ends it.
fn in_lines(mail: &[u8]) -> Vec<u8> {
    let mail = mail.strip_suffix(b"\n").unwrap_or(mail);
    let line = |line: &[u8]| line.iter().copied().filter(|&b| b != b'\r').collect();
    mail.split(|&b| b == b'\n').map(line).collect::<Vec<Vec<u8>>>().join(&b"\r\n"[..])
}

#[cfg(test)]
mod tests {
    use super::in_lines;

    #[test]
    fn lines_end_in_crlf_only_and_the_last_one_is_open() {
        for (mail, content) in [
            ("a\r\n.\r\nb\r\n", "a\r\n.\r\nb"),
            (".\n..x\nend", ".\r\n..x\r\nend"),
            ("a\rb\r\r\n", "ab"),
            ("\r.", "."),
            ("a\r\n\r\n", "a\r\n"),
            ("", ""),
        ] {
            assert_eq!(in_lines(mail.as_bytes()), content.as_bytes(), "{mail:?}");
        }
    }
}
