//! What was said outside mail is taken in at once: durable, judged and answered for
//! when the verb returns, the way of every mail.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::accept::{Delivery, Proof, keep};
use super::told::{Said, Unfit};
use super::{Engine, Error};
use crate::domain::act::Act;
use crate::domain::ids::{Address, CaseNumber, MessageId, Party, PersonId};
use crate::domain::obligation::Kind;
use crate::mail::spoken::{Spoken, spoken};
use crate::mail::trust::Signed;
use crate::store::{self, Loaded, Tx};

/// How many lines the journal may have of one message.
const LINES: i64 = 100;

/// How many cases are named where one has to be chosen.
const CHOICE: i64 = 10;

/// What became of something that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Its Message-ID, by which `owed explain` and `owed show` know it.
    pub message: String,
    /// The case it belongs to; none where it was filed.
    pub case: Option<String>,
    /// What it was judged to be: `owed`, `answered`, `ignored` and what else the journal
    /// says.
    pub verdict: String,
    /// Why, in words.
    pub reason: String,
    /// Until when an answer is owed, in RFC 3339, where one is.
    pub due: Option<String>,
}

/// A request that may come twice: its key, and what stands in it.
#[derive(Debug, Clone, Copy)]
pub struct Once<'a> {
    /// Who asks.
    pub source: &'a str,
    /// What they call the request, where they may send it again.
    pub key: Option<&'a str>,
    /// All that was asked.
    pub body: &'a [u8],
}

impl Engine {
    /// Takes in what was said. A request that comes again under its key has the same
    /// answer and does nothing.
    pub async fn tell(&self, said: &Said, once: Once<'_>) -> Result<Heard, Error> {
        let tx = self.store().write().await?;
        let before = self.policy.standing();
        let heard = self.tell_within(tx, said, once).await;
        let heard = self.unless_undone(before, heard)?;
        self.inward().notify_one();
        self.outward().notify_one();
        Ok(heard)
    }

    async fn tell_within(&self, mut tx: Tx, said: &Said, once: Once<'_>) -> Result<Heard, Error> {
        if let Some(answer) = self.answered(&mut tx, once).await? {
            return Ok(answer);
        }
        let place = self.place_of(&mut tx, said, once).await?;
        let heard = match (&said.by, &place) {
            (Some(by), Some(case)) if said.text.trim().is_empty() => {
                self.note_answer(&mut tx, case, &by.id, said).await?
            }
            _ => self.write_down(&mut tx, said, place, once).await?,
        };
        self.remember_answer(&mut tx, once, &heard).await?;
        tx.commit().await?;
        Ok(heard)
    }

    /// The case that it belongs to, as far as it says so: what we say ends a waiting, and
    /// that has to be the right one.
    async fn place_of(
        &self,
        tx: &mut Tx,
        said: &Said,
        once: Once<'_>,
    ) -> Result<Option<Loaded>, Error> {
        let unfit = |why: String| Error::Unfit(vec![Unfit::new("case", why)]);
        if let Some(number) = said.case {
            let found = tx.case(number).await?;
            return found.map(Some).ok_or_else(|| unfit(Error::NoSuchCase(number).to_string()));
        }
        if let Some(reference) = &said.reference {
            let known = tx.case_of_thread(&[named(once.source, reference)]).await?;
            if let Some(number) = known {
                return Ok(tx.case(number).await?);
            }
        }
        let Some(contact) = said.contact.as_ref().filter(|_| said.by.is_some()) else {
            return Ok(None);
        };
        match tx.owed_to(&contact.address, CHOICE).await?.as_slice() {
            [] => Ok(None),
            [number] => Ok(tx.case(*number).await?),
            several => {
                let several: Vec<String> = several.iter().map(CaseNumber::to_string).collect();
                Err(unfit(format!("name which of theirs it is: {}", several.join(", "))))
            }
        }
    }

    /// An answer of which nothing is known but that it was given.
    async fn note_answer(
        &self,
        tx: &mut Tx,
        case: &Loaded,
        by: &PersonId,
        said: &Said,
    ) -> Result<Heard, Error> {
        let number = case.case.number;
        let act = Act::Answered { how: said.channel.in_words().to_owned() };
        let reason = self.act_within(tx, number, by, act).await?;
        let (message, verdict) = (String::new(), "answered".to_owned());
        Ok(Heard { message, case: Some(number.to_string()), verdict, reason, due: None })
    }

    /// Writes it down as a mail and takes that up.
    async fn write_down(
        &self,
        tx: &mut Tx,
        said: &Said,
        place: Option<Loaded>,
        once: Once<'_>,
    ) -> Result<Heard, Error> {
        let (mail, mailbox) = self.mail(tx, said, place.as_ref(), once).await?;
        let id = mail.id.clone();
        let raw = spoken(&mail).map_err(|e| {
            Error::Unfit(vec![Unfit::new("contact", format!("it cannot be written down: {e}"))])
        })?;
        let delivery = Delivery {
            position: None,
            source: once.source.to_owned(),
            at: said.at,
            envelope: vec![mailbox],
            proof: Proof::All,
            channel: said.channel,
            raw,
        };
        let end = tx.journal_end().await?;
        if let Some(inbound) = keep(tx, &delivery).await? {
            let pending = delivery.pending(inbound);
            self.take_read(tx, &pending, &delivery.raw, &Signed::Unseen).await?;
        }
        Ok(self.heard(tx, &id, end).await?)
    }

    async fn mail(
        &self,
        tx: &mut Tx,
        said: &Said,
        place: Option<&Loaded>,
        once: Once<'_>,
    ) -> Result<(Spoken, Address), Error> {
        let case = place.map(|loaded| &loaded.case);
        let missing = |field, why: &str| Error::Unfit(vec![Unfit::new(field, why)]);
        let contact = said.contact.clone().filter(|_| said.by.is_none() || case.is_none());
        let contact = contact.or_else(|| case.map(|case| case.contact.clone()));
        let contact = contact.ok_or_else(|| missing("contact", "say who it was"))?;
        let mailbox = said.mailbox.clone().or_else(|| case.map(|case| case.mailbox.clone()));
        let ours = said.by.as_ref().and_then(|by| by.addresses.first().cloned());
        let mailbox = mailbox.or_else(|| ours.clone());
        let mailbox = mailbox.ok_or_else(|| missing("mailbox", "say for whom it is"))?;
        let party = |address: Address, name: &str| Party { name: name.to_owned(), address };
        let (from, to) = match &said.by {
            Some(by) => (party(ours.unwrap_or_else(|| mailbox.clone()), &by.name), contact.clone()),
            None => (contact.clone(), party(mailbox.clone(), "")),
        };
        let mut parents = Vec::new();
        if let Some(case) = case {
            let last = tx.last_heard(case.number).await?;
            parents.extend(last.and_then(|message| message.message_id));
        }
        parents.extend(said.reference.as_deref().map(|name| named(once.source, name)));
        let subject = match (&said.subject, case) {
            (Some(subject), _) => subject.clone(),
            (None, Some(case)) => format!("Re: {} [{}]", case.subject, case.number),
            (None, None) => format!("{} with {}", said.channel.noun(), contact.called()),
        };
        let (at, text) = (said.at, said.text.clone());
        let id = identity(said, once, mailbox.domain());
        Ok((Spoken { from, to, subject, text, at, id, parents }, mailbox))
    }

    /// What the journal says of a message since the line `end`.
    async fn heard(&self, tx: &mut Tx, id: &MessageId, end: i64) -> store::Result<Heard> {
        let lines = tx.journal_after(end, LINES).await?;
        let of_it = |line: &&store::Line| line.entry.message.as_ref() == Some(id);
        let said = lines.iter().rfind(of_it).map(|line| (line.entry.what.name(), &line.entry));
        let case = tx.case_of_thread(std::slice::from_ref(id)).await?;
        let loaded = match case {
            Some(number) => tx.case(number).await?,
            None => None,
        };
        let owed = loaded.as_ref().and_then(|loaded| loaded.case.owes(Kind::Reply));
        let zone = &self.policy().roster.zone;
        let due = owed.map(|reply| reply.due.to_zoned(zone.clone()));
        Ok(Heard {
            message: id.to_string(),
            case: case.map(|number| number.to_string()),
            verdict: said.map_or("kept", |(what, _)| what).to_owned(),
            reason: said
                .map_or("nothing is owed to them, or it was told before", |(_, entry)| {
                    entry.reason.as_str()
                })
                .to_owned(),
            due: due.map(|due| due.strftime("%FT%T%:z").to_string()),
        })
    }

    /// The answer that this request had when it first came.
    async fn answered(&self, tx: &mut Tx, once: Once<'_>) -> Result<Option<Heard>, Error> {
        let Some(key) = once.key else { return Ok(None) };
        let Some(known) = tx.request(once.source, key).await? else { return Ok(None) };
        if known.digest != Sha256::digest(once.body).as_slice() {
            return Err(Error::AnotherRequest);
        }
        Ok(serde_json::from_str(&known.answer).ok())
    }

    async fn remember_answer(
        &self,
        tx: &mut Tx,
        once: Once<'_>,
        heard: &Heard,
    ) -> Result<(), Error> {
        let (Some(key), Ok(answer)) = (once.key, serde_json::to_string(heard)) else {
            return Ok(());
        };
        let digest = Sha256::digest(once.body);
        Ok(tx.keep_request(once.source, key, (&digest, &answer), self.now()).await?)
    }
}

/// The Message-ID of what was said: the same words at the same moment are the same.
fn identity(said: &Said, once: Once<'_>, domain: &str) -> MessageId {
    let Said { channel, by, contact, mailbox, text, at, reference, .. } = said;
    let by = by.as_ref().map(|by| &by.id);
    let all = (once.source, once.key, channel, by, contact, mailbox, text, at, reference);
    let digest = HEXLOWER.encode(&Sha256::digest(format!("{all:?}")));
    let short: String = digest.chars().take(32).collect();
    MessageId::parse(&format!("{short}@{domain}")).expect("a hash and a domain are an identifier")
}

/// What stands among Message-IDs for a conversation that `source` calls so.
fn named(source: &str, reference: &str) -> MessageId {
    let digest = HEXLOWER.encode(&Sha256::digest(format!("{source}\0{reference}")));
    MessageId::parse(&format!("{digest}@reference.invalid")).expect("a hash is an identifier")
}
