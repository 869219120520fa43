//! A house with real mail servers: Postfix in front, Dovecot behind it.
//!
//! Both run on free ports of the loopback interface, from a temporary folder,
//! beside whatever the machine itself runs, and end with the test. Everybody
//! in [`PEOPLE`] has an inbox and a Sent folder in `Dovecot`; Postfix hands
//! owed its copies (see [`postfix`]). Waiting for them is polling with a
//! deadline: they are somebody else's programs and say nothing when they are
//! done.

mod browser;
mod certificate;
mod dovecot;
mod maildir;
mod postfix;
mod presence;
mod process;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use lettre::transport::smtp::authentication::Credentials;
use tempfile::TempDir;

pub(crate) use self::browser::Browser;
pub(crate) use self::dovecot::PASSWORD;
pub(crate) use self::maildir::Maildir;
pub(crate) use self::presence::{BROWSER, DOVECOT, SERVERS, required_or_left_out};
pub(crate) use self::process::patiently;

use self::certificate::Certificate;
use self::dovecot::Dovecot;
use self::postfix::Postfix;

/// Who has a mailbox here. The last one is a customer.
pub(crate) const PEOPLE: [&str; 5] = [
    "ana@brook.example",
    "ben@brook.example",
    "marta@brook.example",
    "help@brook.example",
    "clara@customer.example",
];

/// Addresses that Postfix takes mail for and Dovecot does not know: the one of
/// owed, and one whose mail bounces.
const BEYOND: [&str; 2] = ["owed@brook.example", "gone@customer.example"];

/// The running house. Ended, with all its processes and files, when dropped.
#[derive(Debug)]
pub(crate) struct Peers {
    // The order in which they end.
    postfix: Postfix,
    dovecot: Dovecot,
    certificate: Certificate,
    dir: TempDir,
}

impl Peers {
    /// Starts everything and waits until it answers.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("owed-peers-").tempdir()?;
        // Both servers give up their rights and have to find their way all the same.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755))?;
        let certificate = Certificate::make(dir.path())?;
        let dovecot = Dovecot::start(&dir.path().join("dovecot"), &certificate, &PEOPLE)?;
        let addresses = [&PEOPLE[..], &BEYOND[..]].concat();
        let postfix =
            Postfix::start(&dir.path().join("postfix"), &certificate, &dovecot, &addresses)?;
        Ok(Self { postfix, dovecot, certificate, dir })
    }

    /// The folder that everything lives in.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The certificate of the authority that vouches for both, in PEM.
    pub(crate) fn ca_pem(&self) -> &Path {
        &self.certificate.ca
    }

    /// Where Dovecot speaks IMAP, with TLS from the first byte.
    pub(crate) fn imap_port(&self) -> u16 {
        self.dovecot.imaps.number
    }

    /// Where Postfix speaks SMTP, with STARTTLS.
    pub(crate) fn smtp_port(&self) -> u16 {
        self.postfix.smtp.number
    }

    /// Where Postfix looks for owed by LMTP. It keeps what nobody takes and
    /// tries again every second or two.
    pub(crate) fn owed_port(&self) -> u16 {
        self.postfix.owed.number
    }

    /// What came for `address`.
    pub(crate) fn inbox(&self, address: &str) -> Maildir {
        Maildir(self.dovecot.home(address))
    }

    /// What `address` sent, as far as a mail program has put it there.
    pub(crate) fn sent(&self, address: &str) -> Maildir {
        Maildir(self.dovecot.home(address).join(".Sent"))
    }

    /// Sends one mail through Postfix, which knows nothing of who does.
    pub(crate) fn send(&self, from: &str, to: &str, raw: &[u8]) -> anyhow::Result<()> {
        self.postfix.send((from, to), None, raw)
    }

    /// Sends one mail through Postfix, logged in as `from`; Postfix vouches for
    /// it as `mx.brook.example`.
    pub(crate) fn submit(&self, from: &str, to: &str, raw: &[u8]) -> anyhow::Result<()> {
        let login = Credentials::new(from.to_owned(), PASSWORD.to_owned());
        self.postfix.send((from, to), Some(login), raw)
    }

    /// What Postfix still holds, one object a line.
    pub(crate) fn queue(&self) -> anyhow::Result<String> {
        self.postfix.queue()
    }

    /// Puts a mail into the Sent folder of `address` by IMAP.
    pub(crate) fn append_to_sent(&self, address: &str, raw: &[u8]) -> anyhow::Result<()> {
        self.dovecot.append(&self.certificate.roots, address, "Sent", raw)
    }
}
