//! Is a reply owed? A message and what its case knows give a
//! [`Verdict`](verdict::Verdict).
//!
//! Five questions are kept apart, each with its own reason, because merging
//! them takes people for robots: written by a machine? relayed by a list, a
//! group or a forwarding rule? meant for us? asking for something? already
//! answered or withdrawn?

pub mod absence;
mod asks;
pub mod away;
mod chase;
mod complaint;
mod dates;
mod form;
mod language;
pub mod own;
mod parties;
mod plain;
pub mod promise;
mod sentence;
mod thanks;
pub mod verdict;
pub mod well;
