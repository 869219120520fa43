//! The letters as people get them, compared with fixtures to the last byte.
//!
//! `UPDATE_EXPECTED=1` writes the fixtures anew; look at what changed.

mod carried;
mod compose;
mod contacts;
mod days;
mod fixtures;
mod gathered;
pub(crate) mod matters;
mod office;
mod ordered;
mod sealed;
