//! The stream that lettre speaks SMTP over, which holds a server to its turn.
//!
//! lettre takes whatever it read ahead for the next reply, puts no bound on a
//! line, and gives up on words that are no UTF-8. Here a word out of turn breaks
//! the connection, and what was heard and written last is remembered for whoever
//! judges how a step ended. What a reply means is not known here.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, BufReader, ReadBuf};

/// What is longer than this is no reply; lettre bounds a line only once it ended.
const LONGEST_REPLY: usize = 64 * 1024;
/// What ends a mail, and is nowhere inside of one: lettre doubles the dot there.
const DOT: &[u8] = b"\r\n.\r\n";

/// Whatever goes through in both directions, TLS or not.
pub(super) trait Stream:
    AsyncRead + AsyncWrite + Debug + Send + Sync + Unpin + 'static
{
}
impl<S: AsyncRead + AsyncWrite + Debug + Send + Sync + Unpin + 'static> Stream for S {}

/// A connected stream.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: BufReader<S>,
    peer: SocketAddr,
    greeting: &'static [u8],
    tap: Tap,
}

/// What was said last, on both sides.
#[derive(Debug, Clone, Default)]
pub(super) struct Tap(Arc<Mutex<Turn>>);

#[derive(Debug, Default)]
struct Turn {
    heard: Vec<u8>,
    dotted: bool,
}

impl<S: Stream> Wire<S> {
    /// `stream`, of which at most `ahead` bytes are taken before they are wanted.
    pub(super) fn new(stream: S, peer: SocketAddr, ahead: usize) -> Self {
        let stream = BufReader::with_capacity(ahead, stream);
        Self { stream, peer, greeting: b"", tap: Tap::default() }
    }

    /// After STARTTLS no server greets again, and lettre waits for one that does.
    pub(super) fn greeted(self) -> Self {
        Self { greeting: b"220 \r\n", ..self }
    }

    /// What will be heard here.
    pub(super) fn tap(&self) -> Tap {
        self.tap.clone()
    }
}

impl Tap {
    /// The last line heard since anything was said, if it is whole.
    pub(super) fn line(&self) -> Option<String> {
        let turn = self.turn();
        let line = turn.heard.strip_suffix(b"\n")?.rsplit(|&b| b == b'\n').next()?;
        Some(String::from_utf8_lossy(line).chars().take(1000).collect())
    }

    /// Whether the end of a mail may have been written since [`Tap::undot`].
    pub(super) fn is_dotted(&self) -> bool {
        self.turn().dotted
    }

    /// Another mail begins.
    pub(super) fn undot(&self) {
        self.turn().dotted = false;
    }

    /// What was said is whole whatever a panicking thread did.
    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Stream> AsyncRead for Wire<S> {
    /// At most one line, so that lettre never holds the beginning of another.
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let greeting = std::mem::take(&mut wire.greeting);
        if !greeting.is_empty() {
            out.put_slice(greeting);
            return Poll::Ready(Ok(()));
        }
        let ahead = ready!(Pin::new(&mut wire.stream).poll_fill_buf(cx))?;
        let line = ahead.split_inclusive(|&b| b == b'\n').next().unwrap_or_default();
        let line = line.get(..out.remaining()).unwrap_or(line);
        let taken = line.len();
        let is_text = std::str::from_utf8(line).is_ok();
        let tame = |&b: &u8| if is_text || b.is_ascii() { b } else { b'?' };
        let text: Vec<u8> = line.iter().map(tame).collect();
        out.put_slice(&text);
        let mut turn = wire.tap.turn();
        turn.heard.extend(text);
        if turn.heard.len() > LONGEST_REPLY {
            return Poll::Ready(Err(io::Error::other("a reply without end")));
        }
        Pin::new(&mut wire.stream).consume(taken);
        Poll::Ready(Ok(()))
    }
}

impl<S: Stream> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        // Whoever speaks now was not asked: it would be taken for the answer to
        // what is said next.
        match Pin::new(&mut wire.stream).poll_fill_buf(cx)? {
            Poll::Pending => {}
            Poll::Ready([]) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            Poll::Ready(said) => {
                let said = String::from_utf8_lossy(said);
                let told = format!("the server said {:?} out of turn", said.trim_end());
                return Poll::Ready(Err(io::Error::other(told)));
            }
        }
        let mut turn = wire.tap.turn();
        turn.heard.clear();
        turn.dotted |= bytes.ends_with(DOT);
        drop(turn);
        Pin::new(&mut wire.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl<S: Stream> AsyncTokioStream for Wire<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}
