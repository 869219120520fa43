//! Whose name mails carry, and what only owed can put into them: Message-IDs,
//! threads, links and addresses that nobody else can make.

use jiff::Timestamp;

use crate::domain::ids::{Address, CaseNumber, Party, PersonId};
use crate::domain::roster::Recipient;
use crate::mail::compose::{Hand, Headers, Leave, message_id, thread_root};
use crate::mail::letter::Links;
use crate::mail::link::{
    Choice, Verb, Word, approval_link, concern_link, contacts_link, link, page_link,
};
use crate::mail::template::Templates;
use crate::mail::token::{self, CONTACTS_LIFE, Grant, Key, Keys, LIFE, Purpose};

/// Whose name and keys mails carry.
#[derive(Debug, Clone)]
pub struct Stationery {
    /// owed, by its name in this organisation.
    pub sender: Party,
    /// What Message-IDs are made with.
    pub key: Vec<u8>,
    /// What links and reply addresses are sealed with.
    pub keys: Keys,
    /// The address under which pages are reached; without it mails have no links.
    pub public_url: Option<String>,
    /// What letters to contacts say.
    pub templates: Templates,
}

/// What a link or an answer is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    /// The case; none where a mail tells of several.
    pub case: Option<CaseNumber>,
    /// The obligation; where a mail tells of several cases, the first notice in it.
    pub obligation: u32,
}

impl Stationery {
    /// Stationery with one key for all, and without pages to link to.
    pub fn new(sender: Party, key: Vec<u8>) -> Self {
        let keys = Keys { current: Key::from(key.clone()), previous: None };
        Self { sender, key, keys, public_url: None, templates: Templates::default() }
    }

    /// The link with which `person` acts on a case, where there are pages.
    pub(super) fn link(
        &self,
        about: Subject,
        person: &PersonId,
        verb: Verb,
        now: Timestamp,
    ) -> Option<String> {
        // Nothing is ever the last resort's.
        if verb == Verb::Claim && person.is_last_resort() {
            return None;
        }
        let url = self.public_url.as_deref()?;
        let token = self.keys.seal(&grant(Purpose::Act, about, person, now));
        Some(link(url, &token, verb))
    }

    /// The link with which `person` says what is going wrong, where there are pages.
    pub(super) fn concern_link(&self, person: &PersonId, now: Timestamp) -> Option<String> {
        let url = self.public_url.as_deref()?;
        let about = Subject { case: None, obligation: 0 };
        let token = self.keys.seal(&grant(Purpose::Act, about, person, now));
        Some(concern_link(url, &token))
    }

    /// The headers of a mail of owed's own, decided under the key `decided`.
    pub(super) fn headers(
        &self,
        decided: &str,
        to: (&Recipient, String),
        about: Subject,
        now: Timestamp,
    ) -> Headers {
        let (Recipient { address, person }, name) = to;
        let own = &self.sender.address;
        let reply_to = person.as_ref().and_then(|person| {
            let token = self.keys.seal(&grant(Purpose::Reply, about, person, now));
            token::address(own, &token)
        });
        let thread = |case| thread_root(&self.key, case, address, own.domain());
        Headers {
            from: self.sender.clone(),
            to: Party { name, address: address.clone() },
            reply_to,
            date: now,
            message_id: self.message_id(decided),
            thread: about.case.map(thread),
            case: about.case,
            hand: Hand::Owed,
            leave: None,
        }
    }

    /// The headers of a mail in a person's own name.
    pub(super) fn personal(
        &self,
        decided: &str,
        (from, to): (Party, Party),
        reply_to: Option<Address>,
        now: Timestamp,
    ) -> Headers {
        let message_id = self.message_id(decided);
        let (thread, case, hand, leave) = (None, None, Hand::Person, None);
        Headers { from, to, reply_to, date: now, message_id, thread, case, hand, leave }
    }

    /// The link with which `person` says what becomes of a check-in, where there are pages.
    pub(super) fn approval_link(
        &self,
        about: Subject,
        person: &PersonId,
        choice: Choice,
        now: Timestamp,
    ) -> Option<String> {
        let url = self.public_url.as_deref()?;
        let token = self.keys.seal(&grant(Purpose::Act, about, person, now));
        Some(approval_link(url, &token, choice))
    }

    /// The links with which a contact answers a question, where there are pages.
    pub(super) fn contacts_links(&self, about: Subject, now: Timestamp) -> Option<Links> {
        let url = self.public_url.as_deref()?;
        let answer = self.keys.seal(&contacts(Purpose::CheckIn, about, now));
        let stop = self.keys.seal(&contacts(Purpose::OptOut, about, now));
        Some(Links {
            fine: contacts_link(url, &answer, Word::Fine),
            not_fine: contacts_link(url, &answer, Word::NotFine),
            stop: contacts_link(url, &stop, Word::OptOut),
        })
    }

    /// The link to how a case stands, for its contact, where there are pages.
    pub(super) fn page_link(&self, case: CaseNumber, now: Timestamp) -> Option<String> {
        let url = self.public_url.as_deref()?;
        let about = Subject { case: Some(case), obligation: 0 };
        Some(page_link(url, &self.keys.seal(&contacts(Purpose::Page, about, now))))
    }

    /// How a contact's mail program asks for no more of these mails.
    pub(super) fn leave(&self, about: Subject, now: Timestamp) -> Leave {
        let token = self.keys.seal(&contacts(Purpose::OptOut, about, now));
        let url = self.public_url.as_deref();
        Leave {
            url: url.map(|url| contacts_link(url, &token, Word::OptOut)),
            address: token::address(&self.sender.address, &token),
        }
    }

    /// The headers of an answer by machine to somebody outside. Theirs goes to `mailbox`.
    pub(super) fn answer(
        &self,
        decided: &str,
        (organisation, to): (&str, Party),
        mailbox: &Address,
        now: Timestamp,
    ) -> Headers {
        let from = Party { name: organisation.to_owned(), ..self.sender.clone() };
        let headers = self.personal(decided, (from, to), Some(mailbox.clone()), now);
        Headers { hand: Hand::Answer, ..headers }
    }

    fn message_id(&self, decided: &str) -> String {
        message_id(&self.key, decided, self.sender.address.domain())
    }
}

fn contacts(purpose: Purpose, about: Subject, now: Timestamp) -> Grant {
    let until = now.saturating_add(CONTACTS_LIFE).unwrap_or(Timestamp::MAX);
    Grant { until, ..grant(purpose, about, &PersonId::new(""), now) }
}

fn grant(purpose: Purpose, about: Subject, person: &PersonId, now: Timestamp) -> Grant {
    let Subject { case, obligation } = about;
    let until = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    Grant { purpose, case, obligation, person: person.clone(), until }
}
