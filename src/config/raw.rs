//! The configuration as it is written: shapes and places, no meaning.
//!
//! Everything is optional here, so that what is missing can be told in words by
//! `check`, all at once. No `flatten`, no `untagged` and no tagged enums: serde
//! loses the places beneath them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::faults::Span;

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
    pub(super) schedule: Option<Spanned<BTreeMap<Text, Text>>>,
    pub(super) daemon: Daemon,
    pub(super) trust: Trust,
    pub(super) store: Store,
    pub(super) intake: Intake,
    pub(super) deliver: Deliver,
    pub(super) web: Option<Spanned<Web>>,
}

/// `[organisation]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Organisation {
    pub(super) name: Option<Text>,
    pub(super) domains: Texts,
    pub(super) time_zone: Option<Text>,
    pub(super) last_resort: Option<Text>,
    pub(super) language: Option<Text>,
    pub(super) templates: Option<Text>,
}

/// `[calendar.NAME]`: days and spans of days are keys beside the named ones.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    pub(super) hours: Vec<(Text, Spanned<OneOrMany>)>,
    pub(super) holidays: Texts,
    pub(super) extra: BTreeMap<Text, Spanned<OneOrMany>>,
    pub(super) time_zone: Option<Text>,
    pub(super) unknown: Vec<Text>,
}

/// `[[person]]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Person {
    pub(super) id: Option<Text>,
    pub(super) short: Option<Text>,
    pub(super) name: Option<Text>,
    pub(super) email: Texts,
    pub(super) time_zone: Option<Text>,
    pub(super) calendar: Option<Text>,
    pub(super) supervisor: Option<Text>,
    pub(super) deputy: Option<Text>,
    pub(super) absences: Texts,
}

/// `[rota.NAME]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Rota {
    pub(super) people: Texts,
    pub(super) first: Option<Text>,
    pub(super) turn: Option<Text>,
    pub(super) at: Option<Text>,
    pub(super) overrides: Vec<Spanned<Override>>,
}

/// One of `overrides`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an override in {braces}")]
pub(super) struct Override {
    pub(super) days: Option<Text>,
    pub(super) person: Option<Text>,
}

/// `[group.NAME]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Group {
    pub(super) addresses: Texts,
    pub(super) domains: Texts,
}

/// `[[mailbox]]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Mailbox {
    pub(super) address: Option<Text>,
    pub(super) served_by: Texts,
    pub(super) calendar: Option<Text>,
    pub(super) forms: Texts,
}

/// `[[rule]]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Rule {
    pub(super) name: Option<Text>,
    pub(super) when: When,
    pub(super) reply_within: Option<Text>,
    pub(super) before_leaving: Option<Spanned<bool>>,
    pub(super) cutoff: Option<Text>,
    pub(super) escalation: Option<Text>,
    pub(super) cc: Option<bool>,
    pub(super) resolve_within: Option<Text>,
    pub(super) keep_informed: Option<Text>,
    pub(super) close_after_quiet: Option<Text>,
    pub(super) job_on_close: Option<Spanned<bool>>,
}

/// `when` of a rule.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table in {braces}")]
pub(super) struct When {
    pub(super) internal: Option<bool>,
    pub(super) to: Texts,
    pub(super) from: Texts,
    pub(super) from_domain: Texts,
    pub(super) subject: Option<Text>,
    pub(super) text: Option<Text>,
    pub(super) channel: Texts,
    pub(super) language: Texts,
    pub(super) complaint: Option<bool>,
    pub(super) group: Texts,
}

/// `[escalation.NAME]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Escalation {
    pub(super) steps: Option<Spanned<Vec<Spanned<Step>>>>,
}

/// One of `steps`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a step in {braces}")]
pub(super) struct Step {
    pub(super) before: Option<Text>,
    pub(super) after: Option<Text>,
    pub(super) tell: Option<Text>,
    pub(super) any_time: bool,
    pub(super) repeat: Option<Text>,
}

/// `[leaving]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Leaving {
    pub(super) remind: Option<Text>,
}

/// `[check_in]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct CheckIn {
    pub(super) after: Option<Text>,
    pub(super) at: Option<Text>,
    pub(super) approval: Option<Text>,
    pub(super) quiet_for: Option<Text>,
}

/// `[daemon]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Daemon {
    pub(super) mode: Option<Text>,
    pub(super) enforce_from: Option<Text>,
    pub(super) keep_bodies: Option<Text>,
    pub(super) socket: Option<Text>,
    pub(super) max_message: Option<Spanned<i64>>,
    pub(super) bundle_within: Option<Text>,
    pub(super) storm: Option<Spanned<i64>>,
}

/// `[trust]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Trust {
    pub(super) authserv_id: Texts,
    pub(super) dkim: Option<Spanned<bool>>,
}

/// `[store]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Store {
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

/// `[[intake.imap]]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Imap {
    pub(super) host: Option<Text>,
    pub(super) port: Option<Spanned<i64>>,
    pub(super) tls: Option<Text>,
    pub(super) ca: Option<Text>,
    pub(super) user: Option<Text>,
    pub(super) password: Option<Text>,
    pub(super) folders: Folders,
    pub(super) owner: Option<Text>,
}

/// `folders` of an IMAP mailbox.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table in {braces}")]
pub(super) struct Folders {
    pub(super) inbox: Option<Text>,
    pub(super) sent: Option<Text>,
}

/// `[intake.lmtp]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Lmtp {
    pub(super) listen: Option<Text>,
    pub(super) vouched: Option<Text>,
}

/// `[intake.maildir]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Maildir {
    pub(super) paths: Texts,
    pub(super) vouched: Option<Text>,
}

/// `[deliver]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Deliver {
    pub(super) smtp: Option<Spanned<Smtp>>,
    pub(super) folder: Option<Spanned<Folder>>,
}

/// `[deliver.smtp]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Smtp {
    pub(super) host: Option<Text>,
    pub(super) port: Option<Spanned<i64>>,
    pub(super) tls: Option<Text>,
    pub(super) ca: Option<Text>,
    pub(super) from: Option<Text>,
    pub(super) user: Option<Text>,
    pub(super) password: Option<Text>,
}

/// `[deliver.folder]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Folder {
    pub(super) path: Option<Text>,
    pub(super) from: Option<Text>,
}

/// `[web]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct Web {
    pub(super) listen: Option<Text>,
    pub(super) public_url: Option<Text>,
    pub(super) token: Vec<Spanned<WebToken>>,
}

/// `[[web.token]]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(super) struct WebToken {
    pub(super) name: Option<Text>,
    pub(super) secret: Option<Text>,
    pub(super) scopes: Texts,
}

/// A list of texts, or one text for a list of one.
#[derive(Debug)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<Text>),
}

/// Each text of a list with its place; a single text has that of the whole.
pub(super) fn each(texts: &Spanned<OneOrMany>) -> Vec<(&str, Span)> {
    match texts.get_ref() {
        OneOrMany::One(text) => vec![(text.as_str(), texts.span())],
        OneOrMany::Many(all) => all.iter().map(|t| (t.get_ref().as_str(), t.span())).collect(),
    }
}

/// The same of a list that may be absent.
pub(super) fn every(texts: &Texts) -> Vec<(&str, Span)> {
    texts.as_ref().map(each).unwrap_or_default()
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of strings")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
        let mut all = Vec::new();
        while let Some(text) = seq.next_element()? {
            all.push(text);
        }
        Ok(OneOrMany::Many(all))
    }
}

impl<'de> Deserialize<'de> for Calendar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CalendarVisitor)
    }
}

struct CalendarVisitor;

impl<'de> Visitor<'de> for CalendarVisitor {
    type Value = Calendar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Calendar, A::Error> {
        let mut calendar = Calendar::default();
        while let Some(key) = map.next_key::<Text>()? {
            match key.get_ref().as_str() {
                "holidays" => calendar.holidays = Some(map.next_value()?),
                "extra" => calendar.extra = map.next_value()?,
                "time_zone" => calendar.time_zone = Some(map.next_value()?),
                day if super::check::hours::days_of_week(day).is_some() => {
                    calendar.hours.push((key, map.next_value()?));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    calendar.unknown.push(key);
                }
            }
        }
        Ok(calendar)
    }
}
