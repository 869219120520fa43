//! Mails a second through the pool of SMTP connections to a sink on loopback.
//!
//! `cargo bench --bench smtp`; the sink takes everything and answers at once.

use std::io::{BufRead, BufReader, Result, Write, stdout};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use owed::domain::ids::Address;
use owed::outbox::smtp::SmtpPool;
use owed::outbox::transport::{Outcome, Outgoing, Transport};
use owed::outbox::{Limits, Route, Security};

const MAILS: usize = 8_000;

fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || sink(stream));
        }
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for connections in [1, 4] {
        let pool = SmtpPool::new(route(port, connections)).expect("no CA is read");
        let way = Arc::new(Transport::Smtp(pool));
        let seconds = runtime.block_on(send_all(&way, connections));
        let rate = f64::from(u32::try_from(MAILS).expect("a small number")) / seconds;
        writeln!(stdout(), "{connections} connections: {rate:.0} mails a second")?;
    }
    Ok(())
}

async fn send_all(way: &Arc<Transport>, connections: usize) -> f64 {
    let clock = now();
    let senders = (0..connections).map(|_| {
        let way = Arc::clone(way);
        tokio::spawn(async move {
            let mail = mail();
            for _ in 0..MAILS / connections {
                let recorded = async { Ok::<(), std::io::Error>(()) };
                let outcome = way.send(&mail, Duration::from_mins(1), recorded).await;
                assert_eq!(outcome, Outcome::Given);
            }
        })
    });
    for sender in join_all(senders).await {
        sender.expect("no sender panicked");
    }
    now().duration_since(clock).as_secs_f64()
}

fn route(port: u16, connections: usize) -> Route {
    Route {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        ca: None,
        login: None,
        hello: "brook.example".to_owned(),
        connections,
        limits: Limits::default(),
    }
}

fn mail() -> Outgoing {
    let address = |text| Address::parse(text).expect("an address");
    let text = "a line of text\r\n".repeat(200);
    Outgoing {
        from: address("owed@brook.example"),
        to: address("ana@brook.example"),
        message_id: "<bench@brook.example>".to_owned(),
        bytes: format!("Subject: bench\r\n\r\n{text}").into_bytes(),
    }
}

fn sink(mut stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    let mut in_content = false;
    stream.write_all(b"220 sink\r\n")?;
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let reply: &[u8] = match (in_content, line.as_str()) {
            (true, ".\r\n") => b"250 taken\r\n",
            (true, _) => continue,
            (false, "DATA\r\n") => b"354 go on\r\n",
            (false, _) => b"250 fine\r\n",
        };
        in_content = reply.starts_with(b"354");
        stream.write_all(reply)?;
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the time that passes")]
fn now() -> Instant {
    Instant::now()
}
