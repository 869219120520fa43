//! Joining, as a table of what two mails share.

use super::*;
use crate::mail::parse::parse;

fn mail(head: &str) -> Message {
    parse(format!("{head}\n\nHello\n").as_bytes()).unwrap()
}

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
}

fn ties(head: &str) -> Ties {
    Ties::of(&mail(head), at(0), |address| address.domain() == "brook.example")
}

/// Whether a mail with this head continues, by its subject, a case of Jane's
/// that was quiet for so many hours.
fn continues(head: &str, subject: &str, hours: i64) -> bool {
    continues_if(head, subject, hours, false)
}

/// The same where the case may be held together by Message-IDs.
fn continues_if(head: &str, subject: &str, hours: i64, linked: bool) -> bool {
    let ties = ties(head);
    let people = ["jane@customer.example", "help@brook.example"];
    let people: Vec<Address> = people.iter().filter_map(|a| Address::parse(a)).collect();
    let (side, everybody) = (people.get(..1).unwrap(), people.as_slice());
    let earlier = Earlier { subject, side, everybody, linked, last_at: at(-hours) };
    let by_subject = |search: &Search<'_>| matches!(search, Search::Subject(_));
    ties.searches().into_iter().filter(by_subject).any(|search| ties.continues(search, earlier))
}

#[test]
fn a_subject_joins_an_answer_of_the_same_people_in_time() {
    const JANE: &str = "From: jane@customer.example\nTo: help@brook.example\nSubject: ";
    const EVE: &str = "From: eve@customer.example\nTo: help@brook.example\nSubject: ";
    const MONTH: i64 = 30 * 24;
    let cases = [
        (true, JANE, "Re: A leaking tap", "A leaking tap", 1),
        (true, JANE, "AW: A leaking tap", "A leaking tap", MONTH),
        (true, JANE, "Re: The roof (was: Re: A leaking tap)", "A leaking tap", 1),
        (true, JANE, "The roof [was: A leaking tap]", "A leaking tap", 1),
        (true, JANE, "Re: Taps", "Taps", 24),
        (false, JANE, "Re: Taps", "Taps", 8 * 24),
        (false, JANE, "Re: A leaking tap", "A leaking tap", MONTH + 1),
        (false, JANE, "A leaking tap", "A leaking tap", 1),
        (false, JANE, "Fwd: Re: A leaking tap", "A leaking tap", 1),
        (false, JANE, "Re: Invoice", "Invoice", 1),
        (false, JANE, "Re: Your order", "Your order", 1),
        (false, JANE, "Re: ", "", 1),
        // Both wrote to help@, which is ours: that is nobody in common.
        (false, EVE, "Re: A leaking tap", "A leaking tap", 1),
    ];
    for (expected, from, subject, earlier, hours) in cases {
        let head = format!("{from}{subject}");
        assert_eq!(continues(&head, earlier, hours), expected, "{head} after {hours} h");
    }
}

#[test]
fn where_message_ids_speak_a_subject_of_the_other_side_is_silent() {
    const HEAD: &str = "From: jane@customer.example\nTo: help@brook.example\nSubject: Re: A tap";
    const OURS: &str = "From: ana@brook.example\nTo: jane@customer.example\nSubject: Re: A tap";
    let parent = "In-Reply-To: <unknown@customer.example>";
    let address = "In-Reply-To: Message from Jane <jane@customer.example> of Monday";
    let cases = [
        (true, HEAD.to_owned(), false),
        (false, HEAD.to_owned(), true),
        (true, OURS.to_owned(), true),
        (false, format!("{HEAD}\n{parent}"), false),
        (false, format!("{OURS}\n{parent}"), true),
        // Somebody's address is no mail.
        (true, format!("{HEAD}\n{address}"), false),
    ];
    for (expected, head, linked) in cases {
        assert_eq!(continues_if(&head, "A tap", 1, linked), expected, "{head}, {linked}");
    }
}

#[test]
fn a_tag_speaks_for_a_list_only_where_nobody_is_named() {
    let archived = "From: eve@customer.example\nSubject: [taps] A leaking tap";
    assert!(continues(archived, "[taps] A leaking tap", 24));
    assert!(!continues(archived, "[taps] A leaking tap", 4 * 24));
    assert!(!continues(archived, "[roofs] A leaking tap", 24));
    let marked =
        "From: eve@customer.example\nTo: help@brook.example\nSubject: [EXTERNAL] Re: A tap";
    assert!(!continues(marked, "[EXTERNAL] A tap", 24));
}

#[test]
fn outlooks_conversation_is_the_same_for_the_first_mail_and_its_answers() {
    let of = |index: &str| ties(&format!("From: a@b.example\nThread-Index: {index}")).conversation;
    let first = of("Ac3kR8Y5zvTn2xqYQ4mWm5lYv1xAbQ==");
    assert!(first.is_some());
    assert_eq!(first, of("Ac3kR8Y5zvTn2xqYQ4mWm5lYv1xAbQABk2cA"));
    // The same conversation is told of at another time.
    assert_eq!(first, of("AdAAAAAAzvTn2xqYQ4mWm5lYv1xAbQ=="));
    assert_ne!(first, of("Ac3kR8Y5zvTn2xqYQ4mWm5lYv1xBbQ=="));
    for none in ["", "Ac3k", "Ac3kR8Y5AAAAAAAAAAAAAAAAAAAAAAA", "not base64, but long enough to be"]
    {
        assert_eq!(of(none), None, "{none}");
    }
}

#[test]
fn an_address_beside_the_message_id_is_no_parent() {
    let head = "From: ana@brook.example\nTo: jane@customer.example\nIn-Reply-To: Message from \
        Jane <jane@customer.example> of Monday <1@customer.example>";
    let ids: Vec<String> = parents(&mail(head)).iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["1@customer.example"]);
}

#[test]
fn a_forward_keeps_whose_mail_it_was_and_nobody_elses() {
    let cases = [
        (
            "Fwd: Tap",
            "See below.\n\n---------- Forwarded message ---------\nFrom: Jane Doe \
            <jane@customer.example>\nDate: Mon\nSubject: Tap\n",
            Some("jane@customer.example"),
        ),
        (
            "WG: Hahn",
            "Bitte.\n\nVon: Jane Doe [mailto:jane@customer.example]\nGesendet: Montag\n\
            An: ben@brook.example\nBetreff: Hahn\n",
            Some("jane@customer.example"),
        ),
        (
            "Re: Tap",
            "Yes.\n\nFrom: Jane <jane@customer.example>\nSent: Monday\nTo: Ben\n\
            Subject: Tap\n",
            None,
        ),
        ("Fwd: Tap", "Ask eve@customer.example, please.\n", None),
    ];
    for (subject, body, expected) in cases {
        let raw = format!("From: ben@partner.example\nSubject: {subject}\n\n{body}");
        let found = origin(&parse(raw.as_bytes()).unwrap());
        assert_eq!(found.as_ref().map(|party| party.address.as_str()), expected, "{body}");
    }
}
