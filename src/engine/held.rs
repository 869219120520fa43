//! Mails to contacts that may have arrived wait for a person, who sends them again or
//! lets them be; what was decided stands in the journal of the case.

use super::{Engine, Error};
use crate::domain::effect::{Entry, What};
use crate::store::Choice;

impl Engine {
    /// Sends a mail that may have arrived once more, or never; what was done, in words.
    pub async fn decide_held(&self, mail: i64, choice: Choice, by: &str) -> Result<String, Error> {
        let now = self.now();
        let why = match choice {
            Choice::Release => format!("{by} has it sent again"),
            Choice::Drop => format!("{by} says that it is not sent again"),
        };
        let mut tx = self.store.write().await?;
        let decided = tx.decide_held(mail, (choice, &why), now).await?;
        let (case, to) = decided.ok_or(Error::NotHeld(mail))?;
        let reason = format!("the note to {to}, which may have arrived: {why}");
        tx.write_journal(case, &Entry::new(now, What::Decided, reason)).await?;
        self.acted(tx).await?;
        Ok(match choice {
            Choice::Release => format!("Mail {mail} to {to} is sent again, the same as before."),
            Choice::Drop => format!("Mail {mail} to {to} is not sent again."),
        })
    }
}
