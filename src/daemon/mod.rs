//! The composition root: builds, names and starts every task, and ends them.
//!
//! Nothing below knows how the whole is put together; nothing here decides
//! anything about a case.

pub mod control;
mod inward;
mod lock;
mod origin;
mod outward;
mod pages;
pub mod probe;
pub mod rehearsal;
mod running;
mod secret;

pub use running::{Daemon, NoStart, World};
