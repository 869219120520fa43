//! Servers that no test can make Dovecot be: they refuse IDLE, cannot give a
//! mail, fall silent, count backwards.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};

/// In which way a server is odd.
#[derive(Clone, Default)]
pub(crate) struct Odd {
    /// What it offers beside the protocol itself.
    pub(crate) offers: &'static str,
    /// It answers IDLE with this, after the tag.
    pub(crate) idle: &'static str,
    /// It cannot give the mail of this UID.
    pub(crate) broken: Option<u32>,
    /// It says nothing to FETCH.
    pub(crate) silent: bool,
    /// It greets with this.
    pub(crate) greeting: &'static str,
    /// A mail that comes right after the first SEARCH, told of there and never
    /// again.
    pub(crate) late: Arc<Mutex<Option<u32>>>,
    /// The UIDs it has.
    pub(crate) uids: Arc<Mutex<Vec<u32>>>,
    /// Every command it was given.
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

/// Serves until the test ends.
pub(crate) async fn serve(odd: &Odd) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let odd = odd.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(odd.clone().converse(stream));
        }
    });
    port
}

impl Odd {
    pub(crate) fn has(&self, uid: u32) {
        self.uids.lock().expect("no test panicked in it").push(uid);
    }

    pub(crate) fn was_asked(&self, command: &str) -> bool {
        let heard = self.heard.lock().expect("no test panicked in it");
        heard.iter().any(|line| line.contains(command))
    }

    async fn converse(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let greeting = if self.greeting.is_empty() { "* OK ready" } else { self.greeting };
        say(&mut write, greeting).await;
        let mut idling = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            self.heard.lock().expect("no test panicked in it").push(line.clone());
            let (tag, command) = line.split_once(' ').unwrap_or((&idling, &line));
            for answer in self.answers(command) {
                say(&mut write, &answer.replace("TAG", tag)).await;
            }
            idling = tag.to_owned();
        }
    }

    fn answers(&self, command: &str) -> Vec<String> {
        let uids = self.uids.lock().expect("no test panicked in it").clone();
        let done = "TAG OK done".to_owned();
        match command.split(' ').collect::<Vec<_>>()[..] {
            ["CAPABILITY"] => vec![format!("* CAPABILITY IMAP4rev1 {}", self.offers), done],
            ["EXAMINE", _] => {
                let next = uids.last().map_or(1, |uid| uid + 1);
                vec![
                    "* OK [UIDVALIDITY 7] valid".to_owned(),
                    format!("* OK [UIDNEXT {next}] next"),
                    done,
                ]
            }
            ["UID", "SEARCH", ..] => {
                let found: Vec<String> = uids.iter().map(ToString::to_string).collect();
                let mut answers = vec![format!("* SEARCH {}", found.join(" "))];
                if let Some(uid) = self.late.lock().expect("no test panicked in it").take() {
                    self.has(uid);
                    answers.push("* 1 EXISTS".to_owned());
                }
                answers.push(done);
                answers
            }
            ["UID", "FETCH", set, ..] => self.fetch(set, command.contains("SIZE"), &uids),
            ["IDLE"] => vec![self.idle.to_owned()],
            _ => vec![done],
        }
    }

    fn fetch(&self, set: &str, sizes: bool, uids: &[u32]) -> Vec<String> {
        let mut answers = Vec::new();
        for uid in uids.iter().filter(|uid| holds(set, **uid)) {
            let date = "INTERNALDATE \"02-Nov-2026 12:00:00 +0000\"";
            if sizes {
                answers.push(format!("* {uid} FETCH (UID {uid} {date} RFC822.SIZE 20)"));
            } else if self.silent {
                return answers;
            } else if self.broken == Some(*uid) {
                return vec!["TAG NO [SERVERBUG] the mail cannot be read".to_owned()];
            } else {
                let raw = format!("Subject: m{uid}\r\n\r\nHi");
                let size = raw.len();
                answers
                    .push(format!("* {uid} FETCH (UID {uid} {date} BODY[] {{{size}}}\r\n{raw})"));
            }
        }
        answers.push("TAG OK done".to_owned());
        answers
    }
}

fn holds(set: &str, uid: u32) -> bool {
    set.split(',').any(|range| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        (first.parse().unwrap_or(0)..=last.parse().unwrap_or(0)).contains(&uid)
    })
}

async fn say(write: &mut OwnedWriteHalf, line: &str) {
    // The client may have hung up; then nobody waits for it.
    let _ = write.write_all(format!("{line}\r\n").as_bytes()).await;
}
