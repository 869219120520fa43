//! Letters as mails: what goes in comes out of a parser again.

use mail_parser::{Address, MessageParser};
use owed::domain::ids::CaseNumber;
use owed::mail::compose::{Hand, Headers, Leave, Uncomposable, compose, message_id, thread_root};
use owed::mail::letter::{Block, Letter, escalation};
use owed::mail::thread::case_numbers;
use owed::mail::typeset::{self, Written};
use proptest::prelude::*;

use super::matters::{marta, party, tap};

const KEY: &[u8] = b"a key that is only for tests";

fn headers() -> Headers {
    let to = party("Marta Brook", "marta@brook.example");
    let case = CaseNumber::from_row(7);
    Headers {
        from: party("owed, Brook & Sons", "owed@brook.example"),
        date: "2026-11-20T17:00:00Z".parse().unwrap(),
        message_id: message_id(KEY, "7/reply/1/marta", "brook.example"),
        thread: Some(thread_root(KEY, case, &to.address, "brook.example")),
        case: Some(case),
        reply_to: None,
        hand: Hand::Owed,
        leave: None,
        to,
    }
}

fn set(letter: &Letter) -> Written {
    typeset::letter(letter).unwrap()
}

fn raw_headers(mail: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(mail).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ").split("\r\n").map(str::to_owned).collect()
}

fn names(mail: &[u8]) -> Vec<String> {
    let name = |line: String| line.split_once(':').unwrap().0.to_owned();
    let mut names: Vec<String> = raw_headers(mail).into_iter().map(name).collect();
    names.sort();
    names
}

const EXPECTED: [&str; 12] = [
    "Auto-Submitted",
    "Content-Type",
    "Date",
    "From",
    "In-Reply-To",
    "MIME-Version",
    "Message-ID",
    "References",
    "Subject",
    "To",
    "X-Auto-Response-Suppress",
    "X-Owed-Case",
];

#[test]
fn a_mail_says_what_it_is_and_where_it_belongs() {
    let headers = headers();
    let letter = escalation(&tap("2026-11-20T17:00"), &marta(None));
    let mail = compose(&set(&letter), &headers).unwrap();
    let lines = raw_headers(&mail);
    let root = headers.thread.unwrap();
    for line in [
        "To: \"Marta Brook\" <marta@brook.example>".to_owned(),
        format!(
            "Subject: Jo Client is waiting: Kitchen tap still drips [{}]",
            headers.case.unwrap()
        ),
        "Date: Fri, 20 Nov 2026 17:00:00 +0000".to_owned(),
        format!("Message-ID: {}", headers.message_id),
        format!("In-Reply-To: {root}"),
        format!("References: {root}"),
        "Auto-Submitted: auto-generated".to_owned(),
        "X-Auto-Response-Suppress: All".to_owned(),
        format!("X-Owed-Case: {}", headers.case.unwrap()),
    ] {
        assert!(lines.contains(&line), "{line} is not in {lines:#?}");
    }
    assert_eq!(names(&mail), EXPECTED);
    let parsed = MessageParser::default().parse(&mail).unwrap();
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("owed, Brook & Sons"));
    assert_eq!(from.address(), Some("owed@brook.example"));
    assert_eq!(mail, compose(&set(&letter), &super::compose::headers()).unwrap(), "byte-identical");
}

#[test]
fn an_id_depends_on_the_decision_and_the_key_alone() {
    let id = message_id(KEY, "7/reply/1/marta", "brook.example");
    let (local, domain) = id.trim_matches(['<', '>']).split_once('@').unwrap();
    assert_eq!((local.len(), domain), (32, "brook.example"));
    assert_eq!(local, local.to_lowercase());
    assert_eq!(id, message_id(KEY, "7/reply/1/marta", "brook.example"));
    assert_ne!(id, message_id(KEY, "7/reply/2/marta", "brook.example"));
    assert_ne!(id, message_id(b"another", "7/reply/1/marta", "brook.example"));
}

#[test]
fn a_thread_is_one_for_each_case_and_recipient() {
    let [marta, ana] = ["marta", "ana"].map(|n| party("", &format!("{n}@brook.example")).address);
    let root = |row, who| thread_root(KEY, CaseNumber::from_row(row), who, "brook.example");
    assert_eq!(root(7, &marta), root(7, &marta));
    assert_ne!(root(7, &marta), root(7, &ana));
    assert_ne!(root(7, &marta), root(8, &marta));
    let shown = CaseNumber::from_row(7).to_string().to_lowercase();
    assert!(root(7, &marta).starts_with(&format!("<{shown}.")));
}

#[test]
fn what_looks_encoded_is_shown_as_it_was_written() {
    let mut letter = escalation(&tap("2026-11-20T17:00"), &marta(None));
    "=?utf-8?q?Bcc=3A_all?= =?utf-8?b?eA==?=".clone_into(&mut letter.subject);
    let mail = compose(&set(&letter), &headers()).unwrap();
    let parsed = MessageParser::default().parse(&mail).unwrap();
    assert_eq!(parsed.subject(), Some("= ?utf-8?q?Bcc=3A_all?= = ?utf-8?b?eA== ?="));
}

#[test]
fn the_case_number_ends_a_subject_however_long_the_rest_is() {
    let rows = [7, (1 << 60) - 1];
    let letters = ["a", "ü", "🙂", "long ", "=?", "=?utf-8?q?", "e\u{301}", "\u{202E}x"];
    for (row, text) in rows.into_iter().flat_map(|row| letters.map(|text| (row, text))) {
        let mut matter = tap("2026-11-20T17:00");
        matter.case = CaseNumber::from_row(row);
        for name in [text.repeat(10_000), String::new()] {
            matter.contact.name = name;
            matter.contact.address = party("", &format!("{}@x.example", "a".repeat(400))).address;
            matter.subject = text.repeat(2_000);
            let letter = escalation(&matter, &marta(None));
            let mail = compose(&set(&letter), &headers()).unwrap();
            let parsed = MessageParser::default().parse(&mail).unwrap();
            let subject = parsed.subject().unwrap();
            assert!(subject.ends_with(&format!(" [{}]", matter.case)), "{text}: {subject}");
            assert_eq!(case_numbers(subject), [matter.case]);
            assert!(subject.contains(" is waiting: "), "{subject}");
        }
    }
}

#[test]
fn an_address_no_header_can_hold_is_named() {
    let mut headers = headers();
    headers.to = party("", "two..dots@brook.example");
    let letter = escalation(&tap("2026-11-20T17:00"), &marta(None));
    let refused = compose(&set(&letter), &headers).unwrap_err();
    assert_eq!(refused, Uncomposable::Address(headers.to.address));
    assert!(refused.to_string().contains("two..dots@brook.example"));
}

/// Text that people, and people with bad intentions, put into a subject.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z \r\n\t\0:<>@\"=?,;\\\\ü🙂]{0,300}",
        Just("x\r\nBcc: all@brook.example\r\n\r\nbody".to_owned()),
        Just("=?utf-8?q?already?= encoded".to_owned()),
        Just("🙂".repeat(400)),
        Just("a".repeat(2000)),
    ]
}

/// Only what a reader sees is compared: parsers and mail programs differ in how
/// they treat runs of white space.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a subject has to arrive as it was written.
fn is_harmless(subject: &str) -> bool {
    let acts = |c: char| c.is_control() || ('\u{200B}'..'\u{2070}').contains(&c) || c == '\u{FEFF}';
    let short = subject.chars().count() <= 180 && !subject.trim().is_empty();
    short && !subject.contains(acts) && !subject.contains("=?")
}

proptest! {
    #[test]
    fn whatever_is_written_stays_in_its_place(
        subject in nasty(), name in nasty(), quote in nasty(), id in nasty()
    ) {
        let letter = Letter {
            subject: subject.clone(),
            preview: quote.clone(),
            blocks: vec![Block::Lead("A lead.".to_owned()), Block::Quote(name.clone(), quote)],
        };
        let mut headers = headers();
        headers.to.name.clone_from(&name);
        headers.message_id = format!("<{}@brook.example>", id.replace(['<', '>', '@'], ""));
        let mail = compose(&set(&letter), &headers).unwrap();

        prop_assert!(mail.is_ascii());
        prop_assert!(mail.windows(2).all(|w| (w[0] == b'\r') == (w[1] == b'\n')));
        prop_assert_eq!(names(&mail), EXPECTED);
        for line in mail.split(|&b| b == b'\n') {
            prop_assert!(line.len() <= 998);
        }
        let parsed = MessageParser::default().parse(&mail).unwrap();
        let read = squeezed(parsed.subject().unwrap_or_default());
        if is_harmless(&subject) {
            prop_assert_eq!(read, squeezed(&subject));
        }
        let to: Vec<&str> = match parsed.to().unwrap() {
            Address::List(list) => list.iter().filter_map(|a| a.address()).collect(),
            Address::Group(_) => vec!["a group"],
        };
        prop_assert_eq!(to, ["marta@brook.example"]);
        let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
        let set = typeset::text(&letter);
        prop_assert_eq!(squeezed(&text), squeezed(&set));
    }
}

#[test]
fn who_is_asked_may_ask_for_no_more_with_one_click() {
    let url = "https://owed.brook.example/c/token/stop".to_owned();
    let address = owed::domain::ids::Address::parse("owed+token@brook.example");
    let one_click = "List-Unsubscribe-Post: List-Unsubscribe=One-Click";
    for (url, way) in [
        (Some(url.clone()), format!("<{url}>, <mailto:owed+token@brook.example?subject=stop>")),
        (None, "<mailto:owed+token@brook.example?subject=stop>".to_owned()),
    ] {
        let paged = url.is_some();
        let leave = Some(Leave { url, address: address.clone() });
        let headers = Headers { leave, hand: Hand::Standing, case: None, ..headers() };
        let mail = compose(&typeset::plain("Re: The tap", "Is all well?").unwrap(), &headers);
        let lines = raw_headers(&mail.unwrap());
        assert!(lines.contains(&format!("List-Unsubscribe: {way}")), "{lines:#?}");
        assert_eq!(lines.iter().any(|line| line == one_click), paged, "{lines:#?}");
        assert!(lines.contains(&"Auto-Submitted: auto-generated".to_owned()), "{lines:#?}");
    }
}
