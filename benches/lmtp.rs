//! Mails a second through LMTP into the real daemon, and what it costs.
//!
//! `cargo bench --bench lmtp -- FOLDER` delivers every file below FOLDER over
//! ten connections, one mail after the other on each, and tells: mails a second
//! until the last 250, and until the last is judged; resident memory after the
//! start and after the mails; processor time in a minute of idling.

use std::fs;
use std::io::{BufRead, BufReader, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 10;

const IDLE: Duration = Duration::from_mins(1);

const CONFIGURATION: &str = r#"
[organisation]
name = "Kanzlei"
domains = ["kanzlei.example"]
time_zone = "Europe/Berlin"
last_resort = "owner@kanzlei.example"
[calendar.office]
mon-fri = ["09:00-17:00"]
[[person]]
id = "1"
name = "Anna Adler"
email = ["anna@kanzlei.example"]
calendar = "office"
supervisor = "2"
[[person]]
id = "2"
name = "Ben Brandt"
email = ["ben@kanzlei.example", "clara@kanzlei.example", "david@kanzlei.example"]
calendar = "office"
[[mailbox]]
address = "intake@kanzlei.example"
served_by = ["1", "2"]
calendar = "office"
[[rule]]
name = "everyone"
reply_within = "30d"
escalation = "late"
[escalation.late]
steps = [{ after = "0m", tell = "supervisor" }]
[intake.lmtp]
listen = "127.0.0.1:PORT"
vouched = "all"
"#;

/// The daemon, ended when dropped.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

fn main() -> Result<()> {
    let Some(folder) = std::env::args().skip(1).find(|word| !word.starts_with('-')) else {
        return tell("no folder was named: cargo bench --bench lmtp -- FOLDER");
    };
    let mut mails = Vec::new();
    gather(Path::new(&folder), &mut mails)?;
    mails.sort();
    let home = tempfile::tempdir()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let daemon = start(home.path(), port)?;
    let pid = daemon.0.id();
    tell(&format!("resident after the start: {}", resident(pid)?))?;

    let began = now();
    let share = mails.len().div_ceil(CONNECTIONS).max(1);
    let deliveries: Vec<_> = mails.chunks(share).map(<[PathBuf]>::to_vec).collect();
    let threads: Vec<_> =
        deliveries.into_iter().map(|share| thread::spawn(move || deliver(port, &share))).collect();
    for thread in threads {
        thread.join().map_err(|_| std::io::Error::other("a connection panicked"))??;
    }
    rate("taken", mails.len(), began.elapsed())?;
    while processor(pid)? != {
        thread::sleep(Duration::from_millis(200));
        processor(pid)?
    } {}
    rate("taken and judged", mails.len(), began.elapsed())?;
    tell(&format!("processor time: {} ticks of 10 ms", processor(pid)?))?;
    tell(&format!("resident after {} mails: {}", mails.len(), resident(pid)?))?;
    let before = processor(pid)?;
    thread::sleep(IDLE);
    let spent = processor(pid)? - before;
    tell(&format!("idle for {IDLE:?}: {spent} ticks of 10 ms, resident {}", resident(pid)?))
}

fn gather(folder: &Path, mails: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, mails)?;
        } else {
            mails.push(path);
        }
    }
    Ok(())
}

fn start(home: &Path, port: u16) -> Result<Daemon> {
    let configuration = home.join("owed.toml");
    fs::write(&configuration, CONFIGURATION.replace("PORT", &port.to_string()))?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_owed"));
    command.args(["run", "--config"]).arg(configuration).stderr(Stdio::null());
    let daemon = Daemon(command.spawn()?);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_secs(1));
    Ok(daemon)
}

fn deliver(port: u16, mails: &[PathBuf]) -> Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    let mut replies = BufReader::new(stream.try_clone()?);
    let mut say = |wire: &[u8]| -> Result<String> {
        (&stream).write_all(wire)?;
        loop {
            let mut line = String::new();
            replies.read_line(&mut line)?;
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line);
            }
        }
    };
    say(b"")?;
    say(b"LHLO bench.example\r\n")?;
    for path in mails {
        say(b"MAIL FROM:<>\r\n")?;
        say(b"RCPT TO:<intake@kanzlei.example>\r\n")?;
        say(b"DATA\r\n")?;
        let reply = say(&wire(&fs::read(path)?))?;
        if !reply.starts_with("250") {
            return Err(std::io::Error::other(reply));
        }
    }
    Ok(())
}

/// A file's lines with CRLF and the dots of transparency, and the final dot.
fn wire(mail: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(mail.len() + mail.len() / 40);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b".") {
            wire.push(b'.');
        }
        wire.extend_from_slice(line);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

/// `VmRSS` of a process.
fn resident(pid: u32) -> Result<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    Ok(line.unwrap_or("unknown").trim().to_owned())
}

/// Processor time of a process, user and system, in clock ticks.
fn processor(pid: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = after_name.split(' ').skip(11).take(2);
    Ok(ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum())
}

#[expect(clippy::cast_precision_loss, reason = "a count of files and a rate to be read")]
fn rate(what: &str, count: usize, time: Duration) -> Result<()> {
    let each = count as f64 / time.as_secs_f64();
    tell(&format!("{what}: {count} mails in {:.1} s, {each:.0} a second", time.as_secs_f64()))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the time that passes")]
fn now() -> Instant {
    Instant::now()
}

fn tell(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
