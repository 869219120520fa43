//! Requests that may come twice under a key: answered again, and done once.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::job::{Noted, Told};
use super::{Engine, Error};
use crate::domain::ids::CaseNumber;
use crate::store::Tx;

/// A request that may come twice: its key, and what stands in it.
#[derive(Debug, Clone, Copy)]
pub struct Once<'a> {
    /// Who asks.
    pub source: &'a str,
    /// What they call the request, where they may send it again.
    pub key: Option<&'a str>,
    /// All that was asked.
    pub body: &'a [u8],
}

/// What became of a job that was told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct JobNoted {
    /// The case that it belongs to.
    pub case: String,
    /// Which of its jobs.
    pub job: u32,
    /// `new`, `known` by its reference and put right, or `cancelled`.
    pub outcome: String,
}

impl Engine {
    /// Takes a job, once under its key.
    pub async fn tell_job(&self, told: Told, once: Once<'_>) -> Result<JobNoted, Error> {
        let mut tx = self.store().write().await?;
        if let Some(answer) = self.answered(&mut tx, once).await? {
            return Ok(answer);
        }
        let noted = match self.note_job_within(&mut tx, told).await? {
            Noted::New(case, job) => JobNoted::of(case, job, "new"),
            Noted::Known(case, job) => JobNoted::of(case, job, "known"),
        };
        self.remember_answer(&mut tx, once, &noted).await?;
        self.acted(tx).await?;
        Ok(noted)
    }

    /// The answer that this request had when it first came.
    pub(super) async fn answered<T: DeserializeOwned>(
        &self,
        tx: &mut Tx,
        once: Once<'_>,
    ) -> Result<Option<T>, Error> {
        let Some(key) = once.key else { return Ok(None) };
        let Some(known) = tx.request(once.source, key).await? else { return Ok(None) };
        if known.digest != Sha256::digest(once.body).as_slice() {
            return Err(Error::AnotherRequest);
        }
        Ok(serde_json::from_str(&known.answer).ok())
    }

    /// Keeps the answer for when the request comes again.
    pub(super) async fn remember_answer<T: Serialize>(
        &self,
        tx: &mut Tx,
        once: Once<'_>,
        answer: &T,
    ) -> Result<(), Error> {
        let (Some(key), Ok(answer)) = (once.key, serde_json::to_string(answer)) else {
            return Ok(());
        };
        let digest = Sha256::digest(once.body);
        Ok(tx.keep_request(once.source, key, (&digest, &answer), self.now()).await?)
    }
}

impl JobNoted {
    fn of(case: CaseNumber, job: u32, outcome: &str) -> Self {
        Self { case: case.to_string(), job, outcome: outcome.to_owned() }
    }
}
