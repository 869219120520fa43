//! Secrets in a text that is going to be shown: each is replaced by stars of
//! the same length, so that every place in the text stays where it was.
//!
//! A password does not belong into the file at all, and is refused there. Until
//! the operator has taken it out, no letter may repeat it, not even one about
//! another fault of the same line; so this looks at the text alone, whether it
//! is TOML or not.

/// References to a secret, which are no secrets themselves.
const REFERENCES: [&str; 3] = ["credential:", "env:", "file:"];

/// Parts of keys that may hold a secret, however they are misspelt.
const KEYS: [&str; 6] = ["pass", "pas", "pw", "secret", "token", "kennwort"];

/// The same text, with stars for what may be a secret.
pub(super) fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let (key, value) = rest.split_at(at + 1);
        shown.push_str(key);
        let blank = value.len() - value.trim_start_matches([' ', '\t']).len();
        let (blank, value) = value.split_at(blank);
        shown.push_str(blank);
        let secret = if may_hold_a_secret(key) { secret_length(value) } else { 0 };
        let (secret, after) = value.split_at(secret);
        shown.extend(secret.bytes().map(|byte| if byte == b'\n' { '\n' } else { '*' }));
        rest = after;
    }
    without_login(&(shown + rest))
}

/// The same text without the passwords that stand in web addresses, as in
/// `postgres://user:password@host`.
pub(super) fn without_login(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (scheme, after) = rest.split_at(at + 3);
        shown.push_str(scheme);
        let end = after.find(['"', '\'', '\n', ' ']).unwrap_or(after.len());
        let (url, next) = after.split_at(end);
        let login = url.rfind('@').and_then(|end| Some((url.get(..end)?, url.get(end..)?)));
        match login.and_then(|(login, host)| Some((login.split_once(':')?, host))) {
            Some(((user, password), host)) => {
                shown.push_str(user);
                shown.push(':');
                shown.extend(password.bytes().map(|_| '*'));
                shown.push_str(host);
            }
            None => shown.push_str(url),
        }
        rest = next;
    }
    shown + rest
}

/// Whether what stands before an equals sign ends in a key of a secret.
fn may_hold_a_secret(before: &str) -> bool {
    let before = before.trim_end_matches(['=', ' ', '\t', '"', '\'']);
    let key = before.rsplit(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).next();
    let key = key.unwrap_or_default().to_lowercase();
    KEYS.iter().any(|part| key.contains(part))
        || (key.len() > 4 && strsim::damerau_levenshtein(&key, "password") <= 3)
}

/// How many bytes of `value` are a secret: up to the end of its string, or of
/// its line where it has no end.
fn secret_length(value: &str) -> usize {
    for quotes in ["\"\"\"", "'''"] {
        if let Some(inner) = value.strip_prefix(quotes) {
            return inner.find(quotes).map_or(value.len(), |end| end + 2 * quotes.len());
        }
    }
    let line = value.lines().next().unwrap_or_default();
    let inner = line.trim_start_matches(['"', '\'']);
    let closed = inner.len() < line.len() && inner.contains(['"', '\'']);
    if closed && REFERENCES.iter().any(|reference| inner.starts_with(reference)) {
        return 0;
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_shown_and_a_literal_is_not() {
        let shown = "password = \"credential:imap\"\nuser = \"ana\"\n";
        assert_eq!(masked(shown), shown);
        for hidden in [
            "password = \"hunter2\"",
            "password=\"hunter2",
            "pasword = 'hunter2' # a note",
            "paswrod = hunter2",
            "smtp = { user = \"u\", password = \"hunter2\" }",
            "password = \"\"\"\nhunter2\n\"\"\"",
            "\"password\" = \"hunter2\"",
            "password = \"a=hunter2\"",
            "url = \"postgres://owed:hunter2@db/owed\"",
        ] {
            let text = masked(hidden);
            assert!(!text.contains("hunter2"), "{hidden} became {text}");
            assert_eq!(text.len(), hidden.len());
        }
    }
}
