//! Automatic answers as the vendors' documents describe them, and mails of people
//! that look like some: invented, one mailbox file a vendor, in
//! `tests/it/mail/automatic/`.
//!
//! The line `From ` in front of a mail has its language, and whether it has a
//! header that marks it.

use std::collections::BTreeSet;
use std::path::Path;

use owed::judge::verdict::{Kind, Known, judge};
use owed::mail::parse::{Message, parse};

/// One mail of a mailbox file.
struct Sample {
    vendor: String,
    language: String,
    marked: bool,
    message: Message,
}

fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail/automatic");
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let vendor = path.file_stem().unwrap().display().to_string();
        let text = format!("\n{}", std::fs::read_to_string(&path).unwrap());
        for mail in text.split("\nFrom ").skip(1) {
            let (line, mail) = mail.split_once('\n').unwrap();
            let (language, mark) = line.split_once('.').unwrap();
            samples.push(Sample {
                vendor: vendor.clone(),
                language: language.to_owned(),
                marked: mark == "marked",
                message: parse(mail.as_bytes()).unwrap(),
            });
        }
    }
    samples
}

/// Headers by which a program that answers mail could know an automatic answer.
fn marks(message: &Message) -> bool {
    const MARKS: [&str; 4] = ["auto-submitted", "precedence", "return-path", "list-id"];
    let mark = |name: &str| MARKS.contains(&name) || name.starts_with("x-");
    message.headers.iter().any(|(name, _)| mark(name))
}

#[test]
fn automatic_answers_of_all_vendors_are_known() {
    let samples: Vec<_> = samples().into_iter().filter(|s| s.vendor != "people").collect();
    let languages: BTreeSet<&str> = samples.iter().map(|s| s.language.as_str()).collect();
    let unmarked = samples.iter().filter(|sample| !sample.marked).count();
    assert!(samples.len() >= 60, "only {} samples", samples.len());
    assert!(unmarked * 4 >= samples.len(), "only {unmarked} without a mark");
    assert!(languages.len() >= 8, "only {languages:?}");
    let mut missed = Vec::new();
    for Sample { vendor, language, marked, message } in &samples {
        assert_eq!(marks(message), *marked, "{vendor} {language}: {}", message.subject);
        let verdict = judge(message, None, &[], Known::default());
        if verdict.kind != Kind::AutoReply {
            let taken = format!("{}: {}", verdict.kind.name(), verdict.reason);
            missed.push(format!("{vendor} {language} `{}` is {taken}", message.subject));
        }
    }
    println!("{} of {} missed: {missed:#?}", missed.len(), samples.len());
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn people_who_write_of_absences_and_robots_are_people() {
    let people = samples().into_iter().filter(|sample| sample.vendor == "people");
    let mut wrong = Vec::new();
    for Sample { message, .. } in people {
        let verdict = judge(&message, None, &[], Known::default());
        if !matches!(verdict.kind, Kind::Human | Kind::Thanks) {
            wrong.push(format!("`{}`: {}", message.subject, verdict.reason));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
