//! `owed log`: an answer given, or a message received, outside mail.

use clap::Args;
use lettre::message::{Mailbox, Message};

use super::speak::{ask, complain, say};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request, Wish};

/// What `owed log` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The case that was answered
    #[arg(required_unless_present = "from", requires = "answered_by", conflicts_with = "from")]
    case: Option<String>,
    /// Who answered it: a short name, number or address
    #[arg(long, value_name = "PERSON", requires = "case")]
    answered_by: Option<String>,
    /// How it was answered: phone, in person, chat
    #[arg(long, default_value = "phone", requires = "case")]
    how: String,
    /// Who said something to us: a name with the address in angle brackets
    #[arg(long, value_name = "CONTACT", requires = "to", requires = "text")]
    from: Option<String>,
    /// The mailbox it is for
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// How it was said: phone, voicemail, chat, form, social or email
    #[arg(long, default_value = "phone", requires = "from")]
    channel: String,
    /// What it is about
    #[arg(long, default_value = "Phone call")]
    subject: String,
    /// What was said
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    daemon: Daemon,
}

/// Notes an answer or a message.
pub(super) fn log(arguments: &Arguments) -> Exit {
    let request = match request(arguments) {
        Ok(request) => request,
        Err(why) => {
            complain(why);
            return Exit::Usage;
        }
    };
    match ask(&arguments.daemon, &request) {
        Ok(Answer::Said(done)) => say(done),
        Ok(_) => say("Noted."),
        Err(exit) => return exit,
    }
    Exit::Fine
}

fn request(arguments: &Arguments) -> Result<Request, String> {
    let Arguments { case, answered_by, how, from, to, channel, subject, text, .. } = arguments;
    if let (Some(case), Some(by)) = (case, answered_by) {
        let wish = Wish::Answered { how: how.clone() };
        return Ok(Request::Act { case: case.clone(), by: by.clone(), wish });
    }
    let (Some(from), Some(to), Some(text)) = (from, to, text) else {
        return Err("say either CASE --answered-by PERSON, or --from, --to and --text".to_owned());
    };
    let party = |text: &str| {
        text.parse::<Mailbox>().map_err(|error| format!("{text:?} is no mail address: {error}"))
    };
    let mail = Message::builder()
        .from(party(from)?)
        .to(party(to)?)
        .subject(subject.clone())
        .message_id(None)
        .body(text.clone())
        .map_err(|error| format!("that cannot be written down: {error}"))?;
    let mail = String::from_utf8_lossy(&mail.formatted()).into_owned();
    Ok(Request::Heard { mail, mailbox: to.clone(), channel: channel.clone() })
}
