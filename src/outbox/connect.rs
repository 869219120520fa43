//! From a host name to a server that is ready for mail: TCP, TLS, EHLO, AUTH.
//!
//! Nothing here falls back: where TLS is asked for, a server without it, or
//! with a certificate nobody vouches for, is refused, and a password is never
//! said in the clear beyond this machine. Each reason says what to do.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::commands::Starttls;
use lettre::transport::smtp::extension::Extension;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::dialogue::Dialogue;
use super::wire::{Stream, Wire};

/// How much is read ahead at most where nothing forbids it.
const AHEAD: usize = 4096;

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
pub(super) async fn connect(route: &Route, tls: Option<&TlsConnector>) -> Result<Dialogue, String> {
    let (tcp, peer) = reach(route).await?;
    let mut dialogue = match (route.security, tls) {
        (Security::Implicit, Some(tls)) => {
            let stream = encrypted(route, tls, tcp).await?;
            begun(Wire::new(stream, peer, AHEAD), route).await?
        }
        (Security::StartTls, Some(tls)) => {
            let stream = encrypted(route, tls, start_tls(route, tcp, peer).await?).await?;
            // What was said before TLS was said by whoever could write it, so the
            // dialogue begins anew.
            begun(Wire::new(stream, peer, AHEAD).greeted(), route).await?
        }
        _ => begun(Wire::new(tcp, peer, AHEAD), route).await?,
    };
    if let Some((user, password)) = &route.login {
        if !keeps_secrets(route.security, peer.ip()) {
            return Err(format!(
                "{} is not this machine and the connection is not encrypted: the password was \
                 not sent; set tls = \"implicit\" or \"starttls\"",
                route.host
            ));
        }
        log_in(&mut dialogue, (user, password), route).await?;
    }
    Ok(dialogue)
}

/// Whether a password may be said there: encrypted, or to this very machine.
fn keeps_secrets(security: Security, peer: IpAddr) -> bool {
    security != Security::None || peer.to_canonical().is_loopback()
}

async fn reach(route: &Route) -> Result<(TcpStream, SocketAddr), String> {
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
    Ok((tcp, peer))
}

async fn begun<S: Stream>(wire: Wire<S>, route: &Route) -> Result<Dialogue, String> {
    let begun = Dialogue::begin(wire, &route.hello, route.limits.command).await;
    begun.map_err(|why| format!("{} takes no mail now: {why}", route.host))
}

async fn encrypted(
    route: &Route,
    tls: &TlsConnector,
    tcp: TcpStream,
) -> Result<TlsStream<TcpStream>, String> {
    let host = &route.host;
    let name = ServerName::try_from(host.clone())
        .map_err(|_| format!("{host} is no name a certificate can be for: correct host"))?;
    match timeout(route.limits.connect, Box::pin(tls.connect(name, tcp))).await {
        Ok(Ok(stream)) => Ok(stream),
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

/// The stream on which the server now waits for TLS. lettre's own `starttls` would
/// take what was slipped in behind the reply for the first one under TLS; here
/// it stays on the stream, where the handshake fails over it.
async fn start_tls(route: &Route, tcp: TcpStream, peer: SocketAddr) -> Result<TcpStream, String> {
    let host = &route.host;
    // lettre keeps what it is given, so that it is given a handle of its own.
    let (tcp, lent) = twice(tcp).map_err(|e| format!("{host} went away: {e}"))?;
    let mut dialogue = begun(Wire::new(lent, peer, 1), route).await?;
    if !dialogue.offers(Extension::StartTls) {
        return Err(format!(
            "{host} offers no STARTTLS, so nothing was sent: something between may have taken it \
             away; ask who runs the server, or use tls = \"implicit\" with port 465"
        ));
    }
    let reply = dialogue.say(Starttls).await?;
    if !reply.is_positive() {
        return Err(format!("{host} refused STARTTLS: {}", reply.told));
    }
    Ok(tcp)
}

fn twice(tcp: TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    let tcp = tcp.into_std()?;
    let other = tcp.try_clone()?;
    Ok((TcpStream::from_std(tcp)?, TcpStream::from_std(other)?))
}

async fn log_in(
    dialogue: &mut Dialogue,
    (user, password): (&str, &SecretString),
    route: &Route,
) -> Result<(), String> {
    let host = &route.host;
    if !dialogue.offers_login() {
        return Err(format!(
            "{host} offers no login that owed knows (PLAIN, LOGIN): check port and tls"
        ));
    }
    let secret = Credentials::new(user.to_owned(), password.expose_secret().to_owned());
    let reply = dialogue.log_in(&secret).await?;
    let refused = || {
        let words = reply.told;
        format!(
            "{host} refused the login of {user}: {words}; check user and password in \
             [deliver.smtp]"
        )
    };
    (200..300).contains(&reply.code).then_some(()).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_said_in_the_clear_to_this_machine_only() {
        for (peer, local) in [
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("192.0.2.1", false),
            ("10.0.0.1", false),
            ("::ffff:192.0.2.1", false),
            ("2001:db8::1", false),
        ] {
            let peer: IpAddr = peer.parse().unwrap();
            assert_eq!(keeps_secrets(Security::None, peer), local, "{peer}");
            assert!(keeps_secrets(Security::StartTls, peer), "{peer}");
            assert!(keeps_secrets(Security::Implicit, peer), "{peer}");
        }
    }
}
