//! How check-ins end, and what each end is called.

/// How a check-in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The contact says that all is well.
    Fine,
    /// The contact says that it is not.
    NotFine,
    /// The contact answered in words that somebody has to read.
    InWords,
    /// The contact was asked twice and did not answer.
    Silent,
    /// Its person did not want it sent.
    Skipped,
    /// Its person did not say.
    Lapsed,
    /// There is no reason to ask any more.
    Cancelled,
    /// The contact is not to be asked.
    Refused,
    /// It did not arrive.
    Bounced,
}

/// Both directions of an end's name.
const ENDS: &[(End, &str)] = &[
    (End::Fine, "ok"),
    (End::NotFine, "not-ok"),
    (End::InWords, "in-words"),
    (End::Silent, "silent"),
    (End::Skipped, "skipped"),
    (End::Lapsed, "lapsed"),
    (End::Cancelled, "cancelled"),
    (End::Refused, "refused"),
    (End::Bounced, "bounced"),
];

impl End {
    /// Its stable name, in the store and in every report.
    pub fn name(self) -> &'static str {
        ENDS.iter().find(|(end, _)| *end == self).map_or("", |(_, name)| name)
    }

    /// The end called `name`.
    pub fn called(name: &str) -> Option<Self> {
        ENDS.iter().find(|(_, known)| *known == name).map(|(end, _)| *end)
    }
}
