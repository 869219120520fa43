//! Commands out, parsed responses in, each with a time limit.
//!
//! async-imap parses; its own commands are not used, for they take a lost
//! connection in the middle of a FETCH for its end, wait for ever where IDLE is
//! refused, and write LOGIN to the log. Whatever a response tells of new mail is
//! kept in [`Wire::news`].

use std::fmt::Debug;
use std::time::Duration;

use async_imap::Client;
use async_imap::imap_proto::{MailboxDatum, Response, Status};
use data_encoding::BASE64_NOPAD;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::fault::{Fault, words};

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + Debug> Stream for S {}

/// One connection.
#[derive(Debug)]
pub(super) struct Wire {
    client: Client<Box<dyn Stream>>,
    tags: u32,
    answer: Duration,
    /// The server told of mail since this was last set to `false`.
    pub(super) news: bool,
}

/// How a command ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It was done.
    Done,
    /// It was not, with the server's words.
    Refused(String),
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>, answer: Duration) -> Self {
        Self { client: Client::new(stream), tags: 0, answer, news: false }
    }

    /// The stream alone, without what was read ahead: bytes that came in plain
    /// before TLS are nobody's answer to anything.
    pub(super) fn into_stream(self) -> Box<dyn Stream> {
        self.client.into_inner()
    }

    /// Reads the server's greeting, which must ask for a login.
    pub(super) async fn greeting(&mut self) -> Result<(), Fault> {
        let greeted = self.response(self.answer, |response| match response {
            Response::Data { status: Status::Ok, .. } => Ok(()),
            Response::Data { outcome, .. } => {
                Err(Fault::Refused("the connection", words(outcome.information.as_deref())))
            }
            _ => Err(Fault::Babble),
        });
        greeted.await?
    }

    /// Runs a command to its end and shows each response on the way. A single
    /// response may take as long as `each`.
    pub(super) async fn command(
        &mut self,
        text: &str,
        each: Option<Duration>,
        mut see: impl FnMut(&Response<'_>) + Send,
    ) -> Result<Ending, Fault> {
        let tag = self.begin(text).await?;
        loop {
            let ended = self.response(each.unwrap_or(self.answer), |response| {
                let ending = ending(response, &tag);
                if ending.is_none() {
                    see(response);
                }
                ending
            });
            if let Some(ending) = ended.await? {
                return Ok(ending);
            }
        }
    }

    /// Sends a command and answers its tag.
    pub(super) async fn begin(&mut self, text: &str) -> Result<String, Fault> {
        self.tags += 1;
        let tag = format!("o{}", self.tags);
        self.line(&format!("{tag} {text}")).await?;
        Ok(tag)
    }

    /// Sends a bare line.
    pub(super) async fn line(&mut self, text: &str) -> Result<(), Fault> {
        let stream = self.client.get_mut();
        let bytes = format!("{text}\r\n");
        let written = async {
            stream.write_all(bytes.as_bytes()).await?;
            stream.flush().await
        };
        timeout(self.answer, written).await.map_err(|_| Fault::Silent)??;
        Ok(())
    }

    /// What `see` makes of the next response, within `limit`.
    pub(super) async fn response<T>(
        &mut self,
        limit: Duration,
        see: impl FnOnce(&Response<'_>) -> T,
    ) -> Result<T, Fault> {
        let read = timeout(limit, self.client.read_response()).await;
        let response = read.map_err(|_| Fault::Silent)??;
        let response = response.ok_or_else(|| Fault::Lost("the server closed it".to_owned()))?;
        match response.parsed() {
            Response::Data { status: Status::Bye, outcome } => {
                return Err(Fault::Lost(words(outcome.information.as_deref())));
            }
            Response::MailboxData(MailboxDatum::Exists(_) | MailboxDatum::Recent(_)) => {
                self.news = true;
            }
            _ => {}
        }
        Ok(see(response.parsed()))
    }
}

/// How the command of `tag` ended, if this response says so.
pub(super) fn ending(response: &Response<'_>, tag: &str) -> Option<Ending> {
    match response {
        Response::Done { tag: done, status, outcome } if done.0 == tag => Some(match status {
            Status::Ok => Ending::Done,
            _ => Ending::Refused(words(outcome.information.as_deref())),
        }),
        _ => None,
    }
}

/// `text` as a quoted string. `None` where it cannot be one.
pub(super) fn quoted(text: &str) -> Option<String> {
    let plain = text.chars().all(|c| c.is_ascii() && !c.is_ascii_control());
    plain.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A folder's name as the protocol writes it: modified UTF-7 (RFC 3501, 5.1.3).
pub(super) fn folder_name(name: &str) -> String {
    let mut written = String::new();
    let mut foreign: Vec<u16> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            end_of_foreign(&mut foreign, &mut written);
            written.push_str(if c == '&' { "&-" } else { "" });
            if c != '&' {
                written.push(c);
            }
        } else {
            foreign.extend(c.encode_utf16(&mut [0; 2]).iter());
        }
    }
    end_of_foreign(&mut foreign, &mut written);
    written
}

fn end_of_foreign(foreign: &mut Vec<u16>, written: &mut String) {
    if foreign.is_empty() {
        return;
    }
    let bytes: Vec<u8> = foreign.drain(..).flat_map(u16::to_be_bytes).collect();
    let base64 = BASE64_NOPAD.encode(&bytes).replace('/', ",");
    written.push('&');
    written.push_str(&base64);
    written.push('-');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_written_in_modified_utf_7() {
        for (name, written) in [
            ("Sent", "Sent"),
            ("A & B", "A &- B"),
            ("Éléments envoyés", "&AMk-l&AOk-ments envoy&AOk-s"),
            ("台北", "&U,BTFw-"),
            ("📬", "&2D3c7A-"),
        ] {
            assert_eq!(folder_name(name), written);
        }
    }

    #[test]
    fn strings_are_quoted_or_refused() {
        assert_eq!(quoted(r#"a"b\c"#).as_deref(), Some(r#""a\"b\\c""#));
        assert_eq!(quoted("a\r\nb LOGOUT"), None);
        assert_eq!(quoted("pässword"), None);
    }
}
