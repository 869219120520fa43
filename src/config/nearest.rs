//! What is said of a name that points nowhere: the one that was probably meant, or those
//! that there are.

pub(super) use crate::domain::nearest::nearest;

/// `did you mean "name"?`, else `known are: …`, else that there are none.
pub(super) fn suggestion<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    what: &str,
) -> String {
    if let Some(name) = nearest(written, known.clone()) {
        return format!("did you mean {name:?}?");
    }
    match listed(known) {
        list if list.is_empty() => format!("the file has no {what} yet"),
        list => format!("the file has {list}"),
    }
}

/// The names in a row, each in quotes; a long row is cut.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let all: Vec<String> = names.into_iter().map(|name| format!("{name:?}")).collect();
    let more = all.len().saturating_sub(SHOWN);
    let shown = all.get(..all.len() - more).unwrap_or_default().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let known = ["office", "weekend"];
        assert_eq!(nearest("ofice", known), Some("office"));
        assert_eq!(nearest("Offcie", known), Some("office"));
        assert_eq!(nearest("factory", known), None);
    }
}
