//! What is logged: enough to find a case by, and never what somebody wrote, or a secret.

use std::process::Command;

use crate::house::{House, Running};
use crate::smtp_peer::Script;

const RULE: &str = r#"
[[rule]]
name = "everyone"
reply_within = "1s elapsed"
escalation = "late"

[escalation.late]
steps = [{ after = "0m", tell = "supervisor", any_time = true }]
"#;

const SMTP: &str = r#"
[deliver.smtp]
host = "127.0.0.1"
port = PORT
tls = "none"
user = "owed"
password = "env:OWED_TEST_PASSWORD"
"#;

const QUESTION: &str = "From: Cora Quay <cora@customer.example>\r\nTo: help@brook.example\r\n\
    Subject: Zuckerwatte for the fair\r\nMessage-ID: <first@customer.example>\r\n\r\n\
    Hello,\r\n\r\nwhen will the Pfefferkuchen arrive? Please let me know.\r\n\r\nCora\r\n";

fn start(house: &House, directives: &str) -> Running {
    house.spawn_by(Command::new(env!("CARGO_BIN_EXE_owed")), |command| {
        command.env("OWED_LOG", directives)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_written_and_no_secret_is_logged_at_any_level() {
    let peer = Script { offers: vec!["AUTH PLAIN LOGIN"], ..Script::default() }.start().await;
    let smtp = SMTP.replace("PORT", &peer.port.to_string());
    let house = House::new(&format!("{RULE}{smtp}"));
    let running = start(&house, "trace");
    running.logs("owed is running").await;
    house.lmtp().await.deliver("help@brook.example", QUESTION.as_bytes()).await.unwrap();
    running.logs("a mail was sent").await;
    let heard = peer.heard();
    assert!(heard.lines.iter().any(|line| line.starts_with("AUTH")), "nobody logged in");
    let carried = String::from_utf8_lossy(&heard.mails[0]).into_owned();
    assert!(carried.contains("Zuckerwatte"), "it was not carried at all:\n{carried}");

    let log = running.log();
    assert!(log.contains("message_id=\"first@customer.example\""), "{log}");
    assert!(log.lines().any(|line| line.contains("TRACE") || line.contains("DEBUG")), "{log}");
    let login = data_encoding::BASE64.encode(b"\0owed\0a wrong one");
    let said = heard.lines.iter().any(|line| line.contains(&login));
    assert!(said, "the login looks otherwise: {:?}", heard.lines);
    for hidden in ["Zuckerwatte", "Pfefferkuchen", "a wrong one", &login] {
        let line = log.lines().find(|line| line.contains(hidden));
        assert_eq!(line, None, "{hidden:?} is in the log");
    }
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_for_programs_is_an_object_a_line() {
    let house = House::new(&format!("{RULE}\n[daemon]\nlog = \"json\"\n"));
    let running = start(&house, "info");
    running.logs("owed is running").await;
    house.lmtp().await.deliver("help@brook.example", QUESTION.as_bytes()).await.unwrap();
    running.logs("first@customer.example").await;
    let log = running.log();
    let objects = log.lines().filter(|line| line.starts_with('{'));
    let objects: Vec<serde_json::Value> =
        objects.map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let received = objects.iter().find(|object| object["message_id"] == "first@customer.example");
    let received = received.expect("the mail is logged");
    assert!(received["case"].as_str().is_some_and(|case| case.starts_with("OW-")), "{received}");
    assert_eq!(running.stop().await, Some(0));
}
