//! The ways in. Each hands raw bytes to an [`crate::engine::accept::Acceptor`]
//! and tells its source only what that has answered.
//!
//! A way in knows its source and nothing else: it parses no mail and judges
//! none. It never ends of its own accord; what fails is said in its [`Status`]
//! and in the log, and tried again.

pub mod archive;
#[cfg(feature = "dkim")]
pub mod dkim;
pub mod imap;
pub mod lmtp;
pub mod maildir;
mod status;

use std::sync::Arc;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::config::settings::Vouched;
use crate::engine::accept::{Acceptor, Proof};

pub use status::{Condition, Status};

/// The clock, as the composition root hands it over.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A number from 0 up to 1, as the composition root draws it.
pub type Chance = Arc<dyn Fn() -> f64 + Send + Sync>;

/// What every way in is given.
#[derive(Clone)]
pub struct Way {
    /// Where mails are handed to.
    pub acceptor: Acceptor,
    /// The clock.
    pub now: Now,
    /// Cancelled when the daemon ends.
    pub stop: CancellationToken,
    /// Where it says how it fares.
    pub status: Status,
}

/// What a mail proves that comes from a source which is vouched for like this.
pub fn proof(vouched: Vouched) -> Proof {
    match vouched {
        Vouched::AuthenticationResults => Proof::None,
        Vouched::All => Proof::All,
    }
}
