//! Links to the pages where one click acts on a case: which there are, and how they
//! are spelled. What the pages show and do is not known here.

/// What a page lets somebody do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// It was answered outside mail.
    Answered,
    /// It needs no answer.
    Dismiss,
    /// Take it.
    Claim,
    /// Ask somebody else to take it.
    HandOver,
    /// Take what was offered.
    Accept,
    /// Do not take what was offered.
    Refuse,
    /// Tell the contact when the answer comes.
    TellWhen,
    /// Put right what was understood of a promise.
    Correct,
    /// What the contact wrote after a job means that all is well.
    Fine,
    /// It means that it is not.
    NotFine,
}

/// Both directions of a verb's name in links.
pub const VERBS: &[(Verb, &str)] = &[
    (Verb::Answered, "answered"),
    (Verb::Dismiss, "dismiss"),
    (Verb::Claim, "claim"),
    (Verb::HandOver, "hand-over"),
    (Verb::Accept, "accept"),
    (Verb::Refuse, "refuse"),
    (Verb::TellWhen, "tell-when"),
    (Verb::Correct, "correct"),
    (Verb::Fine, "means-ok"),
    (Verb::NotFine, "means-not-ok"),
];

impl Verb {
    /// Its name in links.
    pub fn name(self) -> &'static str {
        VERBS.iter().find(|(verb, _)| *verb == self).map_or("", |(_, name)| name)
    }

    /// The verb called `name`.
    pub fn called(name: &str) -> Option<Self> {
        VERBS.iter().find(|(_, known)| *known == name).map(|(verb, _)| *verb)
    }
}

/// The link to a page, below the address under which owed is reached.
pub fn link(public_url: &str, token: &str, verb: Verb) -> String {
    format!("{}/a/{token}/{}", public_url.trim_end_matches('/'), verb.name())
}

/// The last part of the link to where somebody of ours says what is going wrong.
pub const CONCERN: &str = "concern";

/// The link to where somebody of ours says what is going wrong, below the address under
/// which owed is reached.
pub fn concern_link(public_url: &str, token: &str) -> String {
    format!("{}/a/{token}/{CONCERN}", public_url.trim_end_matches('/'))
}

/// What somebody may say of a check-in that they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is sent, as it stands or in other words.
    Send,
    /// It is not.
    Skip,
}

/// Both directions of a choice's name in links.
pub const CHOICES: &[(Choice, &str)] = &[(Choice::Send, "send"), (Choice::Skip, "skip")];

impl Choice {
    /// Its name in links.
    pub fn name(self) -> &'static str {
        CHOICES.iter().find(|(choice, _)| *choice == self).map_or("", |(_, name)| name)
    }

    /// The choice called `name`.
    pub fn called(name: &str) -> Option<Self> {
        CHOICES.iter().find(|(_, known)| *known == name).map(|(choice, _)| *choice)
    }
}

/// The link to the page of a check-in that somebody is shown, below the address under
/// which owed is reached.
pub fn approval_link(public_url: &str, token: &str, choice: Choice) -> String {
    format!("{}/j/{token}/{}", public_url.trim_end_matches('/'), choice.name())
}

/// What a contact may say on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// All is well.
    Fine,
    /// It is not.
    NotFine,
    /// No more of these mails.
    OptOut,
}

/// Both directions of a word's name in links.
pub const WORDS: &[(Word, &str)] =
    &[(Word::Fine, "ok"), (Word::NotFine, "not-ok"), (Word::OptOut, "stop")];

impl Word {
    /// Its name in links.
    pub fn name(self) -> &'static str {
        WORDS.iter().find(|(word, _)| *word == self).map_or("", |(_, name)| name)
    }

    /// The word called `name`.
    pub fn called(name: &str) -> Option<Self> {
        WORDS.iter().find(|(_, known)| *known == name).map(|(word, _)| *word)
    }
}

/// The link to a page for a contact, below the address under which owed is reached.
pub fn contacts_link(public_url: &str, token: &str, word: Word) -> String {
    format!("{}/c/{token}/{}", public_url.trim_end_matches('/'), word.name())
}

/// The link to the page of a contact's case, below the address under which owed is
/// reached.
pub fn page_link(public_url: &str, token: &str) -> String {
    format!("{}/c/{token}", public_url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_its_verb_below_the_public_address() {
        for (verb, name) in VERBS {
            let link = link("https://owed.brook.example/", "abc", *verb);
            assert_eq!(link, format!("https://owed.brook.example/a/abc/{name}"));
            assert_eq!(Verb::called(name), Some(*verb));
        }
    }
}
