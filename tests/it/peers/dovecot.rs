//! A real Dovecot: IMAPS and LMTP for people from a passwd file, in Maildirs.
//!
//! Its two lines of releases speak two configuration languages; both are here.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::certificate::Certificate;
use super::process::{Daemon, Port};

/// The whole password of everybody in here.
pub(crate) const PASSWORD: &str = "correct horse";

/// A running Dovecot.
#[derive(Debug)]
pub(crate) struct Dovecot {
    /// Where it speaks IMAP, with TLS from the first byte.
    pub(crate) imaps: Port,
    /// Where it takes mail by LMTP.
    pub(crate) lmtp: Port,
    /// Where it tells Postfix whether a password is right.
    pub(crate) auth: PathBuf,
    mail: PathBuf,
    _daemon: Daemon,
}

impl Dovecot {
    /// Starts one in `dir` that serves `addresses`.
    pub(crate) fn start(
        dir: &Path,
        certificate: &Certificate,
        addresses: &[&str],
    ) -> anyhow::Result<Self> {
        let (imaps, lmtp) = (Port::take()?, Port::take()?);
        let mail = dir.join("mail");
        for folder in ["run", "state", "mail"] {
            fs::create_dir_all(dir.join(folder))?;
        }
        // Mail belongs to nobody, who has to be let in to write it.
        fs::set_permissions(&mail, fs::Permissions::from_mode(0o777))?;
        let users: Vec<_> =
            addresses.iter().map(|who| format!("{who}:{PASSWORD}::::::\n")).collect();
        fs::write(dir.join("users"), users.concat())?;

        let config = dir.join("dovecot.conf");
        let own = if version()?.starts_with("2.3.") { BEFORE_2_4 } else { SINCE_2_4 };
        let text = format!("{own}{ALWAYS}")
            .replace("@dir@", &dir.display().to_string())
            .replace("@certificate@", &certificate.server.display().to_string())
            .replace("@key@", &certificate.key.display().to_string())
            .replace("@imaps@", &imaps.number.to_string())
            .replace("@lmtp@", &lmtp.number.to_string());
        fs::write(&config, text)?;

        let command = ["dovecot", "-F", "-c", &config.display().to_string()];
        let daemon = Daemon::start(&command, &dir.join("log"))?;
        daemon.answers_on(&[imaps.number, lmtp.number])?;
        Ok(Self { imaps, lmtp, auth: dir.join("auth"), mail, _daemon: daemon })
    }

    /// Where the mail of `address` lies: its inbox, and other folders inside it.
    pub(crate) fn home(&self, address: &str) -> PathBuf {
        self.mail.join(address)
    }

    /// Puts a mail into a folder by IMAP, as a mail program does after sending.
    pub(crate) fn append(
        &self,
        trust: &RootCertStore,
        address: &str,
        folder: &str,
        raw: &[u8],
    ) -> anyhow::Result<()> {
        let mut imap = Imap::connect(self.imaps.number, trust)?;
        imap.ask(&format!("LOGIN \"{address}\" \"{PASSWORD}\""))?;
        imap.ask_with(&format!("APPEND \"{folder}\" (\\Seen)"), raw)?;
        imap.ask("LOGOUT")
    }
}

/// As much of an IMAP client as putting a mail into a folder takes.
struct Imap {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
}

impl Imap {
    fn connect(port: u16, trust: &RootCertStore) -> anyhow::Result<Self> {
        let config =
            ClientConfig::builder().with_root_certificates(trust.clone()).with_no_client_auth();
        let session = ClientConnection::new(Arc::new(config), "localhost".try_into()?)?;
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        let mut imap = Self { stream: BufReader::new(StreamOwned::new(session, socket)) };
        imap.line_that_starts_with("* OK")?;
        Ok(imap)
    }

    fn ask(&mut self, command: &str) -> anyhow::Result<()> {
        self.say(&format!("a {command}\r\n"))?;
        self.line_that_starts_with("a OK")
    }

    fn ask_with(&mut self, command: &str, literal: &[u8]) -> anyhow::Result<()> {
        self.say(&format!("a {command} {{{}}}\r\n", literal.len()))?;
        self.line_that_starts_with("+")?;
        self.stream.get_mut().write_all(literal)?;
        self.say("\r\n")?;
        self.line_that_starts_with("a OK")
    }

    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(text.as_bytes())?;
        Ok(stream.flush()?)
    }

    /// Reads on to the expected line, over untagged ones.
    fn line_that_starts_with(&mut self, start: &str) -> anyhow::Result<()> {
        loop {
            let mut line = String::new();
            let length = self.stream.by_ref().take(65_536).read_line(&mut line)?;
            if line.starts_with(start) {
                return Ok(());
            }
            let on_the_way = length > 0 && line.starts_with('*') && start != "*";
            ensure!(on_the_way, "waited for {start:?} from Dovecot, got {line:?}");
        }
    }
}

fn version() -> anyhow::Result<String> {
    let said = Command::new("dovecot").arg("--version").output().context("ask for its version")?;
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}

const BEFORE_2_4: &str = "\
ssl_cert = <@certificate@
ssl_key = <@key@
ssl_dh =
mail_location = maildir:~
mail_home = @dir@/mail/%u
passdb {
  driver = passwd-file
  args = scheme=plain @dir@/users
}
userdb {
  driver = passwd-file
  args = @dir@/users
}
";

const SINCE_2_4: &str = "\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
ssl_server_cert_file = @certificate@
ssl_server_key_file = @key@
mail_driver = maildir
mail_path = ~
mail_home = @dir@/mail/%{user}
passdb passwd-file {
  passwd_file_path = @dir@/users
  default_password_scheme = plain
}
userdb passwd-file {
  passwd_file_path = @dir@/users
}
";

/// What both languages say the same way.
const ALWAYS: &str = "\
base_dir = @dir@/run
state_dir = @dir@/state
log_path = @dir@/log
listen = 127.0.0.1
protocols = imap lmtp
ssl = required
auth_mechanisms = plain login
first_valid_uid = 1
mail_uid = nobody
mail_gid = nogroup
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = @imaps@
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = @lmtp@
  }
}
service auth {
  unix_listener @dir@/auth {
    mode = 0666
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
";
