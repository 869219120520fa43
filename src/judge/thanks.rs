//! Does a mail only thank? Every word in it must be one of thanks, of courtesy
//! or a name: a word that could be news ("leak", "accept", "wrong") is an answer
//! that somebody has to read, and in doubt a reply is owed.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern::pattern;

/// How many words a mere thanks may have.
const MOST_WORDS: usize = 25;
/// How many words at the end of a line may be the writer's name.
const MOST_NAMES: usize = 3;

/// One of these must be there, a word or a phrase.
const THANKFUL: &str = "appreciate appreciated awesome bedankt cheers confirmed dank danke \
     dankeschön dziękuję dzięki erledigt excellent gracias grazie great merci noted obrigada \
     obrigado ok okay passt perfect received solved tack tak takk thank thanks thx tks ty \
     understood wonderful works спасибо";

static THANKFUL_PHRASE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(got it|sounds good|will do)\b|謝謝|谢谢|ありがとう"));

static THANKFUL_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| THANKFUL.split_whitespace().collect());

/// Phrases of courtesy whose words alone could mean more.
static COURTESY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            \bno\ (problem|worries)\b|\bwill\ do\b|\bfor\ your\ (time|patience)\b
            |\bhave\ an?\ (very\ )?(nice|good|great|lovely|wonderful)\ (day|week(end)?|evening)\b
            |\bsee\ you\ (soon|then|later|today|tomorrow|(on\ )?(mon|tues|wednes|thurs|fri
            |satur|sun)day)\b|\bbis\ (bald|dann|morgen|später)\b",
    )
});

/// Words of thanks and courtesy, a line a language.
const HARMLESS: &[&str] = &[
    "a afternoon again all always am an and answer appreciate appreciated are as assistance at \
     awesome back best brilliant cheers clear confirmed cool day dear effort efforts evening \
     everyone everything excellent fantastic fast fine fixed folks for from glad good got great \
     guys happy hello help helped helpful helping hey hi i i'm info information is it it's its \
     kind kindest lot lots lovely many me morning much my nice noted now of ok okay on our \
     perfect perfectly prompt quick quickly really received regards reply resolved response \
     sincerely so solved sorted sounds speedy super support team thank thankful thanks that \
     that's the this thx tks to too truly ty understood update us very warm was we week weekend \
     well wishes wonderful works yes you your yours",
    "alles antwort arbeit beste besten bestens danke dankeschön das den dank dem deine dich die \
     dir eure euch erhalten erledigt freundliche freundlichen für geholfen geklappt gelöst gerne \
     gern grüße grüßen gruß gruss gruesse gut hat haben herzlichen herzliche hilfe ich ihnen ihre \
     ist ja jetzt klar klasse lg lieben liebe mfg mir mit mühe nun passt perfekt prima \
     rückmeldung schnelle schnell schöne schönen schönes sehr super tag tausend toll und uns \
     vg viele vielen war wieder wochenende wunderbar",
    "à aide beaucoup bien bientôt bon bonjour bonne cordialement d'accord de et journée la le \
     merci parfait pour rapide réponse soirée super tout très vos votre vous",
    "ayuda buen buenas día gracias la mil muchas perfecto por respuesta saludos su todo tu y",
    "aiuto buona cordiali giornata grazie il la mille molte per perfetto risposta saluti sua tua",
    "ajuda muito obrigada obrigado pela pelo perfeito resposta tudo",
    "bedankt dank de groet groeten het hulp je met reactie snelle u uw vriendelijke voor wel",
    "för hjälpen hjelpen hjælpen mange mycket så svaret tack takk tak tusen tusind",
    "bardzo dzięki dziękuję odpowiedź pomoc pozdrawiam za",
    "большое вам за ответ помощь спасибо",
];

static WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| HARMLESS.iter().flat_map(|line| line.split_whitespace()).collect());

/// Whether this text only thanks, or only says that all is understood.
pub(super) fn only_thanks(own: &str) -> bool {
    let words = own.split_whitespace().count();
    if words == 0 || words > MOST_WORDS || own.contains(['?', '？']) {
        return false;
    }
    let said = own.replace('’', "'");
    let rest = COURTESY.replace_all(&said, " ");
    is_thankful(&said) && rest.lines().all(is_courtesy) && !super::asks::asks(&said)
}

fn is_thankful(said: &str) -> bool {
    let thanks = |word: &str| THANKFUL_WORDS.contains(bare(word).to_lowercase().as_str());
    said.split_whitespace().any(thanks) || THANKFUL_PHRASE.is_match(said)
}

/// Whether a line has words of courtesy alone, and at its end maybe a name.
fn is_courtesy(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().filter(|w| !bare(w).is_empty()).collect();
    let polite = words.iter().position(|word| !is_harmless(bare(word))).unwrap_or(words.len());
    let (before, names) = words.split_at(polite);
    // What begins a sentence is more likely "Cancel." than a name.
    let open = |word: &&str| !word.ends_with(['.', '!', ':']);
    names.is_empty()
        || names.len() <= MOST_NAMES
            && names.iter().all(|word| is_name(bare(word)))
            && before.last().is_none_or(open)
            && (polite > 0 || names.iter().all(open))
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_harmless(word: &str) -> bool {
    let thanks = ["謝謝", "谢谢", "ありがとう"];
    WORDS.contains(word.to_lowercase().as_str()) || thanks.iter().any(|root| word.starts_with(root))
}

fn is_name(word: &str) -> bool {
    let spelt = word.chars().all(|c| c.is_alphabetic() || "-'.".contains(c));
    spelt && word.starts_with(char::is_uppercase) && !is_harmless(word)
}

#[cfg(test)]
mod tests {
    use super::only_thanks;

    #[test]
    fn a_mail_that_only_thanks_is_told_from_one_with_news() {
        let thanks = [
            "Thanks!",
            "Thank you so much, Ana!",
            "Perfect, thanks Ana.",
            "Thanks, that's great. Have a lovely weekend!\n\nKind regards\nPaula Weaver",
            "All good now, thank you!",
            "Thanks again for your quick help.",
            "Got it.",
            "Thanks, see you on Monday.",
            "No problem, thank you.",
            "Vielen Dank für die schnelle Hilfe!\n\nViele Grüße\nPaula",
            "Danke, passt!",
            "Merci beaucoup, bonne journée !",
            "谢谢你",
            "спасибо большое",
            "Dziękuję!",
            "Merci, à bientôt !",
        ];
        for text in thanks {
            assert!(only_thanks(text), "it only thanks: {text:?}");
        }
    }

    #[test]
    fn a_polite_word_beside_news_is_no_mere_thanks() {
        let news = [
            "I received the wrong part.",
            "The type of the boiler is a Kettle.",
            "It takes ages.",
            "Thanks, the leak is back.",
            "Thanks, that is too expensive.",
            "OK, we accept the quote.",
            "Ok cancel the appointment.",
            "Ok.\nCancel.",
            "Ok. Cancel",
            "Not OK",
            "This is not OK.",
            "No thanks.",
            "Thanks for nothing.",
            "Not solved.",
            "Great. Now the whole cellar is under water.",
            "Understood. I want my money back.",
            "Noted. Our address is 5 Mill Lane.",
            "Thanks, I will wait for your call.",
            "Danke, der Hahn tropft wieder.",
            "Danke, wir nehmen das Angebot an.",
            "Danke! Wann kommt die Rechnung",
            "Merci, le robinet fuit encore.",
        ];
        for text in news {
            assert!(!only_thanks(text), "somebody has to read it: {text:?}");
        }
    }
}
