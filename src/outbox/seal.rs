//! Notices become mails: what is moot is dropped, the rest gets its bytes.
//!
//! The bytes are made once, from what is true at this moment, and kept; every
//! attempt to send gives the server the same.

use jiff::Timestamp;

use super::occasion;
use super::scene::{Scene, Told};
use crate::domain::ids::{Address, CaseNumber, Party};
use crate::domain::obligation::Obligation;
use crate::domain::policy::Policy;
use crate::domain::roster::Recipient;
use crate::mail::compose::{Headers, Uncomposable, compose, message_id, thread_root};
use crate::mail::letter::Letter;
use crate::store::{self, About, Sealed, Tx, Unsealed};

/// How many notices one commit seals.
const GROUP: i64 = 50;

/// Whose name and key mails carry.
#[derive(Debug, Clone)]
pub struct Stationery {
    /// owed, by its name in this organisation.
    pub sender: Party,
    /// What Message-IDs are made with.
    pub key: Vec<u8>,
}

/// Seals some of what waits; whether there was anything. A notice that cannot
/// become a mail does not stop the others: it is reported, and shown with its
/// case.
pub async fn seal(
    tx: &mut Tx,
    policy: &Policy,
    stationery: &Stationery,
    now: Timestamp,
) -> store::Result<bool> {
    let waiting = tx.unsealed(now, GROUP).await?;
    for unsealed in &waiting {
        if !unsealed.owed {
            tx.drop_notice(unsealed.id).await?;
            continue;
        }
        match render(tx, policy, stationery, unsealed, now).await? {
            Ok(sealed) => tx.seal(&[unsealed.id], &sealed, now).await?,
            Err(why) => {
                let to = &unsealed.about.to().address;
                tracing::error!(key = %unsealed.key, %to, %why, "a mail could not be written");
                tx.fail_notice(unsealed.id).await?;
            }
        }
    }
    Ok(!waiting.is_empty())
}

/// Why a notice cannot become a mail.
#[derive(Debug, thiserror::Error)]
enum Unsealable {
    #[error(transparent)]
    Uncomposable(#[from] Uncomposable),
    #[error("its case cannot be read")]
    NoCase,
    #[error("there is no letter for it")]
    NoLetter,
}

async fn render(
    tx: &mut Tx,
    policy: &Policy,
    stationery: &Stationery,
    unsealed: &Unsealed,
    now: Timestamp,
) -> store::Result<Result<Sealed, Unsealable>> {
    let (number, notice) = match &unsealed.about {
        About::Case(number, notice) => (number, notice),
        About::Occasion(told) => {
            let letter = occasion::letter(tx, policy, told, now).await?;
            let Some(letter) = letter else { return Ok(Err(Unsealable::NoLetter)) };
            let headers = headers(policy, stationery, (&unsealed.key, &told.to, None), now);
            return Ok(composed(&letter, headers, told.to.address.clone()));
        }
    };
    let told = Told { number: *number, notice, at: unsealed.at, key: &unsealed.key };
    let loaded = match tx.case(*number).await {
        Ok(Some(loaded)) => loaded,
        Ok(None) | Err(store::Error::Senseless { .. }) => return Ok(Err(Unsealable::NoCase)),
        Err(error) => return Err(error),
    };
    let case = &loaded.case;
    let wanted = |o: &&Obligation| o.seq == notice.obligation;
    let Some(obligation) = case.obligations.iter().find(wanted) else {
        return Ok(Err(Unsealable::NoCase));
    };
    let to = &notice.to;
    let heard = tx.words_since(case.number, obligation.since).await?;
    let journal = tx.journal_of(case.number).await?;
    let words = heard.map(|message| message.words).unwrap_or_default();
    let scene = Scene { policy, case, obligation, to, journal: &journal, now };
    let Some(letter) = scene.letter(&told, words) else { return Ok(Err(Unsealable::NoLetter)) };
    let headers = headers(policy, stationery, (told.key, to, Some(told.number)), now);
    Ok(composed(&letter, headers, to.address.clone()))
}

fn composed(letter: &Letter, headers: Headers, recipient: Address) -> Result<Sealed, Unsealable> {
    let bytes = compose(letter, &headers)?;
    let Headers { from, message_id, case, .. } = headers;
    Ok(Sealed { case, sender: from.address, recipient, message_id, bytes })
}

/// The headers of what was decided under a key, for a recipient, about a case.
fn headers(
    policy: &Policy,
    stationery: &Stationery,
    (decided, to, case): (&str, &Recipient, Option<CaseNumber>),
    now: Timestamp,
) -> Headers {
    let Stationery { sender, key } = stationery;
    let domain = sender.address.domain();
    let name = to.person.as_ref().map_or(String::new(), |id| policy.roster.name_of(id).to_owned());
    Headers {
        from: sender.clone(),
        to: Party { name, address: to.address.clone() },
        date: now,
        message_id: message_id(key, decided, domain),
        thread: case.map(|case| thread_root(key, case, &to.address, domain)),
        case,
    }
}
