//! A real Postfix with a queue and a configuration of its own.
//!
//! It takes mail on the loopback interface with STARTTLS and hands it on:
//! - to Dovecot what is for one of its people;
//! - to owed what is for owed itself, and a copy of everything that comes to or
//!   goes from an address of the organisation;
//! - to nobody, politely, everything else.
//!
//! Where the sender has logged in, it says so in Authentication-Results, as
//! `mx.brook.example`; to what others claim there it does nothing.
//!
//! A copy is addressed through a domain that only routes it and is taken off
//! again on the way out, so owed sees the recipient that the sender wrote to.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use lettre::address::{Address, Envelope};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate as Pem, Tls, TlsParameters};
use lettre::{SmtpTransport, Transport as _};

use super::certificate::Certificate;
use super::dovecot::Dovecot;
use super::process::{Daemon, Port};

/// A running Postfix.
#[derive(Debug)]
pub(crate) struct Postfix {
    /// Where it speaks SMTP, with TLS after STARTTLS.
    pub(crate) smtp: Port,
    /// Where it hands owed its mail by LMTP; it tries again every few seconds.
    pub(crate) owed: Port,
    config: PathBuf,
    ca: PathBuf,
    _daemon: Daemon,
}

impl Postfix {
    /// Starts one in `dir` that delivers mail for `addresses` to `dovecot`.
    pub(crate) fn start(
        dir: &Path,
        certificate: &Certificate,
        dovecot: &Dovecot,
        addresses: &[&str],
    ) -> anyhow::Result<Self> {
        let (smtp, owed) = (Port::take()?, Port::take()?);
        let config = dir.join("etc");
        let lay = |file: &str, text: &str| {
            let text = text
                .replace("@dir@", &dir.display().to_string())
                .replace("@certificate@", &certificate.server.display().to_string())
                .replace("@key@", &certificate.key.display().to_string())
                .replace("@auth@", &dovecot.auth.display().to_string())
                .replace("@dovecot@", &dovecot.lmtp.number.to_string())
                .replace("@smtp@", &smtp.number.to_string())
                .replace("@owed@", &owed.number.to_string());
            fs::write(config.join(file), text).with_context(|| format!("write {file}"))
        };
        lay_out_queue(dir)?;
        let mut mailboxes = String::new();
        for address in addresses {
            writeln!(mailboxes, "{address} here")?;
        }
        lay("mailboxes", &mailboxes)?;
        lay("main.cf", MAIN)?;
        lay("master.cf", &format!("{MASTER}{}", services()))?;
        lay("transport", TRANSPORT)?;
        lay("copies-in", COPIES_IN)?;
        lay("copies-out", COPIES_OUT)?;
        lay("originals", ORIGINALS)?;
        lay("vouched", VOUCHED)?;

        let directory = postconf("daemon_directory")?;
        let master = format!("{directory}/master");
        let command = [&master, "-c", &config.display().to_string(), "-d"];
        let daemon = Daemon::start(&command, &dir.join("log"))?;
        daemon.answers_on(&[smtp.number])?;
        Ok(Self { smtp, owed, config, ca: certificate.ca.clone(), _daemon: daemon })
    }

    /// Sends one mail to `to` with STARTTLS and the server's certificate checked,
    /// logged in as whom `login` names.
    pub(crate) fn send(
        &self,
        (from, to): (&str, &str),
        login: Option<Credentials>,
        raw: &[u8],
    ) -> anyhow::Result<()> {
        let ca = Pem::from_pem(&fs::read(&self.ca)?)?;
        let tls = TlsParameters::builder("localhost".to_owned())
            .add_root_certificate(ca)
            .build_rustls()?;
        let mut smtp = SmtpTransport::builder_dangerous("127.0.0.1")
            .port(self.smtp.number)
            .tls(Tls::Required(tls));
        if let Some(login) = login {
            smtp = smtp.credentials(login);
        }
        let smtp = smtp.build();
        let envelope = Envelope::new(Some(from.parse()?), vec![to.parse::<Address>()?])?;
        smtp.send_raw(&envelope, raw).with_context(|| format!("send to {to}"))?;
        Ok(())
    }

    /// What lies in the queue, as `postqueue -j` tells it: one object a line.
    pub(crate) fn queue(&self) -> anyhow::Result<String> {
        let told = Command::new("postqueue").arg("-c").arg(&self.config).arg("-j").output()?;
        let words = String::from_utf8_lossy(&told.stderr).into_owned();
        ensure!(told.status.success(), "look into the queue of Postfix: {words}");
        Ok(String::from_utf8(told.stdout)?)
    }
}

/// The folders of a queue with the owners that Postfix wants.
fn lay_out_queue(dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir.join("etc"))?;
    let queue = dir.join("queue");
    let made = |owner: &str, group: &str, mode: &str, folders: &[PathBuf]| {
        let rights = ["-d", "-o", owner, "-g", group, "-m", mode];
        let status = Command::new("install").args(rights).args(folders).status()?;
        ensure!(status.success(), "make folders for Postfix: {folders:?}");
        Ok(())
    };
    let queues = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold"];
    let queues = queues.into_iter().chain(["incoming", "private", "saved", "trace"]);
    made("root", "root", "755", &[queue.clone(), queue.join("pid")])?;
    made("postfix", "root", "700", &queues.map(|name| queue.join(name)).collect::<Vec<_>>())?;
    made("postfix", "postdrop", "730", &[queue.join("maildrop")])?;
    made("postfix", "postdrop", "710", &[queue.join("public")])?;
    made("postfix", "postfix", "700", &[dir.join("data")])?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

fn postconf(setting: &str) -> anyhow::Result<String> {
    let told = Command::new("postconf").args(["-d", "-h", setting]).output()?;
    Ok(String::from_utf8(told.stdout)?.trim().to_owned())
}

const MAIN: &str = "\
compatibility_level = 3.6
queue_directory = @dir@/queue
data_directory = @dir@/data
maillog_file = @dir@/log
maillog_file_prefixes = @dir@
myhostname = mx.brook.example
mydomain = brook.example
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtpd_peername_lookup = no
virtual_mailbox_domains = brook.example customer.example
virtual_mailbox_maps = texthash:@dir@/etc/mailboxes
virtual_transport = lmtp:inet:127.0.0.1:@dovecot@
transport_maps = texthash:@dir@/etc/transport
default_transport = discard:
recipient_delimiter = +
recipient_bcc_maps = regexp:@dir@/etc/copies-in
sender_bcc_maps = regexp:@dir@/etc/copies-out
smtpd_recipient_restrictions = permit_mynetworks reject
smtpd_data_restrictions = check_sasl_access regexp:@dir@/etc/vouched
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtpd_tls_chain_files = @key@ @certificate@
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = @auth@
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
notify_classes =
";

const TRANSPORT: &str = "\
owed@brook.example owed:inet:127.0.0.1:@owed@
copy.brook.example owed:inet:127.0.0.1:@owed@
";

const COPIES_IN: &str = "\
if !/^owed(\\+.*)?@brook\\.example$/
/^(.+)@brook\\.example$/ ${1}@copy.brook.example
endif
";

const COPIES_OUT: &str = "/@brook\\.example$/ journal@copy.brook.example\n";

const ORIGINALS: &str = "/^(.+)@copy\\.brook\\.example$/ ${1}@brook.example\n";

/// What the house says of a mail whose sender has logged in.
const VOUCHED: &str = "\
/^.+@(.+)$/ PREPEND Authentication-Results: mx.brook.example; dmarc=pass header.from=${1}
";

const MASTER: &str = "\
127.0.0.1:@smtp@ inet n - n - - smtpd
pickup unix n - n 60 1 pickup
qmgr unix n - n 300 1 qmgr
cleanup unix n - n - 0 cleanup
flush unix n - n - 0 flush
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
owed unix - - n - - lmtp
  -o lmtp_generic_maps=regexp:@dir@/etc/originals
";

/// The services that only Postfix itself talks to.
fn services() -> String {
    let services = [
        ("tlsmgr", 1, "tlsmgr"),
        ("rewrite", 9, "trivial-rewrite"),
        ("bounce", 0, "bounce"),
        ("defer", 0, "bounce"),
        ("trace", 0, "bounce"),
        ("proxymap", 9, "proxymap"),
        ("error", 9, "error"),
        ("retry", 9, "error"),
        ("discard", 9, "discard"),
        ("lmtp", 9, "lmtp"),
        ("anvil", 1, "anvil"),
        ("scache", 1, "scache"),
    ];
    let line = |(name, most, program)| format!("{name} unix - - n - {most} {program}\n");
    services.map(line).concat()
}
