//! A text cut step by step into what was written, quoted and signed.
//!
//! It knows the order of the steps; what a line is was told before
//! ([`super::line`]), what a signature looks like is told beside
//! ([`super::signature`]).

use super::Parts;
use super::signature;
use crate::domain::ids::Party;
use crate::mail::line::{self, Class};

/// How many lines a signature below `-- ` may have.
const LONGEST_SIGNATURE: usize = 20;
/// How many lines the footer of a list may have.
const LONGEST_FOOTER: usize = 6;
/// How many lines below a telephone's footer may be a signature.
const LONGEST_REST: usize = 3;
/// Over how many lines a server's warning goes.
const LONGEST_WARNING: usize = 4;
/// How many signatures of one mail are taken out.
const MOST_SIGNATURES: usize = 8;

/// Where a line goes that its writer did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Quoted,
    Signature,
}

#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    /// Its place in the mail.
    at: usize,
    text: &'a str,
    class: Class,
}

/// Lines that are still taken for the writer's, and those that were cut.
pub(super) struct Text<'a> {
    lines: Vec<Line<'a>>,
    cut: Vec<(Part, Line<'a>)>,
    writer: Option<&'a Party>,
}

impl<'a> Text<'a> {
    pub(super) fn new(lines: Vec<&'a str>, classes: Vec<Class>, writer: Option<&'a Party>) -> Self {
        let all = lines.into_iter().zip(classes).enumerate();
        let lines = all.map(|(at, (text, class))| Line { at, text, class }).collect();
        Self { lines, cut: Vec::new(), writer }
    }

    /// Cuts the lines that stand where `at` says.
    pub(super) fn cut_where(&mut self, part: Part, at: impl Fn(usize) -> bool) {
        let (cut, kept) = std::mem::take(&mut self.lines).into_iter().partition(|l| at(l.at));
        self.lines = kept;
        self.keep_apart(part, cut);
    }

    /// The text by who wrote what. In a forward, what is passed on is content.
    pub(super) fn parts(mut self, forward: bool) -> Parts {
        self.cut_warning();
        self.cut_leading();
        let passed_on = self.position(Class::Forward);
        let passed_on = match (passed_on, self.original()) {
            (Some(at), original) if original.is_none_or(|o| at <= o) => self.lines.split_off(at),
            (_, Some(at)) if forward => self.lines.split_off(at),
            (_, Some(at)) => {
                self.cut(Part::Quoted, at..self.lines.len());
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.cut_marked_signatures();
        if passed_on.is_empty() {
            self.cut_final_quotes();
            self.cut_unmarked_signature();
            self.cut_final_quotes();
        }
        self.cut_introductions();
        self.folded(&passed_on)
    }

    fn position(&self, class: Class) -> Option<usize> {
        self.lines.iter().position(|line| line.class == class)
    }

    fn run(&self, from: usize, of: &[Class]) -> usize {
        self.lines.iter().skip(from).take_while(|line| of.contains(&line.class)).count()
    }

    fn keep_apart(&mut self, part: Part, lines: Vec<Line<'a>>) {
        self.cut.extend(lines.into_iter().map(|line| (part, line)));
    }

    fn cut(&mut self, part: Part, range: std::ops::Range<usize>) {
        let lines: Vec<Line<'a>> = self.lines.drain(range).collect();
        self.keep_apart(part, lines);
    }

    /// What a server of ours put above a mail from outside, a sentence or two: no line more
    /// than they go over, for what follows is the writer's.
    fn cut_warning(&mut self) {
        let Some(first) = self.position(Class::Words) else { return };
        let begins = self.lines.get(first).is_some_and(|line| signature::is_warning(line.text));
        if !begins {
            return;
        }
        let rest = self.lines.iter().skip(first).take(LONGEST_WARNING);
        let words = rest.take_while(|line| line.class == Class::Words).collect::<Vec<_>>();
        let ends = |line: &&Line<'_>| line.text.trim_end().ends_with(['.', '!', '>', ']']);
        let length = words.iter().position(ends).map_or(1, |last| last + 1);
        if self.lines.iter().skip(first + length).any(|line| line.class == Class::Words) {
            self.cut(Part::Signature, first..first + length);
        }
    }

    /// A mail may begin with what it answers: the introduction says nothing, and
    /// a quotation it introduces is answered below.
    fn cut_leading(&mut self) {
        let mut count = self.run(0, &[Class::Empty, Class::Attribution]);
        if self.lines.iter().take(count).any(|line| line.class == Class::Attribution) {
            count += self.run(count, &[Class::Quote, Class::Empty]);
        }
        let separators = [Class::Original, Class::Rule, Class::Empty, Class::Signature];
        let separators = self.run(0, &separators);
        if self.lines.iter().take(separators).any(|line| line.class == Class::Original) {
            count = count.max(separators);
        }
        if count < self.lines.len() {
            self.cut(Part::Quoted, 0..count);
        }
    }

    /// Where the mail that is answered begins: at its separator or head, or at
    /// an introduction that is not followed by marked quotations.
    fn original(&self) -> Option<usize> {
        let mut said = false;
        for (at, line) in self.lines.iter().enumerate() {
            match line.class {
                Class::Original if said => return Some(at),
                Class::Attribution if said && !self.quotes_after(at) => return Some(at),
                Class::Words => said = true,
                _ => {}
            }
        }
        None
    }

    fn quotes_after(&self, at: usize) -> bool {
        let skipped = |line: &&Line<'_>| !matches!(line.class, Class::Empty | Class::Attribution);
        let next = self.lines.iter().skip(at).take(30).find(skipped);
        next.is_some_and(|line| line.class == Class::Quote)
    }

    /// Takes out what stands from a signature's mark to the next quotation or
    /// the end, unless it is too long to be one.
    fn cut_marked_signatures(&mut self) {
        for _ in 0..MOST_SIGNATURES {
            let Some(start) = self.signature_start() else { return };
            let rest = self.lines.get(start..).unwrap_or_default();
            let is_end = |line: &Line<'_>| matches!(line.class, Class::Quote | Class::Attribution);
            let length = rest.iter().position(is_end).unwrap_or(rest.len());
            let said = |line: &&Line<'_>| line.class == Class::Words;
            let words = rest.iter().take(length).filter(said).count();
            let signed = rest
                .iter()
                .take(length)
                .filter(said)
                .all(|line| line.class == Class::Phone || signature::is_of_block(line.text));
            let (phone, mark) =
                rest.first().map_or((false, ""), |l| (l.class == Class::Phone, l.text.trim()));
            let asks = rest.iter().take(length).any(|line| line.text.trim_end().ends_with('?'));
            let length = match mark {
                // Below a mark somebody may go on, "PS: …?", and wants an answer.
                _ if asks => 1,
                // Below a telephone's line a name and a number may stand; all else
                // the writer goes on to say.
                _ if phone && (words > LONGEST_REST || !signed) => 1,
                _ if mark.len() > 3 && !phone && words > LONGEST_FOOTER => 1,
                _ if words > LONGEST_SIGNATURE => return,
                _ => length,
            };
            let name = usize::from(phone && self.is_signed_above(start));
            self.cut(Part::Signature, start - name..start + length);
        }
    }

    /// Whether the line above a telephone's footer is the writer's name, alone, and
    /// not all they wrote.
    fn is_signed_above(&self, start: usize) -> bool {
        let Some((name, above)) = self.lines.get(..start).and_then(|lines| lines.split_last())
        else {
            return false;
        };
        let alone = above.last().is_some_and(|line| line.class == Class::Empty);
        let said = above.iter().any(|line| line.class == Class::Words);
        said && alone && signature::is_name_of(name.text, self.writer)
    }

    fn signature_start(&self) -> Option<usize> {
        let said = self.position(Class::Words)?;
        let mut after = self.lines.iter().skip(said);
        let marked = |line: &Line<'_>| matches!(line.class, Class::Signature | Class::Phone);
        after.position(marked).map(|after| said + after)
    }

    /// Takes out what reads like a signature or a notice at the end, as long as
    /// words are left above.
    fn cut_unmarked_signature(&mut self) {
        let texts: Vec<&str> = self.lines.iter().map(|line| line.text).collect();
        let said = self.position(Class::Words);
        for range in signature::unmarked(&texts) {
            if said.is_some_and(|first| first < range.start) {
                self.cut(Part::Signature, range);
            }
        }
    }

    fn cut_final_quotes(&mut self) {
        let kept = self.lines.iter().rposition(|line| !line::is_furniture(line.class));
        self.cut(Part::Quoted, kept.map_or(0, |last| last + 1)..self.lines.len());
    }

    fn cut_introductions(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        let (cut, kept) = lines.into_iter().partition(|line| line.class == Class::Attribution);
        self.lines = kept;
        self.keep_apart(Part::Quoted, cut);
    }

    fn folded(mut self, passed_on: &[Line<'_>]) -> Parts {
        let own = [joined(self.lines.iter()), joined(passed_on.iter())];
        let own = own.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        self.cut.sort_by_key(|(_, line)| line.at);
        let of = |wanted: Part| {
            joined(self.cut.iter().filter(|(part, _)| *part == wanted).map(|(_, line)| line))
        };
        Parts { own: own.join("\n\n"), quoted: of(Part::Quoted), signature: of(Part::Signature) }
    }
}

fn joined<'a>(lines: impl Iterator<Item = &'a Line<'a>>) -> String {
    let text = lines.map(|line| line.text.trim_end()).collect::<Vec<_>>().join("\n");
    text.trim_matches(['\n', '\r']).trim_end().to_owned()
}
