//! Tries a mailbox once: the login, and whether both of its folders can be opened.

use super::Mailbox;
use super::fault::Fault;
use super::session::Session;

/// Why the mailbox cannot be read, in words; nothing in it is changed.
pub async fn knock(mailbox: &Mailbox) -> Result<(), String> {
    tried(mailbox).await.map_err(|fault| fault.to_string())
}

async fn tried(mailbox: &Mailbox) -> Result<(), Fault> {
    let mut session = Session::open(mailbox).await?;
    session.examine(&mailbox.settings.inbox).await?;
    session.examine(&mailbox.settings.sent).await?;
    // The server says goodbye before it says that this was understood.
    let _goodbye = session.wire.begin("LOGOUT").await?;
    Ok(())
}
