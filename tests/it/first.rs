//! The first ten minutes: `owed init` writes a file that is sound, tries its logins and
//! keeps its secrets apart; `owed doctor` says that all is well, or what is not.
//!
//! `first/owed.toml` is what init writes; with `UPDATE_EXPECTED=1` it is written anew.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::binary::{Said, owed};
use crate::peers::{PASSWORD, Peers, SERVERS, required_or_left_out};
use crate::smtp_peer::{Act, Peer, Script};

/// What is said of an invented house, and one thing more each time.
const HOUSE: [&str; 14] = [
    "init",
    "--config",
    "owed.toml",
    "--organisation",
    "Brook & \"Sons\"",
    "--domain",
    "brook.example",
    "--time-zone",
    "Europe/Lisbon",
    "--person",
    "Marta Brook <marta@brook.example>",
    "--person",
    "Ana Ruiz <ana@brook.example>",
    "--mailbox=help@brook.example",
];

fn init(folder: &Path, more: &[&str]) -> Said {
    owed(folder, &[&HOUSE[..], more].concat())
}

fn written(folder: &Path) -> String {
    fs::read_to_string(folder.join("owed.toml")).unwrap_or_default()
}

#[test]
fn what_init_writes_is_sound_and_is_never_written_over_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = init(folder, &["--authserv-id", "mx.brook.example"]);
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    assert!(said.out.contains("shadow mode"), "{}", said.out);
    let text = written(folder);
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/first/owed.toml");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&expected, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(expected).unwrap());
    let said = owed(folder, &["check", "owed.toml"]);
    assert!(said.out.contains("owed.toml: fine. 2 people, 1 mailbox, 1 rule."), "{}", said.out);

    let said = init(folder, &["--organisation=Other"]);
    assert!(said.code == 2 && written(folder) == text, "twice one flag: {}", said.err);
    let said = init(folder, &[]);
    assert!(said.code == 1 && said.err.contains("--force"), "{}", said.err);
    assert_eq!(written(folder), text);
    let said = init(folder, &["--force"]);
    let doctor = owed(folder, &["doctor"]);
    assert!(!written(folder).contains("authserv_id"));
    for told in [said.out, doctor.err] {
        assert!(told.contains("an answer counts only where"), "{told}");
    }

    fs::write(folder.join("owed.toml"), "# nothing yet\n\n  # [store]\n").unwrap();
    assert_eq!(init(folder, &[]).code, 0, "remarks alone say nothing");
    assert!(written(folder).contains("Ana Ruiz"));
}

#[test]
fn what_cannot_be_guessed_is_asked_for_at_once_and_what_is_wrong_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let said = owed(folder.path(), &["init", "--config", "owed.toml"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("say --organisation, --domain, --person, or"), "{}", said.err);
    let wrong = ["--person=Ben Ode <ben at brook>", "--smtp=mail:x", "--from=marta@brook.example"];
    let said = init(folder.path(), &wrong);
    assert_eq!(said.code, 2);
    for why in [
        "--person: \"ben at brook\" is no mail address",
        "--smtp: \"x\" is no port",
        "--from: the last resort is owed itself",
    ] {
        assert!(said.err.contains(why), "{why} in {}", said.err);
    }
    assert_eq!(written(folder.path()), "");
}

#[test]
fn what_is_no_file_is_not_written_over_and_not_read() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.path().join("owed.toml")).unwrap();
    let said = init(folder.path(), &["--force"]);
    assert!(said.code == 1 && said.err.contains("owed.toml is no file: name one"), "{}", said.err);
    let said = owed(folder.path(), &["check", "owed.toml"]);
    assert!(said.code == 4 && said.out.contains("no configuration is that long"), "{}", said.err);
}

/// Runs owed on a terminal where somebody types; its exit code and all that was seen.
fn on_a_terminal(folder: &Path, words: &str, typed: &str) -> (Option<i32>, String) {
    let command = format!("{} {words}", env!("CARGO_BIN_EXE_owed"));
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).current_dir(folder);
    let mut script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    script.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let done = script.wait_with_output().unwrap();
    (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
}

#[test]
fn an_answer_that_will_not_do_is_asked_for_again_and_no_other_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let answers = [
        "",
        "Brook & \"Sons\"",
        "ana@brook.example",
        "brook.example",
        "Lisbon",
        "Europe/Lisbon",
        "Marta Brook",
        "marta@brook.example",
        "Marta Brook <marta@brook.example>",
        "Ana Ruiz <marta@brook.example>",
        "Ana Ruiz <ana@brook.example>",
        "",
        "ana@brook.example",
        "help@brook.example",
        "imap.brook.example",
        "",
        "",
        "",
        "mx brook",
        "mx.brook.example",
        "",
        "",
    ];
    let typed = answers.join("\n") + "\n";
    let (code, seen) = on_a_terminal(folder, "init --config owed.toml", &typed);
    assert_eq!(code, Some(0), "{seen}");
    for why in [
        "This has to be known.",
        "\"ana@brook.example\" is no mail domain",
        "there is no time zone \"Lisbon\"",
        "\"Marta Brook\" has no address",
        "\"marta@brook.example\" has no name",
        "marta@brook.example is given to",
        "ana@brook.example is given to",
        "\"mx brook\" names no mail server",
    ] {
        assert!(seen.contains(why), "no {why} in:\n{seen}");
    }
    assert_eq!(written(folder), include_str!("first/owed.toml"));
    assert!(seen.contains("owed doctor --config owed.toml"), "{seen}");

    let (code, seen) = on_a_terminal(folder, "init --config other.toml", "Brook\n");
    assert!(code == Some(2) && seen.contains("nothing was written"), "{seen}");
    assert!(!folder.join("other.toml").exists());
}

#[test]
fn certificates_of_an_own_authority_are_for_servers_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ca.pem"), "").unwrap();
    let servers = ["--imap=127.0.0.2:1", "--smtp=localhost", "--ca=ca.pem"];
    init(folder.path(), &servers);
    let text = written(folder.path());
    let ca = format!("ca = \"{}\"", folder.path().canonicalize().unwrap().join("ca.pem").display());
    assert_eq!(text.matches(&ca).count(), 1, "{text}");
    let said = init(folder.path(), &["--force", "--ca=gone.pem"]);
    assert!(said.code == 2 && said.err.contains("gone.pem is not there"), "{}", said.err);
}

#[test]
fn commands_find_the_daemon_whatever_else_is_wrong_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let broken = "[daemon]\nsocket = \"here.sock\"\n\n[organisation]\nnaem = \"Brook\"\n";
    fs::write(folder.path().join("owed.toml"), broken).unwrap();
    let said = owed(folder.path(), &["list"]);
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("cannot be reached at here.sock"), "{}", said.err);
    fs::write(folder.path().join("owed.toml"), "[daemon\n").unwrap();
    let said = owed(folder.path(), &["list"]);
    assert!(said.code == 4 && said.err.contains("this line is no TOML"), "{}", said.err);
}

/// A house with a mail server that does as it is told.
async fn with_server(script: Script) -> (tempfile::TempDir, PathBuf, Peer) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("password"), "correct horse\n").unwrap();
    let peer = Script { offers: vec!["AUTH PLAIN"], ..script }.start().await;
    let path = folder.path().to_owned();
    (folder, path, peer)
}

async fn said_in(folder: &Path, words: Vec<String>) -> Said {
    let folder = folder.to_owned();
    let run = move || owed(&folder, &words.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn with_login(peer: &Peer) -> Vec<String> {
    let server = format!("127.0.0.1:{}", peer.port);
    let more = ["--smtp", &server, "--smtp-user", "owed", "--smtp-password", "password"];
    HOUSE.iter().chain(&more).map(|word| (*word).to_owned()).collect()
}

#[tokio::test]
async fn a_login_that_fails_is_told_and_its_password_is_kept_to_oneself() {
    let refuses = Script::at("AUTH", Act::Say("535 5.7.8 no"));
    let (_end, folder, peer) = with_server(refuses).await;
    let said = said_in(&folder, with_login(&peer)).await;
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("NOT OK") && said.out.contains("535 5.7.8 no"), "{}", said.out);
    let secret = folder.join("credentials/smtp");
    assert_eq!(fs::read_to_string(&secret).unwrap(), "correct horse");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    for text in [written(&folder), said.out, said.err] {
        assert!(!text.contains("horse"), "{text}");
    }

    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let doctor = ["doctor", "--json"].map(str::to_owned).to_vec();
    let said = said_in(&folder, doctor).await;
    let told: Vec<_> = said.json().iter().map(|one| one["what"].to_string()).collect();
    assert!(said.code == 1 && told.len() == 2, "{told:?} {}", said.err);
    assert!(told[0].contains("chmod o=") && told[1].contains("535 5.7.8 no"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_was_mistyped_is_asked_for_again() {
    let refuses = Script::at("AUTH", Act::Say("535 5.7.8 no"));
    let (_end, folder, peer) = with_server(refuses).await;
    let house = HOUSE.map(|word| format!("'{word}'")).join(" ");
    let words =
        format!("{house} --smtp 127.0.0.1:{} --smtp-user owed --from o@b.example", peer.port);
    let answers = ["", "", "correct hose", "correct horse", ""].join("\n") + "\n";
    let run = move || (on_a_terminal(&folder, &words, &answers), folder);
    let ((code, seen), folder) = tokio::task::spawn_blocking(run).await.unwrap();
    assert_eq!(code, Some(1), "{seen}");
    assert_eq!(seen.matches("535 5.7.8 no").count(), 2, "{seen}");
    assert_eq!(seen.matches("The password for smtp once more?").count(), 2, "{seen}");
    assert_eq!(fs::read_to_string(folder.join("credentials/smtp")).unwrap(), "correct horse");
}

#[tokio::test]
async fn the_doctor_finds_all_well_and_a_mail_to_try_arrives() {
    let (_end, folder, peer) = with_server(Script::default()).await;
    let said = said_in(&folder, with_login(&peer)).await;
    assert!(said.code == 0 && said.out.contains("takes owed's mails"), "{}", said.out);
    let words = ["doctor", "--send-test", "ana@brook.example"].map(str::to_owned).to_vec();
    let said = said_in(&folder, words).await;
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    assert!(!said.out.contains("NOT OK"), "{}", said.out);
    let mails = peer.heard().mails;
    let mail = String::from_utf8(mails.into_iter().next().unwrap()).unwrap();
    assert!(mail.contains("Auto-Submitted: auto-generated"), "{mail}");
    assert!(mail.contains("owed's mails reach you."), "{mail}");
}

#[test]
fn a_mailbox_is_tried_by_its_login_and_both_of_its_folders() {
    if !required_or_left_out("trying a mailbox", &SERVERS) {
        return;
    }
    let peers = Peers::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("password");
    for (password, sent, told) in [
        (PASSWORD, "Sent", "ok      localhost reads ana@brook.example"),
        (PASSWORD, "Gone", "could not open the folder Gone"),
        ("another horse", "Sent", "login as ana@brook.example was refused"),
    ] {
        let (port, ca) = (peers.imap_port(), peers.ca_pem().display());
        let imap = format!(
            "\n[[intake.imap]]\nhost = \"localhost\"\nport = {port}\ntls = \"implicit\"\n\
             ca = \"{ca}\"\nuser = \"ana@brook.example\"\npassword = \"file:password\"\n\
             folders = {{ sent = \"{sent}\" }}\n"
        );
        let text = include_str!("config/small.toml").to_owned() + &imap;
        fs::write(folder.path().join("owed.toml"), text).unwrap();
        fs::write(&secret, password).unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        let said = owed(folder.path(), &["doctor"]);
        assert!(said.out.contains(told), "{} {}", said.out, said.err);
        assert_eq!(said.code, i32::from(said.out.contains("NOT OK")));
        assert!(!said.out.contains("horse"), "{}", said.out);
    }
}
