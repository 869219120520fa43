//! Does a mail only thank? Short, thankful, and nothing else in it.

use std::sync::LazyLock;

use crate::mail::pattern::pattern;
use regex::Regex;

/// How many words a mere thanks may have.
const MOST_WORDS: usize = 25;

static THANKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            \b(thanks?|thank\ you|thx|tks|ty|cheers|much\ appreciated|appreciate(d)?|perfect
            |great|excellent|wonderful|awesome|got\ it|received|confirmed|noted|understood
            |ok(ay)?|sounds\ good|will\ do|works\ (now|fine|great)|solved|danke(schön)?
            |vielen\ dank|herzlichen\ dank|besten\ dank|passt|merci|gracias|grazie
            |obrigad[oa]|bedankt|dank\ (je|u)|tack|takk|tak|dzięki|dziękuję|спасибо|謝謝|谢谢
            |ありがとう)",
    )
});

static MORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            \b(but|however|still|although|except|unfortunately|not\ work\w*|doesn't
            |does\ not|didn't|isn't|can't|cannot|won't|one\ (more|other|last)|another|also
            |by\ the\ way|btw|in\ advance|if|when|until|meanwhile|thanks\ to|let\ me\ check
            |get\ back|aber|leider|jedoch|noch|mais|malheureusement|pero|todavía|ma|però
            |purtroppo|mas|maar|helaas|let\ me\ know|look\ into|will\ (check|try|send|call
            |test))\b",
    )
});

static GREETING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?imx)
            ^\s*(hi|hello|hey|dear|hallo|liebe[rs]?|bonjour|hola|ciao|beste
            |hej)\b[^.!?\n]{0,40}[,!]?\s*$",
    )
});

/// Whether this text only thanks, or only says that all is understood.
pub(super) fn only_thanks(own: &str) -> bool {
    let words = own.split_whitespace().count();
    if words == 0 || words > MOST_WORDS || own.contains(['?', '？']) {
        return false;
    }
    let said = GREETING.replace_all(own, " ");
    THANKS.is_match(&said) && !MORE.is_match(&said) && !super::asks::asks(&said)
}
