//! The mail that is rehearsed: read once for what it is called and when it came, and
//! again when its turn comes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::ids::MessageId;
use crate::domain::rule::Channel;
use crate::engine::accept::{Delivery, Proof};
use crate::intake::archive::{self, Item};
use crate::mail::parse::{Message, parse};

/// An archive that was read.
#[derive(Debug, Default)]
pub(super) struct Archive {
    /// Its mails in the order in which they came.
    pub(super) mails: Vec<Mail>,
    /// What each is about, by its Message-ID.
    pub(super) titles: BTreeMap<MessageId, String>,
    /// What could not be read.
    pub(super) unread: Vec<String>,
}

/// Reads what lies at `paths`.
pub(super) fn read(paths: &[PathBuf]) -> Archive {
    let mut read = Archive::default();
    for item in archive::open(paths) {
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                read.unread.push(error.to_string());
                continue;
            }
        };
        let message = parse(&item.raw).ok();
        // The top-most Received line, else Date, else the time in the file's name.
        let told = message.as_ref().and_then(|message| message.received.or(message.date));
        match told.or(item.fallback) {
            Some(at) => read.mails.push(Mail::of(item, at)),
            None => read.unread.push(format!("{}: it does not say when it came", item.origin)),
        }
        if let Some(Message { id: Some(id), from, subject, .. }) = message {
            let from = from.map_or(String::new(), |party| format!("{}: ", party.called()));
            read.titles.insert(id, format!("«{from}{subject}»"));
        }
    }
    // Stable: mails of one second stay in the order of their names.
    read.mails.sort_by_key(|mail| mail.at);
    read
}

/// A mail of the archive, without its bytes where they can be read again: an
/// archive may be larger than memory.
#[derive(Debug)]
pub(super) struct Mail {
    pub(super) at: Timestamp,
    origin: String,
    sent: bool,
    bytes: Option<Vec<u8>>,
}

impl Mail {
    fn of(item: Item, at: Timestamp) -> Self {
        let Item { origin, raw, sent, .. } = item;
        let bytes = if Path::new(&origin).is_file() { None } else { Some(raw) };
        Self { at, origin, sent, bytes }
    }

    /// The mail on its way in.
    pub(super) fn delivery(&mut self) -> Delivery {
        // A file that was there a moment ago and is gone is an empty mail, which
        // is set aside and told.
        let read = || std::fs::read(&self.origin).unwrap_or_default();
        Delivery {
            position: Some(self.origin.clone()),
            source: self.origin.clone(),
            at: self.at,
            envelope: Vec::new(),
            proof: if self.sent { Proof::Sent } else { Proof::All },
            channel: Channel::Email,
            raw: self.bytes.take().unwrap_or_else(read),
        }
    }
}
