//! The configuration: what is taken, what is refused, and in which words.
//!
//! Each `config/bad/NAME.toml` has beside it `NAME.expected`, the letters that
//! an operator gets for it. With `UPDATE_EXPECTED=1` in the environment these
//! are written anew; then read them as somebody tired would.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use owed::config::diagnostic::{Diagnostic, render};
use owed::config::settings::{Deliver, Mode, Secret, Tls, Vouched};
use owed::config::{Beside, Loaded, MOST_BYTES, load, load_beside};
use owed::domain::calendar::{Allowance, Calendar, Days, Interval, NoOpenHour, SEARCH_DAYS};
use owed::domain::ids::{Address, PersonId};
use owed::domain::ladder::{Offset, Tell};
use owed::domain::rota::Superior;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(here(folder)).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}

fn load_file(path: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
    let text = fs::read_to_string(path).expect("the file can be read");
    load_beside(name, &text, Beside { folder: Path::new("/etc/owed"), read: &file, list: &entries })
}

/// What lies beside the configurations that are tried.
fn file(path: &Path) -> io::Result<Vec<u8>> {
    let name = path.strip_prefix("/etc/owed").expect("it is seen from the folder");
    match name.to_str().expect("a plain name") {
        "huge.ics" => Ok(vec![b'x'; MOST_BYTES + 1]),
        "locked.ics" => Err(io::ErrorKind::PermissionDenied.into()),
        name => fs::read(here("tests/it/config/bad").join(name)),
    }
}

fn entries(path: &Path) -> io::Result<Vec<String>> {
    let name = path.strip_prefix("/etc/owed").expect("it is seen from the folder");
    let entries = fs::read_dir(here("tests/it/config/bad").join(name))?;
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    Ok(names)
}

fn sound(text: &str) -> Loaded {
    let told = load("owed.toml", text, Path::new("/etc/owed"));
    told.map_err(|letters| render(&letters, false)).expect("a sound file")
}

fn codes(text: &str) -> Vec<&'static str> {
    let told = match load("owed.toml", text, Path::new("/etc/owed")) {
        Ok(loaded) => loaded.warnings,
        Err(told) => told,
    };
    told.iter().map(|letter| letter.code).collect()
}

fn design() -> Loaded {
    sound(include_str!("config/design.toml"))
}

/// The smallest configuration that is fine, with `more` after it.
fn small(more: &str) -> String {
    include_str!("config/small.toml").to_owned() + more
}

#[test]
fn every_bad_file_gets_the_letters_beside_it() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let files = files("tests/it/config/bad");
    assert!(files.len() >= 30, "only {} bad files", files.len());
    let mut differ = Vec::new();
    for file in files {
        let told = match load_file(&file) {
            Err(letters) => render(&letters, false),
            Ok(loaded) => {
                format!("taken, with these warnings:\n\n{}", render(&loaded.warnings, false))
            }
        };
        let expected = file.with_extension("expected");
        if update {
            fs::write(&expected, &told).unwrap();
        } else if fs::read_to_string(&expected).ok().as_ref() != Some(&told) {
            differ.push(format!("{}\n{told}", file.display()));
        }
    }
    assert!(differ.is_empty(), "these letters differ:\n{}", differ.join("\n"));
}

#[test]
fn every_file_that_is_shipped_is_taken() {
    let files = files("config");
    assert!(!files.is_empty());
    for file in files {
        if let Err(letters) = load_file(&file) {
            panic!("{}", render(&letters, false));
        }
    }
}

#[test]
fn the_quickstart_has_nothing_to_warn_of() {
    let loaded = load_file(&here("config/quickstart.toml")).unwrap();
    assert_eq!(render(&loaded.warnings, false), "");
}

#[test]
fn the_example_and_the_design_mean_the_same() {
    let (design, example) = (design(), load_file(&here("config/owed.example.toml")).unwrap());
    assert_eq!(format!("{:?}", design.policy), format!("{:?}", example.policy));
    assert_eq!(format!("{:?}", design.settings), format!("{:?}", example.settings));
}

#[test]
fn the_design_warns_of_what_comes_later_and_of_files_that_are_not_there() {
    let codes: Vec<&str> = design().warnings.iter().map(|letter| letter.code).collect();
    assert_eq!(codes, ["W-file", "W-file", "W-later"]);
}

#[test]
fn the_design_becomes_this_policy() {
    let policy = design().policy;
    assert_eq!(policy.roster.people.len(), 3);
    assert_eq!(policy.roster.mailboxes.len(), 1);
    assert_eq!(policy.roster.last_resort, Address::parse("owner@brook.example"));
    let ana = &policy.roster.people[&PersonId::new("017")];
    assert_eq!(ana.short.as_deref(), Some("ana"));
    assert_eq!(ana.supervisor, Some(Superior::Person(PersonId::new("004"))));
    assert_eq!(ana.deputy, Some(PersonId::new("021")));
    assert_eq!(ana.absences, [Days { first: date(2026, 8, 3), last: date(2026, 8, 21) }]);
    let names: Vec<&str> = policy.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["colleagues", "complaints", "everyone"]);
    let complaints = &policy.rules[1];
    assert_eq!(complaints.reply_within, Some(Allowance::Working(SignedDuration::from_hours(2))));
    assert!(complaints.when.text.as_ref().unwrap().is_match("this is Unacceptable"));
    assert_eq!(policy.rules[2].close_after_quiet, Some(Allowance::WorkingDays(5)));
    assert_eq!(policy.rules[2].cutoff, SignedDuration::from_mins(30));
    let standard = &policy.ladders["standard"];
    let offsets: Vec<(Offset, Tell)> = standard.rungs.iter().map(|r| (r.offset, r.tell)).collect();
    let working = |minutes| Allowance::Working(SignedDuration::from_mins(minutes));
    assert_eq!(
        offsets,
        [
            (Offset::Before(working(45)), Tell::Owner),
            (Offset::After(working(0)), Tell::Above(1)),
            (Offset::After(working(240)), Tell::Above(2)),
        ]
    );
}

#[test]
fn enforcement_begins_at_midnight_on_the_organisations_clocks() {
    let lisbon = TimeZone::get("Europe/Lisbon").unwrap();
    let midnight = lisbon.to_timestamp(date(2026, 3, 1).at(0, 0, 0, 0)).unwrap();
    assert_eq!(design().policy.enforce_from, Some(midnight));
    let tokyo =
        small("[daemon]\nenforce_from = \"2026-03-01\"\n").replace("Europe/Lisbon", "Asia/Tokyo");
    let midnight: Timestamp = "2026-02-28T15:00:00Z".parse().unwrap();
    assert_eq!(sound(&tokyo).policy.enforce_from, Some(midnight));
}

#[test]
#[cfg(feature = "dkim")]
fn signatures_are_checked_where_no_mail_server_says_what_it_found_or_where_it_is_said() {
    let small = include_str!("config/small.toml");
    let server = "authserv_id = \"mx.brook.example\"\n";
    assert!(small.contains(server));
    let checks = |line: &str| {
        let text = small.replace(server, line);
        load("owed.toml", &text, Path::new("/")).unwrap().settings.dkim
    };
    assert!(!checks(server));
    assert!(checks("authserv_id = []\n"));
    assert!(checks(&format!("{server}dkim = true\n")));
    assert!(!checks("dkim = false\n"));
}

#[test]
fn the_design_becomes_these_settings() {
    let settings = design().settings;
    assert_eq!(settings.mode, Mode::Live);
    assert_eq!(settings.store, std::path::Path::new("/etc/owed/owed.db"));
    assert_eq!(settings.socket, Path::new("/etc/owed/owed.sock"));
    assert_eq!(settings.authserv_ids, ["mx.brook.example"]);
    assert_eq!(settings.max_message, 25 * 1024 * 1024);
    let imap = &settings.imap[0];
    assert_eq!((imap.port, imap.tls), (993, Tls::Implicit));
    assert_eq!(imap.password, Secret::Credential("imap-help".into()));
    assert_eq!(imap.owner, Address::parse("help@brook.example"));
    let Deliver::Smtp(smtp) = settings.deliver else { panic!("{:?}", settings.deliver) };
    assert_eq!((smtp.port, smtp.tls), (465, Tls::Implicit));
    assert_eq!(smtp.login, Some(("owed".into(), Secret::Credential("smtp".into()))));
    assert_eq!(settings.maildir.unwrap().vouched, Vouched::AuthenticationResults);
}

#[test]
fn paths_are_seen_from_the_folder_of_the_file() {
    let loaded = sound(&small("[store]\nurl = \"sqlite:state/owed.db\"\n"));
    assert_eq!(loaded.settings.store, std::path::Path::new("/etc/owed/state/owed.db"));
    assert_eq!(loaded.settings.socket, Path::new("/etc/owed/state/owed.sock"));
    let Deliver::Folder(folder) = loaded.settings.deliver else { panic!("not a folder") };
    assert_eq!(folder.path, Path::new("/etc/owed/outbox"));
    assert_eq!(Some(folder.from), Address::parse("owed@brook.example"));
    let absolute = sound(&small("[store]\nurl = \"sqlite:/var/lib/owed/owed.db\"\n"));
    assert_eq!(absolute.settings.store, std::path::Path::new("/var/lib/owed/owed.db"));
    assert_eq!(absolute.settings.socket, Path::new("/var/lib/owed/owed.sock"));
}

#[test]
fn a_persons_clocks_are_their_own_then_the_calendars_then_the_organisations() {
    let zone = |text: &str| {
        let loaded = sound(text);
        let person = loaded.policy.roster.people.values().next().unwrap().clone();
        person.calendar.zone().iana_name().unwrap().to_owned()
    };
    let plain = small("");
    assert_eq!(zone(&plain), "Europe/Lisbon");
    let calendar = plain.replace("mon-fri", "time_zone = \"Asia/Tokyo\"\nmon-fri");
    assert_eq!(zone(&calendar), "Asia/Tokyo");
    let person = calendar.replace("\nid =", "\ntime_zone = \"America/Lima\"\nid =");
    assert_eq!(zone(&person), "America/Lima");
}

#[test]
fn extra_days_open_a_holiday() {
    let text = small("").replace(
        "mon-fri",
        "holidays = [\"2026-12-19..2026-12-20\", \"2026-12-21\"]\n\
         extra = { \"2026-12-19\" = [\"09:00-12:00\"] }\nmon-fri",
    );
    let loaded = sound(&text);
    let calendar = &loaded.policy.roster.people.values().next().unwrap().calendar;
    assert!(calendar.works_on(date(2026, 12, 19)));
    assert!(!calendar.works_on(date(2026, 12, 21)));
    assert!(calendar.works_on(date(2026, 12, 22)));
}

#[test]
fn a_file_that_is_not_there_may_be_checked_without_but_not_run() {
    let (fine, missing) = (sound(&small("")), design());
    assert!(fine.with_every_file().is_ok());
    let told = missing.with_every_file().unwrap_err();
    let told: Vec<_> = told.iter().map(|letter| (letter.code, letter.is_error())).collect();
    assert_eq!(told, [("W-file", true), ("W-file", true), ("W-later", false)]);
}

#[test]
fn lmtp_listens_on_a_port_or_at_a_path() {
    for place in ["127.0.0.1:2424", "localhost:2424", "[::1]:2424", "unix:/run/owed/lmtp"] {
        let text = small("").replace("127.0.0.1:2424", place);
        assert_eq!(sound(&text).settings.lmtp.expect("it is there").listen.as_deref(), Some(place));
    }
    for place in ["2424", "unix:lmtp", "unix:", "mx.brook.example:2424"] {
        assert_eq!(codes(&small("").replace("127.0.0.1:2424", place)), ["E-value"], "{place}");
    }
}

#[test]
fn one_text_may_stand_for_a_list() {
    let rule = "[[rule]]\nname = \"suppliers\"\nbefore_leaving = true\n\
                when = { internal = true, from_domain = \"Parts.Example\", \
                to = [\"ana@brook.example\"] }\n";
    let loaded = sound(&small(rule));
    assert_eq!(loaded.policy.rules[1].when.from_domain, ["parts.example"]);
    assert_eq!(loaded.policy.rules[1].when.to, [Address::parse("ana@brook.example").unwrap()]);
}

#[test]
fn five_and_six_fields_are_a_schedule() {
    for cron in ["30 8 * * Mon-Fri", "0 30 8 * * Mon-Fri", "*/5 * * * *"] {
        let text = small(&format!("[schedule]\nsupervisor_digest = \"{cron}\"\n"));
        let schedules = sound(&text).policy.schedules;
        assert!(schedules.len() == 1 && codes(&text).is_empty(), "{cron}");
    }
}

#[test]
fn a_password_is_never_repeated_wherever_its_line_is_shown() {
    let imap = |rest: &str| {
        small(&format!("[[intake.imap]]\nhost = \"h.example\"\nuser = \"u\"\n{rest}\n"))
    };
    for rest in [
        "password = \"hunter2\"",
        "password = 'hunter2'",
        "password = \"hunter2",
        "password = hunter2",
        "password = \"\"\"\nhunter2\"\"\"",
        "pasword = \"hunter2\"",
        "passwd = \"hunter2\"",
        "password = [\"hunter2\"]",
        "password = { secret = \"hunter2\" }",
        "password = \"env:hunter2 x\" x",
        "password = \"credential:\" # hunter2",
    ] {
        let told = load("owed.toml", &imap(rest), Path::new("")).unwrap_err();
        let text = render(&told, false);
        let harmless = rest.contains("env:") || rest.contains("credential:");
        assert!(harmless || !text.contains("hunter2"), "{rest}\n{text}");
        assert!(!format!("{told:?}").contains("hunter2") || harmless, "{rest}\n{told:?}");
    }
}

#[test]
fn letters_are_plain_unless_colour_is_asked_for() {
    let told = load("owed.toml", "[organisation", Path::new("")).unwrap_err();
    assert!(!render(&told, false).contains('\u{1b}'));
    assert!(render(&told, true).contains('\u{1b}'));
}

#[test]
fn no_text_whatever_makes_the_check_fall_over() {
    let whole = include_str!("config/design.toml");
    for (at, _) in whole.char_indices() {
        let _ = load("cut.toml", &whole[..at], Path::new(""));
        let without: String = whole[..at].chars().chain(whole[at..].chars().skip(1)).collect();
        if at % 7 == 0 {
            let _ = load("without.toml", &without, Path::new(""));
        }
    }
    for odd in ["", "\u{feff}", "\u{0}", "=", "[", "[[", "person", "person = 1", "é = \"é", "\r"]
    {
        assert!(load("odd.toml", odd, Path::new("")).is_err(), "{odd:?}");
    }
}

#[test]
fn check_says_fine_or_writes_the_letters() {
    let said = |file: &str| {
        let mut out = Vec::new();
        let fine = owed::cli::check::check(&[here(file)], &mut out).unwrap();
        (fine, String::from_utf8(out).unwrap())
    };
    let (fine, text) = said("config/quickstart.toml");
    assert!(
        fine && text.ends_with("quickstart.toml: fine. 2 people, 1 mailbox, 1 rule.\n"),
        "{text}"
    );
    let (fine, text) = said("config/owed.example.toml");
    assert!(fine && text.contains("warning[W-later]"), "{text}");
    assert!(text.ends_with("fine. 3 people, 1 mailbox, 3 rules. 3 warnings above.\n"), "{text}");
    let (fine, text) = said("tests/it/config/bad/loop.toml");
    assert!(!fine && text.contains("error[E-loop]") && text.ends_with("1 error.\n"), "{text}");
    let (fine, text) = said("config/there-is-none.toml");
    assert!(!fine && text.contains("could not be read"), "{text}");
}

fn hours() -> [Vec<Interval>; 7] {
    std::array::from_fn(|_| vec![Interval { start: 540, end: 1020 }])
}

fn closed(first: jiff::civil::Date, days: usize) -> Days {
    let later = jiff::Span::new().days(i64::try_from(days).expect("a small number") - 1);
    Days { first, last: first.checked_add(later).expect("in range") }
}

#[test]
fn a_calendar_may_be_closed_for_399_days_but_not_for_400() {
    let calendar = |days: Vec<Days>| Calendar::new(TimeZone::UTC, hours(), days).map(|_| ());
    let first = date(2026, 1, 1);
    assert_eq!(calendar(vec![closed(first, SEARCH_DAYS - 1)]), Ok(()));
    assert_eq!(calendar(vec![closed(first, SEARCH_DAYS)]), Err(NoOpenHour));
    let (a, b) = (closed(first, 200), closed(date(2026, 7, 20), 200));
    assert_eq!(b.first, a.last.tomorrow().unwrap());
    assert_eq!(calendar(vec![a, b]), Err(NoOpenHour));
    assert_eq!(calendar(vec![b, a]), Err(NoOpenHour));
    let apart = Days { first: b.first.tomorrow().unwrap(), last: b.last };
    assert_eq!(calendar(vec![a, apart]), Ok(()));
}

#[test]
fn a_calendar_without_hours_is_refused() {
    let never: [Vec<Interval>; 7] = Default::default();
    assert_eq!(Calendar::new(TimeZone::UTC, never, Vec::new()).map(|_| ()), Err(NoOpenHour));
}
