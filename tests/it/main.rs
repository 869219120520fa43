//! The integration tests: one binary, one module a subject.

#[cfg(test)]
mod mail;
#[cfg(test)]
mod mail_corpus;
