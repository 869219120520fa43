//! The configuration as it is written: shapes and places, no meaning.
//!
//! Everything is optional here, so that what is missing can be told in words by
//! `check`, all at once. No `flatten`, no `untagged` and no tagged enums: serde
//! loses the places beneath them.
//!
//! The words on each key are what `docs/configuration.md` is made of, and its
//! test holds each to saying that it is needed, its default, or what holds
//! without it.

mod list;
mod question;

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

pub(super) use list::{OneOrMany, each, every};
pub(super) use question::Question;

/// A text with its place.
pub(super) type Text = Spanned<String>;

/// An optional text, or list of texts, with its place.
pub(super) type Texts = Option<Spanned<OneOrMany>>;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Raw {
    pub(super) organisation: Option<Spanned<Organisation>>,
    pub(super) calendar: BTreeMap<Text, Spanned<Calendar>>,
    pub(super) person: Vec<Spanned<Person>>,
    pub(super) rota: BTreeMap<Text, Spanned<Rota>>,
    pub(super) group: BTreeMap<Text, Spanned<Group>>,
    pub(super) mailbox: Vec<Spanned<Mailbox>>,
    pub(super) rule: Vec<Spanned<Rule>>,
    pub(super) escalation: BTreeMap<Text, Spanned<Escalation>>,
    pub(super) leaving: Leaving,
    pub(super) check_in: Option<Spanned<CheckIn>>,
    pub(super) schedule: Schedule,
    pub(super) daemon: Daemon,
    pub(super) trust: Trust,
    pub(super) store: Store,
    pub(super) intake: Intake,
    pub(super) deliver: Deliver,
    pub(super) web: Option<Spanned<Web>>,
    pub(super) metrics: Option<Spanned<Metrics>>,
}

/// `[organisation]`: whose mail this is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Organisation {
    /// Its name, as it stands in letters and as the sender of owed's mails. Needed.
    pub(super) name: Option<Text>,
    /// Its mail domains: whoever writes from one of them is one of you. Needed.
    pub(super) domains: Texts,
    /// By which clocks schedules and dates are read, such as `"Europe/Lisbon"`. Needed.
    pub(super) time_zone: Option<Text>,
    /// The address that is told when the whole chain above somebody is unreachable;
    /// also the supervisor of whoever has none. Without it everybody but a chain's head needs
    /// a supervisor, and the head is refused.
    pub(super) last_resort: Option<Text>,
    /// Two letters: what contacts are written to in where their own language has no letters.
    /// Default `"en"`.
    pub(super) language: Option<Text>,
    /// A folder of letters to contacts that are yours. Without it, owed's own.
    pub(super) templates: Option<Text>,
}

/// `[calendar.NAME]`: when you work. Days and spans of days are keys beside the named ones.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    /// `mon` … `sun`, `mon-thu`: The working hours of a day or of a span of days:
    /// `"09:00-12:30"`, or a list of such. `"22:00-06:00"` belongs to the day it starts on; 24:00
    /// is an end only. Without it, the day is not worked.
    pub(super) hours: Vec<(Text, Spanned<OneOrMany>)>,
    /// Days (`"2026-12-25"`), spans (`"2026-12-28..2026-12-31"`) and calendar files
    /// (`"file:holidays.ics"`, seen from the folder of this file). Without it, there are none.
    pub(super) holidays: Texts,
    /// Hours of single days, whatever weekday or holiday they are:
    /// `{ "2026-12-19" = "09:00-12:00" }`. Without it, there are none.
    pub(super) extra: BTreeMap<Text, Spanned<OneOrMany>>,
    /// The zone of the hours. Without it, the organisation's.
    pub(super) time_zone: Option<Text>,
    pub(super) unknown: Vec<Text>,
}

/// `[[person]]`: somebody of you.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Person {
    /// The number by which everything else in this file means them. Needed.
    pub(super) id: Option<Text>,
    /// A short name for commands. Without it, number and address do.
    pub(super) short: Option<Text>,
    /// Their name. Needed.
    pub(super) name: Option<Text>,
    /// Their addresses; owed writes to the first. Needed.
    pub(super) email: Texts,
    /// Where they are. Without it, their calendar's.
    pub(super) time_zone: Option<Text>,
    /// Their working hours. Without it, the only calendar there is; needed where there
    /// are several.
    pub(super) calendar: Option<Text>,
    /// Who is told when their answer is late: the number of a person, or `"rota:NAME"`.
    /// Without it, the `last_resort`.
    pub(super) supervisor: Option<Text>,
    /// The number of whoever answers for them while they are away. Without it, the others
    /// of the mailbox do, and then the supervisor.
    pub(super) deputy: Option<Text>,
    /// Days, spans and calendar files on which they are away, as in `holidays`. Without
    /// it, they are always here.
    pub(super) absences: Texts,
}

/// `[rota.NAME]`: supervisors who take turns.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Rota {
    /// Their numbers, in the order of their turns. Needed.
    pub(super) people: Texts,
    /// A day on which the first of them takes over. Needed.
    pub(super) first: Option<Text>,
    /// How long a turn is, in days or weeks. Default `"1w"`.
    pub(super) turn: Option<Text>,
    /// The time of day of the change. Default `"00:00"`.
    pub(super) at: Option<Text>,
    /// Days on which somebody else is on duty. Without it, there are none.
    pub(super) overrides: Vec<Spanned<Override>>,
}

/// `overrides` of `[rota.NAME]`: somebody else is on duty.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an override in {braces}")]
pub(super) struct Override {
    /// A day or a span of days. Needed.
    pub(super) days: Option<Text>,
    /// The number of whoever is on duty. Needed.
    pub(super) person: Option<Text>,
}

/// `[group.NAME]`: contacts that rules treat alike. It needs one of these.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Group {
    /// Their addresses. Without it, only domains count.
    pub(super) addresses: Texts,
    /// Their mail domains. Without it, only addresses count.
    pub(super) domains: Texts,
}

/// `[[mailbox]]`: an address that several people answer. Everybody's own is watched
/// without a word.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Mailbox {
    /// The address. Needed.
    pub(super) address: Option<Text>,
    /// The numbers of those who answer it. Needed.
    pub(super) served_by: Texts,
    /// The hours that the house promises. Without it, those of its people count.
    pub(super) calendar: Option<Text>,
    /// Senders whose machine-written mails to it are enquiries of whoever they name: a web
    /// site's form. Without it, there are none.
    pub(super) forms: Texts,
}

/// `[[rule]]`: when an answer is due. The first that matches a message holds.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Rule {
    /// Every reminder says by which rule it comes. Needed.
    pub(super) name: Option<Text>,
    /// Which messages it is for. Without it, all that no rule before it took.
    pub(super) when: When,
    /// How long an answer may take: `"4h"` of working time, `"2d"` working days or
    /// `"4h elapsed"` on the wall. Without it, `before_leaving` has to be true.
    pub(super) reply_within: Option<Text>,
    /// Due before its owner goes home that day; with `reply_within` the earlier
    /// counts. Default `false`.
    pub(super) before_leaving: Option<Spanned<bool>>,
    /// What comes with less working time than this left of the day is due the next
    /// working day. Default `"30m"`.
    pub(super) cutoff: Option<Text>,
    /// The ladder, by its name. Without it, the only one there is.
    pub(super) escalation: Option<Text>,
    /// Whether a mail that you only got a copy of is owed an answer. Default `false`.
    pub(super) cc: Option<bool>,
    /// How long the whole matter may take. Without it, as long as it takes.
    pub(super) resolve_within: Option<Text>,
    /// Whoever waits for more hears of you at least this often. Without it, when
    /// you have something to say.
    pub(super) keep_informed: Option<Text>,
    /// Ends a case in which nothing is owed when nobody has said anything for this
    /// long. Without it, a person ends it.
    pub(super) close_after_quiet: Option<Text>,
    /// Ending a case ends a job, and whoever did it asks whether all is well. Default `false`.
    pub(super) job_on_close: Option<Spanned<bool>>,
    /// Whether whoever begins a case is told at once that it has arrived, who has it and
    /// until when: one mail a day to each, and only where a server of yours vouches for
    /// the sender. Default `false`.
    pub(super) receipt: bool,
    /// The contact gets what was said by mail when a case is closed that we answered; where
    /// they had a mail of owed's that day, the next. Default `false`.
    pub(super) transcript_on_close: bool,
}

/// `when` of `[[rule]]`: all that is written must hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table in {braces}")]
pub(super) struct When {
    /// Whether it is for mail among yourselves, which no other rule sees. Without it,
    /// for mail from outside.
    pub(super) internal: Option<bool>,
    /// It was sent to one of these addresses. Without it, to any.
    pub(super) to: Texts,
    /// It came from one of these addresses. Without it, from any.
    pub(super) from: Texts,
    /// It came from one of these domains. Without it, from any.
    pub(super) from_domain: Texts,
    /// A regular expression that the subject holds. Without it, any subject will do.
    pub(super) subject: Option<Text>,
    /// A regular expression that the writer's own words hold. Without it, any will do.
    pub(super) text: Option<Text>,
    /// How it was said: `"email"`, `"phone"`, `"voicemail"`, `"chat"`, `"form"`,
    /// `"social"`. Without it, in any way.
    pub(super) channel: Texts,
    /// Two letters of a language it is in, such as `"de"`. Without it, in any.
    pub(super) language: Texts,
    /// Whether it complains. Without it, both.
    pub(super) complaint: Option<bool>,
    /// Its sender is in one of these groups. Without it, anybody.
    pub(super) group: Texts,
}

/// `[escalation.NAME]`: a ladder: who is told, and when.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Escalation {
    /// The steps. One at the due time or after it must tell a supervisor. Needed.
    pub(super) steps: Option<Spanned<Vec<Spanned<Step>>>>,
}

/// `steps` of `[escalation.NAME]`: one step. It has either `before` or `after`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a step in {braces}")]
pub(super) struct Step {
    /// So long before the due time. Without it, `after` counts.
    pub(super) before: Option<Text>,
    /// So long after the due time, `"0m"` for the moment itself. Without it, `before`
    /// counts.
    pub(super) after: Option<Text>,
    /// `"owner"`, `"supervisor"`, or `"supervisor.supervisor"` and so on. Needed.
    pub(super) tell: Option<Text>,
    /// Whether they are told outside their working time, too. Default `false`.
    pub(super) any_time: bool,
    /// Tells it again so often, until it is answered or a higher step is taken. Without it,
    /// once; the highest step again after five working days.
    pub(super) repeat: Option<Text>,
}

/// `[leaving]`: the mail before somebody goes home.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Leaving {
    /// Working time before the end of their day, or `"off"`. Default `"30m"`.
    pub(super) remind: Option<Text>,
}

/// `[check_in]`: "is everything OK?", asked after a job by whoever did it. Without this
/// part nobody is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct CheckIn {
    /// How long after the job was done it is asked. Default `"2d"`.
    pub(super) after: Option<Text>,
    /// The time of that day, on the organisation's clocks. Default `"10:00"`.
    pub(super) at: Option<Text>,
    /// `"person"`: whoever did the job is shown it and says so each time; `"standing"`: it
    /// goes by itself for those who agreed to that themselves. Default `"person"`.
    pub(super) approval: Option<Text>,
    /// For how long a contact who was asked is not asked about another job.
    /// Default `"30d"`.
    pub(super) quiet_for: Option<Text>,
    /// After how much silence they are asked once more, and then never again.
    /// Default `"5d"`.
    pub(super) again_after: Option<Text>,
    /// How long the answer to "not OK" may take. Default `"2h"`.
    pub(super) urgent: Option<Text>,
    /// How often a case may be not OK before one more above is told at once. Default `2`.
    pub(super) reopened: Option<Spanned<i64>>,
    /// What a contact may answer after a yes. Without it, nothing is asked.
    pub(super) question: Vec<Spanned<Question>>,
}

/// `[schedule]`: when reports are written, as cron expressions on the organisation's
/// clocks: second (may be left out), minute, hour, day, month, weekday.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Schedule {
    /// Everybody who is above somebody hears how things stand. Without it, nobody.
    pub(super) supervisor_digest: Option<Text>,
    /// Checked, not acted on yet. Without it, nothing changes.
    pub(super) weekly_report: Option<Text>,
}

/// `[daemon]`: how owed itself behaves.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Daemon {
    /// `"live"`, or `"shadow"`: mails are written into the folder `shadow` beside the
    /// database instead of being sent. Default `"live"`.
    pub(super) mode: Option<Text>,
    /// What waited before this day is listed and never escalated. Without it, the day
    /// of the first start.
    pub(super) enforce_from: Option<Text>,
    /// How long bodies are kept, in whole days. Checked, not acted on yet. Without it, for
    /// ever.
    pub(super) keep_bodies: Option<Text>,
    /// The socket for commands. Without it, `owed.sock` beside the database.
    pub(super) socket: Option<Text>,
    /// So many bytes of a mail are kept; a longer one is cut. Default `26214400`.
    pub(super) max_message: Option<Spanned<i64>>,
    /// Reminders to one person wait so long for each other, at most an hour. Default
    /// `"5m"`.
    pub(super) bundle_within: Option<Text>,
    /// More mails an hour to one person than this come together. Default `20`.
    pub(super) storm: Option<Spanned<i64>>,
    /// `"plain"`, or `"json"`: an object a line. Plain lines go to systemd's journal with their
    /// fields where there is one. Default `"plain"`.
    pub(super) log: Option<Text>,
}

/// `[trust]`: whose word on a sender counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Trust {
    /// What your mail server writes first in its Authentication-Results. Without it,
    /// nobody's.
    pub(super) authserv_id: Texts,
    /// Whether owed checks signatures itself, with keys from the DNS. Without it, where
    /// there is no `authserv_id`.
    pub(super) dkim: Option<Spanned<bool>>,
}

/// `[store]`: where owed keeps what it knows.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Store {
    /// `sqlite:` and a path, seen from the folder of this file. Default `"sqlite:owed.db"`.
    pub(super) url: Option<Text>,
}

/// `[intake]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Intake {
    pub(super) imap: Vec<Spanned<Imap>>,
    pub(super) lmtp: Option<Spanned<Lmtp>>,
    pub(super) maildir: Option<Spanned<Maildir>>,
}

/// `[[intake.imap]]`: a mailbox that is read by IMAP, and never changed by it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Imap {
    /// The server. Needed.
    pub(super) host: Option<Text>,
    /// Its port. Without it, 993, or 143 where `tls` is not `"implicit"`.
    pub(super) port: Option<Spanned<i64>>,
    /// `"implicit"`: from the first byte; `"starttls"`; `"none"` on this machine only.
    /// Without it, as the port is used to.
    pub(super) tls: Option<Text>,
    /// A file (PEM) with the certificate of a private authority. Without it, those of the
    /// system count.
    pub(super) ca: Option<Text>,
    /// The login name. Needed.
    pub(super) user: Option<Text>,
    /// Where the password is: `"credential:NAME"`, `"env:NAME"` or `"file:PATH"`. Needed.
    pub(super) password: Option<Text>,
    /// Its folders. Without it, the usual ones.
    pub(super) folders: Folders,
    /// The address that its mail was delivered to. Without it, `user`, where that is one.
    pub(super) owner: Option<Text>,
}

/// `folders` of `[[intake.imap]]`: what its folders are called.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table in {braces}")]
pub(super) struct Folders {
    /// What comes in. Default `"INBOX"`.
    pub(super) inbox: Option<Text>,
    /// What was sent: answers in it count. Default `"Sent"`.
    pub(super) sent: Option<Text>,
}

/// `[intake.lmtp]`: mail that your mail server hands over.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Lmtp {
    /// An address and a port, or `unix:` and a path, or `"systemd"`: the socket that
    /// `owed-lmtp.socket` passes. Needed.
    pub(super) listen: Option<Text>,
    /// `"authentication-results"`, or `"all"`: whatever comes here was checked before.
    /// Default `"authentication-results"`.
    pub(super) vouched: Option<Text>,
}

/// `[intake.maildir]`: mail that something else puts into folders.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Maildir {
    /// The folders. One that is called `Sent` holds what its owner sent. Needed.
    pub(super) paths: Texts,
    /// As in `[intake.lmtp]`. Default `"authentication-results"`.
    pub(super) vouched: Option<Text>,
}

/// `[deliver]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Deliver {
    pub(super) smtp: Option<Spanned<Smtp>>,
    pub(super) folder: Option<Spanned<Folder>>,
}

/// `[deliver.smtp]`: owed's mails leave through your mail server.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Smtp {
    /// The server. Needed.
    pub(super) host: Option<Text>,
    /// Its port. Without it, 465, 587 or 25, as `tls` is.
    pub(super) port: Option<Spanned<i64>>,
    /// As in `[[intake.imap]]`. Without it, as the port is used to.
    pub(super) tls: Option<Text>,
    /// As in `[[intake.imap]]`. Without it, those of the system count.
    pub(super) ca: Option<Text>,
    /// The address that owed writes from, which nobody else has. Without it, `owed@` and
    /// the first domain.
    pub(super) from: Option<Text>,
    /// The login name. Without it, there is no login.
    pub(super) user: Option<Text>,
    /// Where the password is, as in `[[intake.imap]]`. Needed where there is a `user`.
    pub(super) password: Option<Text>,
}

/// `[deliver.folder]`: owed's mails are written as .eml files. The way out where no other is
/// said.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Folder {
    /// The folder. Default `"outbox"`.
    pub(super) path: Option<Text>,
    /// As in `[deliver.smtp]`. Without it, `owed@` and the first domain.
    pub(super) from: Option<Text>,
}

/// `[web]`: the pages behind the links in mails, and the API. Without it, there are none.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Web {
    /// An address and a port, or `"systemd"`: the socket that `owed-web.socket` passes.
    /// Needed.
    pub(super) listen: Option<Text>,
    /// How they are reached from outside. Without it, mails have no links.
    pub(super) public_url: Option<Text>,
    /// Who may ask the API. Without it, nobody.
    pub(super) token: Vec<Spanned<WebToken>>,
}

/// `[metrics]`: what monitoring asks: `/metrics`, `/healthz`, `/readyz`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Metrics {
    /// Host and port, for this machine alone: no proxy shows it to the world. Needed.
    pub(super) listen: Option<Text>,
}

/// `[[web.token]]`: a key to the API.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct WebToken {
    /// What it is called in logs. Needed.
    pub(super) name: Option<Text>,
    /// Where it is, as a `password` in `[[intake.imap]]`. Needed.
    pub(super) secret: Option<Text>,
    /// What it is good for: `"leave"` for asking who may leave, `"messages"` for telling
    /// of calls, chats and forms, `"jobs"` for telling of jobs that were done, `"concerns"`
    /// for raising concerns in the name of any of you. Needed.
    pub(super) scopes: Texts,
}
