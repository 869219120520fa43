//! Real mail, where a collection of it lies beside the repository: how often
//! the judgement is right. Nothing of that mail is kept or quoted here.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use owed::judge::verdict::{Kind, Known, Relay, Verdict, judge};
use owed::mail::parse::parse;
use owed::mail::visible::{visible, visible_text};

fn corpus() -> Option<PathBuf> {
    let home = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found = home.ancestors().map(|dir| dir.join("shared/corpus")).find(|dir| dir.is_dir());
    if found.is_none() {
        // Past the harness, which keeps the words of tests that pass to itself.
        let left_out = "left out: measuring on real mail; there is no ../shared/corpus";
        let _ = writeln!(std::io::stderr(), "{left_out}");
    }
    found
}

/// The rows of a table, each by its column names.
fn rows(path: &std::path::Path) -> Vec<BTreeMap<String, String>> {
    let table = std::fs::read_to_string(path).unwrap();
    let mut lines = table.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        names.iter().zip(line.split('\t')).map(|(n, v)| ((*n).into(), v.into())).collect()
    };
    lines.map(row).collect()
}

#[derive(Default)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn percent(&self) -> f64 {
        100.0 * f64::from(self.right) / f64::from(self.all.max(1))
    }
}

/// Whether a verdict is what the collection's label asks for.
fn is_right(group: &str, verdict: &Verdict) -> bool {
    let human = matches!(verdict.kind, Kind::Human | Kind::Thanks);
    match group {
        "auto-reply" => verdict.kind == Kind::AutoReply,
        "bounce" => verdict.kind == Kind::Bounce,
        "calendar" => verdict.kind == Kind::Calendar,
        "notification" | "hard-ham" => !human,
        "reply on a list" => human && verdict.relayed == Some(Relay::List),
        "spam" | "list post" | "malformed" => true,
        _ => human,
    }
}

fn group(row: &BTreeMap<String, String>) -> String {
    let notes = &row["notes"];
    let kind = row["kind"].as_str();
    match kind {
        "newsletter/list" if notes.contains("human reply") => "reply on a list".into(),
        "newsletter/list" if notes.contains("list post") => "list post".into(),
        "newsletter/list" if notes.contains("hard-ham") => "hard-ham".into(),
        "newsletter/list" => "newsletter, other".into(),
        "other" if notes == "spam" => "spam".into(),
        "other" if row["label_basis"].contains("parser fixture") => "parser fixture".into(),
        _ => kind.into(),
    }
}

#[test]
fn real_mail_is_judged_no_worse_than_measured_before() {
    let Some(corpus) = corpus() else { return };
    let mut shares: BTreeMap<String, Share> = BTreeMap::new();
    let mut kinds: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in rows(&corpus.join("manifest.tsv")) {
        let raw = std::fs::read(corpus.join(&row["path"])).unwrap();
        let Ok(message) = parse(&raw) else {
            println!("unread: {}", row["path"]);
            continue;
        };
        let verdict = judge(&message, None, &[], Known::default());
        let group = group(&row);
        let right = is_right(&group, &verdict);
        if !right && std::env::args().any(|arg| arg == "--show-output") {
            println!("{group}: {} is {:?}: {}", row["path"], verdict.kind, verdict.reason);
        }
        *kinds.entry((group.clone(), format!("{:?}", verdict.kind))).or_default() += 1;
        let share = shares.entry(group).or_default();
        share.all += 1;
        share.right += u32::from(right);
    }
    for (group, share) in &shares {
        println!("{group:20} {:5}/{:5} {:5.1} %", share.right, share.all, share.percent());
    }
    println!("{kinds:?}");
    let floors = FLOORS.iter().map(|(group, floor)| (group, shares[*group].percent(), *floor));
    for (group, percent, floor) in floors {
        assert!(percent >= floor, "{group}: {percent:.1} % is below {floor} %");
    }
}

/// A little below what was measured, so that only a real loss is told.
const FLOORS: [(&str, f64); 7] = [
    ("auto-reply", 99.0),
    ("bounce", 97.0),
    ("notification", 98.0),
    ("reply on a list", 99.5),
    ("thread-reply", 99.5),
    ("other", 95.0),
    ("hard-ham", 65.0),
];

#[test]
fn real_quotations_are_cut_no_worse_than_measured_before() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("quoted");
    let mut shares: BTreeMap<String, Share> = BTreeMap::new();
    for row in rows(&folder.join("manifest.tsv")) {
        if row["expected"].is_empty() || row["set"] == "talon-signature" {
            continue;
        }
        let raw = std::fs::read(folder.join(&row["input"])).unwrap();
        let text = String::from_utf8_lossy(&raw);
        let expected = std::fs::read_to_string(folder.join(&row["expected"])).unwrap();
        let is = |extension: &str| row["input"].ends_with(extension);
        let got = if is(".eml") {
            visible(&parse(&raw).unwrap())
        } else if is(".html") {
            let mail = format!("Content-Type: text/html; charset=utf-8\n\n{text}");
            visible(&parse(mail.as_bytes()).unwrap())
        } else {
            visible_text(&text)
        };
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let right = squeezed(&got) == squeezed(&expected);
        if !right && std::env::args().any(|arg| arg == "--show-output") {
            println!("=== {}\n--- got\n{got}\n--- expected\n{expected}", row["input"]);
        }
        let share = shares.entry(row["set"].clone()).or_default();
        share.all += 1;
        share.right += u32::from(right);
    }
    for (set, share) in &shares {
        println!("{set:20} {:3}/{:3}", share.right, share.all);
    }
    let right: u32 = shares.values().map(|share| share.right).sum();
    let all: u32 = shares.values().map(|share| share.all).sum();
    println!("{:20} {right:3}/{all:3}", "together");
    assert!(right >= 72, "only {right} of {all} are cut as expected");
}
