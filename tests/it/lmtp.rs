//! LMTP as mail servers speak it: scripted dialogs, and real sockets.
//!
//! A dialog is a text of lines: `c -> …` the client writes, with `\r`, `\n`,
//! `\0` for the bytes and `$` at the end for "no line end"; `c <- …` we answer
//! exactly that; `deliver FROM to RCPTS: BYTES` a mail is handed over and taken;
//! `closed` we hang up. `#` is a remark.

use std::path::Path;

use owed::domain::ids::Address;
use owed::engine::accept::{Proof, Refused};
use owed::intake::Condition;
use owed::intake::lmtp::listener::{BindError, Limits, Listener};
use owed::intake::lmtp::session::{Action, Answer, Session, Terms};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;

use crate::desk::{Desk, noon, subject};

fn terms(max_message: usize) -> Terms {
    Terms { name: "mx.brook.example".to_owned(), max_message }
}

fn unescaped(text: &str) -> Vec<u8> {
    let (text, end) = text.strip_suffix('$').map_or((text, "\r\n"), |text| (text, ""));
    let text = text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    (text + end).into_bytes()
}

fn escaped(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.replace('\r', "\\r").replace('\n', "\\n").replace('\0', "\\0")
}

fn to_text(action: &Action) -> String {
    match action {
        Action::Reply(line) => format!("c <- {}", line.trim_end_matches("\r\n")),
        Action::Deliver(envelope, bytes) => {
            let to: Vec<&str> = envelope.to.iter().map(Address::as_str).collect();
            format!("deliver <{}> to {}: {}", envelope.from, to.join(" "), escaped(bytes))
        }
        Action::Close => "closed".to_owned(),
    }
}

/// What the dialog becomes when its client's lines are really said.
fn held(script: &str) -> String {
    let mut session = Session::new(terms(100));
    let mut told = Vec::new();
    let listen = |session: &mut Session, told: &mut Vec<String>| {
        while let Some(action) = session.poll() {
            told.push(to_text(&action));
            if let Action::Deliver(..) = action {
                session.answer(Answer::Taken);
            }
        }
    };
    listen(&mut session, &mut told);
    for line in script.lines() {
        if let Some(said) = line.strip_prefix("c -> ") {
            told.push(line.to_owned());
            session.feed(&unescaped(said));
            listen(&mut session, &mut told);
        } else if line.starts_with('#') {
            told.push(line.to_owned());
        }
    }
    told.join("\n") + "\n"
}

#[test]
fn dialogs_go_as_they_are_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lmtp");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the dialogs") {
        let path = entry.expect("a file").path();
        let script = std::fs::read_to_string(&path).expect("text");
        // A remark may stand before the greeting; the greeting comes first all the same.
        let (head, body) = script.split_once("c <- 220").expect("a greeting");
        let expected = format!("{head}c <- 220{body}");
        let told = held(body);
        assert_eq!(format!("{head}{told}"), expected, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 5, "only {seen} dialogs");
}

struct Served {
    desk: Desk,
    address: std::net::SocketAddr,
    task: JoinHandle<()>,
}

async fn serving(limits: Limits, proof: Proof) -> Served {
    let desk = Desk::open();
    let listener = Listener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let task = tokio::spawn(listener.serve(terms(1_000_000), limits, proof, desk.way.clone()));
    Served { desk, address, task }
}

/// Writes everything at once and answers everything that came back.
async fn exchange(address: std::net::SocketAddr, input: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(input).await.expect("written");
    let mut said = String::new();
    stream.read_to_string(&mut said).await.expect("text until the end");
    said
}

fn mail(name: &str) -> String {
    format!(
        "MAIL FROM:<{name}@customer.example>\r\nRCPT TO:<help@brook.example>\r\n\
         RCPT TO:<ana@brook.example>\r\nDATA\r\nSubject: {name}\r\n\r\n..dot\r\n.\r\n"
    )
}

#[tokio::test]
async fn several_pipelining_clients_each_get_every_mail_taken() {
    let mut served = serving(Limits::default(), Proof::All).await;
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let mails: String = (0..5).map(|n| mail(&format!("m{client}{n}"))).collect();
            let input = format!("LHLO mta.brook.example\r\n{mails}QUIT\r\n");
            tokio::spawn(async move { exchange(served.address, input.as_bytes()).await })
        })
        .collect();
    for client in clients {
        let said = client.await.expect("no panic");
        assert_eq!(said.matches("250 2.0.0 taken").count(), 10, "{said}");
        assert!(said.ends_with("221 2.0.0 goodbye\r\n"), "{said}");
    }
    let mut expected: Vec<String> =
        (0..8).flat_map(|c| (0..5).map(move |n| format!("m{c}{n}"))).collect();
    expected.sort();
    let first = served.desk.next().await;
    assert_eq!((first.at, first.proof, first.position.clone()), (noon(), Proof::All, None));
    assert_eq!(first.envelope.len(), 2);
    let text = String::from_utf8(first.raw.clone()).expect("text");
    let name = subject(&first);
    assert_eq!(
        text,
        format!("Return-Path: <{name}@customer.example>\r\nSubject: {name}\r\n\r\n.dot\r\n")
    );
    let mut subjects = served.desk.subjects(39).await;
    subjects.push(name);
    subjects.sort();
    assert_eq!(subjects, expected);
}

#[tokio::test]
async fn a_store_that_refuses_puts_the_mail_off_and_recovers() {
    let mut served = serving(Limits::default(), Proof::None).await;
    served.desk.refuse(Some(Refused::Store("disk full".to_owned())));
    let input = format!("LHLO x\r\n{}QUIT\r\n", mail("first"));
    let said = exchange(served.address, input.as_bytes()).await;
    assert_eq!(said.matches("452 4.3.1").count(), 2, "{said}");
    assert!(matches!(served.desk.way.status.condition(), Condition::Failing(..)));
    served.desk.refuse(None);
    let said = exchange(served.address, input.as_bytes()).await;
    assert_eq!(said.matches("250 2.0.0 taken").count(), 2, "{said}");
    assert_eq!(served.desk.subjects(1).await, ["first"]);
    assert_eq!(served.desk.way.status.condition(), Condition::Well(noon()));
}

#[tokio::test]
async fn a_daemon_that_ends_hangs_up_after_the_mail_at_hand() {
    let mut served = serving(Limits::default(), Proof::None).await;
    let mut stream = BufReader::new(TcpStream::connect(served.address).await.expect("it listens"));
    let (head, tail) = ("Subject: at hand\r\n", "\r\n.\r\n");
    let opening =
        format!("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<help@brook.example>\r\nDATA\r\n{head}");
    stream.write_all(opening.as_bytes()).await.expect("written");
    let mut line = String::new();
    while !line.starts_with("354") {
        line.clear();
        stream.read_line(&mut line).await.expect("a reply");
    }
    let idle = tokio::spawn(exchange(served.address, b"LHLO x\r\n"));
    served.desk.way.stop.cancel();
    stream.write_all(tail.as_bytes()).await.expect("written");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.expect("text until the end");
    assert!(rest.starts_with("250 2.0.0 taken\r\n421 4.3.2"), "{rest}");
    // The idle one may not even have been admitted when the listener ended.
    let idle = idle.await;
    assert!(idle.is_err() || idle.is_ok_and(|said| !said.contains("2.0.0")));
    served.task.await.expect("it ends");
    assert_eq!(served.desk.subjects(1).await, ["at hand"]);
    assert!(served.desk.is_empty());
}

#[tokio::test]
async fn the_silent_and_the_dripping_are_hung_up_on() {
    let brief = std::time::Duration::from_millis(50);
    let limits = Limits { connections: 256, command: brief, content: brief };
    let served = serving(limits, Proof::None).await;
    let content = "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\nSubject: never";
    for input in ["", "LHL", content] {
        let said = exchange(served.address, input.as_bytes()).await;
        assert!(said.ends_with("421 4.4.2 waited too long, try again\r\n"), "{input}: {said}");
    }
}

#[tokio::test]
async fn one_connection_too_many_is_asked_to_come_again() {
    let limits = Limits { connections: 1, ..Limits::default() };
    let served = serving(limits, Proof::None).await;
    let mut first = BufReader::new(TcpStream::connect(served.address).await.expect("it listens"));
    let mut greeting = String::new();
    first.read_line(&mut greeting).await.expect("a greeting");
    assert!(greeting.starts_with("220 mx.brook.example"), "{greeting}");
    assert!(exchange(served.address, b"").await.starts_with("421 4.3.2 too many"));
}

#[tokio::test]
async fn a_socket_path_serves_and_a_dead_one_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lmtp.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a dead socket"));
    let place = format!("unix:{}", path.display());
    let listener = Listener::bind(&place).await.expect("it is replaced");
    assert!(matches!(Listener::bind(&place).await, Err(BindError::InUse(_))));
    let desk = Desk::open();
    let limits = Limits::default();
    let task = tokio::spawn(listener.serve(terms(1000), limits, Proof::None, desk.way.clone()));
    let mut stream = UnixStream::connect(&path).await.expect("it listens");
    stream.write_all(b"QUIT\r\n").await.expect("written");
    let mut said = String::new();
    stream.read_to_string(&mut said).await.expect("text");
    assert!(said.ends_with("221 2.0.0 goodbye\r\n"), "{said}");
    desk.way.stop.cancel();
    task.await.expect("it ends");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_place_that_is_none_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("written");
    for (place, words) in [
        ("2424".to_owned(), "`2424` is no place to listen at: write HOST:PORT, or unix:/"),
        ("localhost:smtp".to_owned(), "`localhost:smtp` is no place to listen at"),
        ("unix:lmtp.sock".to_owned(), "`unix:lmtp.sock` is no place to listen at"),
        (format!("unix:{}", file.display()), "exists and is no socket"),
    ] {
        let error = Listener::bind(&place).await.expect_err("no place");
        assert!(error.to_string().contains(words), "{error}");
    }
}
