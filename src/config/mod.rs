//! The configuration: as written, with spans (`raw`), then checked into domain
//! types (`check`). All faults are found at once, each told as a small letter
//! to the operator (`diagnostic`).

pub mod settings;
