//! What was said outside mail is taken in at once: durable, judged and answered for
//! when the verb returns, the way of every mail.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::accept::{Delivery, Proof, keep};
use super::once::Once;
use super::told::{Said, Unfit};
use super::{Engine, Error};
use crate::domain::ids::{Address, CaseNumber, MessageId, Party};
use crate::domain::obligation::Kind;
use crate::domain::rule::Channel;
use crate::mail::compose::Uncomposable;
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

/// Something that was said outside mail, all of it known.
#[derive(Debug, Clone)]
pub(super) struct Words<'a> {
    /// Where it was told, in words.
    pub(super) source: &'a str,
    /// How it was said.
    pub(super) channel: Channel,
    /// Who said it.
    pub(super) from: Party,
    /// To whom.
    pub(super) to: Party,
    /// What about.
    pub(super) subject: String,
    /// The words.
    pub(super) text: String,
    /// When.
    pub(super) at: Timestamp,
    /// What it continues, nearest first.
    pub(super) parents: Vec<MessageId>,
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
        let words = self.words(&mut tx, said, place.as_ref(), once.source).await?;
        let heard = self.write_down(&mut tx, &words, once.key).await?;
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
            return match self.loaded(tx, number).await {
                Err(none @ Error::NoSuchCase(_)) => Err(unfit(none.to_string())),
                found => found.map(Some),
            };
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

    /// Writes words down as a mail and takes that up, under a key where they have one.
    pub(super) async fn write_down(
        &self,
        tx: &mut Tx,
        words: &Words<'_>,
        key: Option<&str>,
    ) -> Result<Heard, Error> {
        let unfit = |e: Uncomposable| {
            Error::Unfit(vec![Unfit::new("contact", format!("it cannot be written down: {e}"))])
        };
        let id = words.identity(key);
        let raw = spoken(&words.spoken(id.clone())).map_err(unfit)?;
        let ours =
            if self.policy().roster.is_ours(&words.to.address) { &words.to } else { &words.from };
        let delivery = Delivery {
            position: None,
            source: words.source.to_owned(),
            at: words.at,
            envelope: vec![ours.address.clone()],
            proof: Proof::All,
            channel: words.channel,
            raw,
        };
        let end = tx.journal_end().await?;
        if let Some(inbound) = keep(tx, &delivery).await? {
            let pending = delivery.pending(inbound);
            Box::pin(self.take_read(tx, &pending, &delivery.raw, &Signed::Unseen)).await?;
        }
        Ok(self.heard(tx, &id, end).await?)
    }

    /// What was said, with all that its case knows.
    async fn words<'a>(
        &self,
        tx: &mut Tx,
        said: &Said,
        place: Option<&Loaded>,
        source: &'a str,
    ) -> Result<Words<'a>, Error> {
        let missing = |field, why: &str| Error::Unfit(vec![Unfit::new(field, why)]);
        let case = place.map(|loaded| &loaded.case);
        let waits = || case.map(|case| case.contact.clone());
        // Whoever answers in a case answers the one who waits in it.
        let contact = match &said.by {
            Some(_) => waits().or_else(|| said.contact.clone()),
            None => said.contact.clone().or_else(waits),
        };
        let contact = contact.ok_or_else(|| missing("contact", "say who it was"))?;
        let mailbox = said.mailbox.clone().or_else(|| case.map(|case| case.mailbox.clone()));
        let party = |name: &str, address: Option<Address>| {
            let name = name.to_owned();
            address.map(|address| Party { name, address })
        };
        let (from, to) = match &said.by {
            Some(by) => {
                let address = by.addresses.first().cloned().or(mailbox);
                (
                    party(&by.name, address)
                        .ok_or_else(|| missing("by", "they have no address"))?,
                    contact,
                )
            }
            None => {
                (contact, party("", mailbox).ok_or_else(|| missing("mailbox", "say for whom"))?)
            }
        };
        let other = if said.by.is_some() { &to } else { &from };
        let subject = match (&said.subject, case) {
            (Some(subject), _) => subject.clone(),
            (None, Some(case)) => format!("Re: {} [{}]", case.subject, case.number),
            (None, None) => format!("{} with {}", said.channel.noun(), other.called()),
        };
        let mut parents = Vec::new();
        if let Some(case) = case {
            let last = tx.last_heard(case.number).await?;
            parents.extend(last.and_then(|message| message.message_id));
        }
        parents.extend(said.reference.as_deref().map(|name| named(source, name)));
        let (channel, at, text) = (said.channel, said.at, said.text.clone());
        Ok(Words { source, channel, from, to, subject, text, at, parents })
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
            reason: match (said, case) {
                (Some((_, entry)), _) => entry.reason.clone(),
                (None, Some(_)) => "it was told before".to_owned(),
                (None, None) => "nobody waits for it, and it names no case".to_owned(),
            },
            due: due.map(|due| due.strftime("%FT%T%:z").to_string()),
        })
    }
}

impl Words<'_> {
    /// Their Message-ID: the same words at the same moment are the same.
    fn identity(&self, key: Option<&str>) -> MessageId {
        let digest = HEXLOWER.encode(&Sha256::digest(format!("{key:?}{self:?}")));
        let short: String = digest.chars().take(32).collect();
        let domain = self.to.address.domain();
        MessageId::parse(&format!("{short}@{domain}"))
            .expect("a hash and a domain are an identifier")
    }

    fn spoken(&self, id: MessageId) -> Spoken {
        let Self { from, to, subject, text, at, parents, .. } = self.clone();
        Spoken { from, to, subject, text, at, id, parents }
    }
}

/// What stands among Message-IDs for a conversation that `source` calls so.
fn named(source: &str, reference: &str) -> MessageId {
    let digest = HEXLOWER.encode(&Sha256::digest(format!("{source}\0{reference}")));
    MessageId::parse(&format!("{digest}@reference.invalid")).expect("a hash is an identifier")
}
