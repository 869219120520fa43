//! What becomes of one mail that was accepted: read, join, judge, step.
//!
//! Whatever happens to a mail is written down: it becomes part of a case, it is
//! filed with the reason why nothing is owed, or it is set aside unread with
//! the reason why. One bad mail never stops the next.

use jiff::{SignedDuration, Timestamp};

use super::accept::Proof;
use super::place;
use super::{Engine, Error, quietly};
use crate::domain::case::{Adequate, Answer, Case, Event, Need, Pledge, Received};
use crate::domain::effect::{Entry, What};
use crate::domain::ids::{Address, Party, PersonId};
use crate::domain::rule::Channel;
use crate::judge::away;
use crate::judge::own::TO_OWED;
use crate::judge::promise::Said;
use crate::judge::verdict::{Direction, ForUs, Kind, Known, Verdict, judge};
use crate::mail::automatic;
use crate::mail::parse::{Message, parse};
use crate::mail::thread::{self, Ties};
use crate::mail::trust::{Signed, Vouch, vouch};
use crate::store::{Exception, Loaded, Pending, Recorded, Tx};

/// How long an out-of-office mail may have been on its way.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A mail on its way into a case.
pub(super) struct Taken {
    pub(super) message: Message,
    pub(super) ties: Ties,
    pub(super) verdict: Verdict,
    pub(super) vouch: Vouch,
    channel: Channel,
    /// What a person of ours said of its sender's mail.
    overruled: Option<Exception>,
    pub(super) at: Timestamp,
    /// The token by which it is for owed itself.
    order: Option<String>,
}

impl Engine {
    pub(super) async fn take_read(
        &self,
        tx: &mut Tx,
        mail: &Pending,
        raw: &[u8],
        signed: &Signed,
    ) -> Result<(), Error> {
        let message = match quietly(|| parse(raw)) {
            Some(Ok(message)) => message,
            Some(Err(malformed)) => return self.set_aside(tx, mail, &malformed.to_string()).await,
            None => return self.set_aside(tx, mail, "the message could not be read").await,
        };
        let identity = thread::identity(&message, raw);
        let known = tx.known_message(&identity).await?;
        let policy = self.policy();
        let ties = Ties::of(&message, mail.at, |address| policy.roster.is_ours(address));
        let place = match known.and_then(|known| known.case) {
            Some(number) => tx.case(number).await?,
            None => place::case_of(tx, &ties).await?,
        };
        let Some(mut taken) = quietly(|| self.weigh(mail, message, ties, place.as_ref())) else {
            return self.set_aside(tx, mail, "the message could not be judged").await;
        };
        taken.vouch = taken.vouch.or(signed);
        if taken.verdict.direction == Direction::Inbound {
            taken.vouch = taken.vouch.of(taken.verdict.author.as_ref(), &taken.message);
        }
        if let Some(from) = &taken.message.from {
            taken.overruled = tx.exception_for(&from.address).await?;
        }
        match known {
            None => {
                let record = taken.record();
                let row =
                    tx.record_message(&identity, mail.id, &record, &taken.ties.parents).await?;
                self.pass_on(tx, &taken, row, place).await?;
                self.note_bounce(tx, &taken).await?;
            }
            // A colleague's question was seen in their Sent folder first; here it
            // comes to whom it is for.
            Some(known) if known.is_unheard() && taken.is_question_among_us() => {
                self.pass_on(tx, &taken, known.id, place).await?;
            }
            // The copy in our Sent folder vouches for one that came first.
            Some(known) if !known.vouched && taken.vouch.holds() => {
                tx.vouch_message(known.id, mail.at).await?;
                if taken.verdict.direction != Direction::Inbound {
                    self.pass_on(tx, &taken, known.id, place).await?;
                }
            }
            Some(_) => {}
        }
        // A copy of what was heard before says nothing new, whoever sends it.
        let news = known.is_none_or(|known| !known.vouched && taken.vouch.holds());
        if news {
            self.notice_absence(tx, &taken).await?;
        }
        Ok(tx.taken_up(mail.id).await?)
    }

    /// Hears from somebody's own mail program, vouched for, that they are away. It
    /// comes last, because the case of this very mail may be another's by that.
    async fn notice_absence(&self, tx: &mut Tx, taken: &Taken) -> Result<(), Error> {
        let Taken { message, verdict, vouch, at, .. } = taken;
        let back_on = verdict.back_on;
        let says = back_on.is_some() || away::is_away(&verdict.visible_text);
        // An old one that comes again, however well signed, is of another day.
        let fresh = message.date.is_none_or(|date| at.duration_since(date).abs() <= A_DAY);
        let absent = verdict.kind == Kind::AutoReply && says && fresh && vouch.holds();
        match self.person(message.from.as_ref()).filter(|_| absent) {
            Some(person) => self.out_of_office(tx, &person, *at, back_on).await,
            None => Ok(()),
        }
    }

    fn weigh(&self, mail: &Pending, message: Message, ties: Ties, place: Option<&Loaded>) -> Taken {
        let known = place.map_or_else(Known::default, |loaded| knows(&loaded.case));
        let policy = self.policy();
        let writer = message.from.as_ref();
        let writer = writer.and_then(|party| policy.roster.person_at(&party.address));
        let at = message.date.map_or(mail.at, |date| date.min(mail.at));
        let said = writer.map(|person| Said { at, calendar: &person.calendar });
        let mut envelope: Vec<Address> =
            mail.envelope.split_whitespace().filter_map(Address::parse).collect();
        let (order, astray) = self.for_owed(&message, &envelope);
        let known = Known { astray, said, ..known };
        // They are heard in the mailbox of the case, or in the first that is shared.
        if astray {
            let of_case = place.map(|loaded| loaded.case.mailbox.clone());
            let shared = policy.roster.mailboxes.keys().next().cloned();
            envelope.extend(of_case.into_iter().chain(shared));
        }
        let mut verdict = judge(&message, Some(&policy.roster), &envelope, known);
        let vouch = match Proof::coded(mail.proof) {
            Proof::Sent => {
                verdict.direction = Direction::Outbound;
                Vouch::Vouched("it lay in our Sent folder".to_owned())
            }
            Proof::All => Vouch::Vouched("its source was checked before".to_owned()),
            Proof::None => vouch(&message, &self.trust.get().authserv_ids),
        };
        let bounced = verdict.kind == Kind::Bounce;
        let heard = verdict.direction == Direction::Inbound
            && matches!(verdict.kind, Kind::Human | Kind::Thanks)
            && verdict.mailbox.is_some();
        let order = order.filter(|_| !(bounced || astray && heard));
        let (channel, at) = (mail.channel, mail.at);
        Taken { message, ties, verdict, vouch, channel, overruled: None, at, order }
    }

    /// Lets the case know of a message, or files it; what is for owed itself is followed.
    async fn pass_on(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        row: i64,
        place: Option<Loaded>,
    ) -> Result<(), Error> {
        if let Some(id) = &taken.message.id
            && tx.wrote(id).await?
        {
            // A copy of what owed wrote, be it in somebody's name: it was told already.
            return Ok(());
        }
        let place = self.contact_is_away(tx, taken, place).await?;
        if let Some(token) = &taken.order {
            return Box::pin(self.take_order(tx, taken, (row, token))).await;
        }
        let ours = match (&taken.verdict.direction, &place) {
            (Direction::Outbound, _) => true,
            (Direction::Internal, Some(loaded)) => {
                let from = taken.message.from.as_ref();
                from.is_none_or(|party| !loaded.case.side.contains(&party.address))
            }
            _ => false,
        };
        match (ours, place) {
            (true, Some(loaded)) => {
                if loaded.case.internal {
                    tx.attach_answer(row, loaded.case.number).await?;
                } else {
                    tx.attach_message(row, loaded.case.number).await?;
                }
                let answer = self.answer(taken, loaded.case.internal);
                self.happen(tx, loaded, Event::Answered(answer), taken.at).await?;
            }
            // Kept: it may be the answer to a message that is still on its way.
            (true, None) => {}
            (false, place) => self.hear(tx, taken, row, place).await?,
        }
        Ok(())
    }

    /// A message of the other side.
    async fn hear(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        row: i64,
        place: Option<Loaded>,
    ) -> Result<(), Error> {
        let case = place.as_ref().map(|loaded| &loaded.case);
        let answers = match case {
            Some(case) => self.question_of(tx, &taken.ties.parents, case.number).await?,
            None => None,
        };
        let received = match self.received(taken, case, answers) {
            Ok(mut received) => {
                let to = &received.from.address;
                received.receipt = received.receipt && tx.may_write_to(to, taken.at).await?;
                received
            }
            Err(reason) => {
                let entry = Entry::new(taken.at, What::Ignored, reason);
                return Ok(tx.write_journal(None, &entry.about(taken.message.id.as_ref())).await?);
            }
        };
        let loaded = match place {
            Some(loaded) => loaded,
            None => Loaded::begun(Case::begin(tx.begin_case().await?, &received), self.epoch()),
        };
        tx.attach_message(row, loaded.case.number).await?;
        tx.note_writing(&received.from.address).await?;
        let mut loaded = self.happen(tx, loaded, Event::Received(received), taken.at).await?;
        let Some(id) = &taken.message.id else { return Ok(()) };
        for early in tx.early_answers(id).await? {
            tx.attach_message(early.id, loaded.case.number).await?;
            let answer = self.early_answer(early, taken.at);
            loaded = self.happen(tx, loaded, Event::Answered(answer), taken.at).await?;
        }
        Ok(())
    }

    /// What a case is told of a message, or why it makes none.
    fn received(
        &self,
        taken: &Taken,
        case: Option<&Case>,
        answers: Option<u32>,
    ) -> Result<Received, String> {
        let Taken { message, verdict, .. } = taken;
        let said = case.and_then(|case| self.says_of_job(verdict, case, answers));
        let (need, reason) = said.unwrap_or_else(|| need(taken));
        let Some(from) = verdict.author.clone() else {
            return Err(reason);
        };
        let mailbox = match (case, &verdict.mailbox) {
            (Some(case), _) => case.mailbox.clone(),
            (None, Some(mailbox)) => mailbox.clone(),
            // The last resort may be an address that nobody watches.
            (None, None) => match message.to.first() {
                Some(to) if taken.channel == Channel::Concern => to.address.clone(),
                _ => return Err(reason),
            },
        };
        let policy = self.policy();
        let theirs = |address: &&Address| !policy.roster.is_ours(address);
        // Whoever answers a forward answers the one whose mail was passed on.
        let origin = thread::origin(message);
        let also = message.reply_to.iter().chain(&message.to).chain(&origin);
        let also = also.map(|party| &party.address);
        let received = Received {
            message: message.id.clone(),
            from,
            subject: message.subject.clone(),
            at: taken.at,
            to: addressed(message, &mailbox),
            named: self.named(message, &mailbox),
            answers,
            mailbox,
            also: also.filter(theirs).cloned().collect(),
            text: verdict.visible_text.clone(),
            internal: verdict.direction == Direction::Internal,
            channel: taken.channel,
            language: verdict.language.clone(),
            complaint: verdict.complaint,
            receipt: self.may_acknowledge(taken),
            need,
            reason,
        };
        if case.is_some() {
            return Ok(received);
        }
        match need {
            Need::Nothing | Need::Settled | Need::Fine(_) => Err(received.reason),
            Need::Reply | Need::ReplyIfCopied | Need::Again | Need::NotFine(_) => {
                match policy.rule_for(received.traits()) {
                    None => Err(format!("{}, but no rule is for it", received.reason)),
                    Some(rule) if need == Need::ReplyIfCopied && !rule.cc => Err(received.reason),
                    Some(_) => Ok(received),
                }
            }
        }
    }

    /// Whether a machine of ours may answer it: a person outside wrote it to us, and a
    /// server of ours vouches for that, so that nobody gets mail for what another wrote.
    fn may_acknowledge(&self, taken: &Taken) -> bool {
        let Taken { message, verdict, vouch, channel, .. } = taken;
        let wanted = self.policy().rules.iter().any(|rule| rule.receipt);
        let to_us = verdict.for_us == ForUs::To && verdict.relayed.is_none();
        let by_mail = *channel == Channel::Email && verdict.kind == Kind::Human;
        wanted && by_mail && to_us && vouch.holds() && automatic::may_be_answered(message)
    }

    /// What a case is told of a message of ours.
    pub(super) fn answer(&self, taken: &Taken, internal: bool) -> Answer {
        let Taken { message, verdict, vouch, .. } = taken;
        let adequate = match (vouch, verdict.kind) {
            (Vouch::NotVouched(why), _) => {
                Adequate::No(format!("its sender is not vouched for: {why}"))
            }
            // Of what was said outside mail it is enough that it was.
            _ if verdict.is_human_answer() || taken.channel != Channel::Email => {
                Adequate::To(self.reached(message, internal))
            }
            (_, Kind::Human | Kind::Thanks) => {
                Adequate::No("it says nothing of its own".to_owned())
            }
            _ => Adequate::No(verdict.reason.clone()),
        };
        Answer {
            message: message.id.clone(),
            parents: taken.ties.parents.clone(),
            by: self.person(message.from.as_ref()),
            at: taken.at,
            how: match vouch {
                Vouch::Signed(domain) => format!("by mail that {domain} has signed"),
                _ => taken.channel.in_words().to_owned(),
            },
            adequate,
            pledge: pledge(verdict),
        }
    }

    /// An answer that was seen before what it answers, which came at `at`.
    fn early_answer(&self, early: Recorded, at: Timestamp) -> Answer {
        let by = self.person(early.from.as_ref());
        let human = [Kind::Human.name(), Kind::Thanks.name()].contains(&early.kind.as_str());
        let adequate = if !early.vouched {
            Adequate::No("its sender is not vouched for".to_owned())
        } else if !human {
            Adequate::No(early.reason)
        } else if early.words.trim().is_empty() {
            Adequate::No("it says nothing of its own".to_owned())
        } else {
            Adequate::To(early.recipients)
        };
        let at = early.at.max(at);
        let (message, how) = (early.message_id, "by mail".to_owned());
        Answer { message, parents: Vec::new(), by, at, how, adequate, pledge: None }
    }

    /// Who of us, and nobody else of us, stands in its To, and did not write it. Beside a
    /// mailbox that counts for who serves it.
    fn named(&self, message: &Message, mailbox: &Address) -> Option<PersonId> {
        let policy = self.policy();
        let shared = policy.roster.mailboxes.get(mailbox);
        let beside = shared.filter(|_| message.to.iter().any(|party| party.address == *mailbox));
        let writer = self.person(message.from.as_ref());
        let mut named = message.to.iter().filter_map(|party| self.person(Some(party)));
        let first = named.next().filter(|first| writer.as_ref() != Some(first))?;
        let serves = beside.is_none_or(|mailbox| mailbox.served_by.contains(&first));
        (serves && named.all(|other| other == first)).then_some(first)
    }

    /// Who of us wrote it.
    fn person(&self, from: Option<&Party>) -> Option<PersonId> {
        self.policy().roster.person_at(&from?.address).map(|person| person.id.clone())
    }

    /// Whom a message of ours reached that could be waiting for it.
    fn reached(&self, message: &Message, internal: bool) -> Vec<Address> {
        let to = message.to.iter().chain(&message.cc).map(|party| party.address.clone());
        to.filter(|address| internal || !self.policy().roster.is_ours(address)).collect()
    }

    pub(super) async fn set_aside(
        &self,
        tx: &mut Tx,
        mail: &Pending,
        why: &str,
    ) -> Result<(), Error> {
        tracing::warn!("a mail by {} was set aside: {why}", mail.source);
        let now = self.now();
        tx.quarantine(mail.id, now, why).await?;
        let reason = format!("set aside unread: {why} ({})", mail.source);
        tx.write_journal(None, &Entry::new(mail.at, What::Ignored, reason)).await?;
        Ok(())
    }
}

impl Taken {
    /// Whether it is from a colleague, and to somebody who may owe an answer.
    fn is_question_among_us(&self) -> bool {
        self.verdict.direction == Direction::Internal && self.order.is_none()
    }

    fn record(&self) -> Recorded {
        let Self { message, verdict, .. } = self;
        let recipients = message.to.iter().chain(&message.cc);
        Recorded {
            id: 0,
            message_id: message.id.clone(),
            at: self.at,
            direction: verdict.direction.name(),
            kind: verdict.kind.name().to_owned(),
            vouched: self.vouch.holds(),
            from: message.from.clone(),
            recipients: recipients.map(|party| party.address.clone()).collect(),
            subject: message.subject.clone(),
            words: verdict.visible_text.clone(),
            reason: match self.order {
                Some(_) => TO_OWED.to_owned(),
                None => verdict.reason.clone(),
            },
            channel: self.channel,
            language: verdict.language.clone(),
            complaint: verdict.complaint,
            conversation: self.ties.conversation.clone(),
        }
    }
}

/// Everybody a message is addressed to, and the mailbox it reached.
fn addressed(message: &Message, mailbox: &Address) -> Vec<Address> {
    let named = message.to.iter().chain(&message.cc).map(|party| party.address.clone());
    named.chain([mailbox.clone()]).collect()
}

/// What an answer commits us to: of several promises the one that is due first.
fn pledge(verdict: &Verdict) -> Option<Pledge> {
    let dated = verdict.promises.iter().filter(|promise| promise.due.is_some());
    let first = dated.min_by_key(|promise| promise.due).or_else(|| verdict.promises.first())?;
    Some(Pledge { words: first.text.clone(), due: first.due })
}

fn knows(case: &Case) -> Known<'static> {
    let we_spoke_last = case.answered_at.is_some_and(|answered| answered >= case.last_at);
    Known { in_case: true, owed: case.is_owed(), we_spoke_last, ..Known::default() }
}

/// What a message asks of us, and why. Only a sender who is vouched for ends
/// what we owe; from anybody else the same words change nothing.
fn need(taken: &Taken) -> (Need, String) {
    let Taken { verdict, vouch, .. } = taken;
    if taken.channel == Channel::Concern {
        return (Need::Reply, "a colleague has a concern".to_owned());
    }
    let reason = verdict.reason.clone();
    // Who asks again, or has settled it, is heard as anybody else is.
    let ordinary = verdict.chase || verdict.settled;
    if let Some(Exception { sender, needed, by, .. }) =
        taken.overruled.as_ref().filter(|exception| !(exception.needed && ordinary))
    {
        let (need, what) =
            if *needed { (Need::Reply, "an answer") } else { (Need::Nothing, "no answer") };
        return (need, format!("{reason}, but {by} said that mail from {sender} needs {what}"));
    }
    let need = match (verdict, vouch) {
        (Verdict { settled: true, .. }, Vouch::NotVouched(why)) => {
            return (Need::Nothing, format!("{reason}, but its sender is not vouched for: {why}"));
        }
        (Verdict { settled: true, .. }, _) => Need::Settled,
        (Verdict { chase: true, .. }, _) => Need::Again,
        (Verdict { reply_owed: true, .. }, _) => Need::Reply,
        (Verdict { kind: Kind::Human, for_us: ForUs::Cc, .. }, _) => Need::ReplyIfCopied,
        _ => Need::Nothing,
    };
    (need, reason)
}
