//! Acting on a case with the real program: the verbs of the command line, and the
//! pages and the API of a daemon that runs.

use std::process::Output;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::{House, Running, question};

const REST: &str = r#"
[[rule]]
name = "everyone"
reply_within = "4h"
escalation = "standard"

[escalation.standard]
steps = [{ after = "0m", tell = "supervisor" }]

[store]
url = "sqlite:HOME/owed.db"

[web]
listen = "127.0.0.1:0"
public_url = "https://owed.brook.example"

[[web.token]]
name = "door"
secret = "env:OWED_TEST_PASSWORD"
scopes = ["leave"]
"#;

/// A house with Jo's question in it, and the number of its case.
async fn asked() -> (House, Running, String) {
    let house = House::new(REST);
    let running = house.start().await;
    let mail = question("jo@customer.example", "Jo");
    let reply = house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    crate::house::until(|| !house.list().is_empty(), || "it is listed".to_owned()).await;
    let case = house.list()[0]["case"].as_str().unwrap().to_owned();
    (house, running, case)
}

fn words(said: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    format!("{out}{err}")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_verb_does_its_one_thing_and_says_so() {
    let (house, running, case) = asked().await;
    let c = case.as_str();
    for (verb, code, said) in [
        (&["claim", c, "--by", "ana"][..], 0, "is yours now."),
        (&["claim", c, "--by", "017"], 2, "is theirs already"),
        (&["accept", c, "--by", "marta"], 2, "is not offered to"),
        (&["hand-over", c, "--by", "ana", "--to", "nobody"], 2, "nobody here is called"),
        (&["hand-over", c, "--by", "ana", "--to", "marta"], 0, "Marta Brook was asked to take"),
        (&["refuse", c, "--by", "marta", "--reason", "full"], 0, "You did not take"),
        (&["hand-over", c, "--by", "ana", "--to", "marta"], 0, "Marta Brook was asked to take"),
        (&["accept", c, "--by", "marta@brook.example"], 0, "is yours now."),
        (&["close", c, "--by", "ana"], 2, "cannot be closed yet"),
        (&["promise", c, "--by", "ana", "--due", "soon"], 2, "is no time that is still to come"),
        (&["promise", c, "--by", "ana", "--due", "in 3h"], 0, "is noted as promised for"),
        (&["log", c, "--answered-by", "ana"], 0, "is noted as answered: phone."),
        (&["tell-when", c, "--by", "ana", "--due", "in 2h"], 2, "nothing is owed"),
        (&["close", c, "--by", "ana", "--title", "fixed the tap"], 0, "is closed: fixed the tap."),
        (&["close", c, "--by", "ana"], 2, "is closed already"),
        (&["reopen", c, "--by", "ana", "--reason", " "], 2, "say why"),
        (&["reopen", c, "--by", "ana", "--reason", "it drips"], 0, "is open again"),
        (&["tell-when", c, "--by", "ana", "--due", "in 2h"], 0, "A note in your name"),
        (&["claim", "OW-0000-1", "--by", "ana"], 2, "is no case number"),
        (&["claim", c], 2, "--by <PERSON>"),
    ] {
        let answer = house.ask(verb);
        let text = words(&answer);
        assert!(text.contains(said), "owed {verb:?} said {text}");
        assert_eq!(answer.status.code(), Some(code), "owed {verb:?} said {text}");
    }
    let answer = house.ask(&["claim", c, "--by", "marta", "--json"]);
    let done: Value = serde_json::from_slice(&answer.stdout).expect("JSON");
    assert_eq!(done["case"], case);
    assert!(done["done"].as_str().unwrap().ends_with("is yours now."), "{done}");
    assert_eq!(running.stop().await, Some(0));
}

/// What a running daemon answers to one request.
async fn http(port: u16, head: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("{head}\r\nHost: owed\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_serves_its_pages_and_ends_while_somebody_is_connected() {
    let (_house, running, _case) = asked().await;
    let log = running.log();
    let line = log.lines().find(|line| line.contains("pages are served")).expect("it says where");
    let port = line.rsplit("127.0.0.1:").next().unwrap();
    let port: u16 =
        port.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();

    let forged = http(port, "GET /a/abcdefgh/dismiss HTTP/1.1").await;
    assert!(forged.starts_with("HTTP/1.1 403"), "{forged}");
    assert!(forged.contains("content-security-policy: default-src 'none'"), "{forged}");
    let head = "GET /api/v1/people/ana/leave HTTP/1.1";
    assert!(http(port, head).await.starts_with("HTTP/1.1 401"));
    let answer = http(port, &format!("{head}\r\nAuthorization: Bearer a wrong one")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"may_leave\":"), "{answer}");

    let silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let said = running.log();
    assert!(!said.contains("abcdefgh") && !said.contains("a wrong one"), "{said}");
    assert_eq!(running.stop().await, Some(0));
    drop(silent);
}
