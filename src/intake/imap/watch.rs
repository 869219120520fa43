//! One folder of one mailbox, for as long as the daemon runs.
//!
//! Connect, take in what is new, wait for news, look again; when anything fails,
//! start over after a pause. The cursor moves only over mails that the acceptor
//! has answered for, or that the server no longer has; so a connection that
//! breaks anywhere costs a second look and never a mail.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use tokio::time::sleep;

use super::fault::Fault;
use super::session::{Fetched, Opened, Session};
use super::{Mailbox, Side};
use crate::domain::rule::Channel;
use crate::engine::accept::{Delivery, Proof};
use crate::intake::Way;

/// How many mails are asked for at once, and how many sizes.
const BATCH: usize = 50;

/// How many bytes of mail are asked for at once.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How often a mail that the server cannot give is asked for.
const STRIKES: u32 = 3;

/// A connection that held for so long was a good one.
const GOOD: SignedDuration = SignedDuration::from_secs(60);

/// Takes in what comes to a folder until it is told to stop.
pub async fn watch(mailbox: std::sync::Arc<Mailbox>, side: Side, way: Way) {
    let settings = &mailbox.settings;
    let folder = match side {
        Side::Inbox => settings.inbox.clone(),
        Side::Sent => settings.sent.clone(),
    };
    let owner = settings.owner.as_ref().map_or(settings.user.as_str(), |owner| owner.as_str());
    let source = format!("imap {owner} {folder}");
    let key = format!("imap:{}@{}/{folder}", settings.user, settings.host);
    let mut watcher = Watcher {
        mailbox: &mailbox,
        side,
        folder,
        source,
        key,
        way: &way,
        failures: 0,
        strikes: BTreeMap::new(),
    };
    tokio::select! {
        () = way.stop.cancelled() => {}
        () = watcher.run() => {}
    }
}

/// How far a folder was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    validity: u32,
    last: u32,
}

/// What is fetched in one go.
#[derive(Debug, PartialEq, Eq)]
struct Batch {
    uids: Vec<u32>,
    /// Only the first bytes: it is larger than what is taken.
    cut: bool,
}

struct Watcher<'a> {
    mailbox: &'a Mailbox,
    side: Side,
    folder: String,
    source: String,
    key: String,
    way: &'a Way,
    /// Connections in a row that did not hold for long.
    failures: u32,
    /// Mails that the server could not give, and how often.
    strikes: BTreeMap<u32, u32>,
}

impl Watcher<'_> {
    async fn run(&mut self) {
        loop {
            let began = (self.way.now)();
            let Err(fault) = self.hold().await;
            if (self.way.now)().duration_since(began) >= GOOD {
                self.failures = 0;
            }
            if fault.is_the_end() {
                return;
            }
            let pause = self.pause(&fault);
            tracing::warn!("{}: {fault}; tried again in {pause:.0?}", self.source);
            self.way.status.failing((self.way.now)(), fault.to_string());
            sleep(pause).await;
        }
    }

    /// Holds one connection until it fails.
    async fn hold(&mut self) -> Result<std::convert::Infallible, Fault> {
        let mut session = Session::open(self.mailbox).await?;
        let opened = session.examine(&self.folder).await?;
        let mut place = self.place(opened).await?;
        let mut tells = session.tells;
        loop {
            place = self.catch_up(&mut session, opened, place).await?;
            self.way.status.well((self.way.now)());
            if tells {
                tells = session.idle().await?;
            } else {
                sleep(self.mailbox.pace.poll).await;
            }
        }
    }

    /// Where to go on: the cursor, or `None` for a folder never read before.
    async fn place(&self, opened: Opened) -> Result<Option<Place>, Fault> {
        let cursor = self.way.acceptor.cursor(&self.key).await?;
        let Some(place) = cursor.as_deref().and_then(Place::parse) else { return Ok(None) };
        if place.validity != opened.validity {
            tracing::warn!(
                "{}: the folder was made anew (UIDVALIDITY changed): it is read again, \
                known mails are recognised",
                self.source
            );
            return Ok(None);
        }
        // UIDs only grow; a server restored from a backup may give them twice.
        if opened.next.is_some_and(|next| next <= place.last) {
            tracing::warn!(
                "{}: the server counts from an earlier UID than before: the folder is \
                read again, known mails are recognised",
                self.source
            );
            return Ok(None);
        }
        Ok(Some(place))
    }

    /// Takes in everything that is new, until the server tells of nothing more.
    async fn catch_up(
        &mut self,
        session: &mut Session,
        opened: Opened,
        mut place: Option<Place>,
    ) -> Result<Option<Place>, Fault> {
        let mut quiet = 0;
        loop {
            session.wire.news = false;
            let found = session.search(&self.query(place)).await?;
            // `n:*` always finds the last mail, even where it is before n.
            let last = place.map_or(0, |place| place.last);
            let new: Vec<u32> = found.into_iter().filter(|uid| *uid > last).collect();
            let first_run = place.is_none();
            for uids in new.chunks(if self.careful() { 1 } else { BATCH }) {
                let sizes = match session.sizes(uids).await {
                    Ok(sizes) => sizes,
                    Err(fault) => return Err(self.struck(opened.validity, uids, fault).await?),
                };
                for batch in batches(&sizes, self.mailbox.max_message, self.careful()) {
                    self.take(session, opened, &batch, first_run).await?;
                }
            }
            // Mails older than the first run asks for are behind us as well.
            let before = opened.next.map_or(0, |next| next.saturating_sub(1));
            let skipped = if first_run { before } else { 0 };
            let reached = new.last().copied().unwrap_or(last).max(skipped);
            if first_run || reached > last {
                place = Some(self.advance(opened.validity, reached).await?);
            }
            // News may have come while we looked; but a server that tells of some
            // at every command is not believed for ever.
            quiet += u32::from(new.is_empty());
            if !session.wire.news || quiet > 1 {
                session.wire.news = false;
                self.strikes.clear();
                return Ok(place);
            }
        }
    }

    fn query(&self, place: Option<Place>) -> String {
        match (place, self.mailbox.since) {
            (Some(place), _) => format!("UID {}:*", place.last.saturating_add(1)),
            // SINCE knows the server's days only: one more, and the rest by date.
            (None, Some(since)) => {
                let day = since.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(since);
                format!("SINCE {}", day.strftime("%d-%b-%Y"))
            }
            (None, None) => "ALL".to_owned(),
        }
    }

    /// Fetches a batch, hands it over, and moves the cursor behind it.
    async fn take(
        &mut self,
        session: &mut Session,
        opened: Opened,
        batch: &Batch,
        first_run: bool,
    ) -> Result<(), Fault> {
        let max = batch.cut.then_some(self.mailbox.max_message);
        let mails = match session.mails(&batch.uids, max).await {
            Ok(mails) => mails,
            Err(fault) => return Err(self.struck(opened.validity, &batch.uids, fault).await?),
        };
        let since = self.mailbox.since.filter(|_| first_run);
        let wanted = mails
            .into_iter()
            .filter(|mail| since.is_none_or(|since| mail.date.is_none_or(|date| date >= since)));
        let handed = wanted.filter_map(|mail| self.delivery(opened.validity, mail));
        let answers = join_all(handed.map(|delivery| self.way.acceptor.accept(delivery))).await;
        answers.into_iter().collect::<Result<Vec<_>, _>>()?;
        let Some(last) = batch.uids.last() else { return Ok(()) };
        self.advance(opened.validity, *last).await?;
        Ok(())
    }

    /// A mail that the server cannot give must not keep the others from us:
    /// from now on they are asked for one by one, and the one that fails again
    /// and again is passed by, loudly.
    async fn struck(&mut self, validity: u32, uids: &[u32], fault: Fault) -> Result<Fault, Fault> {
        if !fault.may_be_the_mail() {
            return Ok(fault);
        }
        for uid in uids {
            *self.strikes.entry(*uid).or_default() += 1;
        }
        if let [uid] = *uids
            && self.strikes.get(&uid).is_some_and(|strikes| *strikes > STRIKES)
        {
            tracing::error!(
                "{}: a mail was passed by ({uid}): the server could not give it; look at \
                it in the mailbox and forward it if it matters",
                self.source
            );
            let source = format!("{}, mail {uid}, which the server could not give", self.source);
            let unread = Fetched { uid, raw: Some(Vec::new()), ..Fetched::default() };
            if let Some(delivery) = self.delivery(validity, unread) {
                self.way.acceptor.accept(Delivery { source, ..delivery }).await?;
            }
            self.strikes.remove(&uid);
            self.advance(validity, uid).await?;
        }
        Ok(fault)
    }

    /// Whether mails are asked for one by one.
    fn careful(&self) -> bool {
        !self.strikes.is_empty()
    }

    fn delivery(&self, validity: u32, mail: Fetched) -> Option<Delivery> {
        let now = (self.way.now)();
        let at = mail.date.map_or(now, |date| date.min(now));
        // The date is part of it: a server that gives a UID twice gives it to
        // mails of different moments.
        let moment = mail.date.map_or(0, jiff::Timestamp::as_second);
        let position = format!("{}:{validity}:{}:{moment}", self.key, mail.uid);
        let (envelope, proof) = match self.side {
            Side::Inbox => (self.mailbox.settings.owner.iter().cloned().collect(), Proof::None),
            Side::Sent => (Vec::new(), Proof::Sent),
        };
        let (source, channel) = (self.source.clone(), Channel::Email);
        let position = Some(position);
        Some(Delivery { position, source, at, envelope, proof, channel, raw: mail.raw? })
    }

    async fn advance(&self, validity: u32, last: u32) -> Result<Place, Fault> {
        let place = Place { validity, last };
        self.way.acceptor.advance(&self.key, &format!("{validity}:{last}")).await?;
        Ok(place)
    }

    /// Doubles with every failure, with chance so that many do not return at
    /// once; what only a person can mend is tried slowly from the start.
    fn pause(&mut self, fault: &Fault) -> Duration {
        let pace = &self.mailbox.pace;
        let doubled = pace.first_pause.saturating_mul(1 << self.failures.min(16));
        self.failures += 1;
        if fault.needs_a_person() {
            return pace.last_pause;
        }
        doubled.min(pace.last_pause).mul_f64(0.5 + (self.mailbox.chance)().clamp(0.0, 1.0) / 2.0)
    }
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let (validity, last) = text.split_once(':')?;
        Some(Self { validity: validity.parse().ok()?, last: last.parse().ok()? })
    }
}

/// Groups mails so that no answer is larger than is comfortable.
fn batches(sizes: &[Fetched], max_message: usize, careful: bool) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut bytes = 0;
    for mail in sizes {
        let size = mail.size.unwrap_or(max_message);
        let cut = size > max_message;
        bytes += size;
        let fits = !careful && !cut && bytes <= BATCH_BYTES;
        if let Some(batch) = batches.last_mut().filter(|batch| fits && !batch.cut) {
            batch.uids.push(mail.uid);
        } else {
            bytes = size;
            batches.push(Batch { uids: vec![mail.uid], cut });
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized(sizes: &[usize]) -> Vec<Fetched> {
        let mail =
            |(uid, size): (u32, &usize)| Fetched { uid, size: Some(*size), ..Fetched::default() };
        (1..).zip(sizes).map(mail).collect()
    }

    fn grouped(sizes: &[usize], careful: bool) -> Vec<(Vec<u32>, bool)> {
        let max = BATCH_BYTES;
        batches(&sized(sizes), max, careful).into_iter().map(|b| (b.uids, b.cut)).collect()
    }

    #[test]
    fn mails_are_fetched_together_up_to_a_size_and_large_ones_alone() {
        let half = BATCH_BYTES / 2;
        assert_eq!(
            grouped(&[1, half, 2, half, 1, BATCH_BYTES + 1, 1, 1], false),
            [(vec![1, 2, 3], false), (vec![4, 5], false), (vec![6], true), (vec![7, 8], false)]
        );
        assert_eq!(grouped(&[1, 1], true), [(vec![1], false), (vec![2], false)]);
    }

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        assert_eq!(Place::parse("12:34"), Some(Place { validity: 12, last: 34 }));
        for broken in ["", "12", "12:", "a:b", "1:2:3"] {
            assert_eq!(Place::parse(broken), None);
        }
    }
}
