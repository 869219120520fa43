//! Who may import whom: the table of ARCHITECTURE.md, held against the code.

use regex::Regex;

use super::Complaint;
use super::source::{Source, sources};

/// A room and what it may use. `config::settings` is one file of a room.
/// Everything not listed is forbidden; a room that is not listed is unknown.
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("lib", &[]),
    (
        "cli",
        &[
            "daemon",
            "web",
            "report",
            "engine",
            "store",
            "judge",
            "mail",
            "config",
            "domain",
            "clock",
            "random",
            "log",
            "pulse",
            "intake::archive",
        ],
    ),
    (
        "daemon",
        &[
            "web", "report", "engine", "intake", "outbox", "store", "judge", "mail", "config",
            "domain", "clock", "random", "log", "pulse",
        ],
    ),
    (
        "web",
        &[
            "report", "store", "engine", "judge", "mail", "config", "domain", "clock", "random",
            "log", "pulse",
        ],
    ),
    (
        "report",
        &[
            "store", "engine", "judge", "mail", "config", "domain", "clock", "random", "log",
            "pulse",
        ],
    ),
    (
        "intake",
        &["engine", "mail", "domain", "config::settings", "clock", "random", "log", "pulse"],
    ),
    ("outbox", &["store", "mail", "domain", "config::settings", "clock", "random", "log", "pulse"]),
    ("engine", &["domain", "judge", "mail", "store", "clock", "random", "log", "pulse"]),
    ("store", &["domain", "clock", "random", "log", "pulse"]),
    ("judge", &["mail", "domain"]),
    ("mail", &["domain"]),
    ("config", &["mail", "domain"]),
    ("domain", &[]),
    ("clock", &[]),
    ("random", &[]),
    ("log", &[]),
    ("pulse", &[]),
];

/// Files and folders that decide and do nothing else, and what they never name.
const PURE: &[&str] = &[
    "src/domain/",
    "src/mail/",
    "src/judge/",
    "src/config/check",
    "src/config/diagnostic.rs",
    "src/config/ics",
    "src/outbox/retry.rs",
    "src/intake/lmtp/session.rs",
    "src/web/view.rs",
    "src/web/standing.rs",
    "src/web/form.rs",
];
const IMPURE: &str = concat!(
    r"\basync\b|\.await\b|\btokio::|\bsqlx::|\bstd::(?:fs|env|process|thread)\b",
    // An address is a value; what talks to it is not.
    r"|\b(?:Tcp(?:Stream|Listener)|Unix(?:Stream|Listener)|UdpSocket|ToSocketAddrs)\b",
);

#[test]
fn rooms_use_only_what_lies_below_them() {
    let complaints: Vec<_> = sources("src").iter().flat_map(forbidden).collect();
    super::report(&complaints);
}

#[test]
fn what_decides_does_nothing_else() {
    let impure = Regex::new(IMPURE).unwrap();
    let serde = Regex::new(r"\bserde(?:_json)?::").unwrap();
    let mut complaints = Vec::new();
    for source in sources("src") {
        let pure = PURE.iter().any(|place| source.path.starts_with(place));
        for (line, code) in source.production().filter(|_| pure) {
            if let Some(found) = impure.find(code) {
                let what =
                    format!("`{}` in a pure room; take a value in, give one out", found.as_str());
                complaints.push(Complaint::new(&source.path, line, what));
            }
            if source.path.starts_with("src/domain/") && serde.is_match(code) {
                let what = "serde in domain; what is stored is shaped in store".to_owned();
                complaints.push(Complaint::new(&source.path, line, what));
            }
        }
    }
    super::report(&complaints);
}

#[test]
fn all_sql_is_in_store() {
    let statement = Regex::new(concat!(
        r"(?s)\bSELECT\b.*\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.*\bSET\b|\bDELETE FROM\b",
        r"|\bCREATE (?:UNIQUE )?(?:TABLE|INDEX)\b|\bALTER TABLE\b|\bDROP TABLE\b|\bPRAGMA\b",
    ));
    let statement = statement.unwrap();
    let mut complaints = Vec::new();
    for source in sources("src").iter().filter(|source| source.room() != Some("store")) {
        let end = source.production_lines();
        let strings =
            source.strings.iter().filter(|(line, text)| *line <= end && statement.is_match(text));
        let drivers = source.production().filter(|(_, code)| code.contains("sqlx::"));
        for line in strings.map(|(line, _)| *line).chain(drivers.map(|(line, _)| line)) {
            let what = "SQL outside store; make it a function of src/store".to_owned();
            complaints.push(Complaint::new(&source.path, line, what));
        }
    }
    super::report(&complaints);
}

fn forbidden(source: &Source) -> Vec<Complaint> {
    let room = source.room().unwrap_or_default();
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == room) else {
        let what =
            format!("the room `{room}` is in no table; add it to {} with its arrows", file!());
        return vec![Complaint::new(&source.path, 1, what)];
    };
    let mut complaints = Vec::new();
    for (line, used) in uses(source) {
        let inside = used == room || used.starts_with(&format!("{room}::"));
        let below = allowed.iter().any(|may| used == *may || used.starts_with(&format!("{may}::")));
        if !inside && !below {
            let what = format!("`{room}` may not use `{used}`; it may use {}", allowed.join(", "));
            complaints.push(Complaint::new(&source.path, line, what));
        }
    }
    complaints
}

/// The places of our own that production code names: `mail::parse`, with the
/// line. `super` is followed only to see that it does not leave its room.
fn uses(source: &Source) -> Vec<(usize, String)> {
    // Only the program sees the library by its name; elsewhere that is a file's.
    let ours = if source.path == "src/main.rs" { "owed" } else { "crate" };
    let path = Regex::new(&format!(r"\b{ours}::(?:\{{|(\w+)(?:::(\w+))?)")).unwrap();
    let code: String = source.production().flat_map(|(_, line)| [line, "\n"]).collect();
    let mut found = Vec::new();
    for named in path.captures_iter(&code) {
        let whole = named.get(0).unwrap();
        let line = super::source::line_of(&code, whole.start());
        match (named.get(1), named.get(2)) {
            (Some(room), Some(file)) => {
                found.push((line, format!("{}::{}", room.as_str(), file.as_str())));
            }
            (Some(room), None) => found.push((line, room.as_str().to_owned())),
            _ => found.extend(grouped(&code[whole.end()..]).map(|room| (line, room))),
        }
    }
    let supers = if source.path.ends_with("/mod.rs") { 1 } else { 2 };
    let depth = source.path.matches('/').count() - 1;
    let up = "super::".repeat((supers + depth).saturating_sub(1).max(1));
    let escapes = source.production().filter(|(_, line)| depth > 0 && line.contains(&up));
    found.extend(
        escapes.map(|(line, _)| (line, format!("{up} (write crate:: when leaving a room)"))),
    );
    found
}

/// The first names in the group that a `crate::{` opens.
fn grouped(code: &str) -> impl Iterator<Item = String> {
    let mut depth = 0_usize;
    let mut flat = String::new();
    for c in code.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => flat.push(c),
            _ => {}
        }
    }
    let paths: Vec<String> = flat.split(',').map(|path| path.trim().to_owned()).collect();
    paths.into_iter().filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complained(path: &str, text: &str) -> Vec<String> {
        forbidden(&Source::new(path, text)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn arrows_down_are_fine() {
        let down = "use crate::domain::ids::Address;\nuse crate::config::settings::Smtp;\n";
        assert_eq!(complained("src/outbox/smtp.rs", down), Vec::<String>::new());
        let within = "use super::owed::{most, least};\nuse crate::mail::letter;\n";
        assert_eq!(complained("src/mail/thread.rs", within), Vec::<String>::new());
        let below = "use super::super::Way;\nuse super::session::Session;\n";
        assert_eq!(complained("src/intake/lmtp/listener.rs", below), Vec::<String>::new());
    }

    #[test]
    fn arrows_up_and_sideways_are_complained_of() {
        let up = "//! Head.\n\nfn f() -> crate::store::Store {}\n";
        assert_eq!(
            complained("src/domain/case.rs", up),
            ["src/domain/case.rs:3: `domain` may not use `store::Store`; it may use "]
        );
        let grouped = "use crate::{domain::ids, web::{view, api}, mail};\n";
        assert_eq!(complained("src/engine/tick.rs", grouped).len(), 1);
        assert_eq!(complained("src/outbox/lease.rs", "use crate::config::raw::File;\n").len(), 1);
        assert_eq!(complained("src/mail/mod.rs", "use super::store::Store;\n").len(), 1);
        assert_eq!(complained("src/mail/parse.rs", "use super::super::store::Store;\n").len(), 1);
        assert_eq!(complained("src/nowhere/mod.rs", "").len(), 1);
    }

    #[test]
    fn prose_and_tests_are_free() {
        let free =
            "//! See [`crate::web`].\n#[cfg(test)]\nmod tests {\n    use crate::store::X;\n}\n";
        assert_eq!(complained("src/domain/case.rs", free), Vec::<String>::new());
    }
}
