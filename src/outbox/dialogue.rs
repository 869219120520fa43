//! One connection to a mail server: a question out, a reply in, nothing decided.
//!
//! lettre speaks. Every step has a hard time limit for the whole of it, so that
//! a server that drips one byte a second costs no more than a silent one. What a
//! reply means for a mail is not known here: that is `smtp`'s.

use std::error::Error as _;
use std::fmt::Display;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::{ClientId, Extension};
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use super::wire::{Stream, Tap, Wire};

/// What a server said: the code and the words, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) told: String,
}

impl Reply {
    /// A server's words go to logs and pages: without control characters, and
    /// not endless.
    fn new(code: u16, words: &str) -> Self {
        let tame = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1000);
        let told = format!("{code} {}", tame.collect::<String>().trim());
        Self { code, told: told.trim_end().to_owned() }
    }

    /// A reply that lettre cannot read: a bare code, or one such as 571.
    fn odd(line: &str) -> Option<Self> {
        let (code, words) = line.trim_end().split_at_checked(3)?;
        let code = code.parse().ok().filter(|code| (200..600).contains(code))?;
        (words.is_empty() || words.starts_with(' ')).then(|| Self::new(code, words))
    }

    pub(super) fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    pub(super) fn is_permanent(&self) -> bool {
        (500..600).contains(&self.code)
    }
}

/// A connection, each step of which takes no longer than `limit`. Where no reply
/// came, the error says so in words.
pub(super) struct Dialogue {
    smtp: Box<AsyncSmtpConnection>,
    tap: Tap,
    limit: Duration,
}

impl Dialogue {
    /// Hears the greeting and says EHLO.
    pub(super) async fn begin<S: Stream>(
        wire: Wire<S>,
        hello: &str,
        limit: Duration,
    ) -> Result<Self, String> {
        let tap = wire.tap();
        let hello = ClientId::Domain(hello.to_owned());
        let begun = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello);
        let begun = Box::pin(begun);
        let none = Tap::default();
        let smtp = heard(limit, &none, begun).await?.map_err(|reply| reply.told)?;
        Ok(Self { smtp: Box::new(smtp), tap, limit })
    }

    /// Whether the server said that it can do this.
    pub(super) fn offers(&self, extension: Extension) -> bool {
        self.smtp.server_info().supports_feature(extension)
    }

    /// Whether the server offers a way to log in that lettre knows.
    pub(super) fn offers_login(&self) -> bool {
        self.smtp.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_some()
    }

    /// Logs in.
    pub(super) async fn log_in(&mut self, secret: &Credentials) -> Result<Reply, String> {
        let answered = self.smtp.auth(DEFAULT_MECHANISMS, secret);
        heard(self.limit, &Tap::default(), answered).await.map(in_words)
    }

    /// Says a command and hears the reply.
    pub(super) async fn say(&mut self, command: impl Display) -> Result<Reply, String> {
        heard(self.limit, &self.tap, self.smtp.command(command)).await.map(in_words)
    }

    /// Sends a mail's content, in which lines end in CRLF only, with the final dot,
    /// and hears the reply.
    pub(super) async fn give(&mut self, content: &[u8], limit: Duration) -> Result<Reply, String> {
        self.tap.undot();
        heard(limit, &self.tap, self.smtp.message(content)).await.map(in_words)
    }

    /// Knows whether the final dot may have been sent, also after the dialogue ended.
    pub(super) fn tap(&self) -> Tap {
        self.tap.clone()
    }
}

/// To lettre a refusal is an error, and an odd code no reply; here both are
/// replies as any other. `tap` is empty where lettre may have said QUIT since.
async fn heard<T>(
    limit: Duration,
    tap: &Tap,
    step: impl Future<Output = Result<T, Error>>,
) -> Result<Result<T, Reply>, String> {
    let error = match timeout(limit, step).await {
        Ok(Ok(done)) => return Ok(Ok(done)),
        Ok(Err(error)) => error,
        Err(_) => {
            let limit = limit.as_secs_f32();
            return Err(format!("the mail server did not answer within {limit} s"));
        }
    };
    let told = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    if let Some(code) = error.status() {
        return Ok(Err(Reply::new(code.into(), &told)));
    }
    match tap.line().filter(|_| error.is_response()) {
        None => Err(format!("the connection to the mail server broke: {told}")),
        Some(line) => Reply::odd(&line)
            .map(Err)
            .ok_or_else(|| format!("what answers there does not speak SMTP: it said {line:?}")),
    }
}

fn in_words(answered: Result<Response, Reply>) -> Reply {
    answered.map_or_else(
        |refusal| refusal,
        |yes| Reply::new(yes.code().into(), &yes.message().collect::<Vec<_>>().join(" ")),
    )
}
