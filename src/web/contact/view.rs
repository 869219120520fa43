//! Pages for contacts, from values to HTML, in their language. They look as the pages
//! of ours do, and need no script either.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::visit::Visit;
use crate::config::settings::{Asking, Question};
use crate::domain::check_in::{End, Stage};
use crate::domain::job::Job;
use crate::mail::link::Word;
use crate::mail::page::{Words, filled};
use crate::mail::transcript::Said;
use crate::web::act;

/// How far a scale goes, from 1.
const SCALE: u8 = 5;

/// A page for a contact.
#[derive(Debug, Template)]
#[template(path = "pages/contact.html")]
pub(super) struct Page<'a> {
    language: &'a str,
    title: String,
    lines: Vec<String>,
    wrong: Option<&'a str>,
    /// What was said, under this heading.
    heading: &'a str,
    all: Vec<Said>,
    form: Option<Form<'a>>,
    links: Vec<(&'a str, &'a str)>,
    foot: String,
}

/// What is asked, and where it goes; nowhere else where `action` is empty.
#[derive(Debug)]
pub(super) struct Form<'a> {
    action: &'a str,
    heading: &'a str,
    asks: Vec<Ask<'a>>,
    button: &'a str,
}

/// One question of a form.
#[derive(Debug)]
enum Ask<'a> {
    Words { label: &'a str, hint: &'a str, required: bool },
    One { label: &'a str, options: Vec<String>, low: &'a str, high: &'a str },
}

impl<'a> Page<'a> {
    /// A page that says this and no more.
    pub(super) fn of(language: &'a str, title: &str, lines: Vec<String>, foot: &str) -> Self {
        Self {
            language,
            title: title.to_owned(),
            lines,
            wrong: None,
            heading: "",
            all: Vec::new(),
            form: None,
            links: Vec::new(),
            foot: foot.to_owned(),
        }
    }

    /// It, as an answer.
    pub(super) fn with(self, status: StatusCode) -> Response {
        act::page(status, self.render())
    }
}

/// The question whether all is well, with the answer that was clicked.
pub(super) fn question<'a>(visit: &'a Visit, job: &'a Job, word: Word) -> Page<'a> {
    let words = visit.words;
    let mut page = said(visit, &words.question, vec![done(visit, job)]);
    let told = match job.check_in.stage {
        Stage::Over { at, how: End::Fine } => Some((Word::Fine, at, &words.told_fine)),
        Stage::Over { at, how: End::NotFine } => Some((Word::NotFine, at, &words.told_not_fine)),
        _ => None,
    };
    if let Some((_, at, text)) = &told {
        page.lines.push(filled(text, &[("day", &visit.day(*at))]));
        page.lines.push(words.changed.clone());
    }
    let again = told.is_some_and(|(before, ..)| before == word);
    let (fine, not_fine) = ((Word::Fine.name(), &*words.yes), (Word::NotFine.name(), &*words.no));
    page.form = match word {
        _ if again && word == Word::Fine => None,
        Word::Fine => Some(Form::asking(&words.more, words, &words.yes)),
        _ => Some(Form::asking(&words.what, words, &words.tell)),
    };
    page.links = vec![if word == Word::Fine { not_fine } else { fine }];
    page
}

/// After an answer: that it was heard, and what happens now.
pub(super) fn heard<'a>(
    visit: &'a Visit,
    job: &'a Job,
    word: Word,
    questions: &'a [Question],
) -> Page<'a> {
    let words = visit.words;
    if word == Word::Fine {
        let mut page = said(visit, &words.thanks, vec![words.glad.clone()]);
        page.form = survey(words, questions);
        return page;
    }
    let person = visit.person_of(job);
    let has_it = filled(&words.has_it, &[("person", &person), ("job", &job.title)]);
    let by = visit.due().map(|due| filled(&words.hear_by, &[("when", &visit.when(due))]));
    said(visit, &words.open_again, [has_it].into_iter().chain(by).collect())
}

/// The questions that may be answered after a yes.
pub(super) fn survey<'a>(words: &'a Words, questions: &'a [Question]) -> Option<Form<'a>> {
    let asks: Vec<Ask<'_>> = questions.iter().map(|question| ask(question, words)).collect();
    (!asks.is_empty()).then_some(Form {
        action: "survey",
        heading: &words.minute,
        asks,
        button: &words.send,
    })
}

/// A page that says something in the visitor's language.
pub(super) fn said<'a>(visit: &'a Visit, title: &str, lines: Vec<String>) -> Page<'a> {
    Page::of(visit.language, title, lines, &visit.policy.roster.organisation)
}

/// The questions alone.
pub(super) fn questions<'a>(visit: &'a Visit, questions: &'a [Question]) -> Page<'a> {
    let mut page = said(visit, &visit.words.thanks, Vec::new());
    page.form = survey(visit.words, questions);
    page
}

/// Whether no more questions are wanted.
pub(super) fn stop(visit: &Visit) -> Page<'_> {
    let words = visit.words;
    let mut page = said(visit, &words.stop, vec![words.stop_text.clone()]);
    page.form =
        Some(Form { action: "", heading: "", asks: Vec::new(), button: &words.stop_button });
    page
}

/// A case, as its contact may see it.
pub(super) fn case<'a>(visit: &'a Visit, all: Vec<Said>, wrong: Option<&'a str>) -> Page<'a> {
    let words = visit.words;
    let case = &visit.case;
    let number = format!("{} {}", words.number, case.number);
    let open = case.open().min_by_key(|owed| owed.rank(visit.now));
    let mut lines = vec![number];
    match open {
        Some(owed) => {
            lines.push(visit.who_has_it(owed));
            let by = if owed.is_overdue(visit.now) { &words.late } else { &words.hear_by };
            lines.push(filled(by, &[("when", &visit.when(owed.due))]));
        }
        None if visit.is_closed() => lines.push(words.closed.clone()),
        None => lines.push(words.answered.clone()),
    }
    let mut page = said(visit, &case.subject, lines);
    let (heading, hint) = match open {
        Some(_) => (&words.add, &words.add_text),
        None => (&words.wrong, &words.wrong_text),
    };
    page.form = Some(Form {
        action: "",
        heading: "",
        asks: vec![Ask::Words { label: heading, hint, required: true }],
        button: &words.tell,
    });
    (page.heading, page.all, page.wrong) = (&words.said, all, wrong);
    page
}

impl<'a> Form<'a> {
    fn asking(label: &'a str, words: &'a Words, button: &'a str) -> Self {
        let asks = vec![Ask::Words { label, hint: &words.optional, required: false }];
        Self { action: "", heading: "", asks, button }
    }
}

fn ask<'a>(question: &'a Question, words: &'a Words) -> Ask<'a> {
    let label = &question.text;
    match &question.asking {
        Asking::Words => Ask::Words { label, hint: &words.optional, required: false },
        Asking::Choice(options) => Ask::One { label, options: options.clone(), low: "", high: "" },
        Asking::Scale { low, high } => {
            let options = (1..=SCALE).map(|step| step.to_string()).collect();
            Ask::One { label, options, low, high }
        }
    }
}

fn done(visit: &Visit, job: &Job) -> String {
    let (day, person) = (visit.day(job.closed_at), visit.person_of(job));
    let text = if person.is_empty() { &visit.words.finished_by_us } else { &visit.words.finished };
    filled(text, &[("day", &day), ("person", &person), ("job", &job.title)])
}
