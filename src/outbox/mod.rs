//! Mails on their way out: lease, send, record.

pub mod transport;
