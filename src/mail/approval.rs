//! What somebody answers who was shown a check-in: `send`, alone or with their own text
//! below it. That text is for the contact, so nothing of it is read as an order.

use super::visible::own_words;
use crate::domain::act::Act;

/// The order to send, if the answer begins with that line.
pub fn sends(words: &str) -> Option<Act> {
    let own = own_words(words);
    let own = own.trim_start();
    let (first, rest) = own.split_once('\n').unwrap_or((own, ""));
    let plain = first.trim().trim_matches(['"', '“', '”', '.', '!', ':', ' ']).to_lowercase();
    if !["send", "send it", "please send", "send this", "send this instead"].contains(&&*plain) {
        return None;
    }
    let words = Some(rest.trim().to_owned()).filter(|words| !words.is_empty());
    Some(Act::Send { words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn send_goes_alone_or_with_the_text_below() {
        let own = |text: &str| match sends(text) {
            Some(Act::Send { words }) => Some(words),
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
}
