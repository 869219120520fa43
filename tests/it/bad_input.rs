//! Mail that is none, or too much of it, given to the real program.
//!
//! After each the daemon answers, the next good mail is owed, and the bad one
//! has a verdict or was set aside, with a reason in words either way.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::house::{House, question, until};

const RULE: &str = r#"
[[rule]]
name = "everyone"
reply_within = "4h elapsed"
escalation = "late"

[escalation.late]
steps = [{ after = "0m", tell = "supervisor", any_time = true }]
"#;

const MAILDIR: &str = r#"
[intake.maildir]
paths = ["HOME/journal"]
vouched = "all"
"#;

const HEAD: &str = "From: Bad Luck <luck@customer.example>\r\nTo: help@brook.example\r\n\
    Subject: Help\r\nMessage-ID: <NAME@customer.example>\r\n";

/// The mails, each with its name.
fn bad_mails() -> Vec<(&'static str, Vec<u8>)> {
    let whole = |name: &str, rest: &str| format!("{}{rest}", HEAD.replace("NAME", name));
    let text = |name: &'static str, rest: &str| (name, whole(name, rest).into_bytes());
    let bytes =
        |name: &'static str, rest: &[u8]| (name, [whole(name, "").as_bytes(), rest].concat());
    let multipart = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
    vec![
        ("empty", Vec::new()),
        ("no-headers", b"hello, will you answer me?\r\n\r\nLuck\r\n".to_vec()),
        ("garbage", garbage(200_000)),
        ("only-nul", vec![0; 5000]),
        bytes("nul", b"X-Nul: \0\0\r\n\r\nWhen\0 will it\0 come?\r\n\0\0\0"),
        text("cut-header", "Content-Type: multipart/mi"),
        text("cut-part", &format!("{multipart}--b\r\nContent-Type: text/plain\r\n\r\nWhen wi")),
        text("cut-base64", "Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8gd2hlbiB3aWxsIGl"),
        text("many-headers", &format!("{}\r\nWhen?\r\n", "X-More: and more\r\n".repeat(10_000))),
        text("many-recipients", &format!("Cc: {}\r\n\r\nWhen?\r\n", recipients(20_000))),
        text("deep", &deep(1000)),
        text("deep-messages", &"Content-Type: message/rfc822\r\n\r\n".repeat(1000)),
        text("wide", &format!("{multipart}{}", "--b\r\n\r\nx\r\n".repeat(50_000))),
        text("long-line", &format!("\r\n{}\r\n", "when? ".repeat(200_000))),
        text("long-header", &format!("X-Long: {}\r\n\r\nWhen?\r\n", "x".repeat(1 << 20))),
        text("no-charset", "Content-Type: text/plain; charset=klingon-8\r\n\r\nWhen \u{fffd}?\r\n"),
        bytes(
            "bad-charset",
            b"Content-Type: text/plain; charset=utf-8\r\n\r\nWhen \xff\xfe\x80?\r\n",
        ),
        bytes(
            "bad-utf-16",
            b"Content-Type: text/plain; charset=utf-16\r\n\r\n\xd8\x00\xd8\x00?\r\n",
        ),
        text("words", &format!("Thread-Topic: {0}\r\nX-W: {0}\r\n\r\nWhen?\r\n", encoded_words())),
        ("subject-words", subject_words()),
        text("bad-dates", "Date: Fri, 99 Foo 99999 99:99:99 +9999\r\n\r\nWhen will it come?\r\n"),
        text("html-bomb", &html(100_000)),
        text("references", &format!("References: {}\r\n\r\nWhen?\r\n", references(50_000))),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_mail_by_lmtp_has_a_reason_and_stops_nothing() {
    let house = House::new(RULE);
    let mut running = house.start().await;
    let mut lmtp = house.lmtp().await;
    for (name, mail) in bad_mails() {
        let reply = lmtp.deliver("help@brook.example", &mail).await.unwrap();
        assert!(reply.starts_with("250"), "{name}: {reply}");
        let contact = format!("after-{name}@customer.example");
        let reply = lmtp.deliver("help@brook.example", &question(&contact, name)).await.unwrap();
        assert!(reply.starts_with("250"), "after {name}: {reply}");
        let owed = || house.waiting().contains(&contact);
        until(owed, || format!("after {name}, a good mail is not owed:\n{}", running.log())).await;
        assert!(running.is_up(), "{name} ended the daemon:\n{}", running.log());
    }
    reasons(&house, bad_mails().len() * 2).await;
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_mail_in_a_folder_has_a_reason_and_stops_nothing() {
    let house = House::new(&format!("{RULE}{MAILDIR}"));
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(house.path("journal").join(part)).unwrap();
    }
    for (at, (name, mail)) in bad_mails().into_iter().enumerate() {
        let file = format!("journal/new/176000{at:04}.bad.customer");
        std::fs::write(house.path(file), mail).unwrap();
        let good = question(&format!("good-{at}@customer.example"), name);
        std::fs::write(house.path(format!("journal/new/176000{at:04}.good.customer")), good)
            .unwrap();
    }
    let mut running = house.start().await;
    let all = bad_mails().len();
    let good = || house.waiting().iter().filter(|contact| contact.starts_with("good-")).count();
    until(|| good() == all, || format!("{} of {all} good mails are owed", good())).await;
    assert!(running.is_up());
    reasons(&house, all * 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_mail_of_fifty_megabytes_enough_is_kept_to_judge_it() {
    let house = House::new(RULE);
    let mut running = house.start().await;
    let mut lmtp = house.lmtp().await;
    let size = 50 * 1024 * 1024;
    let mut mail = question("large@customer.example", "large");
    mail.resize(size, b'x');
    let came = lmtp.deliver("help@brook.example", &mail).await.unwrap();
    assert!(came.starts_with("250"), "{came}");
    let good = question("good@customer.example", "good");
    let taken = lmtp.deliver("help@brook.example", &good).await.unwrap();
    assert!(taken.starts_with("250"), "{taken}");
    let both = ["large@customer.example", "good@customer.example"];
    until(|| house.waiting() == both, || running.log()).await;
    assert!(running.is_up());
    assert!(running.log().contains("longer than max_message"), "{}", running.log());
}

/// Each of `count` mails was judged or set aside, with a reason.
async fn reasons(house: &House, count: usize) {
    let options = SqliteConnectOptions::new().filename(house.path("owed.db"));
    let database = SqlitePool::connect_with(options).await.unwrap();
    let query = "SELECT i.id, m.kind, COALESCE(m.reason, q.reason) FROM inbound i \
        LEFT JOIN message m ON m.inbound = i.id LEFT JOIN quarantine q ON q.inbound = i.id \
        ORDER BY i.id";
    let rows = sqlx::query(query).fetch_all(&database).await.unwrap();
    assert_eq!(rows.len(), count);
    for row in rows {
        let (id, kind): (i64, Option<String>) = (row.get(0), row.get(1));
        let reason: Option<String> = row.get(2);
        let kind = kind.unwrap_or_else(|| "set aside".to_owned());
        assert!(reason.as_ref().is_some_and(|r| !r.is_empty()), "mail {id}, {kind}: no reason");
        eprintln!("{id}: {kind}: {}", reason.unwrap_or_default());
    }
}

/// Every byte, in an order that repeats late.
fn garbage(length: u32) -> Vec<u8> {
    (0..length).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()
}

fn recipients(count: usize) -> String {
    let all: Vec<String> = (0..count).map(|n| format!("r{n}@customer.example")).collect();
    all.join(",\r\n ")
}

fn references(count: usize) -> String {
    let all: Vec<String> = (0..count).map(|n| format!("<r{n}@customer.example>")).collect();
    all.join("\r\n ")
}

/// Parts in parts, `depth` times.
fn deep(depth: usize) -> String {
    let open = |n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    let levels: String = (0..depth).map(open).collect();
    format!("MIME-Version: 1.0\r\n{levels}\r\nWhen?\r\n")
}

/// Encoded words (RFC 2047) by the thousand, some of them broken.
fn encoded_words() -> String {
    "=?utf-8?q?=57hen=3F?=\r\n =?utf-8?b?V2hlbj8=?= =?x?z?=?= =?=?=?".repeat(5000)
}

fn subject_words() -> Vec<u8> {
    format!(
        "From: {0} <words@customer.example>\r\nTo: {0} <help@brook.example>\r\n\
         Subject: {0}\r\n\r\nWhen?\r\n",
        encoded_words()
    )
    .into_bytes()
}

fn html(depth: usize) -> String {
    let (open, nested) = ("<div><table><tr><td>".repeat(depth), "<!--".repeat(depth));
    format!("Content-Type: text/html\r\n\r\n{open}When?{nested}\r\n")
}
