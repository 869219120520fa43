//! The letters as people get them, compared with fixtures to the last byte.
//!
//! `UPDATE_EXPECTED=1` writes the fixtures anew; look at what changed.

mod compose;
mod fixtures;
mod gathered;
mod matters;
mod sealed;
