//! Shapes that serde has no word for: a text or a list of texts, and the days of a
//! calendar, which are keys beside the named ones.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::{Calendar, Text, Texts};
use crate::config::faults::Span;

/// A list of texts, or one text for a list of one.
#[derive(Debug)]
pub(in crate::config) enum OneOrMany {
    One(String),
    Many(Vec<Text>),
}

/// Each text of a list with its place; a single text has that of the whole.
pub(in crate::config) fn each(texts: &Spanned<OneOrMany>) -> Vec<(&str, Span)> {
    match texts.get_ref() {
        OneOrMany::One(text) => vec![(text.as_str(), texts.span())],
        OneOrMany::Many(all) => all.iter().map(|t| (t.get_ref().as_str(), t.span())).collect(),
    }
}

/// The same of a list that may be absent.
pub(in crate::config) fn every(texts: &Texts) -> Vec<(&str, Span)> {
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
                day if crate::config::check::hours::days_of_week(day).is_some() => {
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
