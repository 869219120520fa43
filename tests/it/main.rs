//! Everything that is tested through the public surface, in one binary.

mod desk;
mod imap;
mod lmtp;
mod maildir;
