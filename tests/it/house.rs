//! A house with owed in it: the real program on a state of its own.
//!
//! It is started, killed and asked as operators do it; what it logs is kept and
//! told when something is missed. Knows nothing of what a test is about.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Far longer than anything takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often something is looked at that cannot be listened to.
const LOOK: Duration = Duration::from_millis(10);

/// People and hours of an invented company; rules and ways follow.
const PEOPLE: &str = r#"
[organisation]
name = "Brook & Sons"
domains = ["brook.example"]
time_zone = "Europe/Lisbon"
last_resort = "owner@brook.example"

[calendar.always]
mon-sun = ["00:00-24:00"]

[[person]]
id = "004"
short = "marta"
name = "Marta Brook"
email = ["marta@brook.example"]
calendar = "always"

[[person]]
id = "017"
short = "ana"
name = "Ana Ruiz"
email = ["ana@brook.example"]
calendar = "always"
supervisor = "004"

[[mailbox]]
address = "help@brook.example"
served_by = ["017"]
calendar = "always"

[intake.lmtp]
listen = "127.0.0.1:LMTP"
vouched = "all"
"#;

/// A folder with a configuration and, after a start, a state.
pub(crate) struct House {
    home: tempfile::TempDir,
    lmtp: u16,
}

/// A daemon that runs; killed when dropped.
pub(crate) struct Running {
    child: Child,
    log: Arc<Mutex<String>>,
}

/// A mail server's end of an LMTP connection.
pub(crate) struct Lmtp {
    stream: tokio::io::BufReader<TcpStream>,
}

impl House {
    /// A house whose configuration goes on with `rest`; `HOME` in it becomes the
    /// house's folder.
    pub(crate) fn new(rest: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let lmtp = free.local_addr().expect("its number").port();
        let house = Self { home, lmtp };
        house.configure(rest);
        house
    }

    pub(crate) fn configure(&self, rest: &str) {
        let home = self.home.path().to_str().expect("a path in UTF-8");
        let text = format!("{PEOPLE}{rest}").replace("HOME", home);
        let text = text.replace("LMTP", &self.lmtp.to_string());
        std::fs::write(self.path("owed.toml"), text).expect("the configuration");
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.home.path().join(name)
    }

    /// Starts the daemon, whatever becomes of it.
    pub(crate) fn spawn(&self) -> Running {
        self.spawn_by(Command::new(env!("CARGO_BIN_EXE_owed")), |command| command)
    }

    /// The same by another program that is told ours, with more that `differs`.
    pub(crate) fn spawn_by(
        &self,
        mut program: Command,
        differs: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Running {
        program
            .args(["run", "--config"])
            .arg(self.path("owed.toml"))
            .env("OWED_LOG", "info")
            .env("OWED_TEST_PASSWORD", "a wrong one")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = differs(&mut program).spawn().expect("the program starts");
        let said = BufReader::new(child.stderr.take().expect("it was piped"));
        let log = Arc::new(Mutex::new(String::new()));
        let paper = Arc::clone(&log);
        thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                let mut paper = paper.lock().expect("nobody panics with it");
                paper.push_str(&line);
                paper.push('\n');
            }
        });
        Running { child, log }
    }

    /// Starts the daemon and waits until it runs.
    pub(crate) async fn start(&self) -> Running {
        let mut running = self.spawn();
        let started = |log: String| log.contains("owed is running");
        until(|| started(running.log()) || !running.is_up(), || "it starts".to_owned()).await;
        assert!(running.is_up(), "it ended at once:\n{}", running.log());
        running
    }

    /// What a verb of the command line answers.
    pub(crate) fn ask(&self, verb: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_owed"));
        command.args(verb).arg("--config").arg(self.path("owed.toml"));
        command.output().expect("the program starts")
    }

    /// What `owed list --json` answers, row by row.
    pub(crate) fn list(&self) -> Vec<serde_json::Value> {
        let answer = self.ask(&["list", "--json"]);
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        let text = String::from_utf8(answer.stdout).expect("UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// Who waits for an answer.
    pub(crate) fn waiting(&self) -> Vec<String> {
        let contact = |row: serde_json::Value| row["contact"].as_str().unwrap().to_owned();
        self.list().into_iter().map(contact).collect()
    }

    /// The store beside the daemon, or after it.
    pub(crate) async fn store(&self) -> owed::store::Store {
        owed::store::Store::open(&self.path("owed.db")).await.expect("the database")
    }

    /// The port where LMTP listens.
    pub(crate) fn port(&self) -> u16 {
        self.lmtp
    }

    pub(crate) async fn lmtp(&self) -> Lmtp {
        Lmtp::connect(self.lmtp).await.expect("LMTP listens")
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("nobody panics with it").clone()
    }

    /// Waits until the log has `words`.
    pub(crate) async fn logs(&self, words: &str) {
        until(|| self.log().contains(words), || format!("no {words:?} in:\n{}", self.log())).await;
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it may be killed");
        self.child.wait().expect("it ended");
    }

    /// Ends it politely; its exit code.
    pub(crate) async fn stop(mut self) -> Option<i32> {
        let pid = self.pid().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there");
        assert!(told.success());
        self.ended().await
    }

    /// Waits until it has ended by itself; its exit code.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        let wait = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                    return status.code();
                }
                sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, wait).await.expect("it ends")
    }

    /// Whether it still runs.
    pub(crate) fn is_up(&mut self) -> bool {
        self.child.try_wait().expect("it can be waited for").is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
        if thread::panicking() {
            eprintln!("the daemon's log ends with:\n{}", last_lines(&self.log(), 40));
        }
    }
}

impl Lmtp {
    pub(crate) async fn connect(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut lmtp = Self { stream: tokio::io::BufReader::new(stream) };
        lmtp.hear().await?;
        lmtp.say("LHLO relay.example").await?;
        Ok(lmtp)
    }

    /// Says a line; the last line of the reply.
    pub(crate) async fn say(&mut self, line: &str) -> std::io::Result<String> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.hear().await
    }

    /// Delivers a mail for `to`, as it lies in a file; the last reply.
    pub(crate) async fn deliver(&mut self, to: &str, mail: &[u8]) -> std::io::Result<String> {
        for line in ["MAIL FROM:<>".to_owned(), format!("RCPT TO:<{to}>"), "DATA".to_owned()] {
            let reply = self.say(&line).await?;
            if !reply.starts_with(['2', '3']) {
                return Ok(reply);
            }
        }
        self.stream.write_all(&stuffed(mail)).await?;
        self.say(".").await
    }

    async fn hear(&mut self) -> std::io::Result<String> {
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line);
            }
        }
    }
}

/// Waits until `holds`; else says what was missed.
pub(crate) async fn until(mut holds: impl FnMut() -> bool, missed: impl Fn() -> String) {
    let wait = async {
        while !holds() {
            sleep(LOOK).await;
        }
    };
    assert!(timeout(PATIENCE, wait).await.is_ok(), "{}", missed());
}

/// A mail from `contact` that asks for an answer.
pub(crate) fn question(contact: &str, name: &str) -> Vec<u8> {
    format!(
        "From: Cora Quay <{contact}>\r\nTo: help@brook.example\r\nSubject: Order {name}\r\n\
         Date: Mon, 02 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{name}@customer.example>\r\n\r\n\
         Hello,\r\n\r\nwhen will order {name} arrive? Please let me know.\r\n\r\nCora\r\n"
    )
    .into_bytes()
}

/// A mail's bytes with the dots of transparency, and a line's end at the end.
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(mail.len() + 2);
    let mut at_start = true;
    for &byte in mail {
        if at_start && byte == b'.' {
            wire.push(b'.');
        }
        wire.push(byte);
        at_start = wire.ends_with(b"\r\n");
    }
    if !at_start {
        wire.extend_from_slice(b"\r\n");
    }
    wire
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
