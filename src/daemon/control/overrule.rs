//! What people say against the judgement from the command line: that a message needs
//! an answer or none, and which messages are one matter.

use serde::{Deserialize, Serialize};

use super::{Answer, Desk, failed, given, number};
use crate::domain::ids::{CaseNumber, MessageId};
use crate::engine;
use crate::report::exception;

/// Something that overrules what was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overrule {
    /// Something was judged wrongly.
    Judged {
        /// What.
        wrong: Wrong,
        /// Why it is otherwise.
        reason: String,
        /// Whether this is remembered of who wrote it.
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

/// What was judged wrongly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wrong {
    /// A filed message, by its Message-ID: it needs an answer after all.
    Filed(String),
    /// A case, by its number: it needs none.
    Owed(String),
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
            Overrule::Judged { wrong, reason, always } => {
                let reason = given(&reason)?;
                let (case, needed, done) = self.turn(by, wrong, reason).await?;
                if !always {
                    return Ok(done);
                }
                let always = self.remember(by, case, (needed, reason)).await?;
                Ok(format!("{done}\n{always}"))
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

    /// Turns a verdict round: the case, whether it is owed now, and what was done.
    async fn turn(
        &self,
        by: &str,
        wrong: Wrong,
        reason: &str,
    ) -> Result<(CaseNumber, bool, String), String> {
        Ok(match wrong {
            Wrong::Filed(message) => {
                let done = self.engine.needs_answer(&id(&message)?, by, reason).await;
                let case = done.map_err(failed)?;
                (case, true, format!("{case}: an answer is owed after all: {reason}."))
            }
            Wrong::Owed(case) => {
                let case = number(&case)?;
                self.engine.dismiss(case, by, reason).await.map_err(failed)?;
                (case, false, format!("{case}: nothing is owed any more: {reason}."))
            }
        })
    }

    /// Remembers of a case's contact whether their mail needs an answer.
    async fn remember(
        &self,
        by: &str,
        case: CaseNumber,
        (needed, reason): (bool, &str),
    ) -> Result<String, String> {
        let mut tx = self.engine.store().read().await.map_err(failed)?;
        let loaded = tx.case(case).await.map_err(failed)?;
        drop(tx);
        let loaded = loaded.ok_or_else(|| failed(engine::Error::NoSuchCase(case)))?;
        let sender = loaded.case.contact.address;
        self.engine.remember(sender.as_str(), needed, by, reason).await.map_err(failed)?;
        let needs = if needed { "an answer" } else { "none" };
        Ok(format!("Mail from {sender} needs {needs} from now on."))
    }
}

fn id(text: &str) -> Result<MessageId, String> {
    MessageId::parse(text).ok_or_else(|| format!("{text:?} is no Message-ID"))
}
