//! LMTP (RFC 2033): the operator's mail server hands mails over.
//!
//! [`content`] and [`session`] are the conversation, purely: bytes in, actions
//! out. [`listener`] owns the sockets and performs the actions.

pub mod content;
pub mod listener;
pub mod session;
