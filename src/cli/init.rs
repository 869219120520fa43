//! `owed init`: a first configuration from a few answers, given as flags or asked for on
//! the terminal. What it writes has passed the same check as every other file, and the
//! logins in it were tried.

mod ask;
mod page;
mod place;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::SecretString;

use self::ask::Given;
use self::place::There;
use super::Exit;
use super::run::real_world;
use super::speak::{complain, letters, refuse, say, wait_for};
use crate::config::settings::Settings;
use crate::config::{self, settings::Secret};
use crate::daemon::probe;

/// Where a system's configuration is, and where its service looks.
const SYSTEM: &str = "/etc/owed";

/// What `owed init` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to write; else /etc/owed/owed.toml where that folder is, or ./owed.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write over a file that says something already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    given: Given,
}

/// What was answered, in full.
#[derive(Debug, Clone)]
struct Answers {
    organisation: String,
    domains: Vec<String>,
    zone: String,
    /// Names and addresses; everybody but the first answers to the first.
    people: Vec<(String, String)>,
    mailbox: Option<String>,
    imap: Option<Login>,
    authserv_id: Option<String>,
    smtp: Option<Login>,
    /// The certificates of an authority of their own.
    ca: Option<PathBuf>,
    from: String,
}

/// A server, and who we are there.
#[derive(Debug, Clone)]
struct Login {
    host: String,
    port: Option<u16>,
    user: Option<String>,
    password: Option<SecretString>,
}

/// Asks, checks, tries, writes.
pub(super) fn init(arguments: Arguments) -> Exit {
    let path = arguments.config.unwrap_or_else(usual);
    let name = path.display();
    match place::there(&path) {
        There::Something if !arguments.force => {
            complain(format_args!("{name} is there already: --force writes over it"));
            return Exit::No;
        }
        There::NoFile => {
            complain(format_args!("{name} is no file: name one that may be written, as owed.toml"));
            return Exit::No;
        }
        There::Nothing | There::Something => {}
    }
    let answers = match ask::answers(arguments.given) {
        Ok(answers) => answers,
        Err(why) => {
            complain(why);
            return Exit::Usage;
        }
    };
    let text = page::page(&answers, is_system(&path));
    let folder = path.parent().unwrap_or(Path::new(""));
    let loaded = match config::load(&path.display().to_string(), &text, folder) {
        Ok(loaded) => loaded,
        Err(faults) => {
            complain("with these answers the file would be refused, so it was not written:");
            return refuse(&letters(&faults));
        }
    };
    let mut passwords = passwords(answers);
    let mut works = try_logins(&loaded.settings, &passwords);
    while !works && ask::again(&mut passwords) {
        works = try_logins(&loaded.settings, &passwords);
    }
    if let Err(error) = place::write(&path, &text, &passwords) {
        complain(format_args!("{} could not be written: {error}", path.display()));
        return Exit::No;
    }
    if !loaded.warnings.is_empty() {
        say(letters(&loaded.warnings));
    }
    say(next(&path, &loaded.settings, works));
    if works { Exit::Fine } else { Exit::No }
}

fn usual() -> PathBuf {
    let system = Path::new(SYSTEM);
    if system.is_dir() { system.join("owed.toml") } else { PathBuf::from("owed.toml") }
}

fn is_system(path: &Path) -> bool {
    path.parent() == Some(Path::new(SYSTEM))
}

/// The passwords by the names of their files.
fn passwords(answers: Answers) -> BTreeMap<&'static str, SecretString> {
    let both = [(page::IMAP, answers.imap), (page::SMTP, answers.smtp)];
    let given = both.into_iter().filter_map(|(name, login)| Some((name, login?.password?)));
    given.collect()
}

/// Whether every server that is named could be reached and let us in; how it went is told.
fn try_logins(settings: &Settings, passwords: &BTreeMap<&str, SecretString>) -> bool {
    let secret = |secret: &Secret| {
        let place = match secret {
            Secret::Credential(name) | Secret::Env(name) => name.clone(),
            Secret::File(path) => path.display().to_string(),
        };
        let named = passwords.iter().find(|(name, _)| place.ends_with(**name));
        named.map(|(_, password)| password.clone()).ok_or(format!("there is no password {place}"))
    };
    let tried = wait_for(async { Ok(probe::servers(settings, &real_world(), &secret).await) });
    let tried = tried.unwrap_or_default();
    tried.iter().for_each(say);
    tried.iter().all(probe::Tried::is_well)
}

fn next(path: &Path, settings: &Settings, works: bool) -> String {
    let (name, shadow) = (path.display(), settings.store.with_file_name("shadow"));
    let [start, doctor, reload] = if is_system(path) {
        ["systemctl enable --now owed", "owed doctor", "systemctl reload owed"].map(str::to_owned)
    } else {
        ["run", "doctor", "reload"].map(|verb| format!("owed {verb} --config {name}"))
    };
    let first = if works {
        "Read it once, then:".to_owned()
    } else {
        let credentials = path.with_file_name(page::CREDENTIALS);
        let passwords = credentials.display();
        format!("Put right there (passwords: in {passwords}) what is NOT OK above, then:")
    };
    format!(
        "\n{name} is written. {first}\n\n    {start}\n    {doctor}\n\n\
         It begins in shadow mode: whatever owed would write to people lies in\n{} instead. \
         After a week of that, when these mails\nare the ones that you want, set mode = \"live\" \
         and say: {reload}",
        shadow.display()
    )
}
