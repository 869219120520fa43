//! `owed job import`: each good line is noted; the others are told, and written to a file
//! that can be put right and imported again.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim, Writer};
use serde_json::{Map, Value};

use super::super::speak::{ask, complain, say, strange};
use super::super::{Daemon, Exit};
use super::Import;
use crate::daemon::control::{Answer, Request};
use crate::engine::told::ToldJob;

/// The column in which the file of refused lines says why; it is not read.
const WHY: &str = "refused";

/// Without a reference, a line that is imported again would be another job.
const NO_REFERENCE: &str = "reference: give each job a name of its own, so that a file can be \
    imported again";

/// The lines of a file, and what becomes of them.
struct Sheet<'a> {
    path: &'a Path,
    columns: StringRecord,
    new: usize,
    known: usize,
    refused: Vec<(StringRecord, String)>,
}

/// Notes the jobs of a file.
pub(super) fn import(arguments: &Import) -> Exit {
    match whole(arguments) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn whole(Import { file, refused, daemon }: &Import) -> Result<Exit, Exit> {
    let unread = |error: csv::Error| {
        complain(format_args!("{} could not be read: {error}", file.display()));
        Exit::Usage
    };
    let mut reader =
        ReaderBuilder::new().trim(Trim::All).flexible(true).from_path(file).map_err(unread)?;
    let columns = reader.headers().map_err(unread)?.clone();
    known_columns(&columns).map_err(|why| {
        complain(format_args!("{}:1: {why}", file.display()));
        Exit::Usage
    })?;
    let mut sheet = Sheet { path: file, columns, new: 0, known: 0, refused: Vec::new() };
    for record in reader.records() {
        sheet.take(daemon, record.map_err(unread)?)?;
    }
    sheet.report(refused.as_ref())
}

impl Sheet<'_> {
    fn take(&mut self, daemon: &Daemon, record: StringRecord) -> Result<(), Exit> {
        let (found, wanted) = (record.len(), self.columns.len());
        if found != wanted {
            self.refuse(record, format!("line: it has {found} columns, and the first {wanted}"));
            return Ok(());
        }
        let job = job(&self.columns, &record);
        if job.reference.is_none() {
            self.refuse(record, NO_REFERENCE.to_owned());
            return Ok(());
        }
        match ask(daemon, &Request::Job(job))? {
            Answer::Job(noted) if noted.outcome == "new" => self.new += 1,
            Answer::Job(_) => self.known += 1,
            Answer::Refused(why) => self.refuse(record, why),
            _ => return Err(strange()),
        }
        Ok(())
    }

    /// Tells what is wrong with a line, column by column.
    fn refuse(&mut self, record: StringRecord, why: String) {
        let line = record.position().map_or(0, csv::Position::line);
        for fault in why.lines() {
            let name = fault.split(':').next().unwrap_or_default();
            let column = self.columns.iter().position(|column| column == name);
            let place = column.map(|at| format!("column {}, ", at + 1)).unwrap_or_default();
            complain(format_args!("{}:{line}: {place}{fault}", self.path.display()));
        }
        self.refused.push((record, why));
    }

    fn report(&self, named: Option<&PathBuf>) -> Result<Exit, Exit> {
        let Self { new, known, refused, .. } = self;
        say(format!("{new} noted, {known} known and put right, {} refused.", refused.len()));
        if refused.is_empty() {
            return Ok(Exit::Fine);
        }
        let path = named.cloned().unwrap_or_else(|| self.path.with_extension("refused.csv"));
        self.write(&path).map_err(|error| {
            complain(format_args!("{} could not be written: {error}", path.display()));
            Exit::No
        })?;
        say(format!("Put the refused lines right in {} and import that.", path.display()));
        Ok(Exit::No)
    }

    fn write(&self, path: &Path) -> Result<(), csv::Error> {
        let mut writer = Writer::from_path(path)?;
        let plain = |record: &StringRecord| -> Vec<String> {
            let fields = self.columns.iter().zip(record.iter().chain(std::iter::repeat("")));
            let kept = fields.filter(|(column, _)| *column != WHY);
            kept.map(|(_, field)| field.to_owned()).collect()
        };
        let with = |mut fields: Vec<String>, last: String| {
            fields.push(last);
            fields
        };
        writer.write_record(with(plain(&self.columns), WHY.to_owned()))?;
        for (record, why) in &self.refused {
            writer.write_record(with(plain(record), why.replace('\n', "; ")))?;
        }
        Ok(writer.flush()?)
    }
}

/// A line as a job: its fields are called as the columns are.
fn job(columns: &StringRecord, record: &StringRecord) -> ToldJob {
    let said = columns.iter().zip(record).filter(|(name, text)| *name != WHY && !text.is_empty());
    let fields = said.map(|(name, text)| (name.to_owned(), Value::from(text)));
    let fields: Map<String, Value> = fields.collect();
    // Every column is one of its fields, and every field is a text.
    serde_json::from_value(Value::Object(fields)).unwrap_or_default()
}

fn known_columns(columns: &StringRecord) -> Result<(), String> {
    let all = serde_json::to_value(ToldJob::default()).unwrap_or_default();
    let known: Vec<String> = all.as_object().into_iter().flat_map(Map::keys).cloned().collect();
    let strange = columns.iter().find(|name| *name != WHY && !known.iter().any(|k| k == name));
    let missing = ["title", "done_by", "reference"].into_iter();
    let missing = missing.chain(["contact"]).find(|name| !columns.iter().any(|c| c == *name));
    let right = format!("the columns are {}", known.join(", "));
    match (strange, missing) {
        (Some(name), _) => Err(format!("there is no column {name:?}: {right}")),
        (None, Some(name)) => Err(format!("the column {name:?} is missing: {right}")),
        (None, None) => Ok(()),
    }
}
