//! The command line where no server is needed: exit codes, words for people,
//! JSON for programs.
//!
//! What `archive/events.jsonl` holds is what programs are promised of
//! `rehearse --json`; with `UPDATE_EXPECTED=1` it is written anew. How the same
//! looks to people is held against in its key words only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mail_parser::MessageParser;
use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{Running, owed};
use crate::peers::patiently;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn archive() -> PathBuf {
    top().join("tests/it/archive")
}

#[test]
fn words_that_make_no_sense_end_with_2_and_help_with_0() {
    let codes: [(&[&str], i32); 15] = [
        (&["--help"], 0),
        (&["help", "--help"], 0),
        (&["help", "job", "-h"], 0),
        (&["job", "help", "--help"], 0),
        (&["concern", "help", "--help"], 0),
        (&["help", "snooze"], 2),
        (&["--version"], 0),
        (&["help", "rehearse"], 0),
        (&[], 2),
        (&["snooze"], 2),
        (&["check"], 2),
        (&["rehearse"], 2),
        (&["show"], 2),
        (&["log", "OW-2222-2"], 2),
        (&["log", "--from", "jo@customer.example"], 2),
    ];
    for (words, code) in codes {
        let said = owed(top(), words);
        assert_eq!(said.code, code, "owed {words:?} said {} {}", said.out, said.err);
    }
}

#[test]
fn what_could_not_be_written_is_no_success_and_a_reader_who_left_is_no_fault() {
    let archive = archive().display().to_string();
    let rehearse = [
        "rehearse",
        "--config",
        &format!("{archive}/owed.toml"),
        "--mail",
        &format!("{archive}/mails"),
    ];
    for words in [&["--help"][..], &["help", "job"], &["completions", "bash"], &rehearse] {
        let run = |out: Stdio| {
            let mut owed = Command::new(env!("CARGO_BIN_EXE_owed"));
            owed.args(words).stdout(out).stderr(Stdio::piped()).output().unwrap()
        };
        let full = run(fs::File::options().write(true).open("/dev/full").unwrap().into());
        let why = String::from_utf8_lossy(&full.stderr);
        assert_eq!(full.status.code(), Some(1), "{words:?}: {why}");
        assert_eq!(why.matches("could be written to standard output").count(), 1, "{why}");
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let left = run(writer.into());
        let why = String::from_utf8_lossy(&left.stderr);
        assert_eq!(left.status.code(), Some(0), "{words:?}: {why}");
        assert!(!why.contains("standard output"), "{words:?}: {why}");
    }
}

#[test]
fn without_a_daemon_or_a_configuration_it_says_which_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    for words in [&["list"][..], &["show", "OW-2222-2"], &["leave", "ana"], &["run"]] {
        let said = owed(folder.path(), words);
        assert_eq!(said.code, 4, "{words:?}");
        assert!(said.err.contains("--config FILE"), "{}", said.err);
    }
    // A demo's daemon may be asked; nobody's own is run with its configuration.
    fs::create_dir(folder.path().join("owed-demo")).unwrap();
    fs::copy(archive().join("owed.toml"), folder.path().join("owed-demo/owed.toml")).unwrap();
    assert_eq!(owed(folder.path(), &["list"]).code, 3);
    assert_eq!(owed(folder.path(), &["run"]).code, 4);
    fs::copy(archive().join("owed.toml"), folder.path().join("owed.toml")).unwrap();
    let dismiss = ["dismiss", "OW-2222-2", "--reason", "spam"];
    let log = ["log", "OW-2222-2", "--answered-by", "ana"];
    for words in [&["list"][..], &["show", "OW-2222-2"], &["leave", "ana"], &dismiss, &log] {
        let said = owed(folder.path(), words);
        assert_eq!(said.code, 3, "{words:?}");
        assert!(said.err.contains("is it running?"), "{}", said.err);
        assert_eq!(said.out, "");
    }
}

#[test]
fn examples_are_fine_and_faults_are_shown_with_their_line() {
    let examples = ["config/quickstart.toml", "config/owed.example.toml", "config/demo.toml"];
    let said = owed(top(), &[&["check"][..], &examples].concat());
    assert_eq!(said.code, 0, "{}", said.out);
    for example in examples {
        assert!(said.out.contains(&format!("{example}: fine.")), "{}", said.out);
    }

    let said = owed(top(), &["check", "config/quickstart.toml", "tests/it/config/bad/rota.toml"]);
    assert_eq!(said.code, 4, "one of them is not");
    assert!(said.out.contains("tests/it/config/bad/rota.toml:"), "{}", said.out);
    assert_eq!(owed(top(), &["check", "nowhere.toml"]).code, 4);
}

#[test]
fn a_calendar_file_may_be_missing_where_one_checks_but_not_where_one_runs() {
    let folder = tempfile::tempdir().unwrap();
    let example = fs::read_to_string(top().join("config/owed.example.toml")).unwrap();
    fs::write(folder.path().join("owed.toml"), example).unwrap();
    let said = owed(folder.path(), &["check", "owed.toml"]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("there is no file \"holidays-pt.ics\""), "{}", said.out);
    let said = owed(folder.path(), &["run"]);
    assert_eq!(said.code, 4, "{}", said.err);
    assert!(said.err.contains("there is no file \"ana-away.ics\""), "{}", said.err);

    for name in ["holidays-pt.ics", "ana-away.ics"] {
        fs::copy(top().join("tests/it/due").join(name), folder.path().join(name)).unwrap();
    }
    let said = owed(folder.path(), &["check", "owed.toml"]);
    assert!(said.code == 0 && !said.out.contains(".ics"), "{}", said.out);

    fs::remove_file(folder.path().join("ana-away.ics")).unwrap();
    fs::create_dir(folder.path().join("ana-away.ics")).unwrap();
    let said = owed(folder.path(), &["check", "owed.toml"]);
    assert_eq!(said.code, 4, "{}", said.out);
    assert!(
        said.out.contains("\"ana-away.ics\" cannot be read: it is no plain file"),
        "{}",
        said.out
    );
}

#[test]
fn explain_tells_programs_what_each_mail_is_and_why() {
    let said = owed(&archive(), &["explain", "--json", "--config", "owed.toml", "mails"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let told = said.json();
    let fields = told.iter().map(|mail| {
        ["direction", "kind", "reply_owed", "for_us"].map(|field| mail[field].to_string())
    });
    let fields: Vec<String> = fields.map(|fields| fields.join(" ").replace('"', "")).collect();
    let expected = [
        "inbound human true to",
        "outbound human false other",
        "inbound bulk false to",
        "inbound human true to",
        "inbound human true to",
        "outbound human false other",
        "inbound human true to",
        "outbound auto-reply false other",
        "inbound human false to",
        "inbound notification false to",
        "inbound human true to",
        "outbound human false other",
        "inbound thanks false to",
        "inbound human true to",
    ];
    assert_eq!(fields, expected);
    let keys: Vec<&String> = told[0].as_object().unwrap().keys().collect();
    let promised = [
        "asks",
        "chase",
        "complaint",
        "direction",
        "file",
        "for_us",
        "kind",
        "language",
        "message_id",
        "promises",
        "reason",
        "relayed",
        "reply_owed",
        "settled",
        "thread",
        "visible_text",
    ];
    assert_eq!(keys, promised);
    assert_eq!(told[0]["file"], "mails/01_jo_asks_ana.eml");
    assert!(told.iter().all(|mail| !mail["reason"].as_str().unwrap().is_empty()));
}

#[test]
fn explain_tells_people_a_short_story_of_each_mail() {
    for folder in [archive(), top().join("tests/it/explained")] {
        let said = owed(&folder, &["explain", "--config", "owed.toml", "mails"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let expected = folder.join("stories.txt");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &said.out).unwrap();
        }
        assert_eq!(said.out, fs::read_to_string(expected).unwrap(), "see UPDATE_EXPECTED");
    }
}

#[test]
fn explain_ends_with_1_where_a_mail_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty.eml"), "").unwrap();
    let said = owed(folder.path(), &["explain", "empty.eml"]);
    let story = "empty.eml\n  This is no mail that can be read: the message is empty.\n\n";
    assert_eq!((said.code, said.out.as_str()), (1, story));
    assert_eq!(owed(folder.path(), &["explain", "nowhere.eml"]).code, 1);
}

#[test]
fn a_rehearsal_tells_programs_every_event_whatever_form_the_archive_has() {
    let expected = archive().join("events.jsonl");
    let folder = other_forms();
    let [single, maildir, mbox] =
        [archive().join("mails"), folder.path().join("Maildir"), folder.path().join("mbox")]
            .map(|mail| events(&mail));
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&expected, &single).unwrap();
    }
    assert_eq!(single, fs::read_to_string(expected).unwrap(), "see UPDATE_EXPECTED");
    assert_eq!(maildir, single, "as a Maildir with a Sent folder");
    assert_eq!(mbox, single, "as an mbox file");
}

#[test]
fn the_events_are_those_of_the_story() {
    let events = events(&archive().join("mails"));
    let events: Vec<Value> = events.lines().map(|e| serde_json::from_str(e).unwrap()).collect();
    let fields = ["at", "case", "due", "event", "message_id", "owner", "reason", "rule", "to"];
    for event in &events {
        let keys: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(keys, fields);
        assert!(event["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{event}");
    }
    let about = |mail: &str| -> String {
        let first = events.iter().find(|event| event["message_id"] == mail).unwrap();
        let mine = events.iter().filter(|event| event["case"] == first["case"]);
        let names = mine.map(|event| event["event"].as_str().unwrap());
        names.filter(|name| *name != "received").collect::<Vec<_>>().join(" ")
    };
    let stories = [
        ("tap.1@customer.example", "owed answered ignored"),
        ("roof.1@customer.example", "owed reminded escalated chased escalated answered"),
        ("boiler.1@weaver.example", "owed ignored reminded escalated settled"),
        ("scaffold.1@customer.example", "owed reminded answered"),
        ("doors.1@reed.example", "owed reminded escalated escalated escalated escalated escalated"),
    ];
    for (mail, story) in stories {
        assert_eq!(about(mail), story, "{mail}");
    }
}

#[test]
fn a_rehearsal_tells_people_who_would_have_been_told_when() {
    let said = owed(&archive(), &["rehearse", "--mail", "mails"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let days = ["Monday 2 March 2026", "Tuesday 3 March 2026", "Tuesday 10 March 2026"];
    let lines: [&[&str]; 6] = [
        &["owed", "Ana Ruiz", "everyone"],
        &["answered", "Ben Ode", "after it was due"],
        &["reminded", "ben@brook.example"],
        &["escalated", "marta@brook.example"],
        &["asked again once"],
        &["filed", "it only thanks"],
    ];
    for day in days {
        assert!(said.out.contains(day), "{day:?} is not in:\n{}", said.out);
    }
    for words in lines {
        let line = said.out.lines().find(|line| words.iter().all(|word| line.contains(word)));
        assert!(line.is_some(), "no line says {words:?}:\n{}", said.out);
    }
}

#[test]
fn a_rehearsal_of_what_cannot_be_read_says_so_and_ends_with_1() {
    let said = owed(&archive(), &["rehearse", "--mail", "mails", "nowhere"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("nowhere"), "{}", said.err);
    assert!(said.out.contains("escalated"), "the rest is played all the same: {}", said.out);
}

#[test]
fn a_rehearsal_of_nothing_says_so_and_ends_with_1() {
    let empty = tempfile::tempdir().unwrap();
    let said = owed(&archive(), &["rehearse", "--mail", empty.path().to_str().unwrap()]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("there is no mail"), "{}", said.err);
}

#[test]
fn the_demo_writes_its_letters_and_ends_well_when_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Running::start(folder.path(), &["demo", "--once"]);
    demo.wait_for("owed list");
    assert_eq!(owed(folder.path(), &["list"]).code, 0, "as the demo says");
    demo.wait_for("reminded");
    let letter = patiently(|| {
        let mut letters = fs::read_dir(folder.path().join("owed-demo/outbox")).ok()?.flatten();
        fs::read(letters.find(|file| file.path().extension().is_some_and(|e| e == "eml"))?.path())
            .ok()
    });
    let letter = letter.unwrap();
    let letter = MessageParser::default().parse(&letter).unwrap();
    assert!(letter.subject().unwrap().contains("is waiting"), "{letter:?}");

    let (code, said) = demo.end("INT");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Good bye"), "{said}");
    assert_eq!(owed(folder.path(), &["list"]).code, 3, "nobody is there any more");
}

#[test]
fn the_demo_leaves_a_folder_alone_that_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("owed-demo/letters.txt");
    fs::create_dir(kept.parent().unwrap()).unwrap();
    fs::write(&kept, "mine").unwrap();
    let said = owed(folder.path(), &["demo", "--once"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("--folder"), "{}", said.err);
    assert_eq!(fs::read_to_string(kept).unwrap(), "mine");
}

fn events(mail: &Path) -> String {
    let mail = mail.display().to_string();
    let said = owed(&archive(), &["rehearse", "--json", "--mail", &mail]);
    assert_eq!(said.code, 0, "{}", said.err);
    said.out
}

/// The archive once more: as a Maildir, where our own mails lie in Sent, and as
/// one mbox file.
fn other_forms() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = fs::read_dir(archive().join("mails")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let mails: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    lay_out_maildir(&folder.path().join("Maildir"), &mails);
    // A line of a mail that looks like the mark of the next is marked itself.
    let marked = mails.iter().map(|mail| mail.replace("\nFrom ", "\n>From "));
    let mbox = marked.map(|mail| format!("From somebody Mon Mar  2 09:00:00 2026\n{mail}\n"));
    fs::write(folder.path().join("mbox"), mbox.collect::<String>()).unwrap();
    folder
}

fn lay_out_maildir(maildir: &Path, mails: &[String]) {
    for part in ["cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"] {
        fs::create_dir_all(maildir.join(part)).unwrap();
    }
    for (number, mail) in mails.iter().enumerate() {
        let ours = mail.lines().any(|line| line.starts_with("From: ") && line.contains("@brook"));
        let part = if ours { ".Sent/cur" } else { "cur" };
        fs::write(maildir.join(part).join(format!("{number}.M1P1.mx:2,S")), mail).unwrap();
    }
}
