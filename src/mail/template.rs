//! Letters to contacts: templates by language, and the words put into them.
//!
//! A template is a text whose first line is `Subject: …`. It is Jinja, as `minijinja`
//! reads it, with the values of [`Kind`] and nothing else: no other file, no macro, no
//! loop without end. The HTML of a mail is made of the text, unless there is a
//! template of its own for it. What is read here was checked: every template is put
//! to work once with all its values and once with those alone that are always there,
//! so that none fails when it is needed.
//!
//! Which languages there are besides those in `config/templates/` is the operator's
//! affair, and so is what they write; where files lie is not known here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use regex::Regex;

use super::typeset::{self, Written};

mod built_in;

/// How much work one letter may make.
const FUEL: u64 = 100_000;

/// What the first line begins with.
const SUBJECT: &str = "Subject:";

/// The language of last resort: it has every letter.
pub const ENGLISH: &str = "en";

/// A letter that a contact may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// When the answer comes.
    TellWhen,
    /// Whether all is well after a job.
    CheckIn,
    /// The same, a second and last time.
    CheckInAgain,
    /// That a message has arrived, who has it, and until when.
    Receipt,
    /// What was said, when a case is closed.
    Transcript,
}

/// What is known of a kind of letter.
struct Known {
    kind: Kind,
    /// What its files are called.
    name: &'static str,
    /// Values that are always there.
    always: &'static [&'static str],
    /// Values that may be missing.
    perhaps: &'static [&'static str],
    /// Values without which the letter is not what it is for.
    needed: &'static [&'static str],
}

const KNOWN: &[Known] = &[
    Known {
        kind: Kind::TellWhen,
        name: "tell-when",
        always: &["topic", "when", "person", "organisation"],
        perhaps: &["contact"],
        needed: &["when"],
    },
    Known {
        kind: Kind::CheckIn,
        name: "check-in",
        always: &["job", "closed", "person", "organisation"],
        perhaps: &["contact", "topic", "words", "yes", "no", "stop"],
        needed: &["job", "words", "yes", "no"],
    },
    Known {
        kind: Kind::CheckInAgain,
        name: "check-in-again",
        always: &["job", "closed", "person", "organisation"],
        perhaps: &["contact", "topic", "words", "yes", "no", "stop"],
        needed: &["job", "yes", "no"],
    },
    Known {
        kind: Kind::Receipt,
        name: "receipt",
        always: &["topic", "case", "person", "number", "when", "organisation"],
        perhaps: &["contact", "page"],
        needed: &["case", "person", "number", "when"],
    },
    Known {
        kind: Kind::Transcript,
        name: "transcript",
        always: &["topic", "case", "transcript", "organisation"],
        perhaps: &["contact", "page"],
        needed: &["transcript"],
    },
];

/// What is put into a letter; a value may be missing.
pub type Values = BTreeMap<&'static str, Option<String>>;

/// Whether a template is the text of a letter or its HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The text, and the subject.
    Text,
    /// The HTML beside it.
    Html,
}

/// Which letter a template is, and in which language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// A code of two or three letters.
    pub language: String,
    /// Which letter.
    pub kind: Kind,
    /// Which part of it.
    pub form: Form,
}

/// A template that was checked.
#[derive(Debug, Clone)]
pub struct Template {
    place: Place,
    text: String,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where, in bytes of its text.
    pub span: Range<usize>,
    /// What is wrong.
    pub wrong: String,
    /// A word beside the caret.
    pub label: String,
    /// What would be right.
    pub right: String,
}

/// A letter could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the letter {name:?} could not be written in {language:?}: {why}")]
pub struct Unwritten {
    name: &'static str,
    language: String,
    why: String,
}

/// Every letter in every language: owed's, and the operator's instead where there are
/// any.
#[derive(Clone)]
pub struct Templates {
    environment: Arc<Environment<'static>>,
    /// The organisation's.
    language: String,
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whether two are the same shows in a digest; the letters themselves are long.
        let mut digest = DefaultHasher::new();
        let all: BTreeMap<_, _> = self.environment.templates().collect();
        for (name, template) in all {
            (name, template.source()).hash(&mut digest);
        }
        f.debug_struct("Templates")
            .field("language", &self.language)
            .field("digest", &digest.finish())
            .finish_non_exhaustive()
    }
}

impl Kind {
    /// What its files are called.
    pub fn name(self) -> &'static str {
        self.known().map_or("", |known| known.name)
    }

    /// All there are, by name.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        KNOWN.iter().map(|known| known.name)
    }

    fn known(self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.kind == self)
    }
}

impl Place {
    /// What `file` in the folder of `language` is, by its name: `check-in.txt`.
    pub fn of(language: &str, file: &str) -> Option<Self> {
        let (name, form) = match file.rsplit_once('.')? {
            (name, "txt") => (name, Form::Text),
            (name, "html") => (name, Form::Html),
            _ => return None,
        };
        let kind = KNOWN.iter().find(|known| known.name == name)?.kind;
        Some(Self { language: language.to_owned(), kind, form })
    }

    fn file(&self) -> String {
        let end = if self.form == Form::Text { "txt" } else { "html" };
        format!("{}/{}.{end}", self.language, self.kind.name())
    }
}

impl Template {
    /// `text` as a template, or all that is wrong with it.
    pub fn read(place: Place, text: &str) -> Result<Self, Vec<Flaw>> {
        let flaws = flaws(&place, text);
        if flaws.is_empty() { Ok(Self { place, text: text.to_owned() }) } else { Err(flaws) }
    }

    /// Which letter it is.
    pub fn place(&self) -> &Place {
        &self.place
    }
}

impl Default for Templates {
    /// The letters that come with owed, for an organisation that speaks English.
    fn default() -> Self {
        static BUILT_IN: LazyLock<Templates> =
            LazyLock::new(|| Templates::new(ENGLISH, Vec::new()));
        BUILT_IN.clone()
    }
}

impl Templates {
    /// The letters of an organisation that speaks `language`, with its `own` before
    /// those that come with owed.
    ///
    /// # Panics
    ///
    /// Where one that comes with owed is no template. Then no test passes.
    pub fn new(language: &str, own: Vec<Template>) -> Self {
        let mut environment = environment();
        let built_in = built_in::files().map(|(place, text)| (place, text.to_owned()));
        let own = own.into_iter().map(|template| (template.place, template.text));
        for (place, text) in built_in.chain(own) {
            // HTML of ours would say something else beside a text of theirs, and
            // there is none; theirs comes with a text of theirs.
            let added = environment.add_template_owned(place.file(), text);
            added.expect("a template was read before, and its syntax is right");
        }
        Self { environment: Arc::new(environment), language: language.to_owned() }
    }

    /// The organisation's language.
    pub fn own_language(&self) -> &str {
        &self.language
    }

    /// The language in which `kind` is written to somebody who speaks `theirs`: that,
    /// the organisation's, or English.
    pub fn language<'a>(&'a self, kind: Kind, theirs: Option<&'a str>) -> &'a str {
        let known = |language: &&str| {
            let place = Place { language: (*language).to_owned(), kind, form: Form::Text };
            self.environment.get_template(&place.file()).is_ok()
        };
        theirs.into_iter().chain([self.language.as_str()]).find(known).unwrap_or(ENGLISH)
    }

    /// A letter in `language`, which has to be one that [`Templates::language`] gave.
    pub fn write(&self, kind: Kind, language: &str, values: &Values) -> Result<Written, Unwritten> {
        let name = kind.name();
        let unwritten = |why: &dyn fmt::Display| {
            let language = language.to_owned();
            Unwritten { name, language, why: why.to_string() }
        };
        let place = |form| Place { language: language.to_owned(), kind, form };
        let filled = |form| {
            let template = self.environment.get_template(&place(form).file())?;
            template.render(context(values))
        };
        let text = filled(Form::Text).map_err(|error| unwritten(&error))?;
        let (subject, body) = halves(&text).ok_or_else(|| unwritten(&"it has no subject"))?;
        let mut written = typeset::plain(subject, body).map_err(|error| unwritten(&error))?;
        match filled(Form::Html) {
            Ok(html) => written.html = Some(html),
            Err(error) if error.kind() == ErrorKind::TemplateNotFound => {}
            Err(error) => return Err(unwritten(&error)),
        }
        Ok(written)
    }
}

/// What is wrong with `text` in that place.
fn flaws(place: &Place, text: &str) -> Vec<Flaw> {
    let Some(known) = place.kind.known() else { return Vec::new() };
    if place.form == Form::Text && !text.starts_with(SUBJECT) {
        let right = "it begins with a line \"Subject: …\", and an empty line after that";
        let end = text.find('\n').unwrap_or(text.len());
        return vec![flaw(0..end, "this letter has no subject", "", right)];
    }
    let mut environment = environment();
    let file = place.file();
    if let Err(error) = environment.add_template_owned(file.clone(), text.to_owned()) {
        return vec![failed(&error, text)];
    }
    let Ok(template) = environment.get_template(&file) else { return Vec::new() };
    let used: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
    let values = || known.always.iter().chain(known.perhaps).copied();
    let mut found: Vec<Flaw> = used
        .iter()
        .filter(|name| !values().any(|value| value == **name))
        .map(|name| {
            let wrong = format!("there is no value `{name}` in this letter");
            let right = values().collect::<Vec<_>>().join(", ");
            flaw(named(text, name), &wrong, "not known", &format!("there are: {right}"))
        })
        .collect();
    let missing = known.needed.iter().filter(|name| !used.contains(**name));
    found.extend(missing.map(|name| {
        let wrong = format!("this letter does not use `{name}`, and is of no use without");
        flaw(0..SUBJECT.len(), &wrong, "", &format!("write {{{{ {name} }}}} where it belongs"))
    }));
    if !found.is_empty() {
        return found;
    }
    let sample = |name: &&'static str| (*name, Some(format!("https://{name}.example/")));
    let every: Values = values().map(|name| sample(&name)).collect();
    let few: Values = every
        .iter()
        .map(|(name, value)| (*name, value.clone().filter(|_| known.always.contains(name))))
        .collect();
    let tried = [every, few].map(|values| template.render(context(&values)));
    for outcome in tried {
        match outcome {
            Err(error) => return vec![failed(&error, text)],
            Ok(said) if place.form == Form::Text && halves(&said).is_none() => {
                let right = "one line \"Subject: …\", an empty line, and the words of the letter";
                return vec![flaw(0..SUBJECT.len(), "this is no letter", "", right)];
            }
            Ok(_) => {}
        }
    }
    Vec::new()
}

fn flaw(span: Range<usize>, wrong: &str, label: &str, right: &str) -> Flaw {
    let (wrong, label, right) = (wrong.to_owned(), label.to_owned(), right.to_owned());
    Flaw { span, wrong, label, right }
}

/// What the library says of a template, for whoever wrote that.
fn failed(error: &Error, text: &str) -> Flaw {
    let start = |line: usize| text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
    let line = error.line().unwrap_or(1).saturating_sub(1);
    let span = error.range().unwrap_or_else(|| start(line)..start(line + 1));
    let label = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let right = "values stand in {{ }}, conditions between {% if … %} and {% endif %}";
    flaw(span, "this cannot be read as a template", &label, right)
}

/// Where a template first names something.
fn named(text: &str, name: &str) -> Range<usize> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?s)\{[{%].*?[}%]\}").expect("the pattern is sound"));
    let word = Regex::new(&format!(r"\b{}\b", regex::escape(name)));
    let Ok(word) = word else { return 0..0 };
    let found = TAG.find_iter(text).find_map(|tag| {
        let inside = word.find(tag.as_str())?;
        Some(tag.start() + inside.start()..tag.start() + inside.end())
    });
    found.unwrap_or(0..0)
}

/// The subject and the words of what a template gave.
fn halves(text: &str) -> Option<(&str, &str)> {
    let (subject, body) = text.strip_prefix(SUBJECT)?.split_once('\n')?;
    let (subject, body) = (subject.trim(), body.trim());
    (!subject.is_empty() && !body.is_empty()).then_some((subject, body))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // What may be missing must be asked for, or a letter begins with "Hello none".
    environment.set_formatter(|out, state, value| {
        if value.is_none() {
            let why = "this value may be missing: put it between {% if … %} and {% endif %}";
            return Err(Error::new(ErrorKind::UndefinedError, why));
        }
        minijinja::escape_formatter(out, state, value)
    });
    environment
}

fn context(values: &Values) -> Value {
    let given = |value: &Option<String>| value.clone().map_or(Value::from(()), Value::from);
    let map: BTreeMap<&str, Value> =
        values.iter().map(|(name, value)| (*name, given(value))).collect();
    map.into()
}
