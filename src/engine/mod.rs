//! Load, step, commit: the one path for mail and for time.

pub mod accept;
