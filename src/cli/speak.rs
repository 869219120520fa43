//! How verbs speak: to people, to programs, and to the daemon.

use std::fmt::Display;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use serde::Serialize;

use super::Exit;
use crate::config::{self, Beside, Loaded};
use crate::daemon::control::{self, Answer, Request};

/// Where a configuration is looked for when none is named.
const USUAL: [&str; 2] = ["owed.toml", "/etc/owed/owed.toml"];

/// Where a running demo has its own.
const DEMO: &str = "owed-demo/owed.toml";

/// Where the daemon is.
#[derive(Debug, Args)]
pub(super) struct Daemon {
    /// The daemon's configuration; else ./owed.toml, /etc/owed/owed.toml or a
    /// running demo
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The daemon's control socket, instead of what the configuration says
    #[arg(long, value_name = "PATH")]
    pub(super) socket: Option<PathBuf>,
}

/// Whether something could not be written to standard output, though somebody reads it.
static UNWRITTEN: AtomicBool = AtomicBool::new(false);

/// Writes lines to standard output.
pub(super) fn say(text: impl Display) {
    written(&writeln!(io::stdout().lock(), "{text}"));
}

/// Takes note of what became of words for standard output. A reader who has gone away is no
/// fault, a disk that is full is one.
pub(super) fn written(result: &io::Result<()>) {
    let Err(error) = result else { return };
    let first = |_: &&io::Error| !UNWRITTEN.swap(true, Ordering::Relaxed);
    let lost = Some(error).filter(|error| error.kind() != io::ErrorKind::BrokenPipe);
    if let Some(error) = lost.filter(first) {
        complain(format_args!("not all could be written to standard output: {error}"));
    }
}

/// How a verb ends: what could not be written is never fine.
pub(super) fn ended(exit: Exit) -> ExitCode {
    written(&io::stdout().flush());
    let lost = exit == Exit::Fine && UNWRITTEN.load(Ordering::Relaxed);
    ExitCode::from(if lost { Exit::No } else { exit })
}

/// Writes lines to standard error.
pub(super) fn complain(text: impl Display) {
    let _unread = writeln!(io::stderr().lock(), "owed: {text}");
}

/// Writes a value as one line of JSON.
pub(super) fn say_json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(line) => say(line),
        Err(error) => complain(error),
    }
}

/// Reads and checks a configuration; its faults are told.
pub(super) fn load(path: &Path) -> Result<Loaded, Exit> {
    read(path).map_err(|why| refuse(&why))
}

/// Tells in lines why a configuration is refused.
pub(super) fn refuse(why: &str) -> Exit {
    let _unread = io::stderr().lock().write_all(why.as_bytes());
    Exit::Configuration
}

/// What lies beside a configuration.
pub(super) fn beside(path: &Path) -> Beside<'_> {
    let folder = path.parent().unwrap_or(Path::new(""));
    Beside { folder, read: &read_beside, list: &list_beside }
}

/// What the entries of a folder are called, in order.
fn list_beside(path: &Path) -> io::Result<Vec<String>> {
    let entries = std::fs::read_dir(path)?;
    let name = |entry: io::Result<std::fs::DirEntry>| {
        Ok(entry?.file_name().to_string_lossy().into_owned())
    };
    let mut names = entries.map(name).collect::<io::Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}

/// Reads and checks a configuration, or says in lines why it is refused.
pub(super) fn read(path: &Path) -> Result<Loaded, String> {
    let name = path.display().to_string();
    let text = whole(path).and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other));
    let text = text.map_err(|error| format!("owed: {name} could not be read: {error}\n"))?;
    config::load_beside(&name, &text, beside(path)).map_err(|faults| letters(&faults))
}

/// All of a file that is a configuration. It may come through a pipe; a device has no end.
pub(super) fn whole(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = read_some(path)?;
    let fits = bytes.len() <= config::MOST_BYTES;
    fits.then_some(bytes).ok_or_else(|| io::Error::other("no configuration is that long"))
}

/// What is in a file, or the first byte beyond what is taken of any.
fn read_some(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = config::MOST_BYTES as u64 + 1;
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Faults of a configuration as they are told.
pub(super) fn letters(faults: &[config::diagnostic::Diagnostic]) -> String {
    config::diagnostic::render(faults, false)
}

/// Reads a file that a configuration names, and no more of it than is taken.
fn read_beside(path: &Path) -> io::Result<Vec<u8>> {
    // To open a pipe is to wait for whoever writes to it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    read_some(path)
}

/// The configuration that is named, or the first usual one there is.
pub(super) fn find(named: Option<&PathBuf>) -> Result<PathBuf, Exit> {
    let usual = || USUAL.iter().map(PathBuf::from).find(|path| path.exists());
    named.cloned().or_else(usual).ok_or_else(|| {
        let places = USUAL.join(", no ");
        let advice = "name one with --config FILE";
        complain(format_args!("no configuration: there is no {places}; {advice}"));
        Exit::Configuration
    })
}

/// The configuration of the daemon to speak to, which may be a demo's.
fn find_daemon(daemon: &Daemon) -> Result<PathBuf, Exit> {
    let demo = PathBuf::from(DEMO);
    let usual = USUAL.iter().any(|path| Path::new(path).exists());
    if daemon.config.is_none() && !usual && demo.exists() {
        return Ok(demo);
    }
    find(daemon.config.as_ref())
}

/// Asks the daemon; a refusal and a silence are told.
pub(super) fn ask(daemon: &Daemon, request: &Request) -> Result<Answer, Exit> {
    let socket = match &daemon.socket {
        Some(socket) => socket.clone(),
        None => socket(&find_daemon(daemon)?)?,
    };
    let answer = wait_for(control::ask(&socket, request)).map_err(|error| {
        complain(format_args!(
            "the daemon cannot be reached at {}: {error}: is it running?",
            socket.display()
        ));
        Exit::Unreachable
    })?;
    if let Answer::No(why) = answer {
        complain(why);
        return Err(Exit::Usage);
    }
    Ok(answer)
}

/// Where the daemon of a configuration is. One that says nothing of it is told as a whole.
fn socket(path: &Path) -> Result<PathBuf, Exit> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let text = whole(path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let named = text.and_then(|text| config::socket(&text, folder));
    named.map_or_else(|| load(path).map(|loaded| loaded.settings.socket), Ok)
}

/// The daemon answered something else than it was asked.
pub(super) fn strange() -> Exit {
    complain("the daemon's answer makes no sense: are both of one version?");
    Exit::Unreachable
}

/// Waits for `future` on a small runtime of its own.
pub(super) fn wait_for<T>(future: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
}

/// An instant in RFC 3339 as a person reads it: `Mon 23 Nov 2026 17:30`.
pub(super) fn moment(instant: &str) -> String {
    let pieces = jiff::fmt::temporal::Pieces::parse(instant);
    let civil = pieces.ok().and_then(|pieces| Some(pieces.date().to_datetime(pieces.time()?)));
    civil.map_or_else(|| instant.to_owned(), |at| at.strftime("%a %e %b %Y %H:%M").to_string())
}

/// Rows as columns that line up, each cut to its width.
pub(super) fn table(head: &[&str], rows: &[Vec<String>], widest: usize) -> String {
    let wide = |text: &str| text.chars().count().min(widest);
    let columns: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(i, title)| {
            let cells = rows.iter().filter_map(|row| row.get(i)).map(|cell| wide(cell));
            cells.chain([wide(title)]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded =
            cells.zip(&columns).map(|(cell, &width)| format!("{:width$}", cut(cell, width)));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&mut head.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines.join("\n")
}

fn cut(text: &str, width: usize) -> String {
    let plain: String = text.chars().map(seen).collect();
    if plain.chars().count() <= width {
        return plain;
    }
    plain.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// A character as it may be shown.
pub(super) fn seen(c: char) -> char {
    if unseen(c) { ' ' } else { c }
}

/// Whether a character does something to a terminal instead of being seen on it:
/// a control, or a mark that turns the direction of what follows.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_seen_on_a_terminal_and_does_nothing_to_it() {
        let rows = [vec!["\u{1b}[2Jgone".to_owned(), "\u{202e}moc.elpmaxe".to_owned()]];
        assert_eq!(table(&["A", "B"], &rows, 9), "A         B\n [2Jgone   moc.elp…");
    }
}
