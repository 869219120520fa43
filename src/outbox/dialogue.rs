//! One connection to a mail server: lines out, replies in, nothing decided.
//!
//! Every step has a hard time limit for the whole of it, so that a server that
//! drips one byte a second costs no more than a silent one. What a reply means
//! for a mail is not known here: that is `smtp`'s.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::time::timeout;

/// RFC 5321, 4.5.3.1.5 allows 512; servers are known to say more.
const LONGEST_LINE: u64 = 2_048;
const MOST_LINES: usize = 128;

/// Anything that bytes go through in both directions.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

impl Reply {
    pub(super) fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    pub(super) fn is_permanent(&self) -> bool {
        (500..600).contains(&self.code)
    }

    /// The code and the words, on one line.
    pub(super) fn told(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" ").trim()).trim_end().to_owned()
    }
}

/// Why no reply came.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("the mail server did not answer within {} s", .0.as_secs_f32())]
    Silent(Duration),
    #[error("the connection to the mail server broke: {0}")]
    Lost(#[from] io::Error),
    #[error("what answers there does not speak SMTP: it said {0:?}")]
    Foreign(String),
}

/// Everything that breaks before MAIL is only ever told to people.
impl From<Broken> for String {
    fn from(broken: Broken) -> Self {
        broken.to_string()
    }
}

/// A connection with whatever was read ahead of it.
pub(super) struct Dialogue {
    stream: BufReader<Box<dyn Wire>>,
}

impl Dialogue {
    pub(super) fn over(stream: Box<dyn Wire>) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// The bare stream for a TLS handshake. What was read ahead came before the
    /// handshake from whoever could write it, and must not be there: RFC 3207
    /// replies followed by injected lines are refused.
    pub(super) fn into_wire(self) -> Result<Box<dyn Wire>, Broken> {
        let ahead = self.stream.buffer();
        if ahead.is_empty() {
            return Ok(self.stream.into_inner());
        }
        Err(Broken::Foreign(String::from_utf8_lossy(ahead).into_owned()))
    }

    /// Says one line and hears the reply.
    pub(super) async fn say(&mut self, line: &str, limit: Duration) -> Result<Reply, Broken> {
        self.write(format!("{line}\r\n").as_bytes(), limit).await?;
        self.hear(limit).await
    }

    /// Puts bytes on the wire, all of them.
    pub(super) async fn write(&mut self, bytes: &[u8], limit: Duration) -> Result<(), Broken> {
        let stream = self.stream.get_mut();
        let written = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        timeout(limit, written).await.map_err(|_| Broken::Silent(limit))??;
        Ok(())
    }

    /// Hears one whole reply.
    pub(super) async fn hear(&mut self, limit: Duration) -> Result<Reply, Broken> {
        timeout(limit, self.read_reply()).await.map_err(|_| Broken::Silent(limit))?
    }

    async fn read_reply(&mut self) -> Result<Reply, Broken> {
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES {
            let line = self.read_line().await?;
            let (code, last, words) =
                reply_line(&line).ok_or_else(|| Broken::Foreign(line.clone()))?;
            lines.push(words.to_owned());
            if last {
                return Ok(Reply { code, lines });
            }
        }
        Err(Broken::Foreign("a reply without end".to_owned()))
    }

    async fn read_line(&mut self) -> Result<String, Broken> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LONGEST_LINE);
        limited.read_until(b'\n', &mut line).await?;
        if !line.ends_with(b"\n") {
            let cut_off = io::Error::from(io::ErrorKind::UnexpectedEof);
            return Err(if line.is_empty() {
                Broken::Lost(cut_off)
            } else {
                Broken::Foreign(shown(&line))
            });
        }
        Ok(shown(&line))
    }
}

/// `250-words` goes on, `250 words` and a bare `250` end the reply.
fn reply_line(line: &str) -> Option<(u16, bool, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    let code = code.parse().ok().filter(|code| (200..600).contains(code))?;
    match rest.strip_prefix('-') {
        Some(words) => Some((code, false, words)),
        None if rest.is_empty() => Some((code, true, rest)),
        None => rest.strip_prefix(' ').map(|words| (code, true, words)),
    }
}

/// A server's words go to logs and pages: on one line, without control
/// characters, and not endless.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let tame = text.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c });
    tame.take(400).collect()
}

/// The bytes of a mail as they stand on the wire, without the final dot: lines
/// end in CRLF only, a leading dot is doubled (RFC 5321, 4.5.2), and the last
/// line is ended.
pub(super) fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(mail.len() + mail.len() / 50 + 2);
    let mut lines = mail.split(|&b| b == b'\n').peekable();
    while let Some(line) = lines.next() {
        if line.is_empty() && lines.peek().is_none() {
            break;
        }
        // A CR inside a line would be a second line to a lenient server; it goes
        // first, so that no dot comes to stand at the front unseen.
        let mut line = line.iter().copied().filter(|&b| b != b'\r').peekable();
        if line.peek() == Some(&b'.') {
            wire.push(b'.');
        }
        wire.extend(line);
        wire.extend_from_slice(b"\r\n");
    }
    wire
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reply_line_is_a_code_and_words() {
        for (line, read) in [
            ("250 ok", Some((250, true, "ok"))),
            ("250-SIZE 10", Some((250, false, "SIZE 10"))),
            ("354", Some((354, true, ""))),
            ("250ok", None),
            ("HTTP/1.1 400 Bad Request", None),
            ("100 continue", None),
            ("25", None),
            ("äö", None),
        ] {
            assert_eq!(reply_line(line), read, "{line}");
        }
    }

    #[test]
    fn dots_are_doubled_and_lines_end_in_crlf_only() {
        for (mail, wire) in [
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"),
            (".\n..x\nend", "..\r\n...x\r\nend\r\n"),
            ("a\rb\r\r\n", "ab\r\n"),
            ("\r.", "..\r\n"),
            ("a\r\n\r\n", "a\r\n\r\n"),
            ("", ""),
        ] {
            assert_eq!(stuffed(mail.as_bytes()), wire.as_bytes(), "{mail:?}");
        }
    }

    proptest! {
        #[test]
        fn no_mail_can_end_itself(mail in "[.\r\na]{0,40}") {
            let mut wire = b"\r\n".to_vec();
            wire.extend(stuffed(mail.as_bytes()));
            let ends = wire.windows(5).any(|w| w == b"\r\n.\r\n");
            let bare = wire.windows(2).any(|w| (w[0] == b'\r') != (w[1] == b'\n'));
            prop_assert!(!ends && !bare, "{wire:?}");
        }
    }
}
