//! `owed job import`: each good line is noted; the others are told, and written to a file
//! that can be put right and imported again.

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;
use serde_json::{Map, Value};

use super::super::speak::{ask, complain, say, strange};
use super::super::{Daemon, Exit};
use super::Import;
use super::sheet::{Sheet, number};
use crate::daemon::control::{Answer, Request};
use crate::engine::told::ToldJob;

/// The column in which the file of refused lines says why; it is not read.
const WHY: &str = "refused";

/// Without a name or a time, a line that is imported again would be another job.
const NO_NAME: &str = "reference: give the job a name of its own, or say in closed_at when it \
    was done, so that the file can be imported again";

/// The lines of a file, and what becomes of them.
struct Course<'a> {
    sheet: &'a Sheet,
    /// What was told under a name, and in which line.
    named: BTreeMap<String, (u64, ToldJob)>,
    new: usize,
    known: usize,
    refused: Vec<(&'a StringRecord, String)>,
}

/// Notes the jobs of a file.
pub(super) fn import(Import { file, refused, encoding, daemon }: &Import) -> Exit {
    let sheet = match Sheet::read(file, encoding) {
        Ok(sheet) => sheet,
        Err(why) => {
            complain(format_args!("{why}. Nothing was noted."));
            return Exit::Usage;
        }
    };
    if let Err(why) = known_columns(&sheet.columns) {
        complain(format_args!("{}:1: {why}. Nothing was noted.", file.display()));
        return Exit::Usage;
    }
    let named = BTreeMap::new();
    let mut course = Course { sheet: &sheet, named, new: 0, known: 0, refused: Vec::new() };
    let path = refused.clone().unwrap_or_else(|| file.with_extension("refused.csv"));
    for line in &sheet.lines {
        if let Err(exit) = course.take(daemon, line) {
            let at = sheet.place(line);
            let what = "this line and those after it were not noted";
            complain(format_args!("{at}: {what}: import the file again, what was noted is known"));
            course.report(&path);
            return exit;
        }
    }
    course.report(&path)
}

impl<'a> Course<'a> {
    fn take(&mut self, daemon: &Daemon, line: &'a StringRecord) -> Result<(), Exit> {
        match self.job(line) {
            Err(why) => self.refuse(line, why),
            Ok(job) => match ask(daemon, &Request::Job(job))? {
                Answer::Job(noted) if noted.outcome == "new" => self.new += 1,
                Answer::Job(_) => self.known += 1,
                Answer::Refused(why) => self.refuse(line, why),
                _ => return Err(strange()),
            },
        }
        Ok(())
    }

    /// A line as a job: its fields are called as the columns are.
    fn job(&mut self, line: &StringRecord) -> Result<ToldJob, String> {
        let columns = &self.sheet.columns;
        if line.iter().any(|field| field.contains('\n')) {
            let what = "line: it goes on in the next: is a quotation mark missing at an end?";
            return Err(what.to_owned());
        }
        let (found, wanted) = (line.len(), columns.len());
        if found != wanted {
            return Err(format!("line: it has {found} columns, and the first {wanted}"));
        }
        let said = columns.iter().zip(line).filter(|(name, text)| *name != WHY && !text.is_empty());
        let fields = said.map(|(name, text)| (name.to_owned(), Value::from(text)));
        let fields: Map<String, Value> = fields.collect();
        // Every column is one of its fields, and every field is a text.
        let job: ToldJob = serde_json::from_value(Value::Object(fields)).unwrap_or_default();
        let name = job.reference.clone().or_else(|| name(&job)).ok_or(NO_NAME)?;
        let job = ToldJob { reference: Some(name.clone()), ..job };
        let (first, same) = self.named.entry(name).or_insert((number(line), job.clone()));
        if *same != job {
            return Err(format!("reference: line {first} has it, too, for something else"));
        }
        Ok(job)
    }

    /// Tells what is wrong with a line, column by column.
    fn refuse(&mut self, line: &'a StringRecord, why: String) {
        for fault in why.lines() {
            let name = fault.split(':').next().unwrap_or_default();
            let column = self.sheet.columns.iter().position(|column| column == name);
            let place = column.map(|at| format!("column {}, ", at + 1)).unwrap_or_default();
            complain(format_args!("{}: {place}{fault}", self.sheet.place(line)));
        }
        self.refused.push((line, why));
    }

    fn report(&self, path: &Path) -> Exit {
        let Self { new, known, refused, .. } = self;
        say(format!("{new} noted, {known} known and put right, {} refused.", refused.len()));
        if refused.is_empty() {
            return Exit::Fine;
        }
        match self.sheet.write(path, &self.refusals()) {
            Ok(()) => {
                say(format!("Put the refused lines right in {} and import that.", path.display()));
            }
            Err(error) => {
                complain(format_args!("{} could not be written: {error}", path.display()));
            }
        }
        Exit::No
    }

    fn refusals(&self) -> Vec<Vec<String>> {
        let columns = &self.sheet.columns;
        let plain = |line: &StringRecord, last: String| -> Vec<String> {
            let fields = columns.iter().zip(line.iter().chain(std::iter::repeat("")));
            let kept = fields.filter(|(column, _)| *column != WHY);
            kept.map(|(_, field)| field.to_owned()).chain([last]).collect()
        };
        let lines = self.refused.iter().map(|(line, why)| plain(line, why.replace('\n', "; ")));
        [plain(columns, WHY.to_owned())].into_iter().chain(lines).collect()
    }
}

/// What a job is called that has no name: when it was done, what, for whom.
fn name(job: &ToldJob) -> Option<String> {
    let closed_at = job.closed_at.as_ref()?;
    let rest = [&job.title, &job.contact, &job.case].into_iter().flatten();
    Some([closed_at].into_iter().chain(rest).map(String::as_str).collect::<Vec<_>>().join(", "))
}

fn known_columns(columns: &StringRecord) -> Result<(), String> {
    let all = serde_json::to_value(ToldJob::default()).unwrap_or_default();
    let known: Vec<String> = all.as_object().into_iter().flat_map(Map::keys).cloned().collect();
    let has = |name: &str| columns.iter().any(|column| column == name);
    let strange = columns.iter().find(|name| *name != WHY && !known.iter().any(|k| k == name));
    let twice = columns
        .iter()
        .enumerate()
        .find(|(at, name)| columns.iter().take(*at).any(|before| before == *name));
    let needed = [&["title"][..], &["done_by"], &["contact", "case"], &["reference", "closed_at"]];
    let missing = needed.into_iter().find(|any| !any.iter().any(|name| has(name)));
    let right = format!("the columns are {}", known.join(", "));
    match (strange, twice, missing) {
        (Some(name), ..) => Err(format!("there is no column {name:?}: {right}")),
        (_, Some((_, name)), _) => Err(format!("the column {name:?} stands there twice")),
        (.., Some(any)) => {
            let any: Vec<String> = any.iter().map(|name| format!("{name:?}")).collect();
            Err(format!("the column {} is missing: {right}", any.join(" or ")))
        }
        (None, None, None) => Ok(()),
    }
}
