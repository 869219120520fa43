//! The command line: one file a verb.
//!
//! A verb reads its input, asks the pure rooms or the store, and prints; what
//! programs read (`--json`) has its own types here, so that field names stay
//! stable while the rooms change.

pub mod explain;
