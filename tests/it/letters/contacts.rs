//! The letters that contacts get, in every language: as they read, and what no
//! template of owed's or of an operator's may be.

use std::fmt::Write as _;

use owed::mail::dated;
use owed::mail::letter::{Note, note};
use owed::mail::template::{Flaw, Form, Kind, Place, Template, Templates, Values};

use super::fixtures::same_as_fixture;
use super::matters::{lisbon, party};

const LANGUAGES: [&str; 7] = ["en", "de", "es", "fr", "it", "nl", "pt"];

const KINDS: [Kind; 5] =
    [Kind::TellWhen, Kind::CheckIn, Kind::CheckInAgain, Kind::Receipt, Kind::Transcript];

fn values(language: &str) -> Values {
    let when = dated::when(&lisbon("2026-11-20T15:00"), language);
    let closed = dated::day(&lisbon("2026-11-18T16:00"), language);
    [
        ("contact", "Jo Client"),
        ("topic", "Kitchen tap still drips"),
        ("when", when.as_str()),
        ("closed", closed.as_str()),
        ("job", "new washer in the kitchen tap"),
        ("case", "OW-7K3F-2"),
        ("number", "017"),
        ("person", "Ana Ruiz"),
        ("organisation", "Brook & Sons"),
        ("transcript", "Jo Client, 17 November, 09:12:\n\n> It still drips.\n> Can you come?"),
        ("page", "https://owed.brook.example/c/mfrgg"),
        ("yes", "https://owed.brook.example/k/mfrgg/yes"),
        ("no", "https://owed.brook.example/k/mfrgg/no"),
        ("stop", "https://owed.brook.example/k/mfrgg/stop"),
    ]
    .map(|(name, value)| (name, Some(value.to_owned())))
    .into_iter()
    .chain([("words", None)])
    .collect()
}

/// What is missing where there are no pages, no name, and no conversation before.
fn fewer(language: &str) -> Values {
    let gone = ["contact", "page", "yes", "no", "stop"];
    let mut values = values(language);
    for (name, value) in &mut values {
        *value = value.take().filter(|_| !gone.contains(name));
    }
    values
}

#[test]
fn contacts_read_what_the_fixtures_say() {
    let templates = Templates::default();
    for language in LANGUAGES {
        let mut all = String::new();
        for (values, kind) in
            KINDS.into_iter().flat_map(|kind| [(values(language), kind), (fewer(language), kind)])
        {
            let letter = templates.write(kind, language, &values).unwrap();
            let (name, subject) = (kind.name(), &letter.subject);
            let line = "=".repeat(72);
            write!(all, "{line}\n{name}\nSubject: {subject}\n\n{}\n", letter.text).unwrap();
        }
        same_as_fixture(&format!("contacts/{language}.txt"), &all);
    }
    let check_in = templates.write(Kind::CheckIn, "en", &values("en")).unwrap();
    same_as_fixture("contacts/check-in.html", &check_in.html.unwrap());
}

#[test]
fn a_letter_without_a_link_is_plain_text_as_a_person_would_send_it() {
    let templates = Templates::default();
    for kind in KINDS {
        let letter = templates.write(kind, "en", &fewer("en")).unwrap();
        assert_eq!(letter.html, None, "{}", kind.name());
    }
}

#[test]
fn no_letter_is_a_form_letter() {
    let templates = Templates::default();
    for (language, kind) in LANGUAGES.iter().flat_map(|l| KINDS.map(|kind| (l, kind))) {
        let said = templates.write(kind, language, &values(language)).unwrap().text;
        let of_a_person = kind == Kind::Transcript || said.contains("Ana Ruiz");
        assert!(of_a_person && said.contains("Brook & Sons"), "{said}");
        let words = said.split_whitespace().count();
        assert!(words < 90, "{language} {} has {words} words", kind.name());
        let said = said.to_lowercase();
        for phrase in ["valued", "dear customer", "not reply", "0 to 10", "recommend", "noreply"] {
            assert!(!said.contains(phrase), "{language} {}: {phrase}", kind.name());
        }
    }
}

#[test]
fn a_contact_is_written_to_in_their_language_else_in_the_organisations() {
    let note = |language: Option<&str>, house: &str| {
        let written = Note {
            contact: party("Jo Client", "jo@customer.example"),
            subject: "Re: Kitchen tap still drips".to_owned(),
            by: "Ana Ruiz".to_owned(),
            organisation: "Brook & Sons".to_owned(),
            due: lisbon("2026-11-20T15:00"),
            language: language.map(str::to_owned),
        };
        let text = note(&written, &Templates::new(house, Vec::new())).unwrap().text;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(note(Some("de"), "en").contains("bis Freitag, 20. November, 15:00 Uhr."));
    assert!(note(Some("fi"), "pt").contains("até sexta-feira, 20 de novembro, 15:00."));
    assert!(note(None, "pt").starts_with("Olá, Jo Client,"));
    assert!(note(Some("fi"), "fi").contains("by Friday, 20 November, 15:00."));
}

fn place(file: &str) -> Place {
    Place::of("sv", file).unwrap()
}

fn flaw(file: &str, text: &str) -> Flaw {
    let mut flaws = Template::read(place(file), text).unwrap_err();
    assert_eq!(flaws.len(), 1, "{flaws:?}");
    flaws.remove(0)
}

#[test]
fn a_template_of_the_operators_stands_before_owed_s_and_may_be_a_new_language() {
    let text = "Subject: Re: {{ topic }}\n\nHej! Du hör av mig {{ when }}.\n\n{{ person }}";
    let html = "<p>Hej! <b>{{ when }}</b>, {{ person }} på {{ organisation }}</p>";
    let own = [("tell-when.txt", text), ("tell-when.html", html)]
        .map(|(file, text)| Template::read(place(file), text).unwrap());
    let templates = Templates::new("en", own.to_vec());
    assert_eq!(templates.language(Kind::TellWhen, Some("sv")), "sv");
    assert_eq!(templates.language(Kind::Receipt, Some("sv")), "en", "letter by letter");
    let letter = templates.write(Kind::TellWhen, "sv", &values("sv")).unwrap();
    assert_eq!(letter.text, "Hej! Du hör av mig 2026-11-20 15:00.\n\nAna Ruiz\n");
    let html = letter.html.unwrap();
    assert_eq!(html, "<p>Hej! <b>2026-11-20 15:00</b>, Ana Ruiz på Brook &amp; Sons</p>");
}

#[test]
fn a_flaw_is_shown_where_it_is() {
    let body = "Subject: x\n\nby {{ when }}\n";
    assert_eq!(Template::read(place("tell-when.txt"), body).unwrap().place().form, Form::Text);
    for (file, text, at, wrong) in [
        ("tell-when.txt", "Hello {{ when }}", "Hello {{ when }}", "no subject"),
        ("tell-when.txt", "Subject: x\n\nwhom {{ whom }} {{ when }}", "whom", "no value `whom`"),
        ("tell-when.txt", "Subject: x\n\nsoon", "Subject:", "does not use `when`"),
        ("tell-when.txt", "Subject: x\n\n{{ when }} {% if page %}", "", "cannot be read"),
        ("tell-when.txt", "Subject: x\n\n{{ when|louder }}", "louder", "cannot be read"),
        ("tell-when.txt", "Subject: x\n\n{{ when }} {{ contact }}", "contact", "cannot be read"),
        ("tell-when.txt", "Subject: {{ '' }}\n\n{{ when }}", "Subject:", "is no letter"),
        ("tell-when.html", "<p>{{ when }}{% include 'x' %}", "include", "cannot be read"),
        ("tell-when.html", "{% for a in range(99) %}{{ when }}{% endfor %}", "range", "`range`"),
    ] {
        let flaw = flaw(file, text);
        assert!(flaw.wrong.contains(wrong), "{flaw:?}");
        assert!(text[flaw.span.clone()].contains(at), "{text}: {flaw:?}");
    }
}
