//! The program itself, as people and scripts meet it: words in, lines and an
//! exit code out. Nothing of its library is called here.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// How long the program may be silent before a test gives up on it.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Said {
    /// Its exit code.
    pub(crate) code: i32,
    /// What it said on standard output.
    pub(crate) out: String,
    /// What it said on standard error.
    pub(crate) err: String,
}

impl Said {
    /// The lines on standard output, each a JSON value.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Runs `owed` with these words in `folder` until it ends.
pub(crate) fn owed(folder: &Path, words: &[&str]) -> Said {
    let done = command(folder, words).output().unwrap();
    Said {
        code: done.status.code().unwrap(),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_owed"));
    command.args(words).current_dir(folder).env_remove("OWED_LOG").stdin(Stdio::null());
    command
}

/// An `owed` that goes on running. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Running {
    /// Starts it with these words in `folder`.
    pub(crate) fn start(folder: &Path, words: &[&str]) -> Self {
        let mut command = command(folder, words);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (ears, lines) = channel();
        listen(child.stdout.take().unwrap(), ears.clone());
        listen(child.stderr.take().unwrap(), ears);
        Self { child, lines, said: Vec::new() }
    }

    /// Waits until it says `words`.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, words: &str) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            let heard = line.contains(words);
            self.said.push(line);
            if heard {
                return;
            }
        }
        let said = self.said.join("\n");
        assert!(said.contains(words), "never said {words:?}, but this:\n{said}");
    }

    /// All that it has said until now.
    pub(crate) fn so_far(&mut self) -> String {
        self.said.extend(self.lines.try_iter());
        self.said.join("\n")
    }

    /// Sends it this signal and waits for its end: the exit code and all that it
    /// ever said.
    pub(crate) fn end(mut self, signal: &str) -> (i32, String) {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &process]).status().unwrap().success());
        // Both of its outputs are closed when it has ended.
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push(line);
        }
        let ended = self.child.try_wait().unwrap();
        let said = self.said.join("\n");
        let ended = ended.or_else(|| crate::peers::patiently(|| self.child.try_wait().unwrap()));
        (ended.and_then(|status| status.code()).unwrap_or(-1), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(output: impl Read + Send + 'static, ears: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if ears.send(line).is_err() {
                return;
            }
        }
    });
}
