//! What the daemon's edges are built from: addresses, paths, names of secrets.
//!
//! Nothing here is a secret itself, and nothing here decides anything about a
//! case: that is [`crate::domain::policy::Policy`].

use std::path::{Path, PathBuf};

use crate::domain::ids::Address;
use crate::mail::template::Templates;

/// Everything of a configuration that is not policy.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether mails leave the house.
    pub mode: Mode,
    /// Where state is kept: an `SQLite` file.
    pub store: PathBuf,
    /// Where the control socket listens.
    pub socket: PathBuf,
    /// Whose Authentication-Results count.
    pub authserv_ids: Vec<String>,
    /// Whether signatures of mails (DKIM) are checked by ourselves.
    pub dkim: bool,
    /// The LMTP listener.
    pub lmtp: Option<Lmtp>,
    /// Folders in Maildir form.
    pub maildir: Option<Maildir>,
    /// Mailboxes read by IMAP.
    pub imap: Vec<Imap>,
    /// How mails leave.
    pub deliver: Deliver,
    /// Where pages and the API are.
    pub web: Option<Web>,
    /// What letters to contacts say.
    pub templates: Templates,
    /// What may be answered after a job that went well.
    pub questions: Vec<Question>,
    /// Where monitoring asks: host and port.
    pub metrics: Option<String>,
    /// Of a longer mail only so many bytes are kept.
    pub max_message: usize,
    /// Whether the log is JSON, an object a line.
    pub log_json: bool,
}

impl Settings {
    /// What of `other` can only hold from another start on, if anything.
    pub fn fixed_beside(&self, other: &Self) -> Option<&'static str> {
        let fixed = [
            ("[store] url", self.store == other.store),
            ("[daemon] socket", self.socket == other.socket),
            ("[daemon] log", self.log_json == other.log_json),
        ];
        fixed.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
    }
}

/// Whether mails leave the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They do.
    Live,
    /// They are written to a folder for the operator.
    Shadow,
}

/// Where a secret is found when it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// A systemd credential of this name.
    Credential(String),
    /// An environment variable.
    Env(String),
    /// The first line of a file.
    File(PathBuf),
}

/// What a source is taken to have proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vouched {
    /// Its Authentication-Results are looked at.
    AuthenticationResults,
    /// Whatever comes was checked before.
    All,
}

/// The LMTP listener.
#[derive(Debug, Clone)]
pub struct Lmtp {
    /// Host and port, or a path; `None`: systemd passes the socket.
    pub listen: Option<String>,
    /// What a mail from here proves.
    pub vouched: Vouched,
}

/// Folders in Maildir form.
#[derive(Debug, Clone)]
pub struct Maildir {
    /// The folders, each with `new` and `cur`.
    pub paths: Vec<PathBuf>,
    /// What a mail from here proves.
    pub vouched: Vouched,
}

impl Maildir {
    /// Whether a folder is one for sent mail, by its name: only its owner puts
    /// mail there.
    pub fn is_sent(path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
        name.is_some_and(|name| name.trim_start_matches('.') == "sent")
    }
}

/// One mailbox read by IMAP.
#[derive(Debug, Clone)]
pub struct Imap {
    /// Host name.
    pub host: String,
    /// Port, 993 unless given.
    pub port: u16,
    /// Whether TLS starts at once or by STARTTLS.
    pub tls: Tls,
    /// A file of extra root certificates, for a private authority.
    pub ca: Option<PathBuf>,
    /// Login name.
    pub user: String,
    /// Where its password is.
    pub password: Secret,
    /// Folder for what comes in.
    pub inbox: String,
    /// Folder for what was sent.
    pub sent: String,
    /// Whose mailbox it is: the address that mail in it was delivered to.
    pub owner: Option<Address>,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    Implicit,
    /// After STARTTLS, which must succeed.
    StartTls,
    /// Not at all: for the loopback interface only.
    None,
}

/// How mails leave.
#[derive(Debug, Clone)]
pub enum Deliver {
    /// Through a mail server.
    Smtp(Smtp),
    /// As .eml files in a folder.
    Folder(Folder),
}

/// A mail server that takes our mails.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Host name.
    pub host: String,
    /// Port: 465 for implicit TLS, 587 for STARTTLS, 25 without, unless given.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// A file of extra root certificates, for a private authority.
    pub ca: Option<PathBuf>,
    /// The address that mails come from.
    pub from: Address,
    /// Login name and where its password is.
    pub login: Option<(String, Secret)>,
}

/// Where pages and the API are.
#[derive(Debug, Clone)]
pub struct Web {
    /// Host and port; `None`: systemd passes the socket.
    pub listen: Option<String>,
    /// How they are reached from outside, without a slash at its end; without it
    /// mails have no links.
    pub public_url: Option<String>,
    /// Who may ask the API.
    pub tokens: Vec<Token>,
}

/// A bearer token of the API.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it is called in logs.
    pub name: String,
    /// Where it is.
    pub secret: Secret,
    /// What it is good for.
    pub scopes: Vec<Scope>,
}

/// A question that a contact may answer, and may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// How it is answered.
    pub asking: Asking,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asking {
    /// By a step from 1 to 5.
    Scale {
        /// What 1 means.
        low: String,
        /// What 5 means.
        high: String,
    },
    /// By one of these.
    Choice(Vec<String>),
    /// In words.
    Words,
}

/// What a bearer token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Asking whether somebody may leave.
    Leave,
    /// Telling what was said outside mail.
    Messages,
    /// Telling of jobs that were done.
    Jobs,
    /// Raising concerns in the name of people here.
    Concerns,
}

/// Both directions of a scope's name.
const SCOPES: &[(Scope, &str)] = &[
    (Scope::Leave, "leave"),
    (Scope::Messages, "messages"),
    (Scope::Jobs, "jobs"),
    (Scope::Concerns, "concerns"),
];

impl Scope {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        SCOPES.iter().find(|(scope, _)| *scope == self).map_or("", |(_, name)| name)
    }

    /// The scope called `name`.
    pub fn called(name: &str) -> Option<Self> {
        SCOPES.iter().find(|(_, known)| *known == name).map(|(scope, _)| *scope)
    }

    /// All of them, by name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SCOPES.iter().map(|(_, name)| *name)
    }
}

impl Deliver {
    /// The address that mails come from.
    pub fn from(&self) -> &Address {
        match self {
            Self::Smtp(smtp) => &smtp.from,
            Self::Folder(folder) => &folder.from,
        }
    }
}

/// A folder that mails are written to.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Where.
    pub path: PathBuf,
    /// The address that mails come from.
    pub from: Address,
}
