//! What a mail says of itself, in seven languages: that it asks again or is
//! settled, that its writer is away, that somebody complains. Each table is a
//! file or a list here; the texts are invented.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use owed::domain::calendar::Calendar;
use owed::judge::absence::returns;
use owed::judge::promise::{Said, promises};
use owed::judge::verdict::{Known, Verdict, judge};
use owed::mail::parse::parse;

/// The fields of each row of a table.
fn rows(table: &'static str) -> Vec<Vec<&'static str>> {
    table.lines().skip(1).map(|row| row.split('\t').collect()).collect()
}

/// A second mail of somebody whom we owe an answer.
fn second_mail(text: &str) -> Verdict {
    let mail = format!(
        "From: paula@weaver.example\nTo: help@brook.example\nSubject: The boiler\n\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    );
    let known = Known { in_case: true, owed: true, ..Known::default() };
    judge(&parse(mail.as_bytes()).unwrap(), None, &[], known)
}

#[test]
fn a_second_mail_is_told_to_chase_to_add_or_to_settle() {
    let mut wrong = Vec::new();
    let table = rows(include_str!("again.tsv"));
    assert!(table.len() >= 55);
    for row in table {
        let [_, expected, text] = row.as_slice() else { panic!("{row:?}") };
        let verdict = second_mail(text);
        let got = (verdict.chase, verdict.settled);
        if got != (*expected == "chase", *expected == "settled") {
            wrong.push(format!("{expected}: {text}: chase, settled {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_out_of_office_text_says_when_somebody_is_back() {
    let mut wrong = Vec::new();
    for row in rows(include_str!("absences.tsv")) {
        let [_, said, text, expected] = row.as_slice() else { panic!("{row:?}") };
        let day: Date = said.parse().unwrap();
        let at = day.at(9, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let back = returns(text, at, &TimeZone::UTC);
        let got = back.map_or_else(|| "-".to_owned(), |day| day.to_string());
        if got != *expected {
            wrong.push(format!("{text}: {expected}, not {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_complaint_is_told_from_a_problem() {
    let complaints = [
        "This is unacceptable. I want my money back.",
        "I am very disappointed with the way this was handled.",
        "It is the third time we have had to call you about the same leak.",
        "If I do not hear from you today, my lawyer will write to you.",
        "I would like to make a complaint about the visit on Monday.",
        "Das ist inakzeptabel, ich verlange mein Geld zurück.",
        "Ich möchte mich über Ihren Mitarbeiter beschweren.",
        "C'est inadmissible, je suis très déçue de votre service.",
        "Esto es inaceptable, voy a poner una reclamación.",
        "È inaccettabile, sono molto deluso.",
        "Ik ben zeer teleurgesteld en wil een klacht indienen.",
        "Isso é inaceitável, quero o reembolso.",
        "This is the third time your man hasn't turned up. I took a day off for nothing.",
        "I am not happy with the work, the tiles are crooked.",
        "If nobody comes, I will be leaving a review and disputing the charge.",
        "Your technician was rude to my mother.",
        "I have been passed from one person to the next for two weeks!",
        "You have charged me twice.",
        "The parts never came and now you send an invoice? Unbelievable.",
        "Your fitter broke our tiles and denies it. We will not pay this invoice.",
        "Honestly, I expected better from you.",
        "Seit drei Wochen werde ich vertröstet, so geht das nicht!",
    ];
    for text in complaints {
        assert!(second_mail(text).complaint, "it complains: {text}");
    }
    let none = [
        "The tap drips again. Could you come by?",
        "Could you tell me how your refund policy works?",
        "I am a lawyer and would like an offer for three desks.",
        "Sorry to bother you again, the photo did not open.",
        "Unfortunately I cannot make it on Friday.",
        "Der Hahn tropft wieder, können Sie kommen?",
        "Le robinet fuit encore, pouvez-vous passer ?",
        "Gracias, todo perfecto.",
        "No complaints at all, your team was great. When is the next service due?",
        "I am not happy with the blue, could we have it in green?",
        "Is a refund possible if I return the spare tiles?",
    ];
    for text in none {
        assert!(!second_mail(text).complaint, "it does not complain: {text}");
    }
}

#[test]
fn an_automatic_answer_says_when_its_writer_is_back() {
    let mail = "From: paula@weaver.example\nTo: help@brook.example\n\
                Date: Wed, 25 Nov 2026 10:00:00 +0000\nSubject: Away\n\
                Auto-Submitted: auto-replied\n\nI am away until 2 December.\n";
    let judged = |mail: &str| judge(&parse(mail.as_bytes()).unwrap(), None, &[], Known::default());
    assert_eq!(judged(mail).back_on, Some(jiff::civil::date(2026, 12, 3)));
    // A person who says the same is asked nothing of the kind.
    let person = mail.replace("Auto-Submitted: auto-replied\n", "");
    let person = person.replace("December.", "December. Could you send me the offer before that?");
    assert_eq!(judged(&person).back_on, None);
}

#[test]
fn what_only_looks_like_a_promise_is_none() {
    let calendar = Calendar::always(TimeZone::UTC);
    let said = Said { at: "2026-11-25T10:00:00Z".parse().unwrap(), calendar: &calendar };
    let none = [
        "If you send me the photo, I'll send you an offer by Friday.",
        "Let me know what suits you and I'll book it.",
        "Once you have signed, we will ship it on Monday.",
        "Shall I call you tomorrow?",
        "Will you send me the report by Friday?",
        "I will be out of the office on Monday.",
        "She said she will send it tomorrow.",
        "He wrote: \"I will send it tomorrow.\"",
        "The meeting will be on Friday.",
        "I won't be able to send it tomorrow.",
        "I will not get back to you on this.",
        "I sent it on Monday.",
        "We will need your signature by Friday.",
        "You will need to send it by Friday.",
        "I'd be happy to help.",
        "Thank you, we look forward to hearing from you next week.",
        "Wenn Sie mir das Foto schicken, melde ich mich morgen bei Ihnen.",
        "Si vous m'envoyez la photo, je vous enverrai un devis demain.",
        "Si me manda la foto, le enviaré la oferta mañana.",
    ];
    for text in none {
        assert_eq!(promises(text, &said), [], "no promise: {text}");
    }
    let some = [
        "We are looking into it and will let you know.",
        "Leave it with me.",
        "Will do!",
        "I'll check if we have one in stock and get back to you.",
        "Let me check with Ben.",
        "I hope to send you the offer by Friday.",
    ];
    for text in some {
        assert_eq!(promises(text, &said).len(), 1, "a promise: {text}");
    }
}

#[test]
fn a_promise_is_quoted_on_one_line_as_it_was_written() {
    let calendar = Calendar::always(TimeZone::UTC);
    let said = Said { at: "2026-11-25T10:00:00Z".parse().unwrap(), calendar: &calendar };
    let mail = "Dear Paula,\n\nthank you for your call. I'll send you\nthe offer by \
                Friday, 4 Dec. at noon. Is that\nall right?\n\nBest wishes\nAna";
    let found = promises(mail, &said);
    let texts: Vec<&str> = found.iter().map(|promise| promise.text.as_str()).collect();
    assert_eq!(texts, ["I'll send you the offer by Friday, 4 Dec. at noon."]);
    assert_eq!(found[0].due, Some("2026-12-04T12:00:00Z".parse().unwrap()));
    let long = format!("I'll send you {}.", "é".repeat(400));
    assert_eq!(promises(&long, &said)[0].text.chars().count(), 200);
}
