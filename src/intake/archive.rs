//! Archives of mail: what `explain` and `rehearse` are given to read.
//!
//! Files of one mail, folders of them, Maildirs and mbox files, found by
//! walking; one mail is in memory at a time. What cannot be read is yielded as
//! an error with its path: nothing is skipped in silence.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// The largest mail that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;
/// How deep folders may lie in folders.
const DEEPEST: usize = 32;

/// One mail out of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it was found: a path, with `#n` for the n-th mail of an mbox.
    pub origin: String,
    /// The bytes.
    pub raw: Vec<u8>,
    /// The time in a Maildir file's name.
    pub fallback: Option<Timestamp>,
    /// Whether it lay in a folder for sent mail.
    pub sent: bool,
}

/// Something that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {cause}", path.display())]
pub struct Unreadable {
    /// What.
    pub path: PathBuf,
    /// Why.
    pub cause: io::Error,
}

/// The mails at `paths`, in the order of their names.
pub fn open(paths: &[PathBuf]) -> Archive {
    Archive { waiting: paths.iter().map(|path| (path.clone(), 0)).collect(), mbox: None }
}

/// Mails one after the other.
#[derive(Debug)]
pub struct Archive {
    waiting: VecDeque<(PathBuf, usize)>,
    mbox: Option<Mbox>,
}

impl Iterator for Archive {
    type Item = Result<Item, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(mbox) = &mut self.mbox {
                match mbox.next() {
                    Some(item) => return Some(item),
                    None => self.mbox = None,
                }
            }
            let (path, depth) = self.waiting.pop_front()?;
            match self.visit(&path, depth) {
                Ok(Some(item)) => return Some(Ok(item)),
                Ok(None) => {}
                Err(cause) => return Some(Err(Unreadable { path, cause })),
            }
        }
    }
}

impl Archive {
    fn visit(&mut self, path: &Path, depth: usize) -> io::Result<Option<Item>> {
        if fs::metadata(path)?.is_dir() {
            if depth >= DEEPEST {
                return Err(io::Error::other("folders lie too deep in one another"));
            }
            self.enter(path, depth)?;
            return Ok(None);
        }
        let file = File::open(path)?;
        if file.metadata()?.len() > LARGEST && !begins_mbox(path)? {
            return Err(io::Error::other("it is larger than 64 MB"));
        }
        if begins_mbox(path)? && !is_single(path) {
            self.mbox = Some(Mbox::new(path, BufReader::new(file)));
            return Ok(None);
        }
        let mut raw = Vec::new();
        file.take(LARGEST).read_to_end(&mut raw)?;
        let origin = path.display().to_string();
        Ok(Some(Item { origin, raw, fallback: maildir_time(path), sent: is_sent(path) }))
    }

    /// Puts a folder's entries in front of what waits. A Maildir's own files
    /// (`tmp`, indexes, dot files beside its folders) are no mails.
    fn enter(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            entries.push(entry?.path());
        }
        entries.sort();
        let has = |name: &str| entries.iter().any(|e| e.file_name().is_some_and(|n| n == name));
        let maildir = has("cur") && has("new");
        let kept = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            match maildir {
                true => path.is_dir() && name != "tmp" && name != "." && name != "..",
                false => !name.starts_with('.'),
            }
        };
        for path in entries.into_iter().filter(kept).rev() {
            self.waiting.push_front((path, depth + 1));
        }
        Ok(())
    }
}

fn begins_mbox(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(5).read_to_end(&mut start)?;
    Ok(start == b"From ")
}

/// A file by the name of one mail holds one, whatever its first line.
fn is_single(path: &Path) -> bool {
    let maildir = path.parent().and_then(Path::file_name);
    path.extension().is_some_and(|extension| extension == "eml")
        || maildir.is_some_and(|folder| folder == "cur" || folder == "new")
}

fn is_sent(path: &Path) -> bool {
    const NAMES: [&str; 8] = [
        "sent",
        "sent items",
        "sent mail",
        "sent messages",
        "gesendet",
        "gesendete objekte",
        "sent-items",
        "sent-mail",
    ];
    path.iter().any(|part| {
        let name = part.to_string_lossy().to_lowercase();
        let name = name.rsplit(['.', '/']).find(|part| *part != "mbox" && !part.is_empty());
        name.is_some_and(|name| NAMES.contains(&name))
    })
}

/// The seconds that begin a Maildir file's name.
fn maildir_time(path: &Path) -> Option<Timestamp> {
    let name = path.file_name()?.to_string_lossy();
    let (seconds, _) = name.split_once('.')?;
    let plausible = seconds.len() >= 9 && seconds.len() <= 10;
    Timestamp::from_second(seconds.parse().ok().filter(|_| plausible)?).ok()
}

/// The mails of one mbox file. A mail begins at a line `From ` after a blank
/// line or at the start; `>From ` in a body loses its mark.
#[derive(Debug)]
struct Mbox {
    path: PathBuf,
    lines: BufReader<File>,
    count: usize,
    /// Whether the line that begins the next mail was read.
    begun: bool,
}

impl Mbox {
    fn new(path: &Path, lines: BufReader<File>) -> Self {
        Self { path: path.to_owned(), lines, count: 0, begun: false }
    }

    fn next(&mut self) -> Option<Result<Item, Unreadable>> {
        match self.read_mail() {
            Ok(Some(raw)) => {
                self.count += 1;
                let origin = format!("{}#{}", self.path.display(), self.count);
                Some(Ok(Item { origin, raw, fallback: None, sent: is_sent(&self.path) }))
            }
            Ok(None) => None,
            Err(cause) => Some(Err(Unreadable { path: self.path.clone(), cause })),
        }
    }

    fn read_mail(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut raw = Vec::new();
        let mut line = Vec::new();
        let mut after_blank = true;
        loop {
            line.clear();
            if self.lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(self.begun.then(|| std::mem::take(&mut raw)).filter(|raw| {
                    self.begun = false;
                    !raw.is_empty()
                }));
            }
            if after_blank && line.starts_with(b"From ") {
                if std::mem::replace(&mut self.begun, true) {
                    return Ok(Some(raw));
                }
                after_blank = false;
                continue;
            }
            after_blank = line.trim_ascii().is_empty();
            if (raw.len() as u64) < LARGEST {
                raw.extend_from_slice(unquoted(&line));
            }
        }
    }
}

/// `>From ` as it was before it was put into an mbox, `>>From ` likewise.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|b| **b == b'>').count();
    match line.split_at(marks) {
        (marks, rest) if !marks.is_empty() && rest.starts_with(b"From ") => {
            line.get(1..).unwrap_or(line)
        }
        _ => line,
    }
}
