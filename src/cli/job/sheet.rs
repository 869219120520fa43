//! A CSV file as spreadsheets write it: its text, its columns, its lines. What nobody can
//! read for certain is refused before a line of it counts.
//!
//! A file of a Windows code page does not say which, and a guess would put other letters
//! into the names of contacts: whoever imports it says it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim, Writer, WriterBuilder};
use encoding_rs::{Encoding, UTF_8};

/// What may stand between columns; the first line says which.
const BETWEEN: [u8; 3] = [b',', b';', b'\t'];

/// What some programs write before UTF-8, and all of them before UTF-16.
const MARK: &str = "\u{feff}";

/// How much of a line is repeated before what cannot be read.
const AROUND: usize = 12;

/// A file of lines that have columns.
pub(super) struct Sheet {
    path: PathBuf,
    marked: bool,
    between: u8,
    /// What its columns are called, as this program writes it: `done_by` for "Done by".
    pub(super) columns: StringRecord,
    /// Its lines.
    pub(super) lines: Vec<StringRecord>,
}

impl Sheet {
    /// Reads a file whose letters are `written` so, where it does not say it itself; or says
    /// where it cannot be read and what to do.
    pub(super) fn read(path: &Path, written: &'static Encoding) -> Result<Self, String> {
        let name = path.display();
        let bytes =
            std::fs::read(path).map_err(|error| format!("{name} could not be read: {error}"))?;
        let marked = Encoding::for_bom(&bytes);
        if marked.is_none() && is_utf8_called(written, &bytes) {
            return Err(format!("{name} is UTF-8: import it without --encoding"));
        }
        let (encoding, length) = marked.unwrap_or((written, 0));
        let bytes = bytes.get(length..).unwrap_or_default();
        let text = text(bytes, encoding).map_err(|(line, why)| format!("{name}:{line}: {why}"))?;
        let text = text.as_ref();
        let marked = marked.is_some() || encoding != UTF_8;
        let between = between(text);
        let mut reader = ReaderBuilder::new()
            .delimiter(between)
            .trim(Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let unread = |error: csv::Error| format!("{name} could not be read: {error}");
        let columns = reader.headers().map_err(unread)?.iter().map(called).collect();
        let lines: Result<Vec<StringRecord>, _> = reader.records().collect();
        let mut lines = lines.map_err(unread)?;
        if let Some(last) = lines.last()
            && let Some(line) = opened(text, last)
        {
            let right = "close it, or write two (\"\") where one is meant";
            return Err(format!("{name}:{line}: a quotation mark is never closed: {right}"));
        }
        // Spreadsheets leave such at the end.
        lines.retain(|line| line.iter().any(|field| !field.is_empty()));
        Ok(Self { path: path.to_owned(), marked, between, columns, lines })
    }

    /// Where a line stands, for a person to look there.
    pub(super) fn place(&self, line: &StringRecord) -> String {
        format!("{}:{}", self.path.display(), number(line))
    }

    /// Writes a file of the same kind.
    pub(super) fn write(&self, path: &Path, lines: &[Vec<String>]) -> Result<(), csv::Error> {
        let mut bytes = if self.marked { MARK.as_bytes().to_vec() } else { Vec::new() };
        let mut writer: Writer<&mut Vec<u8>> =
            WriterBuilder::new().delimiter(self.between).from_writer(&mut bytes);
        for line in lines {
            writer.write_record(line)?;
        }
        writer.flush()?;
        drop(writer);
        Ok(std::fs::write(path, bytes)?)
    }
}

/// The number of a line in its file.
pub(super) fn number(line: &StringRecord) -> u64 {
    line.position().map_or(0, csv::Position::line)
}

/// Whether these are letters of UTF-8 that are said to be of a code page. There every byte is a
/// letter, so that nobody else would notice.
fn is_utf8_called(written: &'static Encoding, bytes: &[u8]) -> bool {
    written.is_single_byte() && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()
}

/// The bytes as text, or the line in which they are none, and what to do.
fn text<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Result<Cow<'a, str>, (usize, String)> {
    let whole = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    whole.ok_or_else(|| {
        let read = encoding.decode_without_bom_handling(bytes).0;
        let before = read.split(char::REPLACEMENT_CHARACTER).next().unwrap_or_default();
        let start = before.rsplit('\n').next().unwrap_or_default();
        let skipped = start.chars().count().saturating_sub(AROUND);
        let around: String = start.chars().skip(skipped).collect();
        let (line, name) = (before.split('\n').count(), encoding.name());
        let right = "save it as “CSV UTF-8” and import that, or say what it is in: Western \
                     Europe's Windows writes --encoding windows-1252";
        (line, format!("what comes after {around:?} is no {name}: {right}"))
    })
}

/// What stands between the columns: whatever the first line has most of.
fn between(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let often = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
    // Of several that are as often, the first.
    BETWEEN.into_iter().rev().max_by_key(often).unwrap_or(b',')
}

/// A column's name as a field is called.
fn called(title: &str) -> String {
    title.trim().to_lowercase().replace([' ', '-'], "_")
}

/// The line in which the last record of a file opens a quotation mark that nothing closes.
fn opened(text: &str, last: &StringRecord) -> Option<u64> {
    let at = usize::try_from(last.position()?.byte()).ok()?;
    let rest = text.get(at..)?;
    let swallows = last.iter().next_back().is_some_and(|field| field.contains('\n'));
    let odd = rest.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    (odd && (swallows || rest.trim_end().lines().count() == 1)).then(|| number(last))
}
