//! What the operator has to put right, because owed cannot.

use super::{Block, Letter, one_line};

/// How much of what is wrong is told; the log has all of it.
const LONG: usize = 400;

/// To the last resort: something that is kept cannot be read.
pub fn trouble(what: &str) -> Letter {
    let what = one_line(what, LONG);
    let lead = format!("{what}.");
    let goes_on = "Everything else goes on. What stands there reminds nobody until it is put \
                   right, so please look who waits: the mail itself is where it always was.";
    let then = "Restore the row from a backup, or ask whoever makes owed. This is told once; \
                the log says it each time.";
    Letter {
        subject: "owed cannot read something it keeps".to_owned(),
        preview: lead.clone(),
        blocks: vec![
            Block::Lead(lead),
            Block::Paragraph(goes_on.to_owned()),
            Block::Paragraph(then.to_owned()),
            Block::Footer("Written by owed, automatically, to its last resort.".to_owned()),
        ],
    }
}
