//! From a host name to a server that is ready for mail: TCP, TLS, EHLO, AUTH.
//!
//! Nothing here falls back: where TLS is asked for, a server without it, or
//! with a certificate nobody vouches for, is refused, and a password is never
//! said in the clear beyond this machine. Each reason says what to do.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::dialogue::{Broken, Dialogue, Reply, Wire};

/// How to reach a mail server.
#[derive(Debug, Clone)]
pub struct Route {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// A file of extra root certificates, for a private authority.
    pub ca: Option<PathBuf>,
    /// Login name and password.
    pub login: Option<(String, SecretString)>,
    /// What we call ourselves in EHLO.
    pub hello: String,
    /// How many connections there may be at once; at least one.
    pub connections: usize,
    /// How long each step may take.
    pub limits: Limits,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From the first byte.
    Implicit,
    /// After STARTTLS, which must succeed.
    StartTls,
    /// Not at all; then a login is only said to this very machine.
    None,
}

/// How long each step may take: RFC 5321, 4.5.3.2, a little shorter.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For each command and its reply.
    pub command: Duration,
    /// For the reply to the final dot.
    pub dot: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_mins(2),
            dot: Duration::from_mins(10),
        }
    }
}

/// Why the certificates could not be read.
#[derive(Debug, thiserror::Error)]
pub enum NoTrust {
    /// The file of the configuration.
    #[error("the certificates in {0} could not be read: {1}; give a PEM file")]
    File(PathBuf, String),
    /// Neither the system nor the configuration has any.
    #[error("no root certificates were found: install the package ca-certificates, or set ca")]
    Nothing,
    /// The TLS library refused its own defaults.
    #[error("TLS could not be set up: {0}")]
    Library(String),
}

/// A server that is ready for mail, and what it said it can do.
pub(super) struct Connected {
    pub(super) dialogue: Dialogue,
    pub(super) abilities: Vec<String>,
}

/// The TLS set-up of a route, or none where it needs none.
pub(super) fn trust(route: &Route) -> Result<Option<TlsConnector>, NoTrust> {
    if route.security == Security::None {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = &route.ca {
        let told = |error: String| NoTrust::File(file.clone(), error);
        let found = CertificateDer::pem_file_iter(file).map_err(|e| told(e.to_string()))?;
        for certificate in found {
            let certificate = certificate.map_err(|e| told(e.to_string()))?;
            roots.add(certificate).map_err(|e| told(e.to_string()))?;
        }
    }
    if roots.is_empty() {
        return Err(NoTrust::Nothing);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| NoTrust::Library(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(TlsConnector::from(Arc::new(config))))
}

/// A fresh connection that is ready for MAIL, or the reason in words.
pub(super) async fn connect(
    route: &Route,
    tls: Option<&TlsConnector>,
) -> Result<Connected, String> {
    let (tcp, peer) = reach(route).await?;
    let stream: Box<dyn Wire> = match (route.security, tls) {
        (Security::Implicit, Some(tls)) => encrypted(route, tls, tcp).await?,
        _ => tcp,
    };
    let mut dialogue = Dialogue::over(stream);
    greeted(&dialogue.hear(route.limits.command).await?, route)?;
    let mut abilities = ehlo(&mut dialogue, route).await?;
    if let (Security::StartTls, Some(tls)) = (route.security, tls) {
        dialogue = start_tls(dialogue, &abilities, route, tls).await?;
        // What was said before TLS was said by whoever could write it.
        abilities = ehlo(&mut dialogue, route).await?;
    }
    if let Some((user, password)) = &route.login {
        if route.security == Security::None && !peer.is_loopback() {
            return Err(format!(
                "{} is not this machine and the connection is not encrypted: the password was \
                 not sent; set tls = \"implicit\" or \"starttls\"",
                route.host
            ));
        }
        log_in(&mut dialogue, &abilities, (user, password), route).await?;
    }
    Ok(Connected { dialogue, abilities })
}

async fn reach(route: &Route) -> Result<(Box<dyn Wire>, IpAddr), String> {
    let place = format!("{}:{}", route.host, route.port);
    let hint = "check host and port in [deliver.smtp], and the network";
    let reached = timeout(route.limits.connect, TcpStream::connect((&*route.host, route.port)));
    let tcp = match reached.await {
        Ok(Ok(tcp)) => tcp,
        Ok(Err(error)) => return Err(format!("{place} could not be reached: {error}; {hint}")),
        Err(_) => return Err(format!("{place} could not be reached in time; {hint}")),
    };
    // Without this each mail waits 40 ms for a delayed acknowledgement.
    tcp.set_nodelay(true).map_err(|e| format!("{place}: TCP_NODELAY was refused: {e}"))?;
    let peer = tcp.peer_addr().map_err(|e| format!("{place} went away: {e}"))?;
    Ok((Box::new(tcp), peer.ip()))
}

async fn encrypted(
    route: &Route,
    tls: &TlsConnector,
    stream: Box<dyn Wire>,
) -> Result<Box<dyn Wire>, String> {
    let host = &route.host;
    let name = ServerName::try_from(host.clone())
        .map_err(|_| format!("{host} is no name a certificate can be for: correct host"))?;
    match timeout(route.limits.connect, tls.connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(format!(
            "the TLS connection to {host} was refused: {error}; check the name in host, and for a \
             private authority set ca to its certificate"
        )),
        Err(_) => Err(format!(
            "{host} did not answer the TLS handshake in time; check port and tls (465 is \
             \"implicit\", 587 is \"starttls\")"
        )),
    }
}

fn greeted(reply: &Reply, route: &Route) -> Result<(), String> {
    let said = || format!("{} takes no mail now: {}", route.host, reply.told());
    reply.is_positive().then_some(()).ok_or_else(said)
}

async fn ehlo(dialogue: &mut Dialogue, route: &Route) -> Result<Vec<String>, String> {
    let line = format!("EHLO {}", route.hello);
    let reply = dialogue.say(&line, route.limits.command).await?;
    if !reply.is_positive() {
        return Err(format!("{} refused EHLO {}: {}", route.host, route.hello, reply.told()));
    }
    Ok(reply.lines.into_iter().skip(1).map(|line| line.to_ascii_uppercase()).collect())
}

async fn start_tls(
    mut dialogue: Dialogue,
    abilities: &[String],
    route: &Route,
    tls: &TlsConnector,
) -> Result<Dialogue, String> {
    let host = &route.host;
    if !abilities.iter().any(|ability| ability == "STARTTLS") {
        return Err(format!(
            "{host} offers no STARTTLS, so nothing was sent: something between may have taken it \
             away; ask who runs the server, or use tls = \"implicit\" with port 465"
        ));
    }
    let reply = dialogue.say("STARTTLS", route.limits.command).await?;
    if !reply.is_positive() {
        return Err(format!("{host} refused STARTTLS: {}", reply.told()));
    }
    let stream = dialogue.into_wire()?;
    encrypted(route, tls, stream).await.map(Dialogue::over)
}

async fn log_in(
    dialogue: &mut Dialogue,
    abilities: &[String],
    (user, password): (&str, &SecretString),
    route: &Route,
) -> Result<(), String> {
    let offered = |mechanism: &str| {
        let named = |ability: &String| {
            let mut words = ability.split([' ', '=']);
            words.next() == Some("AUTH") && words.any(|word| word == mechanism)
        };
        abilities.iter().any(named)
    };
    let limit = route.limits.command;
    let reply = if offered("PLAIN") {
        let secret = format!("\0{user}\0{}", password.expose_secret());
        let line = format!("AUTH PLAIN {}", BASE64.encode(secret.as_bytes()));
        dialogue.say(&line, limit).await?
    } else if offered("LOGIN") {
        auth_login(dialogue, user, password, limit).await?
    } else {
        return Err(format!(
            "{} offers no login that owed knows (PLAIN, LOGIN): check port and tls",
            route.host
        ));
    };
    let refused = || {
        format!(
            "{} refused the login of {user}: {}; check user and password in [deliver.smtp]",
            route.host,
            reply.told()
        )
    };
    reply.is_positive().then_some(()).ok_or_else(refused)
}

async fn auth_login(
    dialogue: &mut Dialogue,
    user: &str,
    password: &SecretString,
    limit: Duration,
) -> Result<Reply, Broken> {
    let mut reply = dialogue.say("AUTH LOGIN", limit).await?;
    for answer in [user, password.expose_secret()] {
        if reply.code != 334 {
            break;
        }
        reply = dialogue.say(&BASE64.encode(answer.as_bytes()), limit).await?;
    }
    Ok(reply)
}
