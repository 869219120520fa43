//! What people say against the judgement from the command line: that a message needs
//! an answer or none, and which messages are one matter.

use serde::{Deserialize, Serialize};

use super::{Answer, Desk, failed, given, number};
use crate::domain::ids::MessageId;
use crate::report::exception;

/// Something that overrules what was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overrule {
    /// A filed message needs an answer after all.
    NeedsAnswer {
        /// Its Message-ID.
        message: String,
        /// Why.
        reason: String,
        /// Whether this is remembered of its sender.
        always: bool,
    },
    /// A case needs no answer.
    Dismiss {
        /// Its number.
        case: String,
        /// Why.
        reason: String,
        /// Whether this is remembered of the contact.
        always: bool,
    },
    /// What was remembered of a sender counts no more.
    Forget {
        /// An address, or an `@` and a domain.
        sender: String,
    },
    /// Two cases are one matter.
    Merge {
        /// Which goes on in the other.
        case: String,
        /// The other.
        into: String,
    },
    /// A case is two matters.
    Split {
        /// Its number.
        case: String,
        /// The Message-ID of the first message of the second.
        message: String,
    },
}

impl Desk {
    /// What is remembered of senders.
    pub(super) async fn exceptions(&self) -> Result<Answer, String> {
        let mut tx = self.engine.store().read().await.map_err(failed)?;
        let rows = exception::rows(&mut tx, &self.engine.policy()).await;
        rows.map(Answer::Exceptions).map_err(failed)
    }

    /// Does what `by` says, and says what was done.
    pub(super) async fn overrule(&self, by: &str, what: Overrule) -> Result<String, String> {
        match what {
            Overrule::NeedsAnswer { message, reason, always } => {
                self.needs_answer(by, &message, (given(&reason)?, always)).await
            }
            Overrule::Dismiss { case, reason, always } => {
                self.dismiss(by, &case, (given(&reason)?, always)).await
            }
            Overrule::Forget { sender } => {
                self.engine.forget(&sender).await.map_err(failed)?;
                Ok(format!("{sender}: nothing is remembered any more."))
            }
            Overrule::Merge { case, into } => {
                let (case, into) = (number(&case)?, number(&into)?);
                self.engine.merge(case, into, by).await.map_err(failed)?;
                Ok(format!("{case} goes on in {into}, with all that it owed."))
            }
            Overrule::Split { case, message } => {
                let case = number(&case)?;
                let part = self.engine.split(case, &id(&message)?, by).await.map_err(failed)?;
                Ok(format!("{part} begins with that message; what came before stays in {case}."))
            }
        }
    }

    async fn needs_answer(
        &self,
        by: &str,
        message: &str,
        (reason, always): (&str, bool),
    ) -> Result<String, String> {
        let case = self.engine.needs_answer(&id(message)?, by, reason).await.map_err(failed)?;
        let done = format!("{case}: an answer is owed after all: {reason}.");
        if always { self.remember(case, true, (by, reason, done)).await } else { Ok(done) }
    }

    async fn dismiss(
        &self,
        by: &str,
        case: &str,
        (reason, always): (&str, bool),
    ) -> Result<String, String> {
        let case = number(case)?;
        self.engine.dismiss(case, by, reason).await.map_err(failed)?;
        let done = format!("{case}: nothing is owed any more: {reason}.");
        if always { self.remember(case, false, (by, reason, done)).await } else { Ok(done) }
    }

    /// Remembers of a case's contact whether their mail needs an answer.
    async fn remember(
        &self,
        case: crate::domain::ids::CaseNumber,
        needed: bool,
        (by, reason, done): (&str, &str, String),
    ) -> Result<String, String> {
        let mut tx = self.engine.store().read().await.map_err(failed)?;
        let loaded = tx.case(case).await.map_err(failed)?;
        drop(tx);
        let Some(loaded) = loaded else { return Ok(done) };
        let sender = loaded.case.contact.address;
        self.engine.remember(sender.as_str(), needed, by, reason).await.map_err(failed)?;
        let needs = if needed { "an answer" } else { "none" };
        Ok(format!("{done}\nMail from {sender} needs {needs} from now on."))
    }
}

fn id(text: &str) -> Result<MessageId, String> {
    MessageId::parse(text).ok_or_else(|| format!("{text:?} is no Message-ID"))
}
