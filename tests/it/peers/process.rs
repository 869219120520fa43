//! Somebody else's daemon for the length of a test, and the patience it needs.
//!
//! A daemon runs in a process group of its own under a shell that reads from a
//! pipe. However the test ends (return, panic, kill), the pipe closes, and the
//! shell ends the whole group.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
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

/// Ports on the loopback interface that nobody listens on. They lie below the
/// range from which the system picks the near end of connections, and no two
/// tests of this binary get the same.
pub(crate) fn free_ports<const N: usize>() -> anyhow::Result<[u16; N]> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 20_000;
    const SPAN: u16 = 12_000;
    // Two runs of the tests at once had better not start at the same port.
    let start = u16::try_from(std::process::id() % u32::from(SPAN))?;
    let candidates = (0..SPAN).map(|_| {
        let turn = NEXT.fetch_add(1, Ordering::Relaxed);
        FIRST + start.wrapping_add(turn) % SPAN
    });
    let mut free = candidates.filter(|port| is_free(*port));
    let mut ports = [0; N];
    for port in &mut ports {
        *port = free.next().context("find a free port on the loopback interface")?;
    }
    Ok(ports)
}

fn is_free(port: u16) -> bool {
    let taken: io::Result<TcpListener> = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    taken.is_ok()
}
