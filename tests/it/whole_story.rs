//! The whole story with the real program between real mail servers: a mail
//! comes in, its time passes, the supervisor's mailbox has one letter; or it was
//! answered, and nobody is ever told.
//!
//! That something does not happen is proved by something later that did: a last
//! question with the same deadline, whose escalation has arrived.

mod house;

use jiff::Timestamp;
use mail_parser::MessageParser;
use serde_json::Value;

use self::house::{ANA, CLARA, House, MARTA, Mail, QUESTION};
use crate::peers::{SERVERS, required_or_left_out};

#[test]
fn what_comes_by_imap_and_stays_unanswered_reaches_the_supervisor_once() {
    if !required_or_left_out("the whole story by IMAP", &SERVERS) {
        return;
    }
    let house = House::by_imap();
    for what in ["tap", "quote", "boiler"] {
        house.asks(what, ANA);
    }
    let [tap, quote, boiler] = ["tap", "quote", "boiler"].map(|what| house.case_of(what));
    house.appears_in_sent(&Mail::answer("quote"));
    house.appears_in_sent(&Mail::out_of_office("boiler"));
    house.wait_until(&quote, |shown| shown["state"] == "waiting");
    house.wait_until(&boiler, |shown| has_event(shown, "ignored"));

    // Long after the start a mail is seen because the server tells of it: the
    // folder is looked at by itself once in minutes only.
    house.letter_to_marta(&tap);
    house.asks("heater", ANA);
    let heater = house.case_of("heater");
    house.letter_to_marta(&heater);

    let told = [&tap, &quote, &boiler, &heater].map(|case| house.letters_to_marta(case).len());
    assert_eq!(told, [1, 0, 1, 1], "the answered one alone is not told of");
    let quote = house.show(&quote);
    assert!(due(&quote) < due(&house.show(&heater)), "its time has passed as well");
    assert!(!has_event(&quote, "escalated"), "{quote:#}");
    assert!(has_event(&quote, "answered"), "{quote:#}");
    let boiler = house.show(&boiler);
    assert_eq!(boiler["state"], "owed", "{boiler:#}");
    assert!(why_ignored(&boiler).contains("an automatic answer"), "{boiler:#}");

    // The others fell due together; this one came alone.
    letter_says_it_all(&house.letters_to_marta(&heater)[0], &house.show(&heater));
    owns_no_case_of_its_own(&house, &["tap", "boiler", "heater"]);
    println!("{}", house.how_late());
    house.ends();
}

#[test]
fn what_comes_by_lmtp_is_answered_only_by_those_who_are_vouched_for() {
    if !required_or_left_out("the whole story by LMTP", &SERVERS) {
        return;
    }
    let house = House::by_lmtp(10);
    let asked = ["quote", "phone", "spam", "tap", "unsigned", "failed", "foreign", "lower"];
    for what in asked {
        house.asks(what, "help@brook.example");
    }
    let [quote, phone, spam, tap, unsigned, failed, foreign, lower] =
        asked.map(|what| house.case_of(what));
    house.is_sent_by_ana(&Mail::answer("quote"));
    let by = ["--answered-by", "ana", "--how", "phone"];
    assert_eq!(house.owed(&[&["log", &phone][..], &by].concat()).code, 0);
    assert_eq!(house.owed(&["dismiss", &spam, "--reason", "an advertisement"]).code, 0);
    house.wait_until(&quote, |shown| shown["state"] == "waiting");

    house.is_sent_by_ana(&Mail::out_of_office("tap"));
    let forged = [("unsigned", &unsigned), ("failed", &failed), ("foreign", &foreign)];
    for ((what, case), claims) in forged.into_iter().chain([("lower", &lower)]).zip(CLAIMS) {
        house.is_forged(&Mail::answer(what).marked(claims));
        house.wait_until(case, |shown| has_event(shown, "ignored"));
    }
    house.asks("heater", "help@brook.example");
    let heater = house.case_of("heater");
    house.letter_to_marta(&heater);

    for case in [&quote, &phone, &spam] {
        let shown = house.show(case);
        assert!(due(&shown) < due(&house.show(&heater)), "its time has passed as well");
        assert!(!has_event(&shown, "escalated"), "{shown:#}");
        assert_eq!(house.letters_to_marta(case).len(), 0, "{shown:#}");
    }
    for case in [&tap, &unsigned, &failed, &foreign, &lower] {
        let shown = house.show(case);
        assert_eq!(shown["state"], "owed", "{shown:#}");
        assert_eq!(house.letters_to_marta(case).len(), 1, "{shown:#}");
    }
    let whys = [&tap, &unsigned, &failed, &foreign, &lower].map(|c| why_ignored(&house.show(c)));
    let expected = [
        "no answer: ",
        "no server said anything about its sender",
        "mx.brook.example found no pass that is about its From",
        "its top-most Authentication-Results are of mx.elsewhere.example, not of ours",
        "mx.brook.example found no pass that is about its From",
    ];
    for (why, expected) in whys.iter().zip(expected) {
        assert!(why.contains(expected), "{why:?} does not say {expected:?}");
    }
    owns_no_case_of_its_own(&house, &["tap", "unsigned", "failed", "foreign", "lower", "heater"]);
    house.ends();
}

#[test]
fn the_verbs_tell_programs_what_they_ask() {
    if !required_or_left_out("the verbs beside a running daemon", &SERVERS) {
        return;
    }
    let house = House::by_lmtp(4);
    house.asks("tap", ANA);
    house.asks("quote", "help@brook.example");
    let [tap, quote] = ["tap", "quote"].map(|what| house.case_of(what));
    house.letter_to_marta(&tap);

    let rows = house.owed(&["list", "--json", "--person", "ana"]).json();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert_eq!(keys(&rows[0]), ROW);
    assert_eq!(rows[0]["case"], tap.as_str());
    assert_eq!(rows[0]["contact"], CLARA);
    assert_eq!(rows[0]["overdue"], true);
    let shown = house.show(&tap);
    assert_eq!(keys(&shown), SHOW);
    assert_eq!(keys(&shown["obligations"][0]), DUTY);
    assert_eq!(keys(&shown["journal"][0]), EVENT);
    let leave = house.owed(&["leave", "ana", "--json"]);
    assert_eq!((leave.code, keys(&leave.json()[0])), (1, LEAVE.map(str::to_owned).to_vec()));
    assert_eq!(leave.json()[0]["may_leave"], false);
    assert_eq!(leave.json()[0]["owed"][0]["case"], tap.as_str());

    let by = ["--answered-by", "ana"];
    let heard = ["--from", "Carl Moss <carl@customer.example>", "--to", ANA, "--text"];
    let log = [&["log"][..], &heard, &["Can you call me about the roof?"]].concat();
    let codes: [(&[&str], i32); 15] = [
        (&["list"], 0),
        (&["list", "--person", "nobody"], 2),
        (&["show", &tap], 0),
        (&["show", "OW-2222-2"], 2),
        (&["show", "tap"], 2),
        (&["leave", "marta"], 0),
        (&["leave", "nobody"], 2),
        (&[&["log", &tap][..], &by].concat(), 0),
        (&[&["log", &tap][..], &by].concat(), 2),
        (&["leave", "ana"], 0),
        (&["dismiss", &quote, "--reason", " "], 2),
        (&["dismiss", &quote, "--reason", "an advertisement"], 0),
        (&["dismiss", &quote, "--reason", "an advertisement"], 2),
        (&["dismiss", &quote], 2),
        (&log, 0),
    ];
    for (words, code) in codes {
        let said = house.owed(words);
        assert_eq!(said.code, code, "owed {words:?} said {} {}", said.out, said.err);
    }
    let tap = house.show(&tap);
    assert_eq!(tap["state"], "waiting");
    assert!(tap.to_string().contains("told by hand: phone, after it was due"), "{tap:#}");
    let quote = house.show(&quote);
    assert!(quote.to_string().contains("an advertisement (by the command line)"), "{quote:#}");
    house.wait_until_owed_to("carl@customer.example");
    house.ends();
}

/// What forged answers claim of themselves, from the top.
const CLAIMS: [&str; 4] = [
    "",
    "Authentication-Results: mx.brook.example; dmarc=fail header.from=brook.example\r\n",
    "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=brook.example\r\n",
    "Authentication-Results: mx.brook.example; dmarc=fail header.from=brook.example\r\n\
     Authentication-Results: mx.brook.example; dmarc=pass header.from=brook.example\r\n",
];

/// The fields that are promised to programs.
const ROW: [&str; 15] = [
    "because",
    "case",
    "chases",
    "contact",
    "contact_name",
    "due",
    "kind",
    "listed_only",
    "mailbox",
    "overdue",
    "owner",
    "responsible",
    "rule",
    "since",
    "subject",
];
const SHOW: [&str; 12] = [
    "case",
    "contact",
    "goes_on_in",
    "history",
    "jobs",
    "journal",
    "mailbox",
    "mails",
    "messages",
    "obligations",
    "state",
    "subject",
];
const DUTY: [&str; 11] = [
    "because", "chases", "due", "kind", "next", "overdue", "owner", "rule", "since", "state",
    "words",
];
const EVENT: [&str; 9] =
    ["at", "case", "due", "event", "message_id", "owner", "reason", "rule", "to"];
const LEAVE: [&str; 7] = ["later", "leaves", "may_leave", "name", "owed", "person", "unread"];

fn keys(value: &Value) -> Vec<String> {
    let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    keys
}

fn has_event(shown: &Value, event: &str) -> bool {
    shown["journal"].as_array().unwrap().iter().any(|line| line["event"] == event)
}

/// Why the first message that changed nothing did not.
fn why_ignored(shown: &Value) -> String {
    let journal = shown["journal"].as_array().unwrap();
    let ignored = journal.iter().find(|line| line["event"] == "ignored");
    ignored.unwrap()["reason"].as_str().unwrap().to_owned()
}

fn due(shown: &Value) -> Timestamp {
    shown["obligations"][0]["due"].as_str().unwrap().parse().unwrap()
}

/// The letter names who waits, who owes it, since when, until when, by which
/// rule, and the case; for people, for mail programs and for robots.
fn letter_says_it_all(raw: &str, shown: &Value) {
    let letter = MessageParser::default().parse(raw).unwrap();
    let header = |name: &str| letter.header_raw(name).unwrap_or_default().trim().to_owned();
    let case = shown["case"].as_str().unwrap();
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert_eq!(header("X-Owed-Case"), case);
    assert!(header("Message-ID").ends_with("@brook.example>"), "{raw}");
    assert!(header("To").contains(MARTA), "{raw}");
    assert!(header("From").contains("<owed@brook.example>"), "{raw}");
    assert!(letter.subject().unwrap().contains(case), "{raw}");
    assert!(raw.contains("with ESMTPSA id"), "it came with STARTTLS and a login: {raw}");

    assert_eq!((letter.text_body_count(), letter.html_body_count()), (1, 1), "{raw}");
    let clock = |field: &str| shown["obligations"][0][field].as_str().unwrap()[11..16].to_owned();
    let (since, due) = (clock("since"), clock("due"));
    let topic = shown["subject"].as_str().unwrap();
    let named = ["Clara Pond", CLARA, "Ana Ruiz", "everyone", topic, case, &since, &due, QUESTION];
    for body in [letter.body_text(0).unwrap(), letter.body_html(0).unwrap()] {
        for name in named {
            assert!(body.contains(name), "{name:?} is not in:\n{body}");
        }
    }
}

/// owed's own letters, which it sees like any mail, make no case.
fn owns_no_case_of_its_own(house: &House, owed: &[&str]) {
    let mut rows = house.owed(&["list", "--json"]).json();
    rows.sort_by_key(|row| row["case"].to_string());
    let mut subjects: Vec<_> = rows.iter().map(|row| row["subject"].as_str().unwrap()).collect();
    let mut expected: Vec<_> = owed.iter().map(|what| format!("The {what}")).collect();
    subjects.sort_unstable();
    expected.sort();
    assert_eq!(subjects, expected);
}
