//! Looks at signatures of mails, with keys from the DNS.
//!
//! It fetches and hands on: what a signature is worth is said in
//! [`crate::mail::dkim`]. How long it may take is the engine's to say.

use std::collections::HashMap;
use std::fmt;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::hickory_resolver::net::{DnsError, NetError};
use mail_auth::hickory_resolver::proto::rr::{Name, RData};
use mail_auth::hickory_resolver::system_conf::read_system_conf;

use crate::engine::signed::Signatures;
use crate::mail::dkim::{self, NoKey, Records};
use crate::mail::parse::Message;
use crate::mail::trust::Signed;

/// Fetches keys by name.
pub trait Keys: fmt::Debug + Send + Sync {
    /// The texts at `name`.
    fn fetch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Records>;
}

/// Looks at signatures, with keys that `K` fetches.
#[derive(Debug)]
pub struct Dkim<K>(pub K);

impl<K: Keys> Signatures for Dkim<K> {
    fn look<'a>(
        &'a self,
        raw: &'a [u8],
        message: &'a Message,
        at: Timestamp,
    ) -> BoxFuture<'a, Signed> {
        Box::pin(async move {
            let wire = dkim::wire(raw);
            let names = dkim::Signatures::of(&wire, message, at).keys();
            let mut records = HashMap::new();
            for name in names {
                let found = self.0.fetch(&name).await;
                records.insert(name, found);
            }
            dkim::Signatures::of(&wire, message, at).check(&records)
        })
    }
}

/// How many answers of the DNS are remembered, as long as they may be.
const REMEMBERED: u64 = 256;

/// The DNS, as this machine is set up to ask it.
pub struct Dns(TokioResolver);

impl Dns {
    /// The DNS, or why this machine cannot ask it.
    pub fn of_this_machine() -> Result<Self, String> {
        let (servers, mut options) = read_system_conf().map_err(|error| error.to_string())?;
        options.cache_size = REMEMBERED;
        let builder = TokioResolver::builder_with_config(servers, TokioRuntimeProvider::default());
        let resolver = builder.with_options(options).build();
        Ok(Self(resolver.map_err(|error| error.to_string())?))
    }
}

impl fmt::Debug for Dns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dns")
    }
}

impl Keys for Dns {
    fn fetch<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Records> {
        Box::pin(async move {
            // What is no name has no key.
            let name = Name::from_str_relaxed::<&str>(name).map_err(|_| NoKey::Absent)?;
            let found = self.0.txt_lookup(name).await.map_err(no_key)?;
            let texts = found.answers().iter().filter_map(|record| match &record.data {
                RData::TXT(text) => Some(text.txt_data.concat()),
                _ => None,
            });
            Ok(texts.collect())
        })
    }
}

fn no_key(error: NetError) -> NoKey {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(_)) => NoKey::Absent,
        other => NoKey::Unreachable(other.to_string()),
    }
}
