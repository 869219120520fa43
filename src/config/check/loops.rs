//! Chains that come round to where they began.

use crate::config::faults::Span;

/// One person's next, and where that is written.
pub(super) struct Arrow<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) place: Span,
}

/// Each circle once: who is on it, from the first in the file back to them, and
/// where their next is written.
pub(super) fn loops<'a>(arrows: &[Arrow<'a>]) -> Vec<(Vec<&'a str>, Span)> {
    let next = |from: &str| arrows.iter().find(|arrow| arrow.from == from);
    let mut told: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for start in arrows {
        let mut round = vec![start.from];
        let mut at = start.to;
        while !round.contains(&at) {
            round.push(at);
            match next(at) {
                Some(arrow) => at = arrow.to,
                None => break,
            }
        }
        let closed = round.len() > 1 || start.to == start.from;
        if closed && at == start.from && !told.contains(&at) {
            told.extend(&round);
            round.push(at);
            found.push((round, start.place.clone()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(arrows: &[(&'static str, &'static str)]) -> Vec<String> {
        let arrows: Vec<Arrow<'_>> =
            arrows.iter().map(|&(from, to)| Arrow { from, to, place: 0..0 }).collect();
        loops(&arrows).into_iter().map(|(round, _)| round.concat()).collect()
    }

    #[test]
    fn each_circle_is_told_once_and_a_tail_is_none() {
        assert_eq!(rounds(&[("a", "b"), ("b", "c")]), [""; 0]);
        assert_eq!(rounds(&[("a", "a")]), ["aa"]);
        assert_eq!(rounds(&[("a", "b"), ("b", "c"), ("c", "a")]), ["abca"]);
        assert_eq!(rounds(&[("t", "a"), ("a", "b"), ("b", "a")]), ["aba"]);
        assert_eq!(rounds(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]), ["aba", "cdc"]);
    }
}
