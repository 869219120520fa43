//! Every integration test, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected stops there")]

mod letters;
mod smtp_peer;
mod transport;
