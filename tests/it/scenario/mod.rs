//! Stories of an office: people, mails, clicks and days that pass give letters,
//! word for word.
//!
//! Each `stories/NAME.story` has beside it `NAME.letters`, all that was written
//! in the journal and every letter that left. `UPDATE_EXPECTED=1 cargo test scenario`
//! writes them anew, to be read before they are believed.

mod office;
mod script;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use office::Office;
use script::{Line, Script};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/scenario/stories")
}

#[tokio::test]
async fn every_story_is_told_in_the_same_letters() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut stories: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "story"))
        .collect();
    stories.sort();
    assert!(!stories.is_empty());
    let mut wrong = String::new();
    for path in stories {
        let letters = path.with_extension("letters");
        let told = match play(&path).await {
            Ok(told) => told,
            Err(error) => {
                writeln!(wrong, "{}:{error}", path.display()).unwrap();
                continue;
            }
        };
        if update {
            std::fs::write(&letters, &told).unwrap();
        } else if let Some(line) = first_difference(&letters, &told) {
            writeln!(wrong, "{}: {line}", path.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// All that a story leads to, or the line in which it makes no sense.
async fn play(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).unwrap();
    let script = Script::read(&text)?;
    let mut office = Office::open(&script).await;
    for Line { number, at, deed } in &script.lines {
        office.does(*at, deed).await.map_err(|error| format!("{number}: {error}"))?;
    }
    Ok(office.told())
}

fn first_difference(letters: &Path, told: &str) -> Option<String> {
    let expected = std::fs::read_to_string(letters).unwrap_or_default();
    let at = expected.lines().zip(told.lines()).position(|(a, b)| a != b);
    let lines = (expected.lines().count(), told.lines().count());
    let at = at.or_else(|| (lines.0 != lines.1).then_some(lines.0.min(lines.1)))?;
    let shown = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    Some(format!("line {}\n  expected {}\n  told     {}", at + 1, shown(&expected), shown(told)))
}
