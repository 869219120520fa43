//! The integration tests: one binary, one module a subject.

mod mail;
mod mail_corpus;
