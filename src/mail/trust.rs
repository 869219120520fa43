//! Whether a server we trust vouches for the sender of a mail.
//!
//! Authentication-Results (RFC 8601) say what a server found; anybody can write
//! such a line, so only the top-most one counts, and only where it names a
//! server of ours. SPF says who handed the mail over, not who wrote it, and
//! does not suffice. A signature that holds vouches too, where it is of the
//! author's own domain; whoever checked it says so with a [`Signed`].

use super::parse::Message;
use crate::domain::ids::{Address, Party};

/// Whether somebody vouches for From, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vouch {
    /// A server of ours does; by what, in words.
    Vouched(String),
    /// A signature of this domain does, which we checked ourselves.
    Signed(String),
    /// Nobody does; why, in words.
    NotVouched(String),
}

impl Vouch {
    /// Whether somebody vouches.
    pub fn holds(&self) -> bool {
        !matches!(self, Self::NotVouched(_))
    }

    /// The same for who wrote the mail. Who vouches for From says nothing of
    /// somebody else: anybody can type any address into a form.
    #[must_use]
    pub fn of(self, author: Option<&Party>, message: &Message) -> Self {
        match (author, &message.from) {
            (Some(author), Some(from)) if author.address != from.address => Self::NotVouched(
                format!("who vouches for {} says nothing of {}", from.address, author.address),
            ),
            _ => self,
        }
    }

    /// The same, unless a signature of the mail says more.
    #[must_use]
    pub fn or(self, signed: &Signed) -> Self {
        match (self, signed) {
            (Self::NotVouched(_), Signed::Holds(domain)) => Self::Signed(domain.clone()),
            (Self::NotVouched(why), Signed::Fails(how) | Signed::Unsure(how)) => {
                Self::NotVouched(format!("{why}, and {how}"))
            }
            (vouch, _) => vouch,
        }
    }
}

/// What a look at the signatures of a mail has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// Nobody looked.
    Unseen,
    /// One holds that is of this domain, which is the author's.
    Holds(String),
    /// None vouches for the author; why, in words.
    Fails(String),
    /// Whether one does cannot be told for now; why, in words.
    Unsure(String),
}

/// One finding of an Authentication-Results line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How it was checked: `dmarc`, `dkim`, `spf`, in lower case.
    pub method: String,
    /// What came of it: `pass`, `fail`, in lower case.
    pub result: String,
    /// What it was about: `header.d`, `header.from` and the like, with values,
    /// all in lower case.
    pub properties: Vec<(String, String)>,
}

/// A read Authentication-Results line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// The server that says so, in lower case.
    pub authserv_id: String,
    /// What it found.
    pub findings: Vec<Finding>,
}

/// How many words of one line are read.
const MOST_WORDS: usize = 2000;

/// Whether a server in `authserv_ids` vouches for this mail's From.
pub fn vouch(message: &Message, authserv_ids: &[String]) -> Vouch {
    let from = match author(message) {
        Ok(from) => from,
        Err(why) => return no(why),
    };
    let Some(line) = message.header("authentication-results") else {
        return no("no server said anything about its sender");
    };
    let Some(results) = results(line) else {
        return no("its Authentication-Results cannot be read");
    };
    if !authserv_ids.iter().any(|ours| ours.eq_ignore_ascii_case(&results.authserv_id)) {
        let theirs = &results.authserv_id;
        return no(&format!("its top-most Authentication-Results are of {theirs}, not of ours"));
    }
    let domain = from.address.domain();
    let found = |f: &&Finding| f.result == "pass" && speaks_for(f, &from.address);
    match results.findings.iter().find(found) {
        Some(finding) => Vouch::Vouched(format!(
            "{}={} for {domain}, says {}",
            finding.method, finding.result, results.authserv_id
        )),
        None => no(&format!("{} found no pass that is about its From", results.authserv_id)),
    }
}

/// Who alone says that they wrote this mail, or why nobody can be vouched for.
pub fn author(message: &Message) -> Result<&Party, &'static str> {
    let from = message.from.as_ref().ok_or("the mail has no From")?;
    if message.headers_called("from").count() != 1 {
        // RFC 5322, 3.6 allows one; with two, nobody knows which was checked.
        return Err("the mail has more than one From");
    }
    if message.header("from").is_some_and(|value| super::header::parties(value).len() > 1) {
        return Err("From names more than one author");
    }
    Ok(from)
}

fn no(why: &str) -> Vouch {
    Vouch::NotVouched(why.to_owned())
}

/// Whether a pass is about the author's domain. DMARC is by its nature, where
/// it does not name another; DKIM is when the signer is aligned (RFC 7489, 3.1).
/// AUTH is when the author's own address was logged in (RFC 8601, 2.7.4): so a
/// server of ours vouches for what our people submit to it.
fn speaks_for(finding: &Finding, author: &Address) -> bool {
    let domain = author.domain();
    match finding.method.as_str() {
        "dmarc" => named(finding, "header.from").iter().all(|name| domain_in(name) == domain),
        "dkim" => {
            let mut signers = named(finding, "header.d");
            if signers.is_empty() {
                signers = named(finding, "header.i");
            }
            !signers.is_empty() && signers.iter().all(|s| is_aligned(domain_in(s), domain))
        }
        "auth" => {
            let logins = named(finding, "smtp.auth");
            !logins.is_empty() && logins.iter().all(|login| *login == author.as_str())
        }
        _ => false,
    }
}

fn named<'a>(finding: &'a Finding, name: &str) -> Vec<&'a str> {
    let properties = finding.properties.iter().filter(|(n, _)| n == name);
    properties.map(|(_, value)| value.as_str()).collect()
}

fn domain_in(identity: &str) -> &str {
    let domain = identity.rsplit_once('@').map_or(identity, |(_, domain)| domain);
    domain.trim_end_matches('.')
}

/// Relaxed alignment, with the organisation's domain taken for what both share:
/// the same domain, or one below the other, which has two labels at least.
pub fn is_aligned(signer: &str, author: &str) -> bool {
    let below = |longer: &str, shorter: &str| {
        longer.strip_suffix(shorter).is_some_and(|rest| rest.ends_with('.'))
            && shorter.split('.').filter(|label| !label.is_empty()).count() >= 2
            && !is_public(shorter)
    };
    !signer.is_empty() && (signer == author || below(signer, author) || below(author, signer))
}

/// Two labels under which everybody may register: `co.uk` and its like.
fn is_public(domain: &str) -> bool {
    let Some((second, top)) = domain.split_once('.') else { return true };
    let registry = ["co", "com", "net", "org", "ac", "gov", "edu", "or", "ne", "go", "gob", "gv"];
    top.len() == 2 && registry.contains(&second)
}

/// Reads the value of an Authentication-Results line: RFC 8601, 2.2. `None`
/// where it does not keep to the grammar in its first words.
pub fn results(value: &str) -> Option<Results> {
    let words = words(value);
    let mut sections = words.split(|word| *word == Word::Mark(';'));
    let authserv_id = match sections.next()? {
        [Word::Text(id)] => id.to_lowercase(),
        // The version may follow; one we do not know is not ours to read.
        [Word::Text(id), Word::Text(version)] if version == "1" => id.to_lowercase(),
        _ => return None,
    };
    Some(Results { authserv_id, findings: sections.filter_map(finding).collect() })
}

fn finding(section: &[Word]) -> Option<Finding> {
    let [Word::Text(method), Word::Mark('='), Word::Text(result), rest @ ..] = section else {
        return None;
    };
    // `dkim/1` names a version of the method.
    let method = method.split('/').next().unwrap_or(method).to_lowercase();
    let mut properties = Vec::new();
    let mut rest = rest;
    while let [Word::Text(name), Word::Mark('='), tail @ ..] = rest {
        let (value, after) = property_value(tail)?;
        properties.push((name.to_lowercase(), value));
        rest = after;
    }
    // Words that fit nothing make the whole finding doubtful.
    rest.is_empty().then(|| Finding { method, result: result.to_lowercase(), properties })
}

fn property_value(words: &[Word]) -> Option<(String, &[Word])> {
    match words {
        [Word::Text(value), rest @ ..] => Some((value.to_lowercase(), rest)),
        // `header.b=` with nothing behind it.
        [] => Some((String::new(), words)),
        [Word::Mark(_), ..] => None,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Text(String),
    Mark(char),
}

/// The words of the line, without comments, quoted strings opened.
fn words(value: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut chars = value.chars().peekable();
    // A word that touches the one before continues it: `a"b"` is one.
    let mut touching = false;
    let mut after_equals = false;
    while let Some(c) = chars.next() {
        if words.len() >= MOST_WORDS {
            break;
        }
        let text = match c {
            '(' => {
                skip_comment(&mut chars);
                touching = false;
                continue;
            }
            c if c.is_whitespace() => {
                touching = false;
                continue;
            }
            // Base64 values (`header.b=ab=`) hold the mark themselves.
            '=' if !(touching && after_equals) => {
                words.push(Word::Mark('='));
                (touching, after_equals) = (false, true);
                continue;
            }
            ';' => {
                words.push(Word::Mark(';'));
                (touching, after_equals) = (false, false);
                continue;
            }
            '"' => quoted(&mut chars),
            c => c.to_string(),
        };
        match words.last_mut() {
            Some(Word::Text(last)) if touching => last.push_str(&text),
            last => {
                after_equals = after_equals && matches!(last, Some(Word::Mark('=')));
                words.push(Word::Text(text));
            }
        }
        touching = true;
    }
    words
}

fn quoted(chars: &mut impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    text
}

/// Skips to the end of a comment, which may hold comments: RFC 5322, 3.2.2.
fn skip_comment(chars: &mut impl Iterator<Item = char>) {
    let mut depth = 1;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}
