//! What a writer wrote: a mail's text without quotations and signatures.

use std::collections::BTreeMap;

use owed::mail::parse::parse;
use owed::mail::visible::{visible, visible_text};

use super::{Floor, Share, Table, corpus, rows};

#[test]
fn corpus_quotations_are_cut_no_worse_than_measured_before() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("quoted");
    let mut sets: BTreeMap<String, Share> = BTreeMap::new();
    for row in rows(&folder.join("manifest.tsv")) {
        if row["expected"].is_empty() || row["set"] == "talon-signature" {
            continue;
        }
        let raw = std::fs::read(folder.join(&row["input"])).unwrap();
        let text = String::from_utf8_lossy(&raw);
        let expected = std::fs::read_to_string(folder.join(&row["expected"])).unwrap();
        let is = |extension: &str| row["input"].ends_with(extension);
        let got = if is(".eml") {
            visible(&parse(&raw).unwrap())
        } else if is(".html") {
            let mail = format!("Content-Type: text/html; charset=utf-8\n\n{text}");
            visible(&parse(mail.as_bytes()).unwrap())
        } else {
            visible_text(&text)
        };
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let right = squeezed(&got) == squeezed(&expected);
        if !right && std::env::args().any(|arg| arg == "--show-output") {
            println!("=== {}\n--- got\n{got}\n--- expected\n{expected}", row["input"]);
        }
        sets.entry(row["set"].clone()).or_default().count(right, || row["input"].clone());
    }
    let mut together = Share::default();
    let mut table = Table::default();
    for (set, share) in &sets {
        table.share(set, share, Floor::Shown);
        together.all += share.all;
        together.wrong.extend(share.wrong.iter().cloned());
    }
    table.share("visible text", &together, Floor::Wrong(together.all - 72));
    table.close();
}
