//! Everything that is tested through the public surface, in one binary.

mod desk;
mod lmtp;
mod maildir;
