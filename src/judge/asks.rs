//! Does a text ask for something? Sentence by sentence, on own words only.
//!
//! A net for recall: a question mark, or words that want something of the
//! reader. Greetings, closings and addresses with a `?` in them ask nothing.

use std::sync::LazyLock;

use crate::mail::pattern::pattern;
use regex::Regex;

/// How much text is looked at, in bytes.
pub(super) const LONGEST: usize = 64 * 1024;

static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)<?\b(https?|ftp|mailto):[^\s>]+>?|\bwww\.[^\s>]+"));

static POLITE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^(hi|hello|hey|dear)?[\s,a-z]{0,30}(how\ are\ (you|things)|how('s
            |\ is)\ (it\ going|everything|life)|how\ do\ you\ do|what's\ up|wie\ geht('s
            |\ es)|comment\ (ça\ va|allez-vous)|cómo\ estás?)[\s,a-z']{0,30}\?+$|(if
            |should)\ you\ (have|need|got)?\ ?(any|further|more|other)\ ?(further|other
            |more)?\ ?(questions?|help|information|concerns|queries)
            |any\ (further\ )?questions?,?\ (please\ )?(let|call|feel|just|contact)
            |questions\?$",
    )
});

static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            \b(please|pls|plz|kindly)\b|\b(could|can|would|will)\ you\b
            |\b(let\ (me|us)\ know|get\ back\ to\ (me|us))\b|\b(i|we)(\ would|'d)\ (like
            |appreciate|love|be\ (grateful|glad|happy)\ if)|\b(i|we)\ (need|want|require
            |request)\ (you|your|to|a|an|the|some|help|more)\b|\b(waiting
            |look(ing)?\ forward)\ (for|to\ (your|hear))|\bthanks?\ (you\ )?in\ advance
            |\b(do|does|did|have|are|is)\ you\b[^?]*\?|\b(send|give|tell|call|show|forward
            |email|mail|help|advise|contact)\ (me|us)\b|\bi('m|\ am|\ was)\ wondering\b
            |\bany\ (idea|chance|news|update)\b|\b(asap|as\ soon\ as\ possible
            |your\ (thoughts|feedback|opinion|advice|help)\ )\b|\bhow\ (do|can|should
            |would)\ (i|we)\b|\bbitte\b|\b(könn(t)?en|würden)\ sie\b|\bkannst\ du\b
            |\bpourr(iez|ais|ait)[-\ ]|\bmerci\ (de|d')\ |\bs'il\ vous\ plaît|\bsvp\b
            |\bveuillez\b|\b(por\ favor|podría|puede|podrían)\b|\b(per\ favore|potrebbe|può
            |potete)\b|\b(poderia|pode|gostaria)\b|\b(graag|alstublieft|kunt\ u|kun\ je)\b",
    )
});

/// Whether the text asks its reader for something.
pub(super) fn asks(own: &str) -> bool {
    let own = own.get(..own.floor_char_boundary(LONGEST)).unwrap_or(own);
    let plain = ADDRESS.replace_all(own, " ");
    sentences(&plain).any(|sentence| is_request(&sentence))
}

fn is_request(sentence: &str) -> bool {
    let sentence = sentence.trim();
    !POLITE.is_match(sentence)
        && (sentence.contains(['?', '？', '؟']) || REQUEST.is_match(sentence))
}

/// The sentences of a text; a blank line ends one, a line's end does not.
fn sentences(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("\n\n").flat_map(|paragraph| {
        let joined = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut found = Vec::new();
        let mut sentence = String::new();
        for c in joined.chars() {
            sentence.push(c);
            if matches!(c, '.' | '!' | '?' | '？' | '。') {
                found.push(std::mem::take(&mut sentence));
            }
        }
        found.push(sentence);
        found
    })
}
