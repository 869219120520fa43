//! What owed says when it is only tried whether its mails arrive.

use super::{Block, Letter};

/// To whoever wanted to see one.
pub fn trial() -> Letter {
    let lead = "owed's mails reach you.".to_owned();
    let more = "Somebody tried it with `owed doctor --send-test`. Nothing has to be done.";
    let blocks = vec![
        Block::Lead(lead.clone()),
        Block::Paragraph(more.to_owned()),
        Block::Footer("Written by owed, automatically.".to_owned()),
    ];
    Letter { subject: "owed: a mail to see whether it arrives".to_owned(), preview: lead, blocks }
}
