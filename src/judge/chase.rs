//! Does a mail ask again, or say that nothing is needed any more?
//!
//! A second mail before our answer is no chase by itself: most are additions
//! and corrections, some say "solved it myself". Only a short text that speaks
//! of the missing answer is one.

use std::sync::LazyLock;

use regex::Regex;

use super::asks;
use crate::mail::pattern::pattern;

/// How many words a chase may have.
const MOST_WORDS: usize = 60;

static CHASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            \bany\ (update|news|progress|word|luck\ (with|on)|response|reply|answer)s?\b
            |\bstill\ (waiting|no\ (reply|response|answer|word|news)|haven'?t\ (heard
            |received|had))|\b(no|not|never)\ (had\ |got\ |received\ )?(a\ |an\ 
            |any\ )?(reply|response|answer)\b|\b(have|had)\ ?(n't|n’t|not)\ (yet\ )?(heard
            |received\ (a|an|any)\ (reply|answer|response))|\bdid\ you\ (get|receive|see
            |read)\ (my|our|the\ (last|previous|below))\b|\b(just\ )?(following|follow
            |chasing)\ up\b|\bgentle\ reminder\b|\bping\b|\bbump(ing)?\b|\bre-?sending\b
            |\bsecond\ (time|request|attempt|mail|email)\b|\bthird\ (time|request|attempt)\b
            |\b(could|can|would)\ you\ (please\ )?(get\ back|respond|reply|answer)\b
            |\bwhen\ (can|will|may)\ (i|we)\ (expect|hear|get)\b|\bwaiting\ for\ (your|an
            |a)\ (reply|answer|response)|\b(warte|warten)\ (immer\ )?noch\b
            |\bnoch\ (immer\ )?keine\ (antwort|rückmeldung)
            |\bgibt\ es\ (schon\ )?(etwas\ )?neu(es|igkeiten)|\bhaben\ sie\ meine\b
            |\btoujours\ pas\ (de|reçu|eu)|\bsans\ réponse|\bdes\ nouvelles|\bsin\ respuesta
            |\balguna\ novedad|\bsigo\ esperando|\bancora\ nessuna\ risposta
            |\bnog\ (steeds\ )?geen\ (antwoord|reactie)",
    )
});

static SETTLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            \bnever\ ?mind\b|\bnevermind\b|\b(i|we)(\ have|'ve)?\ (just\ )?(solved|fixed
            |resolved|found|figured|sorted)\ (it|this|that|the\ (problem|issue|solution
            |answer|bug|error|cause)|out)\b|\bfigured\ (it|this)\ out\b|\b(please\ )?(ignore
            |disregard|forget)\ (my|the|this|that)\ (last|previous|earlier|first|request
            |question|mail|e-?mail|message|question)|\bno\ longer\ (need|necessary|required
            |relevant|an\ issue)\b|\b(problem|issue|this|it|question)\ (is|has\ been|was
            |'s)\ (now\ |already\ )?(solved|resolved|settled|sorted|fixed\ itself)\b
            |\b(has\ been|is)\ (resolved|settled|taken\ care\ of)\b|\bsolved\ it\ myself\b
            |\bhat\ sich\ erledigt\b|\bschon\ erledigt\b|\bselbst\ gelöst\b
            |\bproblème\ résolu\b|\bya\ (está\ )?(resuelto|solucionado|lo\ (he\ )?(resuelto
            |solucion))|\brisolto\b|\bis\ al\ opgelost\b",
    )
});

static UNSETTLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            \b(not|n't|n’t|until|till|unless|if|hope|hoping|once|before|when|want|need
            |please\ get|but|however)\b.{0,40}\b(solved|resolved|settled|fixed|sorted
            |erledigt|gelöst)\b|\b(but|however|although|except)\b",
    )
});

/// Whether this text asks again for an answer.
pub(super) fn chases(own: &str) -> bool {
    let words = own.split_whitespace().count();
    (1..=MOST_WORDS).contains(&words) && CHASE.is_match(own)
}

/// Whether this text takes its request back, or says that it has been met.
pub(super) fn settles(own: &str) -> bool {
    let short = own.split_whitespace().count() <= MOST_WORDS * 2;
    short && SETTLED.is_match(own) && !UNSETTLED.is_match(own) && !asks::asks(own)
}
