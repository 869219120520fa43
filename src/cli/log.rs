//! `owed log`: an answer given, or a message received, outside mail.

use clap::Args;

use super::speak::{ask, complain, say};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request, Wish};
use crate::engine::told::Told;

/// What `owed log` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The case that was answered
    #[arg(required_unless_present = "from", requires = "answered_by", conflicts_with = "from")]
    case: Option<String>,
    /// Who answered it: a short name, number or address
    #[arg(long, value_name = "PERSON", requires = "case")]
    answered_by: Option<String>,
    /// How it was answered: phone, voicemail, chat, form, social, email or in person
    #[arg(long, default_value = "phone", requires = "case")]
    how: String,
    /// Who said something to us: an address or a telephone number, with the name before it
    /// as in "Rui Lopes <+351 912 345 678>", or only the name
    #[arg(long, value_name = "CONTACT", requires = "to", requires = "text")]
    from: Option<String>,
    /// The mailbox it is for
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// How it was said: phone, voicemail, chat, form or social
    #[arg(long, default_value = "phone", requires = "from")]
    channel: String,
    /// What it is about
    #[arg(long)]
    subject: Option<String>,
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
    if from.is_none() {
        return Err("say either CASE --answered-by PERSON, or --from, --to and --text".to_owned());
    }
    Ok(Request::Told(Told {
        channel: Some(channel.clone()),
        contact: from.clone(),
        mailbox: to.clone(),
        subject: subject.clone(),
        text: text.clone(),
        ..Told::default()
    }))
}
