//! Each kind of letter, in both forms.

use std::path::Path;

use owed::domain::ids::Party;
use owed::mail::letter::{
    self, Block, Down, Fine, Letter, Matter, Reader, Together, Understood, Unsure, accepted,
    bundle, doubt, escalation, fine, offer, refused, reminder_for_another, reminder_for_mailbox,
    trouble, understood, unsure,
};
use owed::mail::link::Verb;
use owed::mail::typeset;

use super::days;
use super::matters::{
    MINE, ana, clickable, lisbon, many, marta, party, promised, tap, tap_of_ben, tap_overdue,
    tap_unowned, unheard, unsettled,
};

/// To an owner who was told nothing of it before.
fn reminder(matter: &Matter) -> Letter {
    letter::reminder(matter, &Reader::default())
}

/// Everything that has a fixture.
fn letters() -> Vec<(&'static str, Letter)> {
    let mut letters = days::letters();
    letters.extend(about_a_case());
    letters
}

fn about_a_case() -> Vec<(&'static str, Letter)> {
    vec![
        ("reminder", reminder(&tap("2026-11-20T16:15"))),
        ("reminder-late", reminder(&tap_overdue("2026-11-23T09:00"))),
        ("reminder-mailbox", reminder_for_mailbox(&tap_unowned("2026-11-20T16:15"), &marta(None))),
        ("reminder-another", reminder_for_another(&tap_of_ben("2026-11-20T16:15"), &ana())),
        ("escalation", escalation(&tap_overdue("2026-11-20T17:00"), &marta(None))),
        (
            "escalation-repeated",
            escalation(&tap_overdue("2026-11-24T09:00"), &marta(Some("2026-11-20T17:00"))),
        ),
        ("escalation-unowned", escalation(&tap_unowned("2026-11-20T18:40"), &marta(None))),
        ("escalation-hostile", escalation(&hostile(), &marta(None))),
        ("reminder-links", reminder(&with_history(clickable(tap("2026-11-20T16:15"), MINE)))),
        ("reminder-promise", reminder(&promised("2026-11-20T14:15"))),
        ("reminder-promise-broken", reminder(&promised("2026-11-20T16:15"))),
        ("reminder-update", reminder(&unheard("2026-11-20T16:15"))),
        ("reminder-resolution", reminder(&unsettled("2026-11-20T16:15"))),
        ("escalation-promise", escalation(&promised("2026-11-20T15:00"), &marta(None))),
        ("escalation-complaint", escalation(&complaint("2026-11-20T11:00"), &marta(None))),
        ("doubt", doubt(&in_doubt(), Some("ana"))),
        ("doubt-links", doubt(&clickable(in_doubt(), MEANS), Some("ana"))),
        ("fine", fine(&all_well())),
        ("reminder-doubt", reminder(&in_doubt())),
        ("offer", offer(&clickable(tap("2026-11-20T11:00"), ASKED), "Ana Ruiz", Some("ben"))),
        ("accepted", accepted(&tap_of_ben("2026-11-20T11:20"), "Ben Ode")),
        ("refused", refused(&tap("2026-11-20T11:20"), "Ben Ode cannot take it: at the dentist")),
        ("bundle", bundle(&many("2026-11-20T16:15", 3), &Together::Company)),
        ("bundle-storm", bundle(&many("2026-11-20T16:15", 14), &Together::Storm)),
        ("bundle-down", bundle(&many("2026-11-20T16:15", 3), &Together::Down(down()))),
        ("reminder-down", told_of_promises()),
        ("understood", understood("You take OW-7K3F-2.\nAna Ruiz is told of it.")),
        ("unsure", unsure(&not_sure())),
        ("trouble", trouble("OW-7K3F-2: a row of obligation (key 5) makes no sense in column due")),
    ]
}

/// What the contact's words after a job may mean.
const MEANS: &[(Verb, &str)] = &[(Verb::Fine, "It means OK"), (Verb::NotFine, "It means not OK")];

/// An answer after a job that may mean either.
fn in_doubt() -> Matter {
    Matter {
        words: "Hello Ana, it was fine on Tuesday. I will look again at the weekend.".to_owned(),
        in_doubt: Some("Repaired the kitchen tap".to_owned()),
        ..tap("2026-11-20T09:13")
    }
}

/// All is well, says the contact on their page.
fn all_well() -> Fine {
    let answers = [("How easy was it?", "4"), ("What could we do better?", "Come earlier.")];
    Fine {
        case: tap("2026-11-20T09:30").case,
        contact: party("Jo Client", "jo@customer.example"),
        title: "Repaired the kitchen tap".to_owned(),
        words: Some(("All is well. Thank you!".to_owned(), lisbon("2026-11-20T09:12"))),
        answers: answers.map(|(question, answer)| (question.into(), answer.into())).into(),
        now: lisbon("2026-11-20T09:30"),
    }
}

/// What whoever is asked to take a case can do.
const ASKED: &[(Verb, &str)] = &[(Verb::Accept, "I take it"), (Verb::Refuse, "I cannot")];

fn with_history(matter: Matter) -> Matter {
    let history = ["Answered in time 4 times this year.", "A promise was kept on 2 March."];
    Matter { history: history.map(str::to_owned).to_vec(), ..matter }
}

fn complaint(now: &str) -> Matter {
    Matter { complaint: true, ..tap(now) }
}

fn down() -> Down {
    Down { from: lisbon("2026-11-18T22:10"), to: lisbon("2026-11-20T16:10") }
}

/// A reminder after owed was down, with what it read as promises.
fn told_of_promises() -> Letter {
    let now = lisbon("2026-11-20T16:15");
    let mut letter = reminder(&tap("2026-11-20T16:15"));
    letter.admit(&down(), &now);
    let promise = |subject: &str, link: &str| Understood {
        contact: party("Jo Client", "jo@customer.example"),
        subject: subject.to_owned(),
        words: "You will have the offer by Monday.".to_owned(),
        due: lisbon("2026-11-23T17:00"),
        correct: Some(format!("https://owed.brook.example/a/{link}/correct")),
    };
    letter.show_promises(&[promise("A new boiler", "cb2ng"), promise("The bill", "cb3ng")], &now);
    letter
}

fn not_sure() -> Unsure {
    Unsure {
        case: tap("2026-11-20T11:00").case,
        contact: party("Jo Client", "jo@customer.example"),
        subject: "Re: Kitchen tap still drips".to_owned(),
        due: lisbon("2026-11-20T15:00"),
        now: lisbon("2026-11-20T11:05"),
        tell: Some("https://owed.brook.example/a/cb2ng/tell-when".to_owned()),
    }
}

/// A contact who tries everything.
fn hostile() -> Matter {
    let mut matter = tap("2026-11-20T17:03");
    "Jo\r\nBcc: all\u{202E}<b>".clone_into(&mut matter.contact.name);
    matter.subject = format!("Re: FW: re: <script>alert(1)</script>\0 {}", "long ".repeat(40));
    matter.words = format!(
        "<img src=\"https://tracker.example/p.gif\">\u{7}\n-- \n{}\n{}",
        "https://customer.example/a/very/long/link/that/goes/on/and/on?with=everything&in=it&x=1",
        "line after line\n\n\n\n".repeat(40)
    );
    matter
}

#[test]
fn letters_read_as_their_fixtures() {
    for (name, letter) in letters() {
        let text = format!(
            "Subject: {}\nPreview: {}\n\n{}",
            letter.subject,
            letter.preview,
            typeset::text(&letter)
        );
        same_as_fixture(&format!("{name}.txt"), &text);
        same_as_fixture(&format!("{name}.html"), &typeset::html(&letter).unwrap());
    }
}

pub(super) fn same_as_fixture(file: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/letters").join(file);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{file} differs; UPDATE_EXPECTED=1 writes it anew");
}

#[test]
fn both_forms_say_the_same_words() {
    for (name, letter) in letters() {
        let html = typeset::html(&letter).unwrap();
        for word in typeset::text(&letter).split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let plain = bare.chars().all(char::is_alphanumeric);
            assert!(!plain || html.contains(bare), "{name}: {bare}");
        }
    }
}

#[test]
fn no_letter_blames_anybody() {
    for (name, letter) in letters() {
        let said = typeset::text(&letter).to_lowercase();
        for word in
            ["fail", "forg", "ignor", "neglect", "late", "should", "must", "fault", "why you"]
        {
            let blames = said.split(|c: char| !c.is_alphabetic()).any(|w| w.starts_with(word));
            assert!(!blames, "{name} says {word}");
        }
    }
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    for (name, letter) in letters() {
        let html = typeset::html(&letter).unwrap();
        for loads in ["src=", "url(", "@import", "<link", "<script", "<img", "href=", "action="] {
            // What the contact wrote is escaped, so its own src= has no tag; a link
            // of ours loads nothing until it is followed.
            let tags = html.replace("&#60;img src=", "");
            let tags = tags.replace("<a class=\"action\" href=\"https://owed.brook.example/", "");
            assert!(!tags.contains(loads), "{name}: {loads}");
        }
    }
}

#[test]
fn the_subject_of_a_case_stays_the_same_so_that_its_letters_are_one_thread() {
    let first = escalation(&tap("2026-11-20T17:00"), &marta(None));
    let later = tap_overdue("2026-11-24T09:00");
    assert_eq!(first.subject, escalation(&later, &marta(Some("2026-11-20T17:00"))).subject);
    assert_eq!(first.subject, reminder(&later).subject);
    assert_eq!(first.subject, reminder_for_another(&later, &marta(None)).subject);
}

#[test]
fn nobody_is_told_about_themselves() {
    let matter = tap_overdue("2026-11-20T17:00");
    let ana = Reader { called: matter.owner_called.clone(), first_told: None };
    assert_eq!(escalation(&matter, &ana), reminder(&matter));
    let nobody = Matter { owner_called: None, ..matter };
    assert_ne!(escalation(&nobody, &Reader::default()), reminder(&nobody));
}

#[test]
fn whoever_gives_no_name_or_an_address_for_one_is_called_by_their_address() {
    for name in [
        " \r\n ",
        "\u{202E}",
        "kim@elsewhere.example",
        "Kim <kim@elsewhere.example>",
        "kim\u{FF20}elsewhere.example",
        &format!("{}kim@elsewhere.example", "long ".repeat(40)),
    ] {
        let mut matter = tap_overdue("2026-11-20T17:00");
        matter.contact = Party { name: name.to_owned(), ..matter.contact };
        for letter in [
            reminder(&matter),
            reminder_for_another(&matter, &marta(None)),
            reminder_for_mailbox(&matter, &marta(None)),
            escalation(&matter, &marta(None)),
        ] {
            assert!(letter.subject.starts_with("jo@customer.example is waiting: "), "{letter:?}");
            let said = format!("{} {}", letter.preview, typeset::text(&letter));
            assert!(said.contains("jo@customer.example is waiting for"), "{said}");
            for other in ["elsewhere", ", jo@customer.example"] {
                assert!(!said.contains(other), "{name}: {said}");
            }
        }
    }
}

#[test]
fn whoever_stands_in_is_asked_in_their_own_name_and_the_owner_is_in_an_escalation() {
    let matter = tap_of_ben("2026-11-20T16:15");
    let another = typeset::text(&reminder_for_another(&matter, &marta(None)));
    assert!(another.contains("--answered-by marta "), "{another}");
    assert!(another.contains("Ben Ode is away, and you stand in."), "{another}");
    assert!(!another.to_lowercase().contains("your reply"), "{another}");
    let nameless = typeset::text(&reminder_for_another(&matter, &Reader::default()));
    assert!(nameless.contains("--answered-by NAME "), "{nameless}");
    let here = Matter { owner_away: false, ..matter.clone() };
    let here = typeset::text(&reminder_for_another(&here, &marta(None)));
    assert!(!here.contains("away"), "only what is so is said: {here}");
    let told = typeset::text(&escalation(&matter, &marta(None)));
    assert!(told.contains("--answered-by ben "), "{told}");
}

#[test]
fn empty_fields_leave_no_empty_blocks() {
    let mut matter = tap("2026-11-20T16:15");
    "\n \n".clone_into(&mut matter.words);
    "Re: ".clone_into(&mut matter.subject);
    matter.since = lisbon("2026-11-20T16:14:30");
    let letter = escalation(&matter, &marta(None));
    let quotes = letter.blocks.iter().filter(|b| matches!(b, Block::Quote(..) | Block::List(..)));
    assert_eq!(quotes.count(), 1, "only what can be done now");
    assert!(letter.subject.contains("(no subject)"));
}
