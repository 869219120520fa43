//! The composition root: builds, names and starts every task, and ends them.
//!
//! Nothing below knows how the whole is put together; nothing here decides
//! anything about a case.

mod running;

mod parts;

mod inward;
mod outside;
mod outward;
mod pages;
mod passed;
pub mod probe;
pub mod rehearsal;

pub mod control;
pub mod figures;
pub mod health;
mod watch;

mod lock;
mod origin;
mod secret;

pub use passed::Passed;
pub use running::{Daemon, NoStart, NotTaken, Want, World};
pub use watch::tell;
