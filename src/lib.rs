//! owed: reply before you leave.

// pub mod cli;
pub mod clock;
pub mod config;
// pub mod daemon;
pub mod domain;
pub mod engine;
pub mod intake;
pub mod judge;
pub mod log;
pub mod mail;
pub mod outbox;
pub mod random;
pub mod report;
pub mod store;
