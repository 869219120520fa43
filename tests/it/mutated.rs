//! Ten thousand mails that no sane program has sent: each has a verdict with a
//! reason, or a reason why it can have none; in bounded memory.
//!
//! They are made from the fixtures by one seed, so that a bad one is found again
//! by its number.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use owed::clock::SettableClock;
use owed::config;
use owed::domain::ids::Address;
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::judge::verdict::{Known, judge};
use owed::mail::parse::parse;
use owed::mail::thread;
use owed::mail::trust::vouch;
use owed::store::{Place, Store};

const MAILS: usize = 10_000;

/// What one process may take, the largest mail of 50 MB included.
const MOST_MEMORY_KB: u64 = 512 * 1024;

/// `SplitMix64`: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `most`, or 0.
    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.roll() % most.max(1) as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.roll().to_le_bytes()[0]).collect()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let folders = [top.join("mail"), top.join("archive/mails")];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "eml"));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// One way to spoil a mail.
type Spoil = fn(&mut Vec<u8>, &mut Dice, &[Vec<u8>]);

const WAYS: &[Spoil] = &[
    |mail, dice, _| mail.truncate(dice.below(mail.len())),
    |mail, dice, _| {
        for _ in 0..=dice.below(64) {
            let at = dice.below(mail.len());
            if let Some(byte) = mail.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
    },
    |mail, dice, _| {
        let (at, count) = (dice.below(mail.len()), dice.below(200));
        let noise = dice.bytes(count);
        mail.splice(at..at, noise);
    },
    |mail, dice, _| {
        let from = dice.below(mail.len());
        let to = (from + dice.below(300)).min(mail.len());
        mail.drain(from..to);
    },
    |mail, dice, seeds| {
        let other = dice.pick(seeds).clone();
        let (at, from) = (dice.below(mail.len()), dice.below(other.len()));
        mail.splice(at.., other[from..].iter().copied());
    },
    |mail, dice, _| {
        for _ in 0..=dice.below(20) {
            mail.insert(dice.below(mail.len()), 0);
        }
    },
    |mail, dice, _| {
        let ends: [&[u8]; 5] = [b"\r", b"\n", b"\r\n", b"\r\r\n", b"\n\r"];
        let lines = mail.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
        *mail = lines.into_iter().flat_map(|l| [l, dice.pick(&ends).to_vec()].concat()).collect();
    },
    |mail, dice, _| {
        let charsets = ["klingon-8", "utf-16", "utf-7", "iso-2022-jp", "", "\"", "utf-8;utf-8"];
        let kinds = ["text/plain", "text/html", "message/rfc822", "multipart/mixed", "x", "*/*"];
        let codes = ["base64", "quoted-printable", "8bit", "x-uuencode", "7bit"];
        let head = format!(
            "Content-Type: {}; charset={}; boundary=b\r\nContent-Transfer-Encoding: {}\r\n",
            dice.pick(&kinds),
            dice.pick(&charsets),
            dice.pick(&codes)
        );
        mail.splice(0..0, head.into_bytes());
    },
    |mail, dice, _| {
        let depth = dice.below(1000);
        let open = |n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
        let head: String = (0..depth).map(open).collect();
        mail.splice(0..0, head.into_bytes());
    },
    |mail, dice, _| {
        let count = dice.below(300);
        let name = *dice.pick(&["To", "From", "Received", "References", "Subject", "List-Id"]);
        let line = format!("{name}: <a@b.example>, \"(((\" <c@d.example>; x=(y\r\n\tand more\r\n");
        mail.splice(0..0, line.repeat(count).into_bytes());
    },
    |mail, dice, _| {
        let word = "=?utf-8?b?V2hlbj8=?= =?x?q?=?= =?utf-8?q?=".repeat(dice.below(300));
        let head = format!("Subject: {word}\r\nFrom: {word} <a@b.example>\r\n");
        mail.splice(0..0, head.into_bytes());
    },
    |mail, dice, _| {
        let marks = ["> ", ">>>> ", "<div>", "<!--", "On Mon, Ann wrote:\n", "-- \n", "&#0;", "(("];
        let (mark, count) = (*dice.pick(&marks), dice.below(2000));
        mail.extend_from_slice(mark.repeat(count).as_bytes());
    },
];

/// The worst that somebody has thought of, each once.
fn bombs() -> Vec<Vec<u8>> {
    let head = "From: jo@customer.example\r\nTo: help@brook.example\r\nSubject: When?\r\n";
    let mut deep = String::new();
    for n in 0..20_000 {
        let head = "Content-Type: multipart/mixed; boundary=b";
        write!(deep, "{head}{n}\r\n\r\n--b{n}\r\n").unwrap();
    }
    let html = "Content-Type: text/html\r\n\r\n";
    let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    [
        format!("{head}{}\r\nWhen?\r\n", "X-More: and more\r\n".repeat(100_000)),
        format!("{head}X: {}\r\n\r\nWhen?\r\n", "x".repeat(20 << 20)),
        format!("{head}\r\n{}\r\n", "x".repeat(50 << 20)),
        format!("{head}{deep}When?\r\n"),
        format!("{head}{}When?", "Content-Type: message/rfc822\r\n\r\n".repeat(10_000)),
        format!("{head}{html}{}", "<div><table><tr><td>".repeat(200_000)),
        format!("{head}{html}{}", "<blockquote>".repeat(400_000)),
        format!("{head}\r\n{}", "> > > On Mon, Ann wrote:\r\n".repeat(200_000)),
        format!("{head}{mixed}{}", "--b\r\n\r\nx\r\n".repeat(200_000)),
        format!("{head}References: {}\r\n\r\nWhen?", "<a@b.example> ".repeat(200_000)),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect()
}

fn mails() -> impl Iterator<Item = Vec<u8>> {
    let seeds = seeds();
    let bombs = bombs();
    let mutants = MAILS - bombs.len();
    let mut dice = Dice(2026);
    let spoiled = (0..mutants).map(move |_| {
        let mut mail = dice.pick(&seeds).clone();
        for _ in 0..=dice.below(3) {
            dice.pick(WAYS)(&mut mail, &mut dice, &seeds);
        }
        mail
    });
    bombs.into_iter().chain(spoiled)
}

/// What became of one mail: the name of its kind; fails where nothing says why.
fn judged(number: usize, mail: &[u8]) -> &'static str {
    let message = match parse(mail) {
        Ok(message) => message,
        Err(why) => {
            assert!(!why.to_string().is_empty(), "mail {number}");
            return "set aside";
        }
    };
    let verdict = judge(&message, None, &[], Known::default());
    assert!(!verdict.reason.trim().is_empty(), "mail {number} has a verdict without a reason");
    assert!(!thread::identity(&message, mail).is_empty());
    vouch(&message, &["mx.brook.example".to_owned()]);
    verdict.kind.name()
}

#[test]
fn what_is_too_much_of_a_mail_is_said_in_its_reason() {
    let head = "From: jo@customer.example\r\nTo: help@brook.example\r\n";
    let nest = "Content-Type: message/rfc822\r\n\r\n".repeat(101);
    let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    let long = format!("\r\n{}\r\n", "When? ".repeat(100_000));
    let html = format!("Content-Type: text/html\r\n\r\n{}", "<p>When?</p>".repeat(50_000));
    let cases = [
        (format!("{}\r\nWhen?\r\n", "X: y\r\n".repeat(1000)), "its first 1,000 header lines"),
        (format!("X: {}\r\n\r\nWhen?\r\n", "x".repeat(33 << 10)), "the first 32 kB were read"),
        (format!("X: y\r\n{}\r\nWhen?", " xxxxxxx\r\n".repeat(5000)), "first 32 kB were read"),
        (format!("{nest}When?\r\n"), "it holds more than 100 mails"),
        (format!("{mixed}{}", "--b\r\n\r\nx\r\n".repeat(1001)), "its first 1,000 parts"),
        (long, "the first 512 kB of its text"),
        (html, "the first 512 kB of its text"),
    ];
    for (rest, expected) in cases {
        let message = parse(format!("{head}{rest}").as_bytes()).unwrap();
        let reason = judge(&message, None, &[], Known::default()).reason;
        assert!(reason.contains(expected), "{expected:?} is not in {reason:?}");
    }
    let message = parse(format!("{head}\r\nWhen?\r\n").as_bytes()).unwrap();
    assert!(message.limits.is_empty(), "{:?}", message.limits);
}

#[tokio::test]
async fn the_engine_takes_spoiled_mail_up_and_goes_on() {
    let text = include_str!("archive/owed.toml");
    let policy = config::load("owed.toml", text, Path::new("/")).unwrap().policy;
    let at: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let clock = Arc::new(SettableClock::new(at));
    let store = Store::in_memory().await.unwrap();
    let engine = Engine::new(store, Arc::new(policy), Vec::new(), clock);
    let delivery = |raw: Vec<u8>| Delivery {
        position: None,
        source: "a test".to_owned(),
        at,
        envelope: Address::parse("ana@brook.example").into_iter().collect(),
        proof: Proof::None,
        channel: Channel::Email,
        raw,
    };
    // The bombs go to the real daemon in `bad_input`.
    for mail in mails().skip(bombs().len()).step_by(20) {
        engine.take(delivery(mail)).await.unwrap();
    }
    let question = "From: last@customer.example\r\nTo: ana@brook.example\r\n\r\nWhen?\r\n";
    engine.take(delivery(question.as_bytes().to_vec())).await.unwrap();
    assert!(!engine.take_up().await.unwrap(), "something is left");
    let mut tx = engine.store().read().await.unwrap();
    let owed = tx.owed(Place::START, 10_000).await.unwrap();
    assert!(owed.iter().any(|row| row.contact.address.as_str() == "last@customer.example"));
}

/// How long this thread had a processor, whoever else wants one.
fn spent() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(said.split_whitespace().next().unwrap().parse().unwrap())
}

#[test]
#[ignore = "runs in a process of its own, started by the test below"]
fn each_in_this_process() {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut slowest = (Duration::ZERO, 0, 0);
    // The first mail has the patterns of all languages built, once.
    judged(MAILS, seeds().first().unwrap());
    println!("the first: {:?}", spent());
    for (number, mail) in mails().enumerate() {
        let began = spent();
        *kinds.entry(judged(number, &mail)).or_default() += 1;
        slowest = slowest.max((spent().saturating_sub(began), number, mail.len()));
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let peak: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
    let (time, number, length) = slowest;
    println!("{kinds:?}\nslowest: {time:?}, mail {number} of {length} bytes\npeak: {peak} kB");
    assert_eq!(kinds.values().sum::<usize>(), MAILS);
    assert!(peak < MOST_MEMORY_KB, "{peak} kB");
}

#[test]
fn ten_thousand_spoiled_mails_each_end_in_a_verdict_or_a_reason() {
    let this = std::env::current_exe().unwrap();
    let arguments = ["mutated::each_in_this_process", "--exact", "--ignored", "--nocapture"];
    let child = Command::new(this).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    println!("{said}");
    assert!(child.status.success(), "{said}\n{}", String::from_utf8_lossy(&child.stderr));
    assert!(said.contains("peak: "), "it did not run:\n{said}");
}
