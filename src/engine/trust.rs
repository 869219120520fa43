//! Whose word counts, and where owed itself is written to: replaced as a whole when the
//! configuration is taken anew.

use std::sync::{Arc, PoisonError, RwLock};

use super::Engine;
use super::order::Desk;
use super::signed::Signatures;

/// Whose word counts, and where owed itself is written to.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    /// The servers whose Authentication-Results count.
    pub(super) authserv_ids: Arc<[String]>,
    /// Who looks at signatures.
    pub(super) signatures: Option<Arc<dyn Signatures>>,
    /// Where orders come to.
    pub(super) desk: Option<Arc<Desk>>,
}

/// The trust that holds at the moment, for an engine and all its clones.
#[derive(Debug, Clone)]
pub(super) struct Trusting(Arc<RwLock<Trust>>);

impl Trusting {
    pub(super) fn new(trust: Trust) -> Self {
        Self(Arc::new(RwLock::new(trust)))
    }

    pub(super) fn get(&self) -> Trust {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same with something else, for another engine.
    pub(super) fn but(&self, change: impl FnOnce(&mut Trust)) -> Self {
        let mut trust = self.get();
        change(&mut trust);
        Self::new(trust)
    }
}

impl Engine {
    /// Trusts from now on whom `other` trusts.
    pub fn trust_as(&self, other: &Self) {
        *self.trust.0.write().unwrap_or_else(PoisonError::into_inner) = other.trust.get();
    }
}
