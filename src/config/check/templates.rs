//! `language` and `templates` of the organisation: what its letters to contacts say.
//!
//! Every file of the folder is read and checked, and one that is no letter's is an
//! error: whoever wrote it believes that it is sent.

use std::io::{self, ErrorKind};
use std::path::Path;

use super::days::FILE_IS_MISSING;
use super::given;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::nearest::nearest;
use crate::config::raw::{Raw, Text};
use crate::config::{Beside, MOST_BYTES};
use crate::mail::template::{ENGLISH, Form, Kind, Place, Template, Templates};

/// The letters to contacts; `None` where nothing can be said about them.
pub(super) fn templates(raw: &Raw, beside: Beside<'_>, faults: &mut Faults) -> Option<Templates> {
    let house = raw.organisation.as_ref()?.get_ref();
    let language = house.language.as_ref().and_then(|text| language(text, faults));
    let own = house.templates.as_ref().map(|text| own(text, beside, faults));
    Some(Templates::new(&language.unwrap_or_else(|| ENGLISH.to_owned()), own.unwrap_or_default()))
}

fn language(text: &Text, faults: &mut Faults) -> Option<String> {
    let code = text.get_ref().trim();
    if is_code(code) {
        return Some(code.to_owned());
    }
    let fault = Fault::error("E-value", format!("{code:?} is no language"));
    let right = "two small letters, as in language = \"pt\"; it is what contacts are written to \
                 in whose own language is not known";
    faults.push(fault.at(text.span()).label("not a code of two letters").right(right));
    None
}

fn is_code(name: &str) -> bool {
    (2..=3).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase())
}

/// The operator's own letters.
fn own(text: &Text, beside: Beside<'_>, faults: &mut Faults) -> Vec<Template> {
    let Some(name) = given(Some(text), faults) else { return Vec::new() };
    let folder = beside.folder.join(&name);
    let languages = match (beside.list)(&folder) {
        Ok(languages) => languages,
        Err(error) => {
            faults.push(unlisted(&name, &error).at(text.span()));
            return Vec::new();
        }
    };
    let mut own = Vec::new();
    for language in languages.iter().filter(|name| !name.starts_with('.')) {
        let shown = format!("{name}/{language}");
        if !is_code(language) {
            let wrong = format!("{shown:?} is no folder of a language");
            let right = "one folder a language, named by its code: \"en\", \"pt\"";
            faults.push(Fault::error("E-template", wrong).at(text.span()).right(right));
            continue;
        }
        match (beside.list)(&folder.join(language)) {
            Ok(files) => {
                let language = (language.as_str(), shown.as_str());
                own.extend(in_language(&folder, language, &files, (text.span(), beside), faults));
            }
            Err(error) => faults.push(unlisted(&shown, &error).at(text.span())),
        }
    }
    own
}

fn in_language(
    folder: &Path,
    (language, shown): (&str, &str),
    files: &[String],
    (span, beside): (Span, Beside<'_>),
    faults: &mut Faults,
) -> Vec<Template> {
    let mut found = Vec::new();
    for file in files.iter().filter(|name| !name.starts_with('.')) {
        let shown = format!("{shown}/{file}");
        let Some(place) = Place::of(language, file) else {
            faults.push(nobodys(file, &shown).at(span.clone()));
            continue;
        };
        let text = format!("{}.txt", place.kind.name());
        if place.form == Form::Html && !files.contains(&text) {
            let wrong = format!("{shown:?} has no plain text beside it");
            let right =
                format!("write {text:?} too: some read mail as text, and servers ask for it");
            faults.push(Fault::error("E-template", wrong).at(span.clone()).right(right));
            continue;
        }
        match (beside.read)(&folder.join(language).join(file)) {
            Ok(bytes) => found.extend(checked(place, &shown, bytes, faults)),
            Err(error) => faults.push(unlisted(&shown, &error).at(span.clone())),
        }
    }
    found
}

fn checked(place: Place, name: &str, bytes: Vec<u8>, faults: &mut Faults) -> Option<Template> {
    let text = Some(bytes).filter(|bytes| bytes.len() <= MOST_BYTES).map(String::from_utf8);
    let Some(Ok(text)) = text else {
        let right = "save it as UTF-8, and shorter than a book";
        let wrong = format!("{name:?} is no text");
        faults.push(Fault::error("E-template", wrong).right(right));
        return None;
    };
    let mut own = Faults::new(name, &text);
    let read = Template::read(place, &text).map_err(|flaws| {
        for flaw in flaws {
            let fault = Fault::error("E-template", flaw.wrong).at(flaw.span);
            own.push(fault.label(flaw.label).right(flaw.right));
        }
    });
    faults.absorb(own);
    read.ok()
}

/// A file that is no letter's.
fn nobodys(file: &str, shown: &str) -> Fault {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let fault = Fault::error("E-template", format!("{shown:?} is no letter, and never sent"));
    if let Some(near) = nearest(stem, Kind::names()) {
        return fault.right(format!("did you mean \"{near}.txt\"?"));
    }
    let names: Vec<&str> = Kind::names().collect();
    fault.right(format!("there are {}, each as .txt and .html", names.join(", ")))
}

fn unlisted(name: &str, error: &io::Error) -> Fault {
    let fault = match error.kind() {
        ErrorKind::NotFound => Fault::warning(FILE_IS_MISSING, format!("there is no {name:?}")),
        _ => Fault::error("E-template", format!("{name:?} cannot be read: {error}")),
    };
    let fault = fault.label("seen from the folder of this file");
    fault.right("a folder with one folder a language, and the letters in it: \"en/receipt.txt\"")
}
