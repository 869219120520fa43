//! A mail server that does what a test tells it to, good manners or not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// What the peer does instead of answering well, at one place of the dialogue.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Says this line instead.
    Say(&'static str),
    /// The same, in whatever encoding.
    SayBytes(&'static [u8]),
    /// Says nothing and keeps the connection.
    Silence,
    /// Says one byte now and then, and never ends.
    Drip,
    /// Says this line, then closes.
    SayAndClose(&'static str),
    /// Closes.
    Close,
    /// Answers well, when it is allowed to.
    Await(Arc<Semaphore>),
}

/// One act, at the verb and the connection (counted from 0) it is for.
#[derive(Debug, Clone)]
pub(crate) struct Cue {
    pub(crate) connection: Option<usize>,
    pub(crate) verb: &'static str,
    pub(crate) act: Act,
}

/// A server as it was told to be.
#[derive(Clone, Default)]
pub(crate) struct Script {
    pub(crate) cues: Vec<Cue>,
    /// What it offers after EHLO.
    pub(crate) offers: Vec<&'static str>,
    /// TLS from the first byte.
    pub(crate) implicit: Option<TlsAcceptor>,
    /// TLS after STARTTLS.
    pub(crate) start_tls: Option<TlsAcceptor>,
    /// Closes after this many mails on a connection, as servers do with idle ones.
    pub(crate) mails_each: Option<usize>,
}

/// What a server heard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    pub(crate) connections: usize,
    pub(crate) lines: Vec<String>,
    pub(crate) mails: Vec<Vec<u8>>,
}

pub(crate) struct Peer {
    pub(crate) port: u16,
    heard: Arc<Mutex<Heard>>,
}

impl Script {
    pub(crate) fn at(verb: &'static str, act: Act) -> Self {
        Self { cues: vec![Cue { connection: None, verb, act }], ..Self::default() }
    }

    fn act(&self, connection: usize, verb: &str) -> Option<Act> {
        let here = |cue: &&Cue| cue.verb == verb && cue.connection.is_none_or(|c| c == connection);
        self.cues.iter().find(here).map(|cue| cue.act.clone())
    }

    pub(crate) async fn start(self) -> Peer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let ears = heard.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let number = ears.lock().unwrap().connections;
                ears.lock().unwrap().connections += 1;
                let session = Session { script: self.clone(), number, heard: ears.clone() };
                tokio::spawn(session.serve(tcp));
            }
        });
        Peer { port, heard }
    }
}

impl Peer {
    pub(crate) fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

struct Session {
    script: Script,
    number: usize,
    heard: Arc<Mutex<Heard>>,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}
type Stream = BufReader<Box<dyn Wire>>;

impl Session {
    async fn serve(self, tcp: TcpStream) -> Option<()> {
        tcp.set_nodelay(true).ok()?;
        let wire: Box<dyn Wire> = match &self.script.implicit {
            Some(tls) => Box::new(tls.accept(tcp).await.ok()?),
            None => Box::new(tcp),
        };
        let mut stream = BufReader::new(wire);
        self.answer(&mut stream, "GREETING", "220 peer.example").await?;
        let mut mails = 0;
        loop {
            let line = self.hear(&mut stream).await?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let offers = self.script.offers.iter().map(|offer| format!("250-{offer}\r\n"));
                    let offers: String = offers.collect();
                    let reply = format!("250-peer.example\r\n{offers}250 ENHANCEDSTATUSCODES");
                    self.answer(&mut stream, "EHLO", &reply).await?;
                }
                "STARTTLS" => {
                    self.answer(&mut stream, "STARTTLS", "220 go ahead").await?;
                    let tls = self.script.start_tls.as_ref()?;
                    stream = BufReader::new(Box::new(tls.accept(stream.into_inner()).await.ok()?));
                }
                "AUTH" => self.log_in(&mut stream, &line).await?,
                "DATA" => {
                    self.answer(&mut stream, "DATA", "354 go on").await?;
                    if matches!(self.script.act(self.number, "DATA"), Some(Act::Say(_))) {
                        continue;
                    }
                    match self.script.act(self.number, "CONTENT") {
                        Some(Act::Silence) => std::future::pending().await,
                        Some(_) => return self.hear(&mut stream).await.and(None),
                        None => {}
                    }
                    let mail = content(&mut stream).await?;
                    self.heard.lock().unwrap().mails.push(mail);
                    self.answer(&mut stream, "DOT", "250 2.0.0 taken").await?;
                    mails += 1;
                    if self.script.mails_each == Some(mails) {
                        say(&mut stream, "421 4.4.2 idle for too long").await?;
                        return None;
                    }
                }
                "QUIT" => {
                    self.answer(&mut stream, "QUIT", "221 bye").await?;
                    return None;
                }
                other => {
                    let other = other.to_owned();
                    self.answer(&mut stream, &other, "250 2.1.0 fine").await?;
                }
            }
        }
    }

    async fn log_in(&self, stream: &mut Stream, line: &str) -> Option<()> {
        if line.starts_with("AUTH LOGIN") {
            for prompt in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
                say(stream, prompt).await?;
                self.hear(stream).await?;
            }
        }
        self.answer(stream, "AUTH", "235 2.7.0 welcome").await
    }

    async fn hear(&self, stream: &mut Stream) -> Option<String> {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        self.heard.lock().unwrap().lines.push(line.clone());
        Some(line)
    }

    /// The good answer, unless the script has an act for this place.
    async fn answer(&self, stream: &mut Stream, verb: &str, good: &str) -> Option<()> {
        match self.script.act(self.number, verb) {
            None => say(stream, good).await,
            Some(Act::Say(line)) => say(stream, line).await,
            Some(Act::SayBytes(line)) => {
                stream.get_mut().write_all(&[line, b"\r\n"].concat()).await.ok()?;
                stream.get_mut().flush().await.ok()
            }
            Some(Act::SayAndClose(line)) => {
                say(stream, line).await?;
                None
            }
            Some(Act::Close) => None,
            Some(Act::Await(leave)) => {
                leave.acquire().await.ok()?.forget();
                say(stream, good).await
            }
            Some(Act::Silence) => std::future::pending().await,
            Some(Act::Drip) => loop {
                stream.get_mut().write_all(b"2").await.ok()?;
                stream.get_mut().flush().await.ok()?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            },
        }
    }
}

async fn say(stream: &mut Stream, line: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.get_mut().flush().await.ok()
}

/// The content as it stood on the wire, unstuffed, without the final dot.
async fn content(stream: &mut Stream) -> Option<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        if line == b".\r\n" {
            return Some(mail);
        }
        mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
