//! Mail to owed's own address: whether it is written to owed itself, or by somebody outside
//! who means all of us. What becomes of either is decided elsewhere.

use crate::domain::ids::{Address, Party};
use crate::domain::roster::Roster;
use crate::mail::concern::concern;
use crate::mail::parse::Message;
use crate::mail::token::in_address;

/// Why nobody owes an answer to what is written to owed itself.
pub const TO_OWED: &str = "it was written to owed itself";

/// The token in the address by which a mail is for owed itself; empty where it was
/// written to owed without one.
///
/// To says to whom a mail is written; who of ours stands in Cc is to know of it, and of a
/// concern also who stands beside owed. A copy of an answer or of a question may go to an
/// address of owed's, in Bcc or beside others: what is written to anybody else is not for owed.
pub fn seal(
    message: &Message,
    envelope: &[Address],
    (own, roster): (&Address, &Roster),
) -> Option<String> {
    let is_own = |party: &Party| in_address(own, &party.address).is_some();
    let may_know =
        |party: &Party| is_own(party) || (!message.to.is_empty() && roster.is_ours(&party.address));
    let raises = || concern(&message.subject, &message.text).is_some();
    let beside = || message.to.iter().any(is_own) && message.to.iter().all(may_know) && raises();
    let is_to_owed = message.to.iter().all(is_own) || beside();
    if !is_to_owed || !message.cc.iter().all(may_know) {
        return None;
    }
    let named: Vec<&Address> =
        message.to.iter().chain(&message.cc).map(|party| &party.address).collect();
    let mut tokens = named.iter().copied().chain(envelope).filter_map(|a| in_address(own, a));
    if let Some(token) = tokens.find(|token| !token.is_empty()) {
        return Some(token.to_owned());
    }
    named.contains(&own).then(String::new)
}

/// Whether somebody outside wrote to owed's own address: some mail programs answer From,
/// where Reply-To names a mailbox. `seal` is what it has of [`seal()`].
pub fn is_astray(
    message: &Message,
    seal: Option<&str>,
    (own, roster): (&Address, &Roster),
) -> bool {
    let ours =
        |party: &Party| roster.is_ours(&party.address) || roster.hand_at(&party.address).is_some();
    let to_own = message.to.iter().any(|party| in_address(own, &party.address).is_some());
    to_own && seal.is_none_or(str::is_empty) && !message.from.as_ref().is_some_and(ours)
}
