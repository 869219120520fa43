//! `owed show`: everything about one case.

use clap::Args;

use super::speak::{ask, moment, say, say_json, strange, table};
use super::{Daemon, Exit};
use crate::daemon::control::{Answer, Request};
use crate::report::show::{Answered, Duty, Show, Work};

/// What `owed show` is asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The case number, as it stands in subjects
    case: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    daemon: Daemon,
}

/// How much of a reason is shown; it is why somebody looks.
const LONGEST_REASON: usize = 300;

/// Shows a case.
pub(super) fn show(arguments: &Arguments) -> Exit {
    match ask(&arguments.daemon, &Request::Show { case: arguments.case.clone() }) {
        Ok(Answer::Show(show)) if arguments.json => say_json(&show),
        Ok(Answer::Show(show)) => say(in_words(&show)),
        Ok(_) => return strange(),
        Err(exit) => return exit,
    }
    Exit::Fine
}

fn in_words(show: &Show) -> String {
    let mut parts = vec![format!(
        "{}  {}\nfrom {}, to {}; {}{}",
        show.case,
        show.subject,
        show.contact,
        show.mailbox,
        show.state,
        show.goes_on_in.as_ref().map(|into| format!(", goes on in {into}")).unwrap_or_default()
    )];
    parts.extend(show.obligations.iter().map(duty));
    parts.extend(show.jobs.iter().map(work));
    if !show.history.is_empty() {
        parts.push(format!("with this contact so far:\n  {}", show.history.join("\n  ")));
    }
    let journal: Vec<Vec<String>> = show
        .journal
        .iter()
        .map(|event| {
            let who = event.to.clone().or(event.owner.clone()).unwrap_or_default();
            vec![moment(&event.at), event.event.clone(), who, event.reason.clone()]
        })
        .collect();
    parts.push(table(&["WHEN", "WHAT", "WHO", "WHY"], &journal, LONGEST_REASON));
    let messages = show.messages.iter().map(|message| {
        let id = message.message_id.clone().unwrap_or_else(|| "(none)".to_owned());
        vec![moment(&message.at), message.from.clone(), id]
    });
    let messages: Vec<_> = messages.collect();
    if !messages.is_empty() {
        parts.push(table(&["WRITTEN", "BY", "MESSAGE-ID"], &messages, LONGEST_REASON));
    }
    let mails: Vec<Vec<String>> = show
        .mails
        .iter()
        .map(|mail| vec![mail.to.clone(), mail.state.clone(), mail.remark.clone()])
        .collect();
    if !mails.is_empty() {
        parts.push(table(&["MAIL TO", "STATE", "REMARK"], &mails, LONGEST_REASON));
    }
    parts.join("\n\n")
}

fn duty(duty: &Duty) -> String {
    let owner = duty.owner.as_deref().unwrap_or("whoever is on duty");
    let late = if duty.overdue { ", overdue" } else { "" };
    let mut text = format!(
        "{} {}: owed by {owner} since {}, due {}{late}\n  because {} (rule {:?})",
        duty.kind,
        duty.state,
        moment(&duty.since),
        moment(&duty.due),
        duty.because,
        duty.rule
    );
    if let Some(words) = &duty.words {
        text = format!("{text}\n  “{words}”");
    }
    if duty.chases > 0 {
        text = format!("{text}\n  asked again: {}", duty.chases);
    }
    if let Some(next) = &duty.next {
        text = format!("{text}\n  next step: {}", moment(next));
    }
    text
}

fn work(work: &Work) -> String {
    let by = if work.done_by.is_empty() { "nobody named" } else { &work.done_by.join(" and ") };
    let mut text = format!("job {:?}: done by {by}, {}", work.title, moment(&work.closed_at));
    if let Some(reference) = &work.reference {
        text = format!("{text}, reference {reference}");
    }
    text = format!("{text}\n  check-in: {}", work.check_in);
    if let Some(next) = &work.next {
        text = format!("{text}, next {}", moment(next));
    }
    for Answered { question, answer } in &work.answers {
        text = format!("{text}\n  {question} {answer}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::show::Sent;

    #[test]
    fn a_reason_is_told_to_its_end() {
        let remark = "the folder could not be written, because it is not there; ".repeat(3) + "end";
        let sent = Sent { to: "ana@brook.example".into(), state: "ready".into(), remark };
        let show = Show {
            case: "OW-7K3F-2".into(),
            subject: "A tap".into(),
            contact: "Jo".into(),
            mailbox: "help@brook.example".into(),
            state: "owed".into(),
            goes_on_in: None,
            obligations: Vec::new(),
            jobs: Vec::new(),
            history: Vec::new(),
            journal: Vec::new(),
            messages: Vec::new(),
            mails: vec![sent],
        };
        assert!(in_words(&show).ends_with("end"));
    }
}
