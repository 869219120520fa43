//! The questions: a flag answers one beforehand, a terminal is asked the others, and where
//! there is none, what nobody can guess is told all at once.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::{Answers, Login};

/// What was said beforehand.
#[derive(Debug, Args)]
pub(super) struct Given {
    /// What you are called
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// A mail domain of yours; may be said several times
    #[arg(long, value_name = "DOMAIN")]
    domain: Vec<String>,
    /// Your time zone; else this machine's
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// "Ana Ruiz <ana@brook.example>", once for each of you; the first is told what is late
    #[arg(long, value_name = "PERSON")]
    person: Vec<String>,
    /// A shared address that all others of them answer
    #[arg(long, value_name = "ADDRESS")]
    mailbox: Option<String>,
    /// The server to read the mailbox from; else your mail server hands owed its copies
    #[arg(long, value_name = "HOST[:PORT]")]
    imap: Option<String>,
    /// The login name there; else the mailbox
    #[arg(long, value_name = "NAME")]
    imap_user: Option<String>,
    /// A file with the password
    #[arg(long, value_name = "FILE")]
    imap_password: Option<PathBuf>,
    /// Your mail server's name, as it stands in its Authentication-Results
    #[arg(long, value_name = "NAME")]
    authserv_id: Option<String>,
    /// The server for owed's own mails; else they are only written to a folder
    #[arg(long, value_name = "HOST[:PORT]")]
    smtp: Option<String>,
    /// The login name there, where it wants one
    #[arg(long, value_name = "NAME")]
    smtp_user: Option<String>,
    /// A file with the password
    #[arg(long, value_name = "FILE")]
    smtp_password: Option<PathBuf>,
    /// The address that owed writes from; else owed@ and the first domain
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
}

/// Whom to ask, and what nobody answered.
struct Asking {
    terminal: bool,
    missing: Vec<&'static str>,
}

/// All answers, or what is missing.
pub(super) fn answers(given: Given) -> Result<Answers, String> {
    let mut asking = Asking { terminal: io::stdin().is_terminal(), missing: Vec::new() };
    let organisation =
        asking.needed(given.organisation, "What is your organisation called?", "--organisation");
    let domains = match given.domain {
        said if said.is_empty() => {
            vec![asking.needed(None, "Which mail domain is yours?", "--domain")]
        }
        said => said,
    };
    let zone = asking.guessed(given.time_zone, "In which time zone are you?", &this_machines());
    let people = asking.people(&given.person)?;
    let mailbox = asking
        .optional(given.mailbox, "Which shared address do you answer together? (none: just Enter)");
    let imap = asking.imap(given.imap, (given.imap_user, given.imap_password), mailbox.as_ref())?;
    let authserv_id = match imap {
        Some(_) => given.authserv_id,
        None => asking.optional(
            given.authserv_id,
            "Your mail server's name in its Authentication-Results? (unknown: just Enter)",
        ),
    };
    let smtp = asking.smtp(given.smtp, (given.smtp_user, given.smtp_password))?;
    let usual = format!("owed@{}", domains.first().map_or("", String::as_str));
    let from = asking.guessed(given.from, "From which address shall owed write?", &usual);
    if !asking.missing.is_empty() {
        return Err(format!("nobody is here to be asked: say {}", asking.missing.join(", ")));
    }
    Ok(Answers { organisation, domains, zone, people, mailbox, imap, authserv_id, smtp, from })
}

impl Asking {
    /// One line from the terminal; nothing where there is none, or nothing was typed.
    fn ask(&self, question: &str) -> Option<String> {
        if !self.terminal {
            return None;
        }
        let mut out = io::stdout().lock();
        let _unseen = write!(out, "{question} ").and_then(|()| out.flush());
        let mut line = String::new();
        io::stdin().read_line(&mut line).ok()?;
        let line = line.trim();
        (!line.is_empty()).then(|| line.to_owned())
    }

    fn optional(&self, said: Option<String>, question: &str) -> Option<String> {
        said.or_else(|| self.ask(question))
    }

    fn guessed(&self, said: Option<String>, question: &str, guess: &str) -> String {
        let asked = || self.ask(&format!("{question} [{guess}]"));
        said.or_else(asked).unwrap_or_else(|| guess.to_owned())
    }

    fn needed(&mut self, said: Option<String>, question: &str, flag: &'static str) -> String {
        self.optional(said, question).unwrap_or_else(|| {
            self.missing.push(flag);
            String::new()
        })
    }

    fn people(&mut self, said: &[String]) -> Result<Vec<(String, String)>, String> {
        let mut people = said.iter().map(|text| person(text)).collect::<Result<Vec<_>, _>>()?;
        if people.is_empty() {
            let first = "Who is told when an answer is late? (Marta Brook <marta@brook.example>)";
            people.push(person(&self.needed(None, first, "--person"))?);
            let next = "Who else answers mail? (nobody else: just Enter)";
            while let Some(text) = self.ask(next) {
                people.push(person(&text)?);
            }
        }
        Ok(people)
    }

    fn imap(
        &self,
        said: Option<String>,
        (user, password): (Option<String>, Option<PathBuf>),
        mailbox: Option<&String>,
    ) -> Result<Option<Login>, String> {
        let question = "From which IMAP server shall owed read mail? (your mail server hands over \
                        copies: just Enter)";
        let Some(server) = self.optional(said, question) else { return Ok(None) };
        let guess = mailbox.map_or("", String::as_str);
        let user = self.guessed(user, "The login name there?", guess);
        let password = self.password(password, &user)?;
        let (host, port) = place(&server)?;
        Ok(Some(Login { host, port, user: Some(user), password }))
    }

    fn smtp(
        &self,
        said: Option<String>,
        (user, password): (Option<String>, Option<PathBuf>),
    ) -> Result<Option<Login>, String> {
        let question = "Which SMTP server takes owed's own mails? (only a folder: just Enter)";
        let Some(server) = self.optional(said, question) else { return Ok(None) };
        let user = self.optional(user, "The login name there? (none: just Enter)");
        let password = match &user {
            Some(user) => self.password(password, user)?,
            None => None,
        };
        let (host, port) = place(&server)?;
        Ok(Some(Login { host, port, user, password }))
    }

    fn password(&self, file: Option<PathBuf>, user: &str) -> Result<Option<SecretString>, String> {
        if let Some(file) = file {
            let unread = |error| format!("{} could not be read: {error}", file.display());
            let text = std::fs::read_to_string(&file).map_err(unread)?;
            return Ok(text.lines().next().map(SecretString::from));
        }
        if !self.terminal {
            return Ok(None);
        }
        let typed = rpassword::prompt_password(format!("The password of {user}? (unseen) "));
        typed.map(|typed| Some(SecretString::from(typed))).map_err(|error| error.to_string())
    }
}

/// A name and an address. Whether the address is one, the check of the file says.
fn person(text: &str) -> Result<(String, String), String> {
    let (name, rest) = match text.split_once('<') {
        _ if text.is_empty() => return Ok(Default::default()),
        Some((name, rest)) => (name.trim(), rest.trim().trim_end_matches('>')),
        None => ("", text.trim()),
    };
    if name.is_empty() {
        return Err(format!("{text:?} has no name: write \"Ana Ruiz <ana@brook.example>\""));
    }
    Ok((name.to_owned(), rest.to_owned()))
}

/// A host, and a port where one is said.
fn place(server: &str) -> Result<(String, Option<u16>), String> {
    match server.rsplit_once(':') {
        None => Ok((server.to_owned(), None)),
        Some((host, port)) => match port.parse() {
            Ok(port) => Ok((host.to_owned(), Some(port))),
            Err(_) => Err(format!("{port:?} is no port: write {host}, or {host}:587")),
        },
    }
}

fn this_machines() -> String {
    let zone = jiff::tz::TimeZone::system();
    zone.iana_name().unwrap_or("UTC").to_owned()
}
