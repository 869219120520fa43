//! What is read out of the store, as values for people and programs.
//!
//! Each value has stable field names, because `--json`, the control socket and
//! later the pages show the same one; how it looks to a person is the command
//! line's business.

pub mod away;
pub mod event;
pub mod exception;
pub mod filed;
pub mod jobs;
pub mod leave;
pub mod outbox;
pub mod owed;
pub mod show;
pub mod transcript;
pub mod trouble;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// An instant as it is written to programs: RFC 3339, with the offset of the
/// organisation's zone.
fn instant(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
