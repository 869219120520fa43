//! Signatures of mails (DKIM, RFC 6376), checked with keys that others fetched.
//!
//! Which keys are needed goes out as names, their records come in. It is with
//! [`super::trust`] to say what a signature that holds is worth, and with the
//! library to compute; what is refused here are signatures that hold and prove
//! nothing: of a part of the text, of a head without who writes to whom, by a
//! key that is only tried out.

use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::LazyLock;

use futures_util::FutureExt;
use jiff::Timestamp;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::{DomainKey, VerifySignature};
use mail_auth::dkim::{DkimError, Signature};
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{
    AuthenticatedMessage, DkimResult, DnsError, Error, MessageAuthenticator, Parameters,
    ResolverCache, Txt,
};

use super::parse::Message;
use super::trust::{self, Signed};

/// The texts that stand at the name of a key, or why there are none.
pub type Records = Result<Vec<Vec<u8>>, NoKey>;

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoKey {
    /// There is none at that name.
    Absent,
    /// Nobody could be asked; why, in words.
    Unreachable(String),
}

/// How many signatures of a mail are checked.
const MOST_SIGNATURES: usize = 4;

/// What says who wrote to whom about what: where one of these stands unsigned,
/// somebody else may have put it there (RFC 6376, 8.15), to make an answer to
/// one person out of an answer to another.
const TELLING: [&str; 8] =
    ["from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references"];

/// The signatures of a mail that could vouch for its author.
pub struct Signatures<'x> {
    mail: AuthenticatedMessage<'x>,
    /// What is wrong with the others, or with all.
    faults: Vec<String>,
}

impl<'x> Signatures<'x> {
    /// Reads the signatures of a mail that came at `at`.
    pub fn of(wire: &'x [u8], message: &Message, at: Timestamp) -> Self {
        let read = AuthenticatedMessage::parse_with_opts(wire, None, true);
        let mut mail = read.unwrap_or_default();
        let mut faults: Vec<String> =
            mail.errors.iter().map(|error| words(&error.header)).collect();
        let author = trust::author(message);
        mail.dkim_headers.retain_mut(|header| {
            let signature = &mut header.header;
            let fault = match author {
                Ok(author) => fault(signature, message, author.address.domain(), at),
                Err(why) => Some(why.to_owned()),
            };
            // These would have the library look at the clock and ask for more.
            (signature.x, signature.r, signature.atps) = (0, false, None);
            let sound = fault.is_none();
            faults.extend(fault);
            sound
        });
        mail.dkim_headers.truncate(MOST_SIGNATURES);
        Self { mail, faults }
    }

    /// The names of their keys.
    pub fn keys(&self) -> Vec<String> {
        self.mail.dkim_headers.iter().map(|header| header.header.domain_key()).collect()
    }

    /// What they are worth, with the records at the names that
    /// [`Signatures::keys`] gave.
    pub fn check(mut self, records: &HashMap<String, Records>) -> Signed {
        let keys = records.iter().map(|(name, records)| (name.as_str().into(), key(records)));
        let keys = Keys(keys.collect());
        let Some(library) = LIBRARY.as_ref() else {
            return Signed::Fails("its signature could not be checked".to_owned());
        };
        let asked = Parameters::new(&self.mail).with_txt_cache(&keys);
        // All keys are there, so nothing is waited for.
        let outcomes = library.verify_dkim(asked).now_or_never().unwrap_or_default();
        let mut unsure = None;
        for outcome in &outcomes {
            let Some(signature) = outcome.signature() else { continue };
            let domain = &signature.d;
            match outcome.result() {
                DkimResult::Pass => return Signed::Holds(domain.clone()),
                DkimResult::Neutral(error)
                | DkimResult::Fail(error)
                | DkimResult::PermError(error)
                | DkimResult::TempError(error) => {
                    match records.get(&signature.domain_key()).and_then(unreachable) {
                        Some(why) => {
                            unsure = Some(format!("its signature could not be checked: {why}"));
                        }
                        None => self
                            .faults
                            .push(format!("its signature by {domain} {}", words_about(error))),
                    }
                }
                DkimResult::None => {}
            }
        }
        // What was computed says more than what was not looked at, unless it may hold yet.
        match (unsure, self.faults.pop()) {
            (Some(why), _) => Signed::Unsure(why),
            (None, Some(fault)) => Signed::Fails(fault),
            (None, None) => Signed::Fails("it is not signed".to_owned()),
        }
    }
}

/// The bytes as they were signed: with CRLF, and without what only an archive
/// put in front.
pub fn wire(raw: &[u8]) -> Cow<'_, [u8]> {
    let mail = match raw.strip_prefix(b"From ") {
        Some(_) => raw.split_inclusive(|b| *b == b'\n').next().map_or(0, <[u8]>::len),
        None => 0,
    };
    let mail = raw.get(mail..).unwrap_or_default();
    let bare = |i: usize| i.checked_sub(1).and_then(|i| mail.get(i)) != Some(&b'\r');
    if !mail.iter().enumerate().any(|(i, b)| *b == b'\n' && bare(i)) {
        return Cow::Borrowed(mail);
    }
    let mut wire = Vec::with_capacity(mail.len() + mail.len() / 32);
    for (i, &byte) in mail.iter().enumerate() {
        if byte == b'\n' && bare(i) {
            wire.push(b'\r');
        }
        wire.push(byte);
    }
    Cow::Owned(wire)
}

/// Why a signature proves nothing of the author's, though it may hold.
fn fault(signature: &Signature, message: &Message, author: &str, at: Timestamp) -> Option<String> {
    let domain = &signature.d;
    if !trust::is_aligned(domain, author) {
        return Some(format!("it is signed by {domain}, not by {author}"));
    }
    let of_it = |what: &str| Some(format!("its signature by {domain} {what}"));
    if signature.v != 1 {
        return of_it("is of no version that is known");
    }
    // RFC 8301: what SHA-1 says proves nothing.
    if mail_auth::common::crypto::HashAlgorithm::from(signature.a)
        == mail_auth::common::crypto::HashAlgorithm::Sha1
    {
        return of_it("is of a kind that can be forged (SHA-1)");
    }
    let expired = signature.x != 0 && i64::try_from(signature.x).is_ok_and(|x| x < at.as_second());
    if expired {
        return of_it("had expired when it came");
    }
    let signed = |name: &str| signature.h.iter().filter(|h| h.eq_ignore_ascii_case(name)).count();
    let bare = TELLING.into_iter().find(|name| signed(name) < message.headers_called(name).count());
    bare.and_then(|name| of_it(&format!("leaves its {} open", spelt(name))))
}

/// A header's name as people know it.
fn spelt(name: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| {
            format!("{}{}", first.to_ascii_uppercase(), letters.as_str())
        })
    };
    if name == "message-id" {
        return "Message-ID".to_owned();
    }
    name.split('-').map(capital).collect::<Vec<_>>().join("-")
}

fn unreachable(records: &Records) -> Option<&str> {
    match records {
        Err(NoKey::Unreachable(why)) => Some(why),
        _ => None,
    }
}

/// The first key that can be read.
fn key(records: &Records) -> Txt {
    let absent = Error::Dns(DnsError::InvalidRecordType);
    let Ok(records) = records else { return Txt::Error(absent) };
    let mut fault = absent;
    for record in records.iter().filter(|record| is_in_use(record)) {
        match DomainKey::parse(record) {
            Ok(key) => return key.into(),
            Err(error) => fault = error,
        }
    }
    Txt::Error(fault)
}

/// Whether a key is for mail and meant: one that is only tried out (`t=y`)
/// proves nothing, by RFC 6376, 3.6.1.
fn is_in_use(record: &[u8]) -> bool {
    let text = String::from_utf8_lossy(record);
    let tags = text.split(';').filter_map(|tag| tag.split_once('='));
    let mut all = tags.map(|(name, value)| (name.trim(), value.split(':').map(str::trim)));
    all.all(|(name, mut values)| match name {
        "t" => values.all(|flag| !flag.eq_ignore_ascii_case("y")),
        "s" => values.any(|service| service == "*" || service.eq_ignore_ascii_case("email")),
        _ => true,
    })
}

fn words(error: &Error) -> String {
    match error {
        Error::Dkim(DkimError::SignatureLength) => "its signature is of a part of its text only",
        _ => "its signature cannot be read",
    }
    .to_owned()
}

fn words_about(error: &Error) -> String {
    match error {
        Error::Dkim(DkimError::FailedBodyHashMatch) => {
            "does not hold: its text is not what was signed".to_owned()
        }
        Error::Crypto(_) => "does not hold: its head is not what was signed".to_owned(),
        Error::Dkim(DkimError::RevokedPublicKey) => "has a key that was taken back".to_owned(),
        Error::Dns(_) => "has no key in use in the DNS".to_owned(),
        other => format!("does not hold: {other}"),
    }
}

/// The library, which is never let to ask anybody.
static LIBRARY: LazyLock<Option<MessageAuthenticator>> = LazyLock::new(|| {
    MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default()).ok()
});

/// The keys that were fetched; there are no others.
struct Keys(HashMap<Box<str>, Txt>);

impl ResolverCache<Box<str>, Txt> for Keys {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let none = || Txt::Error(Error::Dns(DnsError::InvalidRecordType));
        Some(self.0.get(name).cloned().unwrap_or_else(none))
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: std::time::Instant) {}
}
