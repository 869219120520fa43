//! Who wrote a mail, a person or which machine, and what relayed it.

use std::collections::BTreeMap;

use owed::judge::verdict::{Kind, Known, Relay, Verdict, judge};

use super::{Floor, Mail, Share, Table, corpus, in_parallel, mails};

/// When a verdict is what a row asks for.
type IsRight = fn(&Verdict) -> bool;

/// The rows, what is asked of each, and when a verdict is right in it.
const ROWS: [(&str, Floor, IsRight); 17] = [
    ("auto-reply", Floor::Wrong(0), |v| v.kind == Kind::AutoReply),
    ("bounce", Floor::Wrong(2), |v| v.kind == Kind::Bounce),
    ("receipt", Floor::Wrong(0), |v| v.kind == Kind::Receipt),
    ("notification", Floor::Wrong(9), is_notification),
    ("calendar", Floor::Wrong(0), |v| v.kind == Kind::Calendar),
    ("newsletter, list headers", Floor::Percent(97.0), |v| is_machine(v) || is_relayed(v)),
    ("newsletter, list headers, machine", Floor::Shown, is_machine),
    ("newsletter, none", Floor::Percent(60.0), is_machine),
    ("newsletter, other", Floor::Shown, is_machine),
    ("post on a list, relayed", Floor::Percent(97.0), is_relayed),
    ("reply on a list, relayed", Floor::Shown, is_relayed),
    ("reply on a list, human", Floor::Percent(95.0), is_human),
    ("reply, human", Floor::Percent(99.7), is_human),
    ("direct mail, human", Floor::Percent(99.7), is_human),
    ("direct mail, guessed, human", Floor::Shown, is_human),
    ("parser fixture, human", Floor::Shown, is_human),
    ("spam, no person", Floor::Shown, is_machine),
];

/// Labels that we think wrong, each with what the mail is instead.
const DOUBTED: [(&str, &str); 6] = [
    ("sisimai-bsd/lhost-sendmail-14.eml", "a person passes a bounce on, with a word of their own"),
    ("flufl.bounce/groupwise_03.eml", "a person answers, by Outlook, and asks for a receipt"),
    ("flufl.bounce/qmail_08.eml", "an automatic answer with Precedence: auto_reply; no failure"),
    ("mimekit/disposition-notification.anonymized.eml", "a read receipt: its parts say so"),
    ("mailcore2/4850-russian.eml", "a form's mail, passed on by a rule (auto-forwarded)"),
    (
        "00033.2ceb520d2c6500ccf24357f2ebdce618.eml",
        "an automatic answer, by its first sentence, with Re: in its subject",
    ),
];

fn taken_for(verdict: Option<&Verdict>) -> String {
    let named = |verdict: &Verdict| format!("{}: {}", verdict.kind.name(), verdict.reason);
    verdict.map_or("unread".to_owned(), named)
}

fn is_human(verdict: &Verdict) -> bool {
    matches!(verdict.kind, Kind::Human | Kind::Thanks)
}

fn is_machine(verdict: &Verdict) -> bool {
    !is_human(verdict) && verdict.kind != Kind::Malformed
}

fn is_relayed(verdict: &Verdict) -> bool {
    verdict.relayed == Some(Relay::List)
}

/// The collection counts read receipts among the notifications, and a machine's
/// post is as good where it went through a list.
fn is_notification(verdict: &Verdict) -> bool {
    matches!(verdict.kind, Kind::Notification | Kind::Receipt | Kind::List)
}

/// The rows that a mail counts in, by its labels alone.
fn rows_of(mail: &Mail) -> &'static [&'static str] {
    let (kind, notes, basis) = (mail.says("kind"), mail.says("notes"), mail.says("label_basis"));
    match kind {
        "newsletter/list" if notes.contains("human reply") => {
            &["reply on a list, human", "reply on a list, relayed"]
        }
        "newsletter/list" if notes.contains("list post") => &["post on a list, relayed"],
        "newsletter/list" if !notes.contains("hard-ham") => &["newsletter, other"],
        "newsletter/list" if basis.starts_with("mechanical") => {
            &["newsletter, list headers", "newsletter, list headers, machine"]
        }
        "newsletter/list" => &["newsletter, none"],
        "notification" if has_receipt(mail) => &["receipt", "notification"],
        "notification" => &["notification"],
        "thread-reply" => &["reply, human"],
        "other" if notes == "spam" => &["spam, no person"],
        "other" if basis.contains("parser fixture") => &["parser fixture, human"],
        "other" if basis.starts_with("guess") => &["direct mail, guessed, human"],
        "other" => &["direct mail, human"],
        "auto-reply" => &["auto-reply"],
        "bounce" => &["bounce"],
        "calendar" => &["calendar"],
        _ => &[],
    }
}

fn has_receipt(mail: &Mail) -> bool {
    let receipt = |part: &String| part.starts_with("message/disposition-notification");
    mail.message.as_ref().is_ok_and(|message| message.parts.iter().any(receipt))
}

#[test]
fn corpus_kinds_are_told_as_often_as_is_asked() {
    let Some(corpus) = corpus() else { return };
    let mails = mails(&corpus);
    let verdicts = in_parallel(mails, |mail| {
        let message = mail.message.as_ref().ok()?;
        Some(judge(message, None, &[], Known::default()))
    });
    let mut shares: BTreeMap<&str, Share> = BTreeMap::new();
    for (mail, verdict) in mails.iter().zip(&verdicts) {
        for name in rows_of(mail) {
            let (_, _, is_right) = ROWS.iter().find(|(row, _, _)| row == name).unwrap();
            let right = verdict.as_ref().is_some_and(is_right);
            let share = shares.entry(name).or_default();
            let miss = || format!("{} {}", mail.says("path"), taken_for(verdict.as_ref()));
            let doubted = DOUBTED.iter().find(|(path, _)| mail.says("path").ends_with(path));
            match doubted.filter(|_| !right) {
                Some((_, reason)) => share.doubt(reason, miss),
                None => share.count(right, miss),
            }
        }
    }
    let mut table = Table::default();
    for (name, floor, _) in ROWS {
        table.share(name, shares.get(name).unwrap_or(&Share::default()), floor);
    }
    table.close();
}
