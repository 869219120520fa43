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
        (&["claim", c, "--by", "017"], 2, "is with them already"),
        (&["accept", c, "--by", "marta"], 2, "is not offered to"),
        (&["hand-over", c, "--by", "ana", "--to", "nobody"], 2, "nobody here is called"),
        (&["hand-over", c, "--by", "ana", "--to", "marta"], 0, "Marta Brook was asked to take"),
        (&["refuse", c, "--by", "marta", "--reason", "full"], 0, "You did not take"),
        (&["hand-over", c, "--by", "ana", "--to", "marta"], 0, "Marta Brook was asked to take"),
        (&["accept", c, "--by", "marta@brook.example"], 0, "is yours now."),
        (&["close", c, "--by", "ana"], 2, "cannot be closed yet"),
        (&["promise", c, "--by", "ana", "--due", "soon"], 2, "could not be read"),
        (&["promise", c, "--by", "ana", "--due", "fri 25:00"], 2, "none that a clock shows"),
        (&["promise", c, "--by", "ana", "--due", "9999-01-01"], 2, "more than 400 days ahead"),
        (&["log", c, "--answered-by", "ana", "--how", "pigeon"], 2, "say one of email, phone"),
        (&["dismiss", c, "--reason", "spam", "--by", "ghost"], 2, "the people are"),
        (&["away", "marta", "--until", "in winter"], 2, "is no day to come"),
        (&["away", "marta", "--until", "25 dec"], 0, "Noted."),
        (&["away", "marta", "--back"], 0, "Noted."),
        (&["outbox"], 0, "No mail waits for a decision."),
        (&["outbox", "release", "7", "--by", "ghost"], 2, "the people are"),
        (&["outbox", "drop", "7"], 2, "no mail 7 waits for a decision"),
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

/// What `owed list --filed` tells of the only message that is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_that_waits_is_named_by_its_job_where_several_do() {
    let house = House::new(&format!("{REST}\n[check_in]\nafter = \"2d\"\n"));
    let running = house.start().await;
    let jo = "Jo <jo@customer.example>";
    let first = house.ask(&["job", "add", "New tap", "--done-by", "ana", "--contact", jo]);
    let said = words(&first);
    let (c, _) = said.split_once(": noted as job 1").expect(&said);
    let second = house.ask(&["job", "add", "New sink", "--done-by", "ana", "--case", c]);
    assert!(words(&second).contains("noted as job 2"), "{}", words(&second));
    for (verb, code, said) in [
        (&["skip", c, "--by", "ana"][..], 2, "or name it here with --job"),
        (&["send", c, "--by", "ana", "--job", "1"], 2, "was not shown yet"),
        (&["send", c, "--by", "marta", "--job", "1"], 2, "is not Marta Brook's"),
        (&["skip", c, "--by", "ana", "--job", "3"], 2, "no job of that number"),
        (&["skip", c, "--by", "ana", "--job", "1", "--reason", "a gift"], 0, "nobody is asked"),
        (&["skip", c, "--by", "ana"], 0, "nobody is asked"),
        (&["skip", c, "--by", "ana"], 2, "waits for that any more"),
    ] {
        let done = house.ask(&[&["check-in"], verb].concat());
        assert_eq!(done.status.code(), Some(code), "{verb:?}: {}", words(&done));
        assert!(words(&done).contains(said), "{verb:?}: {}", words(&done));
    }
    running.stop().await;
}

fn filed(house: &House) -> Option<Value> {
    let answer = house.ask(&["list", "--filed", "--json"]);
    let lines = String::from_utf8_lossy(&answer.stdout).into_owned();
    lines.lines().next().map(|line| serde_json::from_str(line).expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_is_overruled_once_or_from_now_on() {
    let (house, running, case) = asked().await;
    let machine = String::from_utf8(question("form@shop.example", "Form")).unwrap();
    let machine = format!("Auto-Submitted: auto-generated\r\n{machine}");
    house.lmtp().await.deliver("help@brook.example", machine.as_bytes()).await.unwrap();
    crate::house::until(|| filed(&house).is_some(), || "it is filed".to_owned()).await;
    let id = filed(&house).unwrap()["message_id"].as_str().unwrap().to_owned();
    let (c, id) = (case.as_str(), id.as_str());
    let why = ["--reason", "a customer"];
    for (verb, code, said) in [
        (&["exceptions"][..], 0, "Nothing is remembered."),
        (
            &["needs-answer", "<nobody@shop.example>", why[0], why[1]],
            2,
            "no message that was filed",
        ),
        (&["needs-answer", id, "--reason", " "], 2, "say why"),
        (&["needs-answer", id, why[0], why[1], "--always", "--by", "ana"], 0, "an answer is owed"),
        (&["needs-answer", id, why[0], why[1]], 2, "no message that was filed"),
        (&["exceptions"], 0, "form@shop.example  an answer  a customer  Ana"),
        (&["dismiss", c, "--reason", "a poll", "--always"], 0, "nothing is owed any more: a poll."),
        (&["exceptions", "--json"], 0, "\"sender\":\"jo@customer.example\",\"needs_answer\":false"),
        (&["exceptions", "--forget", "jo@customer.example"], 0, "nothing is remembered any more"),
        (&["exceptions", "--forget", "jo@customer.example"], 2, "is no sender that is remembered"),
    ] {
        let answer = house.ask(verb);
        let text = words(&answer);
        assert!(text.contains(said), "owed {verb:?} said {text}");
        assert_eq!(answer.status.code(), Some(code), "owed {verb:?} said {text}");
    }
    assert_eq!(house.list().len(), 1);
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_cases_are_made_one_and_two_again_by_what_is_shown() {
    let (house, running, jo) = asked().await;
    let mail = question("kim@customer.example", "Kim");
    house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    crate::house::until(|| house.list().len() == 2, || "both are listed".to_owned()).await;
    let both = house.list();
    let other = both.iter().find(|row| row["case"] != jo.as_str()).unwrap();
    let kim = other["case"].as_str().unwrap();

    let said = words(&house.ask(&["merge", kim, &jo]));
    assert!(said.contains(&format!("{kim} goes on in {jo}")), "{said}");
    assert_eq!(house.list().len(), 1);
    assert!(words(&house.ask(&["merge", &jo, &jo])).contains("is one with itself already"));

    let shown: Value =
        serde_json::from_slice(&house.ask(&["show", &jo, "--json"]).stdout).expect("JSON");
    let id = shown["messages"][1]["message_id"].as_str().unwrap();
    assert!(words(&house.ask(&["show", &jo])).contains(id), "people are shown it as well");
    let said = words(&house.ask(&["split", &jo, id, "--by", "ana"]));
    assert!(said.contains("begins with that message"), "{said}");
    assert_eq!(house.list().len(), 2);
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
