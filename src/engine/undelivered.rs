//! Mails that will not arrive: whoever is next in the chain is told instead. Notes that
//! may have arrived: whoever's name they carry is told to ask. Answers of colleagues that
//! came back: what they met is owed again. And what cannot be read: the operator is told.
//!
//! The courier finds out about some of them, a delivery report about others; each
//! leaves an alarm with the mail's key, in the same commit as what it found.

use jiff::Timestamp;

use super::place::followed;
use super::receive::Taken;
use super::{Engine, Error};
use crate::domain::case::{Event, Returned};
use crate::domain::effect::{Notice, Occasion, OccasionKind, Purpose};
use crate::domain::ids::{Address, CaseNumber, MessageId};
use crate::domain::roster::{Recipient, recipient};
use crate::judge::verdict::Kind;
use crate::mail::parse::{Outcome, Report};
use crate::store::{About, Became, Tx, UNDELIVERED, UNREADABLE, UNSAID, UNWRITTEN, Unsealed};

impl Engine {
    /// Tells what a mail was about that it will not arrive, or its writer that it may not
    /// have; `subject` is its key, as the alarm names it.
    pub(super) async fn tell_undelivered(
        &self,
        tx: &mut Tx,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        tx.arm_other(UNDELIVERED, subject, None).await?;
        let Ok(mail) = subject.parse() else { return Ok(()) };
        let Some(became) = tx.became(mail).await? else { return Ok(()) };
        match tx.notices_of(mail).await {
            Ok(notices) => {
                for told in notices {
                    self.pass_on_lost(tx, told, &became, now).await?;
                }
                Ok(())
            }
            Err(error) => self.unless_lasting(tx, Err(error.into()), now).await,
        }
    }

    /// Tells what a notice is about that it cannot become a mail; `subject` is its key,
    /// as the alarm names it.
    pub(super) async fn tell_unwritten(
        &self,
        tx: &mut Tx,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        tx.arm_other(UNWRITTEN, subject, None).await?;
        let Ok(id) = subject.parse() else { return Ok(()) };
        let remark = "no mail can be written to this address".to_owned();
        match tx.notice(id).await {
            Ok(Some(told)) => {
                self.pass_on_lost(tx, told, &Became { is_held: false, remark }, now).await
            }
            Ok(None) => Ok(()),
            Err(error) => self.unless_lasting(tx, Err(error.into()), now).await,
        }
    }

    /// Writes down that what a notice was to tell was not told, because it was settled
    /// before; `subject` is its key, as the alarm names it.
    pub(super) async fn note_unsaid(
        &self,
        tx: &mut Tx,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        tx.arm_other(UNSAID, subject, None).await?;
        let Ok(id) = subject.parse() else { return Ok(()) };
        let told = tx.notice(id).await.map_err(Error::from);
        let done = match told.map(|told| told.map(|told| told.about)) {
            Ok(Some(About::Case(number, notice))) => {
                self.tell_of(tx, number, Event::Unsaid { notice }, now).await
            }
            told => told.map(drop),
        };
        self.unless_lasting(tx, done, now).await
    }

    /// Lets a case know what became of a notice.
    async fn tell_of(
        &self,
        tx: &mut Tx,
        number: CaseNumber,
        event: Event,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(loaded) = tx.case(number).await? else { return Ok(()) };
        self.happen(tx, loaded, event, now).await.map(drop)
    }

    /// Tells the operator of what cannot be read; `subject` says what.
    pub(super) async fn tell_unreadable(
        &self,
        tx: &mut Tx,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        tx.arm_other(UNREADABLE, subject, None).await?;
        self.report(tx, subject, now).await
    }

    /// Tells the last resort, once, of what owed cannot put right by itself.
    pub(super) async fn report(
        &self,
        tx: &mut Tx,
        what: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        tracing::error!("{what}: it is left out until it is put right");
        let Some(to) = self.policy().roster.above(None, 1, now) else { return Ok(()) };
        let (kind, subject) = (OccasionKind::Trouble, what.to_owned());
        tx.tell_occasion(what, &Occasion { kind, subject, to }, self.timing(now)).await?;
        Ok(())
    }

    /// Lets one told of several not stop the others: the operator hears what cannot be done.
    async fn unless_lasting(
        &self,
        tx: &mut Tx,
        done: Result<(), Error>,
        now: Timestamp,
    ) -> Result<(), Error> {
        match done {
            Err(error) if error.is_lasting() => self.report(tx, &error.to_string(), now).await,
            done => done,
        }
    }

    async fn pass_on_lost(
        &self,
        tx: &mut Tx,
        told: Unsealed,
        became: &Became,
        now: Timestamp,
    ) -> Result<(), Error> {
        match &told.about {
            About::Occasion(occasion) => self.go_up(tx, &told.key, occasion, now).await,
            About::Case(number, notice) => {
                let done = if became.is_held {
                    self.tell_unsure(tx, *number, notice, now).await
                } else {
                    self.pass_over(tx, *number, (notice, &became.remark), now).await
                };
                self.unless_lasting(tx, done, now).await
            }
        }
    }

    /// Tells the next above what somebody above others was to hear and does not. What is
    /// of the reader alone, their own evening or morning, is nobody else's.
    async fn go_up(
        &self,
        tx: &mut Tx,
        key: &str,
        occasion: &Occasion,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(to) = self.next_above(&occasion.to, now) else { return Ok(()) };
        if !matches!(occasion.kind, OccasionKind::Left | OccasionKind::Unsure) {
            tracing::error!(kind = occasion.kind.name(), to = %occasion.to.address,
                "a mail about no case did not reach its reader");
            return Ok(());
        }
        let key = format!("{key}/{}", to.address);
        let next = Occasion { to, ..occasion.clone() };
        tx.tell_occasion(&key, &next, self.timing(now)).await?;
        Ok(())
    }

    /// Who is told instead of somebody. Above the last resort is nobody: where even that
    /// cannot be reached, the log is all that is left.
    fn next_above(&self, unreachable: &Recipient, now: Timestamp) -> Option<Recipient> {
        let next = self.policy().roster.above(unreachable.person.as_ref(), 1, now);
        let next = next.filter(|next| next.address != unreachable.address);
        if next.is_none() {
            tracing::error!(to = %unreachable.address,
                "the last resort cannot be reached: what is overdue is told to nobody; \
                 correct organisation.last_resort, or mend its mailbox");
        }
        next
    }

    async fn pass_over(
        &self,
        tx: &mut Tx,
        case: CaseNumber,
        (notice, why): (&Notice, &str),
        now: Timestamp,
    ) -> Result<(), Error> {
        if notice.purpose.is_step() {
            self.next_above(&notice.to, now);
        }
        if matches!(notice.purpose, Purpose::TellWhen | Purpose::CheckIn) {
            tx.note_bouncing(&notice.to.address, now).await?;
        }
        let event = Event::Undelivered { notice: notice.clone(), why: why.to_owned() };
        self.tell_of(tx, case, event, now).await
    }

    /// Tells whoever's name a mail carries, or who is above them, that it may or may not
    /// have arrived.
    async fn tell_unsure(
        &self,
        tx: &mut Tx,
        case: CaseNumber,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(loaded) = tx.case(case).await? else { return Ok(()) };
        let seq = notice.obligation;
        let writer = match notice.purpose {
            Purpose::TellWhen => {
                loaded.case.open().find(|o| o.seq == seq).map(|promise| promise.owner.as_ref())
            }
            Purpose::CheckIn => {
                let job = loaded.case.jobs.iter().find(|job| job.seq == seq);
                job.map(|job| job.check_in.by.as_ref())
            }
            _ => None,
        };
        let Some(owner) = writer else { return Ok(()) };
        let policy = self.policy();
        let roster = &policy.roster;
        let here = owner.and_then(|id| roster.people.get(id)).and_then(recipient);
        let Some(to) = here.or_else(|| roster.above(owner, 1, now)) else { return Ok(()) };
        let key = format!("{case}/{}", notice.key());
        let occasion = match notice.purpose {
            Purpose::CheckIn => Occasion::unsure_of_question(case, seq, to),
            _ => Occasion::unsure(case, seq, to),
        };
        tx.tell_occasion(&key, &occasion, self.timing(now)).await?;
        Ok(())
    }

    /// Notes that a delivery report is about a mail of ours. Its Message-ID proves
    /// it: nobody else can know one. A forged report changes nothing.
    pub(super) async fn note_bounce(&self, tx: &mut Tx, taken: &Taken) -> Result<(), Error> {
        let bounce = taken.verdict.kind == Kind::Bounce;
        let report = taken.message.report.as_ref().filter(|_| bounce);
        let Some(report) = report.filter(|report| report.outcome == Outcome::Failed) else {
            return Ok(());
        };
        let Some(original) = &report.original else { return Ok(()) };
        if tx.bounced(original, "it came back undelivered", taken.at).await? {
            tracing::warn!(message_id = %original, "a mail of owed came back undelivered");
            return Ok(());
        }
        self.answer_came_back(tx, original, report, taken.at).await
    }

    /// What a colleague's answer had met is owed again: they read their mail, and may not
    /// read this one.
    async fn answer_came_back(
        &self,
        tx: &mut Tx,
        original: &MessageId,
        report: &Report,
        at: Timestamp,
    ) -> Result<(), Error> {
        let ids = std::slice::from_ref(original);
        let Some(case) = tx.case_of_thread(ids).await? else { return Ok(()) };
        let Some(answer) = tx.message_of(case, original).await? else { return Ok(()) };
        let Some(loaded) = followed(tx, case).await? else { return Ok(()) };
        let lost: Vec<Address> =
            report.recipients.iter().filter_map(|text| Address::parse(text)).collect();
        // Of a mail to one address any report is about that one, whatever it went on to.
        let all = lost.is_empty() || answer.recipients.len() == 1;
        let reached = answer.recipients.into_iter().filter(|to| !all && !lost.contains(to));
        let reached = reached.collect();
        let returned = Returned { message: original.clone(), sent: answer.at, reached };
        self.happen(tx, loaded, Event::CameBack(returned), at).await.map(drop)
    }
}
