//! The house of [`crate::peers`] itself: what other tests stand on stands.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::peers::{PASSWORD, PEOPLE, Peers, SERVERS, patiently, required_or_left_out};

const MAIL: &[u8] = b"From: Clara Pond <clara@customer.example>\r\n\
    To: Ana Ruiz <ana@brook.example>\r\n\
    Subject: The tap in room 4\r\n\
    Message-ID: <tap@customer.example>\r\n\
    \r\n\
    It drips again.\r\n";

fn the_tap(mails: &[String]) -> Option<String> {
    mails.iter().find(|mail| mail.contains("<tap@customer.example>")).cloned()
}

#[test]
fn a_mail_travels_from_smtp_with_starttls_to_the_inbox() {
    if !required_or_left_out("a mail through Postfix and Dovecot", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    peers.send("clara@customer.example", "ana@brook.example", MAIL).unwrap();

    let mail = peers.inbox("ana@brook.example").wait_for(the_tap).unwrap();
    assert!(mail.contains("It drips again."), "{mail}");
    assert!(mail.contains("with ESMTPS id"), "no TLS between us and Postfix: {mail}");
    assert!(mail.contains("with LMTP"), "not by LMTP to Dovecot: {mail}");
    assert!(peers.inbox("ana@brook.example").path().join("new").is_dir());
    assert!(peers.inbox("ben@brook.example").mails().is_empty());
}

#[test]
fn a_mail_is_put_into_sent_over_verified_tls() {
    if !required_or_left_out("an IMAP APPEND to Dovecot", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    peers.append_to_sent("ana@brook.example", MAIL).unwrap();

    let mail = peers.sent("ana@brook.example").wait_for(the_tap).unwrap();
    assert!(mail.contains("It drips again."), "{mail}");
    assert!(peers.inbox("ana@brook.example").mails().is_empty());
}

#[test]
fn a_server_that_nobody_vouches_for_is_not_talked_to() {
    if !required_or_left_out("the certificate of Dovecot", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    let config = ClientConfig::builder()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, peers.imap_port())).unwrap();
    let mut greeting = String::new();
    let error = BufReader::new(StreamOwned::new(session, socket)).read_line(&mut greeting);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("UnknownIssuer"), "{error}");
    let ca = fs::read_to_string(peers.ca_pem()).unwrap();
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"), "{ca}");
}

#[test]
fn owed_is_handed_its_copies_under_the_address_they_were_sent_to() {
    if !required_or_left_out("the copies that Postfix makes", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    peers.send("clara@customer.example", "help@brook.example", MAIL).unwrap();
    // Nobody listens yet, so Postfix keeps the copy and tries again.
    peers.inbox("help@brook.example").wait_for(the_tap).unwrap();
    let kept = patiently(|| {
        let queue = peers.queue().unwrap();
        (queue.contains("help@copy.brook.example") && queue.contains("refused")).then_some(())
    });
    assert!(kept.is_some(), "not kept: {}", peers.queue().unwrap());

    let owed = TcpListener::bind((Ipv4Addr::LOCALHOST, peers.owed_port())).unwrap();
    let said = taken_by_lmtp(&owed);
    assert!(said.contains("RCPT TO:<help@brook.example>"), "{said}");
    assert!(said.contains("It drips again."), "{said}");
    let emptied = patiently(|| peers.queue().unwrap().is_empty().then_some(()));
    assert!(emptied.is_some(), "still there: {}", peers.queue().unwrap());
}

#[test]
fn what_dovecot_refuses_bounces() {
    if !required_or_left_out("a bounce from Postfix", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    peers.send("ben@brook.example", "gone@customer.example", MAIL).unwrap();
    let bounce = peers.inbox("ben@brook.example").wait_for(|mails| mails.first().cloned()).unwrap();
    assert!(bounce.contains("multipart/report"), "{bounce}");
    assert!(bounce.contains("Final-Recipient: rfc822; gone@customer.example"), "{bounce}");
}

#[test]
fn a_wrong_password_opens_nothing() {
    if !required_or_left_out("a login to Dovecot", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    let error = peers.append_to_sent("nobody@brook.example", MAIL).unwrap_err().to_string();
    assert!(error.contains("AUTHENTICATIONFAILED"), "{error}");
    assert!(!error.contains(PASSWORD));
}

#[test]
fn nothing_is_left_when_the_house_is_gone() {
    if !required_or_left_out("the end of Postfix and Dovecot", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    let (dir, ports) = (peers.dir().to_owned(), [peers.imap_port(), peers.smtp_port()]);
    assert_ne!(commands_that_name(&dir), Vec::<String>::new());
    drop(peers);

    assert!(!dir.exists());
    assert_eq!(commands_that_name(&dir), Vec::<String>::new());
    for port in ports {
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(), "port {port}");
    }
}

#[test]
fn a_panic_ends_the_house_as_well() {
    if !required_or_left_out("the end of Postfix and Dovecot after a panic", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    let dir = peers.dir().to_owned();
    let ended = std::thread::spawn(move || {
        let _held = peers;
        // Like a panic, without its noise in the output of every run.
        std::panic::resume_unwind(Box::new("a test went wrong"));
    });
    assert!(ended.join().is_err());
    assert_eq!(commands_that_name(&dir), Vec::<String>::new());
}

#[test]
fn everybody_has_an_address_of_the_house_or_is_a_customer() {
    for address in PEOPLE {
        let domain = address.split_once('@').unwrap().1;
        assert!(["brook.example", "customer.example"].contains(&domain), "{address}");
    }
}

/// The command lines of running processes that name `dir`.
fn commands_that_name(dir: &Path) -> Vec<String> {
    let dir = dir.display().to_string();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let commands = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let commands = commands.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    commands.filter(|line| line.contains(&dir)).collect()
}

/// Takes mail by LMTP, until one has come, and gives all that was said.
fn taken_by_lmtp(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
    let mut said = String::new();
    stream.write_all(b"220 owed\r\n").unwrap();
    while let Some(line) = lines.next() {
        said.push_str(&line);
        said.push('\n');
        if line == "DATA" {
            stream.write_all(b"354 go on\r\n").unwrap();
            for line in lines.by_ref().take_while(|line| line != ".") {
                said.push_str(&line);
                said.push('\n');
            }
        }
        let answer = if line == "QUIT" { "221 bye\r\n" } else { "250 fine\r\n" };
        stream.write_all(answer.as_bytes()).unwrap();
        if line == "QUIT" {
            break;
        }
    }
    said
}
