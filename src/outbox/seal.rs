//! Notices become mails: what is moot is dropped, the rest gets its bytes.
//!
//! The bytes are made once, from what is true at this moment, and kept; every
//! attempt to send gives the server the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::case::Case;
use crate::domain::effect::{Notice, Purpose, What};
use crate::domain::ids::{CaseNumber, Party};
use crate::domain::obligation::Obligation;
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Recipient};
use crate::mail::compose::{Headers, Uncomposable, compose, message_id, thread_root};
use crate::mail::letter::{self, Letter, Matter, Reader};
use crate::store::{self, About, Line, Sealed, Tx, Unsealed};

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
    let About::Case(number, notice) = &unsealed.about else {
        return Ok(Err(Unsealable::NoLetter));
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
    let headers = headers(policy, stationery, &told, now);
    let composed = compose(&letter, &headers).map_err(Unsealable::from);
    Ok(composed.map(|bytes| Sealed {
        case: Some(case.number),
        sender: stationery.sender.address.clone(),
        recipient: to.address.clone(),
        message_id: headers.message_id,
        bytes,
    }))
}

fn headers(policy: &Policy, stationery: &Stationery, told: &Told<'_>, now: Timestamp) -> Headers {
    let Stationery { sender, key } = stationery;
    let domain = sender.address.domain();
    let to = &told.notice.to;
    let name = to.person.as_ref().map_or(String::new(), |id| policy.roster.name_of(id).to_owned());
    Headers {
        from: sender.clone(),
        to: Party { name, address: to.address.clone() },
        date: now,
        message_id: message_id(key, told.key, domain),
        thread: Some(thread_root(key, told.number, &to.address, domain)),
        case: Some(told.number),
    }
}

/// A notice about a case, as it was decided.
struct Told<'a> {
    number: CaseNumber,
    notice: &'a Notice,
    at: Timestamp,
    key: &'a str,
}

/// All that one letter is made of.
struct Scene<'a> {
    policy: &'a Policy,
    case: &'a Case,
    obligation: &'a Obligation,
    to: &'a Recipient,
    journal: &'a [Line],
    now: Timestamp,
}

impl Scene<'_> {
    fn letter(&self, unsealed: &Told<'_>, words: String) -> Option<Letter> {
        let matter = self.matter(unsealed, words);
        let reader = self.reader(unsealed);
        Some(match unsealed.notice.purpose {
            Purpose::Remind if matter.owner.is_none() => {
                letter::reminder_for_mailbox(&matter, &reader)
            }
            Purpose::Remind if self.to.person != self.obligation.owner => {
                letter::reminder_for_another(&matter, &reader)
            }
            Purpose::Remind => letter::reminder(&matter),
            Purpose::Escalate => letter::escalation(&matter, &reader),
            Purpose::Offer | Purpose::Accepted | Purpose::Refused | Purpose::TellWhen => {
                return None;
            }
        })
    }

    fn matter(&self, unsealed: &Told<'_>, words: String) -> Matter {
        let roster = &self.policy.roster;
        let owner = self.obligation.owner.as_ref();
        let zone = self.zone();
        let local = |at: Timestamp| at.to_zoned(zone.clone());
        let person = owner.and_then(|id| roster.people.get(id));
        Matter {
            case: self.case.number,
            subject: self.case.subject.clone(),
            contact: self.case.contact.clone(),
            mailbox: self.case.mailbox.to_string(),
            owner: owner.map(|id| roster.name_of(id).to_owned()),
            owner_called: person.map(called),
            owner_away: person.is_some_and(|person| person.is_away(unsealed.at)),
            since: local(self.obligation.since),
            due: local(self.obligation.due),
            now: local(self.now),
            because: self.obligation.because.clone(),
            rule: self.obligation.rule.clone(),
            words,
            chases: self.obligation.chases,
            done: self
                .before(unsealed)
                .filter_map(|line| Some((local(line.entry.at), self.deed(line)?)))
                .collect(),
        }
    }

    fn reader(&self, unsealed: &Told<'_>) -> Reader {
        let told = |line: &&Line| {
            line.entry.what == What::Escalated && line.entry.to.as_ref() == Some(&self.to.address)
        };
        let person = self.to.person.as_ref().and_then(|id| self.policy.roster.people.get(id));
        Reader {
            called: person.map(called),
            first_told: self
                .before(unsealed)
                .find(told)
                .map(|line| line.entry.at.to_zoned(self.zone())),
        }
    }

    /// What was written in this waiting period before the notice was decided.
    fn before<'a>(&'a self, unsealed: &Told<'_>) -> impl Iterator<Item = &'a Line> {
        let period = self.obligation.since..unsealed.at;
        self.journal.iter().filter(move |line| period.contains(&line.entry.at))
    }

    fn deed(&self, line: &Line) -> Option<String> {
        let roster = &self.policy.roster;
        let to = line.entry.to.as_ref();
        let told = to.map(|address| match roster.person_at(address) {
            Some(person) => person.name.clone(),
            None => address.to_string(),
        });
        letter::deed(line.entry.what, &told.unwrap_or_else(|| letter::called(&self.case.contact)))
    }

    fn zone(&self) -> TimeZone {
        let roster = &self.policy.roster;
        let person = self.to.person.as_ref().and_then(|id| roster.people.get(id));
        person.map_or(&roster.zone, |person| person.calendar.zone()).clone()
    }
}

/// What commands call a person.
fn called(person: &Person) -> String {
    person.short.clone().unwrap_or_else(|| person.id.to_string())
}
