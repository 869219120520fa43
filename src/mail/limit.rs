//! How much of a mail is read at most, and how that is said where more came.

use std::fmt;

/// A limit that a mail went over: the rest of it was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Header lines.
    Fields,
    /// The length of a header line.
    Field,
    /// Recipients.
    Recipients,
    /// Mails within mails.
    Nested,
    /// Parts.
    Parts,
    /// Text.
    Text,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fields => "only its first 1,000 header lines were read",
            Self::Field => "of a header line only the first 32 kB were read",
            Self::Recipients => "of its recipients only the first 500 were read by name",
            Self::Nested => "it holds more than 100 mails, so it was read as plain text",
            Self::Parts => "only its first 1,000 parts were read",
            Self::Text => "only the first 512 kB of its text were read",
        })
    }
}
