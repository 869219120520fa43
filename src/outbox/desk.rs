//! Where mails are written: what is to be told becomes a letter, and that the
//! bytes of a mail.

use std::collections::BTreeMap;

use jiff::{Timestamp, Zoned};

use super::occasion;
use super::scene::{Scene, Story, clocks, zone_of};
use super::stationery::{Stationery, Subject};
use crate::domain::case::Case;
use crate::domain::effect::{Notice, Occasion};
use crate::domain::ids::{CaseNumber, Party};
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Recipient};
use crate::mail::compose::{Headers, Uncomposable, compose};
use crate::mail::letter::{self, Down, Entry, Letter, Note, Together, Understood};
use crate::mail::link::Verb;
use crate::mail::template::Unwritten;
use crate::mail::typeset::{self, Written as Words};
use crate::store::{self, About, Audience, Outage, Sealed, Tx, UNREADABLE, Unsealed};

/// How many matters of one mail are told with their story.
const IN_FULL: usize = 10;

/// How many promises one mail tells that owed understood.
const PROMISES: i64 = 10;

/// What a mail is written with.
pub(super) struct Desk<'a> {
    pub(super) tx: &'a mut Tx,
    pub(super) policy: &'a Policy,
    pub(super) stationery: &'a Stationery,
    pub(super) now: Timestamp,
}

/// Why something cannot become a mail.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsealable {
    #[error(transparent)]
    Uncomposable(#[from] Uncomposable),
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
    #[error("its case cannot be read")]
    NoCase,
    #[error("what it would tell cannot be read: {0}")]
    Senseless(store::Error),
    #[error("there is no letter for it")]
    NoLetter,
    #[error("whoever it is written for has no address any more")]
    NoWriter,
}

/// A mail, or nothing where there is nothing to tell any more, or why not.
pub(super) type Written = store::Result<Result<Option<Sealed>, Unsealable>>;

/// A notice with what it tells of.
pub(super) struct Item<'a> {
    case: Case,
    obligation: Obligation,
    notice: &'a Notice,
    pub(super) told: &'a Unsealed,
}

impl Item<'_> {
    /// Whether it tells what somebody said just now.
    pub(super) fn is_news(&self) -> bool {
        self.case.is_news(self.notice)
    }

    /// Of what it tells.
    pub(super) fn matter(&self) -> (i64, u32) {
        (self.case.number.row(), self.notice.obligation)
    }
}

impl Desk<'_> {
    /// What was read of the store; `None` where it makes no sense, of which the operator
    /// hears: one bad row keeps nobody from their mail.
    pub(super) async fn readable<T>(&mut self, read: store::Result<T>) -> store::Result<Option<T>> {
        match read {
            Err(error @ store::Error::Senseless { .. }) => {
                tracing::error!("it is left out of a mail: {error}");
                self.tx.arm_other(UNREADABLE, &error.to_string(), Some(self.now)).await?;
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// A mail about no case.
    pub(super) async fn occasion(&mut self, told: &Unsealed, occasion: &Occasion) -> Written {
        let told_of = occasion::letter(self, occasion, told.at).await?;
        let Some((mut letter, cases)) = told_of else { return Ok(Ok(None)) };
        self.show_promises(&mut letter, &occasion.to).await?;
        let headers = self.headers(&told.key, &occasion.to, several(told.id));
        Ok(self.composed(&letter, headers).map(|sealed| Some(Sealed { cases, ..sealed })))
    }

    /// The note to a contact, in the name of whoever asked for it.
    pub(super) async fn note(
        &mut self,
        told: &Unsealed,
        number: CaseNumber,
        notice: &Notice,
    ) -> Written {
        let Some((case, promise)) = self.case_of(number, notice).await? else {
            return Ok(Err(Unsealable::NoCase));
        };
        let by = promise.owner.as_ref().and_then(|id| self.policy.roster.people.get(id));
        let Some((by, from)) = by.and_then(|by| Some((by, writer(by, &case)?))) else {
            return Ok(Err(Unsealable::NoWriter));
        };
        let last = self.tx.last_heard(number).await?;
        let note = Note {
            contact: case.contact.clone(),
            subject: case.subject.clone(),
            by: by.name.clone(),
            organisation: self.policy.roster.organisation.clone(),
            due: promise.due.to_zoned(zone_of(self.policy, Some(by))),
            language: last.as_ref().and_then(|message| message.language.clone()),
        };
        let words = match letter::note(&note, &self.stationery.templates) {
            Ok(words) => words,
            Err(error) => return Ok(Err(error.into())),
        };
        let shared = self.policy.roster.mailboxes.contains_key(&case.mailbox);
        let reply_to = shared.then(|| case.mailbox.clone());
        let to = Party { name: case.contact.name.clone(), address: notice.to.address.clone() };
        let mut headers = self.stationery.personal(&told.key, (from, to), reply_to, self.now);
        headers.thread = last.and_then(|m| m.message_id).map(|id| format!("<{}>", id.as_str()));
        let composed = self.sealed(&words, headers);
        Ok(composed.map(|sealed| {
            Some(Sealed { case: Some(number), audience: Audience::Contact, ..sealed })
        }))
    }

    /// One mail about all these, to the one reader whom they are for. Of several about
    /// one obligation the highest step alone is told.
    pub(super) async fn matters(&mut self, all: Vec<Item<'_>>, storm: bool) -> Written {
        let Some(to) = all.first().map(|item| item.notice.to.clone()) else { return Ok(Ok(None)) };
        let down = self.down(&all, &to);
        let mut items = highest(all);
        items.sort_by_key(|item| item.obligation.rank(self.now));
        let letter = match items.as_slice() {
            [item] => self.single(item, down.as_ref()).await?,
            several => Some(self.bundle(several, storm, down).await?),
        };
        let Some(mut letter) = letter else { return Ok(Err(Unsealable::NoLetter)) };
        for item in items.iter().filter(|item| item.obligation.kind == Kind::Promise) {
            self.tx.show_promise(item.case.number, item.obligation.seq).await?;
        }
        self.show_promises(&mut letter, &to).await?;
        let headers = match items.as_slice() {
            [item] => self.headers(&item.told.key, &to, subject(item)),
            items => {
                let first = items.iter().map(|item| item.told.id).min().unwrap_or_default();
                self.headers(&format!("bundle/{first}"), &to, several(first))
            }
        };
        let cases = items.iter().map(|item| item.case.number).collect();
        Ok(self.composed(&letter, headers).map(|sealed| Some(Sealed { cases, ..sealed })))
    }

    /// A mail about one matter, whatever else waits for its reader.
    pub(super) async fn alone(&mut self, told: &Unsealed) -> Written {
        let (items, unreadable) = self.items(std::slice::from_ref(told)).await?;
        if !unreadable.is_empty() {
            return Ok(Err(Unsealable::NoCase));
        }
        self.matters(items, false).await
    }

    async fn single(
        &mut self,
        item: &Item<'_>,
        down: Option<&Down>,
    ) -> store::Result<Option<Letter>> {
        let story = self.story(item).await?;
        let mut letter = self.scene(item).letter(&story);
        if let (Some(letter), Some(down)) = (&mut letter, down) {
            letter.admit(down, &self.now.to_zoned(down.to.time_zone().clone()));
        }
        Ok(letter)
    }

    async fn bundle(
        &mut self,
        items: &[Item<'_>],
        storm: bool,
        down: Option<Down>,
    ) -> store::Result<Letter> {
        let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
        for item in items {
            let told =
                if entries.len() < IN_FULL { self.story(item).await? } else { Story::default() };
            entries.push(self.scene(item).entry(&told));
        }
        let why = match down {
            Some(down) => Together::Down(down),
            None if storm => Together::Storm,
            None => Together::Company,
        };
        Ok(letter::bundle(&entries, &why))
    }

    async fn story(&mut self, item: &Item<'_>) -> store::Result<Story> {
        let now = self.now.to_zoned(clocks(self.policy, &item.notice.to));
        let story = Story::of(self.tx, &item.case, &item.obligation, &now).await;
        Ok(self.readable(story).await?.unwrap_or_default())
    }

    fn scene<'a>(&'a self, item: &'a Item<'_>) -> Scene<'a> {
        Scene {
            policy: self.policy,
            stationery: self.stationery,
            case: &item.case,
            obligation: &item.obligation,
            notice: item.notice,
            at: item.told.at,
            now: self.now,
        }
    }

    /// The notices with what they tell of, and those of which that cannot be read.
    pub(super) async fn items<'a>(
        &mut self,
        notices: &'a [Unsealed],
    ) -> store::Result<(Vec<Item<'a>>, Vec<&'a Unsealed>)> {
        let (mut items, mut unreadable) = (Vec::with_capacity(notices.len()), Vec::new());
        for told in notices {
            let About::Case(number, notice) = &told.about else { continue };
            match self.case_of(*number, notice).await? {
                Some((case, obligation)) => items.push(Item { case, obligation, notice, told }),
                None => unreadable.push(told),
            }
        }
        Ok((items, unreadable))
    }

    pub(super) async fn case_of(
        &mut self,
        number: CaseNumber,
        notice: &Notice,
    ) -> store::Result<Option<(Case, Obligation)>> {
        let case = match self.tx.case(number).await {
            Ok(Some(loaded)) => loaded.case,
            Ok(None) | Err(store::Error::Senseless { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let wanted = |o: &&Obligation| o.seq == notice.obligation;
        let found = case.obligations.iter().find(wanted).cloned();
        // A word on a hand-over is told, whatever became of what it was about.
        let last = || case.obligations.last().filter(|_| !notice.purpose.is_step()).cloned();
        Ok(found.or_else(last).map(|obligation| (case, obligation)))
    }

    /// Adds what owed read as promises of this reader and has not told them.
    async fn show_promises(&mut self, letter: &mut Letter, to: &Recipient) -> store::Result<()> {
        let Some(person) = &to.person else { return Ok(()) };
        let zone = zone_of(self.policy, self.policy.roster.people.get(person));
        let mut understood = Vec::new();
        for (number, seq) in self.tx.unshown_promises(person, PROMISES).await? {
            self.tx.show_promise(number, seq).await?;
            let loaded = self.tx.case(number).await;
            let Some(loaded) = self.readable(loaded).await?.flatten() else { continue };
            let Some(promise) = loaded.case.open().find(|o| o.seq == seq) else { continue };
            let about = Subject { case: Some(number), obligation: seq };
            understood.push(Understood {
                contact: loaded.case.contact.clone(),
                subject: loaded.case.subject.clone(),
                words: promise.words.clone().unwrap_or_default(),
                due: promise.due.to_zoned(zone.clone()),
                correct: self.stationery.link(about, person, Verb::Correct, self.now),
            });
        }
        letter.show_promises(&understood, &self.now.to_zoned(zone));
        Ok(())
    }

    /// The outage in which all of these fell due, if it was one.
    fn down(&self, items: &[Item<'_>], to: &Recipient) -> Option<Down> {
        let outages: Option<Vec<Outage>> = items.iter().map(|item| item.told.outage).collect();
        let outages = outages?;
        let from = outages.iter().map(|outage| outage.from).min()?;
        let until = outages.iter().map(|outage| outage.to).max()?;
        let person = to.person.as_ref().and_then(|id| self.policy.roster.people.get(id));
        let local = |at: Timestamp| -> Zoned { at.to_zoned(zone_of(self.policy, person)) };
        Some(Down { from: local(from), to: local(until) })
    }

    pub(super) fn headers(&self, decided: &str, to: &Recipient, about: Subject) -> Headers {
        let person = to.person.as_ref().filter(|id| !id.is_last_resort());
        let name = person.map_or("", |id| self.policy.roster.name_of(id)).to_owned();
        self.stationery.headers(decided, (to, name), about, self.now)
    }

    pub(super) fn composed(&self, letter: &Letter, headers: Headers) -> Result<Sealed, Unsealable> {
        let words = typeset::letter(letter);
        self.sealed(&words.map_err(|e| Uncomposable::Library(e.to_string()))?, headers)
    }

    pub(super) fn sealed(&self, words: &Words, headers: Headers) -> Result<Sealed, Unsealable> {
        let bytes = compose(words, &headers)?;
        let Headers { to, message_id, case, .. } = headers;
        Ok(Sealed {
            case,
            cases: Vec::new(),
            // Whoever's name a mail carries, what comes back comes to owed.
            sender: self.stationery.sender.address.clone(),
            recipient: to.address,
            message_id,
            bytes,
            audience: Audience::House,
        })
    }
}

/// A mail about no one case: its first notice knows of which it tells.
fn several(first: i64) -> Subject {
    Subject { case: None, obligation: u32::try_from(first).unwrap_or(0) }
}

/// Of several about one obligation the highest step alone.
fn highest(all: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let step = |item: &Item<'_>| (item.notice.rung, item.notice.occurrence);
    let mut highest: BTreeMap<_, Item<'_>> = BTreeMap::new();
    for item in all {
        let purpose = item.notice.purpose;
        let other = (!purpose.is_step()).then(|| purpose.name());
        let key = (item.case.number.row(), item.notice.obligation, other);
        if highest.get(&key).is_none_or(|known| step(known) < step(&item)) {
            highest.insert(key, item);
        }
    }
    highest.into_values().collect()
}

fn subject(item: &Item<'_>) -> Subject {
    Subject { case: Some(item.case.number), obligation: item.obligation.seq }
}

/// Somebody of ours as a contact knows them: by the address that was written to,
/// where it is theirs.
pub(super) fn writer(person: &Person, case: &Case) -> Option<Party> {
    let known = person.addresses.iter().find(|address| **address == case.mailbox);
    let address = known.or_else(|| person.addresses.first())?.clone();
    Some(Party { name: person.name.clone(), address })
}
