//! What is asked of a server that we are logged in to: open a folder without
//! changing it, list, fetch, wait.
//!
//! Knows the protocol's words and nothing of cursors or of what becomes of a
//! mail.

use std::time::Duration;

use async_imap::imap_proto::{
    AttributeValue, Capability, MailboxDatum, Response, ResponseCode, Status,
};
use data_encoding::BASE64;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::fault::Fault;
use super::wire::{Ending, Wire, ending, folder_name, quoted};
use super::{Mailbox, Pace, tls};

/// Logged in.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) wire: Wire,
    pace: Pace,
    /// Whether the server offers to tell of mail.
    pub(super) tells: bool,
}

/// What a folder is while it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    /// Under another one of these the same UID is another mail.
    pub validity: u32,
    /// The UID that the next mail will get, where the server says so.
    pub next: Option<u32>,
}

/// What a response means to a command that is a conversation.
enum Step {
    /// The server waits for us.
    Continue,
    /// The command is over.
    Ended(Ending),
    /// It tells of something else.
    Other,
}

/// A mail as the server has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    pub uid: u32,
    pub date: Option<Timestamp>,
    pub size: Option<usize>,
    pub raw: Option<Vec<u8>>,
}

impl Session {
    /// Connects and logs in.
    pub(super) async fn open(mailbox: &Mailbox) -> Result<Self, Fault> {
        let wire = tls::connect(&mailbox.settings, &mailbox.pace).await?;
        let mut session = Self { wire, pace: mailbox.pace, tells: false };
        let offers = session.capabilities().await?;
        let plain = offers.iter().any(|offer| offer == "AUTH=PLAIN");
        let ending = session.login(mailbox, plain).await?;
        if let Ending::Refused(words) = ending {
            // No server should say it back; if one does, it stays here.
            let words = words.replace(mailbox.password.expose_secret(), "…");
            return Err(Fault::Login(mailbox.settings.user.clone(), words));
        }
        session.tells = session.capabilities().await?.iter().any(|offer| offer == "IDLE");
        Ok(session)
    }

    /// Opens a folder read-only.
    pub(super) async fn examine(&mut self, folder: &str) -> Result<Opened, Fault> {
        let (mut validity, mut next) = (None, None);
        let name = quoted(&folder_name(folder)).unwrap_or_default();
        let command = format!("EXAMINE {name}");
        let ended = self.wire.command(&command, None, |response| {
            if let Response::Data { status: Status::Ok, outcome } = response {
                match outcome.code {
                    Some(ResponseCode::UidValidity(value)) => validity = Some(value),
                    Some(ResponseCode::UidNext(value)) => next = Some(value),
                    _ => {}
                }
            }
        });
        match (ended.await?, validity) {
            (Ending::Done, Some(validity)) => Ok(Opened { validity, next }),
            (Ending::Done, None) => {
                Err(Fault::Folder(folder.to_owned(), "it has no UIDVALIDITY".to_owned()))
            }
            (Ending::Refused(words), _) => Err(Fault::Folder(folder.to_owned(), words)),
        }
    }

    /// The UIDs that `query` finds, in order.
    pub(super) async fn search(&mut self, query: &str) -> Result<Vec<u32>, Fault> {
        let mut found = Vec::new();
        let command = format!("UID SEARCH {query}");
        let ended = self.wire.command(&command, None, |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.extend_from_slice(uids);
            }
        });
        done("SEARCH", ended.await?)?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// How large mails are. One that has gone is not answered for.
    pub(super) async fn sizes(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, Fault> {
        self.fetch(uids, "RFC822.SIZE").await
    }

    /// Mails whole, or their first bytes where they are larger than `max`.
    pub(super) async fn mails(
        &mut self,
        uids: &[u32],
        max: Option<usize>,
    ) -> Result<Vec<Fetched>, Fault> {
        let part = max.map_or(String::new(), |max| format!("<0.{max}>"));
        self.fetch(uids, &format!("BODY.PEEK[]{part}")).await
    }

    /// Waits until the server tells of mail, at most for `pace.renew`. `false`
    /// when it refuses to tell.
    pub(super) async fn idle(&mut self) -> Result<bool, Fault> {
        let tag = self.wire.begin("IDLE").await?;
        loop {
            match self.step(&tag).await? {
                Step::Continue => break,
                Step::Ended(_) => return Ok(false),
                Step::Other => {}
            }
        }
        // The limit is one for the whole wait: a server that says `still here`
        // every two minutes must not keep us from looking.
        let heard = timeout(self.pace.renew, async {
            while !self.wire.news {
                self.wire.response(Duration::MAX, |_| {}).await?;
            }
            Ok::<(), Fault>(())
        });
        if let Ok(heard) = heard.await {
            heard?;
        }
        self.wire.line("DONE").await?;
        loop {
            if let Step::Ended(_) = self.step(&tag).await? {
                return Ok(true);
            }
        }
    }

    async fn fetch(&mut self, uids: &[u32], what: &str) -> Result<Vec<Fetched>, Fault> {
        let mut fetched = Vec::new();
        let command = format!("UID FETCH {} (UID INTERNALDATE {what})", set(uids));
        let ended = self.wire.command(&command, Some(self.pace.fetch), |response| {
            if let Response::Fetch(_, attributes) = response {
                // Without a UID it only tells that somebody changed a flag.
                fetched.extend(fetched_from(attributes).filter(|mail| uids.contains(&mail.uid)));
            }
        });
        done("FETCH", ended.await?)?;
        fetched.sort_by_key(|mail| mail.uid);
        Ok(fetched)
    }

    async fn login(&mut self, mailbox: &Mailbox, plain: bool) -> Result<Ending, Fault> {
        let user = &mailbox.settings.user;
        let password = mailbox.password.expose_secret();
        if !plain && let (Some(user), Some(password)) = (quoted(user), quoted(password)) {
            return self.wire.command(&format!("LOGIN {user} {password}"), None, |_| {}).await;
        }
        let tag = self.wire.begin("AUTHENTICATE PLAIN").await?;
        loop {
            match self.step(&tag).await? {
                Step::Ended(ending) => return Ok(ending),
                Step::Continue => {
                    let proof = format!("\0{user}\0{password}");
                    self.wire.line(&BASE64.encode(proof.as_bytes())).await?;
                }
                Step::Other => {}
            }
        }
    }

    /// The next response to a command that is a conversation.
    async fn step(&mut self, tag: &str) -> Result<Step, Fault> {
        let step = self.wire.response(self.pace.answer, |response| match response {
            Response::Continue(_) => Step::Continue,
            response => ending(response, tag).map_or(Step::Other, Step::Ended),
        });
        step.await
    }

    /// What the server offers, in upper case.
    async fn capabilities(&mut self) -> Result<Vec<String>, Fault> {
        let mut offers = Vec::new();
        let ended = self.wire.command("CAPABILITY", None, |response| {
            if let Response::Capabilities(found) = response {
                offers.extend(found.iter().map(|offer| match offer {
                    Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
                    Capability::Auth(name) => format!("AUTH={}", name.to_uppercase()),
                    Capability::Atom(name) => name.to_uppercase(),
                }));
            }
        });
        done("CAPABILITY", ended.await?)?;
        Ok(offers)
    }
}

fn done(command: &'static str, ending: Ending) -> Result<(), Fault> {
    match ending {
        Ending::Done => Ok(()),
        Ending::Refused(words) => Err(Fault::Refused(command, words)),
    }
}

fn fetched_from(attributes: &[AttributeValue<'_>]) -> impl Iterator<Item = Fetched> {
    let mut mail = Fetched::default();
    let mut named = false;
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => {
                mail.uid = *uid;
                named = true;
            }
            AttributeValue::InternalDate(text) => mail.date = internal_date(text),
            AttributeValue::Rfc822Size(size) => mail.size = usize::try_from(*size).ok(),
            AttributeValue::BodySection { section: None, data, .. } => {
                mail.raw = data.as_deref().map(<[u8]>::to_vec);
            }
            _ => {}
        }
    }
    named.then_some(mail).into_iter()
}

fn internal_date(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()
}

/// UIDs in order as a set of ranges.
fn set(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let range = |(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}:{last}") }
    };
    ranges.iter().map(range).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_asked_for_in_ranges() {
        for (uids, written) in [
            (&[7][..], "7"),
            (&[1, 2, 3, 5, 8, 9], "1:3,5,8:9"),
            (&[u32::MAX - 1, u32::MAX], "4294967294:4294967295"),
        ] {
            assert_eq!(set(uids), written);
        }
    }

    #[test]
    fn internal_dates_are_read_with_and_without_a_leading_space() {
        let expected = "2026-11-01T11:05:09Z".parse().ok();
        assert_eq!(internal_date(" 1-Nov-2026 12:05:09 +0100"), expected);
        assert_eq!(internal_date("01-Nov-2026 06:05:09 -0500"), expected);
        assert_eq!(internal_date("yesterday"), None);
    }
}
