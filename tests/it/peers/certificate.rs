//! A certificate authority for one test, and its one server certificate.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::rustls::RootCertStore;

/// The authority and what it vouches for: a server called `localhost`.
#[derive(Debug)]
pub(crate) struct Certificate {
    /// The authority's certificate, in PEM.
    pub(crate) ca: PathBuf,
    /// The server's certificate, in PEM.
    pub(crate) server: PathBuf,
    /// The server's key, in PEM.
    pub(crate) key: PathBuf,
    /// Trust in this authority and in no other.
    pub(crate) roots: RootCertStore,
}

impl Certificate {
    /// Makes all of it and writes it into `dir`.
    pub(crate) fn make(dir: &Path) -> anyhow::Result<Self> {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        authority.distinguished_name.push(DnType::CommonName, "a test's authority");
        let authority_key = KeyPair::generate()?;
        let authority_cert = authority.self_signed(&authority_key)?;

        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let server_key = KeyPair::generate()?;
        let issuer = Issuer::from_params(&authority, &authority_key);
        let server_cert = CertificateParams::new(names)?.signed_by(&server_key, &issuer)?;

        let mut roots = RootCertStore::empty();
        roots.add(authority_cert.der().clone())?;
        Ok(Self {
            ca: written(dir, "ca.pem", &authority_cert.pem())?,
            server: written(dir, "server.pem", &server_cert.pem())?,
            key: written(dir, "server-key.pem", &server_key.serialize_pem())?,
            roots,
        })
    }
}

fn written(dir: &Path, name: &str, text: &str) -> anyhow::Result<PathBuf> {
    let path = dir.join(name);
    fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    Ok(path)
}
