//! Whether an automatic answer of somebody here says that they are not here today.
//!
//! Mail programs also answer from meetings and desks that are empty for an hour;
//! that sends nobody's work to their deputy.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern::pattern;

/// How much of a text is looked at, in bytes.
const READ: usize = 4 * 1024;

static ABSENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
            \bout\ of\ (the\ |my\ )?office|\bnot\ (be\ )?in\ (the\ |my\ )?office
            |\bon\ (a\ |my\ |annual\ |sick\ |parental\ |maternity\ |paternity\ )*
                (leave|holidays?|vacation)\b
            |\b(am|'m|be)\ (currently\ |now\ )?(away|absent|ill|sick)(\ (today|until|till|this
                |all|from\ (\d|the|mon|tue|wed|thu|fri|jan|feb|mar|apr|may|jun|jul|aug|sep|oct
                |nov|dec))|\s*[.,!]|\ and\b|\s*$)
            |\bnicht\ im\ (büro|hause)|\bim\ urlaub|\babwesend|\b(bin|ist)\ krank
            |\bfora\ do\ escritório|\bde\ férias|\bausente|\bestou\ doente
            |\bfuera\ de\ la\ oficina|\bde\ vacaciones|\bestoy\ (enferm|de\ baja)
            |\babsente?\b|\ben\ (congés?|vacances)|\bsuis\ malade
            |\bfuori\ (sede|ufficio)|\bin\ ferie|\bassente|\bsono\ malat
            |\bniet\ (op\ kantoor|aanwezig)|\bafwezig|\b(op|met)\ vakantie|\bben\ ziek",
    )
});

/// Whether the writer of `text` says that they are away for the day.
pub fn is_away(text: &str) -> bool {
    let read = text.get(..text.floor_char_boundary(READ)).unwrap_or(text);
    let plain = read.split_whitespace().collect::<Vec<_>>().join(" ").replace('’', "'");
    ABSENT.is_match(&plain)
}

#[cfg(test)]
mod tests {
    use super::is_away;

    #[test]
    fn an_empty_desk_is_no_absence() {
        let table = [
            (true, "I am out of the office."),
            (true, "I will not be in\nthe office today."),
            (true, "I’m away until Monday; Ben Ode answers meanwhile."),
            (true, "I am away from 3 to 7 March."),
            (true, "Thank you. I am on annual leave and have no access to my mail."),
            (true, "Ich bin bis Freitag nicht im Büro."),
            (true, "Estou de férias até segunda-feira."),
            (true, "Je suis en congé."),
            (true, "I am ill."),
            (false, "I am away from my desk and will read your mail later."),
            (false, "I am in a meeting and will read your mail this afternoon."),
            (false, "We have received your message and will answer within two days."),
            (false, "Thank you for your mail."),
            (false, ""),
        ];
        for (away, text) in table {
            assert_eq!(is_away(text), away, "{text}");
        }
    }
}
