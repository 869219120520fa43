//! Notices become mails: what is moot is dropped, the rest gets its bytes.
//!
//! The bytes are made once, from what is true at this moment, and kept; every
//! attempt to send gives the server the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::case::Case;
use crate::domain::effect::{Purpose, What};
use crate::domain::ids::Party;
use crate::domain::obligation::Obligation;
use crate::domain::policy::Policy;
use crate::domain::roster::Recipient;
use crate::mail::compose::{Headers, Uncomposable, compose, message_id, thread_root};
use crate::mail::letter::{self, Letter, Matter, Reader};
use crate::store::{self, Line, Sealed, Tx, Unsealed};

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

/// Why a notice could not become a mail.
#[derive(Debug, thiserror::Error)]
pub enum Unsealable {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The letter could not become a mail.
    #[error(transparent)]
    Uncomposable(#[from] Uncomposable),
}

/// Seals what waits; whether there was anything.
pub async fn seal(
    tx: &mut Tx,
    policy: &Policy,
    stationery: &Stationery,
    now: Timestamp,
) -> Result<bool, Unsealable> {
    let waiting = tx.unsealed(GROUP).await?;
    for unsealed in &waiting {
        if unsealed.owed
            && let Some(sealed) = render(tx, policy, stationery, unsealed, now).await?
        {
            tx.seal(&[unsealed.id], &sealed, now).await?;
        } else {
            tx.drop_notice(unsealed.id).await?;
        }
    }
    Ok(!waiting.is_empty())
}

async fn render(
    tx: &mut Tx,
    policy: &Policy,
    stationery: &Stationery,
    unsealed: &Unsealed,
    now: Timestamp,
) -> Result<Option<Sealed>, Unsealable> {
    let Some(loaded) = tx.case(unsealed.case).await? else { return Ok(None) };
    let case = &loaded.case;
    let wanted = |o: &&Obligation| o.seq == unsealed.notice.obligation;
    let Some(obligation) = case.obligations.iter().find(wanted) else { return Ok(None) };
    let to = &unsealed.notice.to;
    let heard = tx.words_since(case.number, obligation.since).await?;
    let journal = tx.journal_of(case.number).await?;
    let words = heard.map(|message| message.words).unwrap_or_default();
    let scene = Scene { policy, case, obligation, to, journal: &journal, now };
    let letter = scene.letter(unsealed, words);
    let headers = headers(policy, stationery, unsealed, now);
    let bytes = compose(&letter, &headers)?;
    Ok(Some(Sealed {
        case: case.number,
        sender: stationery.sender.address.clone(),
        recipient: to.address.clone(),
        message_id: headers.message_id,
        bytes,
    }))
}

fn headers(
    policy: &Policy,
    stationery: &Stationery,
    unsealed: &Unsealed,
    now: Timestamp,
) -> Headers {
    let Stationery { sender, key } = stationery;
    let domain = sender.address.domain();
    let to = &unsealed.notice.to;
    let name = to.person.as_ref().map_or(String::new(), |id| policy.roster.name_of(id).to_owned());
    Headers {
        from: sender.clone(),
        to: Party { name, address: to.address.clone() },
        date: now,
        message_id: message_id(key, &unsealed.key, domain),
        thread: Some(thread_root(key, unsealed.case, &to.address, domain)),
        case: Some(unsealed.case),
    }
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
    fn letter(&self, unsealed: &Unsealed, words: String) -> Letter {
        let matter = self.matter(unsealed, words);
        match unsealed.notice.purpose {
            Purpose::Remind if matter.owner.is_none() => letter::reminder_for_mailbox(&matter),
            Purpose::Remind => letter::reminder(&matter),
            Purpose::Escalate => letter::escalation(&matter, &self.reader(unsealed)),
        }
    }

    fn matter(&self, unsealed: &Unsealed, words: String) -> Matter {
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
            owner_called: person.map(|p| p.short.clone().unwrap_or_else(|| p.id.to_string())),
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

    fn reader(&self, unsealed: &Unsealed) -> Reader {
        let told = |line: &&Line| {
            line.entry.what == What::Escalated && line.entry.to.as_ref() == Some(&self.to.address)
        };
        let person = self.to.person.as_ref();
        Reader {
            name: person.map_or("", |id| self.policy.roster.name_of(id)).to_owned(),
            first_told: self
                .before(unsealed)
                .find(told)
                .map(|line| line.entry.at.to_zoned(self.zone())),
        }
    }

    /// What was written in this waiting period before the notice was decided.
    fn before<'a>(&'a self, unsealed: &'a Unsealed) -> impl Iterator<Item = &'a Line> {
        let period = self.obligation.since..unsealed.at;
        self.journal.iter().filter(move |line| period.contains(&line.entry.at))
    }

    fn deed(&self, line: &Line) -> Option<String> {
        let roster = &self.policy.roster;
        let to = line.entry.to.as_ref();
        let called = to.map(|address| match roster.person_at(address) {
            Some(person) => person.name.clone(),
            None => address.to_string(),
        });
        letter::deed(line.entry.what, called.as_deref().unwrap_or(&self.case.contact.name))
    }

    fn zone(&self) -> TimeZone {
        let roster = &self.policy.roster;
        let person = self.to.person.as_ref().and_then(|id| roster.people.get(id));
        person.map_or(&roster.zone, |person| person.calendar.zone()).clone()
    }
}
