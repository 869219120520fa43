//! What a line of a plain text mail is, told from the line and its neighbours.
//!
//! The patterns cover the mail programs and languages seen so far; each is
//! matched in linear time, and only against lines of bounded length.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::pattern;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The writer's words, as far as can be told.
    Words,
    /// Nothing.
    Empty,
    /// Begins with a quotation mark.
    Quote,
    /// Introduces a quotation: "On … wrote:".
    Attribution,
    /// Begins the mail that is answered: a separator, or its copied head.
    Original,
    /// Begins a mail that is passed on: what follows is the content.
    Forward,
    /// A rule of dashes or underscores.
    Rule,
    /// Begins a signature.
    Signature,
}

/// Longer lines are words: no mail program writes such marks.
const LONGEST: usize = 400;
/// Over how many lines an attribution may be folded.
const MOST_FOLDS: usize = 4;

const WROTE: &str = r"(wrote|writes|said|schrieb|schreibt|a\ écrit|écrivait|escribió|escribio
            |ha\ scritto|scrisse|escreveu|schreef|het\ volgende\ geschreven|geschreven|skrev
            |napisał(\(a\))?|napisała|pisze|napsal(\(a\))?|написала?|пишет|kirjoitti|yazdı
            |写道|寫道|írta|a\ scris)";

/// What an introduction cannot do without, cheap to look for.
static SAID: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?ix){WROTE}|[:：>][\s\-_*]*$|^\d{{4}}-|\d\d:\d\d")));

/// The edge of a word that may begin or end with a letter outside ASCII, where a
/// [`pattern`] sees no boundary.
const EDGE: &str = r"(\b|\s)";

static ATTRIBUTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)
            ^[\s>*_-]*((on|am|le|el|il|em|op|den|dnia|w\ dniu|på|pe|a|at|v|dne|kl|в|el\ día
            |lø|ti|on:){EDGE}.{{4,}}{EDGE}{WROTE}\s*[:：]?|(on|am|le|el|il|em|op|den|dnia|på
            |at){EDGE}.*\d.*{EDGE}{WROTE}({EDGE}.*)?[:：]|.*(@|\d{{4}}
            |\d:\d\d).*{EDGE}{WROTE}\s*[:：]|.{{0,60}}(@|\d{{4}}).*(写道|寫道)\s*[:：]
            |.*@.*{EDGE}{WROTE}({EDGE}.*)?[:：]
            |.{{0,60}}\d{{4}}.{{0,60}}\d:\d\d.*<[^<>\s]+@[^<>\s]+(<[^<>]*>)?>\s*:
            |in\ data\s.{{4,}}{WROTE}\s*:|(in\ article|in\ message
            |in\ <).+(writes|wrote)\s*:|(quoting|citando|zitat\ von
            |quotando)\s.{{2,}}:|\d{{4}}-\d\d-\d\d\s\d{{1,2}}:\d\d(:\d\d)?\s(gmt|utc
            |z)?\s?([+-]\d\d?:?\d\d)?.*
            |\d{{4}}/\d\d?/\d\d?\s.+<[^<>\s]+@[^<>\s]+>\s*:?
            |\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\D.*<[^<>\s]+@[^<>\s]+(<[^<>]*>)?>\s*:
            |[-–]*\s*(on|am|le)\s.{{4,}}\d.*<[^<>\s]+@[^<>\s]+>\s*:
            |[\w'.,\ -]{{2,60}}<[^<>\s]+@[^<>\s]+>\s*{WROTE}\s*[:：])\s*[\-_*]*\s*$"
    ))
});

static ATTRIBUTION_START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^[\s>*_-]*(on|am|le|el|il|em|op|den|dnia|w\ dniu|på|at|v|dne|в|lø|ti
            |\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}/\d|[^\s]+\ <
            |\d{1,2}\s\S+\s\d{4}|[^\s\d]{2,12}\.?,?\s\d{1,2}\.?\s|quoting|in\ article
            |in\ message)",
    )
});

static ORIGINAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^[\s>*]*[-_=*—]{2,}\s*(original(\ message|\ email|nachricht|meddelande
            |\ besked)?|(reply|start\ of\ original)\ message|(urspr(ü|ue)ngliche
            |originale?)\ ?(nachricht|e?-?mail)|(messaggio|mensaje|mensagem
            |message)\ origin(ale?|al|el)|message\ d'origine|oorspronkelijk\ bericht
            |oprindelig\ (meddelelse|besked)|ursprungligt\ meddelande|opprinnelig\ melding
            |wiadomość\ oryginalna|(исходное|пересылаемое)\ сообщение|original\ appointment
            |alkuperäinen\ viesti|původní\ zpráva|mensagem\ original|原始邮件|原始郵件|原邮件
            |reply\ above\ this\ line|antwort\ .{0,40}|vastaus.{0,40})\s*[-_=*—]*\s*$",
    )
});

static FORWARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^[\s>]*([-_=*]{2,}\s*)?((begin\ )?forwarded\ message|weitergeleitete\ nachricht
            |message\ (transféré|réexpédié|transmis)|mensaje\ reenviado|messaggio\ inoltrato
            |inizio\ messaggio\ inoltrato|mensagem\ (encaminhada|reencaminhada)
            |doorgestuurd\ bericht|vidarebefordrat\ (brev|meddelande)|videresendt\ (besked
            |melding)|wiadomość\ przekazana|пересылаемое\ сообщение|转发邮件
            |anfang\ der\ weitergeleiteten\ (nachricht|e-mail)
            |début\ du\ message\ (réexpédié|transféré)|inicio\ del\ mensaje\ reenviado
            |forwarded\ by\ .{1,80})\s*:?\s*[-_=*]*\s*:?$",
    )
});

static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^[\s>*_|]*(
        from|to|cc|bcc|sent|date|subject|reply-to|importance
        |von|an|gesendet(\ am)?|datum|betreff|kopie
        |de|à|a|envoyé(\ le)?|objet|date\ d'envoi
        |para|enviado(\ el|\ em|s)?|fecha|asunto|assunto|data
        |da|inviato|oggetto|per
        |van|aan|verzonden|onderwerp
        |fra|från|til|till|sendt|skickat|emne|ämne|dato|kopia
        |od|do|wysłano|temat|dw|data
        |odesláno|komu|předmět
        |lähettäjä|lähetetty|vastaanottaja|aihe
        |от|кому|отправлено|дата|тема|копия
        |发件人|发送时间|收件人|主题|抄送|寄件者|收件者|主旨|差出人|宛先|件名|日時
        )[*_\s]{0,4}[:：]",
    )
});

static FROM_FIELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^[\s>*_|]*(from|von|de|da|van|fra|från|od|lähettäjä|от|发件人|寄件者|差出人|sent|date
            |gesendet|subject|betreff|objet)[*_\s]{0,4}[:：]",
    )
});

static MOBILE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            ^[\s\[*_>]*(sent\ (from|via|with|using|by)\s|get\ outlook\ for|from\ my\ (iphone
            |ipad|android|mobile|blackberry)|envoyé\ (de|depuis|avec|à\ partir)\s
            |von\ mein.{1,40}\ (gesendet|versendet)|gesendet\ (von|mit|über)\s
            |diese\ nachricht\ wurde\ von|enviado\ (desde|do|de|via|com|con)\s|inviato\ (da
            |dal)\s|verzonden\ (met|vanaf|via|vanuit)\s|verstuurd\ vanaf|skickat\ från
            |sendt\ fra|wysłan[eo]\ z|отправлено\ (с|из)\s|发自我的|iphone(から|の)
            |lähetetty\ (iphone|ipad|puhelim)|odesláno\ z|sent\ on\ the\ .{1,30}\ network
            |download\ (the\ )?.{1,20}\ app).{0,160}$",
    )
});

static DELIMITER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(--|—|__|–|-- -|--\s+-+)\s*$"));
/// What list software draws above its footer.
static FOOTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*_{20,}\s*$"));
static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*[-_=*—~#+]{3,}\s*$"));

/// The class of each line.
pub(super) fn classes(lines: &[&str]) -> Vec<Class> {
    let mut classes: Vec<Class> = lines.iter().map(|line| alone(line)).collect();
    for at in 0..lines.len() {
        if classes.get(at) == Some(&Class::Words) {
            let window = lines.get(at..).unwrap_or_default();
            let folds = attribution_length(window);
            for class in classes.iter_mut().skip(at).take(folds) {
                *class = Class::Attribution;
            }
            let head = folds == 0 && begins_head(window);
            if let Some(class) = classes.get_mut(at).filter(|_| head) {
                *class = Class::Original;
            }
        }
    }
    classes
}

fn alone(line: &str) -> Class {
    let trimmed = line.trim();
    // Some programs leave a mark of one strange letter that stands for a pixel.
    if trimmed.is_empty() || trimmed == "\u{1427}" {
        return Class::Empty;
    }
    if trimmed.starts_with('>') {
        return Class::Quote;
    }
    if line.len() > LONGEST {
        return Class::Words;
    }
    let patterns = [
        (&DELIMITER, Class::Signature),
        (&FOOTER, Class::Signature),
        (&RULE, Class::Rule),
        (&FORWARD, Class::Forward),
        (&ORIGINAL, Class::Original),
        (&MOBILE, Class::Signature),
    ];
    let found = patterns.iter().find(|(pattern, _)| pattern.is_match(line));
    found.map_or(Class::Words, |(_, class)| *class)
}

/// Over how many lines an attribution that begins here goes; 0 if none does.
/// Never more are joined than mail programs fold it into, never across a blank
/// line: "On Sunday" in running text must not swallow the mail.
fn attribution_length(lines: &[&str]) -> usize {
    let mut joined = String::new();
    for (i, line) in lines.iter().take(MOST_FOLDS).enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || joined.len() + trimmed.len() > LONGEST {
            return 0;
        }
        if i == 0 && !ATTRIBUTION_START.is_match(trimmed) && !trimmed.contains('@') {
            return usize::from(SAID.is_match(trimmed) && ATTRIBUTION.is_match(trimmed));
        }
        joined.push_str(if joined.is_empty() { "" } else { " " });
        joined.push_str(trimmed);
        let named = joined.contains('@') || joined.contains(|c: char| c.is_ascii_digit());
        if named && SAID.is_match(&joined) && ATTRIBUTION.is_match(&joined) {
            return i + 1;
        }
    }
    0
}

/// Whether a copied head begins here: three fields close together, the first of
/// them one that such heads begin with.
fn begins_head(lines: &[&str]) -> bool {
    let field = |line: &&&str| line.len() <= LONGEST * 4 && FIELD.is_match(line);
    lines.first().is_some_and(|line| line.len() <= LONGEST && FROM_FIELD.is_match(line))
        && lines.iter().take(7).filter(field).count() >= 3
}

/// Whether a line only says what a mail program or a rule would.
pub(super) fn is_furniture(class: Class) -> bool {
    matches!(class, Class::Empty | Class::Rule | Class::Attribution | Class::Quote)
}
