//! Mails on their way out: lease, send, record.

mod answer;
mod check_in;
mod connect;
pub mod courier;
mod desk;
mod dialogue;
mod evening;
pub mod folder;
pub mod memory;
mod morning;
mod occasion;
mod owing;
mod receipt;
pub mod retry;
mod scene;
pub mod seal;
pub mod smtp;
pub mod stationery;
mod transcript;
pub mod transport;
mod wire;

pub use connect::{Limits, NoTrust, Route, Security};
