//! A connection to the mail server, encrypted as the configuration says.
//!
//! Root certificates are the system's and the extra file's, read anew for each
//! connection: a renewed authority needs no restart.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::Pace;
use super::fault::Fault;
use super::wire::{Ending, Stream, Wire};
use crate::config::settings::{Imap, Tls};

/// Connects, encrypts, and reads the greeting.
pub(super) async fn connect(settings: &Imap, pace: &Pace) -> Result<Wire, Fault> {
    let server = format!("{}:{}", settings.host, settings.port);
    let coming = timeout(pace.connect, TcpStream::connect((&*settings.host, settings.port)));
    let stream = coming
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| Fault::Connect(server.clone(), error))?;
    // Where the system has no keepalive the limits of each answer still hold.
    let _ = stream.set_nodelay(true);
    match settings.tls {
        Tls::None => greeted(Box::new(stream), pace).await,
        Tls::Implicit => greeted(encrypted(Box::new(stream), settings, pace).await?, pace).await,
        Tls::StartTls => {
            let mut plain = greeted(Box::new(stream), pace).await?;
            if let Ending::Refused(words) = plain.command("STARTTLS", None, |_| {}).await? {
                return Err(Fault::NoStartTls(words));
            }
            let stream = encrypted(plain.into_stream(), settings, pace).await?;
            Ok(Wire::new(stream, pace.answer))
        }
    }
}

async fn greeted(stream: Box<dyn Stream>, pace: &Pace) -> Result<Wire, Fault> {
    let mut wire = Wire::new(stream, pace.answer);
    wire.greeting().await?;
    Ok(wire)
}

async fn encrypted(
    stream: Box<dyn Stream>,
    settings: &Imap,
    pace: &Pace,
) -> Result<Box<dyn Stream>, Fault> {
    let server = format!("{}:{}", settings.host, settings.port);
    let tls = |error| Fault::Tls(server.clone(), error);
    let name = ServerName::try_from(settings.host.clone())
        .map_err(|error| tls(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    let ca = settings.ca.clone();
    let reading = tokio::task::spawn_blocking(move || roots(ca.as_deref()));
    let roots = reading.await.map_err(|error| tls(io::Error::other(error)))??;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| tls(io::Error::other(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let agreeing = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let agreed = timeout(pace.connect, agreeing)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(tls)?;
    Ok(Box::new(agreed))
}

/// The system's root certificates and those in `ca`.
fn roots(ca: Option<&Path>) -> Result<RootCertStore, Fault> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let Some(ca) = ca else { return Ok(roots) };
    let unreadable = |error: String| Fault::Roots(ca.display().to_string(), error);
    let found = CertificateDer::pem_file_iter(ca).map_err(|error| unreadable(error.to_string()))?;
    for certificate in found {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    Ok(roots)
}
