//! What a writer wrote: a mail's text without quotations and signatures.
//!
//! "Exact" leaves white space aside, and rules of dashes, which are no text.
//! Where the collection only says what the first visible piece is, the first
//! piece is compared, up to a quotation or a signature; where its source looks at
//! quotations alone, a signature may stand. Each set is printed as its labels are,
//! too.

use std::collections::BTreeMap;
use std::path::Path;

use owed::mail::parse::{Message, parse};
use owed::mail::visible::{Parts, parts};

use super::{Floor, Row, Share, Table, corpus, rows};

/// Labels that another source of the collection, or the mail itself, speaks
/// against; each with the reason.
const WRONG: [(&str, &str); 4] = [
    (
        "talon-eml/sparrow.eml",
        "keeps what stands below \"-- \"; its source asks for quotations only",
    ),
    ("github/email_1_1.txt", "crisp/email_1.txt is the same mail, and keeps the name below"),
    ("talon-signature/short_url.txt", "\"Thank you\" and a name; talon-html keeps the same"),
    ("crisp/email_7.txt", "its last quoted line is no fold: the line before ends a sentence"),
];

/// Labels that do not say all that is visible, each with how it is read.
const READ: [(&str, &str); 6] = [
    ("alfonsrv/email_2_1.txt", "a rule of dashes above a copied head is taken for text"),
    ("alfonsrv/email_nl_1_2.txt", "a rule of dashes above a copied head is taken for text"),
    (
        "crisp/email_german_3.txt",
        "the first piece alone: \"Hi there!\" stands below the telephone's",
    ),
    ("github/email_1_2.txt", "the first piece alone: the answers stand below the quotation"),
    ("talon-signature/johndoeexamplecom.txt", "\"#sig#\" teaches a machine; no mail has it"),
    ("willdurand/email_15.txt", "the first piece alone: a paragraph stands below the telephone's"),
];

/// Words without white space, and without lines that are rules.
fn squeezed(text: &str) -> String {
    let rule = |line: &&str| line.chars().any(|c| !" -_=\r".contains(c));
    text.lines().filter(rule).flat_map(str::split_whitespace).collect()
}

fn message(path: &Path) -> Message {
    let raw = std::fs::read(path).unwrap();
    let text = unmarked(&String::from_utf8_lossy(&raw));
    let mail = match path.extension().and_then(|extension| extension.to_str()) {
        Some("eml") => return parse(&raw).unwrap(),
        Some("html") => format!("Content-Type: text/html; charset=utf-8\n\n{text}"),
        _ => format!("Content-Type: text/plain; charset=utf-8\n\n{text}"),
    };
    parse(mail.as_bytes()).unwrap()
}

/// A text without the marks by which a source teaches what a signature is.
fn unmarked(text: &str) -> String {
    text.replace("#sig#", "")
}

/// The own words up to the first quotation.
fn first_piece(own: &str) -> String {
    let piece = own.lines().take_while(|line| !line.trim_start().starts_with('>'));
    piece.collect::<Vec<_>>().join("\n")
}

/// The own words above the signature, which ends a piece, too: what stands below
/// it a label of first pieces does not speak of.
fn piece_above_signature<'a>(text: &'a str, got: &Parts) -> &'a str {
    let mark = got.signature.lines().next().filter(|mark| !mark.is_empty());
    let above = mark.and_then(|mark| text.split_once(mark)).map_or("", |(above, _)| above);
    if squeezed(&got.own).starts_with(&squeezed(above)) { above } else { "" }
}

/// What the label asks for, in the ways that it may be read.
fn is_exact(row: &Row, (text, got): (&str, &Parts), expected: &str) -> bool {
    let expected = squeezed(&unmarked(expected));
    let is = |text: &str| squeezed(text) == expected;
    let quotations_only = row["basis"].contains("quotations_test");
    let first = row["basis"].contains("first visible fragment");
    match row["set"].as_str() {
        "talon-signature" => is(&got.signature),
        _ if quotations_only => is(&got.own) || is(&format!("{}\n{}", got.own, got.signature)),
        _ if is(&got.own) => true,
        _ => first && (is(&first_piece(&got.own)) || is(piece_above_signature(text, got))),
    }
}

/// Words that the label calls visible and that were cut.
fn is_lost(row: &Row, (text, got): (&str, &Parts), expected: &str) -> bool {
    let mut own = got.own.split_whitespace().peekable();
    let kept = expected.split_whitespace().all(|word| own.any(|found| found == word));
    row["set"] != "talon-signature" && !kept && !is_exact(row, (text, got), expected)
}

#[test]
fn corpus_texts_are_cut_as_their_sources_say() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("quoted");
    let mut sets: BTreeMap<String, [Share; 3]> = BTreeMap::new();
    let (mut lost, mut argued) = (Share::default(), Share::default());
    for row in rows(&folder.join("manifest.tsv")) {
        if row["expected"].is_empty() {
            continue;
        }
        let message = message(&folder.join(&row["input"]));
        let got = parts(&message);
        let expected = std::fs::read_to_string(folder.join(&row["expected"])).unwrap();
        let literal = if row["set"] == "talon-signature" { &got.signature } else { &got.own };
        let strict = |text: &str| text.split_whitespace().collect::<String>();
        let as_labelled = strict(literal) == strict(&expected);
        let found = (message.text.as_str(), &got);
        let exact = is_exact(&row, found, &expected);
        let [literally, read, fair] = sets.entry(row["set"].clone()).or_default();
        literally.count(as_labelled, || row["input"].clone());
        let reason = WRONG.iter().chain(&READ).find(|(input, _)| *input == row["input"]);
        if !as_labelled || reason.is_some() {
            argued.count(!as_labelled && reason.is_some(), || row["input"].clone());
            println!("not to the letter: {}: {}", row["input"], reason.map_or("", |(_, why)| why));
        }
        read.count(exact, || format!("{}\n{}", row["input"], got.own));
        if WRONG.iter().any(|(input, _)| *input == row["input"]) {
            continue;
        }
        fair.count(exact, || row["input"].clone());
        lost.count(!is_lost(&row, found, &expected), || row["input"].clone());
    }
    let mut table = Table::default();
    for (set, [literally, read, fair]) in &sets {
        table.share(&format!("{set}, to the letter"), literally, Floor::Shown);
        table.share(&format!("{set}, as meant"), read, Floor::Shown);
        table.share(set, fair, Floor::Percent(90.0));
    }
    table.share("not to the letter, with a reason", &argued, Floor::Wrong(0));
    table.share("nothing lost", &lost, Floor::Wrong(0));
    table.close();
}

/// What a mail's lines say is in one of the parts, whatever it is.
#[test]
fn corpus_mails_lose_nothing_to_the_cut() {
    let Some(corpus) = corpus() else { return };
    let mut share = Share::default();
    for mail in super::mails(&corpus) {
        let Ok(message) = &mail.message else { continue };
        let Parts { own, quoted, signature } = parts(message);
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let all = letters(&own) + letters(&quoted) + letters(&signature);
        // A page's words are counted by the page, which may differ from the text.
        let whole = message.html.is_some() || all == letters(&message.text);
        share.count(whole, || mail.says("path").to_owned());
    }
    let mut table = Table::default();
    table.share("every letter in one of the parts", &share, Floor::Wrong(0));
    table.close();
}
