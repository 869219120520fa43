//! Tokens in links and addresses: what somebody may do, sealed with a key of ours.
//!
//! A token is a keyed MAC over its purpose, its subject and its end, with those
//! beside it, in lower-case base 32: mail programs and servers may change the
//! case of an address, and reading does not mind. Nothing here keeps tokens; who
//! holds the key can tell a true one from any other.
//!
//! A person stands in a token by the organisation's number for them. So one with a
//! number of up to 12 characters fits into the 64 octets that RFC 5321, 4.5.3.1.1
//! grants what stands before the `@`; with a longer one there is no address
//! ([`address`]), and the links do.

use std::fmt;

use data_encoding::{Encoding, Specification};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::domain::ids::{Address, CaseNumber, PersonId};

/// How long a token is good for: as long as somebody may reach back in a mailbox.
pub const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a contact's is good for: less than a key opens.
pub const CONTACTS_LIFE: SignedDuration = SignedDuration::from_hours(80 * 24);

/// How many bytes of the MAC a token holds: 120 bits, 24 characters.
const MAC: usize = 15;

/// The longest token that is looked at.
const LONGEST: usize = 300;

/// RFC 5321, 4.5.3.1.1.
const LOCAL_PART: usize = 64;

/// What stands in the first byte: another layout is another version.
const VERSION: u8 = 1;

/// One key that tokens are made with; it never shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Vec<u8>);

impl From<Vec<u8>> for Key {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The keys that live at once: what was sealed before a rotation still opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// What seals.
    pub current: Key,
    /// What sealed before.
    pub previous: Option<Key>,
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Acting on a case through a page.
    Act,
    /// Giving an order by answering a mail.
    Reply,
    /// A contact answering whether all is well, on a page.
    CheckIn,
    /// A contact asking for no more such mails.
    OptOut,
    /// A contact looking at how their case stands.
    Page,
}

/// Both directions of a purpose's number in tokens.
const PURPOSES: &[(Purpose, u8)] = &[
    (Purpose::Act, 1),
    (Purpose::Reply, 2),
    (Purpose::CheckIn, 3),
    (Purpose::OptOut, 4),
    (Purpose::Page, 5),
];

/// What a token lets somebody do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What it is good for.
    pub purpose: Purpose,
    /// The case it is about, if it is about one.
    pub case: Option<CaseNumber>,
    /// The obligation within the case, or the job, 0 where it is about none; of a mail about no one
    /// case the number of its first notice, which knows them all.
    pub obligation: u32,
    /// Whose hand it is; of a contact's nothing stands here.
    pub person: PersonId,
    /// Until when, to the second.
    pub until: Timestamp,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not a token at all.
    #[error("a piece of it seems to be missing; please open it from the mail once more")]
    Malformed,
    /// No key of ours made it.
    #[error("it is not as owed wrote it; please open it from the mail once more")]
    Forged,
    /// Its time is over.
    #[error("it was good for a while and that is over; a newer mail has a fresh one")]
    Expired,
}

impl Keys {
    /// A token for this; its end is kept to the second.
    pub fn seal(&self, grant: &Grant) -> String {
        let body = body(grant);
        let mac = mac(&self.current, &body).finalize().into_bytes();
        let bytes: Vec<u8> = body.iter().chain(mac.iter().take(MAC)).copied().collect();
        alphabet().encode(&bytes)
    }

    /// What `token` lets somebody do for `purpose` at `now`.
    pub fn open(&self, token: &str, purpose: Purpose, now: Timestamp) -> Result<Grant, Refused> {
        if token.len() > LONGEST {
            return Err(Refused::Malformed);
        }
        let bytes = alphabet().decode(token.as_bytes()).map_err(|_| Refused::Malformed)?;
        let at = bytes.len().checked_sub(MAC).ok_or(Refused::Malformed)?;
        let (body, ours) = bytes.split_at(at);
        let keys = [Some(&self.current), self.previous.as_ref()];
        let made = |key: &Key| mac(key, body).verify_truncated_left(ours).is_ok();
        if !keys.into_iter().flatten().any(made) {
            return Err(Refused::Forged);
        }
        let grant = read(body).ok_or(Refused::Malformed)?;
        match grant {
            Grant { purpose: other, .. } if other != purpose => Err(Refused::Forged),
            Grant { until, .. } if until <= now => Err(Refused::Expired),
            grant => Ok(grant),
        }
    }
}

/// The address that answers with this token go to, where it is not too long for
/// mail servers.
pub fn address(own: &Address, token: &str) -> Option<Address> {
    let local = format!("{}+{token}", own.local_part());
    if local.len() > LOCAL_PART {
        return None;
    }
    Address::parse(&format!("{local}@{}", own.domain()))
}

/// The token in an address of ours: `Some("")` where it has none, `None` where the
/// address is not ours at all.
pub fn in_address<'a>(own: &Address, address: &'a Address) -> Option<&'a str> {
    if address.domain() != own.domain() {
        return None;
    }
    match address.local_part().strip_prefix(own.local_part())? {
        "" => Some(""),
        rest => rest.strip_prefix('+'),
    }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same_secret(ours: &str, shown: &str) -> bool {
    let made = |secret: &str| mac(&Key(secret.as_bytes().to_vec()), b"");
    made(ours).verify(&made(shown).finalize().into_bytes()).is_ok()
}

/// A token's bytes before the MAC: a byte of version and purpose, four of the end,
/// the numbers of case and obligation, the person's number to the end.
fn body(grant: &Grant) -> Vec<u8> {
    let Grant { purpose, case, obligation, person, until } = grant;
    let purpose = PURPOSES.iter().find(|(known, _)| known == purpose).map_or(0, |(_, n)| *n);
    let mut bytes = vec![VERSION << 4 | purpose];
    let until = u32::try_from(until.as_second().max(0)).unwrap_or(u32::MAX);
    bytes.extend(until.to_be_bytes());
    write_number(&mut bytes, case.map_or(0, |case| case.row().unsigned_abs()));
    write_number(&mut bytes, u64::from(*obligation));
    bytes.extend(person.as_str().bytes());
    bytes
}

fn read(body: &[u8]) -> Option<Grant> {
    let (first, rest) = body.split_first()?;
    let (until, mut rest) = rest.split_first_chunk()?;
    let (version, number) = (first >> 4, first & 0xf);
    let purpose = PURPOSES.iter().find(|(_, n)| version == VERSION && *n == number)?.0;
    let case = i64::try_from(read_number(&mut rest)?).ok()?;
    let obligation = u32::try_from(read_number(&mut rest)?).ok()?;
    Some(Grant {
        purpose,
        case: (case > 0).then(|| CaseNumber::from_row(case)),
        obligation,
        person: PersonId::new(std::str::from_utf8(rest).ok()?),
        until: Timestamp::from_second(u32::from_be_bytes(*until).into()).ok()?,
    })
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn mac(key: &Key, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256>>::new_from_slice(&key.0).expect("HMAC takes keys of every length");
    // Its own domain: no other MAC of this key is a token.
    mac.update(b"owed token\0");
    mac.update(body);
    mac
}

/// Base 32 of RFC 4648 in lower case, read in either, without padding. Bits that
/// are left over have to be 0: one token has one spelling.
fn alphabet() -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.translate.from.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    specification.translate.to.push_str("abcdefghijklmnopqrstuvwxyz");
    specification.encoding().expect("32 symbols, each written once")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_800_000_000;

    fn key(byte: u8) -> Key {
        Key::from(vec![byte; 32])
    }

    fn keys() -> Keys {
        Keys { current: key(1), previous: Some(key(2)) }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn grant(purpose: Purpose) -> Grant {
        Grant {
            purpose,
            case: Some(CaseNumber::from_row(70_001)),
            obligation: 3,
            person: PersonId::new("017"),
            until: at(NOW + 60),
        }
    }

    fn open(token: &str) -> Result<Grant, Refused> {
        keys().open(token, Purpose::Act, at(NOW))
    }

    #[test]
    fn no_changed_character_and_no_cut_opens_anything() {
        let token = keys().seal(&grant(Purpose::Act));
        assert!(open(&token).is_ok());
        for (place, original) in token.char_indices() {
            for other in ('a'..='z').chain('2'..='7').chain(['0', '=', ' ', '\0']) {
                let (before, after) = (&token[..place], &token[place + 1..]);
                let changed = format!("{before}{other}{after}");
                assert_eq!(open(&changed).is_ok(), other == original, "{changed}");
            }
        }
        for end in 0..token.len() {
            assert!(open(&token[..end]).is_err(), "cut to {end}");
            assert!(open(&format!("{token}{}", &token[..=end])).is_err(), "longer by {end}");
        }
        assert_eq!(open(&"a".repeat(LONGEST + 1)), Err(Refused::Malformed));
    }

    #[test]
    fn the_case_of_letters_does_not_matter() {
        let token = keys().seal(&grant(Purpose::Act));
        assert_eq!(token, token.to_lowercase());
        assert_eq!(open(&token.to_uppercase()), Ok(grant(Purpose::Act)));
    }

    #[test]
    fn it_ends_at_its_time_and_serves_its_own_purpose_only() {
        let token = keys().seal(&grant(Purpose::Act));
        assert!(keys().open(&token, Purpose::Act, at(NOW + 59)).is_ok());
        assert_eq!(keys().open(&token, Purpose::Act, at(NOW + 60)), Err(Refused::Expired));
        assert_eq!(keys().open(&token, Purpose::Reply, at(NOW)), Err(Refused::Forged));
    }

    #[test]
    fn the_key_before_opens_and_no_other_does() {
        let sealed =
            |byte| Keys { current: key(byte), previous: Some(key(1)) }.seal(&grant(Purpose::Act));
        assert!(open(&sealed(2)).is_ok());
        assert_eq!(open(&sealed(3)), Err(Refused::Forged));
        let first = Keys { previous: None, ..keys() };
        assert_eq!(first.open(&sealed(2), Purpose::Act, at(NOW)), Err(Refused::Forged));
    }

    #[test]
    fn keys_are_never_shown() {
        assert!(!format!("{:?}", keys()).contains("1, 1"));
    }

    #[test]
    fn an_address_with_a_token_fits_and_reads_back() {
        let own = Address::parse("owed@brook.example").unwrap();
        let long = Grant { person: PersonId::new("012345678901"), ..grant(Purpose::Reply) };
        let token = keys().seal(&long);
        let fits = address(&own, &token).unwrap();
        assert!(fits.local_part().len() <= 64, "{fits}");
        assert_eq!(in_address(&own, &fits), Some(token.as_str()));
        assert_eq!(in_address(&own, &own), Some(""));
        for other in ["owed@other.example", "owedx@brook.example", "help+a@brook.example"] {
            assert_eq!(in_address(&own, &Address::parse(other).unwrap()), None, "{other}");
        }
        let longer = Grant { person: PersonId::new("x".repeat(40)), ..long };
        assert_eq!(address(&own, &keys().seal(&longer)), None);
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_as_it_was(
            act in any::<bool>(),
            case in proptest::option::of(1_i64..i64::MAX),
            obligation in any::<u32>(),
            person in ".{0,40}",
            until in NOW + 1..i64::from(u32::MAX),
        ) {
            let purpose = if act { Purpose::Act } else { Purpose::Reply };
            let case = case.map(CaseNumber::from_row);
            let (person, until) = (PersonId::new(person), at(until));
            let grant = Grant { purpose, case, obligation, person, until };
            let token = keys().seal(&grant);
            prop_assert_eq!(keys().open(&token, purpose, at(NOW)), Ok(grant));
        }

        #[test]
        fn nothing_invented_opens_or_panics(token in ".{0,80}") {
            prop_assert!(open(&token).is_err());
        }
    }
}
