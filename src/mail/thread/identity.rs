//! By what one mail is known again, however it came.
//!
//! It says whether two copies are one mail, not whether two mails belong
//! together.

use sha2::{Digest, Sha256};

use super::subject::base_subject;
use crate::domain::ids::MessageId;
use crate::mail::parse::{self, Message};
use crate::mail::visible::visible;

/// A digest by which the same mail is known however it came: its Message-ID,
/// From, Date, base subject and what its writer wrote, but neither trace headers
/// nor encodings, nor a list's tag and footer, nor a gateway's notice. Two mails
/// that only share a Message-ID have two.
pub fn identity(message: &Message, raw: &[u8]) -> [u8; 16] {
    let mut digest = Sha256::new();
    let mut field = |bytes: &[u8]| {
        digest.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(bytes);
    };
    field(message.id.as_ref().map_or("", MessageId::as_str).as_bytes());
    field(message.from.as_ref().map_or("", |from| from.address.as_str()).as_bytes());
    field(&message.date.map_or(i64::MIN, jiff::Timestamp::as_second).to_be_bytes());
    field(base_subject(&message.subject).text.as_bytes());
    let own = visible(message);
    if message.id.is_some() && !own.is_empty() {
        field(own.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
    } else {
        parse::leaves(raw, &mut |leaf| {
            // Line endings and padding are the carriers' business, words are not.
            let words = leaf.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
            field(&words.collect::<Vec<_>>().join(&b' '));
        });
    }
    // Nothing names such a message, so only the very same bytes are a copy.
    if message.id.is_none() && message.from.is_none() {
        field(raw);
    }
    let whole = digest.finalize();
    let mut short = [0; 16];
    short.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    short
}
