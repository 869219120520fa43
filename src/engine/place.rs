//! Which case a message belongs to.
//!
//! In order: the Message-IDs it hangs on, the case number in its subject, its
//! subject. A case number or a subject can be guessed or shared, so either joins
//! only where the message and the case have somebody in common.

use jiff::{SignedDuration, Timestamp};

use crate::domain::case::Case;
use crate::domain::ids::{Address, MessageId};
use crate::domain::roster::Roster;
use crate::mail::parse::Message;
use crate::mail::thread;
use crate::store::{self, Loaded, Tx};

/// How long after the last word in a case an equal subject alone continues it.
const SUBJECT_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Finds the case that `message` continues.
pub(super) async fn case_of(
    tx: &mut Tx,
    roster: &Roster,
    message: &Message,
    parents: &[MessageId],
    at: Timestamp,
) -> Result<Option<Loaded>, store::Error> {
    if let Some(number) = tx.case_of_thread(parents).await? {
        return tx.case(number).await;
    }
    let people = everybody(message);
    for number in thread::case_numbers(&message.subject) {
        if let Some(loaded) = tx.case(number).await?
            && shares_somebody(&loaded.case, &people)
        {
            return Ok(Some(loaded));
        }
    }
    let subject = thread::base_subject(&message.subject);
    if !subject.is_reply {
        return Ok(None);
    }
    let since = at.saturating_sub(SUBJECT_LASTS).unwrap_or(at);
    for number in tx.cases_by_subject(&subject.text, since).await? {
        let Some(loaded) = tx.case(number).await? else { continue };
        let earlier = thread::base_subject(&loaded.case.subject);
        let strangers: Vec<Address> =
            people.iter().filter(|address| !roster.is_ours(address)).cloned().collect();
        if thread::joins_by_subject(&subject, &earlier) && shares_somebody(&loaded.case, &strangers)
        {
            return Ok(Some(loaded));
        }
    }
    Ok(None)
}

/// Everybody whom a message names.
fn everybody(message: &Message) -> Vec<Address> {
    let parties = message.from.iter().chain(&message.reply_to).chain(&message.to);
    parties.chain(&message.cc).map(|party| party.address.clone()).collect()
}

fn shares_somebody(case: &Case, people: &[Address]) -> bool {
    people.iter().any(|address| case.side.contains(address))
}
