//! Mails that will not arrive: whoever is next in the chain is told instead. Notes that
//! may have arrived: whoever's name they carry is told to ask.
//!
//! The courier finds out about some of them, a delivery report about others; both
//! leave an alarm with the mail's key, in the same commit as what they found.

use jiff::Timestamp;

use super::{Engine, Error};
use crate::domain::case::Event;
use crate::domain::effect::{Notice, Occasion};
use crate::domain::ids::CaseNumber;
use crate::domain::roster::recipient;
use crate::mail::parse::{Message, Outcome};
use crate::store::{About, Tx, UNDELIVERED, UNWRITTEN};

impl Engine {
    /// Tells the cases of a mail that it will not arrive, or its writer that it may not
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
        for told in tx.notices_of(mail).await? {
            let About::Case(number, notice) = told.about else { continue };
            let told = if became.is_held {
                self.tell_unsure(tx, number, &notice, now).await
            } else {
                self.pass_over(tx, number, (notice, &became.remark), now).await
            };
            match told {
                Err(error) if error.is_lasting() => {
                    tracing::error!(case = %number, %error, "a case could not be told of a mail");
                }
                told => told?,
            }
        }
        Ok(())
    }

    /// Tells the case of a notice that it cannot become a mail; `subject` is its key,
    /// as the alarm names it.
    pub(super) async fn tell_unwritten(
        &self,
        tx: &mut Tx,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        tx.arm_other(UNWRITTEN, subject, None).await?;
        let Ok(id) = subject.parse() else { return Ok(()) };
        let Some(About::Case(number, notice)) = tx.notice(id).await?.map(|told| told.about) else {
            return Ok(());
        };
        let why = "no mail can be written to this address";
        match self.pass_over(tx, number, (notice, why), now).await {
            Err(error) if error.is_lasting() => {
                tracing::error!(case = %number, %error, "a case could not be told of a notice");
                Ok(())
            }
            told => told,
        }
    }

    async fn pass_over(
        &self,
        tx: &mut Tx,
        case: CaseNumber,
        (notice, why): (Notice, &str),
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(loaded) = tx.case(case).await? else { return Ok(()) };
        let event = Event::Undelivered { notice, why: why.to_owned() };
        self.happen(tx, loaded, event, now).await.map(drop)
    }

    /// Tells whoever's name a note carries, or who is above them, that it may or may not
    /// have arrived.
    async fn tell_unsure(
        &self,
        tx: &mut Tx,
        case: CaseNumber,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(loaded) = tx.case(case).await? else { return Ok(()) };
        let promise = loaded.case.open().find(|o| o.seq == notice.obligation);
        let Some(owner) = promise.map(|promise| promise.owner.as_ref()) else { return Ok(()) };
        let policy = self.policy();
        let roster = &policy.roster;
        let here = owner.and_then(|id| roster.people.get(id)).and_then(recipient);
        let Some(to) = here.or_else(|| roster.above(owner, 1, now)) else { return Ok(()) };
        let key = format!("{case}/{}", notice.key());
        let occasion = Occasion::unsure(case, notice.obligation, to);
        Ok(tx.tell_occasion(&key, &occasion, self.timing(now)).await?)
    }

    /// Notes that a delivery report is about a mail of ours. Its Message-ID proves
    /// it: nobody else can know one. A forged report changes nothing.
    pub(super) async fn note_bounce(
        &self,
        tx: &mut Tx,
        message: &Message,
        at: Timestamp,
    ) -> Result<(), Error> {
        let Some(report) = &message.report else { return Ok(()) };
        let Some(original) = report.original.as_ref().filter(|_| report.outcome == Outcome::Failed)
        else {
            return Ok(());
        };
        if tx.bounced(original, "it came back undelivered", at).await? {
            tracing::warn!(mail = %original, "a mail of owed came back undelivered");
        }
        Ok(())
    }
}
