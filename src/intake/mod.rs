//! The ways in. Each hands raw bytes to an [`crate::engine::accept::Acceptor`]
//! and tells its source only what that has answered.

pub mod archive;
