//! The lines of a calendar file: unfolded, taken apart, and gathered by event.
//!
//! Only what stands in an event itself is kept; zones, tasks and the alarms of an
//! event are passed over.

use super::Broken;

/// How deep components may lie in each other.
const DEEPEST: usize = 16;

/// One property of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it begins, counted from 1.
    pub(super) number: usize,
    /// Its name, in capitals.
    pub(super) name: String,
    /// What is said of it, names in capitals.
    pub(super) parameters: Vec<(String, String)>,
    /// What it says.
    pub(super) value: String,
}

impl Line {
    /// The parameter called so.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.parameters.iter();
        all.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The properties of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Component {
    /// Where it begins.
    pub(super) line: usize,
    /// What stands in it.
    pub(super) lines: Vec<Line>,
}

impl Component {
    /// The first property called so.
    pub(super) fn first(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// The properties called so.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.name == name)
    }
}

/// The events in a file that is whole.
pub(super) fn events(bytes: &[u8]) -> Result<Vec<Component>, Broken> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines = unfolded(bytes);
    let Some((_, first)) = lines.first() else {
        return Err(Broken {
            right: "save it again: a calendar without events is fine, an empty file is not",
            ..Broken::new(1, "the file is empty")
        });
    };
    if !first.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR") {
        return Err(Broken {
            right: "a calendar file begins with BEGIN:VCALENDAR; look at what was saved",
            ..Broken::new(1, "this is no calendar file")
        });
    }
    let last = lines.last().map_or(1, |(number, _)| *number);
    let mut events: Vec<Component> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for line in lines.iter().filter_map(|(number, text)| line(*number, text)) {
        match line.name.as_str() {
            "BEGIN" => begin(&line, &mut open, &mut events)?,
            "END" => end(&line, &mut open)?,
            _ if open.last().is_some_and(|name| name == "VEVENT") => {
                events.last_mut().into_iter().for_each(|event| event.lines.push(line.clone()));
            }
            _ => {}
        }
    }
    match open.last() {
        None => Ok(events),
        Some(name) => Err(Broken::new(last, format!("the file breaks off inside a {name}"))),
    }
}

fn begin(line: &Line, open: &mut Vec<String>, events: &mut Vec<Component>) -> Result<(), Broken> {
    if open.len() == DEEPEST {
        return Err(Broken::new(line.number, "too much lies in each other here"));
    }
    let name = line.value.trim().to_ascii_uppercase();
    if name == "VEVENT" {
        events.push(Component { line: line.number, lines: Vec::new() });
    }
    open.push(name);
    Ok(())
}

fn end(line: &Line, open: &mut Vec<String>) -> Result<(), Broken> {
    let name = line.value.trim().to_ascii_uppercase();
    match open.pop() {
        Some(begun) if begun == name => Ok(()),
        Some(begun) => {
            let what = format!("a {name} ends here, though a {begun} has begun");
            Err(Broken::new(line.number, what))
        }
        None => Err(Broken::new(line.number, format!("a {name} ends here that never began"))),
    }
}

/// The lines that say something, those that run on made one (RFC 5545, 3.1). They
/// are joined as bytes: some programs fold in the middle of a letter.
fn unfolded(bytes: &[u8]) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line.split_first(), lines.last_mut()) {
            (Some((b' ' | b'\t', rest)), Some((_, before))) => before.extend_from_slice(rest),
            (None, _) => {}
            _ => lines.push((at + 1, line.to_vec())),
        }
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    lines.into_iter().map(|(at, bytes)| (at, text(bytes))).collect()
}

/// `NAME;PARAMETER=value:value`; `None` where nothing is said.
fn line(number: usize, text: &str) -> Option<Line> {
    let mut quoted = false;
    let colon = text.find(|c: char| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    let (head, value) = text.split_at(colon);
    let mut parts = head.split(';');
    let name = parts.next()?.trim().to_ascii_uppercase();
    let parameter = |part: &str| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_uppercase(), value.trim_matches('"').to_owned()))
    };
    let parameters = parts.filter_map(parameter).collect();
    Some(Line { number, name, parameters, value: value.trim_start_matches(':').to_owned() })
}
