//! What owed says back to whoever told it something by mail.

use super::{Block, Letter, SHORT, one_line};

/// To whoever wrote to owed: what was understood, and done. Each line of `words`
/// is told as it stands.
pub fn understood(words: &str) -> Letter {
    let lines: Vec<String> = words.lines().map(|line| one_line(line, 4 * SHORT)).collect();
    let mut lines = lines.into_iter().filter(|line| !line.is_empty());
    let lead = lines.next().unwrap_or_else(|| "Your mail has been read.".to_owned());
    let mut blocks = vec![Block::Lead(lead.clone())];
    blocks.extend(lines.map(Block::Paragraph));
    blocks.push(Block::Footer("Written by owed, automatically.".to_owned()));
    Letter { subject: "What owed understood".to_owned(), preview: lead, blocks }
}
