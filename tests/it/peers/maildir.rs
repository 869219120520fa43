//! A Maildir that somebody else writes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;

use super::process::patiently;

/// A folder of mails, seen from outside.
#[derive(Debug)]
pub(crate) struct Maildir(pub(super) PathBuf);

impl Maildir {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The mails in it, read or not, in no order.
    pub(crate) fn mails(&self) -> Vec<String> {
        let files = ["new", "cur"].iter().filter_map(|part| fs::read_dir(self.0.join(part)).ok());
        let paths = files.flatten().flatten().map(|file| file.path());
        // A mail that moves from new to cur meanwhile is seen the next time.
        let raw = paths.filter_map(|path| fs::read(path).ok());
        raw.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }

    /// When each of the mails that hold `words` was put here: a file's name begins
    /// with the second, and `M` with the rest in microseconds.
    pub(crate) fn arrivals(&self, words: &str) -> Vec<Timestamp> {
        let files = ["new", "cur"].iter().filter_map(|part| fs::read_dir(self.0.join(part)).ok());
        let paths = files.flatten().flatten().map(|file| file.path());
        let holds = |path: &PathBuf| {
            fs::read(path).is_ok_and(|raw| String::from_utf8_lossy(&raw).contains(words))
        };
        paths.filter(holds).filter_map(|path| moment(path.file_name()?.to_str()?)).collect()
    }

    /// Waits until `found` has an answer to what lies in it.
    pub(crate) fn wait_for<T>(&self, found: impl Fn(&[String]) -> Option<T>) -> anyhow::Result<T> {
        let answer = patiently(|| found(&self.mails()));
        answer
            .with_context(|| format!("waited in vain, {} has {:?}", self.0.display(), self.mails()))
    }
}

fn moment(name: &str) -> Option<Timestamp> {
    let mut parts = name.split('.');
    let second: i64 = parts.next()?.parse().ok()?;
    let rest = parts.next()?.strip_prefix('M')?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Timestamp::new(second, digits.parse::<i32>().ok()? * 1_000).ok()
}
