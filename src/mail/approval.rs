//! What somebody answers who was shown a check-in: `send`, alone or with their own text
//! below it, a plain yes or a plain no. The text is for the contact, so nothing of it is
//! read as an order.

use super::orders::{is_farewell, is_greeting};
use super::visible::own_words;
use crate::domain::act::Act;

/// What the mail asked beside what can always be said, to which somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Nothing.
    Nothing,
    /// Whether a check-in is sent.
    Approval,
    /// What a contact's words after a job mean.
    Meaning,
}

/// How to send, whatever stands below it.
const SEND: &[&str] =
    &["send", "send it", "please send", "please send it", "send this", "send this instead"];

/// A yes and a no, where they are all that is said to the question whether to send.
const YES: &[&str] = &[
    "yes",
    "yes please",
    "yes, please",
    "yes, thanks",
    "yes send it",
    "yes, send it",
    "yes, please send it",
    "ok, send it",
    "please do",
    "go ahead",
    "yes, go ahead",
    "ja",
    "ja bitte",
    "ja, bitte",
    "ja graag",
    "sí",
    "si",
    "sì",
    "sim",
    "oui",
];
const NO: &[&str] = &[
    "no",
    "no thanks",
    "no, thanks",
    "no thank you",
    "no, thank you",
    "no, please don't",
    "please don't",
    "don't",
    "don't send it",
    "do not send it",
    "no, don't send it",
    "please don't send it",
    "nein",
    "nein danke",
    "nein, danke",
    "nee",
    "não",
    "non",
];

/// What may be a yes, and may only say that it was seen.
const SEEN: &[&str] = &["ok", "okay", "fine"];
const ONLY_SEEN: &str = "it may be a yes, or only say that you have seen it";

impl Asked {
    /// What can be said to it.
    pub(super) fn sayings(self) -> &'static [&'static str] {
        match self {
            Self::Nothing => &[],
            Self::Approval => &["send", "skip", "always send mine"],
            Self::Meaning => &["ok", "not ok"],
        }
    }
}

/// What becomes of a check-in, if the answer says so and nothing else, or why that is not
/// clear: with the words that said it.
pub(super) fn decides(words: &str, asked: Asked) -> Option<(String, Result<Act, &'static str>)> {
    let own = own_words(words);
    let own = own.trim_start();
    let (first, rest) = own.split_once('\n').unwrap_or((own, ""));
    if SEND.contains(&&*bare(first)) {
        let words = Some(rest.trim().to_owned()).filter(|words| !words.is_empty());
        return Some(("send".to_owned(), Ok(Act::Send { shown: None, words })));
    }
    let said = own.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut said: Vec<&str> = said.skip_while(|line| is_greeting(line)).collect();
    while said.len() > 1 && said.pop_if(|line| is_farewell(line)).is_some() {}
    let [only] = said.as_slice() else { return None };
    let plain = bare(only);
    let act = if YES.contains(&&*plain) {
        Ok(Act::Send { shown: None, words: None })
    } else if NO.contains(&&*plain) {
        Ok(Act::Skip { shown: None, reason: String::new() })
    } else if SEEN.contains(&&*plain) {
        Err(ONLY_SEEN)
    } else {
        return None;
    };
    (asked == Asked::Approval).then_some((plain, act))
}

/// A line without capitals and the marks around it.
fn bare(line: &str) -> String {
    let line = line.trim().trim_matches(['"', '“', '”', '.', '!', ':', ' ']);
    line.to_lowercase().replace('’', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(words: &str, asked: Asked) -> Option<Act> {
        decides(words, asked).and_then(|(_, act)| act.ok())
    }

    #[test]
    fn send_goes_alone_or_with_the_text_below() {
        let own = |text: &str| match act(text, Asked::Nothing) {
            Some(Act::Send { words, .. }) => Some(words),
            _ => None,
        };
        assert_eq!(own("Send."), Some(None));
        assert_eq!(own("send\n\nHello Jo,\n\ndoes it hold?\n"), {
            Some(Some("Hello Jo,\n\ndoes it hold?".to_owned()))
        });
        for prose in ["send me the keys", "I would not send it", "", "skip"] {
            assert_eq!(own(prose), None, "{prose}");
        }
    }

    #[test]
    fn a_plain_yes_or_no_counts_where_that_was_the_question_and_nothing_else_is_said() {
        let send = Act::Send { shown: None, words: None };
        let skip = Act::Skip { shown: None, reason: String::new() };
        for (words, meant) in [
            ("Yes please", Some(&send)),
            ("Yes, please!\n\nThanks,\nAna", Some(&send)),
            ("Hi,\n\nyes.\n\nAna Ruiz", Some(&send)),
            ("OK", None),
            ("Sim.\n\nAna", Some(&send)),
            ("Nein, danke!", Some(&skip)),
            ("No thanks.", Some(&skip)),
            ("Please don’t send it", Some(&skip)),
            ("Yes, but not before Monday", None),
            ("No, I will call him", None),
            ("Yes.\n\nHello Jo, does it hold?", None),
            ("Yes?", None),
        ] {
            assert_eq!(act(words, Asked::Approval).as_ref(), meant, "{words:?}");
            assert_eq!(act(words, Asked::Nothing), None, "{words:?} to another mail");
        }
    }
}
