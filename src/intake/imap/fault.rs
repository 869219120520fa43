//! What can go wrong with an IMAP server, and what to do about it, in words.
//!
//! A server's own words are shortened and cleaned; a mail's content and the
//! password never come into them.

use std::io;

use crate::engine::accept::Refused;

/// How much of a server's words is told.
const MAX_WORDS: usize = 200;

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("could not connect to {0}: {1}")]
    Connect(String, io::Error),
    #[error(
        "could not encrypt the connection to {0}: {1}; correct host and port, or name the private \
         authority's certificate with `ca`"
    )]
    Tls(String, io::Error),
    #[error("could not read the certificates in {0}: {1}")]
    Roots(String, String),
    #[error("the server offers no STARTTLS ({0}); set `tls` as the server has it")]
    NoStartTls(String),
    #[error("login as {0} was refused ({1}); correct user or password, it is tried again")]
    Login(String, String),
    #[error("could not open the folder {0} ({1}); correct `folders`, it is tried again")]
    Folder(String, String),
    #[error("the server refused {0} ({1})")]
    Refused(&'static str, String),
    #[error("the connection was lost: {0}")]
    Lost(String),
    #[error("the server did not answer in time")]
    Silent,
    #[error("the server said what is no IMAP")]
    Babble,
    #[error("{0}; the mails stay on the server and are tried again")]
    Store(#[source] Refused),
}

impl Fault {
    /// Whether only a person can mend it: trying often would not help, and
    /// might lock the account.
    pub(super) fn needs_a_person(&self) -> bool {
        matches!(
            self,
            Self::Login(..)
                | Self::Folder(..)
                | Self::Tls(..)
                | Self::Roots(..)
                | Self::NoStartTls(_)
        )
    }

    /// Whether the mail that was asked for may itself be the reason.
    pub(super) fn may_be_the_mail(&self) -> bool {
        matches!(self, Self::Refused(..) | Self::Babble | Self::Silent)
    }

    /// Whether the daemon is ending.
    pub(super) fn is_the_end(&self) -> bool {
        matches!(self, Self::Store(Refused::Closing))
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The parser's own errors quote what it could not read, which may
            // be somebody's mail.
            io::ErrorKind::Other => Self::Babble,
            kind => Self::Lost(kind.to_string()),
        }
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self::Store(refused)
    }
}

/// A server's words, fit for a log.
pub(super) fn words(text: Option<&str>) -> String {
    let clean: String = text
        .unwrap_or("it gave no reason")
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_WORDS)
        .collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_words_are_short_and_on_one_line() {
        assert_eq!(words(Some("bad\r\n\u{1b}[31m luck ")), "bad   [31m luck");
        assert_eq!(words(Some(&"x".repeat(9999))).len(), MAX_WORDS);
        assert_eq!(words(None), "it gave no reason");
    }

    #[test]
    fn what_the_parser_could_not_read_is_not_told() {
        let fault = Fault::from(io::Error::other("during parsing of \"dear Lena\""));
        assert_eq!(fault.to_string(), "the server said what is no IMAP");
    }
}
