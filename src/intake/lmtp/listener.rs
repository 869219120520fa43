//! The LMTP sockets: accepts connections and performs what sessions ask for.
//!
//! Each connection has a session of its own and ends on its own; a peer that is
//! slow, silent or mad costs one place of [`Limits::connections`] until its time
//! is up. A mail is answered for only after the acceptor has answered.

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::session::{Action, Answer, Envelope, Session, Terms};
use crate::domain::rule::Channel;
use crate::engine::accept::{Delivery, Proof, Refused};
use crate::intake::Way;

/// How much one read takes.
const CHUNK: usize = 16 * 1024;

/// How long to wait when the system gives no more connections.
const BREATH: Duration = Duration::from_secs(1);

/// How long a mail at hand may still take when the daemon ends.
const FAREWELL: Duration = Duration::from_secs(20);

/// How many connections there may be, and how long each may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time; one more is asked to come again.
    pub connections: usize,
    /// From one command to the next.
    pub command: Duration,
    /// For the whole content of one mail.
    pub content: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 256, command: Duration::from_mins(5), content: Duration::from_mins(10) }
    }
}

/// Why nothing listens.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The text is no place to listen at.
    #[error("`{0}` is no place to listen at: write HOST:PORT, or unix:/absolute/path")]
    NoAddress(String),
    /// Somebody listens there already.
    #[error("another program listens at `{0}`: stop it, or choose another path")]
    InUse(String),
    /// The path is taken by something that is no socket.
    #[error("`{0}` exists and is no socket: remove it, or choose another path")]
    NoSocket(String),
    /// The system said no.
    #[error("could not listen at `{0}`: {1}")]
    System(String, #[source] io::Error),
}

/// A place that mail servers connect to. A clone serves the same socket, so that who
/// listens can be replaced without turning anybody away.
#[derive(Debug, Clone)]
pub struct Listener {
    socket: Arc<Socket>,
    place: String,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    /// With the path that goes when nobody listens any more, where it is ours.
    Unix(UnixListener, Option<PathBuf>),
}

/// What all connections of a listener share.
struct Desk {
    place: String,
    terms: Terms,
    limits: Limits,
    proof: Proof,
    way: Way,
}

impl Listener {
    /// Listens at `place`: `HOST:PORT`, or `unix:/path`. A socket that a dead
    /// process left behind is replaced.
    pub async fn bind(place: &str) -> Result<Self, BindError> {
        let system = |error| BindError::System(place.to_owned(), error);
        let socket = match place.strip_prefix("unix:") {
            Some(path) => {
                let path = PathBuf::from(path);
                make_way(&path, place).await?;
                let listener = UnixListener::bind(&path).map_err(system)?;
                // Mail servers run as users of their own: who may come is the
                // business of the directory that the socket is in.
                let open = std::fs::Permissions::from_mode(0o666);
                tokio::fs::set_permissions(&path, open).await.map_err(system)?;
                Socket::Unix(listener, Some(path))
            }
            None if has_port(place) => Socket::Tcp(TcpListener::bind(place).await.map_err(system)?),
            None => return Err(BindError::NoAddress(place.to_owned())),
        };
        Ok(Self { socket: Arc::new(socket), place: place.to_owned() })
    }

    /// Listens on a socket of the network that somebody else has opened.
    pub fn of_tcp(socket: std::net::TcpListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let place = socket.local_addr()?.to_string();
        Ok(Self { socket: Arc::new(Socket::Tcp(TcpListener::from_std(socket)?)), place })
    }

    /// Listens on a socket with a path that somebody else has opened.
    pub fn of_unix(socket: std::os::unix::net::UnixListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let path = address.as_pathname().unwrap_or(Path::new(""));
        let place = format!("unix:{}", path.display());
        Ok(Self { socket: Arc::new(Socket::Unix(UnixListener::from_std(socket)?, None)), place })
    }

    /// Where it listens, as it would be written in a configuration.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The address it got, unless it is a path.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        match &*self.socket {
            Socket::Tcp(listener) => listener.local_addr().ok(),
            Socket::Unix(..) => None,
        }
    }

    /// Serves until it is told to stop and every mail at hand is finished.
    /// `proof` is what a mail from here proves.
    pub async fn serve(self, terms: Terms, limits: Limits, proof: Proof, way: Way) {
        let places = Arc::new(Semaphore::new(limits.connections));
        way.status.well((way.now)());
        tracing::info!("lmtp listens on {}", self.place);
        if proof == Proof::All {
            tracing::warn!("everything that comes by lmtp on {} is vouched for", self.place);
        }
        let stop = way.stop.clone();
        let desk = Arc::new(Desk { place: self.place.clone(), terms, limits, proof, way });
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = connections.join_next() => {}
                accepted = self.socket.accept() => match accepted {
                    Ok(stream) => admit(stream, &places, &desk, &mut connections),
                    Err(error) => {
                        tracing::warn!("lmtp could not take a connection, raise the limit of open \
                            files if this stays: {error}");
                        sleep(BREATH).await;
                    }
                },
            }
        }
        // Who comes now is refused at once, unless somebody else listens here, too.
        drop(self);
        while connections.join_next().await.is_some() {}
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Self::Unix(_, Some(path)) = self {
            // Left behind it would do no harm; bind replaces it.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A connection of either kind.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Socket {
    async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Replies are small and waited for.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            Self::Unix(listener, _) => Ok(Box::new(listener.accept().await?.0)),
        }
    }
}

fn has_port(place: &str) -> bool {
    place
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// Removes a socket at which nobody listens any more.
async fn make_way(path: &Path, place: &str) -> Result<(), BindError> {
    use std::os::unix::fs::FileTypeExt;
    if !path.is_absolute() {
        return Err(BindError::NoAddress(place.to_owned()));
    }
    let Ok(found) = tokio::fs::symlink_metadata(path).await else { return Ok(()) };
    if !found.file_type().is_socket() {
        return Err(BindError::NoSocket(place.to_owned()));
    }
    if UnixStream::connect(path).await.is_ok() {
        return Err(BindError::InUse(place.to_owned()));
    }
    let removed = tokio::fs::remove_file(path).await;
    removed.map_err(|error| BindError::System(place.to_owned(), error))
}

fn admit(
    mut stream: Box<dyn Stream>,
    places: &Arc<Semaphore>,
    desk: &Arc<Desk>,
    connections: &mut JoinSet<()>,
) {
    let desk = Arc::clone(desk);
    let Ok(place) = Arc::clone(places).try_acquire_owned() else {
        tracing::warn!("lmtp on {} has no place for one more connection", desk.place);
        connections.spawn(async move {
            let refusal = b"421 4.3.2 too many connections, try again later\r\n";
            let _ = timeout(BREATH, stream.write_all(refusal)).await;
        });
        return;
    };
    connections.spawn(async move {
        if let Err(error) = converse(stream, &desk, place).await {
            tracing::debug!("an lmtp connection broke: {error}");
        }
    });
}

async fn converse(
    mut stream: Box<dyn Stream>,
    desk: &Desk,
    _place: OwnedSemaphorePermit,
) -> io::Result<()> {
    let mut session = Session::new(desk.terms.clone());
    let mut chunk = vec![0; CHUNK];
    let mut turns = session.turns();
    let mut stopping = false;
    let patience = sleep(desk.limits.command);
    tokio::pin!(patience);
    loop {
        let (replies, over) = desk.perform(&mut session).await;
        timeout(desk.limits.command, stream.write_all(replies.as_bytes())).await??;
        if over {
            return stream.shutdown().await;
        }
        if session.turns() != turns {
            turns = session.turns();
            let limits = &desk.limits;
            let allowed = if session.in_content() { limits.content } else { limits.command };
            patience.set(sleep(allowed));
        }
        tokio::select! {
            biased;
            () = desk.way.stop.cancelled(), if !stopping => {
                stopping = true;
                session.stop();
                patience.set(sleep(FAREWELL.min(desk.limits.content)));
            }
            () = &mut patience => session.expire(),
            read = stream.read(&mut chunk) => match read? {
                0 => return Ok(()),
                length => session.feed(chunk.get(..length).unwrap_or_default()),
            },
        }
    }
}

impl Desk {
    /// Does what the session asks for, and answers what to write and whether to
    /// hang up after it.
    async fn perform(&self, session: &mut Session) -> (String, bool) {
        let mut replies = String::new();
        while let Some(action) = session.poll() {
            match action {
                Action::Reply(line) => replies.push_str(&line),
                Action::Deliver(envelope, raw) => {
                    let answer = self.hand_over(envelope, raw).await;
                    session.answer(answer);
                }
                Action::Close => return (replies, true),
            }
        }
        (replies, false)
    }

    async fn hand_over(&self, envelope: Envelope, raw: Vec<u8>) -> Answer {
        let now = (self.way.now)();
        if envelope.cut {
            tracing::warn!(
                "a mail by lmtp from {} was longer than max_message: only its front is \
                kept, which is enough to judge it",
                envelope.from
            );
        }
        let delivery = Delivery {
            position: None,
            source: format!("lmtp {}", self.place),
            at: now,
            envelope: envelope.to,
            proof: self.proof,
            channel: Channel::Email,
            raw,
        };
        match self.way.acceptor.accept(delivery).await {
            Ok(_) => {
                self.way.status.well(now);
                Answer::Taken
            }
            Err(Refused::Closing) => Answer::Closing,
            Err(refused @ Refused::Store(_)) => {
                tracing::warn!(
                    "a mail by lmtp was put off, the sender's mail server keeps it and \
                    tries again; look at the disk: {refused}"
                );
                self.way.status.failing(now, refused.to_string());
                Answer::NotStored
            }
        }
    }
}
