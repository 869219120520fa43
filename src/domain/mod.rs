//! What is owed, by whom, until when, and who is told: decided here, purely.
//!
//! Nothing in this folder reads a clock, a file, a socket or a die, and nothing
//! here is asynchronous or serialisable: time comes in as an argument, what is
//! to be done goes out as a value. So the whole life of a case can be replayed
//! on a virtual clock, and the tests of this folder are only data.
//!
//! The modules are listed in reading order.

pub mod act;
pub mod calendar;
pub mod case;
pub mod check_in;
pub mod conversation;
pub mod coverage;
pub mod deadline;
pub mod departure;
pub mod effect;
#[cfg(test)]
mod fixture;
pub mod ids;
pub mod job;
pub mod ladder;
pub mod ledger;
pub mod nearest;
pub mod obligation;
pub mod policy;
pub mod roster;
pub mod rota;
pub mod rule;
pub mod schedule;
