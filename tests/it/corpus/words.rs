//! What a mail asks and says, on real sentences and mails.
//!
//! The collection's labels are others' readings: of mails with a request in
//! them, of sentences in which two of three saw one, of "I will" sentences.
//! A `Yes` of the intent sentences is also given to promises and offers, so
//! they are shown and not held to.

use std::path::Path;

use jiff::tz::TimeZone;
use owed::domain::calendar::Calendar;
use owed::judge::promise::{Said, promises};
use owed::judge::verdict::{Known, judge};
use owed::mail::parse::parse;

use super::{Row, Table, corpus, in_parallel, rows};

/// A text, whether what is looked for was heard in it, and what its label says.
struct Text<'a> {
    row: &'a Row,
    heard: bool,
    labelled: bool,
}

/// Precision, recall and F1 of what was heard.
#[expect(clippy::cast_precision_loss, reason = "counts of mails are small")]
fn figures(all: &[Text<'_>]) -> [f64; 3] {
    let count = |heard: bool, labelled: bool| {
        all.iter().filter(|text| text.heard == heard && text.labelled == labelled).count() as f64
    };
    let right = count(true, true);
    let precision = right / (right + count(true, false)).max(1.0);
    let recall = right / (right + count(false, true)).max(1.0);
    [precision, recall, 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE)]
}

fn tell(table: &mut Table, name: &str, all: &[Text<'_>], floors: [f64; 3]) {
    for ((what, figure), floor) in
        ["precision", "recall", "F1"].into_iter().zip(figures(all)).zip(floors)
    {
        table.figure(&format!("{name}, {what}"), figure, floor);
    }
    for miss in all.iter().filter(|text| text.heard != text.labelled) {
        let which = ["path", "id", "sentence"].iter().find_map(|column| miss.row.get(*column));
        let kind = if miss.heard { "heard" } else { "missed" };
        println!("    {name}: {kind} {}", which.map_or("", String::as_str));
    }
}

/// A mail of these words alone.
fn asks(words: &str) -> bool {
    let mail = format!("From: a@one.example\nTo: b@two.example\n\n{words}\n");
    judge(&parse(mail.as_bytes()).unwrap(), None, &[], Known::default()).asks
}

/// The mail's own words: what it answers stands before the mark, and words
/// stand apart from their signs.
fn untokenised(text: &str) -> String {
    let own = text.rsplit_once("[SEP]").map_or(text, |(_, own)| own);
    let joined = own.replace(" n't", "n't").replace(" '", "'");
    [".", ",", "?", "!", ";", ":"]
        .iter()
        .fold(joined, |text, sign| text.replace(&format!(" {sign}"), sign))
}

/// A field as a table of another kind quotes it.
fn unquoted(field: &str) -> String {
    let inner = field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| field.to_owned(), |inner| inner.replace("\"\"", "\""))
}

fn heard(rows: &[Row], of: impl Fn(&Row) -> (bool, bool) + Sync) -> Vec<Text<'_>> {
    let judged = in_parallel(rows, of);
    let all = rows.iter().zip(judged);
    all.map(|(row, (heard, labelled))| Text { row, heard, labelled }).collect()
}

#[test]
fn a_mail_that_wants_an_answer_is_told_from_one_that_does_not() {
    let Some(corpus) = corpus() else { return };
    let mut table = Table::default();
    let mails = rows(&corpus.join("labels/mailex_mails.tsv"));
    let judged = heard(&mails, |row| {
        (asks(&untokenised(&row["text"])), row["needs_reply(request event)"] == "1")
    });
    tell(&mut table, "requests in mails", &judged, [0.85, 0.85, 0.87]);
    let mails = rows(&corpus.join("labels/bc3_mails.tsv"));
    let judged = heard(&mails, |row| {
        let raw = std::fs::read(corpus.join(&row["path"])).unwrap();
        let verdict = judge(&parse(&raw).unwrap(), None, &[], Known::default());
        (verdict.asks, row["req_sentences(>=2 of 3)"] != "0")
    });
    tell(&mut table, "requests on lists", &judged, [0.5, 0.85, 0.64]);
    let sentences = rows(&corpus.join("labels/parakweet_train.tsv"));
    let judged = heard(&sentences, |row| (asks(&row["sentence"]), row["label"] == "Yes"));
    for (what, figure) in ["precision", "recall", "F1"].into_iter().zip(figures(&judged)) {
        table.figure(&format!("intent sentences, {what}"), figure, 0.0);
    }
    table.close();
}

#[test]
fn a_promise_is_told_from_other_uses_of_will() {
    let Some(corpus) = corpus() else { return };
    let mut table = Table::default();
    promise_sentences(&corpus, &mut table);
    table.close();
}

fn promise_sentences(corpus: &Path, table: &mut Table) {
    let calendar = Calendar::always(TimeZone::UTC);
    let said = Said { at: "2001-06-13T15:00:00Z".parse().unwrap(), calendar: &calendar };
    let sentences = rows(&corpus.join("labels/promises_enron.tsv"));
    let judged = heard(&sentences, |row| {
        let promised = promises(&unquoted(&row["sentence"]), &said);
        if row["label"] == "promise-dated" && promised.iter().all(|p| p.due.is_none()) {
            println!("    no time found: {}", row["path"]);
        }
        (!promised.is_empty(), matches!(row["label"].as_str(), "promise" | "promise-dated"))
    });
    tell(table, "promise sentences", &judged, [0.9, 0.6, 0.72]);
}
