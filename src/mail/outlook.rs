//! Outlook's own name for a conversation.
//!
//! Outlook and Exchange write a Thread-Index into every mail: in base64, 22 bytes
//! for the conversation (one reserved, five of time, a GUID) and five more for
//! each answer (MS-OXOMSG, 2.2.1.3). It survives where a gateway or a phone loses
//! References. It does not know which mails belong together.

use super::parse::Message;
use crate::domain::ids::MessageId;

/// Where the GUID begins: six bytes are eight letters.
const TIME: usize = 8;
/// Where it ends but for its last two bits, which share a letter with others.
const GUID: usize = 29;

/// The conversation that `message` says it belongs to, as a name that may stand
/// among Message-IDs.
pub(super) fn conversation(message: &Message) -> Option<MessageId> {
    let index = message.header("thread-index")?;
    let is_letter = |c: &char| c.is_ascii_alphanumeric() || "+/".contains(*c);
    let letters: String = index.chars().filter(|c| !c.is_whitespace()).take(GUID).collect();
    let whole = letters.len() == GUID && letters.chars().all(|c| is_letter(&c));
    let guid = letters.get(TIME..).filter(|guid| whole && guid.contains(|c| c != 'A'))?;
    MessageId::parse(&format!("thread-index:{guid}"))
}
