//! Somebody else's daemon for the length of a test, and the patience it needs.
//!
//! A daemon runs in a process group of its own under a shell that reads from a
//! pipe. However the test ends (return, panic, kill), the pipe closes, and the
//! shell ends the whole group.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// How long a daemon may take to start or to end. Far more than it needs on an
/// idle machine: a machine under load is no failure.
const PATIENCE: Duration = Duration::from_mins(1);

/// Ends the daemon politely, then what it left behind, the shell included.
const GUARD: &str = r#""$@" & read -r _; trap '' TERM; kill -TERM 0; wait; kill -KILL 0"#;

/// A running daemon; ended when dropped.
#[derive(Debug)]
pub(crate) struct Daemon {
    guard: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts `command`; what it says goes to the file `log`.
    pub(crate) fn start(command: &[&str], log: &Path) -> anyhow::Result<Self> {
        let said = File::options().create(true).append(true).open(log)?;
        let guard = Command::new("sh")
            .args(["-c", GUARD, "sh"])
            .args(command)
            .stdin(Stdio::piped())
            .stdout(said.try_clone()?)
            .stderr(said)
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {command:?}"))?;
        Ok(Self { guard, log: log.to_owned() })
    }

    /// Waits until all `ports` are answered.
    pub(crate) fn answers_on(&self, ports: &[u16]) -> anyhow::Result<()> {
        for port in ports {
            let answered = patiently(|| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).ok());
            if answered.is_none() {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                bail!("nobody answers on port {port} after {PATIENCE:?}; the log says:\n{log}");
            }
        }
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if patiently(|| self.guard.try_wait().ok().flatten()).is_none() {
            let group = format!("-{}", self.guard.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let _ = self.guard.wait();
        }
        // A child that was being born when its parent ended dies a little later.
        let _ = patiently(|| (!has_members(self.guard.id())).then_some(()));
    }
}

/// Whether a process of this group still runs; one that only waits to be
/// buried does not.
fn has_members(group: u32) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats =
        processes.filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
    stats.into_iter().any(|stat| {
        // The name before it may hold anything: "42 (a) b) S 1 42 …".
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        fields.next() != Some("Z") && fields.nth(1) == Some(&group.to_string())
    })
}

/// Asks `probe` again and again until it has an answer; `None` when patience
/// is at its end. For what happens in somebody else's program only: our own
/// can be waited for properly.
#[expect(clippy::disallowed_methods, reason = "a deadline for programs that know no other clock")]
pub(crate) fn patiently<T>(mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = probe() {
            return Some(answer);
        }
        if Instant::now() > end {
            return None;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// A port on the loopback interface that is ours while this lives.
///
/// No other run of these tests takes it, although nobody listens on it yet: the
/// UDP port of the same number is the sign, and the system takes it down with us.
#[derive(Debug)]
pub(crate) struct Port {
    /// Its number.
    pub(crate) number: u16,
    _sign: UdpSocket,
}

impl Port {
    /// Takes a free one, below the range from which the system picks the near
    /// ends of connections.
    pub(crate) fn take() -> anyhow::Result<Self> {
        static NEXT: AtomicU16 = AtomicU16::new(20_000);
        let turns = (0..12_000).map(|_| NEXT.fetch_add(1, Ordering::Relaxed));
        turns
            .filter(|number| (20_000..32_000).contains(number))
            .find_map(Self::taken)
            .context("find a free port on the loopback interface")
    }

    fn taken(number: u16) -> Option<Self> {
        let sign = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        let _free = TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _sign: sign })
    }
}
