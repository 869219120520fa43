//! Sockets that systemd has opened for us, by the name in their unit: `lmtp`, `web`.

use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::Arc;

use listenfd::ListenFd;

use crate::intake::lmtp;
use crate::web;

/// The names of sockets that are known, as in `FileDescriptorName=`.
const LMTP: &str = "lmtp";
const WEB: &str = "web";

/// Sockets that were passed to us.
#[derive(Debug, Clone, Default)]
pub struct Passed(Arc<[(String, Socket)]>);

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// Why there is nothing to listen on.
#[derive(Debug, thiserror::Error)]
pub enum NotPassed {
    /// Neither the configuration nor systemd knows where.
    #[error(
        "[{table}] has listen = \"systemd\", but systemd passed no socket called {name}: \
         enable owed-{name}.socket, or write where to listen"
    )]
    Nowhere {
        /// The table of the configuration.
        table: &'static str,
        /// The name of the socket.
        name: &'static str,
    },
    /// They say different things.
    #[error(
        "[{table}] says listen = {written:?}, but the socket that systemd passed is {passed}: \
         write listen = \"systemd\", or change ListenStream in owed-{name}.socket"
    )]
    Differs {
        /// The table of the configuration.
        table: &'static str,
        /// The name of the socket.
        name: &'static str,
        /// What is in the configuration.
        written: String,
        /// What was passed.
        passed: String,
    },
    /// The socket is none that can be used.
    #[error("the socket called {name} that systemd passed cannot be used: {error}")]
    System {
        /// The name of the socket.
        name: &'static str,
        /// What the system said.
        error: io::Error,
    },
}

impl Passed {
    /// Takes what was passed out of the environment. To be called once, before the
    /// first thread starts.
    pub fn from_environment() -> Self {
        let names = names();
        let mut names = names.split(':');
        let mut passed = ListenFd::from_env();
        let mut sockets = Vec::new();
        for place in 0..passed.len() {
            let name = names.next().unwrap_or_default().to_owned();
            let tcp = passed.take_tcp_listener(place).ok().flatten().map(Socket::Tcp);
            let socket =
                tcp.or_else(|| passed.take_unix_listener(place).ok().flatten().map(Socket::Unix));
            match socket {
                Some(socket) if [LMTP, WEB].contains(&name.as_str()) => {
                    sockets.push((name, socket));
                }
                _ => tracing::warn!(
                    "systemd passed a socket {name:?} that owed has no use for: \
                    FileDescriptorName is to be lmtp or web, and it a stream"
                ),
            }
        }
        Self(sockets.into())
    }

    /// The socket for LMTP, unless the configuration has one of its own.
    pub(super) fn lmtp(
        &self,
        written: Option<&str>,
    ) -> Result<Option<lmtp::listener::Listener>, NotPassed> {
        let table = "intake.lmtp";
        let system = |error| NotPassed::System { name: LMTP, error };
        let Some(socket) = self.called(LMTP) else { return nowhere(table, LMTP, written) };
        let listener = match socket {
            Socket::Tcp(socket) => {
                socket.try_clone().and_then(lmtp::listener::Listener::of_tcp).map_err(system)?
            }
            Socket::Unix(socket) => {
                socket.try_clone().and_then(lmtp::listener::Listener::of_unix).map_err(system)?
            }
        };
        agree((table, LMTP), written, listener.place())?;
        Ok(Some(listener))
    }

    /// The socket for pages, unless the configuration has one of its own.
    pub(super) fn web(
        &self,
        written: Option<&str>,
    ) -> Result<Option<web::serve::Listener>, NotPassed> {
        let system = |error| NotPassed::System { name: WEB, error };
        let socket = match self.called(WEB) {
            None => return nowhere("web", WEB, written),
            Some(Socket::Tcp(socket)) => socket.try_clone().map_err(system)?,
            Some(Socket::Unix(_)) => {
                return Err(system(io::Error::other("pages are served on a port, not on a path")));
            }
        };
        let place = socket.local_addr().map_err(system)?.to_string();
        agree(("web", WEB), written, &place)?;
        web::serve::Listener::of_tcp(socket).map(Some).map_err(system)
    }

    fn called(&self, name: &str) -> Option<&Socket> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, socket)| socket)
    }
}

fn nowhere<T>(
    table: &'static str,
    name: &'static str,
    written: Option<&str>,
) -> Result<Option<T>, NotPassed> {
    written.map(|_| None).ok_or(NotPassed::Nowhere { table, name })
}

/// Where both say where, they say the same.
fn agree(
    (table, name): (&'static str, &'static str),
    written: Option<&str>,
    passed: &str,
) -> Result<(), NotPassed> {
    match written {
        Some(written) if written.replace("localhost", "127.0.0.1") != passed => {
            let (written, passed) = (written.to_owned(), passed.to_owned());
            Err(NotPassed::Differs { table, name, written, passed })
        }
        _ => Ok(()),
    }
}

#[expect(clippy::disallowed_methods, reason = "systemd names the sockets in the environment")]
fn names() -> String {
    std::env::var("LISTEN_FDNAMES").unwrap_or_default()
}
