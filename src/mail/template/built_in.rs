//! The letters to contacts that come with owed: files in `config/templates/`.

use super::{Form, Kind, Place};

/// The files of one language.
macro_rules! language {
    ($code:literal) => {
        language!($code: TellWhen "tell-when", CheckIn "check-in", CheckInAgain "check-in-again",
            Receipt "receipt", Transcript "transcript")
    };
    ($code:literal: $($kind:ident $name:literal),*) => {
        &[$((
            $code,
            Kind::$kind,
            include_str!(concat!("../../../config/templates/", $code, "/", $name, ".txt")),
        )),*]
    };
}

type File = (&'static str, Kind, &'static str);

const LANGUAGES: &[&[File]] = &[
    language!("en"),
    language!("de"),
    language!("es"),
    language!("fr"),
    language!("it"),
    language!("nl"),
    language!("pt"),
];

/// Each file with its place.
pub(super) fn files() -> impl Iterator<Item = (Place, &'static str)> {
    LANGUAGES.iter().copied().flatten().map(|(language, kind, text)| {
        let language = (*language).to_owned();
        (Place { language, kind: *kind, form: Form::Text }, *text)
    })
}
