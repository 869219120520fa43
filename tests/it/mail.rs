//! Reading and judging mail: each fixture is a mail and what `explain --json`
//! says of it, at an invented firm whose roster stands here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use owed::cli::explain::explain;
use owed::domain::calendar::Calendar;
use owed::domain::ids::{Address, MessageId, PersonId};
use owed::domain::roster::{Mailbox, Person, Roster};
use owed::intake::archive;
use owed::judge::verdict::{ForUs, Kind, Known, judge};
use owed::mail::parse::{Message, Outcome, parse};
use owed::mail::thread::{base_subject, case_numbers, identity, parents};
use owed::mail::trust::vouch;
use owed::mail::visible::visible;
use proptest::prelude::*;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn person(id: &str, name: &str, at: &str) -> (PersonId, Person) {
    let person = Person {
        id: PersonId::new(id),
        short: None,
        name: name.into(),
        addresses: vec![address(at)],
        calendar: Arc::new(Calendar::always(TimeZone::UTC)),
        supervisor: None,
        deputy: None,
        absences: Vec::new(),
    };
    (person.id.clone(), person)
}

fn brook() -> Roster {
    let help = address("help@brook.example");
    let served_by = vec![PersonId::new("017"), PersonId::new("021")];
    let forms = vec![address("wordpress@shop.example")];
    Roster {
        organisation: "Brook & Sons".into(),
        domains: vec!["brook.example".into()],
        zone: TimeZone::UTC,
        last_resort: None,
        people: BTreeMap::from([
            person("017", "Ana Ruiz", "ana@brook.example"),
            person("021", "Ben Ode", "ben@brook.example"),
        ]),
        rotas: BTreeMap::new(),
        mailboxes: BTreeMap::from([(
            help.clone(),
            Mailbox { address: help, served_by, calendar: None, forms },
        )]),
    }
}

fn explained(path: &Path) -> serde_json::Value {
    let mut out = Vec::new();
    explain(&[path.to_owned()], Some(&brook()), true, &mut out).unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(&out).unwrap();
    value.as_object_mut().unwrap().remove("file");
    value
}

/// Compares every fixture with what is expected of it; what was said instead is
/// left in the build's scratch folder, to be read and, if right, copied.
fn check(folder: &Path) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut wrong = Vec::new();
    let mails: Vec<&PathBuf> =
        paths.iter().filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
    assert!(mails.len() >= 40, "only {} fixtures were found", mails.len());
    for path in mails {
        let got = format!("{:#}\n", explained(path));
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap_or_default();
        if got != expected {
            let name = path.with_extension("expected");
            let name = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name.file_name().unwrap());
            std::fs::write(&name, &got).unwrap();
            wrong.push(format!("{}:\n{got}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn people_read_a_story_and_a_missing_file_is_said() {
    let home = tempfile::tempdir().unwrap();
    let mail = home.path().join("one.eml");
    let text = "From: jane@customer.example\nTo: help@brook.example\n\nCan you\u{1b}[2J come?\n";
    std::fs::write(&mail, text).unwrap();
    let mut out = Vec::new();
    let paths = [mail, home.path().join("gone.eml")];
    let all_read = explain(&paths, Some(&brook()), false, &mut out).unwrap();
    let told = String::from_utf8(out).unwrap();
    let (first, second) = told.split_once("\n\n").unwrap();
    let lines: Vec<&str> = first.lines().skip(1).collect();
    let expected = [
        "  jane@customer.example wrote to help@brook.example, without a subject. A",
        "  reply is owed, because a person asks for something, to help@brook.example.",
        "  It begins a conversation.",
        "  | Can you [2J come?",
    ];
    assert_eq!(lines, expected);
    assert!(second.contains("cannot read"), "{second}");
    assert!(!all_read);
}

#[test]
fn each_mail_is_explained_as_expected() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail"));
}

fn mail(head: &str) -> Message {
    parse(format!("{head}\n\nHello\n").as_bytes()).unwrap()
}

/// Whether a mail from `jane@customer.example` with these lines is vouched for.
fn vouched(lines: &str) -> bool {
    let message = mail(&format!("{lines}From: Jane <jane@customer.example>\nTo: x@y.example"));
    vouch(&message, &["mx.brook.example".into()]).holds()
}

#[test]
fn only_a_line_of_our_own_server_on_top_vouches() {
    const OURS: &str = "Authentication-Results: mx.brook.example;";
    let cases = [
        (true, format!("{OURS} dmarc=pass header.from=customer.example\n")),
        (true, format!("{OURS} dkim=pass header.d=customer.example\n")),
        (true, format!("{OURS} dkim=pass header.d=mail.customer.example\n")),
        (true, format!("{OURS} dkim=pass header.i=@customer.example header.b=ab=c\n")),
        (true, format!("{OURS} dkim=pass (2048-bit; key) header.d=\"customer.example\"\n")),
        (true, "Authentication-Results: MX.Brook.Example (us) 1 ;\n dmarc = pass\n".to_owned()),
        (true, format!("{OURS} spf=fail smtp.mailfrom=x.example;\n\tdmarc=pass (p=none)\n")),
        (false, String::new()),
        (false, format!("{OURS} spf=pass smtp.mailfrom=customer.example\n")),
        (true, format!("{OURS} auth=pass (PLAIN) smtp.auth=Jane@customer.example\n")),
        (false, format!("{OURS} auth=pass smtp.auth=eve@customer.example\n")),
        (false, format!("{OURS} auth=pass\n")),
        (false, format!("{OURS} dkim=pass header.d=attacker.example\n")),
        (false, format!("{OURS} dkim=pass header.d=example\n")),
        (false, format!("{OURS} dkim=pass header.d=evilcustomer.example\n")),
        (false, format!("{OURS} dkim=pass\n")),
        (false, format!("{OURS} dkim=fail header.d=customer.example\n")),
        (false, format!("{OURS} dmarc=pass header.from=attacker.example\n")),
        (false, format!("{OURS} dkim=fail reason=\"; dmarc=pass\" header.d=x.example\n")),
        (false, format!("{OURS} none (; dmarc=pass)\n")),
        (false, "Authentication-Results: mx.brook.example 2; dmarc=pass\n".to_owned()),
        (false, "Authentication-Results: mx.attacker.example; dmarc=pass\n".to_owned()),
        (false, "Authentication-Results: (mx.brook.example;) evil; dmarc=pass\n".to_owned()),
        // Forged lines below the one our server wrote change nothing.
        (false, format!("{OURS} dmarc=fail\n{OURS} dmarc=pass\n")),
        (false, format!("Authentication-Results: other.example; none\n{OURS} dmarc=pass\n")),
        (false, format!("{OURS} dmarc=pass\nFrom: ana@brook.example\n")),
    ];
    for (expected, lines) in cases {
        assert_eq!(vouched(&lines), expected, "{lines}");
    }
}

#[test]
fn a_shared_public_suffix_aligns_nobody() {
    let line = "Authentication-Results: mx.brook.example; dkim=pass header.d=co.uk";
    let message = mail(&format!("{line}\nFrom: jane@customer.co.uk"));
    assert!(!vouch(&message, &["mx.brook.example".into()]).holds());
}

#[test]
fn subjects_are_reduced_to_what_the_matter_is() {
    let cases = [
        ("Re: A leaking tap", "a leaking tap", true),
        ("RE: [taps] AW: Re[2]: A leaking  tap (fwd)", "a leaking tap", true),
        ("SV: WG: A leaking tap", "a leaking tap", true),
        ("Fwd: A leaking tap", "a leaking tap", false),
        ("[OW-7K3F-2] A leaking tap", "a leaking tap", false),
        ("Antw: Respuesta", "respuesta", true),
        ("RIF: R: A leaking tap", "a leaking tap", true),
        ("RES: A leaking tap", "a leaking tap", true),
        ("RE\u{a0}: A leaking tap", "a leaking tap", true),
        ("RV: A leaking tap", "a leaking tap", false),
        ("ENC: A leaking tap", "a leaking tap", false),
        ("TR : RE : A leaking tap", "a leaking tap", false),
        ("[EXTERNAL] RE: [EXT] A leaking tap", "a leaking tap", true),
        ("EXTERNAL: RE: A leaking tap", "a leaking tap", true),
        ("**EXTERNAL** AW: A leaking tap", "a leaking tap", true),
        ("(EXT) A leaking tap", "a leaking tap", false),
        ("External wall", "external wall", false),
        ("Ext. wall: leaking", "ext. wall: leaking", false),
        ("[taps]", "[taps]", false),
        ("Reminder: Rent", "reminder: rent", false),
        ("", "", false),
    ];
    for (subject, text, is_reply) in cases {
        let base = base_subject(subject);
        assert_eq!((base.text.as_str(), base.is_reply), (text, is_reply), "{subject:?}");
    }
}

#[test]
fn case_numbers_are_read_and_a_wrong_one_is_none() {
    let number = owed::domain::ids::CaseNumber::from_row(77);
    let subject = format!("Re: [{number}] tap [{number}] [OW-0000-0000]");
    assert_eq!(case_numbers(&subject), [number]);
}

#[test]
fn parents_come_nearest_first_and_once() {
    let message = mail(concat!(
        "From: a@b.example\nMessage-ID: <me@x>\nIn-Reply-To: junk <b@x>\n",
        "References: <a@x> <b@x>\n <c@x> <me@x>",
    ));
    let ids: Vec<MessageId> = parents(&message);
    assert_eq!(ids.iter().map(MessageId::as_str).collect::<Vec<_>>(), ["b@x", "c@x", "a@x"]);
}

#[test]
fn one_mail_has_one_identity_however_it_came() {
    let id = |raw: &str| identity(&parse(raw.as_bytes()).unwrap(), raw.as_bytes());
    let head = "From: a@b.example\nMessage-ID: <1@x>\nContent-Type: text/plain; charset=utf-8\n";
    let plain = format!("{head}\nGr\u{fc}\u{df}e\n");
    let trace = "Received: by mx; Mon, 2 Mar 2026 10:00:00 +0000\nReturn-Path: <a@b>\n";
    let traced = format!("{trace}{plain}");
    let quoted = "Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe\n";
    let encoded = format!("{head}{quoted}");
    let plain = plain.as_str();
    assert_eq!(id(plain), id(&plain.replace('\n', "\r\n")));
    assert_eq!(id(plain), id(&traced));
    assert_eq!(id(plain), id(&encoded));
    assert_ne!(id(plain), id(&plain.replace("\u{fc}", "u")));
    assert_ne!(id(plain), id(&plain.replace("a@b", "c@b")));
    // Through a list, with its tag and its footer.
    let rule = "_".repeat(47);
    let listed = plain.replace("Message-ID", "Subject: [taps] Re: tap\nMessage-ID");
    let listed = format!("{listed}{rule}\ntaps mailing list\n");
    let direct = plain.replace("Message-ID", "Subject: Re: tap\nMessage-ID");
    assert_eq!(id(&direct), id(&listed));
    let nameless = "Return-Path: <>\nX-Some: thing";
    assert_ne!(id(nameless), id(&nameless.replace("thing", "other")));
}

#[test]
fn archives_of_every_form_are_read_and_nothing_is_skipped_in_silence() {
    let home = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("a/one.eml", "From: a@b.example\n\none\n");
    put("b/cur/1772445600.1.host:2,S", "From: a@b.example\n\ntwo\n");
    put("b/new/1772445601.1.host", "From: a@b.example\n\nthree\n");
    put("b/tmp/1772445602.1.host", "half");
    put("b/.Sent/cur/1772445603.1.host", "From: a@b.example\n\nfour\n");
    put("b/.Sent/new/.keep", "");
    std::fs::remove_file(home.path().join("b/.Sent/new/.keep")).unwrap();
    put("c.mbox", "From x Mon\nA: 1\n\nfive\n>From here\n\nFrom y Tue\nA: 2\n\nsix\nFrom z\n");
    let paths = [home.path().to_owned(), home.path().join("gone.eml")];
    let mut found = Vec::new();
    for item in archive::open(&paths) {
        found.push(match item {
            Ok(item) => {
                let body = String::from_utf8_lossy(&item.raw).into_owned();
                let body = body.split_once("\n\n").unwrap().1.replace('\n', "|");
                format!("{body} {} {}", item.sent, item.fallback.is_some())
            }
            Err(error) => format!("unread {}", error.path.file_name().unwrap().display()),
        });
    }
    let expected = [
        "one| false false",
        "four| true true",
        "two| false true",
        "three| false true",
        "five|From here|| false false",
        "six|From z| false false",
        "unread gone.eml",
    ];
    assert_eq!(found, expected);
}

fn fixture(name: &str) -> Message {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail").join(name);
    parse(&std::fs::read(path.with_extension("eml")).unwrap()).unwrap()
}

#[test]
fn who_waits_is_the_author_wherever_a_form_or_a_group_put_them() {
    let waits = |message: &Message| {
        let verdict = judge(message, Some(&brook()), &[], Known::default());
        verdict.author.unwrap().address
    };
    let cases = [
        "web_form",
        "web_form_of_our_own",
        "web_form_by_rule",
        "web_form_by_rule_with_fields",
        "form_marked_generated",
        "form_marked_bulk",
        "portal_writes_for_a_person",
        "certified_mail_of_a_person",
        "group_rewrote_from",
        "asks_in_to",
    ];
    for name in cases {
        assert_eq!(waits(&fixture(name)), address("jane@customer.example"), "{name}");
    }
    for form in ["form-submission@builder.example", "kontaktformular@shop.example"] {
        let filled_in = mail(&format!("From: {form}\nReply-To: jane@customer.example"));
        assert_eq!(waits(&filled_in), address("jane@customer.example"), "{form}");
    }
    for vendor in ["no-reply@shop.example", "alerts@mail.shop.example"] {
        let told = mail(&format!("From: {vendor}\nReply-To: help@shop.example"));
        assert_eq!(waits(&told), address(vendor));
    }
}

#[test]
fn nobody_filled_in_what_a_mail_server_says() {
    let says = "Your message:\n  gone@customer.example\ncould not be delivered.\n";
    let head =
        "From: MAILER-DAEMON@mx.example\nTo: help@brook.example\nSubject: Undeliverable Mail";
    let report = parse(format!("{head}\n\n{says}").as_bytes()).unwrap();
    let verdict = judge(&report, Some(&brook()), &[], Known::default());
    assert_eq!(verdict.kind, Kind::Bounce);
    assert_eq!(verdict.author.unwrap().address, address("mailer-daemon@mx.example"));
}

#[test]
fn who_vouches_for_a_form_says_nothing_of_who_filled_it_in() {
    let says = "Authentication-Results: mx.brook.example; dmarc=pass header.from=shop.example\n";
    let lines = "From: wordpress@shop.example\nTo: help@brook.example\nReply-To: ";
    for (reply_to, holds) in [("jane@customer.example", false), ("wordpress@shop.example", true)] {
        let form = mail(&format!("{says}{lines}{reply_to}"));
        let author = judge(&form, Some(&brook()), &[], Known::default()).author;
        let vouch = vouch(&form, &["mx.brook.example".into()]);
        assert!(vouch.holds());
        assert_eq!(vouch.of(author.as_ref(), &form).holds(), holds, "{reply_to}");
    }
}

#[test]
fn what_the_case_knows_decides_over_thanks_and_chases() {
    let judged = |name: &str, known: Known<'_>| judge(&fixture(name), Some(&brook()), &[], known);
    let we_spoke = Known { in_case: true, owed: false, we_spoke_last: true, ..Known::default() };
    let they_wait = Known { in_case: true, owed: true, we_spoke_last: false, ..Known::default() };
    assert_eq!(judged("thanks_only", we_spoke).kind, Kind::Thanks);
    let unasked = judged("thanks_only", they_wait);
    assert_eq!((unasked.kind, unasked.reply_owed), (Kind::Human, true));
    assert!(judged("chase_again", they_wait).chase);
    assert!(!judged("chase_again", we_spoke).chase);
}

#[test]
fn the_envelope_names_the_mailbox_where_the_headers_do_not() {
    let hidden = mail("From: jane@customer.example\nTo: undisclosed-recipients:;");
    let judged = |envelope: &[Address]| judge(&hidden, Some(&brook()), envelope, Known::default());
    let reached = judged(&[address("help@brook.example")]);
    assert_eq!((reached.reply_owed, reached.for_us), (true, ForUs::Other));
    assert_eq!(reached.mailbox, Some(address("help@brook.example")));
    let lost = judged(&[]);
    assert!(!lost.reply_owed, "{}", lost.reason);
}

#[test]
fn only_a_person_who_says_something_answers() {
    let answers =
        |name: &str| judge(&fixture(name), Some(&brook()), &[], Known::default()).is_human_answer();
    assert!(answers("outbound_answer"));
    assert!(!answers("outbound_vacation"));
    let empty =
        parse(b"From: ana@brook.example\nTo: jane@customer.example\n\n> the tap\n").unwrap();
    assert!(!judge(&empty, Some(&brook()), &[], Known::default()).is_human_answer());
}

#[test]
fn reports_say_what_failed_and_which_mail_it_was() {
    let report = fixture("bounce_standard").report.unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(report.original, MessageId::parse("ours-9@brook.example"));
    assert_eq!(report.recipients, ["gone@customer.example"]);
    let report = fixture("bounce_exim").report.unwrap();
    assert_eq!(report.original, MessageId::parse("ours-10@brook.example"));
    assert_eq!(fixture("read_receipt").report.unwrap().outcome, Outcome::Displayed);
    assert_eq!(fixture("asks_in_to").report, None);
}

fn digest_all(bytes: &[u8]) {
    let Ok(message) = parse(bytes) else { return };
    let _ = visible(&message);
    let _ = vouch(&message, &["mx.brook.example".into()]);
    let _ = identity(&message, bytes);
    let _ = judge(&message, Some(&brook()), &[], Known::default());
}

#[test]
fn hostile_shapes_are_read_in_bounded_work() {
    let head = "From: a@b.example\nContent-Type: text/html\n\n";
    let nested: String = (0..3000).map(|_| "Content-Type: message/rfc822\n\n").collect();
    let parts: Vec<String> = (0..3000)
        .map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"))
        .collect();
    let parts = parts.concat();
    let shapes = [
        format!("{head}{}", "<a \"".repeat(60_000)),
        format!("{head}{}", "<!--".repeat(60_000)),
        format!("{head}{}", "<blockquote>".repeat(30_000)),
        format!("{head}{}", "&".repeat(200_000)),
        format!("From: a@b.example\n\n{}", "--\n".repeat(60_000)),
        format!("From: a@b.example\n\n{}", "On 1 x\n\n".repeat(30_000)),
        format!("From: a@b.example\n\n{}", "On 1 wrote:\n\n".repeat(30_000)),
        format!("Subject: {}\n\nx", "Re: ".repeat(5_000)),
        format!("From: {}\n\nx", "a@b.example, ".repeat(5_000)),
        format!("Authentication-Results: {}\nFrom: a@b.example\n\nx", "(".repeat(30_000)),
        format!("From: a@b.example\n{nested}\nx"),
        format!("From: a@b.example\n{parts}\nx"),
    ];
    for shape in shapes {
        digest_all(shape.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        digest_all(&bytes);
    }

    #[test]
    fn a_fixture_with_bytes_changed_is_read_or_refused(
        pick in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail");
        let items: Vec<_> = archive::open(&[folder])
            .filter_map(Result::ok)
            .filter(|item| !item.origin.contains(".expected") && !item.raw.is_empty())
            .collect();
        let mut bytes = pick.get(&items).raw.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        digest_all(&bytes);
    }
}

#[test]
fn an_introduction_is_cut_in_languages_beyond_ascii() {
    let introductions = [
        "23.11.2026 9:00, Help <help@brook.example> пишет:",
        "23.11.2026 9:00, Help пишет:",
        "På man. 23. nov. 2026 kl. 09:00 skrev Help <help@brook.example>:",
        "El lun, 23 nov 2026 a las 9:00, Help (<help@brook.example>) escribió:",
        "Le lun. 23 nov. 2026 à 09:00, Help <help@brook.example> a écrit :",
    ];
    for introduction in introductions {
        let text = format!("Yes.\n\n{introduction}\n\n> Is it well?\n");
        let visible = owed::mail::visible::visible_text(&text);
        assert_eq!(visible.trim(), "Yes.", "{introduction}");
    }
}
