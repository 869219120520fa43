//! owed: reply before you leave.
pub mod config {
    pub mod settings;
}
pub mod domain;
pub mod engine {
    pub mod accept;
}
pub mod judge;
pub mod mail;
pub mod outbox;
