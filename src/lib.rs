//! owed: reply before you leave.
//!
//! A daemon that knows every message somebody here still has to answer, when
//! that answer is due, and whom to tell. A conversation is a case; a case is a
//! pure state machine with one alarm; a clock sleeps until the earliest.
//!
//! # Rooms, in reading order
//!
//! - [`domain`]: what is owed, by whom, until when, who is told. Pure.
//! - [`mail`]: bytes to values and back, and every sentence we write. Pure.
//! - [`judge`]: is a reply owed? A verdict with its reason. Pure.
//! - [`config`]: one TOML file, checked into domain types. Pure.
//! - [`store`]: all SQL.
//! - [`engine`]: load, step, commit: one path for mail and for time.
//! - [`intake`]: the ways in. [`outbox`]: the way out.
//! - [`report`]: what is read out of the store, for people and programs.
//! - [`web`]: pages and an API. [`cli`]: the verbs. Two faces of the same.
//! - [`daemon`]: the composition root.
//! - [`clock`], [`random`], [`log`], [`pulse`]: the only readers of time and chance,
//!   the one place that says how we log, and signs of life.
//!
//! # Invariants, most of them absences
//!
//! - Nothing pure reads a clock, a die, a file or a socket: all come in as
//!   arguments, and what is to be done goes out as a value.
//! - Only [`engine`] both steps a case and opens a transaction, and it never
//!   sends. Only [`outbox`] sends, and only what was recorded before.
//! - A source is told that a mail was taken after its bytes are durable.
//! - No mail is without a verdict and a reason, and no open case without an
//!   alarm.
//! - Arrows between rooms never point up or sideways; `tests/it/tidy` holds the
//!   table.

pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod domain;
pub mod engine;
pub mod intake;
pub mod judge;
pub mod log;
pub mod mail;
pub mod outbox;
pub mod pulse;
pub mod random;
pub mod report;
pub mod store;
pub mod web;
