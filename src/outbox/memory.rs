//! A way out that only remembers: for tests and rehearsals.

use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::transport::{Outcome, Outgoing, unrecorded};

/// What was sent, shared by all clones.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    sent: Vec<Outgoing>,
    answers: VecDeque<Outcome>,
}

impl Memory {
    /// Every mail that was given, and those whose outcome is ambiguous: as far
    /// as the receiver is concerned, they may have arrived.
    pub fn sent(&self) -> Vec<Outgoing> {
        self.state().sent.clone()
    }

    /// The same, which is then no longer remembered.
    pub fn take(&self) -> Vec<Outgoing> {
        std::mem::take(&mut self.state().sent)
    }

    /// Answers the next attempt that is not answered yet with `outcome`.
    pub fn answer_next(&self, outcome: Outcome) {
        self.state().answers.push_back(outcome);
    }

    pub(super) async fn send<E: Display>(
        &self,
        mail: &Outgoing,
        before_dot: impl Future<Output = Result<(), E>>,
    ) -> Outcome {
        let outcome = self.state().answers.pop_front().unwrap_or(Outcome::Given);
        if !matches!(outcome, Outcome::Given | Outcome::Ambiguous(_)) {
            return outcome;
        }
        if let Err(error) = before_dot.await {
            return unrecorded(error);
        }
        self.state().sent.push(mail.clone());
        outcome
    }

    /// A list is whole whatever a panicking thread did with the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
