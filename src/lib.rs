//! owed: reply before you leave.

pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod intake;
pub mod judge;
pub mod mail;
pub mod outbox;
