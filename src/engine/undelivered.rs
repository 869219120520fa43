//! Mails that will not arrive: whoever is next in the chain is told instead.
//!
//! The courier finds out about some of them, a delivery report about others; both
//! leave an alarm with the mail's key, in the same commit as what they found.

use jiff::Timestamp;

use super::{Engine, Error};
use crate::domain::case::Event;
use crate::mail::parse::{Message, Outcome};
use crate::store::{About, Tx, UNDELIVERED};

impl Engine {
    /// Tells the cases of a mail that it will not arrive; `subject` is its key, as
    /// the alarm names it.
    pub(super) async fn tell_undelivered(
        &self,
        tx: &mut Tx,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        tx.arm_other(UNDELIVERED, subject, None).await?;
        let Ok(mail) = subject.parse() else { return Ok(()) };
        let why = tx.remark_on(mail).await?.unwrap_or_default();
        for told in tx.notices_of(mail).await? {
            let About::Case(number, notice) = told.about else { continue };
            let Some(loaded) = tx.case(number).await? else { continue };
            let event = Event::Undelivered { notice, why: why.clone() };
            match self.happen(tx, loaded, event, now).await {
                Err(error) if error.is_lasting() => {
                    tracing::error!(case = %number, %error, "a case could not be told of a mail");
                }
                told => drop(told?),
            }
        }
        Ok(())
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
