//! The configuration is taken anew while owed runs: whole or not at all, and nobody who
//! is connected is turned away.

use std::process::{Command, Output};

use crate::house::{House, Running, question, until};
use crate::smtp_peer::{Act, Peer, Script};

/// Everything is owed within this time; `WHEN` is set by a test.
const RULE: &str = r#"
[[rule]]
name = "everyone"
reply_within = "WHEN"
escalation = "late"

[escalation.late]
steps = [{ after = "0m", tell = "supervisor", any_time = true }]
"#;

const SMTP: &str = r#"
[deliver.smtp]
host = "127.0.0.1"
port = PORT
tls = "none"
"#;

fn within(when: &str) -> String {
    RULE.replace("WHEN", when)
}

fn by(peer: &Peer) -> String {
    SMTP.replace("PORT", &peer.port.to_string())
}

fn words(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

/// Reloads as the unit does it: by the socket, whatever is in the file.
fn reload(house: &House) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_owed"));
    command.args(["reload", "--socket"]).arg(house.path("owed.sock")).output().unwrap()
}

async fn ask_for(house: &House, name: &str) {
    let mail = question(&format!("{name}@customer.example"), name);
    let reply = house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    until(|| house.waiting().contains(&format!("{name}@customer.example")), String::new).await;
}

/// For how many hours the only row was asked for: from its since to its due.
fn hours(house: &House) -> i64 {
    let rows = house.list();
    let at = |key: &str| rows[0][key].as_str().unwrap().parse::<jiff::Timestamp>();
    let at = |key: &str| {
        at(key).or_else(|_| {
            rows[0][key].as_str().unwrap().parse::<jiff::Zoned>().map(|zoned| zoned.timestamp())
        })
    };
    at("due").unwrap().duration_since(at("since").unwrap()).as_hours()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_rule_holds_for_what_is_owed_already_and_who_is_connected_stays() {
    let house = House::new(&within("4h elapsed"));
    let running = house.start().await;
    ask_for(&house, "first").await;
    assert_eq!(hours(&house), 4);
    let mut connected = house.lmtp().await;

    house.configure(&within("2h elapsed"));
    let answer = reload(&house);
    assert_eq!(answer.status.code(), Some(0), "{}", words(&answer));
    assert!(words(&answer).contains("nothing was started or ended"), "{}", words(&answer));
    until(|| hours(&house) == 2, || running.log()).await;

    let mail = question("second@customer.example", "second");
    let reply = connected.deliver("help@brook.example", &mail).await.unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_with_a_fault_is_refused_with_its_letters_and_the_one_before_holds() {
    let house = House::new(&within("4h elapsed"));
    let running = house.start().await;
    ask_for(&house, "first").await;

    house.configure(&within("four hours").replace("escalation = \"late\"", "escalation = \"x\""));
    let answer = reload(&house);
    assert_eq!(answer.status.code(), Some(4), "{}", words(&answer));
    let checked = house_check(&house);
    let letters: Vec<&str> = checked.lines().filter(|line| line.contains("error")).collect();
    assert!(letters.len() >= 2, "{checked}");
    for line in letters.iter().filter(|line| line.starts_with("error")) {
        assert!(words(&answer).contains(line), "{line}\nis not in\n{}", words(&answer));
    }
    running.logs("the configuration is not taken, the one before holds").await;
    // The command line reads the file too; the daemon is not told of this one.
    house.configure(&within("8h elapsed"));
    ask_for(&house, "second").await;
    assert_eq!(hours(&house), 4);
    assert_eq!(running.stop().await, Some(0));
}

/// What `owed check` says of the house's file.
fn house_check(house: &House) -> String {
    let mut check = Command::new(env!("CARGO_BIN_EXE_owed"));
    words(&check.arg("check").arg(house.path("owed.toml")).output().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_holds_until_the_next_start_is_refused_as_that() {
    let house = House::new(&within("4h elapsed"));
    let running = house.start().await;
    for (changed, what) in [
        ("[store]\nurl = \"sqlite:other.db\"\n", "[store] url"),
        ("[daemon]\nlog = \"json\"\n", "[daemon] log"),
    ] {
        house.configure(&format!("{}{changed}", within("2h elapsed")));
        let answer = reload(&house);
        assert_eq!(answer.status.code(), Some(4), "{}", words(&answer));
        let said = format!("{what} cannot change while owed runs");
        assert!(words(&answer).contains(&said), "{}", words(&answer));
    }
    ask_for(&house, "first").await;
    assert_eq!(hours(&house), 4, "the rest of the file was not taken either");
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_had_is_refused_before_anything_changes() {
    let house = House::new(&within("4h elapsed"));
    let running = house.start().await;
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let place = taken.local_addr().unwrap();
    let wanted = format!("{}[metrics]\nlisten = \"{place}\"\n", within("2h elapsed"));
    house.configure(&wanted);
    let answer = reload(&house);
    assert_eq!(answer.status.code(), Some(4), "{}", words(&answer));
    assert!(words(&answer).contains(&place.to_string()), "{}", words(&answer));
    ask_for(&house, "first").await;
    assert_eq!(hours(&house), 4);

    drop(taken);
    let answer = reload(&house);
    assert_eq!(answer.status.code(), Some(0), "{}", words(&answer));
    assert!(words(&answer).contains(&format!("started: metrics {place}")), "{}", words(&answer));
    until(|| hours(&house) == 2, || running.log()).await;
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_mail_server_carries_what_the_one_before_would_not() {
    let (bad, good) = (Script::at("MAIL", Act::Say("451 4.3.0 not today")), Script::default());
    let (bad, good) = (bad.start().await, good.start().await);
    let house = House::new(&format!("{}{}", within("1s elapsed"), by(&bad)));
    let running = house.start().await;
    ask_for(&house, "first").await;
    running.logs("a mail could not be sent yet").await;

    house.configure(&format!("{}{}", within("1s elapsed"), by(&good)));
    hang_up(&running);
    running.logs("the configuration is taken; started: delivery; ended: delivery").await;
    until(|| good.heard().mails.len() == 1, || running.log()).await;
    assert_eq!(bad.heard().mails.len(), 0);
    assert_eq!(running.stop().await, Some(0));
}

fn hang_up(running: &Running) {
    let told = Command::new("kill").args(["-HUP", &running.pid().to_string()]).status().unwrap();
    assert!(told.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_in_comes_and_goes_while_the_others_go_on() {
    let house = House::new(&within("4h elapsed"));
    let running = house.start().await;
    let mut connected = house.lmtp().await;
    for folder in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(house.path("maildir").join(folder)).unwrap();
    }
    let maildir = "[intake.maildir]\npaths = [\"HOME/maildir\"]\nvouched = \"all\"\n";
    house.configure(&format!("{}{maildir}", within("4h elapsed")));
    let answer = reload(&house);
    assert!(words(&answer).contains("started: maildir"), "{}", words(&answer));
    let mail = question("first@customer.example", "first");
    let name = "1700000000.M1P1.here";
    let [written, put] = ["tmp", "new"].map(|folder| house.path("maildir").join(folder).join(name));
    std::fs::write(&written, mail).unwrap();
    std::fs::rename(written, put).unwrap();
    until(|| house.waiting() == ["first@customer.example"], || running.log()).await;

    house.configure(&within("4h elapsed"));
    let answer = reload(&house);
    assert!(words(&answer).contains("ended: maildir"), "{}", words(&answer));
    let mail = question("second@customer.example", "second");
    let reply = connected.deliver("help@brook.example", &mail).await.unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    assert_eq!(running.stop().await, Some(0));
}

/// An answer of Ana's that the mail server `by` vouches for.
fn answer(by: &str, id: &str) -> String {
    format!(
        "Authentication-Results: {by}; dmarc=pass header.from=brook.example\r\n\
         From: Ana Ruiz <ana@brook.example>\r\nTo: first@customer.example\r\n\
         Cc: help@brook.example\r\nSubject: Re: Order first\r\n\
         Message-ID: <{id}@brook.example>\r\nIn-Reply-To: <first@customer.example>\r\n\r\n\
         It arrives on Thursday.\r\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_word_counts_is_taken_anew_as_well() {
    let trusting = |by: &str| format!("{}[trust]\nauthserv_id = \"{by}\"\n", within("4h elapsed"));
    let house = House::new("");
    let configure = |by: &str| {
        house.configure(&trusting(by));
        let text = std::fs::read_to_string(house.path("owed.toml")).unwrap();
        std::fs::write(house.path("owed.toml"), text.replace("vouched = \"all\"\n", "")).unwrap();
    };
    configure("mx.old.example");
    let running = house.start().await;
    ask_for(&house, "first").await;
    let mut lmtp = house.lmtp().await;
    let early = answer("mx.new.example", "early");
    lmtp.deliver("help@brook.example", early.as_bytes()).await.unwrap();
    running.logs("early@brook.example").await;
    assert_eq!(house.waiting(), ["first@customer.example"], "nobody vouches for it");

    configure("mx.new.example");
    let taken = reload(&house);
    assert_eq!(taken.status.code(), Some(0), "{}", words(&taken));
    let late = answer("mx.new.example", "late");
    lmtp.deliver("help@brook.example", late.as_bytes()).await.unwrap();
    until(|| house.waiting().is_empty(), || running.log()).await;
    assert_eq!(running.stop().await, Some(0));
}
