//! Mails as .eml files in a folder: the way out that needs no mail server.
//!
//! A file appears whole or not at all, and its name is made of the mail alone,
//! so that a mail that is sent again takes its own place instead of a second.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use jiff::fmt::rfc2822;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::transport::{Outcome, Outgoing, unrecorded};

/// How much of the Message-ID stands in a file's name.
const ID: usize = 12;
/// Letters quote what contacts wrote: they are for owed's own account alone.
const PRIVATE: u32 = 0o600;

/// A folder that mails are written to.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Writes to `path`, which is made when the first mail comes.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    pub(super) async fn send<E: Display>(
        &self,
        mail: &Outgoing,
        before_dot: impl Future<Output = Result<(), E>>,
    ) -> Outcome {
        let name = file_name(mail);
        let unfinished = self.path.join(format!(".{name}.tmp"));
        if let Err(error) = self.write(&unfinished, &mail.bytes).await {
            return Outcome::NotGiven(self.told(&error));
        }
        if let Err(error) = before_dot.await {
            return unrecorded(error);
        }
        if let Err(error) = fs::rename(&unfinished, self.path.join(name)).await {
            return Outcome::NotGiven(self.told(&error));
        }
        match sync_folder(&self.path).await {
            Ok(()) => Outcome::Given,
            Err(error) => Outcome::Ambiguous(self.told(&error)),
        }
    }

    async fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.path).await?;
        // What an interrupted attempt left behind may be open to others.
        match fs::remove_file(file).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(file).await?;
        file.write_all(bytes).await?;
        file.sync_all().await
    }

    fn told(&self, error: &io::Error) -> String {
        let path = self.path.display();
        format!("{path} could not be written: {error}; check that the folder belongs to owed")
    }
}

/// A rename is durable once the folder is.
async fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path).await?.sync_all().await
}

/// When, which case, to whom, and a piece of the Message-ID: sorted by name,
/// the files are in order.
fn file_name(mail: &Outgoing) -> String {
    let date = header(&mail.bytes, "date")
        .and_then(|value| rfc2822::parse(value).ok())
        .map_or_else(|| "undated".to_owned(), |date| date.strftime("%Y%m%dT%H%M%S").to_string());
    let case = header(&mail.bytes, "x-owed-case").unwrap_or("mail");
    let id: String = mail.message_id.chars().filter(char::is_ascii_alphanumeric).take(ID).collect();
    format!("{date}-{}-{}-{id}.eml", tame(case), tame(mail.to.as_str()))
}

/// The value of a short header in a mail that `compose` wrote.
fn header<'a>(bytes: &'a [u8], name: &str) -> Option<&'a str> {
    bytes
        .split(|&b| b == b'\n')
        .map(|line| std::str::from_utf8(line).unwrap_or_default().trim_end())
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// Only what is harmless in a file's name; an address cannot leave the folder.
fn tame(text: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "@._+-".contains(c);
    let short = text.chars().take(80);
    short.map(|c| if harmless(c) { c } else { '_' }).collect()
}
