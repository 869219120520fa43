//! The questions: a flag answers one beforehand, a terminal is asked the others. Each answer
//! is held against the check of the file as soon as it is given, and asked for again where
//! it fails; where nobody can be asked, all that is missing or wrong is told at once.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};

use super::super::speak::say;
use super::{Answers, Login, page};
use crate::config::{self, diagnostic::Diagnostic};

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
    /// A file with the certificates of your own authority, where your servers have theirs from it
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The address that owed writes from; else owed@ and the first domain
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
}

/// What is to be known, and what holds without an answer.
struct Question {
    flag: &'static str,
    words: &'static str,
    without: Without,
}

enum Without {
    /// It is asked until there is one.
    Nothing,
    /// Nothing has to be said.
    Silence,
    /// This.
    Guess(String),
}

fn needed(flag: &'static str, words: &'static str) -> Question {
    Question { flag, words, without: Without::Nothing }
}

fn optional(flag: &'static str, words: &'static str) -> Question {
    Question { flag, words, without: Without::Silence }
}

fn guessed(flag: &'static str, words: &'static str, guess: String) -> Question {
    Question { flag, words, without: Without::Guess(guess) }
}

/// A server, the login name there, and the password, as far as they were said beforehand.
type Access = (Option<String>, Option<String>, Option<SecretString>);

/// What is known so far, with somebody invented for what is not, so that the file can be
/// checked after each answer.
struct Asking {
    terminal: bool,
    known: Answers,
    missing: Vec<&'static str>,
    wrong: Vec<String>,
}

/// All answers, or what is missing or wrong.
pub(super) fn answers(given: Given) -> Result<Answers, String> {
    let imap_password = given.imap_password.as_deref().map(first_line).transpose()?;
    let smtp_password = given.smtp_password.as_deref().map(first_line).transpose()?;
    let known = Answers { ca: given.ca.as_deref().map(there).transpose()?, ..invented() };
    let terminal = io::stdin().is_terminal();
    let mut asking = Asking { terminal, known, missing: Vec::new(), wrong: Vec::new() };
    asking.house(given.organisation, given.domain, given.time_zone)?;
    asking.people(given.person)?;
    let question =
        optional("--mailbox", "Which shared address do you answer together? (none: just Enter)");
    asking.settle(given.mailbox, &question, |known, text| {
        known.mailbox = Some(text.to_owned());
        Ok(())
    })?;
    asking.imap((given.imap, given.imap_user, imap_password))?;
    if asking.known.imap.is_none() || given.authserv_id.is_some() {
        let question = optional(
            "--authserv-id",
            "Your mail server's name in its Authentication-Results? (it writes none: just Enter)",
        );
        asking.settle(given.authserv_id, &question, |known, text| {
            known.authserv_id = Some(text.to_owned());
            Ok(())
        })?;
    }
    asking.smtp((given.smtp, given.smtp_user, smtp_password))?;
    let usual = format!("owed@{}", asking.known.domains.first().map_or("", String::as_str));
    let question = guessed("--from", "From which address shall owed write?", usual);
    asking.settle(given.from, &question, |known, text| {
        text.clone_into(&mut known.from);
        Ok(())
    })?;
    asking.answered()
}

/// Nobody's answers, which are sound.
fn invented() -> Answers {
    Answers {
        organisation: "invented".to_owned(),
        domains: vec!["invented.example".to_owned()],
        zone: "UTC".to_owned(),
        people: vec![("Invented".to_owned(), "nobody@invented.example".to_owned())],
        mailbox: None,
        imap: None,
        authserv_id: None,
        smtp: None,
        ca: None,
        from: "owed@invented.example".to_owned(),
    }
}

/// Whether the file of these answers would be taken, or the first reason why not.
fn sound(answers: &Answers) -> Result<(), String> {
    let faults = config::load("owed.toml", &page::page(answers, true), Path::new("")).err();
    let first = faults.into_iter().flatten().find(Diagnostic::is_error);
    first.map_or(Ok(()), |fault| Err(fault.wrong))
}

impl Asking {
    /// Has a question answered, and `put` into what is known; whether it was.
    fn settle(
        &mut self,
        mut said: Option<String>,
        question: &Question,
        put: impl Fn(&mut Answers, &str) -> Result<(), String>,
    ) -> Result<bool, String> {
        loop {
            let said = said.take();
            let asked = said.is_none() && self.terminal;
            let answer = if asked { line(question)? } else { said.unwrap_or_default() };
            let answer = match (answer.trim(), &question.without) {
                ("", Without::Silence) => return Ok(false),
                ("", Without::Guess(guess)) => guess,
                ("", Without::Nothing) if self.terminal => {
                    say("This has to be known.");
                    continue;
                }
                ("", Without::Nothing) => {
                    self.missing.push(question.flag);
                    return Ok(false);
                }
                (answer, _) => answer,
            };
            let mut known = self.known.clone();
            match put(&mut known, answer).and_then(|()| sound(&known)) {
                Ok(()) => self.known = known,
                Err(why) if self.terminal => {
                    say(format_args!("That will not do: {why}."));
                    continue;
                }
                Err(why) => self.wrong.push(format!("{}: {why}", question.flag)),
            }
            return Ok(true);
        }
    }

    fn house(
        &mut self,
        organisation: Option<String>,
        domains: Vec<String>,
        zone: Option<String>,
    ) -> Result<(), String> {
        let question = needed("--organisation", "What is your organisation called?");
        self.settle(organisation, &question, |known, text| {
            text.clone_into(&mut known.organisation);
            Ok(())
        })?;
        let question = needed("--domain", "Which mail domain is yours?");
        let mut domains = domains.into_iter();
        self.settle(domains.next(), &question, |known, text| {
            known.domains = vec![text.to_owned()];
            Ok(())
        })?;
        for domain in domains {
            self.settle(Some(domain), &question, |known, text| {
                known.domains.push(text.to_owned());
                Ok(())
            })?;
        }
        let question = guessed("--time-zone", "In which time zone are you?", this_machines());
        self.settle(zone, &question, |known, text| {
            text.clone_into(&mut known.zone);
            Ok(())
        })?;
        Ok(())
    }

    fn people(&mut self, said: Vec<String>) -> Result<(), String> {
        let first = needed(
            "--person",
            "Who is told when an answer is late? (Marta Brook <marta@brook.example>)",
        );
        let next = optional("--person", "Who else answers mail? (nobody else: just Enter)");
        let everybody = !said.is_empty();
        let mut said = said.into_iter();
        self.settle(said.next(), &first, |known, text| {
            known.people = vec![person(text)?];
            Ok(())
        })?;
        let mut more = true;
        while more {
            let one = said.next();
            if everybody && one.is_none() {
                break;
            }
            more = self.settle(one, &next, |known, text| {
                known.people.push(person(text)?);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn imap(&mut self, given: Access) -> Result<(), String> {
        let server = optional(
            "--imap",
            "From which IMAP server shall owed read mail? (your mail server hands over \
                     copies: just Enter)",
        );
        let owner = self.known.people.last().map(|(_, address)| address.clone());
        let guess = self.known.mailbox.clone().or(owner).unwrap_or_default();
        let name = guessed("--imap-user", "The login name there?", guess.clone());
        self.login(given, (&server, &name), Some(&guess), |known| &mut known.imap)
    }

    fn smtp(&mut self, given: Access) -> Result<(), String> {
        let server = optional(
            "--smtp",
            "Which SMTP server takes owed's own mails? (only a folder: just Enter)",
        );
        let name = optional("--smtp-user", "The login name there? (none: just Enter)");
        self.login(given, (&server, &name), None, |known| &mut known.smtp)
    }

    /// Who gives no password is asked for the server once more, and may name none.
    fn login(
        &mut self,
        (mut server, mut user, mut password): Access,
        (which, name): (&Question, &Question),
        guess: Option<&String>,
        login: fn(&mut Answers) -> &mut Option<Login>,
    ) -> Result<(), String> {
        loop {
            let named = self.settle(server.take(), which, |known, text| {
                *login(known) = Some(Login { user: guess.cloned(), ..Login::at(text)? });
                Ok(())
            })?;
            if !named {
                return Ok(());
            }
            let logs_in = self.settle(user.take(), name, |known, text| {
                if let Some(login) = login(known) {
                    login.user = Some(text.to_owned());
                }
                Ok(())
            })?;
            let terminal = self.terminal;
            let found = login(&mut self.known);
            let Some(login) = found.as_mut().filter(|_| logs_in) else { return Ok(()) };
            login.password = secret(password.take(), terminal, login.user.as_deref())?;
            if login.password.is_some() || !terminal {
                return Ok(());
            }
            *found = None;
        }
    }

    fn answered(self) -> Result<Answers, String> {
        let mut told = self.wrong;
        if !self.missing.is_empty() {
            let flags = self.missing.join(", ");
            told.push(format!("say {flags}, or run this on a terminal, where owed asks"));
        }
        if told.is_empty() { Ok(self.known) } else { Err(told.join("\nowed: ")) }
    }
}

/// One line from the terminal.
fn line(question: &Question) -> Result<String, String> {
    let guess = match &question.without {
        Without::Guess(guess) => format!("[{guess}] "),
        Without::Nothing | Without::Silence => String::new(),
    };
    let mut out = io::stdout().lock();
    let _unseen = write!(out, "{} {guess}", question.words).and_then(|()| out.flush());
    let mut line = String::new();
    match io::stdin().read_line(&mut line) {
        Ok(0) => Err("the answers ended before the questions, so nothing was written".to_owned()),
        Ok(_) => Ok(line),
        Err(error) => Err(format!("the terminal cannot be read: {error}")),
    }
}

/// The password of a login, where one is said, or given when asked for.
fn secret(
    said: Option<SecretString>,
    terminal: bool,
    user: Option<&str>,
) -> Result<Option<SecretString>, String> {
    if said.is_some() || !terminal {
        return Ok(said);
    }
    let whose = user.unwrap_or_default();
    let question = format!("The password of {whose}? (unseen; another server, or none: Enter) ");
    let typed = rpassword::prompt_password(question).map_err(|error| error.to_string())?;
    Ok(Some(typed).filter(|typed| !typed.is_empty()).map(SecretString::from))
}

/// Whether another password was typed for any of these, after a trial that failed.
pub(super) fn again(passwords: &mut BTreeMap<&'static str, SecretString>) -> bool {
    let mut is_other = false;
    for (name, password) in passwords.iter_mut().filter(|_| io::stdin().is_terminal()) {
        let question =
            format!("The password for {name} once more? (unseen; it was right: just Enter) ");
        let typed = rpassword::prompt_password(question).unwrap_or_default();
        if !typed.is_empty() {
            *password = SecretString::from(typed);
            is_other = true;
        }
    }
    is_other
}

/// What a file with a password says.
fn first_line(file: &Path) -> Result<SecretString, String> {
    let unread = |error| format!("{} could not be read: {error}", file.display());
    let text = SecretString::from(std::fs::read_to_string(file).map_err(unread)?);
    Ok(SecretString::from(text.expose_secret().lines().next().unwrap_or_default()))
}

/// A file that is there, however it was named.
fn there(file: &Path) -> Result<PathBuf, String> {
    file.canonicalize().map_err(|error| format!("{} is not there: {error}", file.display()))
}

/// A name and an address. Whether the address is one, the check of the file says.
fn person(text: &str) -> Result<(String, String), String> {
    let example = "write \"Ana Ruiz <ana@brook.example>\"";
    let (name, address) = match text.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim().trim_end_matches('>')),
        None if text.contains('@') => ("", text),
        None => return Err(format!("{text:?} has no address: {example}")),
    };
    if name.is_empty() {
        return Err(format!("{text:?} has no name: {example}"));
    }
    Ok((name.to_owned(), address.to_owned()))
}

impl Login {
    /// A host, and a port where one is said.
    fn at(server: &str) -> Result<Self, String> {
        let (host, port) = match server.rsplit_once(':') {
            None => (server, None),
            Some((host, port)) => match port.parse() {
                Ok(port) => (host, Some(port)),
                Err(_) => return Err(format!("{port:?} is no port: write {host}, or {host}:587")),
            },
        };
        Ok(Self { host: host.to_owned(), port, user: None, password: None })
    }
}

fn this_machines() -> String {
    let zone = jiff::tz::TimeZone::system();
    zone.iana_name().unwrap_or("UTC").to_owned()
}
